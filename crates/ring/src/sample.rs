//! Sampling: every distribution of the scheme, from ChaCha20 streams.
//!
//! The secret distributions (ternary, centred binomial) use no table and no branch on a sampled
//! value. A uniform polynomial comes from a public seed, and each modulus has a stream of its own.
//!
//! Relies on ChaCha20 (RFC 8439). Not for making seeds: the caller brings the randomness.

use chacha20::ChaCha20Rng;
use rand_core::Rng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    backend::Backend,
    basis::Basis,
    kernel::chacha::{self, BLOCK, BLOCKS, Draw, WORDS},
    poly::{Ntt, Poly},
    small_poly::SmallPoly,
    sub_ring::SubRing,
};

/// The key of a ChaCha20 stream.
pub type Seed = [u8; 32];

/// Bits on each side of the centred binomial distribution; its variance is half of this.
const BINOMIAL_BITS: u32 = 21;

/// Variance of [`centred_binomial`]: 10.5, a standard deviation of 3.24.
pub const ERROR_VARIANCE: f64 = BINOMIAL_BITS as f64 / 2.0;

/// Samples `n` coefficients, uniform on {-1, 0, 1}.
///
/// A coefficient takes two bits, and two more if both are set: the time depends on discarded bits
/// only.
///
/// ```
/// use chacha20::{ChaCha20Rng, rand_core::SeedableRng};
/// use inkognito_ring::ternary;
///
/// let mut rng = ChaCha20Rng::from_seed([7; 32]);
/// let secret = ternary(256, &mut rng);
/// assert!(secret.coefficients().iter().all(|c| (-1..=1).contains(c)));
/// ```
pub fn ternary(n: usize, rng: &mut ChaCha20Rng) -> SmallPoly {
    let mut coefficients = Vec::with_capacity(n);
    while coefficients.len() < n {
        let mut word = rng.next_u64();
        for _ in 0..32 {
            let pair = (word & 3) as i8;
            word >>= 2;
            if pair != 3 && coefficients.len() < n {
                coefficients.push(pair - 1);
            }
        }
    }
    SmallPoly::new(coefficients)
}

/// A ChaCha20 stream, whose words are drawn many blocks at a time; wiped when dropped.
///
/// ```
/// use inkognito_ring::{Stream, centred_binomial};
///
/// let mut stream = Stream::new(&[7; 32], 0);
/// let error = centred_binomial(256, &mut stream);
/// // 21 bits on each side
/// assert!(error.coefficients().iter().all(|c| c.abs() <= 21));
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Stream {
    seed: Seed,
    number: u64,
    /// The next block.
    counter: u64,
}

impl Stream {
    /// Starts stream `number` of a seed, at its first word.
    pub fn new(seed: &Seed, number: u64) -> Self {
        Self {
            seed: *seed,
            number,
            counter: 0,
        }
    }

    /// Draws the next words, each of them masked.
    fn draw(&mut self, backend: Backend, mask: u32, out: &mut Draw) {
        chacha::blocks(backend, &self.seed, self.number, self.counter, mask, out);
        self.counter += BLOCKS as u64;
    }
}

/// Samples `n` coefficients, centred binomial with variance [`ERROR_VARIANCE`], in constant time.
///
/// A coefficient takes two words. The rest of the last draw is not used, so that each call starts
/// at a block of its own.
pub fn centred_binomial(n: usize, stream: &mut Stream) -> SmallPoly {
    let (backend, side) = (Backend::fastest(), (1 << BINOMIAL_BITS) - 1);
    let mut draw = Zeroizing::new(Draw::EMPTY);
    let mut coefficients = vec![0; n];
    for chunk in coefficients.chunks_mut(WORDS / 2) {
        stream.draw(backend, u32::MAX, &mut draw);
        for (coefficient, [plus, minus]) in chunk.iter_mut().zip(draw.words.as_chunks().0) {
            let [plus, minus] = [plus, minus].map(|word: &u32| (word & side).count_ones() as i8);
            *coefficient = plus - minus;
        }
    }
    SmallPoly::new(coefficients)
}

/// Expands a public seed to a uniform polynomial in the NTT domain.
///
/// `index` distinguishes the polynomials of one seed. Each modulus reads its own ChaCha20 stream
/// (number `2^32 index + q`). It takes 32 bits a try, masked to the size of the modulus, and tries
/// again if they are not below it. The residues of one modulus therefore do not depend on the other
/// moduli of the basis.
///
/// ```
/// use inkognito_ring::{Basis, RingError, ntt_primes_below, uniform};
///
/// let basis = Basis::new(8, &ntt_primes_below(28, 8, 2)?)?;
/// let a = uniform(&basis, &[7; 32], 0);
/// assert_eq!(uniform(&basis.prefix(1), &[7; 32], 0).limb(0), a.limb(0));
/// assert_ne!(uniform(&basis, &[7; 32], 1), a);
/// # Ok::<(), RingError>(())
/// ```
pub fn uniform(basis: &Basis, seed: &Seed, index: u32) -> Poly<Ntt> {
    let mut poly = Poly::zero(basis);
    for (i, limb) in poly.limbs_mut().enumerate() {
        uniform_limb(basis.sub_ring(i), seed, index, limb);
    }
    poly
}

/// Writes the first `out.len()` residues of [`uniform`] modulo one modulus.
///
/// ```
/// use inkognito_ring::{Basis, RingError, uniform, uniform_limb};
///
/// let basis = Basis::new(8, &[7681, 12289])?;
/// let mut limb = [0; 100];
/// uniform_limb(basis.sub_ring(1), &[7; 32], 0, &mut limb);
/// assert_eq!(limb, uniform(&basis, &[7; 32], 0).limb(1)[..100]);
/// # Ok::<(), RingError>(())
/// ```
pub fn uniform_limb(sub_ring: &SubRing, seed: &Seed, index: u32, out: &mut [u32]) {
    let q = sub_ring.modulus().value();
    let mask = u32::MAX >> q.leading_zeros();
    let mut stream = Stream::new(seed, u64::from(index) << 32 | u64::from(q));
    let (mut draw, mut rest) = (Draw::EMPTY, out);
    while !rest.is_empty() {
        stream.draw(sub_ring.backend(), mask, &mut draw);
        let blocks = draw.words.as_chunks::<BLOCK>().0;
        for (block, &largest) in blocks.iter().zip(&draw.largest) {
            // most blocks are kept whole
            if largest < q && rest.len() >= BLOCK {
                let (next, others) = rest.split_at_mut(BLOCK);
                next.copy_from_slice(block);
                rest = others;
                continue;
            }
            for &word in block.iter().filter(|&&word| word < q) {
                if let Some((next, others)) = std::mem::take(&mut rest).split_first_mut() {
                    *next = word;
                    rest = others;
                }
            }
        }
    }
}
