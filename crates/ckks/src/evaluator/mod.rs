//! Operations on ciphertexts: arithmetic, key switching, and what can be computed before the message.

pub(crate) mod arithmetic;
pub(crate) mod ciphertext_qp;
pub(crate) mod key_switch;
mod linear_combination;
pub(crate) mod offline;
pub(crate) mod operation_count;
pub(crate) mod scratch;
