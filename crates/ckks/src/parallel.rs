//! Many threads or one, behind the same functions.

use crate::busy::counted;

/// `f(0), f(1), .. f(n - 1)`, on rayon's threads with the feature `parallel`.
#[cfg(feature = "parallel")]
pub(crate) fn map<T: Send>(n: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    use rayon::prelude::*;
    (0..n).into_par_iter().map(|i| counted(|| f(i))).collect()
}

/// `f(0), f(1), .. f(n - 1)`, on rayon's threads with the feature `parallel`.
#[cfg(not(feature = "parallel"))]
pub(crate) fn map<T: Send>(n: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    (0..n).map(|i| counted(|| f(i))).collect()
}

/// `f(i, item)` for each item, on rayon's threads with the feature `parallel`.
#[cfg(feature = "parallel")]
pub(crate) fn each<T: Send>(items: impl Iterator<Item = T>, f: impl Fn(usize, T) + Send + Sync) {
    use rayon::prelude::*;
    let items: Vec<T> = items.collect();
    items
        .into_par_iter()
        .enumerate()
        .for_each(|(i, item)| counted(|| f(i, item)));
}

/// `f(i, item)` for each item, on rayon's threads with the feature `parallel`.
#[cfg(not(feature = "parallel"))]
pub(crate) fn each<T: Send>(items: impl Iterator<Item = T>, f: impl Fn(usize, T) + Send + Sync) {
    items
        .enumerate()
        .for_each(|(i, item)| counted(|| f(i, item)));
}
