//! The loops give the same results on one thread and on many.

use inkognito_threads::{for_each, map, with_spinning_workers};

#[test]
fn results_come_in_the_order_of_their_indices() {
    let expected: Vec<usize> = (0..1000).map(|i| i * i).collect();
    assert_eq!(map(1000, |i| i * i), expected);
    assert_eq!(
        with_spinning_workers(|| true, || map(1000, |i| i * i)),
        expected
    );
    assert_eq!(map(0, |i| i), [0; 0]);
}

#[test]
fn each_item_comes_once_with_its_number() {
    let mut items = vec![0; 1000];
    for_each(items.iter_mut(), |i, item| *item += i + 1);
    assert!(items.into_iter().eq(1..=1000));
}

#[test]
fn loops_may_be_nested() {
    let table = map(10, |i| map(10, move |j| i * j));
    for (i, row) in table.iter().enumerate() {
        assert!(row.iter().copied().eq((0..10).map(|j| i * j)));
    }
}
