fn read(key: inkognito::SecretKey) -> Vec<u8> {
    key.s.into()
}

fn main() {}
