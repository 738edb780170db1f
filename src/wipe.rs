//! Wiping what the compiler leaves behind.

use zeroize::Zeroize;

/// More than the deepest call that touches a key takes of the stack, in words.
const DEPTH: usize = (128 << 10) / size_of::<u64>();

/// Does what touches a key, and overwrites the part of the stack that it has used: values that were
/// passed on or moved, a seed or a generator's state, leave copies there that no destructor knows of. They
/// would last until something else overwrites them, or go to the heap in the gaps of what is moved there.
pub(crate) fn scrubbed<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    scrub_stack();
    done
}

/// A call of its own: what is inlined into it is below its caller on the stack.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn scrub_stack() {
    let mut stack = [0u64; DEPTH];
    // volatile writes: they are not optimised away
    stack.zeroize();
}
