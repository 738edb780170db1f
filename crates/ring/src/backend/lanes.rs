//! The operations that a kernel may use on a vector of `u32` lanes.
//!
//! Relies on the caller, who runs a method only on a CPU that has its instructions. Not for use
//! outside kernels.

/// The largest [`Lanes::LANES`].
pub(crate) const MAX_LANES: usize = 16;

/// A vector of `LANES` words of 32 bits. All arithmetic wraps.
///
/// # Safety
/// Every method may use instructions of the implementor's instruction set. Call them only in code
/// that runs on a CPU with that set. `load` reads `LANES` words and `store` writes as many, at any
/// alignment; `load_duplicated` reads `LANES / 2` words (one, where there is one lane).
#[allow(
    clippy::missing_safety_doc,
    reason = "one contract for all methods, stated on the trait"
)]
pub(crate) trait Lanes {
    /// Number of lanes, a power of two.
    const LANES: usize;
    /// A vector.
    type V: Copy;
    /// `LANES` sums of 64 bits, in an order of the instruction set's choice.
    type Wide: Copy;

    unsafe fn load(p: *const u32) -> Self::V;
    /// Loads half a vector (one word, where there is one lane), and copies each word into two
    /// neighbouring lanes.
    unsafe fn load_duplicated(p: *const u32) -> Self::V;
    unsafe fn store(p: *mut u32, v: Self::V);
    unsafe fn splat(x: u32) -> Self::V;
    /// Returns `v`, for a multiplication that follows at once. WebAssembly reads it from memory at
    /// every use: LLVM would widen a loop-invariant operand to 64 bits before the loop and leave
    /// a 64-bit product inside, which costs engines ten instructions instead of one.
    #[inline(always)]
    unsafe fn reread(v: &Self::V) -> Self::V {
        *v
    }
    /// Returns `v`, the result of a shuffle, for a multiplication that follows at once; `zero` is a
    /// zero vector from [`Lanes::reread`]. The reason is that of `reread`: LLVM would look through
    /// the shuffle, and no longer multiply the two halves of one vector.
    #[inline(always)]
    unsafe fn opaque(v: Self::V, _zero: Self::V) -> Self::V {
        v
    }
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    /// Returns the lanewise unsigned minimum.
    unsafe fn min(a: Self::V, b: Self::V) -> Self::V;
    /// Returns the lanewise unsigned maximum.
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn and(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn xor(a: Self::V, b: Self::V) -> Self::V;
    /// Rotates each lane left by `LEFT` bits; `RIGHT` is `32 - LEFT`.
    unsafe fn rotate_left<const LEFT: i32, const RIGHT: i32>(v: Self::V) -> Self::V;
    /// Returns the low 32 bits of the products.
    unsafe fn mul_lo(a: Self::V, b: Self::V) -> Self::V;
    /// Returns the high 32 bits of the products.
    unsafe fn mul_hi(a: Self::V, b: Self::V) -> Self::V;
    /// Permutes lanes: lane i of the result is the lane of `v` that `indices[i]` selects (see
    /// [`shuffle_index`](super::shuffle_index)).
    unsafe fn shuffle(v: Self::V, indices: Self::V) -> Self::V;
    /// Transposes the `LANES x LANES` matrix of words in `rows[..LANES]`.
    unsafe fn transpose(rows: &mut [Self::V; MAX_LANES]);
    unsafe fn wide_zero() -> Self::Wide;
    /// Returns `acc + a b` in 64 bits.
    unsafe fn wide_mul_add(acc: Self::Wide, a: Self::V, b: Self::V) -> Self::Wide;
    /// Returns the low and the high words of the sums, in lane order.
    unsafe fn wide_split(acc: Self::Wide) -> (Self::V, Self::V);
    /// Montgomery's reduction without its last step: returns `(acc - m q) / 2^32` for the
    /// `m < 2^32` that makes this an integer. The result is between -q and q for sums below
    /// `2^32 q`. `inverse` is `q^-1 mod 2^32`.
    #[inline(always)]
    unsafe fn wide_montgomery(acc: Self::Wide, inverse: Self::V, q: &Self::V) -> Self::V {
        // SAFETY: by the caller's contract.
        unsafe {
            let (low, high) = Self::wide_split(acc);
            // the low words of `acc` and `m q` are the same
            Self::sub(
                high,
                Self::mul_hi(Self::mul_lo(low, inverse), Self::reread(q)),
            )
        }
    }
}
