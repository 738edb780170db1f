//! MNIST: fetched once, checked, as ndarray images.
