//! Loops whose iterations run on all threads, with one API for serial and parallel builds.
//!
//! [`map`] and [`for_each`] run a closure for each index or item. [`with_spinning_workers`] lets
//! idle threads spin while such loops follow one another. [`ThreadMeter`] measures how long each
//! thread works.
//!
//! With the feature `parallel` the loops run on the threads of the current rayon pool; a browser
//! gets such a pool from `wasm-bindgen-rayon`. Without the feature every function runs on the
//! calling thread, and the results are the same.
//!
//! Not for: loops with bodies of less than about a microsecond. Each iteration costs an atomic
//! operation and an indirect call.
//!
//! ```
//! let squares = inkognito_threads::map(4, |i| i * i);
//! assert_eq!(squares, [0, 1, 4, 9]);
//!
//! let mut rows = [[1, 2], [3, 4]];
//! inkognito_threads::for_each(rows.iter_mut(), |i, row| row[i] = 0);
//! assert_eq!(rows, [[0, 2], [3, 0]]);
//! ```

mod parallel;
mod spinning;
mod thread_meter;

pub use parallel::{for_each, map};
pub use spinning::with_spinning_workers;
pub use thread_meter::ThreadMeter;

/// Runs the README's example as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
