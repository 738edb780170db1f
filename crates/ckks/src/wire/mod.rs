//! The messages between the two sides, as bytes.
//!
//! Every message is one envelope (magic `INKO`, version, kind, parameter fingerprint, body length)
//! and a body. All numbers are little-endian. A polynomial is written as its residues in the NTT
//! domain, modulus after modulus. Each residue has as many bits as its modulus, lowest bit first
//! ([`push_residues`]). The kinds are a closed list, and none of them is for a secret key.
//!
//! ```text
//! 0   4  "INKO"                    body of 1, evaluation key: purpose u8 (1 relinearization,
//! 4   2  version = 3                 2 galois), level u8, galois element u32 (0 for 1),
//! 6   2  kind                        seed [32], b_j for each digit over q_0..q_level and P
//! 8   8  parameter fingerprint     body of 2, input:  level u8, scale f64, seed [32], c_0
//! 16  8  body length               body of 3, result: scale f64, ciphertexts u8, for each:
//!                                    count u16, count coefficients of c_0 modulo q_0 as u32,
//!                                    c_1 over q_0
//!                                  body of 4, intermediate: stage u8, level u8, scale f64,
//!                                    c_0, c_1
//!                                  body of 5, mask: level u8, seed [32]
//! ```
//!
//! A reader accepts its own version alone, and refuses all others. It checks all that the header
//! and the fixed part of the body claim, and the exact length that follows, before it allocates for
//! residues. (The length of a result follows from counts inside it, so its reader checks one
//! ciphertext after another.) No bytes make a reader panic.
//!
//! ```
//! use inkognito_ckks::{Mask, Parameters, ParametersLiteral};
//! use inkognito_ckks::wire::{self, Kind, WireError};
//!
//! let parameters = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
//! let mask = Mask { level: 5, seed: [7; 32] };
//! let message = wire::write_mask(&parameters, &mask);
//! assert_eq!(wire::read_mask(&parameters, &message), Ok(mask));
//!
//! // a message of another kind, another version, and a level above the highest
//! assert_eq!(
//!     wire::read_input(&parameters, &message),
//!     Err(WireError::Kind { expected: Kind::Input, actual: 5 })
//! );
//! let with = |at: usize, byte: u8| {
//!     let mut bad = message.clone();
//!     bad[at] = byte;
//!     wire::read_mask(&parameters, &bad)
//! };
//! assert_eq!(with(4, 2), Err(WireError::Version { actual: 2 }));
//! assert_eq!(with(24, 6), Err(WireError::Level { max: 5, actual: 6 }));
//! ```

mod envelope;
mod error;
mod evaluation_key;
mod input;
mod intermediate;
mod packing;
mod reader;
mod result;
mod writer;

pub use envelope::{HEADER_LEN, Kind, VERSION};
pub use error::WireError;
pub use evaluation_key::{evaluation_key_len, read_evaluation_key, write_evaluation_key};
pub use input::{MASK_LEN, input_len, read_input, read_mask, write_input, write_mask};
pub use intermediate::{intermediate_len, read_intermediate, write_intermediate};
pub use packing::{push_residues, residue_bits};
pub use reader::message_len;
pub use result::{MAX_RESULT_CIPHERTEXTS, read_result, result_len, write_result};
