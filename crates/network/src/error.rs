//! The one error type of this crate.

/// Why a model file, or a model about to be written, is not acceptable.
///
/// Layers are counted from zero, as in the tensors' names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes end before the header does.
    #[error("the model file is cut short: {expected} bytes needed, {actual} there")]
    TooShort {
        /// Bytes that the file must have at least.
        expected: u64,
        /// Bytes that it has.
        actual: u64,
    },
    /// The bytes after the header are more or fewer than its tensors take.
    #[error("the model file should have {expected} bytes, it has {actual}")]
    Length {
        /// Bytes that header and tensors take together.
        expected: u64,
        /// Bytes that the file has.
        actual: u64,
    },
    /// The header is not a safetensors header.
    #[error("the model file's header is not readable: {0}")]
    Header(#[source] serde_json::Error),
    /// The metadata lack the key `inkognito`.
    #[error("the file's metadata hold no description of a network")]
    NoDescription,
    /// The description is not the JSON of a [`Description`](crate::Description).
    #[error("the description of the network is not readable: {0}")]
    Description(#[source] serde_json::Error),
    /// The file is of another format than this program reads.
    #[error("model format {actual} is unknown, this program reads format {supported}")]
    UnknownFormat {
        /// The format that is read here.
        supported: u32,
        /// The format that the file states.
        actual: u64,
    },
    /// A count or a size is zero or beyond what this program handles.
    #[error("{what} must be from 1 to {limit}, not {actual}")]
    OutOfLimits {
        /// What is counted.
        what: &'static str,
        /// The largest value allowed.
        limit: usize,
        /// The value met.
        actual: usize,
    },
    /// A convolution comes where the values are no longer one image.
    #[error("layer {layer}: a convolution reads one image, and this layer's input is none")]
    ConvolutionInput {
        /// The layer.
        layer: usize,
    },
    /// A convolution's kernel does not fit into its input.
    #[error("layer {layer}: a kernel of {kernel}, stride {stride}, does not fit {height}x{width}")]
    Kernel {
        /// The layer.
        layer: usize,
        /// Side of the kernel.
        kernel: usize,
        /// Step between two windows.
        stride: usize,
        /// Rows of the layer's input.
        height: usize,
        /// Columns of the layer's input.
        width: usize,
    },
    /// A dense layer reads another number of values than the layer before it gives.
    #[error("layer {layer} reads {actual} values, the layer before it gives {expected}")]
    DenseInputs {
        /// The layer.
        layer: usize,
        /// Values that the layer before gives.
        expected: usize,
        /// Values that the layer reads.
        actual: usize,
    },
    /// The last layer does not give one score for each class.
    #[error("the last layer gives {actual} scores for {expected} classes")]
    Scores {
        /// Number of classes.
        expected: usize,
        /// Number of scores.
        actual: usize,
    },
    /// A linear layer's range is not a positive finite number.
    #[error("layer {layer}: the range must be positive and finite, not {range}")]
    Range {
        /// The layer.
        layer: usize,
        /// The range met.
        range: f64,
    },
    /// An activation has a coefficient that is not finite.
    #[error("layer {layer}: a coefficient is not finite")]
    Coefficient {
        /// The layer.
        layer: usize,
    },
    /// A polynomial of a composition is for an interval that is none.
    #[error("layer {layer}: a polynomial's interval is not finite or not in order")]
    Interval {
        /// The layer.
        layer: usize,
    },
    /// A tensor that the description asks for is not in the file.
    #[error("tensor {name} is missing")]
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// The file holds more tensors than the description asks for.
    #[error("{actual} tensors where the description asks for {expected}")]
    TensorCount {
        /// Tensors that the description asks for.
        expected: usize,
        /// Tensors in the file.
        actual: usize,
    },
    /// A tensor is not of 32-bit floats.
    #[error("tensor {name} is of type {actual}, not F32")]
    TensorType {
        /// Its name.
        name: String,
        /// Its type.
        actual: String,
    },
    /// A tensor has another shape than the description asks for.
    #[error("tensor {name} has shape {actual:?}, not {expected:?}")]
    TensorShape {
        /// Its name.
        name: String,
        /// The shape that the description asks for.
        expected: Vec<usize>,
        /// The shape met.
        actual: Vec<usize>,
    },
    /// A weight is infinite or not a number.
    #[error("tensor {name}: element {index} is not finite")]
    NotFinite {
        /// The tensor's name.
        name: String,
        /// Which element, in row-major order.
        index: usize,
    },
    /// A model was put together with weights for another number of layers than it describes.
    #[error("weights for {actual} layers where the description has {expected} with weights")]
    LayerCount {
        /// Layers with weights in the description.
        expected: usize,
        /// Layers' weights given.
        actual: usize,
    },
    /// The file could not be put together.
    #[error("the model file could not be written: {0}")]
    Write(String),
}
