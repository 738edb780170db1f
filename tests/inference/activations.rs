//! Activations of every degree and kind on ciphertexts, against their plain twins; their costs and
//! refusals.

use inkognito_activation::{
    CompositeMinimax, Composition, Function, Interval, LeastSquares, Method, Minimax, Target,
};
use inkognito_ckks::{KeyPurpose, Parameters, ParametersLiteral};
use inkognito_network::{ChebyshevStage, CircuitError, Layer, Model, ModelError, Plan};
use inkognito_test_kit::{
    Random, activation, bits, conv, dense, image, largest_error, network, sides,
};
use ndarray::Array2;

/// The largest magnitude of values before activations: the range that descriptions state.
const RANGE: f64 = 4.0;
const SIDE: usize = 12;

/// Returns a parameter set with eleven levels at N = 16384.
fn deep() -> Parameters {
    let literal = ParametersLiteral {
        log_n: 14,
        moduli_q_bits: [vec![30], vec![28; 11]].concat(),
        special_moduli_bits: vec![30, 30, 30],
        log_scale: 28,
    };
    Parameters::new(literal).unwrap()
}

fn hidden(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense {
        inputs,
        outputs,
        range: RANGE,
    }
}

fn powers(coefficients: &[f64]) -> Layer {
    Layer::Polynomial {
        coefficients: coefficients.to_vec(),
    }
}

fn composition(composition: &Composition) -> Layer {
    let stage = |series: &inkognito_activation::Series| ChebyshevStage {
        low: series.interval().low(),
        high: series.interval().high(),
        coefficients: series.coefficients().to_vec(),
    };
    Layer::Composition {
        stages: composition.stages().iter().map(stage).collect(),
        gated: composition.is_gated(),
    }
}

/// Returns a model of 144 pixels, 12 values, an activation and 4 scores.
fn shallow(activation: Layer) -> Model {
    network(SIDE, vec![hidden(144, 12), activation, dense(12, 4)], 11)
}

fn relu() -> Target {
    Target::new(Function::Relu, Interval::symmetric(RANGE).unwrap())
}

/// Evaluates two images under a plan; checks the precision in bits.
fn agree(model: &Model, plan: Plan, least_bits: f64) {
    let (mut vault, session) = sides(model, plan.clone(), 21);
    let mut random = Random::new(5);
    let mut worst = 0.0_f64;
    for _ in 0..2 {
        let image = image(SIDE, &mut random);
        let plain = model.scores(image.view());
        let reached = model.trace(image.view())[0]
            .iter()
            .fold(0.0_f64, |l, x| l.max(x.abs()));
        assert!((0.5..RANGE).contains(&reached), "values reach {reached}");
        let mut levels = vec![plan.input_level()];
        let query = vault.encrypt(image.view()).unwrap();
        let result = session
            .infer(&query.message, |stage| levels.push(stage.output.level()))
            .unwrap();
        assert!(
            levels.is_sorted_by(|a, b| a >= b) && levels.last() == Some(&0),
            "{levels:?}"
        );
        // a stage for each layer, also where a linear activation leaves nothing to compute
        assert_eq!(levels.len(), 1 + model.description().layers.len());
        let scores = vault.decrypt(query.id, &result).unwrap();
        worst = worst.max(largest_error(&plain, &scores));
    }
    println!("{:.1} bits at level {}", bits(worst), plan.input_level());
    assert!(
        bits(worst) >= least_bits && worst > 1e-12,
        "an error of {worst:e}"
    );
}

fn relinearizations(plan: &Plan) -> Vec<usize> {
    let requests = plan.key_requests();
    let products = requests
        .iter()
        .filter(|r| r.purpose == KeyPurpose::Relinearization);
    products.map(|request| request.level).collect()
}

#[test]
fn degrees_one_to_eight_take_the_expected_levels_and_products() {
    // odd terms too, so that nothing vanishes
    let coefficients = [0.3, 0.5, 0.2, -0.05, 0.03, 0.004, -0.002, 0.0006, 0.0004];
    let depths = [0, 1, 2, 2, 3, 3, 3, 3];
    for (degree, depth) in (1..=8).zip(depths) {
        let model = shallow(powers(&coefficients[..=degree]));
        let plan = Plan::new(model.description()).unwrap();
        assert_eq!(plan.input_level(), 2 + depth, "degree {degree}");
        // a product at each level that the activation takes
        let expected: Vec<_> = (2..2 + depth).collect();
        assert_eq!(relinearizations(&plan), expected, "degree {degree}");
        agree(&model, plan, 9.0);
    }
}

#[test]
fn fitted_polynomials_take_the_depth_of_their_fit() {
    for (degree, depth) in [(12, 4), (16, 4), (31, 5)] {
        let fit = Minimax.approximate(degree, &relu()).unwrap();
        let model = shallow(composition(fit.composition()));
        let plan = Plan::with_parameters(model.description(), deep()).unwrap();
        assert!(plan.input_level() <= 2 + depth && fit.depth() <= depth);
        assert_eq!(plan.input_level(), 2 + fit.depth());
        agree(&model, plan, 10.0);
    }
}

#[test]
fn a_chain_of_polynomials_makes_a_relu() {
    let chain = CompositeMinimax.of_degrees(&[7, 7], &relu()).unwrap();
    assert_eq!(chain.depth(), 7);
    let model = shallow(composition(chain.composition()));
    let plan = Plan::with_parameters(model.description(), deep()).unwrap();
    assert_eq!(plan.input_level(), 9);
    agree(&model, plan, 10.0);

    // the plain twin is close to the same network with ReLU itself
    let image = Array2::from_elem((SIDE, SIDE), 0.5);
    let trace = model.trace(image.view());
    for (x, y) in trace[0].iter().zip(&trace[1]) {
        assert!((y - x.max(0.0)).abs() <= chain.max_error() + 1e-9);
    }
}

#[test]
fn activations_of_different_kinds_follow_one_another() {
    let even = LeastSquares.approximate(4, &relu()).unwrap();
    let uneven = Interval::new(-3.0, 5.0).unwrap();
    let silu = Minimax
        .approximate(5, &Target::new(Function::Silu, uneven))
        .unwrap();
    let layers = vec![
        conv(3, 4, 4),
        powers(even.polynomial().coefficients()),
        hidden(27, 10),
        activation([0.1875, 0.5, 0.2344]),
        hidden(10, 8),
        powers(&[0.25, -0.5]),
        hidden(8, 8),
        composition(silu.composition()),
        dense(8, 4),
    ];
    let model = network(SIDE, layers, 12);
    let plan = Plan::with_parameters(model.description(), deep()).unwrap();
    assert_eq!(plan.input_level(), 5 + 2 + 1 + 3);
    agree(&model, plan, 9.0);
}

#[test]
fn degree_two_is_one_square_however_it_is_written() {
    let fit = LeastSquares.approximate(2, &relu()).unwrap();
    let series = shallow(composition(fit.composition()));
    let quadratic = shallow(powers(fit.polynomial().coefficients()));
    // a cubic whose leading coefficient is zero
    let padded = [fit.polynomial().coefficients(), &[0.0]].concat();
    let plans = [series, quadratic, shallow(powers(&padded))].map(|model| {
        let plan = Plan::new(model.description()).unwrap();
        let (mut vault, session) = sides(&model, plan.clone(), 3);
        let query = vault
            .encrypt(Array2::from_elem((SIDE, SIDE), 0.5).view())
            .unwrap();
        let mut stages = vec![];
        session
            .infer(&query.message, |stage| {
                stages.push((stage.name.to_owned(), stage.operations))
            })
            .unwrap();
        (plan.key_requests(), plan.input_level(), stages)
    });
    assert_eq!(plans[0], plans[1]);
    assert_eq!(plans[2], plans[1]);
    let (name, operations) = &plans[1].2[1];
    assert_eq!((name.as_str(), operations.key_switch), ("square", 1));
    assert_eq!((plans[1].1, plans[1].2.len()), (3, 3));
}

#[test]
fn activations_without_a_circuit_are_refused() {
    let plan = |activation| {
        let small = Parameters::new(ParametersLiteral::n8192_levels5()).unwrap();
        Plan::with_parameters(shallow(activation).description(), small)
    };
    let ninth: Vec<f64> = (0..10).map(|k| 0.1 / f64::from(k + 1)).collect();
    assert!(matches!(
        plan(powers(&ninth)),
        Err(CircuitError::Depth {
            needed: 6,
            available: 5
        })
    ));
    for constant in [vec![1.0], vec![1.0, 0.0, 0.0], vec![0.0]] {
        assert!(matches!(
            plan(powers(&constant)),
            Err(CircuitError::Layer { layer: 1, .. })
        ));
    }
    let stage = |low, high, coefficients: &[f64]| ChebyshevStage {
        low,
        high,
        coefficients: coefficients.to_vec(),
    };
    let refused = |stages| {
        let mut description = shallow(powers(&[0.0, 1.0])).description().clone();
        description.layers[1] = Layer::Composition {
            stages,
            gated: false,
        };
        description.shapes().unwrap_err()
    };
    for (low, high) in [(1.0, -1.0), (0.0, f64::INFINITY), (f64::NAN, 1.0)] {
        let error = refused(vec![stage(low, high, &[0.0, 1.0])]);
        assert!(
            matches!(error, ModelError::Interval { layer: 1 }),
            "{error}"
        );
    }
    let wrong = stage(-1.0, 1.0, &[0.0, f64::NAN]);
    assert!(matches!(
        refused(vec![wrong]),
        ModelError::Coefficient { layer: 1 }
    ));
    for stages in [
        vec![],
        vec![stage(-1.0, 1.0, &[])],
        vec![stage(-1.0, 1.0, &[0.0; 65])],
        vec![stage(-1.0, 1.0, &[0.0, 1.0]); 9],
    ] {
        assert!(matches!(refused(stages), ModelError::OutOfLimits { .. }));
    }
}

#[test]
fn compositions_are_written_and_read() {
    let chain = CompositeMinimax.of_degrees(&[3, 3], &relu()).unwrap();
    let model = shallow(composition(chain.composition()));
    let read = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(read, model);
    let image = Array2::from_elem((SIDE, SIDE), 0.5);
    let trace = model.trace(image.view());
    for (x, y) in trace[0].iter().zip(&trace[1]) {
        assert!((chain.at(*x) - y).abs() < 1e-12);
    }
}
