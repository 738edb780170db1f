//! CKKS as both sides see it: parameters, encoder, ciphertexts, evaluation keys, operations, wire.
