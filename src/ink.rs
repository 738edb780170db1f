//! Ink to pixels: renders the strokes of a drawing as a 28x28 image in the manner of MNIST.
//!
//! MNIST's makers scaled each digit, keeping its proportions, into a box of 20x20 pixels. They put
//! the box into a field of 28x28 pixels so that the centre of mass of the ink fell on the centre
//! pixel (LeCun, Cortes, Burges: *The MNIST database of handwritten digits*). This module does the
//! same from the path of the pen instead of pixels. It applies the pen's width after scaling, so a
//! small drawing and a large one of the same digit give the same image.
//!
//! The pen's width and the softness of its edge were measured on MNIST, on the upright strokes of
//! the 6,742 ones among its training images. At the median a stroke is 2.9 pixels wide, and 4.1
//! pixels from the first to the last pixel that is not blank. The thinnest and the thickest brush
//! stay within the widths found there.
//!
//! The module relies on arithmetic only. Coordinates come from a page and are not trusted: no input
//! makes this code panic, and [`MAX_POINTS`] bounds the work.

use std::ops::RangeInclusive;

use ndarray::Array2;

/// The height and width of the image in pixels.
pub const IMAGE_SIDE: usize = 28;

/// The largest number of points in a drawing, over all its strokes; further ones are ignored. A pen
/// that reports 240 points a second reaches it after 83 seconds of drawing.
pub const MAX_POINTS: usize = 20_000;

/// The height and width of the box that the ink is scaled into, in pixels.
const BOX_SIDE: f64 = 20.0;
/// Half the width of the usual pen, in pixels: where the ink is half as dark as inside.
const PEN_RADIUS: f64 = 1.4;
/// Allowed widths of a brush, as multiples of the usual pen's.
const BRUSH_WIDTHS: RangeInclusive<f64> = 0.6..=1.6;
/// Width of the soft edge over which the ink fades from full to none, in pixels.
const PEN_EDGE: f64 = 1.2;
/// The row and the column, counted from 0, that the centre of mass is moved to: the mean over
/// MNIST's training images is (14.00, 14.01).
const CENTRE: f64 = 14.0;
/// Drawings smaller than this share of the pad are magnified as if they were this large.
/// Otherwise the tremor of a tap would be magnified to the size of a digit.
const SMALLEST_EXTENT: f64 = 1.0 / 32.0;
/// Longest segment of a curve that is drawn as a straight line, in pixels.
const SEGMENT: f64 = 0.5;

/// A point of the pad, both coordinates in 0..=1, or of the image, in pixels; `y` points down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// Returns the nearest point of the pad; `None` if a coordinate is not a finite number.
    fn on_pad(x: f64, y: f64) -> Option<Self> {
        (x.is_finite() && y.is_finite()).then(|| Self {
            x: x.clamp(0.0, 1.0),
            y: y.clamp(0.0, 1.0),
        })
    }

    fn midpoint(self, other: Self) -> Self {
        self.towards(other, 0.5)
    }

    /// Returns the point at the share `t` of the way to `other`.
    fn towards(self, other: Self, t: f64) -> Self {
        Self {
            x: self.x + (other.x - self.x) * t,
            y: self.y + (other.y - self.y) * t,
        }
    }

    fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The strokes that a visitor has drawn, in the order of drawing.
///
/// # Examples
///
/// ```
/// # use inkognito::Drawing;
/// let mut one = Drawing::new();
/// one.begin(0.5, 0.1);
/// one.extend(0.5, 0.9);
/// let image = one.pixels();
/// assert_eq!(image.dim(), (28, 28));
/// assert!(image[[14, 14]] > 0.99 && image[[14, 4]] == 0.0);
///
/// one.undo();
/// assert!(one.is_blank());
///
/// // Ignored: a coordinate that is not a finite number. Moved to the edge: a point outside.
/// one.begin(f64::NAN, 0.5);
/// assert!(one.is_blank());
/// one.begin(-3.0, 0.5);
/// assert!(!one.is_blank());
/// ```
#[derive(Debug, Clone)]
pub struct Drawing {
    strokes: Vec<Stroke>,
    points: usize,
    /// Whether the pen is down, so that the last stroke may be extended.
    pen_down: bool,
    /// Half the width of further strokes, in pixels.
    radius: f64,
}

/// The path of the pen from touching the pad to leaving it.
#[derive(Debug, Clone)]
struct Stroke {
    points: Vec<Point>,
    /// Half its width, in pixels.
    radius: f64,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            strokes: Vec::new(),
            points: 0,
            pen_down: false,
            radius: PEN_RADIUS,
        }
    }
}

impl Drawing {
    /// Returns a blank drawing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the width of further strokes, as a multiple of the usual pen's. The width is clamped to
    /// 0.6..=1.6; one that is not a finite number is ignored.
    pub fn set_brush(&mut self, width: f64) {
        if width.is_finite() {
            self.radius = PEN_RADIUS * width.clamp(*BRUSH_WIDTHS.start(), *BRUSH_WIDTHS.end());
        }
    }

    /// Starts a stroke at (`x`, `y`): pad coordinates in 0..=1, `y` pointing down. A point outside
    /// the pad is moved to its edge. No stroke is started if a coordinate is not a finite number,
    /// or if the drawing has [`MAX_POINTS`] points already.
    pub fn begin(&mut self, x: f64, y: f64) {
        self.pen_down = false;
        if self.points == MAX_POINTS {
            return;
        }
        if let Some(point) = Point::on_pad(x, y) {
            self.strokes.push(Stroke {
                points: vec![point],
                radius: self.radius,
            });
            self.points += 1;
            self.pen_down = true;
        }
    }

    /// Extends the stroke to (`x`, `y`), coordinates as for [`begin`](Self::begin). The point is
    /// ignored if no stroke was started, if a coordinate is not a finite number, and if the drawing
    /// has [`MAX_POINTS`] points already.
    pub fn extend(&mut self, x: f64, y: f64) {
        if !self.pen_down || self.points == MAX_POINTS {
            return;
        }
        let (Some(stroke), Some(point)) = (self.strokes.last_mut(), Point::on_pad(x, y)) else {
            return;
        };
        // A pen at rest reports the same point again and again.
        if stroke.points.last() != Some(&point) {
            stroke.points.push(point);
            self.points += 1;
        }
    }

    /// Removes the last stroke, if there is one.
    pub fn undo(&mut self) {
        self.pen_down = false;
        if let Some(stroke) = self.strokes.pop() {
            self.points -= stroke.points.len();
        }
    }

    /// Removes all strokes; the brush keeps its width.
    pub fn clear(&mut self) {
        *self = Self {
            radius: self.radius,
            ..Self::default()
        };
    }

    /// Checks whether there is no stroke.
    pub fn is_blank(&self) -> bool {
        self.strokes.is_empty()
    }

    /// Renders the image, 28x28: rows from top to bottom, columns from left to right, no ink 0,
    /// full ink 1. A blank drawing gives zeros.
    ///
    /// The centre of mass lies on the centre of pixel (14, 14), or as close to it as possible
    /// without cutting off ink.
    pub fn pixels(&self) -> Array2<f32> {
        let Some(mut frame) = Frame::around(&self.strokes) else {
            return Array2::zeros((IMAGE_SIDE, IMAGE_SIDE));
        };
        let centred_by_box = frame.render(&self.strokes);
        frame.centre_mass(&centred_by_box);
        frame.render(&self.strokes)
    }
}

/// The map from the pad to the image: a magnification and a translation.
struct Frame {
    /// Pixels per width of the pad.
    scale: f64,
    /// The point of the pad that is mapped to `origin`.
    middle: Point,
    /// In pixels. The centre of the pixel in row `i` and column `j` is at y = i, x = j.
    origin: Point,
}

impl Frame {
    /// Returns the frame that puts the box around the ink into the middle of the image; `None` if
    /// there is no ink. The curves stay in the convex hull of their points, so the box of the
    /// points is the box of the ink.
    fn around(strokes: &[Stroke]) -> Option<Self> {
        let mut points = strokes.iter().flat_map(|stroke| &stroke.points);
        let first = *points.next()?;
        let (low, high) = points.fold((first, first), |(low, high), point| {
            (
                Point {
                    x: low.x.min(point.x),
                    y: low.y.min(point.y),
                },
                Point {
                    x: high.x.max(point.x),
                    y: high.y.max(point.y),
                },
            )
        });
        let extent = (high.x - low.x).max(high.y - low.y).max(SMALLEST_EXTENT);
        let radii = strokes.iter().map(|stroke| stroke.radius);
        let middle_of_image = (IMAGE_SIDE as f64 - 1.0) / 2.0;
        Some(Self {
            scale: (BOX_SIDE - 2.0 * radii.fold(0.0, f64::max)) / extent,
            middle: low.midpoint(high),
            origin: Point {
                x: middle_of_image,
                y: middle_of_image,
            },
        })
    }

    /// Moves the frame so that the centre of mass of `image`, which was rendered with it, lies on
    /// [`CENTRE`], as far as the box of the ink stays inside the image.
    fn centre_mass(&mut self, image: &Array2<f32>) {
        let (mut mass, mut row_moment, mut column_moment) = (0.0, 0.0, 0.0);
        for ((row, column), &ink) in image.indexed_iter() {
            mass += f64::from(ink);
            row_moment += f64::from(ink) * row as f64;
            column_moment += f64::from(ink) * column as f64;
        }
        if mass > 0.0 {
            let margin = (IMAGE_SIDE as f64 - BOX_SIDE) / 2.0;
            self.origin.x += (CENTRE - column_moment / mass).clamp(-margin, margin);
            self.origin.y += (CENTRE - row_moment / mass).clamp(-margin, margin);
        }
    }

    /// Maps a point of the pad to the image, in pixels.
    fn to_image(&self, point: Point) -> Point {
        Point {
            x: self.origin.x + (point.x - self.middle.x) * self.scale,
            y: self.origin.y + (point.y - self.middle.y) * self.scale,
        }
    }

    /// Renders all strokes.
    fn render(&self, strokes: &[Stroke]) -> Array2<f32> {
        let mut distances = Array2::from_elem((IMAGE_SIDE, IMAGE_SIDE), f64::INFINITY);
        for stroke in strokes {
            self.trace(&stroke.points, |from, to| {
                update_distances(&mut distances, stroke.radius, from, to);
            });
        }
        distances.mapv(|distance| {
            let ink = 0.5 - distance / PEN_EDGE;
            ink.clamp(0.0, 1.0) as f32
        })
    }

    /// Calls `line` with each segment of the path of one stroke.
    ///
    /// From the midpoint of two points to the midpoint of the next two the path is a parabola whose
    /// control point is the point between them. It has no corners and stays in the points' convex
    /// hull. The first and the last half segment are straight.
    fn trace(&self, stroke: &[Point], mut line: impl FnMut(Point, Point)) {
        let mut points = stroke.iter().map(|&point| self.to_image(point));
        let Some(mut control) = points.next() else {
            return;
        };
        let mut pen = control;
        for next in points {
            let start = pen;
            let end = control.midpoint(next);
            let length = start.distance(control) + control.distance(end);
            // Both distances are within the image, so this is a small number.
            let segments = (length / SEGMENT).ceil().max(1.0) as u32;
            for segment in 1..=segments {
                let t = f64::from(segment) / f64::from(segments);
                let to = start
                    .towards(control, t)
                    .towards(control.towards(end, t), t);
                line(pen, to);
                pen = to;
            }
            control = next;
        }
        line(pen, control);
    }
}

/// Lowers the distances of all pixels near the line from one point to another.
///
/// `distances` holds for each pixel the least distance from a pen's rim in pixels, negative inside.
/// The pen of this line has the given radius.
fn update_distances(distances: &mut Array2<f64>, radius: f64, from: Point, to: Point) {
    let reach = radius + PEN_EDGE / 2.0;
    // A cast from a float to an integer saturates, so no index is outside the image.
    let first = |a: f64, b: f64| (a.min(b) - reach).ceil().max(0.0) as usize;
    let end =
        |a: f64, b: f64| ((a.max(b) + reach).floor() + 1.0).clamp(0.0, IMAGE_SIDE as f64) as usize;

    let along = Point {
        x: to.x - from.x,
        y: to.y - from.y,
    };
    let length_squared = along.x * along.x + along.y * along.y;
    for row in first(from.y, to.y)..end(from.y, to.y) {
        for column in first(from.x, to.x)..end(from.x, to.x) {
            let pixel = Point {
                x: column as f64,
                y: row as f64,
            };
            let t = if length_squared > 0.0 {
                let dot = (pixel.x - from.x) * along.x + (pixel.y - from.y) * along.y;
                (dot / length_squared).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let distance = pixel.distance(from.towards(to, t)) - radius;
            let least = &mut distances[[row, column]];
            *least = least.min(distance);
        }
    }
}

// Native only: in the browser, proptest would need a source of randomness of its own.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
