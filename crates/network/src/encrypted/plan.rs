//! Everything about an encrypted network that does not depend on its weights.

use inkognito_activation::Schedule;
use inkognito_ckks::{
    Automorphism, BabyGiant, Complex64, KeyPurpose, KeyRequest, Parameters, ParametersLiteral, wire,
};
use ndarray::{Array2, ArrayView2};

use super::{
    CircuitError,
    activation::{ActivationPlan, after, before, schedule},
    layout::{Addition, Dense, InputLayout, InputMatrix, Matrix, Scores, automorphisms},
};
use crate::{Description, Layer};

pub(super) const ALTERNATES: &str =
    "linear layers and activations alternate, a linear layer first and last";

/// Room between the largest score seen in training and the largest that the last modulus holds:
/// drawings are wilder than training images.
const SCORE_MARGIN: f64 = 3.0;

/// How much further scales go beyond the nominal one before the readout: rounded weights meet the vector's few
/// coefficients there, and not an error in each slot.
const READOUT_HEADROOM: f64 = 3.0;

/// Costs in units of one transform, for choosing how rotations are split and sums are grouped: one
/// residue polynomial through a key's inner product, and through a permutation; and what one more
/// key is held to cost in bytes and in the time to make it.
const INNER_PRODUCT_COST: f64 = 0.08;
const PERMUTATION_COST: f64 = 0.13;
const KEY_COST: f64 = 6.0;

/// A network's layout, levels, scales and keys under one parameter set.
#[derive(Debug, Clone)]
pub struct Plan {
    parameters: Parameters,
    height: usize,
    width: usize,
    input: InputLayout,
    /// All linear layers but the last, which is read out.
    pub(super) linears: Vec<LinearPlan>,
    /// One after each.
    pub(super) activations: Vec<ActivationPlan>,
    pub(super) readout: ReadoutPlan,
}

/// The last linear layer of a plan, from level 1 to level 0.
#[derive(Debug, Clone)]
pub(super) struct ReadoutPlan {
    pub(super) name: String,
    pub(super) scores: Scores,
    /// Largest magnitude of scores.
    pub(super) range: f64,
    /// Scale of the encoded weights, and of the scores.
    pub(super) weight_scale: f64,
    pub(super) output_scale: f64,
}

/// One linear layer of a plan that is not the last.
#[derive(Debug, Clone)]
pub(super) struct LinearPlan {
    pub(super) name: String,
    pub(super) matrix: Matrix,
    pub(super) split: BabyGiant,
    /// What is added after the diagonals, in groups that share a decomposition.
    pub(super) additions: Vec<Vec<Addition>>,
    /// Level of the input; the output is one lower.
    pub(super) level: usize,
    /// Level of giant steps and additions: the output's if what they add is rescaled before.
    pub(super) sum_level: usize,
    /// Scale of the encoded weights, and of the output.
    pub(super) weight_scale: f64,
    pub(super) output_scale: f64,
}

impl LinearPlan {
    /// Whether what is added is rescaled before, between baby steps and giant steps.
    pub(super) fn adds_rescaled(&self) -> bool {
        self.sum_level < self.level
    }

    /// The images that are added, group by group.
    pub(super) fn automorphisms(&self, log_n: u32) -> Vec<Vec<Automorphism>> {
        let groups = self.additions.iter();
        groups.map(|group| automorphisms(group, log_n)).collect()
    }
}

impl Plan {
    /// The plan of a network under the smallest parameter set that is deep and wide enough.
    ///
    /// # Errors
    /// A network that the circuit does not have, or that fits the slots or the levels of no set:
    /// the error is the largest set's.
    pub fn new(description: &Description) -> Result<Self, CircuitError> {
        let small = Parameters::new(ParametersLiteral::n8192_levels5())?;
        match Self::with_parameters(description, small) {
            Err(CircuitError::Depth { .. } | CircuitError::Slots { .. }) => {
                let large = Parameters::new(ParametersLiteral::n16384_levels11())?;
                Self::with_parameters(description, large)
            }
            plan => plan,
        }
    }

    /// The plan of a network under a given parameter set.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn with_parameters(
        description: &Description,
        parameters: Parameters,
    ) -> Result<Self, CircuitError> {
        let shapes = description.shapes()?;
        let slots = parameters.slots();
        check_alternation(description)?;
        let linear_count = description.layers.len().div_ceil(2);
        let mut schedules = vec![];
        for (layer, pair) in description.layers.windows(2).enumerate().step_by(2) {
            schedules.push(schedule(layer + 1, &pair[1], &pair[0])?);
        }
        let depth = linear_count + schedules.iter().map(Schedule::depth).sum::<usize>();
        if depth > parameters.max_level() {
            let available = parameters.max_level();
            return Err(CircuitError::Depth {
                needed: depth,
                available,
            });
        }
        let (height, width) = (description.input.height, description.input.width);
        let mut input = InputLayout::Pixels;
        let mut linears: Vec<LinearPlan> = Vec::with_capacity(linear_count - 1);
        let mut activations = Vec::with_capacity(linear_count - 1);
        let mut schedules = schedules.into_iter().peekable();
        let (mut level, mut scale) = (depth, parameters.scale());
        let mut readout = None;
        for (layer, (kind, shape)) in description.layers.iter().zip(&shapes).enumerate() {
            // inputs of each window, and windows
            let (name, inputs, outputs, used, range) = match *kind {
                Layer::Polynomial { .. } | Layer::Composition { .. } => {
                    if let Some(schedule) = schedules.next() {
                        let activation = ActivationPlan::new(&parameters, schedule, level, scale)?;
                        (level, scale) = activation.output;
                        activations.push(activation);
                    }
                    continue;
                }
                Layer::Conv2d {
                    outputs,
                    kernel,
                    stride,
                    range,
                } => {
                    input = InputLayout::Windows {
                        kernel,
                        stride,
                        across: shape.width,
                        down: shape.height,
                    };
                    let name = format!("conv {kernel}x{kernel}/{stride} x {outputs}");
                    let windows = shape.height * shape.width;
                    (name, kernel * kernel, outputs, windows, range)
                }
                Layer::Dense {
                    inputs,
                    outputs,
                    range,
                } => (format!("dense {outputs}"), inputs, outputs, 1, range),
            };
            let expect_slots = |needed: usize, slots: usize| match needed <= slots {
                true => Ok(()),
                false => Err(CircuitError::Slots {
                    layer,
                    needed,
                    slots,
                }),
            };
            let modulus = f64::from(parameters.modulus(level));
            if layer + 1 == description.layers.len() {
                let scores = match linears.last() {
                    None => Scores::alone(inputs, used, outputs),
                    Some(LinearPlan { matrix, .. }) => {
                        Scores::after(matrix.period(), &matrix.slot_indices(), outputs)
                    }
                };
                expect_slots(scores.period(), slots)?;
                let all = scores.count() * scores.period();
                expect_slots(all, wire::MAX_RESULT_CIPHERTEXTS * slots)?;
                let output_scale = f64::from(parameters.modulus(0)) / (2.0 * SCORE_MARGIN * range);
                readout = Some(ReadoutPlan {
                    name,
                    scores,
                    range,
                    weight_scale: output_scale * modulus / scale,
                    output_scale,
                });
                break;
            }
            let matrix = match linears.last() {
                None => Matrix::InputMatrix(InputMatrix {
                    slots,
                    block: used.next_power_of_two(),
                    used,
                    inputs,
                    outputs,
                }),
                Some(LinearPlan { matrix, .. }) => {
                    let (period, places) = (matrix.period(), matrix.slot_indices());
                    Matrix::Dense(Dense::new(slots, period, &places, outputs))
                }
            };
            expect_slots(matrix.needed(), slots)?;
            let additions = matrix.additions();
            let sum_level = match schedules.peek() {
                // What is added is rescaled before: keys have fewer digits a level below.
                Some(Schedule::Square { .. }) if parameters.shares_moduli_below(level) => level - 1,
                // Scales have no headroom, and more than one rounding would be seen.
                _ => level,
            };
            let split = choose_split(&parameters, &matrix, level, sum_level);
            let output_scale = if sum_level < level {
                let giant_steps = matrix.diagonals().div_ceil(split.baby_steps);
                let parts = headroom(giant_steps << additions.len());
                let before_readout = linears.len() + 2 == linear_count;
                let weights = if before_readout {
                    READOUT_HEADROOM
                } else {
                    1.0
                };
                parameters.scale() * parts * weights
            } else {
                parameters.scale()
            };
            linears.push(LinearPlan {
                name,
                split,
                additions: group(&parameters, &additions, sum_level),
                sum_level,
                matrix,
                level,
                weight_scale: output_scale * modulus / scale,
                output_scale,
            });
            scale = output_scale;
            level -= 1;
        }
        // layers alternate, and the last is linear
        let readout = readout.ok_or(CircuitError::Layer {
            layer: description.layers.len(),
            reason: ALTERNATES,
        })?;
        Ok(Self {
            parameters,
            height,
            width,
            input,
            linears,
            activations,
            readout,
        })
    }

    /// The parameter set.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The level at which the input is encrypted: the network's depth.
    pub fn input_level(&self) -> usize {
        self.linears.first().map_or(1, |first| first.level)
    }

    /// The scale at which the input is encrypted.
    pub fn input_scale(&self) -> f64 {
        self.parameters.scale()
    }

    /// The scale of the encrypted scores.
    pub fn output_scale(&self) -> f64 {
        self.readout.output_scale
    }

    /// Every evaluation key that an inference needs, each at the level where it is used, in ascending
    /// order.
    pub fn key_requests(&self) -> Vec<KeyRequest> {
        let p = &self.parameters;
        let mut requests = vec![];
        for linear in &self.linears {
            let unit = linear.matrix.unit();
            let diagonals = (0..linear.matrix.diagonals()).map(|d| d * unit);
            let steps = linear.split.rotations(diagonals);
            for (steps, level) in steps.into_iter().zip([linear.level, linear.sum_level]) {
                let request = |step| KeyRequest::rotation(p, step as i64, level);
                requests.extend(steps.into_iter().map(request));
            }
            for image in linear.automorphisms(p.log_n()).into_iter().flatten() {
                requests.push(KeyRequest {
                    purpose: KeyPurpose::Galois(image.galois_element),
                    level: linear.sum_level,
                });
            }
        }
        for activation in &self.activations {
            let levels = activation.relinearizations.iter();
            requests.extend(levels.map(|level| KeyRequest::relinearization(*level)));
        }
        requests.sort_unstable();
        requests.dedup();
        requests
    }

    /// Bytes of all evaluation keys together, each a message of the wire format.
    pub fn evaluation_keys_len(&self) -> usize {
        let requests = self.key_requests().into_iter();
        requests
            .map(|request| wire::evaluation_key_len(&self.parameters, request.level))
            .sum()
    }

    /// Bytes of memory that all evaluation keys take at most when they are ready for use: both halves of each,
    /// a word a residue, and the tables of a permutation.
    pub fn evaluation_keys_memory(&self) -> usize {
        let (p, requests) = (&self.parameters, self.key_requests());
        let words = requests.iter().map(|&KeyRequest { level, .. }| {
            let halves = 2 * p.digits(level) * p.qp_basis(level).len();
            halves * p.degree() + p.degree() / 4
        });
        words.sum::<usize>() * size_of::<u32>()
    }

    /// Bytes of memory that a [`OfflineResult`](super::OfflineResult) takes.
    pub fn offline_memory(&self) -> usize {
        let Some(first) = self.linears.first() else {
            return 0;
        };
        let (p, level) = (&self.parameters, first.level);
        // the first polynomial lifted, the second, and what a square adds to both, lifted
        let limbs = p.qp_basis(level).len() + level + 2 * p.qp_basis(level - 1).len();
        limbs * p.degree() * size_of::<u32>()
    }

    /// Bytes of an encrypted image, a message of the wire format.
    pub fn input_len(&self) -> usize {
        wire::input_len(&self.parameters, self.input_level())
    }

    /// The largest magnitude that scores had in training.
    pub fn score_range(&self) -> f64 {
        self.readout.range
    }

    /// How many of the scores each extract of a result holds, in their order.
    pub fn score_counts(&self) -> Vec<usize> {
        self.readout.scores.counts(&self.parameters)
    }

    /// Bytes of the encrypted scores, a message of the wire format.
    pub fn result_len(&self) -> usize {
        wire::result_len(&self.parameters, &self.score_counts())
    }

    /// Bytes of what comes out of all stages, one message after another.
    pub fn inspection_len(&self) -> usize {
        let between = (0..self.stage_count() - 1).map(|stage| {
            let (level, _) = self.stage_level_scale(stage);
            wire::intermediate_len(&self.parameters, level)
        });
        between.sum::<usize>() + self.result_len()
    }

    /// The slots of an image (`[height, width]`, pixels from 0 to 1), as the first layer reads them.
    ///
    /// # Errors
    /// [`CircuitError::Automorphism`] for another shape or pixels outside 0 ..= 1.
    pub fn pack(&self, image: ArrayView2<'_, f32>) -> Result<Vec<Complex64>, CircuitError> {
        let columns = self.columns(image)?;
        let columns = columns.view();
        Ok(match self.linears.first().map(|first| &first.matrix) {
            Some(Matrix::InputMatrix(spread)) => spread.pack(columns),
            Some(Matrix::Dense(_)) => unreachable!("the page lays out what the first layer reads"),
            None => self.readout.scores.pack(columns, self.parameters.slots()),
        })
    }

    /// The inputs of the first layer, `[inputs, slots of each]`.
    ///
    /// # Errors
    /// As [`Plan::pack`].
    pub(super) fn columns(&self, image: ArrayView2<'_, f32>) -> Result<Array2<f64>, CircuitError> {
        let (height, width) = (self.height, self.width);
        if image.dim() != (height, width) || !image.iter().all(|p| (0.0..=1.0).contains(p)) {
            return Err(CircuitError::Image { height, width });
        }
        Ok(self.input.columns(image))
    }

    /// Number of stages of an evaluation: one for each layer.
    pub fn stage_count(&self) -> usize {
        self.linears.len() + self.activations.len() + 1
    }

    /// Level and scale of what comes out of a stage.
    ///
    /// # Panics
    /// If there is no such stage.
    pub fn stage_level_scale(&self, stage: usize) -> (usize, f64) {
        if stage == self.stage_count() - 1 {
            (0, self.readout.output_scale)
        } else if stage.is_multiple_of(2) {
            let linear = &self.linears[stage / 2];
            (linear.level - 1, linear.output_scale)
        } else {
            self.activations[stage / 2].output
        }
    }

    /// The values of a layer but the last, in the order of [`Model::trace`](crate::Model::trace), from the
    /// decrypted slots of the stage of the same number: the circuit evaluates activations with their
    /// affine parts left to the layers around them, so that its slots are not yet the network's values.
    ///
    /// # Panics
    /// If there is no such stage, or fewer slots than it has values.
    pub fn values(&self, stage: usize, slots: &[Complex64]) -> Vec<f64> {
        let (linear, activation) = (&self.linears[stage / 2], &self.activations[stage / 2]);
        let slots = linear
            .matrix
            .slot_indices()
            .into_iter()
            .map(|slot| slots[slot].re);
        if stage.is_multiple_of(2) {
            let given = before(&activation.schedule);
            slots.map(|v| (v - given.offset) / given.factor).collect()
        } else {
            let left = after(&activation.schedule);
            slots.map(|s| left.factor * s + left.offset).collect()
        }
    }
}

/// How far beyond the nominal scale sums of rescaled parts have theirs. Their roundings have a variance of
/// `parts / h^2` beside the values, and that of the next layer's weights, whose scale is less by the square
/// of `h`, grows with `h^4`: least is the sum of both for an `h` that grows with the sixth root of the number
/// of parts.
fn headroom(parts: usize) -> f64 {
    ((parts as f64).log2() / 6.0).exp2()
}

/// Linear and activation in turn, a convolution nowhere but first.
fn check_alternation(description: &Description) -> Result<(), CircuitError> {
    if description.layers.len().is_multiple_of(2) {
        return Err(CircuitError::Layer {
            layer: description.layers.len(),
            reason: ALTERNATES,
        });
    }
    for (layer, kind) in description.layers.iter().enumerate() {
        let reason = match kind {
            Layer::Polynomial { .. } | Layer::Composition { .. } if layer % 2 == 0 => ALTERNATES,
            Layer::Conv2d { .. } | Layer::Dense { .. } if layer % 2 == 1 => ALTERNATES,
            _ => continue,
        };
        return Err(CircuitError::Layer { layer, reason });
    }
    Ok(())
}

/// What an image costs at `level`, its key included; and what it costs before, once for all images
/// that share it, to divide one polynomial by P and to cut it into digits that are raised to all
/// moduli.
fn costs(parameters: &Parameters, level: usize) -> (f64, f64) {
    let digits = parameters.digits(level);
    let raised = parameters.qp_basis(level).len();
    let switch = (2 * raised) as f64 * (digits as f64 * INNER_PRODUCT_COST + PERMUTATION_COST);
    (switch + KEY_COST, (raised + digits * raised) as f64)
}

/// Puts additions into groups: `k` of them together are `2^k - 1` images on one decomposition. The
/// groups are of sizes as equal as can be.
fn group(parameters: &Parameters, additions: &[Addition], level: usize) -> Vec<Vec<Addition>> {
    let (image, again) = costs(parameters, level);
    let sizes = |groups: usize| {
        let (size, more) = (additions.len() / groups, additions.len() % groups);
        (0..groups).map(move |i| size + usize::from(i < more))
    };
    let cost = |groups: usize| {
        let images = sizes(groups).map(|size| ((1 << size) - 1) as f64 * image);
        images.sum::<f64>() + groups as f64 * again
    };
    let groups = (1..=additions.len()).min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
    let mut rest = additions;
    let groups = groups.map(|groups| {
        sizes(groups).map(|size| {
            let (group, after) = rest.split_at(size);
            rest = after;
            group.to_vec()
        })
    });
    groups.into_iter().flatten().collect()
}

/// The number of baby steps, a power of two, with the least cost; see the constants above.
fn choose_split(
    parameters: &Parameters,
    matrix: &Matrix,
    level: usize,
    sum_level: usize,
) -> BabyGiant {
    let count = matrix.diagonals();
    let (image, _) = costs(parameters, level);
    let (giant_image, again) = costs(parameters, sum_level);
    let cost = |baby: usize| {
        let giant = count.div_ceil(baby);
        (baby - 1) as f64 * image + (giant - 1) as f64 * (giant_image + again)
    };
    let baby_steps = (0..=count.trailing_zeros())
        .map(|bits| 1 << bits)
        .min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
        .unwrap_or(1);
    BabyGiant {
        unit: matrix.unit(),
        baby_steps,
    }
}
