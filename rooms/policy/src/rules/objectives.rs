//! The assessment objectives that a rule may name: those of NIST SP 800-171A (June 2018) that maintenance and change
//! control touch. A requirement with one objective carries the letter that the CMMC guide gives it.

/// Every objective known here, without the `r2:` before it, grouped by requirement with its letters.
const KNOWN: &[(&str, &str)] = &[
    ("3.1.1", "abcdef"),
    ("3.1.2", "ab"),
    ("3.1.4", "abc"),
    ("3.1.5", "abcd"),
    ("3.1.7", "abcd"),
    ("3.1.8", "ab"),
    ("3.1.10", "abc"),
    ("3.1.11", "ab"),
    ("3.3.1", "abcdef"),
    ("3.3.2", "ab"),
    ("3.3.8", "abcdef"),
    ("3.3.9", "ab"),
    ("3.4.1", "abcdef"),
    ("3.4.3", "abcd"),
    ("3.4.4", "a"),
    ("3.4.5", "abcdefgh"),
    ("3.5.1", "abc"),
    ("3.5.2", "abc"),
    ("3.5.3", "abcd"),
    ("3.6.1", "abcdefg"),
    ("3.6.2", "abcdef"),
    ("3.7.1", "a"),
    ("3.7.2", "abcd"),
    ("3.7.4", "a"),
    ("3.7.5", "ab"),
    ("3.7.6", "a"),
    ("3.8.9", "a"),
    ("3.11.2", "abcde"),
    ("3.11.3", "ab"),
    ("3.12.2", "abc"),
    ("3.14.1", "abcdef"),
];

/// Whether `id`, such as `r2:3.4.3[c]`, is an objective known here.
pub fn is_known(id: &str) -> bool {
    let Some((requirement, letter)) = id.strip_prefix("r2:").and_then(|rest| rest.split_once('[')) else {
        return false;
    };
    let Some(letter) = letter.strip_suffix(']').filter(|letter| letter.len() == 1) else {
        return false;
    };
    KNOWN
        .iter()
        .any(|(known, letters)| *known == requirement && letters.contains(letter))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;

    fn sample_data() -> PathBuf {
        match std::env::var_os("TAGOUT_SAMPLE_DATA") {
            Some(path) => path.into(),
            None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        }
    }

    #[test]
    fn every_known_objective_is_one_of_the_assessment_guide() {
        let path = sample_data().join("requirements/r2_requirements_objectives_weights.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: no list of requirements in the sample data");
            return;
        };
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut guide = BTreeSet::new();
        for requirement in list["requirements"].as_array().unwrap() {
            for objective in requirement["objectives"].as_array().unwrap() {
                guide.insert(objective["id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(guide.len(), 320);
        for (requirement, letters) in KNOWN {
            let of_guide = guide
                .iter()
                .filter(|id| id.starts_with(&format!("{requirement}[")));
            let ours: BTreeSet<String> = letters
                .chars()
                .map(|letter| format!("{requirement}[{letter}]"))
                .collect();
            assert_eq!(ours, of_guide.cloned().collect(), "{requirement}");
        }
    }

    #[test]
    fn an_objective_is_known_only_in_its_one_spelling() {
        assert!(is_known("r2:3.4.3[c]"));
        for wrong in [
            "3.4.3[c]",
            "r2:3.4.3",
            "r2:3.4.3[e]",
            "r2:3.4.3[]",
            "r2:3.4.3[cd]",
            "r2:3.4.3[c",
            "r3:3.4.3[c]",
        ] {
            assert!(!is_known(wrong), "{wrong}");
        }
    }
}
