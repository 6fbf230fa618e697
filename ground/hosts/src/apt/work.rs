//! Changes packages to exact versions, as a job that outlives the connection.

use crate::jobs::{self, JobId, Work};
use crate::{Exact, Host, HostError};

const APPLY: &str = include_str!("apply.sh");
/// How long apt waits for somebody else's lock.
const LOCK_WAIT_S: u32 = 300;
/// Most packages in one change.
pub const PACKAGES_MAX: usize = 2_000;
/// Longest comment, such as the change's id.
const COMMENT_CHARS_MAX: usize = 100;

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To newer versions, of installed packages only.
    Upgrade,
    /// Back to older versions: a rollback.
    Downgrade,
}

/// A change of packages to exact versions. Packages that nobody named are never removed; what else apt would add shows
/// in [`super::simulate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apply {
    // INVARIANT: one to PACKAGES_MAX packages; the comment holds only letters, digits, `-`, `_` and spaces.
    packages: Vec<Exact>,
    direction: Direction,
    comment: String,
}

impl Apply {
    /// A change to newer versions. `comment` goes into apt's own history: the change's id.
    ///
    /// # Errors
    /// [`HostError::Unusable`] for no or too many packages, or a comment with other characters.
    pub fn upgrade(packages: Vec<Exact>, comment: &str) -> Result<Self, HostError> {
        Self::new(packages, Direction::Upgrade, comment)
    }

    /// A change back to older versions.
    ///
    /// # Errors
    /// As [`Apply::upgrade`].
    pub fn downgrade(packages: Vec<Exact>, comment: &str) -> Result<Self, HostError> {
        Self::new(packages, Direction::Downgrade, comment)
    }

    fn new(packages: Vec<Exact>, direction: Direction, comment: &str) -> Result<Self, HostError> {
        if packages.is_empty() || packages.len() > PACKAGES_MAX {
            let value = format!("{} packages", packages.len());
            return Err(HostError::unusable(&value, "a change of 1 to 2000 packages"));
        }
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ');
        if comment.len() > COMMENT_CHARS_MAX || !comment.chars().all(good) {
            return Err(HostError::unusable(
                comment,
                "a comment of up to 100 letters, digits, dashes and spaces",
            ));
        }
        Ok(Self {
            packages,
            direction,
            comment: comment.to_owned(),
        })
    }

    /// What is to be at which version.
    pub fn packages(&self) -> &[Exact] {
        &self.packages
    }

    /// Which way it goes.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The arguments of `apt-get`, the same for trying and for doing.
    pub(super) fn arguments(&self) -> Vec<String> {
        let way = match self.direction {
            Direction::Upgrade => "--only-upgrade",
            Direction::Downgrade => "--allow-downgrades",
        };
        let settings = [
            format!("DPkg::Lock::Timeout={LOCK_WAIT_S}"),
            // A changed configuration file stays; dpkg writes the new one beside it.
            "Dpkg::Options::=--force-confdef".to_owned(),
            "Dpkg::Options::=--force-confold".to_owned(),
            format!("APT::History::Comment={}", self.comment),
            "Acquire::Retries=3".to_owned(),
        ];
        let mut words = [
            "install",
            "-y",
            "-q",
            "--no-remove",
            "--no-install-recommends",
            way,
        ]
        .map(String::from)
        .to_vec();
        for setting in settings {
            words.extend(["-o".to_owned(), setting]);
        }
        words.push("--".to_owned());
        words.extend(self.packages.iter().map(Exact::to_string));
        words
    }
}

/// Starts the change on the host as the job `job`, or attaches to it if it was started before: with one id nothing is
/// ever applied twice, whatever breaks in between. Follow it with [`jobs::poll`].
///
/// # Errors
/// [`HostError::JobDiffers`] if the id was used for another change; otherwise as [`Host::run`].
pub fn start(host: &Host, job: &JobId, change: &Apply) -> Result<(), HostError> {
    let kind = match change.direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    };
    let request = change.arguments();
    jobs::start(
        host,
        job,
        &Work {
            kind,
            steps: APPLY,
            request: &request,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(count: usize) -> Vec<Exact> {
        (0..count)
            .map(|n| Exact::parse(&format!("p{n}"), "1").unwrap())
            .collect()
    }

    #[test]
    fn a_change_names_one_to_two_thousand_packages() {
        assert!(Apply::upgrade(exact(0), "CHG-0001").is_err());
        assert!(Apply::upgrade(exact(PACKAGES_MAX), "CHG-0001").is_ok());
        assert!(Apply::upgrade(exact(PACKAGES_MAX + 1), "CHG-0001").is_err());
    }

    #[test]
    fn a_comment_cannot_carry_another_setting() {
        for bad in ["a\nb", "a;b", "a=b", "a\"b", &"a".repeat(COMMENT_CHARS_MAX + 1)] {
            assert!(Apply::upgrade(exact(1), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_is_removed_and_only_a_rollback_may_go_back() {
        let words = |change: Result<Apply, HostError>| change.unwrap().arguments().join(" ");
        let upgrade = words(Apply::upgrade(exact(1), "CHG-0001"));
        assert!(
            upgrade.contains("--no-remove")
                && upgrade.contains("--only-upgrade")
                && upgrade.ends_with("-- p0=1")
        );
        assert!(!upgrade.contains("downgrades"));
        assert!(words(Apply::downgrade(exact(1), "CHG-0001")).contains("--allow-downgrades"));
    }
}
