//! Reads the repository as text, for the tests in `tests/`: which crates there are, what they name, how long things are.
//!
//! Nothing here ships. A rule of the house that a machine can check is checked here and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that holds the whole repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default()
}

/// Folders that hold no text of ours.
const PASSED_OVER: &[&str] = &[
    ".git",
    "target",
    "node_modules",
    "work",
    "tagout-data",
    "__pycache__",
    "snapshots",
];

/// Every file below `folder` whose name ends in one of `endings`, as paths relative to the repository, sorted.
pub fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&repository().join(folder), endings, &mut found);
    found.sort();
    let relative = |path: PathBuf| {
        path.strip_prefix(repository())
            .map(Path::to_owned)
            .unwrap_or(path)
    };
    found.into_iter().map(relative).collect()
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !PASSED_OVER.contains(&name.as_str()) {
            collect(&entry.path(), endings, found);
        } else if !is_folder && endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
}

/// Reads a file of the repository.
pub fn read(path: &Path) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A crate of the workspace: its name, its folder, what it depends on of ours and of others.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its folder, relative to the repository.
    pub folder: PathBuf,
    /// What it depends on when it is built for use.
    pub dependencies: Vec<String>,
}

/// Every crate of the workspace, read from the manifests.
pub fn crates() -> Vec<Crate> {
    files("", &["Cargo.toml"])
        .into_iter()
        .filter(|path| path.components().count() > 1)
        .filter_map(|path| {
            let manifest: toml::Table = read(&path)
                .parse()
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
            let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
            Some(Crate {
                name,
                folder: path.parent()?.to_owned(),
                dependencies: dependencies
                    .map(|table| table.keys().cloned().collect())
                    .unwrap_or_default(),
            })
        })
        .collect()
}

/// The functions of a formatted Rust file: name, first line, count of lines.
pub fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(name) = function_name(line.trim_start()) else {
            continue;
        };
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines[at..].iter().position(|line| {
            *line == closing
                || (line.len() > indent && line.ends_with(';') && line.trim_start().starts_with("fn "))
        });
        found.push((name.to_owned(), at + 1, end.map_or(1, |count| count + 1)));
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line;
    for word in [
        "pub(crate) ",
        "pub(super) ",
        "pub ",
        "const ",
        "async ",
        "unsafe ",
    ] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}
