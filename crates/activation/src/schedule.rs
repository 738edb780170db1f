//! How a polynomial is evaluated on ciphertexts: which products, in which order, how deep.
//!
//! A series is divided by `T_h`, h the largest power of two in its degree, until what is left are
//! sums of a few `T_k` that are there anyway: the method of Paterson and Stockmeyer (1973) in the
//! Chebyshev basis, as in Bossuat et al., *Efficient Bootstrapping for Approximate HE* (2021),
//! section 3. Each multiplication, by a constant too, is a level. A series of degree d takes
//! `ceil(log2(d + 1))` levels; where the degree is a power of two and its leading factor may be
//! moved into the weights behind, only `log2 d`, because then no level goes to that factor.

/// Coefficients below the largest times this count as zero: far below the scheme's precision.
pub(crate) const NEGLIGIBLE: f64 = 1.0 / 4_294_967_296.0;

/// The largest coefficient over the leading one with which that is still moved into the weights
/// behind; what is evaluated grows by as much, and the precision of those weights is lost.
const LEADING_RATIO: f64 = 256.0;

/// The evaluation of one series of t, from the `T_k(t)`.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesSchedule {
    /// The factor that is left to the weights behind: the series is this times the sum.
    pub factor: f64,
    /// The `T_k`, k from 2, that are needed, in the order in which they can be made.
    pub powers: Vec<usize>,
    /// What is summed up.
    pub sum: Sum,
    /// Levels it takes.
    pub depth: usize,
}

/// `constant + sum of factor T_index + sum of products`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// The constant.
    pub constant: f64,
    /// `(index, factor)` with indices from 1.
    pub terms: Vec<(usize, f64)>,
    /// The products.
    pub products: Vec<Product>,
}

/// `quotient T_giant`, or `(quotient + 2 T_giant) T_giant`.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The other factor.
    pub quotient: Sum,
    /// A power of two.
    pub giant: usize,
    /// Whether `2 T_giant` is added to the quotient.
    pub squared: bool,
}

impl SeriesSchedule {
    /// Plans a series given by its coefficients; `None` for a constant. With `free_factor` the
    /// weights behind can take a factor.
    #[must_use]
    pub fn new(coefficients: &[f64], free_factor: bool) -> Option<Self> {
        let largest = coefficients.iter().fold(0.0_f64, |l, c| l.max(c.abs()));
        let mut coefficients: Vec<f64> = coefficients
            .iter()
            .map(|&c| {
                if c.abs() > largest * NEGLIGIBLE {
                    c
                } else {
                    0.0
                }
            })
            .collect();
        trim(&mut coefficients);
        let degree = coefficients.len().checked_sub(1).filter(|d| *d > 0)?;
        let leading = coefficients[degree];
        let monic = free_factor
            && degree > 1
            && degree.is_power_of_two()
            && largest <= LEADING_RATIO * leading.abs();
        let depth = ceil_log2(degree + usize::from(!monic));
        let factor = if monic { leading } else { 1.0 };
        coefficients.iter_mut().for_each(|c| *c /= factor);
        (0..=ceil_log2(degree + 1))
            .filter_map(|bits| {
                let sum = if monic {
                    monic_sum(&coefficients, depth, 1 << bits)
                } else {
                    general_sum(&coefficients, depth, 1 << bits)
                }?;
                let powers = sum.powers();
                Some(Self {
                    factor,
                    powers,
                    sum,
                    depth,
                })
            })
            .min_by_key(Self::products)
    }

    /// Products of two ciphertexts.
    #[must_use]
    pub fn products(&self) -> usize {
        self.powers.len() + self.sum.products()
    }

    /// The value, by the same steps.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        let highest = self.powers.last().copied().unwrap_or(1);
        self.factor * self.sum.at(&crate::series::chebyshev(highest, t))
    }
}

impl Sum {
    /// Whether nothing but the constant is there.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.terms.is_empty() && self.products.is_empty()
    }

    fn products(&self) -> usize {
        let inner = self
            .products
            .iter()
            .map(|product| 1 + product.quotient.products());
        inner.sum()
    }

    fn at(&self, powers: &[f64]) -> f64 {
        let terms: f64 = self.terms.iter().map(|(k, c)| c * powers[*k]).sum();
        let products = self.products.iter().map(|product| {
            let giant = powers[product.giant];
            let twice = if product.squared { 2.0 * giant } else { 0.0 };
            (product.quotient.at(powers) + twice) * giant
        });
        self.constant + terms + products.sum::<f64>()
    }

    /// The indices from 2 of this sum, and of those that they are made from, in ascending order.
    fn powers(&self) -> Vec<usize> {
        let mut needed = vec![];
        self.collect(&mut needed);
        needed.sort_unstable();
        needed
    }

    fn collect(&self, needed: &mut Vec<usize>) {
        for (index, _) in &self.terms {
            require(*index, needed);
        }
        for product in &self.products {
            require(product.giant, needed);
            product.quotient.collect(needed);
        }
    }
}

/// The indices a, b of the two that `T_k = 2 T_a T_b - T_{a - b}` is made from; `a - b` is 0 or 1.
#[must_use]
pub fn halves(k: usize) -> (usize, usize) {
    (k.div_ceil(2), k / 2)
}

/// Levels that `T_k` takes.
#[must_use]
pub fn power_depth(k: usize) -> usize {
    ceil_log2(k.max(1))
}

fn require(index: usize, needed: &mut Vec<usize>) {
    if index > 1 && !needed.contains(&index) {
        needed.push(index);
        let (a, b) = halves(index);
        require(a, needed);
        require(b, needed);
    }
}

/// A series of leading coefficient 1 and degree `2^depth`.
fn monic_sum(p: &[f64], depth: usize, baby: usize) -> Option<Sum> {
    let giant = (p.len() - 1) / 2;
    let (mut quotient, remainder) = divide(p, giant);
    // the leading coefficient of the quotient: 2 T_giant, which is there already
    quotient.pop();
    let mut sum = general_sum(&remainder, depth, baby)?;
    sum.products.push(Product {
        quotient: general_sum(&quotient, depth - 1, baby)?,
        giant,
        squared: true,
    });
    Some(sum)
}

/// Any series; indices of its plain terms below `baby` where the depth allows.
fn general_sum(p: &[f64], depth: usize, baby: usize) -> Option<Sum> {
    let mut p = p.to_vec();
    trim(&mut p);
    let degree = p.len().saturating_sub(1);
    if degree < baby.max(2) && (degree == 0 || power_depth(degree) < depth) {
        let terms = (1..=degree).filter(|k| p[*k] != 0.0);
        return Some(Sum {
            constant: p.first().copied().unwrap_or(0.0),
            terms: terms.map(|k| (k, p[k])).collect(),
            products: vec![],
        });
    }
    let giant = 1 << degree.ilog2();
    if power_depth(giant) >= depth {
        return None;
    }
    let (quotient, remainder) = divide(&p, giant);
    let mut sum = general_sum(&remainder, depth, baby)?;
    if let [factor] = *quotient {
        sum.terms.push((giant, factor));
    } else {
        sum.products.push(Product {
            quotient: general_sum(&quotient, depth - 1, baby)?,
            giant,
            squared: false,
        });
    }
    Some(sum)
}

/// `p = quotient T_h + remainder`, for a degree from h to 2h; the remainder's degree is below h.
fn divide(p: &[f64], h: usize) -> (Vec<f64>, Vec<f64>) {
    let (low, high) = p.split_at(h);
    let mut remainder = low.to_vec();
    // T_{h+j} = 2 T_j T_h - T_{h-j}, and T_h = T_0 T_h
    let quotient = high.iter().enumerate().map(|(j, c)| {
        if j > 0 {
            remainder[h - j] -= c;
            2.0 * c
        } else {
            *c
        }
    });
    let quotient = quotient.collect();
    (quotient, remainder)
}

fn trim(p: &mut Vec<f64>) {
    while p.last() == Some(&0.0) {
        p.pop();
    }
}

fn ceil_log2(n: usize) -> usize {
    n.next_power_of_two().ilog2() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Levels that a sum takes, from the levels that it is at least as deep as.
    fn depth(sum: &Sum) -> usize {
        let terms = sum.terms.iter().map(|(k, _)| power_depth(*k) + 1);
        let products = sum
            .products
            .iter()
            .map(|p| depth(&p.quotient).max(power_depth(p.giant)) + 1);
        terms.chain(products).max().unwrap_or(0)
    }

    fn of(degree: usize, free: bool) -> SeriesSchedule {
        let coefficients: Vec<f64> = (0..=degree).map(|k| 1.0 / (k as f64 + 1.5)).collect();
        SeriesSchedule::new(&coefficients, free).expect("not constant")
    }

    #[test]
    fn depth_is_the_least() {
        let free = [1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5];
        for (i, expected) in free.into_iter().enumerate() {
            let (free, general) = (of(i + 1, true), of(i + 1, false));
            assert_eq!(free.depth, expected, "degree {}", i + 1);
            assert_eq!(depth(&free.sum), expected, "degree {}", i + 1);
            assert_eq!(general.depth, ceil_log2(i + 2));
            assert_eq!(depth(&general.sum), general.depth);
        }
    }

    #[test]
    fn products_are_few() {
        // known counts: x^2 alone; a chain of squares for a power of two without odd terms
        assert_eq!(of(1, true).products(), 0);
        assert_eq!(of(2, true).products(), 1);
        assert_eq!(of(3, false).products(), 2);
        assert_eq!(of(4, true).products(), 2);
        assert_eq!(of(15, false).products(), 8);
        assert_eq!(of(31, false).products(), 13);
        let even = [0.3, 0.5, 0.2, 0.0, -0.1, 0.0, 0.05, 0.0, -0.03];
        let even = SeriesSchedule::new(&even, true).expect("not constant");
        assert_eq!((even.depth, even.products()), (3, 3));
    }

    #[test]
    fn constants_and_tiny_factors() {
        assert_eq!(SeriesSchedule::new(&[], true), None);
        assert_eq!(SeriesSchedule::new(&[1.0, 0.0, 1e-12], true), None);
        // a leading coefficient too small to be divided by
        let small = SeriesSchedule::new(&[1.0, 1.0, 0.5, 0.1, 1e-3], true).expect("not constant");
        assert_eq!((small.factor, small.depth), (1.0, 3));
    }

    proptest! {
        #[test]
        fn the_steps_give_the_series(
            coefficients in prop::collection::vec(prop_oneof![Just(0.0), -1.0..1.0_f64], 2..80),
            t in -1.0..1.0_f64, free in any::<bool>(),
        ) {
            let Some(schedule) = SeriesSchedule::new(&coefficients, free) else { return Ok(()) };
            let unit = crate::Interval::symmetric(1.0).expect("an interval");
            let expected = crate::Series::new(unit, coefficients).at(t);
            prop_assert!((schedule.at(t) - expected).abs() < 1e-8);
            prop_assert!(depth(&schedule.sum) <= schedule.depth);
            // each is made from earlier ones
            for (i, k) in schedule.powers.iter().enumerate() {
                let (a, b) = halves(*k);
                for made in [a, b] {
                    prop_assert!(made <= 1 || schedule.powers[..i].contains(&made));
                }
                prop_assert!(power_depth(*k) > power_depth(a));
            }
        }
    }
}
