fn copy(key: &inkognito::SecretKey) -> inkognito::SecretKey {
    key.clone()
}

fn main() {}
