//! The wire format: round trips, a pinned message, and arbitrary bytes.

use inkognito_ckks::{
    Ciphertext, EvaluationKeys, Evaluator, KeyPurpose, KeyRequest, Mask, Parameters,
    ParametersLiteral, SeededCiphertext, SeededSwitchingKey, TruncatedCiphertext,
    wire::{self, Kind, WireError},
};
use inkognito_ring::{GaloisElement, uniform};
use proptest::prelude::*;

fn parameters() -> Parameters {
    Parameters::new(ParametersLiteral {
        log_n: 12,
        moduli_q_bits: vec![28, 26],
        special_moduli_bits: vec![29],
        log_scale: 26,
    })
    .unwrap()
}

fn input(p: &Parameters, level: usize) -> SeededCiphertext {
    SeededCiphertext {
        c0: uniform(p.q_basis(level), &[1; 32], 0),
        seed: [2; 32],
        scale: p.scale(),
    }
}

fn mask() -> Mask {
    Mask {
        level: 1,
        seed: [6; 32],
    }
}

fn ciphertext(p: &Parameters, level: usize) -> Ciphertext {
    let poly = |i| uniform(p.q_basis(level), &[3; 32], i);
    Ciphertext::new([poly(0), poly(1)], p.scale())
}

/// Makes truncated ciphertexts of these numbers of coefficients.
fn result(p: &Parameters, counts: &[usize]) -> Vec<TruncatedCiphertext> {
    let evaluator = Evaluator::new(p.clone(), EvaluationKeys::new());
    let truncated = |&count: &usize| evaluator.truncate(ciphertext(p, 0), count).unwrap();
    counts.iter().map(truncated).collect()
}

fn key(p: &Parameters, purpose: KeyPurpose, level: usize) -> SeededSwitchingKey {
    let b = (0..p.digits(level)).map(|j| uniform(p.qp_basis(level), &[4; 32], j as u32));
    SeededSwitchingKey {
        request: KeyRequest { purpose, level },
        seed: [5; 32],
        b: b.collect(),
    }
}

#[test]
fn messages_are_read_as_they_were_written() {
    let p = parameters();
    for counts in [&[10][..], &[1, 4096, 7], &[3; 255], &[0]] {
        let r = result(&p, counts);
        let bytes = wire::write_result(&p, &r);
        assert_eq!(bytes.len(), wire::result_len(&p, counts));
        assert_eq!(wire::read_result(&p, &bytes).unwrap(), r);
    }
    for level in 0..=p.max_level() {
        let (i, c) = (input(&p, level), ciphertext(&p, level));
        assert_eq!(wire::read_input(&p, &wire::write_input(&p, &i)).unwrap(), i);
        let mask = wire::write_mask(&p, &i.mask());
        assert_eq!(mask.len(), wire::MASK_LEN);
        assert_eq!(wire::read_mask(&p, &mask).unwrap(), i.mask());
        assert_eq!(i.mask().expand(&p), i.clone().expand().polys()[1]);
        let intermediate = wire::write_intermediate(&p, 7, &c);
        assert_eq!(intermediate.len(), wire::intermediate_len(&p, level));
        assert_eq!(wire::read_intermediate(&p, &intermediate).unwrap(), (7, c));
        let rotation = KeyPurpose::Galois(GaloisElement::rotation(3, p.log_n()));
        for purpose in [KeyPurpose::Relinearization, rotation] {
            let k = key(&p, purpose, level);
            let bytes = wire::write_evaluation_key(&p, &k);
            assert_eq!(wire::read_evaluation_key(&p, &bytes).unwrap(), k);
        }
    }
}

/// A change of these bytes needs a new version, since a reader refuses every version but its own.
#[test]
fn header_is_pinned() {
    let p = parameters();
    let bytes = wire::write_input(&p, &input(&p, 1));
    assert_eq!(&bytes[..8], b"INKO\x03\x00\x02\x00");
    assert_eq!(bytes[8..16], p.fingerprint());
    // residues of 28 bits, then of 26
    let residues = 4096 / 8 * (28 + 26);
    assert_eq!(bytes[16..24], (1 + 8 + 32 + residues as u64).to_le_bytes());
    assert_eq!(bytes[24], 1);
    assert_eq!(bytes[25..33], p.scale().to_le_bytes());
    assert_eq!(bytes[33..65], [2; 32]);
    let poly = uniform(p.q_basis(1), &[1; 32], 0);
    let [first, second] = [poly.limb(0)[0], poly.limb(0)[1]];
    let both = u64::from(first) | u64::from(second) << 28;
    assert_eq!(bytes[65..72], both.to_le_bytes()[..7]);
    assert_eq!(bytes.len(), wire::HEADER_LEN + 41 + residues);
    // moduli, fingerprint and the expansion of seeds are pinned, too
    assert_eq!(
        (p.modulus(0), p.modulus(1), first),
        (268369921, 67084289, PINNED_RESIDUE)
    );
    assert_eq!(u64::from_le_bytes(p.fingerprint()), PINNED_FINGERPRINT);
}

const PINNED_RESIDUE: u32 = 250048126;
const PINNED_FINGERPRINT: u64 = 10904420344323040126;

#[test]
fn each_wrong_field_is_named() {
    let p = parameters();
    let good = wire::write_input(&p, &input(&p, 1));
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        wire::read_input(&p, &bad).unwrap_err()
    };
    assert_eq!(with(0, b"X"), WireError::Magic);
    assert_eq!(with(4, &[9, 0]), WireError::Version { actual: 9 });
    assert_eq!(
        with(6, &[3, 0]),
        WireError::Kind {
            expected: Kind::Input,
            actual: 3
        }
    );
    assert_eq!(
        with(6, &[77, 1]),
        WireError::Kind {
            expected: Kind::Input,
            actual: 333
        }
    );
    assert_eq!(with(8, &[0; 8]), WireError::Parameters);
    assert!(matches!(
        with(16, &[255; 8]),
        WireError::Length {
            expected: u64::MAX,
            ..
        }
    ));
    assert_eq!(with(24, &[2]), WireError::Level { max: 1, actual: 2 });
    assert!(matches!(with(24, &[0]), WireError::Length { .. }));
    assert!(matches!(
        with(25, &f64::NAN.to_le_bytes()),
        WireError::Scale { .. }
    ));
    assert!(matches!(
        with(25, &0.5f64.to_le_bytes()),
        WireError::Scale { .. }
    ));
    assert_eq!(with(65, &[255; 4]), WireError::Residue);
    // an intermediate ciphertext: not a result, and wrong fields
    let good = wire::write_intermediate(&p, 3, &ciphertext(&p, 1));
    assert!(matches!(
        wire::read_result(&p, &good),
        Err(WireError::Kind { actual: 4, .. })
    ));
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        wire::read_intermediate(&p, &bad)
    };
    assert!(matches!(with(24, &[255]), Ok((255, _))), "any stage");
    assert_eq!(with(25, &[2]), Err(WireError::Level { max: 1, actual: 2 }));
    assert!(matches!(with(25, &[0]), Err(WireError::Length { .. })));
    let scale = f64::INFINITY.to_le_bytes();
    assert!(matches!(with(26, &scale), Err(WireError::Scale { .. })));
    assert_eq!(with(34, &[255; 4]), Err(WireError::Residue));
    assert!(matches!(with(16, &[0; 8]), Err(WireError::Length { .. })));
    // a result
    let good = wire::write_result(&p, &result(&p, &[2, 1]));
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        wire::read_result(&p, &bad)
    };
    assert!(matches!(with(24, &scale), Err(WireError::Scale { .. })));
    assert_eq!(with(32, &[0]), Err(WireError::Empty));
    for ciphertexts in [1, 3, 255] {
        assert!(matches!(
            with(32, &[ciphertexts]),
            Err(WireError::Length { .. })
        ));
    }
    assert!(matches!(
        with(33, &[255, 255]),
        Err(WireError::Residue | WireError::Length { .. })
    ));
    assert!(matches!(
        with(33, &[3, 0]),
        Err(WireError::Residue | WireError::Length { .. })
    ));
    assert_eq!(
        with(35, &p.modulus(0).to_le_bytes()),
        Err(WireError::Residue)
    );
    assert_eq!(with(43, &[255; 4]), Err(WireError::Residue));
    // a mask
    let good = wire::write_mask(&p, &mask());
    assert_eq!(&good[..8], b"INKO\x03\x00\x05\x00");
    let mut bad = good.clone();
    bad[24] = 2;
    let level = WireError::Level { max: 1, actual: 2 };
    assert_eq!(wire::read_mask(&p, &bad), Err(level));
    for other in [&good[..56], &[&good[..], &[0]].concat()] {
        let error = wire::read_mask(&p, other);
        assert!(matches!(error, Err(WireError::Length { .. })));
    }
    let good = wire::write_evaluation_key(&p, &key(&p, KeyPurpose::Relinearization, 0));
    for (at, byte) in [(24, 0), (24, 3), (24, 2), (26, 1)] {
        let mut bad = good.clone();
        bad[at] = byte;
        let error = wire::read_evaluation_key(&p, &bad).unwrap_err();
        assert!(
            matches!(error, WireError::Purpose { .. }),
            "{at} {byte}: {error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn no_bytes_make_a_reader_panic(
        which in 0usize..5,
        len in 0usize..=200,
        edits in prop::collection::vec((0usize..100, any::<u8>()), 0..6),
    ) {
        let p = parameters();
        let mut bytes = match which {
            0 => wire::write_input(&p, &input(&p, 0)),
            1 => wire::write_result(&p, &result(&p, &[5, 2])),
            2 => wire::write_intermediate(&p, 1, &ciphertext(&p, 0)),
            3 => wire::write_mask(&p, &mask()),
            _ => wire::write_evaluation_key(&p, &key(&p, KeyPurpose::Relinearization, 0)),
        };
        if len < 100 {
            bytes.truncate(len);
        }
        for (at, value) in edits {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        // a message that is accepted is written back as the same bytes
        if let Ok(i) = wire::read_input(&p, &bytes) {
            prop_assert_eq!(wire::write_input(&p, &i), bytes.clone());
        }
        if let Ok(r) = wire::read_result(&p, &bytes) {
            prop_assert_eq!(wire::write_result(&p, &r), bytes.clone());
        }
        if let Ok((stage, c)) = wire::read_intermediate(&p, &bytes) {
            prop_assert_eq!(wire::write_intermediate(&p, stage, &c), bytes.clone());
        }
        if let Ok(m) = wire::read_mask(&p, &bytes) {
            prop_assert_eq!(wire::write_mask(&p, &m), bytes.clone());
        }
        if let Ok(k) = wire::read_evaluation_key(&p, &bytes) {
            prop_assert_eq!(wire::write_evaluation_key(&p, &k), bytes);
        }
    }
}

/// The fuzzing corpus must hold accepted messages, so that fuzzing gets past the header.
#[test]
fn the_fuzzing_corpus_is_accepted() {
    let p = parameters();
    let seed = |path: &str| {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
        std::fs::read(format!("{corpus}/{path}")).unwrap()
    };
    for kind in ["relinearization", "galois"] {
        let bytes = seed(&format!("evaluation_key/{kind}"));
        assert!(wire::read_evaluation_key(&p, &bytes).is_ok());
    }
    assert!(wire::read_input(&p, &seed("input/level0")).is_ok());
    assert_eq!(wire::read_mask(&p, &seed("mask/level1")), Ok(mask()));
    assert!(wire::read_result(&p, &seed("result/two")).is_ok());
    assert!(wire::read_intermediate(&p, &seed("intermediate/level0")).is_ok());
}
