//! Polynomial approximations of ReLU.
