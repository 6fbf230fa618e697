//! When failures stop a run.

/// Whether so many failed hosts of a ring halt the run. A lost host counts as failed, and the size of a ring never
/// shrinks. Failures that a person has accepted by letting the run go on do not halt it a second time; the next one does.
pub fn halts(failed: usize, accepted: usize, ring_size: usize, halt_percent: u8) -> bool {
    failed > accepted && failed * 100 >= ring_size * usize::from(halt_percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_reached_at_its_share_and_never_without_a_failure() {
        let rows = [
            // failed, accepted, size, percent, halts
            (0, 0, 10, 10, false),
            (1, 0, 10, 10, true),
            (1, 0, 11, 10, false),
            (2, 0, 11, 10, true),
            (4, 0, 10, 41, false),
            (5, 0, 10, 41, true),
            (1, 0, 1, 100, true),
            (1, 1, 1, 1, false),
            (2, 1, 3, 1, true),
            (0, 0, 5, 0, false),
        ];
        for (failed, accepted, size, percent, expected) in rows {
            assert_eq!(
                halts(failed, accepted, size, percent),
                expected,
                "{failed} of {size} at {percent} %"
            );
        }
    }
}
