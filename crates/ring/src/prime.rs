//! Primes `p = 1 mod 2N`: the moduli with a negacyclic NTT.
//!
//! Relies on nothing. Not for primes above 32 bits.

use crate::error::RingError;

/// Returns whether `n` is prime.
///
/// The Miller-Rabin test with the bases 2, 7 and 61 is exact below 4,759,123,141, hence for every
/// `u32` (Jaeschke, *On strong pseudoprimes to several bases*, 1993).
///
/// ```
/// assert!(inkognito_ring::is_prime(7681));
/// assert!(!inkognito_ring::is_prime(7683));
/// ```
pub const fn is_prime(n: u32) -> bool {
    if n < 2 || n.is_multiple_of(2) {
        return n == 2;
    }
    let (s, d) = (
        (n - 1).trailing_zeros(),
        (n - 1) >> (n - 1).trailing_zeros(),
    );
    let bases = [2u64, 7, 61];
    let m = n as u64;
    let mut i = 0;
    while i < bases.len() {
        let a = bases[i] % m;
        i += 1;
        if a == 0 {
            continue;
        }
        let (mut x, mut base, mut e) = (1u64, a, d);
        while e > 0 {
            if e & 1 == 1 {
                x = x * base % m;
            }
            base = base * base % m;
            e >>= 1;
        }
        let mut composite = x != 1 && x != m - 1;
        let mut r = 1;
        while composite && r < s {
            x = x * x % m;
            composite = x != m - 1;
            r += 1;
        }
        if composite {
            return false;
        }
    }
    true
}

/// Returns the `count` largest primes below `2^bits` that are 1 modulo `2N = 2^(log_n + 1)`,
/// largest first. All of them have exactly `bits` bits.
///
/// # Errors
/// [`RingError::TooFewPrimes`] if there are fewer, as for `bits` outside 2 ..= 30.
///
/// ```
/// use inkognito_ring::{RingError, ntt_primes_below};
///
/// assert_eq!(ntt_primes_below(13, 8, 1), Ok(vec![7681]));
/// let refused = ntt_primes_below(31, 8, 1);
/// assert!(matches!(refused, Err(RingError::TooFewPrimes { found: 0, .. })));
/// ```
pub fn ntt_primes_below(bits: u32, log_n: u32, count: usize) -> Result<Vec<u32>, RingError> {
    let mut found = Vec::new();
    if (2..=30).contains(&bits) && log_n < bits - 1 {
        let step = 1u32 << (log_n + 1);
        let mut p = (1u32 << bits) - step + 1;
        while found.len() < count && p > 1 << (bits - 1) {
            if is_prime(p) {
                found.push(p);
            }
            p -= step;
        }
    }
    if found.len() < count {
        return Err(RingError::TooFewPrimes {
            bits,
            wanted: count,
            found: found.len(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_trial_division() {
        let naive = |n: u32| {
            n >= 2
                && (2..)
                    .take_while(|d| d * d <= n)
                    .all(|d| !n.is_multiple_of(d))
        };
        for n in (0..20_000).chain((1 << 30) - 2000..1 << 30) {
            assert_eq!(is_prime(n), naive(n), "{n}");
        }
        // strong pseudoprimes to base 2
        for n in [2047, 3277, 4033, 4681, 8321, 3215031751] {
            assert!(!is_prime(n), "{n}");
        }
    }

    #[test]
    fn primes_have_the_asked_size_and_residue() {
        let primes = ntt_primes_below(26, 13, 5).unwrap();
        assert!(primes.windows(2).all(|w| w[0] > w[1]));
        for p in primes {
            assert!(is_prime(p) && p % (1 << 14) == 1 && p >> 25 == 1);
        }
        assert!(matches!(
            ntt_primes_below(16, 13, 9),
            Err(RingError::TooFewPrimes { wanted: 9, .. })
        ));
    }

    #[test]
    fn refuses_sizes_and_degrees_that_no_prime_has() {
        for (bits, log_n) in [
            (0, 8),
            (1, 8),
            (31, 8),
            (u32::MAX, 8),
            (30, u32::MAX),
            (30, 31),
        ] {
            assert_eq!(
                ntt_primes_below(bits, log_n, usize::MAX),
                Err(RingError::TooFewPrimes {
                    bits,
                    wanted: usize::MAX,
                    found: 0
                })
            );
        }
    }
}
