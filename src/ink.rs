//! From ink to pixels: the strokes of a drawing become a 28x28 image made as MNIST's were.
//!
//! MNIST's makers scaled each digit, keeping its proportions, into a box of 20x20 pixels, and
//! placed the box in a field of 28x28 so that the centre of mass of the ink fell on the centre
//! pixel (LeCun, Cortes, Burges: *The MNIST database of handwritten digits*). The same is done
//! here, but from the path of the pen and not from pixels, so the pen can be given one width
//! after scaling: a small drawing and a large one of the same digit give the same image.
//!
//! The pen's width and the softness of its edge are MNIST's own, measured on the upright strokes
//! of the 6,742 ones among its training images: 2.9 pixels wide at the median, 4.1 pixels from
//! the first to the last that is not blank. A thinner or a thicker brush stays within what people
//! wrote there with.
//!
//! Relies on nothing but arithmetic. Coordinates come from a page and are not trusted: no input
//! makes this code panic, and the work is bounded by [`MAX_POINTS`].

use std::ops::RangeInclusive;

use ndarray::Array2;

/// Rows and columns of the image.
pub const SIDE: usize = 28;

/// The most points a drawing holds, over all its strokes; further ones are ignored. A pen that
/// reports 240 points a second takes 83 seconds of drawing to get here.
pub const MAX_POINTS: usize = 20_000;

/// Side of the box that the ink is scaled into, in pixels.
const BOX: f64 = 20.0;
/// Half the width of the usual pen, in pixels: where the ink is half as dark as inside.
const PEN_RADIUS: f64 = 1.4;
/// How thin and how thick a brush can be, as multiples of the usual pen.
const BRUSHES: RangeInclusive<f64> = 0.6..=1.6;
/// Width of the soft edge over which the ink fades from full to none, in pixels.
const PEN_EDGE: f64 = 1.2;
/// The pixel, counted from 0, whose centre the centre of mass falls on, in rows and in columns:
/// the mean over MNIST's training images is (14.00, 14.01).
const CENTRE: f64 = 14.0;
/// Drawings smaller than this share of the pad are magnified as if they were this large.
/// Otherwise the tremor of a tap would be blown up to the size of a digit.
const SMALLEST_EXTENT: f64 = 1.0 / 32.0;
/// Longest piece of a curve that is drawn as a straight line, in pixels.
const PIECE: f64 = 0.5;

/// A point of the pad: both coordinates in 0..=1, `y` downwards. In [`Frame`]'s hands, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// The nearest point of the pad, or nothing where a coordinate is not a finite number.
    fn on_pad(x: f64, y: f64) -> Option<Self> {
        (x.is_finite() && y.is_finite()).then(|| Self {
            x: x.clamp(0.0, 1.0),
            y: y.clamp(0.0, 1.0),
        })
    }

    fn midpoint(self, other: Self) -> Self {
        self.towards(other, 0.5)
    }

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

/// The strokes that a visitor has drawn so far, in the order of drawing.
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
/// ```
#[derive(Debug, Clone)]
pub struct Drawing {
    strokes: Vec<Stroke>,
    points: usize,
    /// Whether the pen is down: only then does the last stroke go on.
    open: bool,
    /// Half the width of the strokes to come, in pixels.
    radius: f64,
}

/// The way of the pen from its being put down to its being lifted.
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
            open: false,
            radius: PEN_RADIUS,
        }
    }
}

impl Drawing {
    /// A blank drawing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a brush of this width, as a multiple of the usual pen: strokes that are started
    /// from now on are drawn with it. A width beyond 0.6..=1.6 becomes the nearest within, and
    /// one that is not a finite number is ignored.
    pub fn set_brush(&mut self, width: f64) {
        if width.is_finite() {
            self.radius = PEN_RADIUS * width.clamp(*BRUSHES.start(), *BRUSHES.end());
        }
    }

    /// Puts the pen down at (`x`, `y`) and starts a stroke: pad coordinates in 0..=1, `y`
    /// downwards. A point beyond the pad is moved to its edge; with a coordinate that is not a
    /// finite number, or in a drawing that is full, no stroke is started.
    pub fn begin(&mut self, x: f64, y: f64) {
        self.open = false;
        if self.points == MAX_POINTS {
            return;
        }
        if let Some(point) = Point::on_pad(x, y) {
            self.strokes.push(Stroke {
                points: vec![point],
                radius: self.radius,
            });
            self.points += 1;
            self.open = true;
        }
    }

    /// Moves the pen on to (`x`, `y`), coordinates as for [`begin`](Self::begin). Ignored where
    /// no stroke has been started, where a coordinate is not a finite number, and in a drawing
    /// that holds [`MAX_POINTS`] points already.
    pub fn extend(&mut self, x: f64, y: f64) {
        if !self.open || self.points == MAX_POINTS {
            return;
        }
        let (Some(stroke), Some(point)) = (self.strokes.last_mut(), Point::on_pad(x, y)) else {
            return;
        };
        // A pen at rest reports the same place again and again.
        if stroke.points.last() != Some(&point) {
            stroke.points.push(point);
            self.points += 1;
        }
    }

    /// Takes the last stroke back. Does nothing to a blank drawing.
    pub fn undo(&mut self) {
        self.open = false;
        if let Some(stroke) = self.strokes.pop() {
            self.points -= stroke.points.len();
        }
    }

    /// Takes all strokes back; the brush stays in the hand.
    pub fn clear(&mut self) {
        *self = Self {
            radius: self.radius,
            ..Self::default()
        };
    }

    /// Whether there is no ink at all.
    pub fn is_blank(&self) -> bool {
        self.strokes.is_empty()
    }

    /// The image: rows from top to bottom, columns from left to right, no ink 0, full ink 1.
    /// All zeros for a blank drawing.
    ///
    /// The centre of mass lies on the centre of pixel (14, 14), unless ink would be cut off: then
    /// it comes as close to it as the ink allows.
    pub fn pixels(&self) -> Array2<f32> {
        let Some(mut frame) = Frame::around(&self.strokes) else {
            return Array2::zeros((SIDE, SIDE));
        };
        let placed_by_box = frame.render(&self.strokes);
        frame.centre_mass(&placed_by_box);
        frame.render(&self.strokes)
    }
}

/// How the pad is laid onto the image: magnified, then moved.
struct Frame {
    /// Pixels to the width of the pad.
    scale: f64,
    /// The point of the pad that lies on `origin` of the image.
    middle: Point,
    /// In pixels; the centre of the pixel in row `i` and column `j` is at y = i, x = j.
    origin: Point,
}

impl Frame {
    /// The frame that puts the box around the ink into the middle of the image, or nothing where
    /// there is no ink. The curves that are drawn stay within the points that they follow, so
    /// the box of the points is the box of the ink.
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
        let middle_of_image = (SIDE as f64 - 1.0) / 2.0;
        Some(Self {
            scale: (BOX - 2.0 * radii.fold(0.0, f64::max)) / extent,
            middle: low.midpoint(high),
            origin: Point {
                x: middle_of_image,
                y: middle_of_image,
            },
        })
    }

    /// Moves the frame so that the centre of mass of `image`, which was rendered with it, comes
    /// to lie on [`CENTRE`], as far as the box of the ink stays inside the image.
    fn centre_mass(&mut self, image: &Array2<f32>) {
        let (mut mass, mut row_moment, mut column_moment) = (0.0, 0.0, 0.0);
        for ((row, column), &ink) in image.indexed_iter() {
            mass += f64::from(ink);
            row_moment += f64::from(ink) * row as f64;
            column_moment += f64::from(ink) * column as f64;
        }
        if mass > 0.0 {
            let room = (SIDE as f64 - BOX) / 2.0;
            self.origin.x += (CENTRE - column_moment / mass).clamp(-room, room);
            self.origin.y += (CENTRE - row_moment / mass).clamp(-room, room);
        }
    }

    /// Where a point of the pad lies on the image, in pixels.
    fn place(&self, point: Point) -> Point {
        Point {
            x: self.origin.x + (point.x - self.middle.x) * self.scale,
            y: self.origin.y + (point.y - self.middle.y) * self.scale,
        }
    }

    /// Draws all strokes.
    fn render(&self, strokes: &[Stroke]) -> Array2<f32> {
        let mut nearest = Array2::from_elem((SIDE, SIDE), f64::INFINITY);
        for stroke in strokes {
            self.trace(&stroke.points, |from, to| {
                touch(&mut nearest, stroke.radius, from, to);
            });
        }
        nearest.mapv(|beyond| {
            let ink = 0.5 - beyond / PEN_EDGE;
            ink.clamp(0.0, 1.0) as f32
        })
    }

    /// Gives the path of one stroke to `line`, piece by piece. From the middle between two points
    /// to the middle between the next two it is a parabola with the point between them as its
    /// control point, which has no corners and stays inside the points' hull; the first and the
    /// last half are straight.
    fn trace(&self, stroke: &[Point], mut line: impl FnMut(Point, Point)) {
        let mut points = stroke.iter().map(|&point| self.place(point));
        let Some(mut control) = points.next() else {
            return;
        };
        let mut pen = control;
        for next in points {
            let start = pen;
            let end = control.midpoint(next);
            let length = start.distance(control) + control.distance(end);
            // Both distances are within the image, so this is a small number.
            let pieces = (length / PIECE).ceil().max(1.0) as u32;
            for piece in 1..=pieces {
                let t = f64::from(piece) / f64::from(pieces);
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

/// Notes, for every pixel that a pen of this radius reaches on its way from one point to the
/// other, how near it came: `nearest` holds distances from the pen's rim in pixels, negative inside.
fn touch(nearest: &mut Array2<f64>, radius: f64, from: Point, to: Point) {
    let reach = radius + PEN_EDGE / 2.0;
    // A cast from a float to an integer saturates, so nothing here leaves the image.
    let first = |a: f64, b: f64| (a.min(b) - reach).ceil().max(0.0) as usize;
    let end = |a: f64, b: f64| ((a.max(b) + reach).floor() + 1.0).clamp(0.0, SIDE as f64) as usize;

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
            let beyond = pixel.distance(from.towards(to, t)) - radius;
            let nearest = &mut nearest[[row, column]];
            *nearest = nearest.min(beyond);
        }
    }
}

// Native only: in the browser, proptest would need a source of randomness of its own.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
