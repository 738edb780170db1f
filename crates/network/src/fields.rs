//! What a layer is read from: the fields of all kinds, one of which it says it is.
//!
//! serde would read an enum with a tag twice, once into a tree of anything: a twentieth of a module's code.

use serde::Deserialize;

use crate::{ChebyshevStage, Layer};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Conv2d,
    Polynomial,
    Composition,
    Dense,
}

/// A layer as it stands in a description.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fields {
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

/// Fields that are not those of the layer's kind.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FieldError {
    #[error("a layer of this kind has a field `{0}`")]
    Missing(&'static str),
    #[error("a layer of this kind has no field `{0}`")]
    Unexpected(&'static str),
}

/// A field of this kind, which is not left then.
fn take<T>(field: &mut Option<T>, name: &'static str) -> Result<T, FieldError> {
    field.take().ok_or(FieldError::Missing(name))
}

impl TryFrom<Fields> for Layer {
    type Error = FieldError;

    fn try_from(mut fields: Fields) -> Result<Self, FieldError> {
        let f = &mut fields;
        let layer = match f.kind {
            Kind::Conv2d => Self::Conv2d {
                outputs: take(&mut f.outputs, "outputs")?,
                kernel: take(&mut f.kernel, "kernel")?,
                stride: take(&mut f.stride, "stride")?,
                range: take(&mut f.range, "range")?,
            },
            Kind::Polynomial => Self::Polynomial {
                coefficients: take(&mut f.coefficients, "coefficients")?,
            },
            Kind::Composition => Self::Composition {
                stages: take(&mut f.stages, "stages")?,
                gated: take(&mut f.gated, "gated")?,
            },
            Kind::Dense => Self::Dense {
                inputs: take(&mut f.inputs, "inputs")?,
                outputs: take(&mut f.outputs, "outputs")?,
                range: take(&mut f.range, "range")?,
            },
        };
        let left = [
            ("inputs", f.inputs.is_some()),
            ("outputs", f.outputs.is_some()),
            ("kernel", f.kernel.is_some()),
            ("stride", f.stride.is_some()),
            ("range", f.range.is_some()),
            ("coefficients", f.coefficients.is_some()),
            ("stages", f.stages.is_some()),
            ("gated", f.gated.is_some()),
        ];
        match left.into_iter().find(|(_, is_left)| *is_left) {
            Some((name, _)) => Err(FieldError::Unexpected(name)),
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
        assert!(message(&format!("{dense}}}")).contains("has a field `range`"));
        let conv = message(&format!(r#"{dense},"range":1,"kernel":3}}"#));
        assert!(conv.contains("has no field `kernel`"), "{conv}");
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
}
