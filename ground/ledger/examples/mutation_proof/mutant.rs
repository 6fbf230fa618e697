//! Mutant number n: what is changed, and what may be said of it.

use crate::archive;
use crate::bytes;
use crate::dice::Dice;
use crate::lines;
use crate::original::Original;
use crate::sealing::{self, Files, SIZE_LINE};
use crate::values;

/// What a verifier may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// No.
    No,
    /// Yes: the organisation signed it, and only what people read was changed.
    Yes,
    /// Either, if both say the same: the organisation signed another list, scope or ledger, which may be right in itself.
    Either,
}

/// What was changed, on which level of the package and how, as it stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    pub level: &'static str,
    pub edit: &'static str,
}

/// One changed package.
pub struct Mutant {
    pub kind: Kind,
    pub allowed: Allowed,
    pub archive: Vec<u8>,
}

const ARCHIVE: &str = "1 archive";
const MEMBERS: &str = "2 members";
const INSIDE: &str = "3 inside a member";
const SEALED: &str = "4 sealed again";
const LEDGER: &str = "5 another ledger";

/// How often a draw that changes nothing, or cannot be written, is drawn again.
const DRAWS_MAX: u64 = 100;

impl Mutant {
    /// Makes the mutant of this number; always the same for one package, seed and number, and never the package itself.
    pub fn make(original: &Original, seed: u64, number: u64) -> Self {
        let mut dice = Dice::new(seed, number);
        (0..DRAWS_MAX)
            .filter_map(|_| draw(&mut dice, original))
            .find(|mutant| mutant.archive != original.archive)
            .unwrap_or_else(|| Self {
                kind: Kind {
                    level: ARCHIVE,
                    edit: "byte added",
                },
                allowed: Allowed::No,
                archive: [original.archive.as_slice(), b"\n"].concat(),
            })
    }
}

fn draw(dice: &mut Dice, original: &Original) -> Option<Mutant> {
    // The levels that need the private key say most about the inner checks, and cost the verifiers most.
    let share = dice.below(100);
    match &original.signing {
        None if share < 45 => Some(of_archive(dice, original)),
        None if share < 65 => Some(of_members(dice, original)),
        None => inside(dice, original),
        Some(_) if share < 35 => Some(of_archive(dice, original)),
        Some(_) if share < 55 => Some(of_members(dice, original)),
        Some(_) if share < 80 => inside(dice, original),
        Some(_) if share < 92 || !original.has_small_tree() => sealed(dice, original),
        Some(_) => another_ledger(dice, original),
    }
}

fn of_archive(dice: &mut Dice, original: &Original) -> Mutant {
    let (edit, change) = *dice.one(&bytes::EDITS);
    let mut archive = original.archive.clone();
    change(dice, &mut archive);
    Mutant {
        kind: Kind { level: ARCHIVE, edit },
        allowed: Allowed::No,
        archive,
    }
}

fn of_members(dice: &mut Dice, original: &Original) -> Mutant {
    let (edit, change) = *dice.one(&archive::EDITS);
    let mut members = original.files.clone().into_iter().collect();
    change(dice, &mut members);
    Mutant {
        kind: Kind { level: MEMBERS, edit },
        allowed: Allowed::No,
        archive: archive::write(&members),
    }
}

fn written(files: Files) -> Vec<u8> {
    archive::write(&files.into_iter().collect())
}

/// Changes the content of one file in a way that suits it.
fn change_content(dice: &mut Dice, content: &mut Vec<u8>, has_lines: bool) -> Option<&'static str> {
    match dice.below(if has_lines { 4 } else { 1 }) {
        0 => {
            let (edit, change) = *dice.one(&bytes::EDITS);
            change(dice, content);
            Some(edit)
        }
        1 => {
            let (edit, change) = *dice.one(&lines::EDITS);
            change(dice, content);
            Some(edit)
        }
        _ => change_line(dice, content),
    }
}

fn change_line(dice: &mut Dice, content: &mut Vec<u8>) -> Option<&'static str> {
    let mut lines: Vec<Vec<u8>> = content.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.below(lines.len().saturating_sub(1));
    let line = &mut lines[at];
    let edit = match dice.percent(20) {
        true => {
            values::spelt_otherwise(dice, line);
            "spelt otherwise"
        }
        false => {
            let (edit, change) = *dice.one(&values::EDITS);
            *line = values::edited(dice, line, change)?;
            edit
        }
    };
    *content = lines.join(&b'\n');
    Some(edit)
}

fn has_lines(path: &str) -> bool {
    path.ends_with(".jsonl") || path == "manifest.json"
}

fn inside(dice: &mut Dice, original: &Original) -> Option<Mutant> {
    let mut files = original.files.clone();
    let paths: Vec<&String> = original.files.keys().collect();
    let path = *dice.one(&paths);
    let content = files.entry(path.clone()).or_default();
    let edit = change_content(dice, content, has_lines(path))?;
    Some(Mutant {
        kind: Kind { level: INSIDE, edit },
        allowed: Allowed::No,
        archive: written(files),
    })
}

fn sealed(dice: &mut Dice, original: &Original) -> Option<Mutant> {
    let key = original.signing.as_ref()?;
    let mut files = original.files.clone();
    let paths: Vec<&String> = files.keys().filter(|path| *path != "manifest.note").collect();
    let path = (*dice.one(&paths)).clone();
    let (edit, allowed) = match dice.below(20) {
        0 => {
            sealing::leave_out(dice, original, key, &mut files)?;
            ("entry left out", Allowed::Either)
        }
        1 => {
            let line = sealing::another_checkpoint(dice, original, key, &mut files)?;
            // A proof of an early entry can fit trees of several sizes under one root. That the size is the true one is
            // the organisation's word, which other checkpoints confirm.
            let allowed = if line == SIZE_LINE {
                Allowed::Either
            } else {
                Allowed::No
            };
            ("another checkpoint", allowed)
        }
        2 => {
            let is_free =
                path == "index.html" || path.starts_with("readable/") || path == "ledger/consistency.jsonl";
            files.remove(&path);
            sealing::seal(original, key, &mut files)?;
            (
                "file left out",
                if is_free { Allowed::Either } else { Allowed::No },
            )
        }
        _ => {
            let edit = change_content(dice, files.get_mut(&path)?, has_lines(&path))?;
            match path.as_str() {
                "manifest.json" => {
                    let manifest = files.remove(&path)?;
                    sealing::sign_manifest(key, &mut files, manifest)?;
                }
                _ => sealing::seal(original, key, &mut files)?,
            }
            (edit, allowed_in(&path))
        }
    };
    Some(Mutant {
        kind: Kind { level: SEALED, edit },
        allowed,
        archive: written(files),
    })
}

/// What may be said where this file was changed and the list of files signed again.
fn allowed_in(path: &str) -> Allowed {
    match path {
        "index.html" => Allowed::Yes,
        _ if path.starts_with("readable/") => Allowed::Yes,
        "manifest.json" | "ledger/consistency.jsonl" => Allowed::Either,
        _ => Allowed::No,
    }
}

fn another_ledger(dice: &mut Dice, original: &Original) -> Option<Mutant> {
    let key = original.signing.as_ref()?;
    let (edit, records) = match dice.below(10) {
        0 => ("entries swapped", sealing::another_order(dice, original)?),
        1 => ("payload of another", sealing::another_payload(dice, original)?),
        _ => {
            let (edit, change) = *dice.one(&values::EDITS);
            (edit, sealing::another_record(dice, original, change)?)
        }
    };
    let mut files = original.files.clone();
    sealing::rewrite(original, key, &mut files, &records)?;
    Some(Mutant {
        kind: Kind { level: LEDGER, edit },
        allowed: Allowed::Either,
        archive: written(files),
    })
}
