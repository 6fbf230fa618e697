//! How much of what a host says goes into the record. A host that was taken over says what it likes, and as much; all of it is
//! kept in the evidence, of which the record holds a hash.

use super::PackageResult;

/// The most lines that one step's differences have, the last of which counts what was left out.
pub const LINES_MAX: usize = 500;
/// The longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 1_000;
/// The longest reason, in bytes: several lines may stand in it.
pub const REASON_BYTES_MAX: usize = 4_000;
/// The most bytes that packages take in one step: names, versions and reasons together.
const PACKAGES_BYTES_MAX: usize = 1_000_000;
const CUT: &str = "…";

/// The text, cut between two characters where it is longer than `bytes_max`.
pub fn text(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max - CUT.len()));
        text.push_str(CUT);
    }
    text
}

/// The first lines, each cut, and how many more there were.
pub fn lines(lines: Vec<String>) -> Vec<String> {
    let count = lines.len();
    let kept = if count > LINES_MAX { LINES_MAX - 1 } else { count };
    let mut first: Vec<String> = lines
        .into_iter()
        .take(kept)
        .map(|line| text(line, LINE_BYTES_MAX))
        .collect();
    if count > kept {
        first.push(format!("and {} more", count - kept));
    }
    first
}

/// The packages, each with its words cut; where they still are too many, the last ones go without reasons.
pub fn packages(packages: Vec<PackageResult>) -> Vec<PackageResult> {
    let mut left = PACKAGES_BYTES_MAX;
    let mut bounded = |package: PackageResult| {
        let mut said = |words: String| {
            let words = text(words, LINE_BYTES_MAX.min(left.max(CUT.len())));
            left = left.saturating_sub(words.len());
            words
        };
        PackageResult {
            before: said(package.before),
            after: said(package.after),
            outcome: said(package.outcome),
            reason: said(package.reason),
            ..package
        }
    };
    packages.into_iter().map(&mut bounded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_many_lines_as_are_kept_are_kept_whole() {
        let all = |count| lines(vec!["x".repeat(LINE_BYTES_MAX); count]);
        assert_eq!(all(LINES_MAX), vec!["x".repeat(LINE_BYTES_MAX); LINES_MAX]);
        let beyond = all(LINES_MAX + 1);
        assert_eq!(
            (beyond.len(), beyond[LINES_MAX - 1].as_str()),
            (LINES_MAX, "and 2 more")
        );
    }

    proptest! {
        #[test]
        fn a_text_is_cut_at_its_limit_and_never_inside_a_character(words in "\\PC{0,40}", max in 3_usize..60) {
            let cut = text(words.clone(), max);
            prop_assert!(cut.len() <= max);
            prop_assert!(words.len() > max || cut == words);
            prop_assert!(words.starts_with(cut.trim_end_matches(CUT)));
        }
    }

    #[test]
    fn packages_take_no_more_than_their_share() {
        let package = PackageResult {
            package: "p".to_owned(),
            wanted: "1".to_owned(),
            before: String::new(),
            after: "y".repeat(5_000),
            outcome: "failed".to_owned(),
            reason: "z".repeat(5_000),
        };
        let all = packages(vec![package; 5_000]);
        assert_eq!(all.len(), 5_000);
        let bytes: usize = all.iter().map(|one| one.after.len() + one.reason.len()).sum();
        assert!(bytes < PACKAGES_BYTES_MAX + 5_000 * 16, "{bytes}");
        assert_eq!(all[0].reason.len(), LINE_BYTES_MAX);
    }
}
