//! Plans of networks that exceed every parameter set.

use inkognito_network::{CircuitError, Description, FORMAT, Input, Layer, Plan};

fn description(side: usize, layers: Vec<Layer>, classes: usize) -> Description {
    Description {
        format: FORMAT,
        name: String::new(),
        dataset: String::new(),
        input: Input {
            height: side,
            width: side,
        },
        layers,
        classes: vec![String::new(); classes],
    }
}

/// The packing of this layer would need 2^30 slots. The plan is refused before memory is allocated
/// for them.
#[test]
fn a_single_layer_that_exceeds_all_slots_is_refused_at_once() {
    let convolution = Layer::Conv2d {
        outputs: 1,
        kernel: 993,
        stride: 1,
        range: 1.0,
    };
    let description = description(1024, vec![convolution], 32 * 32);
    let refused = Plan::new(&description).unwrap_err();
    assert!(matches!(
        refused,
        CircuitError::Slots {
            layer: 0,
            needed: 0x4000_0000,
            slots: 8192
        }
    ));
}

#[test]
fn a_first_layer_that_exceeds_all_slots_is_refused() {
    let layers = vec![
        Layer::Conv2d {
            outputs: 1,
            kernel: 512,
            stride: 1,
            range: 1.0,
        },
        Layer::Polynomial {
            coefficients: vec![0.0, 0.0, 1.0],
        },
        Layer::Dense {
            inputs: 513 * 513,
            outputs: 2,
            range: 1.0,
        },
    ];
    let refused = Plan::new(&description(1024, layers, 2)).unwrap_err();
    assert!(matches!(
        refused,
        CircuitError::Slots {
            layer: 0,
            slots: 8192,
            ..
        }
    ));
}
