fn print(key: &inkognito::SecretKey) -> String {
    format!("{key:?}{key}")
}

fn main() {}
