fn json(key: &inkognito::SecretKey) -> String {
    serde_json::to_string(key).unwrap()
}

fn main() {}
