//! Which of a host's pending updates a plan takes, and why the others stay out.

use std::cmp::Ordering;

use basis::Subject;
use formats::versions::debian;

use super::plan::LeftOut;

/// What the requester chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every security update.
    Security,
    /// These packages, wherever they have an update.
    Packages(Vec<String>),
    /// The fixes of chosen findings.
    Fixes(Vec<Fix>),
}

/// The fix of one finding on one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Which asset.
    pub asset: Subject,
    /// The installed package.
    pub package: String,
    /// The first version without the flaw; none where the publisher names none.
    pub fixed: Option<String>,
}

/// A newer version of an installed package, as the host offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The package, with `:architecture` for a foreign one.
    pub package: String,
    /// The version offered.
    pub candidate: String,
    /// Whether its publisher calls it a security update.
    pub is_security: bool,
    /// What stands in its way.
    pub hindrance: Option<Hindrance>,
}

words!(
    /// What stands in the way of an update.
    Hindrance, "hindrance":
    /// Somebody put the package on hold.
    Held = "held",
    /// Its publisher hands it out to other hosts first.
    Phased = "phased",
    /// It is for hosts with a paid subscription.
    NeedsEntitlement = "needs_entitlement",
    /// The package manager keeps it back and does not say why.
    KeptBack = "kept_back",
);

impl Hindrance {
    fn reason(self) -> &'static str {
        match self {
            Hindrance::Held => "it is on hold on this host",
            Hindrance::Phased => "its publisher serves other hosts first",
            Hindrance::NeedsEntitlement => "its fix is for subscribed hosts",
            Hindrance::KeptBack => "the package manager keeps it back",
        }
    }
}

/// Why a package that was named stays out where there is nothing to take.
const NOT_OFFERED: &str = "no repository of this host offers a newer version";

/// What is taken on one host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Packages and exact versions, by name.
    pub taken: Vec<(String, String)>,
    /// What was meant and cannot be taken, by name.
    pub left_out: Vec<LeftOut>,
}

/// Chooses among the `updates` of `asset`.
pub fn choose(selection: &Selection, asset: &Subject, updates: &[Update]) -> Choice {
    let mut choice = Choice::default();
    match selection {
        Selection::Security => {
            updates
                .iter()
                .filter(|update| update.is_security)
                .for_each(|update| choice.take(update));
        }
        Selection::Packages(names) => {
            for name in names {
                let mut offered = updates
                    .iter()
                    .filter(|update| is_same(name, &update.package))
                    .peekable();
                if offered.peek().is_none() {
                    choice.leave(name, NOT_OFFERED);
                }
                offered.for_each(|update| choice.take(update));
            }
        }
        Selection::Fixes(fixes) => {
            for fix in fixes.iter().filter(|fix| fix.asset == *asset) {
                choice.take_fix(fix, updates);
            }
        }
    }
    choice.taken.sort();
    choice.taken.dedup();
    choice
        .left_out
        .sort_by(|a, b| (&a.package, &a.reason).cmp(&(&b.package, &b.reason)));
    choice.left_out.dedup();
    choice
}

/// A name without an architecture stands for every architecture.
fn is_same(name: &str, package: &str) -> bool {
    name == package || package.split_once(':').is_some_and(|(bare, _)| bare == name)
}

impl Choice {
    fn leave(&mut self, package: &str, reason: impl Into<String>) {
        self.left_out.push(LeftOut {
            package: package.to_owned(),
            reason: reason.into(),
        });
    }

    fn take(&mut self, update: &Update) {
        match update.hindrance {
            Some(hindrance) => self.leave(&update.package, hindrance.reason()),
            None => self
                .taken
                .push((update.package.clone(), update.candidate.clone())),
        }
    }

    fn take_fix(&mut self, fix: &Fix, updates: &[Update]) {
        let mut offered = updates
            .iter()
            .filter(|update| is_same(&fix.package, &update.package))
            .peekable();
        if offered.peek().is_none() {
            self.leave(&fix.package, NOT_OFFERED);
        }
        for update in offered {
            let fixed = fix.fixed.as_deref().unwrap_or_default();
            if debian::compare(&update.candidate, fixed) == Ordering::Less {
                let reason = format!("the host offers {}, the fix is in {fixed}", update.candidate);
                self.leave(&update.package, reason);
            } else {
                self.take(update);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(package: &str, is_security: bool, hindrance: Option<Hindrance>) -> Update {
        Update {
            package: package.to_owned(),
            candidate: "2".to_owned(),
            is_security,
            hindrance,
        }
    }

    fn asset() -> Subject {
        Subject::parse("AST-0001").unwrap()
    }

    fn taken(choice: &Choice) -> Vec<&str> {
        choice.taken.iter().map(|(package, _)| package.as_str()).collect()
    }

    #[test]
    fn each_selection_takes_what_it_says_and_names_what_cannot_be_taken() {
        let updates = [
            update("b", true, None),
            update("a", false, None),
            update("h", true, Some(Hindrance::Held)),
            update("lib:i386", false, None),
        ];
        let security = choose(&Selection::Security, &asset(), &updates);
        assert_eq!(taken(&security), ["b"]);
        assert_eq!(security.left_out[0].reason, "it is on hold on this host");
        let named = choose(
            &Selection::Packages(vec!["lib".into(), "a".into(), "none".into()]),
            &asset(),
            &updates,
        );
        assert_eq!(taken(&named), ["a", "lib:i386"]);
        assert_eq!(
            named.left_out.len(),
            1,
            "a name that nothing answers to is told, not skipped"
        );
        assert_eq!(
            (
                named.left_out[0].package.as_str(),
                named.left_out[0].reason.as_str()
            ),
            ("none", NOT_OFFERED)
        );
    }

    #[test]
    fn a_fix_is_taken_only_on_its_asset_and_only_in_a_version_that_holds_it() {
        let updates = [update("a", true, None), update("b", true, None)];
        let fix = |asset: &str, package: &str, fixed: &str| Fix {
            asset: Subject::parse(asset).unwrap(),
            package: package.to_owned(),
            fixed: Some(fixed.to_owned()),
        };
        let fixes = Selection::Fixes(vec![
            fix("AST-0001", "a", "2"),
            fix("AST-0001", "b", "3"),
            fix("AST-0002", "b", "2"),
            fix("AST-0001", "gone", "2"),
        ]);
        let choice = choose(&fixes, &asset(), &updates);
        assert_eq!(taken(&choice), ["a"]);
        let left: Vec<&str> = choice.left_out.iter().map(|left| left.package.as_str()).collect();
        assert_eq!(left, ["b", "gone"]);
    }
}
