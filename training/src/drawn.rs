//! Digits drawn by a program as visitors draw them: a few strokes of a pen of one width.
//!
//! MNIST's test images measure how well a network reads the handwriting of MNIST. Visitors draw
//! with other tools. So each form of a digit is drawn many times here, with random slant,
//! proportion and tremor. These drawings only measure; no network is trained on them.
//!
//! Relies on ChaCha8 for reproducible randomness. Not for clothes.

use crate::augment::PIXELS;
use inkognito_dataset::SIDE;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f32::consts::PI;

/// A point: its coordinates to the right and down.
type Point = [f32; 2];
/// One form of a digit: its strokes, in hundredths of its height.
type Form = &'static [&'static [[u8; 2]]];

/// Width of the pen's soft edge, in pixels.
const PEN_EDGE: f32 = 1.2;
/// The row and the column of the centre of mass.
const CENTRE: f32 = 14.0;

/// The usual forms of each digit.
#[rustfmt::skip] // One form for each line, where it fits.
const FORMS: &[(u8, Form)] = &[
    (0, &[&[[50, 0], [20, 10], [5, 40], [10, 75], [40, 100], [70, 95], [90, 60], [85, 25],
        [65, 3], [50, 0]]]),
    (0, &[&[[50, 0], [80, 20], [85, 60], [60, 100], [35, 98], [15, 65], [20, 20], [50, 0]]]),
    (1, &[&[[50, 0], [50, 100]]]),
    (1, &[&[[25, 25], [50, 0], [50, 100]]]),
    (1, &[&[[30, 20], [50, 0], [50, 100]], &[[25, 100], [75, 100]]]),
    (2, &[&[[10, 25], [25, 5], [55, 0], [80, 15], [80, 40], [50, 70], [10, 100], [90, 100]]]),
    (2, &[&[[15, 20], [40, 0], [70, 5], [80, 30], [55, 65], [20, 95], [10, 85], [25, 75],
        [50, 90], [90, 95]]]),
    (3, &[&[[15, 10], [45, 0], [75, 10], [78, 30], [60, 45], [40, 48], [65, 52], [85, 70],
        [75, 92], [45, 100], [10, 88]]]),
    (3, &[&[[15, 0], [80, 0], [45, 40], [75, 50], [85, 75], [60, 98], [15, 92]]]),
    (4, &[&[[30, 0], [10, 55], [90, 55]], &[[70, 10], [68, 100]]]),
    (4, &[&[[65, 100], [65, 0], [10, 65], [95, 65]]]),
    (5, &[&[[85, 0], [25, 0], [20, 42], [50, 38], [80, 55], [80, 82], [50, 100], [12, 92]]]),
    (5, &[&[[25, 2], [20, 45], [55, 40], [82, 62], [70, 92], [40, 100], [10, 90]], &[[25, 2],
        [85, 0]]]),
    (6, &[&[[70, 0], [35, 25], [15, 60], [20, 88], [50, 100], [78, 85], [75, 62], [50, 50],
        [20, 68]]]),
    (6, &[&[[50, 0], [20, 35], [12, 75], [35, 100], [70, 95], [80, 72], [60, 55], [30, 60],
        [15, 80]]]),
    (7, &[&[[10, 0], [90, 0], [40, 100]]]),
    (7, &[&[[10, 5], [85, 0], [60, 45], [45, 100]], &[[35, 50], [80, 48]]]),
    (8, &[&[[50, 48], [22, 30], [28, 7], [50, 0], [75, 8], [76, 30], [50, 48], [18, 70],
        [22, 93], [50, 100], [80, 92], [82, 70], [50, 48]]]),
    (8, &[&[[75, 12], [50, 0], [25, 15], [35, 40], [70, 60], [80, 85], [50, 100], [20, 85],
        [30, 60], [65, 38], [75, 12]]]),
    (9, &[&[[80, 25], [60, 2], [30, 5], [18, 30], [35, 50], [65, 45], [80, 20], [78, 55],
        [70, 100]]]),
    (9, &[&[[75, 20], [50, 0], [20, 15], [25, 45], [60, 48], [78, 20], [75, 70], [55, 98],
        [25, 95]]]),
];

/// A drawing of a digit.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The image, 0 (paper) to 1 (ink), row by row.
    pub image: [f32; PIXELS],
    /// The digit.
    pub label: u8,
}

/// A style of drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Its name in the card.
    pub name: &'static str,
    /// Half of the pen's width, in pixels.
    pub pen_radius: f32,
    /// Least and largest slant to the right: columns for each row.
    pub slant: (f32, f32),
    /// The side of the box into which the ink is scaled, in pixels.
    pub size: f32,
    /// The distance of the centre of mass from that of MNIST, in pixels, in a random direction.
    pub offset: f32,
}

/// The style in which the page gives drawings to the network: like MNIST's images, in a box of 20
/// pixels, with a pen of their width.
pub const USUAL: Style = Style {
    name: "centred, scaled and drawn as by the page",
    pen_radius: 1.4,
    slant: (-0.15, 0.3),
    size: 20.0,
    offset: 0.0,
};

/// The usual style, then styles of a page that corrected nothing.
pub const STYLES: [Style; 7] = [
    USUAL,
    Style {
        name: "thin (pen of 1.4 pixels)",
        pen_radius: 0.7,
        ..USUAL
    },
    Style {
        name: "thick (pen of 4.6 pixels)",
        pen_radius: 2.3,
        ..USUAL
    },
    Style {
        name: "off-centre (by 2 pixels)",
        offset: 2.0,
        ..USUAL
    },
    Style {
        name: "slanted right (24 to 31 degrees)",
        slant: (0.45, 0.6),
        ..USUAL
    },
    Style {
        name: "slanted left (14 to 24 degrees)",
        slant: (-0.45, -0.25),
        ..USUAL
    },
    Style {
        name: "small (box of 15 pixels)",
        size: 15.0,
        ..USUAL
    },
];

/// Draws every form `times` times in a style. The same seed gives the same drawings.
#[must_use]
pub fn drawings(style: &Style, times: usize, seed: u64) -> Vec<Drawing> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawings = Vec::with_capacity(FORMS.len() * times);
    for (label, form) in FORMS {
        for _ in 0..times {
            drawings.push(Drawing {
                image: draw(form, style, &mut rng),
                label: *label,
            });
        }
    }
    drawings
}

/// Draws a form with random slant, proportion and tremor.
fn draw(form: Form, style: &Style, rng: &mut ChaCha8Rng) -> [f32; PIXELS] {
    let (sin, cos) = rng.random_range(-0.12..0.12_f32).sin_cos();
    let slant = rng.random_range(style.slant.0..style.slant.1);
    // Digits are higher than wide.
    let width = rng.random_range(0.5..0.95_f32);
    let rounded = rng.random_bool(0.6);
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    for stroke in form {
        let moved = stroke.iter().map(|[x, y]| {
            let mut tremor = || -> f32 {
                let normal: f32 = StandardNormal.sample(rng);
                0.025 * normal
            };
            let (x, y) = (
                f32::from(*x) / 100.0 - 0.5 + tremor(),
                f32::from(*y) / 100.0 - 0.5 + tremor(),
            );
            let x = width * x - slant * y;
            [cos * x - sin * y, sin * x + cos * y]
        });
        let moved: Vec<Point> = moved.collect();
        strokes.push(if rounded {
            round(&round(&moved))
        } else {
            moved
        });
    }
    let offset = if style.offset > 0.0 {
        let (y, x) = rng.random_range(-PI..PI).sin_cos();
        [style.offset * x, style.offset * y]
    } else {
        [0.0; 2]
    };
    render(&strokes, style, offset)
}

/// Cuts corners by Chaikin's algorithm (1974); both ends stay.
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

/// Scales strokes into the style's box and draws them, then draws them again with the centre of
/// mass at [`CENTRE`] plus `offset`.
fn render(strokes: &[Vec<Point>], style: &Style, offset: [f32; 2]) -> [f32; PIXELS] {
    let points = || strokes.iter().flatten();
    let bounds = [0, 1].map(|axis| {
        let low = points().map(|p| p[axis]).fold(f32::INFINITY, f32::min);
        let high = points().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max);
        (low, high)
    });
    let extent = bounds
        .iter()
        .map(|(low, high)| high - low)
        .fold(0.0, f32::max);
    let scale = (style.size - 2.0 * style.pen_radius) / extent;
    let position = |origin: [f32; 2]| -> Vec<Vec<Point>> {
        let axis = |p: &Point, axis: usize| {
            origin[axis] + scale * (p[axis] - 0.5 * (bounds[axis].0 + bounds[axis].1))
        };
        strokes
            .iter()
            .map(|s| s.iter().map(|p| [axis(p, 0), axis(p, 1)]).collect())
            .collect()
    };
    let first = ink(&position([CENTRE; 2]), style.pen_radius);
    let mass: f32 = first.iter().sum();
    let mean = |coordinate: fn(usize) -> usize| {
        let moment: f32 = first
            .iter()
            .enumerate()
            .map(|(at, p)| p * coordinate(at) as f32)
            .sum();
        moment / mass
    };
    let [right, down] = offset;
    let moved = [
        2.0 * CENTRE - mean(|at| at % SIDE) + right,
        2.0 * CENTRE - mean(|at| at / SIDE) + down,
    ];
    ink(&position(moved), style.pen_radius)
}

/// Draws strokes whose coordinates are in pixels.
fn ink(strokes: &[Vec<Point>], pen_radius: f32) -> [f32; PIXELS] {
    std::array::from_fn(|at| {
        let pixel = [(at % SIDE) as f32, (at / SIDE) as f32];
        let segments = strokes.iter().flat_map(|stroke| stroke.windows(2));
        let nearest = segments
            .map(|pair| distance(pixel, pair[0], pair[1]))
            .fold(1e9, f32::min);
        ((pen_radius - nearest) / PEN_EDGE + 0.5).clamp(0.0, 1.0)
    })
}

/// Returns the distance of a point from a segment.
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

    /// Returns the centre of mass, to the right and down, and the mass.
    fn moments(image: &[f32; PIXELS]) -> ([f32; 2], f32) {
        let mass: f32 = image.iter().sum();
        let centre = [|at: usize| at % SIDE, |at: usize| at / SIDE].map(|coordinate| {
            let moment = image
                .iter()
                .enumerate()
                .map(|(at, p)| p * coordinate(at) as f32);
            moment.sum::<f32>() / mass
        });
        (centre, mass)
    }

    #[test]
    fn drawings_are_centred_as_their_style_says() {
        for style in STYLES {
            for Drawing { image, label } in drawings(&style, 3, 3) {
                assert!(image.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
                let (centre, mass) = moments(&image);
                assert!(
                    (15.0..320.0).contains(&mass),
                    "{}: a {label} with {mass} pixels of ink",
                    style.name
                );
                let away = (centre[0] - CENTRE).hypot(centre[1] - CENTRE);
                assert!(
                    (away - style.offset).abs() < 0.5,
                    "{}: a {label} lies {away} away",
                    style.name
                );
            }
        }
    }

    #[test]
    fn pens_and_sizes_change_the_ink_as_they_should() {
        let mass = |style: &Style| -> f32 {
            let drawn = drawings(style, 3, 3);
            drawn.iter().map(|drawing| moments(&drawing.image).1).sum()
        };
        let [usual, thin, thick, _, _, _, small] = STYLES.map(|style| mass(&style));
        assert!(thin < 0.65 * usual && thick > 1.4 * usual);
        assert!((0.6..0.85).contains(&(small / usual)), "{}", small / usual);
    }

    #[test]
    fn every_digit_is_drawn_and_no_drawing_twice() {
        let drawn = drawings(&USUAL, 3, 3);
        assert!((0..10).all(|digit| drawn.iter().any(|drawing| drawing.label == digit)));
        for (index, drawing) in drawn.iter().enumerate() {
            assert!(
                drawn[..index]
                    .iter()
                    .all(|other| other.image != drawing.image)
            );
        }
        assert_eq!(drawings(&USUAL, 3, 3), drawn);
    }

    #[test]
    fn a_straight_stroke_is_as_wide_as_the_pen() {
        // Between pixels as well: the width of a stroke is its mean over several positions.
        for Style { pen_radius, .. } in STYLES {
            let positions = (0..20).map(|step| 14.0 + step as f32 / 20.0);
            let widths = positions.map(|x| {
                let image = ink(&[vec![[x, 5.0], [x, 22.0]]], pen_radius);
                assert_eq!(image[SIDE + 14], 0.0);
                image[14 * SIDE..15 * SIDE].iter().sum::<f32>()
            });
            let mean = widths.sum::<f32>() / 20.0;
            assert!((mean - 2.0 * pen_radius).abs() < 0.02, "{mean}");
        }
    }
}
