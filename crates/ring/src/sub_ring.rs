//! Tables of the negacyclic number-theoretic transform of one prime.

use crate::{AlignedVec, Backend, Modulus, RingError, Shoup, kernel};

/// Smallest and largest log2 of the degree: AVX-512 works on blocks of 2^8 words, and a `u32`
/// indexes everything comfortably up to 2^16.
const LOG_N: (u32, u32) = (8, 16);

/// Powers of a primitive 2N-th root of unity modulo one prime, laid out for one backend.
pub struct SubRing {
    modulus: Modulus,
    log_n: u32,
    backend: Backend,
    pub(crate) forward: Twiddles,
    pub(crate) inverse: Twiddles,
    /// Twiddles of the layers with strides below a vector, in the order the kernel reads them.
    pub(crate) forward_small: Twiddles,
    pub(crate) inverse_small: Twiddles,
    /// 1/N, and 1/N times the last inverse twiddle.
    pub(crate) scale: Shoup,
    pub(crate) scaled_root: Shoup,
}

/// Fixed factors and their Shoup constants in two parallel lists.
#[derive(Default)]
pub(crate) struct Twiddles {
    pub(crate) w: AlignedVec,
    pub(crate) ws: AlignedVec,
}

impl Twiddles {
    fn from_residues(m: &Modulus, w: &[u32]) -> Self {
        let ws: Vec<u32> = w.iter().map(|&w| m.shoup(w).ws).collect();
        let [w, ws] = [w, &ws].map(AlignedVec::from);
        Self { w, ws }
    }
}

impl SubRing {
    /// The table of `q` at degree `2^log_n` for the fastest backend of this machine.
    ///
    /// # Errors
    /// A degree outside 2^8 ..= 2^16, or a `q` that is not a prime below 2^30 with `q = 1 mod 2N`.
    pub fn new(log_n: u32, q: u32) -> Result<Self, RingError> {
        Self::with_backend(log_n, q, Backend::fastest())
    }

    /// Like [`SubRing::new`] on a backend of the caller's choice; for tests and benchmarks.
    ///
    /// # Errors
    /// As [`SubRing::new`].
    ///
    /// # Panics
    /// If this machine does not have `backend`.
    pub fn with_backend(log_n: u32, q: u32, backend: Backend) -> Result<Self, RingError> {
        assert!(
            Backend::available().contains(&backend),
            "{backend:?} is not on this machine"
        );
        if !(LOG_N.0..=LOG_N.1).contains(&log_n) {
            return Err(RingError::Degree {
                log_n,
                min: LOG_N.0,
                max: LOG_N.1,
            });
        }
        let modulus = Modulus::new(q)?;
        let two_n = 2u32 << log_n;
        if q % two_n != 1 {
            return Err(RingError::NotNttFriendly { modulus: q, two_n });
        }
        let n = 1usize << log_n;
        let root = primitive_root_of_unity(&modulus, two_n);
        let powers = |g: u32| {
            let mut list = vec![0; n];
            let mut power = 1;
            for i in 0..n {
                list[i.reverse_bits() >> (usize::BITS - log_n)] = power;
                power = modulus.mul(power, g);
            }
            list
        };
        let (forward, inverse) = (powers(root), powers(modulus.inv(root)));
        let scale = modulus.inv(n as u32);
        let lanes = backend.lanes();
        let strides: Vec<usize> = (0..lanes.trailing_zeros())
            .map(|s| lanes >> (s + 1))
            .collect();
        let small = |roots: &[u32], strides: &[usize]| {
            let mut list = Vec::with_capacity(n);
            for block in (0..n / lanes).step_by(lanes) {
                for &stride in strides {
                    let groups = lanes / (2 * stride);
                    for u in 0..groups {
                        list.extend(
                            (0..lanes).map(|r| roots[(n / lanes + block + r) * groups + u]),
                        );
                    }
                }
            }
            Twiddles::from_residues(&modulus, &list)
        };
        Ok(Self {
            forward_small: small(&forward, &strides),
            inverse_small: small(&inverse, &strides.iter().rev().copied().collect::<Vec<_>>()),
            scale: modulus.shoup(scale),
            scaled_root: modulus.shoup(modulus.mul(scale, inverse[1])),
            forward: Twiddles::from_residues(&modulus, &forward),
            inverse: Twiddles::from_residues(&modulus, &inverse),
            modulus,
            log_n,
            backend,
        })
    }

    /// The prime.
    pub fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// The ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.log_n
    }

    /// The instruction set that the table is laid out for.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether a word holds 16 multiples of q, which is more than a layer of butterflies needs.
    pub(crate) fn is_lazy(&self) -> bool {
        self.modulus.q < 1 << 28
    }

    /// The multiple of q that coefficients must be below for [`SubRing::forward`].
    pub(crate) fn input_bound(&self) -> u32 {
        if self.is_lazy() {
            kernel::ntt::LAZY_INPUT
        } else {
            1
        }
    }

    /// Coefficients to values: `data[i]` becomes `f(psi^(2 bitrev(i) + 1))`. Residues in `[0, q)`
    /// in and out.
    ///
    /// # Panics
    /// If `data` is not N words long.
    pub fn forward(&self, data: &mut [u32]) {
        kernel::ntt::forward(self.backend, self, data, None);
    }

    /// As [`SubRing::forward`], of coefficients that stay where they are.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn forward_from(&self, coefficients: &[u32], out: &mut [u32]) {
        kernel::ntt::forward(self.backend, self, out, Some(coefficients));
    }

    /// The inverse of [`SubRing::forward`].
    ///
    /// # Panics
    /// If `data` is not N words long.
    pub fn inverse(&self, data: &mut [u32]) {
        kernel::ntt::inverse(self.backend, self, data, None);
    }

    /// As [`SubRing::inverse`], of values that stay where they are.
    ///
    /// # Panics
    /// If a slice is not N words long.
    pub fn inverse_from(&self, values: &[u32], out: &mut [u32]) {
        kernel::ntt::inverse(self.backend, self, out, Some(values));
    }
}

/// The smallest-generator primitive root of unity of order `two_n`, a power of two dividing q - 1.
fn primitive_root_of_unity(m: &Modulus, two_n: u32) -> u32 {
    let cofactor = (m.value() - 1) / two_n;
    (2..m.value())
        .map(|g| m.pow(g, cofactor))
        .find(|&root| m.pow(root, two_n / 2) == m.value() - 1)
        .expect("half of all residues are non-squares, and any non-square gives such a root")
}
