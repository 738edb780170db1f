//! Reads a data set in the IDX format. The first byte of the input says how many of the other bytes
//! are the file of labels; the rest is the file of images.
//!
//! Run it with `cargo run --release --bin idx -- corpus/idx` in `fuzz/`.
#![no_main]

use inkognito_dataset::{SIDE, Split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&label_bytes, bytes)) = bytes.split_first() else {
        return;
    };
    let (labels, images) = bytes.split_at(usize::from(label_bytes).min(bytes.len()));
    if let Ok(split) = Split::from_idx(images, labels) {
        assert_eq!(split.images().dim(), (split.len(), SIDE, SIDE));
    }
});
