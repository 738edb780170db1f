//! Fresh encryptions: their precision, their randomness, and the refusals.

use inkognito::{Keyring, Vault};
use inkognito_ckks::{CkksError, Complex64, Parameters, ParametersLiteral};
use inkognito_network::Plan;
use inkognito_test_kit::{SchemeSides, dense, network};

use crate::values;

#[test]
fn fresh_encryptions_have_15_bits_and_are_all_different() {
    let mut sides = SchemeSides::new(1, |_| vec![]);
    let (z, scale) = (values(1), sides.parameters().scale());
    for level in 0..=sides.parameters().max_level() {
        let ct = sides.encrypt(&z, level);
        assert_eq!(ct.level(), level);
        sides.expect("fresh", &ct, &z, sides.noise.fresh().sqrt() / scale, 15.0);
        let again = sides.encrypt(&z, level);
        assert_ne!(ct.polys()[0].limb(0), again.polys()[0].limb(0));
        assert_ne!(ct.polys()[1].limb(0), again.polys()[1].limb(0));
    }
}

#[test]
fn another_key_decrypts_to_noise() {
    let mut sides = SchemeSides::new(2, |_| vec![]);
    let z = values(2);
    let ct = sides.encrypt(&z, 0);
    let stranger = Keyring::from_seed(sides.parameters(), &[3; 32]);
    let decrypted = stranger.decrypt(&ct);
    // uniform modulo q_0: far larger than the message, and unrelated to it
    let size = decrypted.iter().map(|z| z.norm()).sum::<f64>() / 4096.0;
    assert!(size > 50.0, "{size}");
    let correlation: Complex64 = decrypted.iter().zip(&z).map(|(a, b)| a * b.conj()).sum();
    assert!(correlation.norm() / 4096.0 / size < 0.1);
}

#[test]
fn levels_and_lengths_that_the_set_does_not_have_are_refused() {
    let mut sides = SchemeSides::new(9, |_| vec![]);
    let (z, scale) = (values(10), sides.parameters().scale());
    assert!(sides.keyring.encrypt(&z, 6, scale).is_err());
    assert!(sides.keyring.prepare_encryption(6).is_err());
    let many = vec![Complex64::default(); 4097];
    assert!(matches!(
        sides.keyring.encrypt(&many, 0, scale),
        Err(CkksError::TooManyValues {
            slots: 4096,
            actual: 4097
        })
    ));
}

#[test]
#[should_panic(expected = "a keyring for other parameters")]
fn a_vault_takes_only_a_keyring_for_its_parameters() {
    let model = network(12, vec![dense(144, 4)], 1);
    let other = Parameters::new(ParametersLiteral::n16384_levels11()).unwrap();
    let keyring = Keyring::from_seed(&other, &[1; 32]);
    Vault::with_keyring(Plan::new(model.description()).unwrap(), keyring);
}
