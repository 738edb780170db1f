//! Data sets: images and labels, split by the first byte.
#![no_main]

use inkognito_dataset::{SIDE, Split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&at, bytes)) = bytes.split_first() else {
        return;
    };
    let (labels, images) = bytes.split_at(usize::from(at).min(bytes.len()));
    if let Ok(split) = Split::from_idx(images, labels) {
        assert_eq!(split.images().dim(), (split.len(), SIDE, SIDE));
    }
});
