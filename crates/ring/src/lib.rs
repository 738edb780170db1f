//! Modular arithmetic, number-theoretic transforms and RNS polynomials over 30-bit primes.
