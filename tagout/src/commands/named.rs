//! Every command that a refusal, a page or the documentation names in backticks exists, with its options.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory, Parser};

use super::CommandLine;

/// Where texts for people are written.
const FOLDERS: [&str; 5] = ["rooms", "doors", "ground", "tagout/src", "docs"];

/// The first words of a package's note look like a command and are none.
const FORMAT: &str = "package 1 ";

/// Fewer commands found than this would mean that they are no longer found.
const COMMANDS_LEAST: usize = 60;

fn texts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    let mut files = vec![root.join("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("a file of the project").path();
            let is_text = path
                .extension()
                .is_some_and(|ending| ending == "rs" || ending == "md");
            if path.is_dir() {
                folders.push(path);
            } else if is_text && !path.ends_with("commands/named.rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The commands in backticks; a literal that goes on in the next line is one line.
fn commands_in(text: &str) -> Vec<String> {
    let mut joined = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\\n") {
        joined.push_str(&rest[..at]);
        rest = rest[at + 2..].trim_start();
    }
    joined.push_str(rest);
    let parts = joined.split("`tagout ").skip(1);
    let commands = parts.filter_map(|part| part.split('`').next());
    commands
        .filter(|command| !command.contains(['\n', '"', '…']) && !command.starts_with(FORMAT))
        .map(str::to_owned)
        .collect()
}

/// The words of a line as a shell would split it: quotes hold together, what follows a lone `#` is a remark.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quote, mut is_word) = (None, false);
    for letter in line.chars() {
        let word = words.last_mut().expect("one word at least");
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => word.push(letter),
            (None, '\'' | '"') => (quote, is_word) = (Some(letter), true),
            (None, '#') if !is_word => break,
            (None, _) if letter.is_whitespace() && is_word => {
                words.push(String::new());
                is_word = false;
            }
            (None, _) if letter.is_whitespace() => {}
            (None, _) => {
                word.push(letter);
                is_word = true;
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The lines in code blocks that call the program, each with those that a backslash adds to it.
fn calls_in(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks
        .flat_map(|block| {
            let joined = block.replace("\\\n", " ");
            let lines = joined.lines().map(str::trim).map(str::to_owned);
            lines
                .filter(|line| line.starts_with("tagout "))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Fewer calls in the guide than this would mean that they are no longer found.
const CALLS_LEAST: usize = 50;

#[test]
fn every_command_in_the_guide_is_one_that_the_program_knows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let guide = fs::read_dir(root.join("docs/guide")).expect("the guide");
    let pages = guide.map(|entry| entry.expect("a page").path());
    let mut count = 0;
    let mut faults = Vec::new();
    for path in pages.chain([root.join("README.md")]) {
        let page = fs::read_to_string(&path).expect("UTF-8");
        for call in calls_in(&page) {
            count += 1;
            if let Err(error) = CommandLine::try_parse_from(words(&call)) {
                faults.push(format!("{}: `{call}`: {error}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(count >= CALLS_LEAST, "only {count} commands were found");
}

#[test]
fn a_call_is_read_as_a_shell_reads_it() {
    let page = "text\n```sh\ntagout a 'b c' \\\n    \"d e\"f # why\nother g\n```\ntagout not\n";
    let calls = calls_in(page);
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(words(&calls[0]), ["tagout", "a", "b c", "d ef"]);
}

/// What is wrong with a command, if anything.
fn fault(line: &str) -> Option<String> {
    let root = CommandLine::command();
    let mut command: &Command = &root;
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        // Behind `--` stands another program's command; a verb that is filled in cannot be looked up here.
        if word == "--" || (word == "{}" && command.has_subcommands()) {
            break;
        }
        let option = word
            .split('=')
            .next()
            .unwrap_or(word)
            .trim_matches(['[', ']', ',']);
        if let Some(name) = option.strip_prefix("--") {
            let all = command.get_arguments().chain(root.get_arguments());
            let known = all.into_iter().find(|argument| argument.get_long() == Some(name));
            match known {
                _ if name == "help" => {}
                None => return Some(format!("it has no option `--{name}`")),
                Some(argument) if argument.get_action().takes_values() && !word.contains('=') => {
                    words.next();
                }
                Some(_) => {}
            }
        } else if let Some(found) = command.find_subcommand(word) {
            command = found;
        } else if command.has_subcommands() && command.get_positionals().next().is_none() {
            return Some(format!("there is no `{word}`"));
        }
    }
    None
}

#[test]
fn every_command_that_people_are_told_exists() {
    let mut count = 0;
    let mut faults = Vec::new();
    for path in texts() {
        let text = fs::read_to_string(&path).expect("UTF-8");
        for command in commands_in(&text) {
            count += 1;
            if let Some(fault) = fault(&command) {
                faults.push(format!("{}: `tagout {command}`: {fault}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(count >= COMMANDS_LEAST, "only {count} commands were found");
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    assert_eq!(fault("change show CHG-0001"), None);
    assert_eq!(fault("--profile ben change submit CHG-0001"), None);
    assert_eq!(
        fault("change shew CHG-0001").as_deref(),
        Some("there is no `shew`")
    );
    assert_eq!(
        fault("change show CHG-0001 --loud").as_deref(),
        Some("it has no option `--loud`")
    );
    assert_eq!(
        commands_in("\"do `tagout change \\\n    show {id}` now\""),
        ["change show {id}"]
    );
}
