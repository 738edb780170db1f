//! Pictures as SVG text: panels with one vertical axis and named columns.
//!
//! They are not meant for curves of functions, which need two axes.

use std::fmt::Write;

/// Colours: background, text, secondary text, grid, measured, predicted, allowed.
pub(crate) const PAPER: &str = "#fbf8f1";
pub(crate) const INK: &str = "#22303c";
pub(crate) const PENCIL: &str = "#8a8f94";
pub(crate) const GRID: &str = "#e6dfd0";
pub(crate) const BLUE: &str = "#1d3557";
pub(crate) const GOLD: &str = "#b8860b";
pub(crate) const TEAL: &str = "#3a8f85";

/// An SVG picture that is being drawn.
pub(crate) struct Picture {
    width: f64,
    height: f64,
    body: String,
}

/// The part of a text that is at its point.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Picture {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            body: String::new(),
        }
    }

    pub(crate) fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.element(format_args!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// Adds a line through points.
    pub(crate) fn path(&mut self, points: &[(f64, f64)], colour: &str, dashed: bool) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let dashes = if dashed {
            " stroke-dasharray=\"7 5\""
        } else {
            ""
        };
        self.element(format_args!(
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes} \
             points=\"{}\"/>",
            points.join(" ")
        ));
    }

    pub(crate) fn dot(&mut self, at: (f64, f64), colour: &str, filled: bool) {
        let fill = if filled { colour } else { PAPER };
        self.element(format_args!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{fill}\" stroke=\"{colour}\" \
             stroke-width=\"2\"/>",
            at.0, at.1
        ));
    }

    pub(crate) fn bar(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        self.element(format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
            from.0.min(to.0),
            from.1.min(to.1),
            (to.0 - from.0).abs(),
            (to.1 - from.1).abs()
        ));
    }

    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, colour: &str, text: &str) {
        self.styled(at, anchor, colour, "", text);
    }

    pub(crate) fn title(&mut self, at: (f64, f64), text: &str) {
        self.styled(at, Anchor::Start, INK, " font-weight=\"600\"", text);
    }

    fn styled(&mut self, at: (f64, f64), anchor: Anchor, colour: &str, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.element(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\"{style}>\
             {text}</text>",
            at.0, at.1
        ));
    }

    pub(crate) fn finish(self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" \
             style=\"font-variant-numeric: tabular-nums\">\n\
             <rect width=\"{0}\" height=\"{1}\" fill=\"{PAPER}\"/>\n{2}</svg>\n",
            self.width, self.height, self.body
        )
    }
}

/// A rectangle of a picture with a linear vertical axis and a column for each name.
pub(crate) struct Panel {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// Values at the bottom and at the top.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) columns: usize,
}

impl Panel {
    /// Returns the centre of a column.
    pub(crate) fn x(&self, column: usize) -> f64 {
        self.left + (self.right - self.left) * (column as f64 + 0.5) / self.columns as f64
    }

    /// Returns half the width of a column.
    pub(crate) fn half_column(&self) -> f64 {
        0.5 * (self.right - self.left) / self.columns as f64
    }

    pub(crate) fn y(&self, value: f64) -> f64 {
        let up = (value - self.low) / (self.high - self.low);
        self.bottom - up.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// Adds grid lines at multiples of `step`, labelled on the left.
    pub(crate) fn grid(&self, picture: &mut Picture, step: f64, label: impl Fn(f64) -> String) {
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        for value in (first..=last).map(|k| k as f64 * step) {
            let y = self.y(value);
            picture.line((self.left, y), (self.right, y), GRID, 1.0);
            let at = (self.left - 8.0, y + 4.5);
            picture.text(at, Anchor::End, PENCIL, &label(value));
        }
    }

    /// Adds the names of the columns, below the panel.
    pub(crate) fn names(&self, picture: &mut Picture, names: &[&str]) {
        for (column, name) in names.iter().enumerate() {
            let at = (self.x(column), self.bottom + 20.0);
            picture.text(at, Anchor::Middle, INK, name);
        }
    }
}

/// Adds a legend in one row, from `at` on: signs with their names and colours.
pub(crate) fn legend(picture: &mut Picture, at: (f64, f64), entries: &[(&str, Sign, &str)]) {
    let (mut x, y) = at;
    for (name, sign, colour) in entries {
        match sign {
            Sign::Line | Sign::Dashes => {
                let dashed = matches!(sign, Sign::Dashes);
                picture.path(&[(x, y - 4.5), (x + 24.0, y - 4.5)], colour, dashed);
            }
            Sign::Dot | Sign::Ring => {
                picture.dot((x + 16.0, y - 4.5), colour, matches!(sign, Sign::Dot));
            }
            Sign::Bar => picture.bar((x + 4.0, y - 11.0), (x + 24.0, y + 1.0), colour),
        }
        picture.text((x + 30.0, y), Anchor::Start, INK, name);
        // About 6.6 pixels for each letter at this size.
        x += 30.0 + 6.6 * name.len() as f64 + 20.0;
    }
}

/// The sign of an entry in a legend.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    Line,
    Dashes,
    Dot,
    Ring,
    Bar,
}

/// Formats `2` to an integral power, with a superscript.
pub(crate) fn power_of_two(exponent: f64) -> String {
    let exponent = format!("{exponent:.0}");
    let superscript = exponent.chars().map(|c| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    });
    format!("2{}", superscript.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_maps_values_and_columns() {
        let panel = Panel {
            left: 100.0,
            right: 300.0,
            top: 10.0,
            bottom: 110.0,
            low: -1.0,
            high: 1.0,
            columns: 4,
        };
        assert_eq!([panel.x(0), panel.x(3)], [125.0, 275.0]);
        assert_eq!(
            [panel.y(-1.0), panel.y(0.0), panel.y(9.0)],
            [110.0, 60.0, 10.0]
        );
        let mut picture = Picture::new(400.0, 200.0);
        panel.grid(&mut picture, 0.5, |value| format!("{value}"));
        let svg = picture.finish();
        assert_eq!(svg.matches("<line").count(), 5);
        assert!(svg.contains(">-0.5</text>"));
    }

    #[test]
    fn text_cannot_break_the_markup() {
        let mut picture = Picture::new(1.0, 1.0);
        picture.text((0.0, 0.0), Anchor::Start, INK, "a < b & c");
        assert!(picture.finish().contains("a &lt; b &amp; c"));
        assert_eq!(power_of_two(-13.0), "2\u{207b}\u{b9}\u{b3}");
        assert_eq!(power_of_two(40.0), "2\u{2074}\u{2070}");
    }
}
