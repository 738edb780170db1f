//! The model file: written files are read again, and all other bytes are refused.

mod common;

use common::{description, linear, model};
use inkognito_network::{Description, Linear, Model, ModelError};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Writes a safetensors file without the library: metadata, `(name, type, shape)`, zero weights.
fn file(metadata: &[(&str, &str)], tensors: &[(&str, &str, &[usize])]) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    let metadata: BTreeMap<_, _> = metadata.iter().copied().collect();
    header.insert("__metadata__".into(), serde_json::json!(metadata));
    let mut end = 0;
    for (name, dtype, shape) in tensors {
        let width = if *dtype == "F64" { 8 } else { 4 };
        let start = end;
        end += width * shape.iter().product::<usize>();
        let entry =
            serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": [start, end]});
        header.insert((*name).into(), entry);
    }
    let header = serde_json::to_vec(&header).expect("JSON");
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.resize(bytes.len() + end, 0);
    bytes
}

const TENSORS: [(&str, &str, &[usize]); 6] = [
    ("layers.0.weight", "F32", &[2, 3, 3]),
    ("layers.0.bias", "F32", &[2]),
    ("layers.2.weight", "F32", &[4, 8]),
    ("layers.2.bias", "F32", &[4]),
    ("layers.4.weight", "F32", &[3, 4]),
    ("layers.4.bias", "F32", &[3]),
];

/// Returns the error for a file of the small network with changed tensors.
fn rejected(change: impl FnOnce(&mut Vec<(&str, &str, &[usize])>)) -> ModelError {
    let json = serde_json::to_string(&description()).expect("JSON");
    let mut tensors = TENSORS.to_vec();
    change(&mut tensors);
    Model::from_bytes(&file(&[("inkognito", &json)], &tensors)).expect_err("must be refused")
}

#[test]
fn written_models_are_read_again() {
    let bytes = model().to_bytes().expect("written");
    assert_eq!(Model::from_bytes(&bytes).expect("read"), model());
    assert_eq!(model().to_bytes().expect("written twice"), bytes);
}

#[test]
fn a_file_of_another_program_is_read() {
    let json = serde_json::to_string(&description()).expect("JSON");
    let metadata = [("format", "pt"), ("inkognito", json.as_str())];
    let model = Model::from_bytes(&file(&metadata, &TENSORS)).expect("read");
    assert_eq!(model.description(), &description());
    assert!(
        model
            .layers()
            .flat_map(|(_, linear)| linear)
            .all(|l| l.weight.sum() == 0.0)
    );
}

#[test]
fn tensors_that_differ_from_the_description_are_refused() {
    assert!(matches!(rejected(|t| t.truncate(5)),
        ModelError::MissingTensor { name } if name == "layers.4.bias"));
    assert!(matches!(
        rejected(|t| t.push(("layers.1.weight", "F32", &[1]))),
        ModelError::TensorCount {
            expected: 6,
            actual: 7
        }
    ));
    assert!(matches!(rejected(|t| t[0].1 = "F64"),
        ModelError::TensorType { name, .. } if name == "layers.0.weight"));
    let error = rejected(|t| t[2].2 = &[8, 4]);
    assert!(matches!(
        error,
        ModelError::TensorShape { expected, actual, .. } if expected == [4, 8] && actual == [8, 4]
    ));
}

#[test]
fn files_of_another_kind_are_refused() {
    let of = |metadata: &[(&str, &str)]| {
        Model::from_bytes(&file(metadata, &TENSORS)).expect_err("must be refused")
    };
    assert!(matches!(of(&[]), ModelError::NoDescription));
    assert!(matches!(
        of(&[("inkognito", "{}")]),
        ModelError::Description(_)
    ));
    let later = r#"{"format": 7, "graph": []}"#;
    assert!(matches!(
        of(&[("inkognito", later)]),
        ModelError::UnknownFormat {
            supported: 1,
            actual: 7
        }
    ));
    let extra = serde_json::to_string(&description())
        .unwrap()
        .replace("\"stride\"", "\"padding\":1,\"stride\"");
    assert!(matches!(
        of(&[("inkognito", &extra)]),
        ModelError::Description(_)
    ));
}

#[test]
fn lengths_are_checked() {
    let bytes = model().to_bytes().expect("written");
    let read = |bytes: &[u8]| Model::from_bytes(bytes).expect_err("must be refused");
    assert!(matches!(
        read(&[]),
        ModelError::TooShort {
            expected: 8,
            actual: 0
        }
    ));
    assert!(matches!(read(&bytes[..20]), ModelError::TooShort { .. }));
    assert!(matches!(
        read(&bytes[..bytes.len() - 1]),
        ModelError::Length { .. }
    ));
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(read(&longer), ModelError::Length { .. }));
    assert!(matches!(read(&[0xff; 64]), ModelError::OutOfLimits { .. }));
    let mut garbled = bytes;
    garbled[8] = b'x';
    assert!(matches!(read(&garbled), ModelError::Header(_)));
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    let mut bytes = model().to_bytes().expect("written");
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(
        Model::from_bytes(&bytes),
        Err(ModelError::NotFinite { index: 11, .. })
    ));

    let mut linears = vec![linear(2, 9, 1), linear(4, 8, 2), linear(3, 4, 3)];
    linears[1].bias[2] = f32::INFINITY;
    assert!(matches!(Model::new(description(), linears),
        Err(ModelError::NotFinite { name, index: 2 }) if name == "layers.2.bias"));
}

#[test]
fn weights_of_other_shapes_are_refused() {
    let with = |linears: Vec<Linear>| Model::new(description(), linears).expect_err("refused");
    let (first, second, third) = (linear(2, 9, 1), linear(4, 8, 2), linear(3, 4, 3));
    assert!(matches!(
        with(vec![first.clone(), second.clone()]),
        ModelError::LayerCount {
            expected: 3,
            actual: 2
        }
    ));
    assert!(matches!(
        with(vec![first, second, linear(4, 3, 3)]),
        ModelError::TensorShape { .. }
    ));
    assert!(matches!(
        with(vec![third.clone(), third.clone(), third]),
        ModelError::TensorShape { .. }
    ));
}

/// Checks that a model that can be read can be written and read again.
fn check_round_trip(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(model) = Model::from_bytes(bytes) {
        let written = model
            .to_bytes()
            .expect("a model that was read can be written");
        prop_assert_eq!(Model::from_bytes(&written).expect("and read again"), model);
        prop_assert!(Description::from_bytes(bytes).is_ok());
    }
    Ok(())
}

/// Fuzzing starts from these files.
#[test]
fn the_fuzzing_corpus_is_read() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/model");
    for name in ["conv", "dense"] {
        let bytes = std::fs::read(format!("{corpus}/{name}")).unwrap();
        assert!(Model::from_bytes(&bytes).is_ok(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn changed_bytes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = model().to_bytes().expect("written");
        for (at, value) in changes {
            *at.get_mut(&mut bytes) = value;
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len()));
        }
        check_round_trip(&bytes)?;
    }

    #[test]
    fn changed_digits_never_panic(
        at in any::<prop::sample::Index>(),
        digits in prop::collection::vec(b'0'..=b'9', 1..3),
    ) {
        // only digits of the header are changed, so that it remains JSON
        let mut bytes = model().to_bytes().expect("written");
        let header = 8 + usize::from(bytes[0]) + 256 * usize::from(bytes[1]);
        let numbers: Vec<_> = (8..header).filter(|i| bytes[*i].is_ascii_digit()).collect();
        for (offset, digit) in digits.into_iter().enumerate() {
            let index = (at.index(numbers.len()) + offset) % numbers.len();
            bytes[numbers[index]] = digit;
        }
        check_round_trip(&bytes)?;
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        check_round_trip(&bytes)?;
    }
}
