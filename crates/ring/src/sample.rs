//! Randomness: every distribution of the scheme, from ChaCha20 streams.
//!
//! Secret distributions (ternary, centred binomial) use no table and no branch on a sampled value.

use chacha20::ChaCha20Rng;
use rand_core::Rng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::kernel::chacha::{self, BLOCK, BLOCKS, Draw, WORDS};
use crate::{Backend, Basis, Ntt, Poly, SubRing};

/// The key of a ChaCha20 stream.
pub type Seed = [u8; 32];

/// Bits on each side of the centred binomial distribution; its variance is half of this.
const BINOMIAL_BITS: u32 = 21;

/// Variance of [`centred_binomial`]: 10.5, a standard deviation of 3.24.
pub const ERROR_VARIANCE: f64 = BINOMIAL_BITS as f64 / 2.0;

/// N small signed coefficients; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SmallPoly {
    coefficients: Vec<i8>,
}

impl SmallPoly {
    /// The coefficients, `X^0` first.
    pub fn coefficients(&self) -> &[i8] {
        &self.coefficients
    }
}

/// `n` coefficients, uniform on {-1, 0, 1}: two bits each, drawn again where both are set, so that
/// the time taken depends on the discarded bits only.
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
    SmallPoly { coefficients }
}

/// A ChaCha20 stream, the words of which are drawn many blocks at a time; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Stream {
    seed: Seed,
    number: u64,
    /// The next block.
    counter: u64,
}

impl Stream {
    /// The stream of that number under a seed, from its first word on.
    pub fn new(seed: &Seed, number: u64) -> Self {
        Self {
            seed: *seed,
            number,
            counter: 0,
        }
    }

    /// The next words, masked.
    fn draw(&mut self, backend: Backend, mask: u32, out: &mut Draw) {
        chacha::blocks(backend, &self.seed, self.number, self.counter, mask, out);
        self.counter += BLOCKS as u64;
    }
}

/// `n` coefficients, centred binomial with variance [`ERROR_VARIANCE`], in constant time. Two words each, and
/// what is left of the last draw is not used.
pub fn centred_binomial(n: usize, stream: &mut Stream) -> SmallPoly {
    let (backend, side) = (Backend::fastest(), (1 << BINOMIAL_BITS) - 1);
    let mut draw = Zeroizing::new(Draw::EMPTY);
    let mut coefficients = vec![0; n];
    for some in coefficients.chunks_mut(WORDS / 2) {
        stream.draw(backend, u32::MAX, &mut draw);
        for (coefficient, [plus, minus]) in some.iter_mut().zip(draw.words.as_chunks().0) {
            let [plus, minus] = [plus, minus].map(|word: &u32| (word & side).count_ones() as i8);
            *coefficient = plus - minus;
        }
    }
    SmallPoly { coefficients }
}

/// The uniform polynomial that a public seed stands for, in the NTT domain.
///
/// `index` tells the polynomials of one seed apart. Each modulus reads its own ChaCha20 stream
/// (number `2^32 index + q`), 32 bits a try, masked to the modulus' size and drawn again when not
/// below it: what one modulus gets does not depend on which others are in the basis.
pub fn uniform(basis: &Basis, seed: &Seed, index: u32) -> Poly<Ntt> {
    let mut poly = Poly::zero(basis);
    for (i, limb) in poly.limbs_mut().enumerate() {
        uniform_limb(basis.sub_ring(i), seed, index, limb);
    }
    poly
}

/// The residues modulo one modulus of [`uniform`], as many as there is room for.
pub fn uniform_limb(table: &SubRing, seed: &Seed, index: u32, out: &mut [u32]) {
    let q = table.modulus().value();
    let mask = u32::MAX >> q.leading_zeros();
    let mut stream = Stream::new(seed, u64::from(index) << 32 | u64::from(q));
    let (mut draw, mut rest) = (Draw::EMPTY, out);
    while !rest.is_empty() {
        stream.draw(table.backend(), mask, &mut draw);
        let blocks = draw.words.as_chunks::<BLOCK>().0;
        for (block, &largest) in blocks.iter().zip(&draw.largest) {
            // most often all of them are kept
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
