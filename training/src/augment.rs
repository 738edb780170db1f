//! Data augmentation: distorted copies of the training images.
//!
//! Each copy is rotated, sheared, scaled and shifted a little. An elastic distortion follows
//! (Simard, Steinkraus and Platt, 2003), here on a coarse grid of cubic B-splines. Strokes become
//! thinner or thicker, and edges softer or harder: MNIST's digits were written with pencils, but
//! visitors draw with a pen of one width.
//!
//! A copy depends on seed, epoch and image alone, not on threads or order.
//!
//! Relies on ChaCha8 for reproducible randomness. Not for test images, which are measured as they
//! are.

use inkognito_dataset::SIDE;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f32::consts::PI;

/// The number of pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// The number of control points of the elastic distortion along each side.
const KNOTS: usize = 7;

/// The limits of the distortions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// Largest rotation either way, in degrees.
    pub rotation: f32,
    /// Largest shear either way: columns for each row.
    pub shear: f32,
    /// Largest growth or shrinkage of each side, as a fraction.
    pub scale: f32,
    /// Largest shift either way, in pixels.
    pub shift: f32,
    /// Standard deviation of the elastic distortion's control points, in pixels.
    pub elastic: f32,
    /// Largest share of the darkest or lightest neighbouring pixel that is mixed in, 0 to 1.
    pub thickness: f32,
    /// Largest change of contrast, as the logarithm of a factor.
    pub contrast: f32,
    /// Whether copies may be flipped horizontally.
    pub flip: bool,
}

impl Strength {
    /// No distortion, as a base for others.
    pub const NONE: Self = Self {
        rotation: 0.0,
        shear: 0.0,
        scale: 0.0,
        shift: 0.0,
        elastic: 0.0,
        thickness: 0.0,
        contrast: 0.0,
        flip: false,
    };
    /// The distortions for training on digits.
    pub const DIGITS: Self = Self {
        rotation: 12.0,
        shear: 0.2,
        scale: 0.14,
        shift: 1.6,
        elastic: 1.1,
        thickness: 0.6,
        contrast: 0.5,
        flip: false,
    };
    /// The distortions for training on clothes, which are upright and have a texture.
    pub const CLOTHES: Self = Self {
        rotation: 4.0,
        shear: 0.05,
        scale: 0.08,
        shift: 1.2,
        elastic: 0.4,
        thickness: 0.0,
        contrast: 0.1,
        flip: true,
    };
}

/// Makes distorted copies of images.
#[derive(Debug, Clone)]
pub struct Augmenter {
    seed: u64,
    strength: Strength,
    /// For each row or column the weights of four control points, and the index of the first.
    splines: [([f32; 4], usize); SIDE],
}

impl Augmenter {
    /// Returns an augmenter whose copies depend on `seed`.
    #[must_use]
    pub fn new(seed: u64, strength: Strength) -> Self {
        let splines = std::array::from_fn(|pixel| {
            let at = pixel as f32 / (SIDE - 1) as f32 * (KNOTS - 3) as f32;
            let first = (at as usize).min(KNOTS - 4);
            (cubic_spline(at - first as f32), first)
        });
        Self {
            seed,
            strength,
            splines,
        }
    }

    /// Returns a distorted copy of image number `index` for one `epoch`. Pixels are from 0 to 1.
    #[must_use]
    pub fn copy(&self, image: &[f32; PIXELS], epoch: u32, index: u32) -> [f32; PIXELS] {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(u64::from(epoch) << 32 | u64::from(index));
        let inked = self.reink(image, &mut rng);
        self.warp(&inked, &mut rng)
    }

    /// Changes the thickness of the strokes and their edges.
    fn reink(&self, image: &[f32; PIXELS], rng: &mut ChaCha8Rng) -> [f32; PIXELS] {
        let thickness = symmetric(rng, self.strength.thickness);
        let contrast = symmetric(rng, self.strength.contrast).exp();
        std::array::from_fn(|at| {
            let (y, x) = (at / SIDE, at % SIDE);
            let mut extreme = image[at];
            let mut include = |other: f32| {
                extreme = if thickness > 0.0 {
                    extreme.max(other)
                } else {
                    extreme.min(other)
                };
            };
            if y > 0 {
                include(image[at - SIDE]);
            }
            if y + 1 < SIDE {
                include(image[at + SIDE]);
            }
            if x > 0 {
                include(image[at - 1]);
            }
            if x + 1 < SIDE {
                include(image[at + 1]);
            }
            let mixed = image[at] + thickness.abs() * (extreme - image[at]);
            // The contrast changes around the middle: paper stays paper, full ink stays full ink.
            let (low, high) = (0.5 - 0.5 * contrast, 0.5 + 0.5 * contrast);
            let edge = low + mixed * (high - low);
            if contrast >= 1.0 {
                edge.clamp(0.0, 1.0)
            } else {
                mixed.powf(contrast)
            }
        })
    }

    /// Rotates, shears, scales, shifts, flips and distorts elastically.
    fn warp(&self, image: &[f32; PIXELS], rng: &mut ChaCha8Rng) -> [f32; PIXELS] {
        let Strength {
            rotation,
            shear,
            scale,
            shift,
            elastic,
            ..
        } = self.strength;
        let (sin, cos) = (symmetric(rng, rotation) * PI / 180.0).sin_cos();
        let shear = symmetric(rng, shear);
        let (scale_x, scale_y) = (1.0 + symmetric(rng, scale), 1.0 + symmetric(rng, scale));
        let (shift_x, shift_y) = (symmetric(rng, shift), symmetric(rng, shift));
        let elastic_x = self.field(elastic, rng);
        let elastic_y = self.field(elastic, rng);
        let facing = if self.strength.flip && rng.random_bool(0.5) {
            -1.0
        } else {
            1.0
        };
        let middle = (SIDE - 1) as f32 / 2.0;
        std::array::from_fn(|at| {
            // The point of the original whose ink this pixel takes.
            let y = ((at / SIDE) as f32 - middle - shift_y) / scale_y;
            let x = facing * ((at % SIDE) as f32 - middle - shift_x) / scale_x + shear * y;
            let from_x = cos * x + sin * y + middle + elastic_x[at];
            let from_y = cos * y - sin * x + middle + elastic_y[at];
            sample(image, from_y, from_x)
        })
    }

    /// Returns a smooth random field: the displacement of each pixel along one axis, in pixels.
    fn field(&self, deviation: f32, rng: &mut ChaCha8Rng) -> [f32; PIXELS] {
        let mut rows = [[0.0_f32; SIDE]; KNOTS];
        for row in &mut rows {
            let knots: [f32; KNOTS] = std::array::from_fn(|_| {
                let normal: f32 = StandardNormal.sample(rng);
                deviation * normal
            });
            for (value, (weights, first)) in row.iter_mut().zip(&self.splines) {
                *value = weights
                    .iter()
                    .zip(&knots[*first..])
                    .map(|(w, knot)| w * knot)
                    .sum();
            }
        }
        std::array::from_fn(|at| {
            let (weights, first) = &self.splines[at / SIDE];
            weights
                .iter()
                .zip(&rows[*first..])
                .map(|(w, row)| w * row[at % SIDE])
                .sum()
        })
    }
}

/// Draws uniformly from `[-limit, limit]`.
fn symmetric(rng: &mut ChaCha8Rng, limit: f32) -> f32 {
    limit * rng.random_range(-1.0..=1.0_f32)
}

/// Returns the weights of the uniform cubic B-spline at four control points, `t` in `[0, 1]` after
/// the second.
fn cubic_spline(t: f32) -> [f32; 4] {
    let s = 1.0 - t;
    [
        s * s * s / 6.0,
        (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
        (3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0,
        t * t * t / 6.0,
    ]
}

/// Interpolates between pixels, bilinearly, with paper around the image.
fn sample(image: &[f32; PIXELS], y: f32, x: f32) -> f32 {
    let (row, column) = (y.floor(), x.floor());
    let (down, right) = (y - row, x - column);
    let pixel = |row: f32, column: f32| {
        let inside = 0.0..SIDE as f32;
        if inside.contains(&row) && inside.contains(&column) {
            image[row as usize * SIDE + column as usize]
        } else {
            0.0
        }
    };
    let above = pixel(row, column) * (1.0 - right) + pixel(row, column + 1.0) * right;
    let below = pixel(row + 1.0, column) * (1.0 - right) + pixel(row + 1.0, column + 1.0) * right;
    above * (1.0 - down) + below * down
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the image of a ring with soft edges.
    fn ring() -> [f32; PIXELS] {
        std::array::from_fn(|at| {
            let (y, x) = ((at / SIDE) as f32 - 13.5, (at % SIDE) as f32 - 13.5);
            (2.0 - (y.hypot(x) - 7.0).abs()).clamp(0.0, 1.0)
        })
    }

    fn ink(image: &[f32; PIXELS]) -> f32 {
        image.iter().sum()
    }

    #[test]
    fn without_strength_a_copy_is_the_original() {
        let copy = Augmenter::new(1, Strength::NONE).copy(&ring(), 3, 4);
        for (copied, original) in copy.iter().zip(&ring()) {
            assert!((copied - original).abs() < 1e-5);
        }
    }

    #[test]
    fn copies_stay_images_of_much_the_same_ink() {
        let augmenter = Augmenter::new(7, Strength::DIGITS);
        for index in 0..200 {
            let copy = augmenter.copy(&ring(), 0, index);
            assert!(copy.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
            let ratio = ink(&copy) / ink(&ring());
            assert!(
                (0.3..2.5).contains(&ratio),
                "copy {index} has {ratio} of the ink"
            );
        }
    }

    #[test]
    fn copies_are_reproducible_and_different() {
        let augmenter = Augmenter::new(7, Strength::DIGITS);
        let copy =
            |seed, epoch, index| Augmenter::new(seed, Strength::DIGITS).copy(&ring(), epoch, index);
        assert_eq!(augmenter.copy(&ring(), 1, 2), copy(7, 1, 2));
        assert_ne!(copy(7, 1, 2), copy(7, 1, 3));
        assert_ne!(copy(7, 1, 2), copy(7, 2, 2));
        assert_ne!(copy(7, 1, 2), copy(8, 1, 2));
    }

    #[test]
    fn thickness_adds_and_takes_ink() {
        let augmenter = Augmenter::new(
            7,
            Strength {
                thickness: 1.0,
                ..Strength::NONE
            },
        );
        let ratios: Vec<f32> = (0..50)
            .map(|i| ink(&augmenter.copy(&ring(), 0, i)) / ink(&ring()))
            .collect();
        assert!(ratios.iter().any(|ratio| *ratio > 1.2), "{ratios:?}");
        assert!(ratios.iter().any(|ratio| *ratio < 0.8), "{ratios:?}");
    }

    #[test]
    fn shifts_move_the_ink() {
        let augmenter = Augmenter::new(
            7,
            Strength {
                shift: 2.0,
                ..Strength::NONE
            },
        );
        let column = |image: &[f32; PIXELS]| {
            let moment: f32 = image
                .iter()
                .enumerate()
                .map(|(at, p)| p * (at % SIDE) as f32)
                .sum();
            moment / ink(image)
        };
        let moves: Vec<f32> = (0..50)
            .map(|i| column(&augmenter.copy(&ring(), 0, i)) - column(&ring()))
            .collect();
        assert!(moves.iter().all(|by| by.abs() < 2.01), "{moves:?}");
        assert!(
            moves.iter().any(|by| *by > 1.0) && moves.iter().any(|by| *by < -1.0),
            "{moves:?}"
        );
    }

    #[test]
    fn some_copies_are_flipped() {
        let image = std::array::from_fn(|at| if at % SIDE < 7 { 1.0 } else { 0.0 });
        let strength = Strength {
            flip: true,
            ..Strength::NONE
        };
        let augmenter = Augmenter::new(7, strength);
        let flipped = (0..40).filter(|i| augmenter.copy(&image, 0, *i)[SIDE - 1] > 0.9);
        assert!((8..32).contains(&flipped.count()));
    }

    #[test]
    fn the_splines_weights_add_up_to_one() {
        for t in [0.0, 0.25, 0.5, 1.0] {
            assert!((cubic_spline(t).iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
    }
}
