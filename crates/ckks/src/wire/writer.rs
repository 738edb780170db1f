//! Writing of headers and polynomials, for all kinds of message.
//!
//! Relies on `packing.rs`. Not for checks, which the reader makes.

use inkognito_ring::{Ntt, Poly};

use crate::{
    scheme::parameters::Parameters,
    wire::{
        envelope::{HEADER_LEN, Kind, MAGIC, VERSION},
        packing::push_residues,
    },
};

/// Returns a message with its header, and with capacity for its body.
pub(super) fn begin(parameters: &Parameters, kind: Kind, body_len: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER_LEN + body_len);
    message.extend(MAGIC);
    message.extend(VERSION.to_le_bytes());
    message.extend((kind as u16).to_le_bytes());
    message.extend(parameters.fingerprint());
    message.extend((body_len as u64).to_le_bytes());
    message
}

/// Appends the residues of a polynomial.
pub(super) fn push_poly(message: &mut Vec<u8>, poly: &Poly<Ntt>) {
    for (i, q) in poly.basis().moduli().enumerate() {
        push_residues(message, q, poly.limb(i));
    }
}
