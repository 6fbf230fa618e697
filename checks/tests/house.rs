//! The rules of the house that a machine can check.

use std::collections::BTreeMap;
use std::path::Path;

use checks::{Crate, crates, files, functions, read};

/// The ground, lowest first: each may use those before it.
const GROUND: &[&str] = &["basis", "formats", "ledger", "storage", "hosts", "frame"];
/// The rooms, in their order: each may use the ground and the rooms before it.
const ROOMS: &[&str] = &[
    "policy", "people", "evidence", "assets", "findings", "changes", "permits", "runs", "history",
];
const DOORS: &[&str] = &["runner"];
const LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
/// Tests that are a table, or a story told in order, may be longer.
const TEST_LINES_MAX: usize = 150;

/// Everything of ours that the crate named `name` may use.
fn allowed(name: &str) -> Vec<&'static str> {
    let order: Vec<&str> = GROUND.iter().chain(ROOMS).chain(DOORS).copied().collect();
    match order.iter().position(|other| *other == name) {
        Some(at) => order[..at].to_vec(),
        None => order.into_iter().chain(["tagout", "testkit", "checks"]).collect(),
    }
}

fn ours(of: &Crate) -> impl Iterator<Item = &str> {
    let known: Vec<String> = crates().into_iter().map(|found| found.name).collect();
    of.dependencies
        .iter()
        .map(String::as_str)
        .filter(move |name| known.iter().any(|other| other == name))
}

#[test]
fn a_crate_uses_only_what_stands_before_it() {
    let mut wrong = Vec::new();
    for found in crates() {
        let allowed = allowed(&found.name);
        wrong.extend(
            ours(&found)
                .filter(|used| !allowed.contains(used))
                .map(|used| format!("{} -> {used}", found.name)),
        );
    }
    assert!(
        wrong.is_empty(),
        "forbidden edges; a new one needs its reason in docs/decisions: {wrong:?}"
    );
}

#[test]
fn every_room_and_every_stone_of_the_ground_stands_where_its_name_says() {
    for found in crates() {
        let folder = found.folder.to_string_lossy().into_owned();
        let expected = if GROUND.contains(&found.name.as_str()) {
            format!("ground/{}", found.name)
        } else if ROOMS.contains(&found.name.as_str()) {
            format!("rooms/{}", found.name)
        } else if DOORS.contains(&found.name.as_str()) {
            format!("doors/{}", found.name)
        } else {
            continue;
        };
        assert_eq!(folder, expected);
    }
}

#[test]
fn only_storage_links_a_database_and_only_hosts_knows_ssh() {
    let owners = BTreeMap::from([("rusqlite", "storage"), ("openssh", "hosts"), ("axum", "frame")]);
    for found in crates() {
        for (library, owner) in &owners {
            let uses = found.dependencies.iter().any(|name| name == library);
            assert!(!uses || found.name == *owner, "{} links {library}", found.name);
        }
    }
}

#[test]
fn rules_know_no_clock_no_chance_no_files_and_no_tables() {
    let forbidden = [
        "storage::",
        "frame::",
        "hosts::Host::",
        "hosts::apt",
        "hosts::jobs",
        "std::fs",
        "std::net::Tcp",
        "std::net::Udp",
        "std::thread",
        "std::process",
        "std::env",
        "SystemTime",
        "Instant::now",
        "SystemClock",
        "SystemChance",
        "tokio",
    ];
    let mut wrong = Vec::new();
    for path in files("rooms", &[".rs"]) {
        if !path.components().any(|part| part.as_os_str() == "rules")
            || path.components().any(|part| part.as_os_str() == "tests")
        {
            continue;
        }
        for (at, line) in read(&path)
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"))
            .enumerate()
        {
            let names = forbidden
                .iter()
                .find(|word| !line.trim_start().starts_with("//") && line.contains(**word));
            wrong.extend(names.map(|word| format!("{}:{}: {word}", path.display(), at + 1)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.to_string_lossy().ends_with("tests.rs")
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let mut wrong = Vec::new();
    for path in files("", &[".rs", ".py", ".sh"]) {
        let text = read(&path);
        let count = text.lines().count();
        if count > LINES_MAX {
            wrong.push(format!("{}: {count} lines", path.display()));
        }
        if path.extension().is_some_and(|ending| ending == "rs") {
            let most = if is_test(&path) {
                TEST_LINES_MAX
            } else {
                FUNCTION_LINES_MAX
            };
            // A room's list of routes is a list, not a function's worth of logic.
            let long = functions(&text)
                .into_iter()
                .filter(|(name, _, count)| *count > most && name != "routes");
            wrong.extend(
                long.map(|(name, line, count)| {
                    format!("{}:{line}: fn {name}: {count} lines", path.display())
                }),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn there_is_no_room_for_what_has_no_name() {
    for path in files("", &[".rs", ".py"]) {
        for part in path.components() {
            let part = Path::new(part.as_os_str()).with_extension("");
            let name = part.to_string_lossy();
            assert!(
                !["util", "utils", "common", "helpers", "misc"].contains(&name.as_ref()),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut wrong = Vec::new();
    // What is made while one works is not there at first.
    let ignored = read(Path::new(".gitignore"));
    let is_made = |path: &str| {
        let mut made = ignored.lines().filter_map(|line| line.strip_prefix('/'));
        made.any(|made| Path::new(path).starts_with(made))
    };
    for path in files("", &["README.md"])
        .into_iter()
        .chain(files("docs", &[".md"]))
    {
        for quoted in read(&path).split('`').skip(1).step_by(2) {
            let top = quoted.split('/').next().unwrap_or_default();
            let is_path = quoted.contains('/')
                && !quoted.contains([' ', '*', '<', '{', '|', '=', '…', '$', '('])
                && [
                    "ground", "rooms", "doors", "tagout", "testkit", "lab", "verifier", "checks", "examples",
                    "docs", "benches", ".ci",
                ]
                .contains(&top);
            if is_path
                && !is_made(quoted)
                && !checks::repository().join(quoted.trim_end_matches('/')).exists()
            {
                wrong.push(format!("{}: `{quoted}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_text_names_a_package_registry_or_unfinished_work() {
    // Written in two halves, so that this file does not name them itself.
    let forbidden = [
        ("crates", ".io"),
        ("pypi", ".org"),
        ("npmjs", ".org"),
        ("deb.", "debian.org"),
        ("TO", "DO"),
        ("FIX", "ME"),
    ];
    let mut wrong = Vec::new();
    for path in files("", &[".rs", ".py", ".sh", ".md", ".sql", ".toml", ".html"]) {
        let text = read(&path);
        for (first, second) in forbidden {
            let word = format!("{first}{second}");
            wrong.extend(
                text.contains(&word)
                    .then(|| format!("{}: {word}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sql_files_hold_one_lower_case_statement_each() {
    let keywords = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", " FROM ", " WHERE ", " VALUES ",
    ];
    for path in files("", &[".sql"]) {
        let text = read(&path);
        assert!(
            !keywords.iter().any(|word| text.contains(word)),
            "{}: keywords are written in lower case",
            path.display()
        );
        let is_statement = path.components().any(|part| part.as_os_str() == "sql");
        let statement: String = text.lines().filter(|line| !line.starts_with("--")).collect();
        let inner = statement.trim_end().trim_end_matches(';');
        assert!(
            !is_statement || !inner.contains(';'),
            "{}: one statement per file",
            path.display()
        );
    }
}
