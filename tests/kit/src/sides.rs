//! Both sides of a network's evaluation in one process.

use std::sync::Arc;

use inkognito::{Keyring, Vault};
use inkognito_network::{Circuit, Model, Plan, Session};

/// Makes both sides of an evaluation under a plan for the model, with a key from a seed and the
/// evaluation keys exchanged.
///
/// # Panics
/// If the plan does not fit the model, or the evaluator refuses a key.
pub fn sides(model: &Model, plan: Plan, seed: u8) -> (Vault, Session) {
    let keyring = Keyring::from_seed(plan.parameters(), &[seed; 32]);
    let mut vault = Vault::with_keyring(plan.clone(), keyring);
    let circuit = Circuit::with_plan(plan, model).expect("weights that fit the plan");
    let mut session = Session::new(Arc::new(circuit));
    exchange_keys(&mut vault, &mut session);
    (vault, session)
}

/// Gives every evaluation key of a vault to a session without keys.
///
/// # Panics
/// If the session refuses a key, or is not ready exactly when it has all.
pub fn exchange_keys(vault: &mut Vault, session: &mut Session) {
    // a single linear layer needs no key
    assert_eq!(session.is_ready(), vault.key_part_count() == 0);
    for _ in 0..vault.key_part_count() {
        let part = vault.next_key_part().expect("as many parts as counted");
        session.load_key(&part).expect("a key that is needed");
    }
    assert!(vault.next_key_part().is_none() && session.is_ready());
}
