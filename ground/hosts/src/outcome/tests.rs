//! Every outcome, from states as a host would give them.

use super::*;

/// A state with these packages: name, version, status letters.
fn state(packages: &[(&str, &str, &str)], upgrade: &str) -> HostState {
    let list: String = packages
        .iter()
        .map(|(name, version, status)| format!("{name}\tall\t{version}\t{name}\t{version}\t{status}\n"))
        .collect();
    let policy: String = packages
        .iter()
        .map(|(name, version, _)| {
            format!(
                "{name}:\n  Installed: {version}\n  Candidate: 3\n  Version table:\n     3 500\n        500 x s/main a P\n"
            )
        })
        .collect();
    let parts = [
        ("os-release", "ID=debian\n"),
        ("identity", "6.1.0\n#1\nx86_64\nhost\n0\n1790000000\n"),
        ("architecture", "amd64\n"),
        ("dpkg", &list),
        ("upgrade", upgrade),
        ("dist-upgrade", ""),
        (
            "apt-releases",
            " 500 x s/main a P\n     release o=L,a=s,n=s,l=L\n",
        ),
        ("apt-policy", &policy),
    ];
    let mut text: String = parts
        .iter()
        .map(|(name, body)| format!("@tagout {name} 0 {}\n{body}\n", body.len()))
        .collect();
    text += "@tagout end 0 0\n\n";
    crate::collect::read_state(text.as_bytes()).unwrap()
}

fn verdict(
    change: &Apply,
    before: (&str, &str),
    after: (&str, &str),
    transcript: &str,
    simulation: &str,
) -> PackageOutcome {
    let before = state(&[("p", before.0, before.1)], "");
    let after = state(&[("p", after.0, after.1)], simulation);
    judge(&before, &after, transcript, change).remove(0)
}

fn to(version: &str) -> Apply {
    Apply::upgrade(vec![Exact::parse("p", version).unwrap()], "CHG-0001").unwrap()
}

const POSTINST: &str = "dpkg: error processing package p-conf (--configure):\n other\n\
    dpkg: error processing package p (--configure):\n installed p package post-installation script subprocess returned \
    error exit status 1\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n";
const PROMPT: &str =
    "dpkg: error processing package p (--configure):\n end of file on stdin at conffile prompt\n";
const DEFERRED: &str = "The following upgrades have been deferred due to phasing:\n  p\n0 upgraded\n";
const SUBSCRIBED: &str = "The following security updates require Ubuntu Pro with 'esm-infra' enabled:\n  p\n";

#[test]
fn each_package_is_judged_by_what_it_was_and_is() {
    let upgrade = to("2");
    let rows = [
        ("1", "ii ", "2", "ii ", "", "", Outcome::Fixed, "it is at 2"),
        (
            "1",
            "ii ",
            "2.1",
            "ii ",
            "",
            "",
            Outcome::Fixed,
            "it is at 2.1, which is newer than 2",
        ),
        (
            "2",
            "ii ",
            "2",
            "ii ",
            "",
            "",
            Outcome::AlreadyFixed,
            "it was at 2 before",
        ),
        (
            "3",
            "ii ",
            "3",
            "ii ",
            "",
            "",
            Outcome::AlreadyFixed,
            "it was at 3 before, which is newer than 2",
        ),
        ("2", "iF ", "2", "ii ", "", "", Outcome::Fixed, "it is at 2"),
        (
            "1",
            "hi ",
            "1",
            "hi ",
            "E: Held packages were changed",
            "",
            Outcome::Held,
            "it is on hold",
        ),
        (
            "1",
            "ii ",
            "1",
            "ii ",
            "",
            DEFERRED,
            Outcome::Phased,
            "its publisher serves",
        ),
        (
            "1",
            "ii ",
            "1",
            "ii ",
            "",
            SUBSCRIBED,
            Outcome::NeedsEntitlement,
            "its fix is for",
        ),
        (
            "1",
            "ii ",
            "1",
            "ii ",
            "E: Version '2' for 'p' was not found",
            "",
            Outcome::NotOffered,
            "Version '2' for",
        ),
        (
            "1",
            "ii ",
            "2",
            "iU ",
            PROMPT,
            "",
            Outcome::Conffile,
            "end of file on stdin at conffile prompt",
        ),
        (
            "1",
            "ii ",
            "2",
            "iF ",
            POSTINST,
            "",
            Outcome::HalfConfigured,
            "it is half configured: dpkg: error processing package p (--configure): installed p package post",
        ),
        (
            "1",
            "ii ",
            "2",
            "iU ",
            "",
            "",
            Outcome::HalfConfigured,
            "it is unpacked but not configured: nothing in",
        ),
        (
            "1",
            "ii ",
            "1",
            "ii ",
            "E: Could not get lock /var/lib/dpkg/lock-frontend",
            "",
            Outcome::Failed,
            "E: Could not get lock",
        ),
        (
            "1",
            "ii ",
            "1",
            "ii ",
            "",
            "",
            Outcome::Failed,
            "nothing in the transcript",
        ),
    ];
    for (was, was_status, is, is_status, transcript, simulation, outcome, reason) in rows {
        let given = verdict(
            &upgrade,
            (was, was_status),
            (is, is_status),
            transcript,
            simulation,
        );
        assert_eq!(
            given.outcome, outcome,
            "{was} {is} {transcript}: {}",
            given.reason
        );
        assert!(given.reason.starts_with(reason), "{}", given.reason);
        assert_eq!((given.before.as_str(), given.after.as_str()), (was, is));
    }
}

#[test]
fn a_failed_exit_does_not_spoil_a_package_that_was_upgraded() {
    let failed_for_another = "E: Sub-process /usr/bin/dpkg returned an error code (1)\n";
    let given = verdict(&to("2"), ("1", "ii "), ("2", "ii "), failed_for_another, "");
    assert_eq!(given.outcome, Outcome::Fixed);
}

#[test]
fn a_rollback_is_good_only_at_the_very_version() {
    let back = Apply::downgrade(vec![Exact::parse("p", "1").unwrap()], "CHG-0001").unwrap();
    assert_eq!(
        verdict(&back, ("2", "ii "), ("1", "ii "), "", "").outcome,
        Outcome::Fixed
    );
    assert_eq!(
        verdict(&back, ("2", "ii "), ("2", "ii "), "", "").outcome,
        Outcome::Failed
    );
    assert_eq!(
        verdict(&back, ("1", "ii "), ("1", "ii "), "", "").outcome,
        Outcome::AlreadyFixed
    );
    let gone = verdict(
        &back,
        ("2", "ii "),
        ("2", "ii "),
        "E: Version '1' for 'p' was not found\n",
        "",
    );
    assert_eq!(gone.outcome, Outcome::NotOffered);
}

#[test]
fn a_package_that_is_not_there_was_not_offered() {
    let none = state(&[("q", "1", "ii ")], "");
    let given = judge(&none, &none, "", &to("2")).remove(0);
    assert_eq!((given.outcome, given.after.as_str()), (Outcome::NotOffered, ""));
}
