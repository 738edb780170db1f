//! The idx reader on small artificial files.

use inkognito_dataset::{DatasetError, SIDE, Split};
use proptest::prelude::*;

fn images(count: u32, side: u32, pixels: &[u8]) -> Vec<u8> {
    let words = [0x0803, count, side, side].map(u32::to_be_bytes);
    [words.as_flattened(), pixels].concat()
}

fn labels(count: u32, values: &[u8]) -> Vec<u8> {
    let words = [0x0801, count].map(u32::to_be_bytes);
    [words.as_flattened(), values].concat()
}

fn two_images() -> Vec<u8> {
    let pixels: Vec<u8> = (0..2 * SIDE * SIDE).map(|i| (i % 256) as u8).collect();
    images(2, 28, &pixels)
}

#[test]
fn images_and_labels_are_read() {
    let split = Split::from_idx(&two_images(), &labels(2, &[7, 2])).expect("read");
    assert_eq!((split.len(), split.is_empty()), (2, false));
    assert_eq!(split.labels(), [7, 2]);
    assert_eq!(split.images()[[1, 3, 5]], ((784 + 3 * 28 + 5) % 256) as u8);
    let image = split.image(0);
    assert_eq!(image.dim(), (SIDE, SIDE));
    assert_eq!(image[[9, 3]], 1.0);
    assert!((image[[0, 51 % 28]] - 23.0 / 255.0).abs() < 1e-7);
}

#[test]
fn other_files_are_refused() {
    let (good_images, good_labels) = (two_images(), labels(2, &[7, 2]));
    let read = |images: &[u8], labels: &[u8]| Split::from_idx(images, labels).expect_err("refused");
    assert!(matches!(
        read(&good_images[..15], &good_labels),
        DatasetError::TooShort {
            expected: 16,
            actual: 15
        }
    ));
    assert!(matches!(
        read(&good_labels, &good_labels),
        DatasetError::TooShort { .. }
    ));
    assert!(matches!(
        read(&good_images, &good_images),
        DatasetError::Magic {
            expected: 0x0801,
            actual: 0x0803
        }
    ));
    assert!(matches!(
        read(&good_images[..good_images.len() - 1], &good_labels),
        DatasetError::Length {
            expected: 1568,
            actual: 1567
        }
    ));
    assert!(matches!(
        read(&images(1, 2, &[0; 4]), &good_labels),
        DatasetError::ImageSize {
            side: 28,
            rows: 2,
            columns: 2
        }
    ));
    assert!(matches!(
        read(&images(u32::MAX, 28, &[]), &good_labels),
        DatasetError::Length { actual: 0, .. }
    ));
    assert!(matches!(
        read(&good_images, &labels(2, &[7, 10])),
        DatasetError::Label {
            index: 1,
            classes: 10,
            actual: 10
        }
    ));
    assert!(matches!(
        read(&good_images, &labels(3, &[7, 2, 1])),
        DatasetError::LabelCount {
            images: 2,
            labels: 3
        }
    ));
}

/// Fuzzing starts from these files: one byte for the length of the labels, labels, images.
#[test]
fn the_fuzzing_corpus_is_read() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/idx");
    for (name, count) in [("none", 0), ("one", 1)] {
        let bytes = std::fs::read(format!("{corpus}/{name}")).unwrap();
        let (labels, images) = bytes[1..].split_at(usize::from(bytes[0]));
        assert_eq!(Split::from_idx(images, labels).unwrap().len(), count);
    }
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(
        changes in prop::collection::vec((0usize..16, any::<u8>()), 1..4),
        length in 0usize..1600,
        change_images in any::<bool>(),
    ) {
        let (mut images, mut labels) = (two_images(), labels(2, &[7, 2]));
        let changed = if change_images { &mut images } else { &mut labels };
        for (at, value) in changes {
            if let Some(byte) = changed.get_mut(at) {
                *byte = value;
            }
        }
        changed.truncate(length);
        if let Ok(split) = Split::from_idx(&images, &labels) {
            prop_assert_eq!(split.images().dim(), (split.len(), SIDE, SIDE));
        }
    }

    #[test]
    fn any_bytes_never_panic(
        mut images in prop::collection::vec(any::<u8>(), 0..64),
        mut labels in prop::collection::vec(any::<u8>(), 0..64),
        headers in any::<bool>(),
    ) {
        if headers {
            images.splice(0..images.len().min(4), 0x0803_u32.to_be_bytes());
            labels.splice(0..labels.len().min(4), 0x0801_u32.to_be_bytes());
        }
        if let Ok(split) = Split::from_idx(&images, &labels) {
            prop_assert_eq!(split.images().dim(), (split.len(), SIDE, SIDE));
        }
    }
}
