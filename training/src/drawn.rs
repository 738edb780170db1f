//! Digits drawn by program, as visitors draw them: a few strokes of a pen of one width.
//!
//! MNIST's test images say how well a network reads MNIST's hands. A visitor's drawing is made
//! with other tools: this set of forms, each drawn many times with another slant, proportion and
//! tremor, says whether the network reads those too. It is a measure and is never trained on.

use crate::augment::PIXELS;
use inkognito_dataset::SIDE;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// A point of a form: right and down, the form between 0 and 1 in both.
type Point = [f32; 2];
/// One form of a digit: its strokes.
type Form = &'static [&'static [Point]];

/// Side of the box that the ink is scaled into, as in MNIST.
const BOX: f32 = 20.0;
/// Half the width of the pen, in pixels.
const PEN_RADIUS: f32 = 1.4;
/// Width of the pen's soft edge, in pixels.
const PEN_EDGE: f32 = 1.2;
/// Where the centre of mass comes to lie, in rows and columns.
const CENTRE: f32 = 14.0;

/// The digits, each with the forms that people commonly give it.
const FORMS: &[(u8, Form)] = &[
    (0, &[&[[0.5, 0.0], [0.2, 0.1], [0.05, 0.4], [0.1, 0.75], [0.4, 1.0], [0.7, 0.95], [0.9, 0.6], [0.85, 0.25], [0.65, 0.03], [0.5, 0.0]]]),
    (0, &[&[[0.5, 0.0], [0.8, 0.2], [0.85, 0.6], [0.6, 1.0], [0.35, 0.98], [0.15, 0.65], [0.2, 0.2], [0.5, 0.0]]]),
    (1, &[&[[0.5, 0.0], [0.5, 1.0]]]),
    (1, &[&[[0.25, 0.25], [0.5, 0.0], [0.5, 1.0]]]),
    (1, &[&[[0.3, 0.2], [0.5, 0.0], [0.5, 1.0]], &[[0.25, 1.0], [0.75, 1.0]]]),
    (2, &[&[[0.1, 0.25], [0.25, 0.05], [0.55, 0.0], [0.8, 0.15], [0.8, 0.4], [0.5, 0.7], [0.1, 1.0], [0.9, 1.0]]]),
    (2, &[&[[0.15, 0.2], [0.4, 0.0], [0.7, 0.05], [0.8, 0.3], [0.55, 0.65], [0.2, 0.95], [0.1, 0.85], [0.25, 0.75], [0.5, 0.9], [0.9, 0.95]]]),
    (3, &[&[[0.15, 0.1], [0.45, 0.0], [0.75, 0.1], [0.78, 0.3], [0.6, 0.45], [0.4, 0.48], [0.65, 0.52], [0.85, 0.7], [0.75, 0.92], [0.45, 1.0], [0.1, 0.88]]]),
    (3, &[&[[0.15, 0.0], [0.8, 0.0], [0.45, 0.4], [0.75, 0.5], [0.85, 0.75], [0.6, 0.98], [0.15, 0.92]]]),
    (4, &[&[[0.3, 0.0], [0.1, 0.55], [0.9, 0.55]], &[[0.7, 0.1], [0.68, 1.0]]]),
    (4, &[&[[0.65, 1.0], [0.65, 0.0], [0.1, 0.65], [0.95, 0.65]]]),
    (5, &[&[[0.85, 0.0], [0.25, 0.0], [0.2, 0.42], [0.5, 0.38], [0.8, 0.55], [0.8, 0.82], [0.5, 1.0], [0.12, 0.92]]]),
    (5, &[&[[0.25, 0.02], [0.2, 0.45], [0.55, 0.4], [0.82, 0.62], [0.7, 0.92], [0.4, 1.0], [0.1, 0.9]], &[[0.25, 0.02], [0.85, 0.0]]]),
    (6, &[&[[0.7, 0.0], [0.35, 0.25], [0.15, 0.6], [0.2, 0.88], [0.5, 1.0], [0.78, 0.85], [0.75, 0.62], [0.5, 0.5], [0.2, 0.68]]]),
    (6, &[&[[0.5, 0.0], [0.2, 0.35], [0.12, 0.75], [0.35, 1.0], [0.7, 0.95], [0.8, 0.72], [0.6, 0.55], [0.3, 0.6], [0.15, 0.8]]]),
    (7, &[&[[0.1, 0.0], [0.9, 0.0], [0.4, 1.0]]]),
    (7, &[&[[0.1, 0.05], [0.85, 0.0], [0.6, 0.45], [0.45, 1.0]], &[[0.35, 0.5], [0.8, 0.48]]]),
    (8, &[&[[0.5, 0.48], [0.22, 0.3], [0.28, 0.07], [0.5, 0.0], [0.75, 0.08], [0.76, 0.3], [0.5, 0.48], [0.18, 0.7], [0.22, 0.93], [0.5, 1.0], [0.8, 0.92], [0.82, 0.7], [0.5, 0.48]]]),
    (8, &[&[[0.75, 0.12], [0.5, 0.0], [0.25, 0.15], [0.35, 0.4], [0.7, 0.6], [0.8, 0.85], [0.5, 1.0], [0.2, 0.85], [0.3, 0.6], [0.65, 0.38], [0.75, 0.12]]]),
    (9, &[&[[0.8, 0.25], [0.6, 0.02], [0.3, 0.05], [0.18, 0.3], [0.35, 0.5], [0.65, 0.45], [0.8, 0.2], [0.78, 0.55], [0.7, 1.0]]]),
    (9, &[&[[0.75, 0.2], [0.5, 0.0], [0.2, 0.15], [0.25, 0.45], [0.6, 0.48], [0.78, 0.2], [0.75, 0.7], [0.55, 0.98], [0.25, 0.95]]]),
];

/// One drawing with what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The image, 0 (paper) to 1 (ink), row by row.
    pub image: [f32; PIXELS],
    /// The digit.
    pub label: u8,
}

/// Every form drawn `times` times; the same seed gives the same drawings.
#[must_use]
pub fn drawings(times: usize, seed: u64) -> Vec<Drawing> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawings = Vec::with_capacity(FORMS.len() * times);
    for (label, form) in FORMS {
        for _ in 0..times {
            drawings.push(Drawing { image: draw(form, &mut rng), label: *label });
        }
    }
    drawings
}

/// Draws a form in one of its many ways.
fn draw(form: Form, rng: &mut ChaCha8Rng) -> [f32; PIXELS] {
    let (sin, cos) = rng.random_range(-0.12..0.12_f32).sin_cos();
    let slant = rng.random_range(-0.15..0.3_f32);
    // Digits are higher than wide, more or less so.
    let width = rng.random_range(0.5..0.95_f32);
    let rounded = rng.random_bool(0.6);
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    for stroke in form {
        let moved = stroke.iter().map(|[x, y]| {
            let mut tremor = || -> f32 {
                let normal: f32 = StandardNormal.sample(rng);
                0.025 * normal
            };
            let (x, y) = (x - 0.5 + tremor(), y - 0.5 + tremor());
            let x = width * x - slant * y;
            [cos * x - sin * y, sin * x + cos * y]
        });
        let moved: Vec<Point> = moved.collect();
        strokes.push(if rounded { round(&round(&moved)) } else { moved });
    }
    render(&strokes)
}

/// Cuts corners as Chaikin does; both ends stay.
fn round(points: &[Point]) -> Vec<Point> {
    let between = |a: Point, b: Point, t: f32| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    let mut rounded: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        rounded.push(between(pair[0], pair[1], 0.25));
        rounded.push(between(pair[0], pair[1], 0.75));
    }
    rounded.extend(points.last());
    rounded
}

/// Scales strokes into the box, draws them, and does it again with the centre of mass in place.
fn render(strokes: &[Vec<Point>]) -> [f32; PIXELS] {
    let points = || strokes.iter().flatten();
    let bounds = [0, 1].map(|axis| {
        let low = points().map(|p| p[axis]).fold(f32::INFINITY, f32::min);
        let high = points().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max);
        (low, high)
    });
    let extent = bounds.iter().map(|(low, high)| high - low).fold(0.0, f32::max);
    let scale = (BOX - 2.0 * PEN_RADIUS) / extent;
    let place = |origin: [f32; 2]| -> Vec<Vec<Point>> {
        let axis = |p: &Point, axis: usize| {
            origin[axis] + scale * (p[axis] - 0.5 * (bounds[axis].0 + bounds[axis].1))
        };
        strokes.iter().map(|s| s.iter().map(|p| [axis(p, 0), axis(p, 1)]).collect()).collect()
    };
    let first = ink(&place([CENTRE; 2]));
    let mass: f32 = first.iter().sum();
    let mean = |coordinate: fn(usize) -> usize| {
        let moment: f32 = first.iter().enumerate().map(|(at, p)| p * coordinate(at) as f32).sum();
        moment / mass
    };
    let moved = [mean(|at| at % SIDE), mean(|at| at / SIDE)].map(|mean| 2.0 * CENTRE - mean);
    ink(&place(moved))
}

/// The ink of strokes that are placed in pixels.
fn ink(strokes: &[Vec<Point>]) -> [f32; PIXELS] {
    std::array::from_fn(|at| {
        let pixel = [(at % SIDE) as f32, (at / SIDE) as f32];
        let segments = strokes.iter().flat_map(|stroke| stroke.windows(2));
        let nearest = segments.map(|pair| distance(pixel, pair[0], pair[1])).fold(1e9, f32::min);
        ((PEN_RADIUS - nearest) / PEN_EDGE + 0.5).clamp(0.0, 1.0)
    })
}

/// From a point to the nearest of a segment.
fn distance(point: Point, from: Point, to: Point) -> f32 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let offset = [point[0] - from[0], point[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let t = (offset[0] * along[0] + offset[1] * along[1]) / length.max(f32::MIN_POSITIVE);
    let t = t.clamp(0.0, 1.0);
    (offset[0] - t * along[0]).hypot(offset[1] - t * along[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_lie_as_mnists_images_do() {
        for Drawing { image, label } in drawings(5, 3) {
            assert!(image.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
            let mass: f32 = image.iter().sum();
            assert!((20.0..220.0).contains(&mass), "a {label} with {mass} pixels of ink");
            for coordinate in [|at: usize| at % SIDE, |at: usize| at / SIDE] {
                let at = image.iter().enumerate().map(|(at, p)| p * coordinate(at) as f32);
                let mean = at.sum::<f32>() / mass;
                assert!((mean - CENTRE).abs() < 0.25, "a {label} lies at {mean}");
            }
        }
    }

    #[test]
    fn every_digit_is_drawn_and_no_drawing_twice() {
        let drawn = drawings(3, 3);
        assert!((0..10).all(|digit| drawn.iter().any(|drawing| drawing.label == digit)));
        for (index, drawing) in drawn.iter().enumerate() {
            assert!(drawn[..index].iter().all(|other| other.image != drawing.image));
        }
        assert_eq!(drawings(3, 3), drawn);
    }

    #[test]
    fn a_straight_stroke_is_as_wide_as_the_pen() {
        let image = ink(&[vec![[14.0, 5.0], [14.0, 22.0]]]);
        let across: f32 = image[14 * SIDE..15 * SIDE].iter().sum();
        assert!((across - 2.0 * PEN_RADIUS).abs() < 0.05, "{across}");
        assert_eq!(image[2 * SIDE + 14], 0.0);
    }
}
