//! Primes `p = 1 mod 2N`, the moduli that have a negacyclic NTT.

use crate::RingError;

/// Whether `n` is prime: Miller-Rabin with the bases 2, 7, 61, exact below 4,759,123,141
/// (Jaeschke 1993), that is for every `u32`.
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
        let mut witness = x != 1 && x != m - 1;
        let mut r = 1;
        while witness && r < s {
            x = x * x % m;
            witness = x != m - 1;
            r += 1;
        }
        if witness {
            return false;
        }
    }
    true
}

/// The `count` largest primes below `2^bits` that are 1 modulo `2^(log_n + 1)`, largest first.
///
/// # Errors
/// [`RingError::TooFewPrimes`] if there are not that many with exactly `bits` bits (`bits <= 30`).
pub fn ntt_primes_below(bits: u32, log_n: u32, count: usize) -> Result<Vec<u32>, RingError> {
    let mut found = Vec::with_capacity(count);
    if (2..=30).contains(&bits) && log_n + 1 < bits {
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
}
