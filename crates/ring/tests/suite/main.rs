//! One suite, run on every backend of this machine: laws, a naive oracle, and bit-for-bit equality
//! of the backends.

mod automorphism;
mod conversion;
mod fixtures;
mod fused_lengths;
mod lengths;
mod ntt;
mod poly;
mod products;
mod sampling;
