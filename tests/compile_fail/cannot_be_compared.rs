fn same(one: &inkognito::SecretKey, other: &inkognito::SecretKey) -> bool {
    *one == *other
}

fn main() {}
