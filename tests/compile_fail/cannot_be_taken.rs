fn take(keyring: inkognito::Keyring) -> inkognito::SecretKey {
    keyring.key
}

fn make() {
    let _ = inkognito::SecretKey::generate;
}

fn main() {}
