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
//! the first to the last that is not blank.
//!
//! Relies on nothing but arithmetic. Coordinates come from a page and are not trusted: no input
//! makes this code panic, and the work is bounded by [`MAX_POINTS`].

use ndarray::Array2;

/// Rows and columns of the image.
pub const SIDE: usize = 28;

/// The most points a drawing holds, over all its strokes; further ones are ignored. A pen that
/// reports 240 points a second takes 83 seconds of drawing to get here.
pub const MAX_POINTS: usize = 20_000;

/// Side of the box that the ink is scaled into, in pixels.
const BOX: f64 = 20.0;
/// Half the width of the pen, in pixels: where the ink is half as dark as inside.
const PEN_RADIUS: f64 = 1.4;
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
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    strokes: Vec<Vec<Point>>,
    points: usize,
    /// Whether the pen is down: only then does the last stroke go on.
    open: bool,
}

impl Drawing {
    /// A blank drawing.
    pub fn new() -> Self {
        Self::default()
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
            self.strokes.push(vec![point]);
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
        if stroke.last() != Some(&point) {
            stroke.push(point);
            self.points += 1;
        }
    }

    /// Takes the last stroke back. Does nothing to a blank drawing.
    pub fn undo(&mut self) {
        self.open = false;
        if let Some(stroke) = self.strokes.pop() {
            self.points -= stroke.len();
        }
    }

    /// Takes all strokes back.
    pub fn clear(&mut self) {
        *self = Self::default();
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
    fn around(strokes: &[Vec<Point>]) -> Option<Self> {
        let mut points = strokes.iter().flatten();
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
        let middle_of_image = (SIDE as f64 - 1.0) / 2.0;
        Some(Self {
            scale: (BOX - 2.0 * PEN_RADIUS) / extent,
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
    fn render(&self, strokes: &[Vec<Point>]) -> Array2<f32> {
        let mut nearest = Array2::from_elem((SIDE, SIDE), f64::INFINITY);
        for stroke in strokes {
            self.trace(stroke, |from, to| touch(&mut nearest, from, to));
        }
        nearest.mapv(|distance| {
            let ink = (PEN_RADIUS - distance) / PEN_EDGE + 0.5;
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

/// Notes, for every pixel that the pen reaches on its way from one point to the other, how near
/// it came: `nearest` holds distances in pixels.
fn touch(nearest: &mut Array2<f64>, from: Point, to: Point) {
    const REACH: f64 = PEN_RADIUS + PEN_EDGE / 2.0;
    // A cast from a float to an integer saturates, so nothing here leaves the image.
    let first = |a: f64, b: f64| (a.min(b) - REACH).ceil().max(0.0) as usize;
    let end = |a: f64, b: f64| ((a.max(b) + REACH).floor() + 1.0).clamp(0.0, SIDE as f64) as usize;

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
            let distance = pixel.distance(from.towards(to, t));
            let nearest = &mut nearest[[row, column]];
            *nearest = nearest.min(distance);
        }
    }
}

// Native only: in the browser, proptest would need a source of randomness of its own.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A drawing of the given strokes, each point moved by `transform`.
    fn draw(strokes: &[Vec<(f64, f64)>], transform: impl Fn(f64, f64) -> (f64, f64)) -> Drawing {
        let mut drawing = Drawing::new();
        for stroke in strokes {
            for (index, &(x, y)) in stroke.iter().enumerate() {
                let (x, y) = transform(x, y);
                if index == 0 {
                    drawing.begin(x, y);
                } else {
                    drawing.extend(x, y);
                }
            }
        }
        drawing
    }

    fn as_drawn(x: f64, y: f64) -> (f64, f64) {
        (x, y)
    }

    /// A seven with its bar: two strokes, lopsided on purpose.
    fn seven() -> Vec<Vec<(f64, f64)>> {
        vec![
            vec![
                (0.2, 0.1),
                (0.5, 0.12),
                (0.75, 0.1),
                (0.6, 0.5),
                (0.45, 0.9),
            ],
            vec![(0.4, 0.5), (0.7, 0.5)],
        ]
    }

    /// (row, column).
    fn centre_of_mass(image: &Array2<f32>) -> (f64, f64) {
        let mass: f64 = image.iter().copied().map(f64::from).sum();
        let moment = |of: fn((usize, usize)) -> usize| -> f64 {
            image
                .indexed_iter()
                .map(|(at, &ink)| of(at) as f64 * f64::from(ink))
                .sum()
        };
        (moment(|at| at.0) / mass, moment(|at| at.1) / mass)
    }

    /// How many (rows, columns) lie between the first and the last with a pixel above `ink`.
    fn extent(image: &Array2<f32>, ink: f32) -> (usize, usize) {
        let span = |of: fn((usize, usize)) -> usize| {
            let inked = || {
                image
                    .indexed_iter()
                    .filter(|&(_, &v)| v > ink)
                    .map(|(at, _)| of(at))
            };
            match (inked().min(), inked().max()) {
                (Some(first), Some(last)) => last - first + 1,
                _ => 0,
            }
        };
        (span(|at| at.0), span(|at| at.1))
    }

    fn largest_difference(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_blank_drawing_is_all_zeros() {
        let mut drawing = Drawing::new();
        assert!(drawing.is_blank());
        assert_eq!(drawing.pixels(), Array2::<f32>::zeros((SIDE, SIDE)));

        drawing.undo();
        drawing.extend(0.5, 0.5);
        assert!(
            drawing.is_blank(),
            "a pen that was not put down leaves no ink"
        );
    }

    #[test]
    fn the_ink_fills_a_box_of_20_pixels() {
        let image = draw(&seven(), as_drawn).pixels();
        let (rows, columns) = extent(&image, 0.5);
        assert!((19..=20).contains(&rows), "{rows} rows");
        assert!(columns < 20, "{columns} columns: the proportions are kept");

        let lying = draw(&seven(), |x, y| (y, x)).pixels();
        assert_eq!(extent(&lying, 0.5), (columns, rows));
    }

    #[test]
    fn proportions_are_kept() {
        // Twice as tall as wide: 17.2 and 8.6 pixels from stroke to stroke, and the pen around it.
        let frame = vec![vec![
            (0.3, 0.1),
            (0.3, 0.9),
            (0.7, 0.9),
            (0.7, 0.1),
            (0.3, 0.1),
        ]];
        let (rows, columns) = extent(&draw(&frame, as_drawn).pixels(), 0.5);
        assert!((19..=20).contains(&rows), "{rows} rows");
        assert!((11..=12).contains(&columns), "{columns} columns");
    }

    #[test]
    fn the_centre_of_mass_is_in_the_centre() {
        let (row, column) = centre_of_mass(&draw(&seven(), as_drawn).pixels());
        assert!((row - CENTRE).abs() < 0.05, "row {row}");
        assert!((column - CENTRE).abs() < 0.05, "column {column}");
    }

    #[test]
    fn no_ink_is_cut_off_to_centre_the_mass() {
        // A heavy scribble with a long thin tail below.
        let mut scribble: Vec<_> = (0..80)
            .map(|i| (0.5 + 0.2 * f64::from(i % 2), 0.1 + 0.001 * f64::from(i)))
            .collect();
        scribble.push((0.6, 0.95));
        let image = draw(&[scribble], as_drawn).pixels();
        assert!((19..=20).contains(&extent(&image, 0.5).0));
        assert!(centre_of_mass(&image).0 < CENTRE);
    }

    #[test]
    fn the_pen_is_as_wide_as_in_mnist() {
        let image = draw(&[vec![(0.5, 0.1), (0.5, 0.9)]], as_drawn).pixels();
        for row in 6..22 {
            let width: f32 = image.row(row).sum();
            // Sampled at pixel centres, the width varies by a little with the place.
            assert!(
                (width - 2.8).abs() < 0.2,
                "{width} pixels of ink in row {row}"
            );
        }
    }

    #[test]
    fn a_tap_is_a_dot() {
        let mut drawing = Drawing::new();
        drawing.begin(0.9, 0.2);
        assert!(!drawing.is_blank());
        let image = drawing.pixels();
        assert_eq!(extent(&image, 0.5), (3, 3));
        assert_eq!(image[[14, 14]], 1.0);

        // The tremor of a finger does not turn it into a digit.
        drawing.extend(0.902, 0.203);
        let (rows, columns) = extent(&drawing.pixels(), 0.5);
        assert!(rows <= 5 && columns <= 5, "{rows} x {columns}");
    }

    #[test]
    fn undo_takes_one_stroke_back_and_clear_all() {
        let strokes = seven();
        let mut drawing = draw(&strokes, as_drawn);
        let first_only = draw(&strokes[..1], as_drawn).pixels();
        assert!(largest_difference(&drawing.pixels(), &first_only) > 0.5);

        drawing.undo();
        assert_eq!(drawing.pixels(), first_only);
        drawing.extend(0.1, 0.1);
        assert_eq!(drawing.pixels(), first_only, "undo lifts the pen");

        drawing.clear();
        assert!(drawing.is_blank());
    }

    #[test]
    fn curves_have_no_corners() {
        // The control point in the middle is rounded off, the ends are reached.
        let bend = draw(&[vec![(0.1, 0.1), (0.5, 0.9), (0.9, 0.1)]], as_drawn);
        let frame = Frame::around(&bend.strokes).unwrap();
        let mut path = Vec::new();
        frame.trace(&bend.strokes[0], |from, to| path.extend([from, to]));
        assert_eq!(path[0], frame.place(bend.strokes[0][0]));
        assert_eq!(path[path.len() - 1], frame.place(bend.strokes[0][2]));
        for pair in path.windows(2) {
            assert!(pair[0].distance(pair[1]) < 10.0);
        }
        let turns = path
            .chunks_exact(2)
            .map(|piece| (piece[1].y - piece[0].y).atan2(piece[1].x - piece[0].x));
        let turns: Vec<f64> = turns.collect();
        for pair in turns.windows(2) {
            assert!(
                (pair[0] - pair[1]).abs() < 0.4,
                "{} then {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn coordinates_that_are_no_place_are_ignored() {
        let mut drawing = Drawing::new();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            drawing.begin(bad, 0.5);
            drawing.begin(0.5, bad);
            drawing.extend(0.5, 0.5);
        }
        assert!(drawing.is_blank());

        drawing.begin(0.2, 0.2);
        drawing.extend(0.8, 0.8);
        let image = drawing.pixels();
        drawing.extend(f64::NAN, 0.1);
        assert_eq!(drawing.pixels(), image);
    }

    #[test]
    fn points_beyond_the_pad_are_moved_to_its_edge() {
        let far = draw(&[vec![(-1e300, 0.5), (f64::MAX, 0.5)]], as_drawn);
        let edge = draw(&[vec![(0.0, 0.5), (1.0, 0.5)]], as_drawn);
        assert_eq!(far.pixels(), edge.pixels());
    }

    #[test]
    fn a_full_drawing_takes_no_more_points() {
        let mut drawing = Drawing::new();
        drawing.begin(0.5, 0.5);
        for i in 0..MAX_POINTS + 10 {
            let angle = i as f64 * 0.1;
            drawing.extend(0.5 + 0.4 * angle.cos(), 0.5 + 0.4 * angle.sin());
        }
        assert_eq!(drawing.points, MAX_POINTS);
        let full = drawing.pixels();
        drawing.begin(0.0, 0.0);
        assert_eq!(drawing.pixels(), full);
        drawing.undo();
        assert_eq!(drawing.points, 0);
        drawing.begin(0.5, 0.5);
        assert!(!drawing.is_blank(), "undo makes room");
    }

    /// One to four strokes of one to twelve points, somewhere in the middle of the pad.
    fn strokes() -> impl Strategy<Value = Vec<Vec<(f64, f64)>>> {
        let point = (0.3..0.7, 0.3..0.7);
        prop::collection::vec(prop::collection::vec(point, 1..12), 1..4)
    }

    proptest! {
        #[test]
        fn where_and_how_large_it_was_drawn_does_not_matter(
            strokes in strokes(),
            scale in 0.5f64..1.4,
            (right, down) in (-0.2f64..0.2, -0.2f64..0.2),
        ) {
            let reference = draw(&strokes, as_drawn);
            let moved = draw(&strokes, |x, y| {
                (0.5 + (x - 0.5) * scale + right, 0.5 + (y - 0.5) * scale + down)
            });
            // Even at half its size the drawing is larger than the smallest extent.
            let size = Frame::around(&reference.strokes).unwrap().scale;
            prop_assume!(size * SMALLEST_EXTENT < 0.5 * (BOX - 2.0 * PEN_RADIUS));
            let difference = largest_difference(&reference.pixels(), &moved.pixels());
            prop_assert!(difference < 1e-4, "pixels differ by {difference}");
        }

        #[test]
        fn mass_is_centred_or_held_by_the_edge(strokes in strokes()) {
            let drawing = draw(&strokes, as_drawn);
            let image = drawing.pixels();
            let (row, column) = centre_of_mass(&image);
            let (rows, columns) = extent(&image, 0.5);
            prop_assert!(rows <= 20 && columns <= 20, "{rows} x {columns}");
            // Half a pixel of the box's middle is the difference between 13.5 and CENTRE; beyond
            // that the mass strays only if it lies more than four pixels from the box's middle.
            let frame = Frame::around(&drawing.strokes).unwrap();
            let by_box = centre_of_mass(&frame.render(&drawing.strokes));
            for (centred, by_box) in [(row, by_box.0), (column, by_box.1)] {
                prop_assert!((centred - CENTRE).abs() < 0.1 || (by_box - CENTRE).abs() > 3.9);
            }
        }

        #[test]
        fn nothing_that_a_page_can_send_panics(
            calls in prop::collection::vec((0u8..8, any::<f64>(), any::<f64>()), 0..200),
        ) {
            let mut drawing = Drawing::new();
            for (call, x, y) in calls {
                match call {
                    0 => drawing.undo(),
                    1 => drawing.clear(),
                    2 | 3 => drawing.begin(x, y),
                    _ => drawing.extend(x, y),
                }
            }
            let image = drawing.pixels();
            prop_assert!(image.iter().all(|ink| (0.0..=1.0).contains(ink)));
            prop_assert_eq!(image.iter().all(|&ink| ink == 0.0), drawing.is_blank());
        }
    }
}
