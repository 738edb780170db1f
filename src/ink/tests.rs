//! Properties of rendered images: size, centre, width of the pen; and the handling of bad input.

use super::*;
use proptest::prelude::*;

/// Draws the given strokes, each point moved by `transform`.
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

/// Returns a seven with its bar: two strokes, not symmetric.
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

/// Returns (row, column).
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

/// Returns the number of (rows, columns) from the first to the last with a pixel above `ink`.
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
    assert_eq!(
        drawing.pixels(),
        Array2::<f32>::zeros((IMAGE_SIDE, IMAGE_SIDE))
    );

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
        // The width is sampled at pixel centres, so it varies a little with the position.
        assert!(
            (width - 2.8).abs() < 0.2,
            "{width} pixels of ink in row {row}"
        );
    }
}

/// Returns the pixels of ink across an upright stroke.
fn width(drawing: &Drawing) -> f32 {
    drawing.pixels().row(14).sum()
}

#[test]
fn a_brush_has_the_width_that_was_set() {
    for (brush, expected) in [(0.65, 1.82), (1.0, 2.8), (1.5, 4.2)] {
        let mut drawing = Drawing::new();
        drawing.set_brush(brush);
        drawing.begin(0.5, 0.1);
        drawing.extend(0.5, 0.9);
        let width = width(&drawing);
        assert!((width - expected).abs() < 0.2, "{brush}: {width} pixels");
        let (rows, _) = extent(&drawing.pixels(), 0.5);
        assert!((18..=20).contains(&rows), "{brush}: {rows} rows");
    }
}

#[test]
fn a_width_applies_to_later_strokes() {
    let mut drawing = draw(&[vec![(0.2, 0.1), (0.2, 0.9)]], as_drawn);
    let thin = width(&drawing);
    drawing.set_brush(1.5);
    assert_eq!(width(&drawing), thin);
    drawing.begin(0.8, 0.1);
    drawing.extend(0.8, 0.9);
    let image = drawing.pixels();
    let (left, right) = (
        image.slice(ndarray::s![14, ..14]),
        image.slice(ndarray::s![14, 14..]),
    );
    assert!(
        right.sum() > left.sum() + 1.0,
        "{} and {}",
        left.sum(),
        right.sum()
    );

    drawing.clear();
    drawing.begin(0.5, 0.1);
    drawing.extend(0.5, 0.9);
    assert!(width(&drawing) > thin + 1.0, "clear keeps the width");
}

#[test]
fn widths_are_clamped_or_ignored() {
    let with = |brush: f64| {
        let mut drawing = Drawing::new();
        drawing.set_brush(brush);
        drawing.begin(0.5, 0.1);
        drawing.extend(0.5, 0.9);
        drawing.pixels()
    };
    assert_eq!(with(f64::NAN), with(1.0));
    assert_eq!(with(f64::INFINITY), with(1.0));
    assert_eq!(with(-1e300), with(0.6));
    assert_eq!(with(1e300), with(1.6));
}

#[test]
fn a_tap_is_a_dot() {
    let mut drawing = Drawing::new();
    drawing.begin(0.9, 0.2);
    assert!(!drawing.is_blank());
    let image = drawing.pixels();
    assert_eq!(extent(&image, 0.5), (3, 3));
    assert_eq!(image[[14, 14]], 1.0);

    // The tremor of a finger is not magnified into a digit.
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
    assert_eq!(drawing.pixels(), first_only, "undo ends the stroke");

    drawing.clear();
    assert!(drawing.is_blank());
}

#[test]
fn curves_have_no_corners() {
    // The control point in the middle is rounded off, the ends are reached.
    let bend = draw(&[vec![(0.1, 0.1), (0.5, 0.9), (0.9, 0.1)]], as_drawn);
    let frame = Frame::around(&bend.strokes).unwrap();
    let mut path = Vec::new();
    let points = &bend.strokes[0].points;
    frame.trace(points, |from, to| path.extend([from, to]));
    assert_eq!(path[0], frame.to_image(points[0]));
    assert_eq!(path[path.len() - 1], frame.to_image(points[2]));
    for pair in path.windows(2) {
        assert!(pair[0].distance(pair[1]) < 10.0);
    }
    let directions = path
        .chunks_exact(2)
        .map(|segment| (segment[1].y - segment[0].y).atan2(segment[1].x - segment[0].x));
    let directions: Vec<f64> = directions.collect();
    for pair in directions.windows(2) {
        assert!(
            (pair[0] - pair[1]).abs() < 0.4,
            "{} then {}",
            pair[0],
            pair[1]
        );
    }
}

#[test]
fn coordinates_that_are_not_finite_are_ignored() {
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
    assert!(!drawing.is_blank(), "undo frees points");
}

/// Generates strokes of a few points each, in the middle of the pad.
fn strokes() -> impl Strategy<Value = Vec<Vec<(f64, f64)>>> {
    let point = (0.3..0.7, 0.3..0.7);
    prop::collection::vec(prop::collection::vec(point, 1..12), 1..4)
}

proptest! {
    #[test]
    fn position_and_size_do_not_matter(
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
        prop_assume!(size * SMALLEST_EXTENT < 0.5 * (BOX_SIDE - 2.0 * PEN_RADIUS));
        let difference = largest_difference(&reference.pixels(), &moved.pixels());
        prop_assert!(difference < 1e-4, "pixels differ by {difference}");
    }

    #[test]
    fn mass_is_centred_unless_the_edge_prevents_it(strokes in strokes()) {
        let drawing = draw(&strokes, as_drawn);
        let image = drawing.pixels();
        let (row, column) = centre_of_mass(&image);
        let (rows, columns) = extent(&image, 0.5);
        prop_assert!(rows <= 20 && columns <= 20, "{rows} x {columns}");
        // The mass is off centre only if it lies more than four pixels from the box's middle. Half
        // a pixel is left to sampling: a dot's ink depends on its position between pixel centres,
        // and a dot far from the rest has a long lever.
        let frame = Frame::around(&drawing.strokes).unwrap();
        let by_box = centre_of_mass(&frame.render(&drawing.strokes));
        for (centred, by_box) in [(row, by_box.0), (column, by_box.1)] {
            prop_assert!((centred - CENTRE).abs() < 0.5 || (by_box - CENTRE).abs() > 3.9);
        }
    }

    #[test]
    fn no_input_panics(
        calls in prop::collection::vec((0u8..9, any::<f64>(), any::<f64>()), 0..200),
    ) {
        let mut drawing = Drawing::new();
        for (call, x, y) in calls {
            match call {
                0 => drawing.undo(),
                1 => drawing.clear(),
                2 => drawing.set_brush(x),
                3 | 4 => drawing.begin(x, y),
                _ => drawing.extend(x, y),
            }
        }
        let image = drawing.pixels();
        prop_assert!(image.iter().all(|ink| (0.0..=1.0).contains(ink)));
        prop_assert_eq!(image.iter().all(|&ink| ink == 0.0), drawing.is_blank());
    }
}
