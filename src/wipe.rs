//! Wiping the copies of secrets that the compiler leaves on the stack.
//!
//! Relies on a limit of the stack's depth, which is an estimate. Not for secrets on the heap, which
//! destructors overwrite.

use zeroize::Zeroize;

/// Words of the stack that are overwritten: more than the deepest call that touches a key uses.
const DEPTH: usize = (128 << 10) / size_of::<u64>();

/// Does work that touches a key, and overwrites the part of the stack that the work used.
///
/// Values that were passed on or moved (a seed, a generator's state) leave copies on the stack that
/// no destructor knows of. They would stay until something else overwrites them, and could be
/// copied to the heap in the padding of a value that is moved there.
pub(crate) fn with_stack_wiped<T>(work: impl FnOnce() -> T) -> T {
    let result = call_separately(work);
    wipe_stack();
    result
}

/// Calls `work` in a frame of its own, so that all code inlined into it lies below its caller.
#[inline(never)]
fn call_separately<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe_stack() {
    let mut stack = [0u64; DEPTH];
    // volatile writes: they are not optimised away
    stack.zeroize();
}
