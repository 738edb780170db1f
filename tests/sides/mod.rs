//! Both sides of an evaluation in one process.

use std::sync::Arc;

use inkognito::{Keyring, Vault};
use inkognito_network::{Circuit, Model, Plan, Session};

/// Both sides under a plan for the model, with keys exchanged.
pub(crate) fn sides(model: &Model, plan: Plan, seed: u8) -> (Vault, Session) {
    let keyring = Keyring::from_seed(plan.parameters(), &[seed; 32]);
    let mut vault = Vault::with_keyring(plan.clone(), keyring);
    let mut session = Session::new(Arc::new(Circuit::with_plan(plan, model).unwrap()));
    // one linear layer needs no key
    assert_eq!(session.is_ready(), vault.key_part_count() == 0);
    for _ in 0..vault.key_part_count() {
        session.load_key(&vault.next_key_part().unwrap()).unwrap();
    }
    assert!(vault.next_key_part().is_none() && session.is_ready());
    (vault, session)
}
