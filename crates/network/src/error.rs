//! The errors of descriptions and model files.

/// A description, a model file or a set of weights is refused.
///
/// Layers are counted from zero, as in the names of the tensors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes end before the header does.
    #[error("the model file is truncated: it has {actual} bytes, its header needs {expected}")]
    TooShort {
        /// Bytes up to the end of the header.
        expected: u64,
        /// Bytes given.
        actual: u64,
    },
    /// The bytes after the header are more or fewer than the tensors in it need.
    #[error("the model file has {actual} bytes, its header states {expected}")]
    Length {
        /// Bytes of header and tensors together.
        expected: u64,
        /// Bytes that the file has.
        actual: u64,
    },
    /// The header is not a safetensors header.
    #[error("the model file's header cannot be read: {0}")]
    Header(#[source] serde_json::Error),
    /// The metadata have no key `inkognito`.
    #[error("the file's metadata have no description of a network")]
    NoDescription,
    /// The description is not the JSON of a [`Description`](crate::Description).
    #[error("the description of the network cannot be read: {0}")]
    Description(#[source] serde_json::Error),
    /// The description is of a format that this program does not read.
    #[error("model format {actual} is unknown, this program reads format {supported}")]
    UnknownFormat {
        /// The format that this program reads.
        supported: u32,
        /// The format that the description states.
        actual: u64,
    },
    /// A count or a size is zero or exceeds a limit of this program.
    #[error("{what} must be from 1 to {limit}, not {actual}")]
    OutOfLimits {
        /// The quantity that is limited.
        what: &'static str,
        /// The largest value allowed.
        limit: usize,
        /// The value given.
        actual: usize,
    },
    /// A convolution follows another linear layer, so that its input is not one image.
    #[error(
        "layer {layer}: the input of a convolution must be the image, not another layer's output"
    )]
    ConvolutionInput {
        /// Index of the layer.
        layer: usize,
    },
    /// A convolution's kernel exceeds its input, or its kernel or stride is zero.
    #[error("layer {layer}: a kernel of {kernel}, stride {stride}, does not fit {height}x{width}")]
    Kernel {
        /// Index of the layer.
        layer: usize,
        /// Side of the kernel.
        kernel: usize,
        /// Step from one window to the next.
        stride: usize,
        /// Rows of the layer's input.
        height: usize,
        /// Columns of the layer's input.
        width: usize,
    },
    /// A dense layer reads another number of values than there are before it.
    #[error("layer {layer} reads {actual} values, its input has {expected}")]
    DenseInputs {
        /// Index of the layer.
        layer: usize,
        /// Values before the layer: of the image or of the layer before it.
        expected: usize,
        /// Values that the description of the layer states.
        actual: usize,
    },
    /// The last layer does not compute one score for each class.
    #[error("the last layer computes {actual} scores for {expected} classes")]
    Scores {
        /// Number of classes.
        expected: usize,
        /// Number of scores.
        actual: usize,
    },
    /// A linear layer's range is not a positive finite number.
    #[error("layer {layer}: the range must be positive and finite, not {range}")]
    Range {
        /// Index of the layer.
        layer: usize,
        /// The range given.
        range: f64,
    },
    /// An activation has a coefficient that is not finite.
    #[error("layer {layer}: a coefficient is not finite")]
    Coefficient {
        /// Index of the layer.
        layer: usize,
    },
    /// The interval of a polynomial in a composition is empty or not finite.
    #[error("layer {layer}: a polynomial's interval is empty or not finite")]
    Interval {
        /// Index of the layer.
        layer: usize,
    },
    /// The file has no tensor of this name, and the description needs it.
    #[error("tensor {name} is missing")]
    MissingTensor {
        /// Name of the tensor.
        name: String,
    },
    /// The file holds more tensors than the description needs.
    #[error("the file holds {actual} tensors, the description needs {expected}")]
    TensorCount {
        /// Tensors that the description needs.
        expected: usize,
        /// Tensors in the file.
        actual: usize,
    },
    /// The elements of a tensor are not 32-bit floats.
    #[error("tensor {name} is of type {actual}, not F32")]
    TensorType {
        /// Name of the tensor.
        name: String,
        /// Type of the elements.
        actual: String,
    },
    /// A tensor has another shape than described.
    #[error("tensor {name} has shape {actual:?}, not {expected:?}")]
    TensorShape {
        /// Name of the tensor.
        name: String,
        /// The shape that the description gives.
        expected: Vec<usize>,
        /// The shape of the tensor.
        actual: Vec<usize>,
    },
    /// A weight or a bias is infinite or NaN.
    #[error("tensor {name}: element {index} is not finite")]
    NotFinite {
        /// Name of the tensor.
        name: String,
        /// Index of the element in row-major order.
        index: usize,
    },
    /// The weights are for another number of layers than the description has linear layers.
    #[error("there are weights for {actual} layers, the description has {expected} linear layers")]
    LayerCount {
        /// Linear layers in the description.
        expected: usize,
        /// Layers that weights were given for.
        actual: usize,
    },
    /// The model could not be serialised.
    #[error("the model file could not be written: {0}")]
    Write(String),
}
