use inkognito::SecretKey;
use inkognito_ckks::{
    Parameters, SeededCiphertext, SeededSwitchingKey, TruncatedCiphertext, wire,
};

fn send(parameters: &Parameters, key: &SecretKey) -> [Vec<u8>; 3] {
    let evaluation_key: &SeededSwitchingKey = key;
    let input: &SeededCiphertext = key;
    let result: &[TruncatedCiphertext] = key;
    [
        wire::write_evaluation_key(parameters, evaluation_key),
        wire::write_input(parameters, input),
        wire::write_result(parameters, result),
    ]
}

fn main() {}
