//! The layers of a description, and how they are read from JSON.
//!
//! serde would read a tagged enum in two steps: first into a tree of values of any type, then into
//! the variant. That costs a twentieth of a WebAssembly module's code. [`Layer`] is therefore read
//! through [`Fields`], one flat structure that has the fields of all kinds.
//!
//! Relies on `inkognito-activation` for series. Not for the check of shapes, which is in
//! `description.rs`.

use inkognito_activation::{Composition, Interval, Series};
use serde::{Deserialize, Serialize};

/// One layer of a network. Normalisation of inputs and batch normalisation are folded into the
/// weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
pub enum Layer {
    /// A convolution of one channel, without padding.
    ///
    /// Tensors `layers.{i}.weight`, `[outputs, kernel, kernel]`, and `layers.{i}.bias`,
    /// `[outputs]`.
    Conv2d {
        /// Number of output channels.
        outputs: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Step from one window to the next in both directions, in pixels.
        stride: usize,
        /// The largest magnitude of an output over the training images.
        range: f64,
    },
    /// The polynomial `c0 + c1 x + c2 x^2 + …`, applied to each value.
    Polynomial {
        /// The coefficients, constant first.
        coefficients: Vec<f64>,
    },
    /// A chain of polynomials, applied to each value: the first reads x, each other one reads the
    /// output of the one before it. A single stage is a polynomial in the Chebyshev basis, which
    /// is accurate where powers lose precision.
    Composition {
        /// The polynomials, first to last.
        stages: Vec<ChebyshevStage>,
        /// Whether the result is multiplied by x. A gated chain for `(1 + sign x) / 2` is a ReLU.
        gated: bool,
    },
    /// A fully connected layer. It reads a convolution's output in the order channel, row, column.
    ///
    /// Tensors `layers.{i}.weight`, `[outputs, inputs]`, and `layers.{i}.bias`, `[outputs]`.
    Dense {
        /// Number of input values.
        inputs: usize,
        /// Number of output values.
        outputs: usize,
        /// The largest magnitude of an output over the training images.
        range: f64,
    },
}

/// The polynomial `c0 + c1 T_1(t) + c2 T_2(t) + …` in Chebyshev polynomials of t. The affine map
/// from x to t takes `low` to -1 and `high` to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChebyshevStage {
    /// Lower end of the interval on which the polynomial is accurate.
    pub low: f64,
    /// Upper end of that interval.
    pub high: f64,
    /// The coefficients, constant first.
    pub coefficients: Vec<f64>,
}

impl Layer {
    /// Returns the shapes of the weight and bias tensors, or `None` for an activation, which has
    /// no tensors.
    ///
    /// ```
    /// use inkognito_network::Layer;
    ///
    /// let dense = Layer::Dense { inputs: 4, outputs: 2, range: 1.0 };
    /// assert_eq!(dense.tensor_shapes(), Some((vec![2, 4], vec![2])));
    /// let square = Layer::Polynomial { coefficients: vec![0.0, 0.0, 1.0] };
    /// assert_eq!(square.tensor_shapes(), None);
    /// ```
    #[must_use]
    pub fn tensor_shapes(&self) -> Option<(Vec<usize>, Vec<usize>)> {
        match *self {
            Layer::Conv2d {
                outputs, kernel, ..
            } => Some((vec![outputs, kernel, kernel], vec![outputs])),
            Layer::Dense {
                inputs, outputs, ..
            } => Some((vec![outputs, inputs], vec![outputs])),
            Layer::Polynomial { .. } | Layer::Composition { .. } => None,
        }
    }

    /// Returns the chain of polynomials of a valid [`Layer::Composition`], and `None` otherwise.
    pub(crate) fn composition(&self) -> Option<Composition> {
        let Layer::Composition { stages, gated } = self else {
            return None;
        };
        let series = stages.iter().map(|stage| {
            let interval = Interval::new(stage.low, stage.high).ok()?;
            Some(Series::new(interval, stage.coefficients.clone()))
        });
        Composition::new(series.collect::<Option<_>>()?, *gated).ok()
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Conv2d,
    Polynomial,
    Composition,
    Dense,
}

impl Kind {
    /// Returns the name of the kind in JSON.
    fn name(self) -> &'static str {
        match self {
            Self::Conv2d => "conv2d",
            Self::Polynomial => "polynomial",
            Self::Composition => "composition",
            Self::Dense => "dense",
        }
    }
}

/// A layer as JSON holds it: its kind, and any of the fields that some kind has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: Kind,
    inputs: Option<usize>,
    outputs: Option<usize>,
    kernel: Option<usize>,
    stride: Option<usize>,
    range: Option<f64>,
    coefficients: Option<Vec<f64>>,
    stages: Option<Vec<ChebyshevStage>>,
    gated: Option<bool>,
}

/// The fields of a layer are not those of its kind.
#[derive(Debug, thiserror::Error)]
enum FieldError {
    #[error("a layer of kind `{kind}` needs the field `{field}`, which is missing")]
    Missing {
        kind: &'static str,
        field: &'static str,
    },
    #[error("a layer of kind `{kind}` has no field `{field}`")]
    Unexpected {
        kind: &'static str,
        field: &'static str,
    },
}

impl TryFrom<Fields> for Layer {
    type Error = FieldError;

    fn try_from(mut fields: Fields) -> Result<Self, FieldError> {
        let f = &mut fields;
        let kind = f.kind.name();
        let missing = |field| FieldError::Missing { kind, field };
        // each field of the kind is taken out, so that any other one is unexpected
        let layer = match f.kind {
            Kind::Conv2d => Self::Conv2d {
                outputs: f.outputs.take().ok_or(missing("outputs"))?,
                kernel: f.kernel.take().ok_or(missing("kernel"))?,
                stride: f.stride.take().ok_or(missing("stride"))?,
                range: f.range.take().ok_or(missing("range"))?,
            },
            Kind::Polynomial => Self::Polynomial {
                coefficients: f.coefficients.take().ok_or(missing("coefficients"))?,
            },
            Kind::Composition => Self::Composition {
                stages: f.stages.take().ok_or(missing("stages"))?,
                gated: f.gated.take().ok_or(missing("gated"))?,
            },
            Kind::Dense => Self::Dense {
                inputs: f.inputs.take().ok_or(missing("inputs"))?,
                outputs: f.outputs.take().ok_or(missing("outputs"))?,
                range: f.range.take().ok_or(missing("range"))?,
            },
        };
        let remaining = [
            ("inputs", f.inputs.is_some()),
            ("outputs", f.outputs.is_some()),
            ("kernel", f.kernel.is_some()),
            ("stride", f.stride.is_some()),
            ("range", f.range.is_some()),
            ("coefficients", f.coefficients.is_some()),
            ("stages", f.stages.is_some()),
            ("gated", f.gated.is_some()),
        ];
        match remaining.into_iter().find(|(_, is_present)| *is_present) {
            Some((field, _)) => Err(FieldError::Unexpected { kind, field }),
            None => Ok(layer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Layer, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn layers_are_read_as_they_are_written() {
        let layers = [
            Layer::Conv2d {
                outputs: 1,
                kernel: 2,
                stride: 3,
                range: 4.5,
            },
            Layer::Polynomial {
                coefficients: vec![0.5, 0.0, 1.5],
            },
            Layer::Composition {
                stages: vec![ChebyshevStage {
                    low: -1.5,
                    high: 2.0,
                    coefficients: vec![1.0],
                }],
                gated: true,
            },
            Layer::Dense {
                inputs: 1,
                outputs: 2,
                range: 0.5,
            },
        ];
        for layer in layers {
            let json = serde_json::to_string(&layer).unwrap();
            assert_eq!(read(&json), Ok(layer), "{json}");
        }
    }

    #[test]
    fn fields_of_another_kind_and_missing_ones_are_named() {
        let message = |json: &str| read(json).unwrap_err();
        let dense = r#"{"kind":"dense","inputs":1,"outputs":2"#;
        let missing = message(&format!("{dense}}}"));
        assert!(
            missing.contains("`dense` needs the field `range`, which is missing"),
            "{missing}"
        );
        let conv = message(&format!(r#"{dense},"range":1,"kernel":3}}"#));
        assert!(conv.contains("`dense` has no field `kernel`"), "{conv}");
        for (rest, named) in [
            (r#","range":1,"padding":1}"#, "`padding`"),
            (r#","range":1,"range":1}"#, "duplicate field `range`"),
            (r#","range":1,"kind":"dense"}"#, "duplicate field `kind`"),
            (r#","range":"1"}"#, "expected f64"),
        ] {
            let error = message(&format!("{dense}{rest}"));
            assert!(error.contains(named), "{error}");
        }
        assert!(message("{}").contains("missing field `kind`"));
        assert!(message(r#"{"kind":"pool"}"#).contains("`pool`"));
    }

    /// Removes each field of each kind in turn: the message names the kind and the missing field.
    #[test]
    fn every_missing_field_is_reported_as_missing() {
        let kinds = [
            r#"{"kind":"conv2d","outputs":1,"kernel":2,"stride":3,"range":4.5}"#,
            r#"{"kind":"polynomial","coefficients":[1.0]}"#,
            r#"{"kind":"composition","stages":[],"gated":true}"#,
            r#"{"kind":"dense","inputs":1,"outputs":2,"range":0.5}"#,
        ];
        for json in kinds {
            let whole: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(json).unwrap();
            assert!(read(json).is_ok(), "{json}");
            let kind = whole["kind"].as_str().unwrap();
            for field in whole.keys().filter(|field| *field != "kind") {
                let mut fields = whole.clone();
                fields.remove(field);
                let error = read(&serde_json::to_string(&fields).unwrap()).unwrap_err();
                let expected =
                    format!("a layer of kind `{kind}` needs the field `{field}`, which is missing");
                assert!(error.contains(&expected), "{error}");
            }
        }
    }
}
