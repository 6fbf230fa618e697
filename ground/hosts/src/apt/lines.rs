//! Reads what `apt-get -s` says that it would do.

use serde::{Deserialize, Serialize};

/// Most lines that count; an upgrade of a whole release has about 6,000.
const CHANGES_MAX: usize = 50_000;

/// What a change would do to a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// Every package that would be touched, also those that nobody named.
    pub changes: Vec<SimulatedChange>,
    /// Why apt would not do it (`E:` lines); empty if it would.
    pub refusals: Vec<String>,
    /// What apt remarks, such as a named package that is not installed.
    pub remarks: Vec<String>,
}

/// One package that would be touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedChange {
    /// Its name, with `:architecture` for a foreign one.
    pub package: String,
    /// The version that is installed; none for a new package.
    pub from: Option<String>,
    /// The version that would be installed; none for a removal.
    pub to: Option<String>,
}

impl Simulation {
    /// Whether apt would do exactly the named changes and nothing else.
    pub fn does_exactly(&self, packages: &[crate::Exact]) -> bool {
        self.refusals.is_empty()
            && self.changes.len() == packages.len()
            && self.changes.iter().all(|change| {
                packages.iter().any(|exact| {
                    let named =
                        exact.package.as_str() == change.package || exact.package.name() == change.package;
                    named && change.to.as_deref() == Some(exact.version.as_str())
                })
            })
    }
}

/// Reads the whole output of a simulation.
pub(crate) fn read_simulation(stdout: &str, stderr: &str) -> Simulation {
    let starting = |mark: &str| -> Vec<String> {
        let lines = stderr.lines().filter_map(|line| line.strip_prefix(mark));
        lines.map(|line| line.trim().to_owned()).collect()
    };
    let skipped = stdout
        .lines()
        .filter(|line| line.starts_with("Skipping ") || line.contains("is already the newest"));
    let mut remarks = starting("W:");
    remarks.extend(skipped.map(str::to_owned));
    Simulation {
        changes: simulated_changes(stdout),
        refusals: starting("E:"),
        remarks,
    }
}

/// Reads the lines `Inst name [old] (new …)`, `Inst name (new …)` and `Remv name [old]`.
pub(crate) fn simulated_changes(stdout: &str) -> Vec<SimulatedChange> {
    stdout.lines().filter_map(change).take(CHANGES_MAX).collect()
}

fn change(line: &str) -> Option<SimulatedChange> {
    let mut words = line.split_whitespace();
    let verb = words
        .next()
        .filter(|verb| matches!(*verb, "Inst" | "Remv" | "Purg"))?;
    let package = words.next()?.to_owned();
    let rest: Vec<&str> = words.collect();
    let in_brackets = |word: &&str| {
        word.strip_prefix('[')
            .map(|word| word.trim_end_matches(']').to_owned())
    };
    let from = rest.first().and_then(in_brackets);
    let to = rest
        .iter()
        .find_map(|word| word.strip_prefix('('))
        .map(|word| word.trim_end_matches(')').to_owned());
    Some(SimulatedChange {
        package,
        from,
        to: to.filter(|_| verb == "Inst"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exact;

    const TEXT: &str = "Reading package lists...\n\
        Inst labpkg002 [1.0-1] (1.0-1+deb12u1 Lab-Security:12/oldstable-security [all])\n\
        Inst perl [5.36.0-7+deb12u2] (5.36.0-7+deb12u3 Debian:12.11/oldstable, Debian-Security:12/s [amd64]) [perl:amd64 ]\n\
        Inst new (1.0 Lab:12/oldstable [all])\nRemv old [0.9]\nConf labpkg002 (1.0-1+deb12u1 Lab [all])\n";

    #[test]
    fn upgrades_additions_and_removals_are_told_apart() {
        let rows: Vec<String> = simulated_changes(TEXT)
            .iter()
            .map(|c| {
                format!(
                    "{} {:?} {:?}",
                    c.package,
                    c.from.as_deref().unwrap_or("-"),
                    c.to.as_deref().unwrap_or("-")
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "labpkg002 \"1.0-1\" \"1.0-1+deb12u1\"",
                "perl \"5.36.0-7+deb12u2\" \"5.36.0-7+deb12u3\"",
                "new \"-\" \"1.0\"",
                "old \"0.9\" \"-\""
            ]
        );
    }

    #[test]
    fn a_package_that_nobody_named_makes_it_another_change() {
        let one = "Inst labpkg002 [1.0-1] (1.0-1+deb12u1 L [all])\n";
        let exact = [Exact::parse("labpkg002", "1.0-1+deb12u1").unwrap()];
        assert!(read_simulation(one, "").does_exactly(&exact));
        assert!(!read_simulation(TEXT, "").does_exactly(&exact));
        assert!(!read_simulation("", "").does_exactly(&exact));
        let refused = read_simulation(one, "E: Version '9' for 'x' was not found\n");
        assert!(!refused.does_exactly(&exact));
        assert_eq!(refused.refusals, ["Version '9' for 'x' was not found"]);
    }
}
