//! The evaluation of one Chebyshev series on ciphertexts: its products, their order and its depth.
//!
//! A series is divided by `T_h`, where h is the largest power of two that does not exceed its
//! degree. Quotient and remainder are divided again, until sums of a few `T_k` remain: the method
//! of Paterson and Stockmeyer (*On the number of nonscalar multiplications necessary to evaluate
//! polynomials*, 1973) in the Chebyshev basis, as in Bossuat, Mouchet, Troncoso-Pastoriza and
//! Hubaux, *Efficient Bootstrapping for Approximate Homomorphic Encryption with Non-sparse Keys*
//! (EUROCRYPT 2021), section 3.
//!
//! Each multiplication consumes a level, a multiplication by a constant too. A series of degree d
//! needs `ceil(log2(d + 1))` levels. It needs only `log2 d` levels if d is a power of two and the
//! weights after the activation can absorb the leading coefficient, because then the leading term
//! needs no multiplication by a constant.
//!
//! Relies on nothing but the coefficients. Not for chains of polynomials, of which each has a
//! schedule.

/// Coefficients below the largest one times this factor count as zero. They are far below the
/// scheme's precision.
pub(crate) const NEGLIGIBLE: f64 = 1.0 / 4_294_967_296.0;

/// The largest ratio of any coefficient to the leading one for which the weights absorb the leading
/// coefficient. The evaluated sum grows by this ratio, and the weights lose as much precision.
const LEADING_RATIO: f64 = 256.0;

/// The evaluation of one series in t from the Chebyshev polynomials `T_k(t)`.
///
/// ```
/// use inkognito_activation::SeriesSchedule;
///
/// // 1 + T_1 + T_2 + T_3 + T_4, whose leading factor the weights may absorb
/// let schedule = SeriesSchedule::new(&[1.0; 5], true).expect("the series is not constant");
/// assert_eq!((schedule.depth, schedule.products()), (2, 2));
/// // T_0 to T_4 at 1 are 1
/// assert_eq!(schedule.at(1.0), 5.0);
///
/// assert_eq!(SeriesSchedule::new(&[3.0], true), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesSchedule {
    /// The factor that the weights after the activation absorb: the series is this factor times
    /// `sum`.
    pub factor: f64,
    /// The indices k >= 2 of the `T_k` that are needed, in an order in which they can be computed.
    pub powers: Vec<usize>,
    /// The sum.
    pub sum: Sum,
    /// Number of levels that the evaluation needs.
    pub depth: usize,
}

/// The sum `constant + sum_k factor_k T_k + products`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// The constant.
    pub constant: f64,
    /// Pairs `(k, factor)` with k >= 1.
    pub terms: Vec<(usize, f64)>,
    /// The products.
    pub products: Vec<Product>,
}

/// The product `quotient T_giant`, or `(quotient + 2 T_giant) T_giant` if `squared`.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The quotient of the division by `T_giant`.
    pub quotient: Sum,
    /// The index of the divisor, a power of two.
    pub giant: usize,
    /// Whether `2 T_giant` is added to the quotient.
    pub squared: bool,
}

impl SeriesSchedule {
    /// Makes the schedule with the fewest products among those of least depth, or returns `None`
    /// for a constant series. `coefficients` are those of `T_0`, `T_1`, …; `free_factor` is whether
    /// the weights after the activation can absorb a factor.
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

    /// Returns the number of products of two ciphertexts.
    #[must_use]
    pub fn products(&self) -> usize {
        self.powers.len() + self.sum.products()
    }

    /// Returns the value at t by the steps of the schedule.
    ///
    /// # Panics
    /// If the sum uses a `T_k` whose index exceeds the last of `powers`. No schedule of
    /// [`SeriesSchedule::new`] does.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        let highest = self.powers.last().copied().unwrap_or(1);
        self.factor * self.sum.at(&crate::series::chebyshev(highest, t))
    }
}

impl Sum {
    /// Returns whether the sum has no terms and no products.
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

    /// Returns the indices k >= 2 of the `T_k` of this sum and of those that they are computed
    /// from, in ascending order.
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

/// Splits k into the indices `a >= b` of the identity `T_k = 2 T_a T_b - T_(a - b)`, where `a + b =
/// k` and `a - b` is 0 or 1.
///
/// ```
/// use inkognito_activation::split_degree;
///
/// assert_eq!(split_degree(8), (4, 4));
/// assert_eq!(split_degree(7), (4, 3));
/// ```
#[must_use]
pub fn split_degree(k: usize) -> (usize, usize) {
    (k.div_ceil(2), k / 2)
}

/// Returns the number of levels that `T_k` needs, `ceil(log2 k)`.
///
/// ```
/// use inkognito_activation::power_depth;
///
/// assert_eq!([1, 2, 3, 4, 5].map(power_depth), [0, 1, 2, 2, 3]);
/// ```
#[must_use]
pub fn power_depth(k: usize) -> usize {
    ceil_log2(k.max(1))
}

/// Adds an index, and those that its `T_k` is computed from, to the indices that are needed.
fn require(index: usize, needed: &mut Vec<usize>) {
    if index > 1 && !needed.contains(&index) {
        needed.push(index);
        let (a, b) = split_degree(index);
        require(a, needed);
        require(b, needed);
    }
}

/// Divides a series of leading coefficient 1 and degree `2^depth`. `baby` is the limit of
/// [`general_sum`].
fn monic_sum(p: &[f64], depth: usize, baby: usize) -> Option<Sum> {
    let giant = (p.len() - 1) / 2;
    let (mut quotient, remainder) = divide(p, giant);
    // the leading term of the quotient is 2 T_giant, and the product is a square
    quotient.pop();
    let mut sum = general_sum(&remainder, depth, baby)?;
    sum.products.push(Product {
        quotient: general_sum(&quotient, depth - 1, baby)?,
        giant,
        squared: true,
    });
    Some(sum)
}

/// Divides any series until the remainders are sums of `T_k` with k below `baby`, as far as `depth`
/// allows. Returns `None` if the series needs more levels.
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

/// Divides `p = quotient T_h + remainder`, for a degree from h to 2h. The remainder's degree is
/// below h.
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

/// Removes leading coefficients that are zero.
fn trim(p: &mut Vec<f64>) {
    while p.last() == Some(&0.0) {
        p.pop();
    }
}

/// Returns `ceil(log2 n)` for `n >= 1`.
fn ceil_log2(n: usize) -> usize {
    (usize::BITS - (n - 1).leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Computes the levels that a sum needs from the levels of its terms and products.
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
        assert_eq!(power_depth(usize::MAX), usize::BITS as usize);
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
        // known counts, such as one square for x^2
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
    fn constants_have_no_schedule_and_tiny_factors_are_not_divided_by() {
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
            let unit = crate::interval::Interval::symmetric(1.0).expect("an interval");
            let expected = crate::series::Series::new(unit, coefficients).at(t);
            prop_assert!((schedule.at(t) - expected).abs() < 1e-8);
            prop_assert!(depth(&schedule.sum) <= schedule.depth);
            // each power is computed from earlier ones
            for (i, k) in schedule.powers.iter().enumerate() {
                let (a, b) = split_degree(*k);
                for made in [a, b] {
                    prop_assert!(made <= 1 || schedule.powers[..i].contains(&made));
                }
                prop_assert!(power_depth(*k) > power_depth(a));
            }
        }
    }
}
