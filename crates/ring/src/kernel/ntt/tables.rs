//! Tables of twiddle factors, laid out for one backend.
//!
//! The unsafe code of the transforms relies on [`NttTables::new`], which makes lists of the lengths
//! that its backend reads. Only this module fills the fields.

use crate::{
    aligned_vec::AlignedVec,
    backend::Backend,
    degree::check_log_n,
    error::RingError,
    modulus::{Modulus, Shoup},
};

/// The multiple of q that a word can hold, for a modulus with lazy reductions.
pub(super) const HEADROOM: u32 = 16;

/// The multiple of q that bounds the input of the forward transform, for such a modulus.
pub(super) const LAZY_INPUT: u32 = HEADROOM / 2;

/// Powers of a primitive 2N-th root of unity modulo one prime, in the order in which the transforms
/// of one backend read them.
pub(crate) struct NttTables {
    modulus: Modulus,
    log_n: u32,
    backend: Backend,
    /// All powers, in bit-reversed order: N of them.
    pub(super) forward: Twiddles,
    pub(super) inverse: Twiddles,
    /// Twiddles of the layers with strides below a vector, in the order in which the kernel reads
    /// them.
    pub(super) forward_small: Twiddles,
    pub(super) inverse_small: Twiddles,
    /// 1/N.
    pub(super) scale: Shoup,
    /// 1/N times the last inverse twiddle.
    pub(super) scaled_root: Shoup,
}

/// Fixed factors and their Shoup constants, in two parallel lists.
pub(super) struct Twiddles {
    pub(super) w: AlignedVec,
    pub(super) ws: AlignedVec,
}

impl Twiddles {
    fn from_residues(m: &Modulus, w: &[u32]) -> Self {
        let ws: Vec<u32> = w.iter().map(|&w| m.shoup(w).ws).collect();
        let [w, ws] = [w, &ws].map(AlignedVec::from);
        Self { w, ws }
    }
}

impl NttTables {
    /// Computes the tables of degree 2^`log_n` and modulus `q`, laid out for `backend`.
    ///
    /// # Errors
    /// [`RingError::Degree`] if `log_n` is outside 8 ..= 16, [`RingError::NotPrime`] if `q` is not
    /// an odd prime below 2^30, [`RingError::NotNttFriendly`] if `q` is not 1 modulo 2N.
    pub(crate) fn new(log_n: u32, q: u32, backend: Backend) -> Result<Self, RingError> {
        check_log_n(log_n)?;
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

    pub(crate) fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// Returns the ring degree N.
    pub(crate) fn degree(&self) -> usize {
        1 << self.log_n
    }

    /// Returns the backend that the tables are laid out for.
    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    /// Returns `psi^(N/2)`, a square root of -1, for the root of unity `psi` of the tables.
    pub(crate) fn root_of_minus_one(&self) -> u32 {
        self.forward.w[1]
    }

    /// Returns whether butterflies may leave their sums unreduced: a word holds [`HEADROOM`]
    /// multiples of q.
    pub(super) fn is_lazy(&self) -> bool {
        self.modulus.value() < 1 << 28
    }

    /// Returns the multiple of q that the input of the forward transform must be below.
    pub(crate) fn input_bound(&self) -> u32 {
        if self.is_lazy() { LAZY_INPUT } else { 1 }
    }
}

/// Returns the primitive root of unity of order `two_n`, a power of two that divides q - 1, which
/// comes from the smallest possible generator.
fn primitive_root_of_unity(m: &Modulus, two_n: u32) -> u32 {
    let cofactor = (m.value() - 1) / two_n;
    (2..m.value())
        .map(|g| m.pow(g, cofactor))
        .find(|&root| m.pow(root, two_n / 2) == m.value() - 1)
        .expect("half of all residues are non-squares, and any non-square gives such a root")
}
