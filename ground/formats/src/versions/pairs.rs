//! What the tests of all schemes share: the laws of a total order and the pairs of the package managers' own suites.

use std::cmp::Ordering;
use std::fs;

use proptest::prelude::*;

use crate::samples;

/// Asserts that `compare` agrees with every line of a sample file of `a`, `b` and the sign of a − b.
pub fn agree(file: &str, count: usize, compare: impl Fn(&str, &str) -> Ordering) {
    let Some(path) = samples::path(&format!("versions/{file}")) else {
        return;
    };
    let text = fs::read_to_string(path).unwrap();
    let mut seen = 0;
    for line in text.lines() {
        let mut columns = line.split('\t');
        let (Some(a), Some(b), Some(sign)) = (columns.next(), columns.next(), columns.next()) else {
            panic!("{file}: bad line {line:?}");
        };
        let expected = sign.trim().parse::<i32>().unwrap().cmp(&0);
        assert_eq!(compare(a, b), expected, "{file}: {a} against {b}");
        assert_eq!(compare(b, a), expected.reverse(), "{file}: {b} against {a}");
        seen += 1;
    }
    assert_eq!(seen, count, "{file} should have {count} pairs");
}

/// Checks reflexivity, antisymmetry and transitivity on three values.
pub fn total_order(
    compare: impl Fn(&str, &str) -> Ordering,
    a: &str,
    b: &str,
    c: &str,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(compare(a, a), Ordering::Equal);
    prop_assert_eq!(compare(a, b), compare(b, a).reverse());
    if compare(a, b).is_le() && compare(b, c).is_le() {
        prop_assert!(compare(a, c).is_le(), "{:?} <= {:?} <= {:?}", a, b, c);
    }
    if compare(a, b).is_eq() {
        prop_assert_eq!(compare(a, c), compare(b, c));
    }
    Ok(())
}
