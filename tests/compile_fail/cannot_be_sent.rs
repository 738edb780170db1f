use inkognito_ckks::{Parameters, wire};

fn send(parameters: &Parameters, key: &inkognito::SecretKey) -> [Vec<u8>; 3] {
    [
        wire::write_evaluation_key(parameters, key),
        wire::write_input(parameters, key),
        wire::write_result(parameters, key),
    ]
}

fn main() {}
