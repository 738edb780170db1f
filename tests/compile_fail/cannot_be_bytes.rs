fn bytes(key: &inkognito::SecretKey) -> &[u8] {
    key.as_ref()
}

fn main() {}
