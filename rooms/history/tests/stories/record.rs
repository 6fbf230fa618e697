//! Stories of the record against a real organisation: packages that strangers verify, redaction, recovery.

use std::fs;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use basis::{Actor, Class, Proven, Role, Span};
use history::{Asked, Depth, Directory};
use ledger::merkle::{leaf_hash, verify_inclusion};
use ledger::package::zip::Archive;
use ledger::package::{Files, Report, Wrong, verify};
use storage::{Organisation, Registry, Settings, Standing};

use crate::house::{SECRET, Story, change};

fn judged(story: &Story, package: &[u8]) -> Result<Report, Wrong> {
    let key = story.house.organisation.verifier_key().unwrap();
    verify(&Archive::open(std::io::Cursor::new(package))?, &key, &[])
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

/// Whether the Python verifier says yes; none where it cannot run.
fn python_says_yes(story: &Story, package: &Path) -> Option<bool> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifier/verify.py");
    let has_cryptography = Command::new("python3")
        .args(["-c", "import cryptography"])
        .stderr(Stdio::null())
        .status();
    if !program.is_file() || !has_cryptography.is_ok_and(|status| status.success()) {
        println!("skipped: no verifier/verify.py, or no python3 with the package `cryptography`");
        return None;
    }
    let key = story.house.organisation.verifier_key().unwrap().to_string();
    let output = Command::new("python3")
        .arg(program)
        .arg(package)
        .args(["--key", &key])
        .output()
        .unwrap();
    print!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.status.success())
}

#[test]
fn a_package_of_a_change_verifies_with_both_verifiers() {
    let story = Story::told();
    let package = story.package(&Asked::Change(change()));
    let report = judged(&story, &package).unwrap();
    assert_eq!(
        (
            report.decisions_checked,
            report.decisions_not_checkable,
            report.evidence_files
        ),
        (1, 0, 1)
    );
    let place = story.house.folder().join("package.zip");
    fs::write(&place, &package).unwrap();
    assert_ne!(python_says_yes(&story, &place), Some(false));
}

#[test]
fn a_package_is_the_same_bytes_each_time_it_is_fetched() {
    let story = Story::told();
    let export = history::export(
        &story.house.organisation,
        &story.auditor,
        &Asked::Change(change()),
        &[],
    )
    .unwrap();
    let first = story.fetch(&export);
    story.note("meanwhile");
    assert_eq!(first, story.fetch(&export));
}

#[test]
fn stock_ssh_keygen_checks_the_approvals_of_a_package() {
    let story = Story::told();
    story.approve_with_passkey();
    let folder = story.house.folder().join("unpacked");
    let package = story.package(&Asked::Change(change()));
    let place = story.house.folder().join("package.zip");
    fs::write(&place, &package).unwrap();
    assert_ne!(python_says_yes(&story, &place), Some(false));
    let files = Archive::open(std::io::Cursor::new(&package)).unwrap();
    for (path, _) in files.list() {
        let place = folder.join(&path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, files.read(&path).unwrap()).unwrap();
    }
    let help = fs::read_to_string(folder.join("readable/approvals/how-to-check.txt")).unwrap();
    assert!(help.contains("# signed with a passkey, which takes OpenSSH 8.4 or later to check:\nssh-keygen"));
    let commands: Vec<&str> = help
        .lines()
        .filter(|line| line.starts_with("ssh-keygen"))
        .collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.join("readable/approvals"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    // Unpacked, the directory verifies just the same.
    let key = story.house.organisation.verifier_key().unwrap();
    let report = verify(&Directory::open(&folder).unwrap(), &key, &[]).unwrap();
    assert_eq!(report.decisions_checked, 2);
    let index = fs::read_to_string(folder.join("index.html")).unwrap();
    for expected in [
        "Evidence package of CHG-0001",
        "Ben (PER-",
        "passkey",
        "approve",
        "&lt;b&gt;careful&lt;/b&gt;",
        "before.txt",
    ] {
        assert!(index.contains(expected), "{expected}");
    }
    assert!(!index.contains("<b>careful"), "what people write is no markup");
}

#[test]
fn no_package_ever_holds_a_sealed_payload() {
    let story = Story::told();
    story.accept_invitation();
    let package = story.package(&Asked::Period { from: None, to: None });
    let report = judged(&story, &package).unwrap();
    let sealed = story.sealed_texts();
    assert!(
        sealed.len() >= 7 && report.withheld.len() >= 2,
        "the story has sealed entries"
    );
    for text in sealed {
        assert!(
            !contains(&package, text.as_bytes()),
            "a sealed text is in the package"
        );
    }
}

#[test]
fn a_package_of_a_change_tells_nothing_of_another_change() {
    let story = Story::told();
    story.submit_another("reason: nobody else's business\n");
    let package = story.package(&Asked::Change(change()));
    assert!(judged(&story, &package).is_ok());
    assert!(!contains(&package, b"nobody else's business") && !contains(&package, b"CHG-0002"));
}

#[test]
fn every_period_of_the_story_verifies() {
    let story = Story::told();
    let size = story.size();
    for cut in 0..size {
        for (first, last) in [(0, cut), (cut, size - 1), (cut, (cut + 2).min(size - 1))] {
            let asked = Asked::Period {
                from: Some(first.to_string()),
                to: Some(last.to_string()),
            };
            let verdict = judged(&story, &story.package(&asked));
            assert!(verdict.is_ok(), "{first} to {last}: {verdict:?}");
        }
    }
}

#[test]
fn a_package_proves_that_the_ledger_went_on_from_a_checkpoint_that_was_kept() {
    let story = Story::told();
    let kept = history::checkpoint(&story.house.organisation, &story.auditor).unwrap();
    story.note("later");
    let package = story.package(&Asked::Change(change()));
    let key = story.house.organisation.verifier_key().unwrap();
    let files = Archive::open(std::io::Cursor::new(&package)).unwrap();
    let report = verify(&files, &key, &[kept.as_bytes().into()]).unwrap();
    assert_eq!(report.earlier_checkpoints, 1);
}

#[test]
fn a_redacted_text_is_on_no_page_and_the_package_still_verifies() {
    let story = Story::told();
    let before = story.package(&Asked::Change(change()));
    assert!(contains(&before, SECRET.as_bytes()));
    let organisation = &story.house.organisation;
    let index = story.index_of("changes.submitted");
    let asked =
        history::request_redaction(organisation, &story.owner, index, "spilled into the text").unwrap();
    let refusal = history::confirm_redaction(organisation, &story.owner, asked.redaction).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.rule.as_str()),
        (Class::Conflict, "two people")
    );
    let redacted = history::confirm_redaction(organisation, &story.second_owner, asked.redaction).unwrap();
    assert_eq!((redacted.exports.len(), redacted.left), (1, Vec::<String>::new()));
    story.house.assert_sound();
    for file in ["tagout.sqlite", "tagout.sqlite-wal"] {
        let bytes = fs::read(organisation.data().join(file)).unwrap_or_default();
        assert!(
            !contains(&bytes, SECRET.as_bytes()),
            "the text is still in {file}"
        );
    }
    let after = story.package(&Asked::Change(change()));
    assert!(!contains(&after, SECRET.as_bytes()));
    let report = judged(&story, &after).unwrap();
    assert_eq!((report.decisions_checked, report.decisions_not_checkable), (0, 1));
    assert!(
        report
            .withheld
            .iter()
            .any(|withheld| withheld.index == index && withheld.by.is_some())
    );
    let place = story.house.folder().join("redacted.zip");
    fs::write(&place, &after).unwrap();
    assert_ne!(python_says_yes(&story, &place), Some(false));
    let again = history::request_redaction(organisation, &story.owner, index, "again").unwrap_err();
    assert_eq!(again.class, Class::Conflict);
}

#[test]
fn a_redaction_asks_both_people_for_a_fresh_proof_and_destroys_nothing_before() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let index = story.index_of("changes.submitted");
    let at = organisation.now();
    story.house.wait(Span::minutes(16));
    let late = |actor: &Actor| Actor {
        proven: Proven::Before { credential: 1, at },
        ..actor.clone()
    };
    let request = |actor: &Actor| history::request_redaction(organisation, actor, index, "spilled");
    assert_eq!(request(&late(&story.owner)).unwrap_err().rule, people::STEP_UP);
    let asked = request(&story.owner).unwrap().redaction;
    let confirm = |actor: &Actor| history::confirm_redaction(organisation, actor, asked);
    let refusal = confirm(&late(&story.second_owner)).unwrap_err();
    assert_eq!(refusal.rule, people::STEP_UP);
    let holds_it = || contains(&story.package(&Asked::Change(change())), SECRET.as_bytes());
    assert!(holds_it(), "an old proof destroyed it");
    let redacted = confirm(&story.second_owner).unwrap();
    assert_eq!(redacted.left, Vec::<String>::new());
    assert!(!holds_it());
    story.house.assert_sound();
}

#[test]
fn redacting_evidence_destroys_its_file() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let index = story.index_of("evidence.added");
    let export = history::export(organisation, &story.auditor, &Asked::Change(change()), &[]).unwrap();
    let asked = history::request_redaction(organisation, &story.owner, index, "holds CUI").unwrap();
    let redacted = history::confirm_redaction(organisation, &story.second_owner, asked.redaction).unwrap();
    assert_eq!(redacted.left, Vec::<String>::new());
    story.house.assert_sound();
    let report = judged(&story, &story.package(&Asked::Change(change()))).unwrap();
    let is_told = report
        .withheld
        .iter()
        .any(|withheld| withheld.index == index && withheld.by.is_some());
    assert!(
        report.evidence_files == 0 && is_told,
        "the package says that something was destroyed"
    );
    // A package that was recorded before and not yet fetched cannot be had any more.
    let refusal = history::package(organisation, &story.auditor, export.export).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.way_out),
        (Class::Conflict, vec!["export again".to_owned()])
    );
}

#[test]
fn what_cannot_be_redacted_is_refused_with_a_reason() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let request = |index, reason: &str| {
        history::request_redaction(organisation, &story.owner, index, reason)
            .map(drop)
            .map_err(|refusal| refusal.class)
    };
    assert_eq!(
        request(story.index_of("people.invited"), "sealed"),
        Err(Class::Conflict)
    );
    assert_eq!(
        request(story.index_of("people.key_enrolled"), "nothing in it"),
        Err(Class::Conflict)
    );
    assert_eq!(
        request(story.index_of("changes.submitted"), " "),
        Err(Class::Invalid)
    );
    assert_eq!(request(1_000_000, "not there"), Err(Class::NotFound));
    let refusal = history::request_redaction(organisation, &story.auditor, 0, "may not").unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn an_export_asks_for_authority_and_for_something_to_export() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let export = |asked: &Asked| {
        history::export(organisation, &story.auditor, asked, &[])
            .map(drop)
            .map_err(|refusal| refusal.class)
    };
    let period = |from: &str, to: &str| Asked::Period {
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    };
    assert_eq!(
        export(&Asked::Change(basis::Subject::parse("CHG-0099").unwrap())),
        Err(Class::NotFound)
    );
    assert_eq!(export(&period("3", "2")), Err(Class::Invalid));
    assert_eq!(export(&period("0", "99999")), Err(Class::Invalid));
    assert_eq!(
        export(&period("2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z")),
        Err(Class::Invalid)
    );
    assert_eq!(export(&period("soon", "2")), Err(Class::Invalid));
    let technician = story.house.person("tess", &[Role::Technician]);
    let refusal = history::export(organisation, &technician, &Asked::Change(change()), &[]).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
    let made = history::export(organisation, &story.auditor, &Asked::Change(change()), &[]).unwrap();
    let refusal = history::package(organisation, &story.owner, made.export).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn entries_are_found_by_what_they_are_about_and_proven() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let about = |event_type: Option<&str>| {
        history::entries(
            organisation,
            &story.auditor,
            0,
            Some(change()),
            event_type.map(str::to_owned),
            100,
        )
        .unwrap()
        .len()
    };
    assert_eq!(
        (
            about(None),
            about(Some("changes.decided")),
            about(Some("people."))
        ),
        (2, 1, 0)
    );
    for index in 0..story.size() {
        let record = organisation
            .view(|view| view.ledger_record(index))
            .unwrap()
            .unwrap();
        let proven = history::entry(organisation, &story.auditor, index).unwrap();
        verify_inclusion(
            index,
            proven.size,
            &leaf_hash(&record.entry),
            &proven.path,
            &proven.root,
        )
        .unwrap();
    }
    let refusal = history::entry(organisation, &story.auditor, story.size()).unwrap_err();
    assert_eq!(refusal.class, Class::NotFound);
}

#[test]
fn an_examination_says_what_it_looked_at() {
    let story = Story::told();
    let examined = history::verify_now(&story.house.organisation, &story.auditor, Depth::Tables).unwrap();
    assert!(!examined.checks.is_empty());
    assert_eq!(examined.tables, Some(Vec::new()));
}

#[test]
fn the_list_of_routes_is_whole_and_every_act_of_it_has_its_row() {
    let policy = policy::Policy::parse(policy::DEFAULT_POLICY).unwrap();
    for row in history::routes().rows() {
        let Some(act) = row.act else {
            assert_eq!(row.path, "/history/key");
            continue;
        };
        assert!(
            history::ACTS.contains(&act) && !policy.authority().roles(act).is_empty(),
            "{act}"
        );
    }
}

#[test]
fn a_database_that_its_mark_does_not_know_is_recovered_by_two_people() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::beside(&folder.path().join("data"));
    let registry = || {
        Registry::new()
            .room(policy::migrations(), policy::events())
            .room(people::migrations(), people::events())
            .room(history::migrations(), history::events())
    };
    let origin = ledger::entry::Origin::parse("tagout/recovery").unwrap();
    let world = crate::house::world();
    let organisation = Organisation::create(&settings, &origin, registry(), world.clone()).unwrap();
    crate::house::found(&organisation);
    let [anna, omar] = crate::house::administrators(&organisation);
    let refusal = history::recover(&organisation, &anna, &omar, "nothing to do").unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    drop(organisation);
    fs::remove_file(&settings.high_water).unwrap();
    let organisation = Arc::new(Organisation::open(&settings, registry(), world).unwrap());
    assert_eq!(organisation.standing(), Standing::MarkMissing);
    assert!(organisation.begin("people.enrol").is_err());
    let alone = history::recover(&organisation, &anna, &anna, "restored").unwrap_err();
    assert_eq!(alone.rule, "two people");
    let silent = history::recover(&organisation, &anna, &omar, "").unwrap_err();
    assert_eq!(silent.class, Class::Invalid);
    history::recover(&organisation, &anna, &omar, "the disk of the mark broke").unwrap();
    assert_eq!(organisation.standing(), Standing::Sound);
    assert!(organisation.begin("people.enrol").is_ok());
}

impl Story {
    fn fetch(&self, export: &history::Export) -> Vec<u8> {
        let (_, mut file) = history::package(&self.house.organisation, &self.auditor, export.export).unwrap();
        file.rewind().unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn package(&self, asked: &Asked) -> Vec<u8> {
        let export = history::export(&self.house.organisation, &self.auditor, asked, &[]).unwrap();
        self.fetch(&export)
    }
}
