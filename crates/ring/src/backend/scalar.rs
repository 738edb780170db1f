//! One lane of plain Rust: the reference for all other backends.
//!
//! Relies on no instruction set. Not for speed.

use super::lanes::{Lanes, MAX_LANES};

pub(crate) struct Scalar;

impl Lanes for Scalar {
    const LANES: usize = 1;
    type V = u32;
    type Wide = u64;

    #[inline(always)]
    unsafe fn load(p: *const u32) -> u32 {
        // SAFETY: readable by the contract of `Lanes`.
        unsafe { p.read() }
    }
    #[inline(always)]
    unsafe fn load_duplicated(p: *const u32) -> u32 {
        // SAFETY: readable by the contract of `Lanes`.
        unsafe { p.read() }
    }
    #[inline(always)]
    unsafe fn store(p: *mut u32, v: u32) {
        // SAFETY: writable by the contract of `Lanes`.
        unsafe { p.write(v) }
    }
    #[inline(always)]
    unsafe fn splat(x: u32) -> u32 {
        x
    }
    #[inline(always)]
    unsafe fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    unsafe fn sub(a: u32, b: u32) -> u32 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    unsafe fn max(a: u32, b: u32) -> u32 {
        a.max(b)
    }
    #[inline(always)]
    unsafe fn and(a: u32, b: u32) -> u32 {
        a & b
    }
    #[inline(always)]
    unsafe fn xor(a: u32, b: u32) -> u32 {
        a ^ b
    }
    #[inline(always)]
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: u32) -> u32 {
        v.rotate_left(LEFT as u32)
    }
    #[inline(always)]
    unsafe fn min(a: u32, b: u32) -> u32 {
        a.min(b)
    }
    #[inline(always)]
    unsafe fn mul_lo(a: u32, b: u32) -> u32 {
        a.wrapping_mul(b)
    }
    #[inline(always)]
    unsafe fn mul_hi(a: u32, b: u32) -> u32 {
        ((u64::from(a) * u64::from(b)) >> 32) as u32
    }
    #[inline(always)]
    unsafe fn shuffle(v: u32, _: u32) -> u32 {
        v
    }
    #[inline(always)]
    unsafe fn transpose(_: &mut [u32; MAX_LANES]) {}
    #[inline(always)]
    unsafe fn wide_zero() -> u64 {
        0
    }
    #[inline(always)]
    unsafe fn wide_mul_add(acc: u64, a: u32, b: u32) -> u64 {
        acc.wrapping_add(u64::from(a) * u64::from(b))
    }
    #[inline(always)]
    unsafe fn wide_split(acc: u64) -> (u32, u32) {
        (acc as u32, (acc >> 32) as u32)
    }
}
