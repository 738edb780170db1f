//! Wiping what the compiler leaves behind.

use zeroize::Zeroize;

/// More than the deepest call that touches a key takes of the stack.
const DEPTH: usize = 128 << 10;

/// Overwrites the part of the stack that earlier, deeper calls have used. Values that were passed on
/// or moved, a seed or a generator's state, have left copies there that no destructor knows of.
///
/// In the browser this is all of the stack that was ever used, when it is called on the way out of
/// the vault: the page calls it with an empty stack.
#[inline(never)]
pub(crate) fn scrub_stack() {
    let mut stack = [0u8; DEPTH];
    // volatile writes: they are not optimised away
    stack.zeroize();
}
