//! `tagout asset import` and `mappings`.

use std::io::Read;
use std::path::Path;

use basis::{Class, Refusal};
use frame::terminal::{Context, Progress, Table};
use frame::{Listed, Method, Nothing};

use super::{arguments, with_query};
use crate::api::{ImportQuery, ImportView, MappingView, SaveMappingRequest};
use crate::record::DifferenceRecord;
use crate::rules::MAPPING_BYTES_MAX;

/// How many rows of each kind are shown; `--json` shows all.
const ROWS_SHOWN: usize = 50;

/// Keeps a mapping under the name of its file; answers that name.
pub(super) fn keep_mapping(context: &Context, file: &Path) -> Result<String, Refusal> {
    let unreadable = |error: std::io::Error| {
        let what = format!("`{}` cannot be read: {error}", file.display());
        Refusal::new(Class::Invalid, "file", what).way_out("name a mapping document (TOML) that you may read")
    };
    let mut document = String::new();
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    // One byte more than allowed lets the server say that it is too large.
    let limit = MAPPING_BYTES_MAX as u64 + 1;
    opened
        .take(limit)
        .read_to_string(&mut document)
        .map_err(unreadable)?;
    let stem = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let name = stem.to_lowercase().replace(['_', ' ', '.'], "-");
    let request = SaveMappingRequest { name, document };
    let Nothing = context.client.send(Method::Post, "/assets/mappings", &request)?;
    Ok(request.name)
}

pub(super) fn import(
    context: &Context,
    file: &Path,
    mapping: &str,
    apply: Option<Option<String>>,
) -> Result<(), Refusal> {
    let name = file.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| arguments("the file has no name that can be kept", "give it a plain name"))?;
    let send = |query: &ImportQuery| {
        let mut progress = Progress::new(format!("sending {name}"));
        let path = with_query("/assets/imports", query)?;
        context
            .client
            .upload::<ImportView>(&path, file, "text/csv", |done, all| progress.at(done, all))
    };
    let query = |apply: bool, diff: Option<String>| ImportQuery {
        mapping: mapping.to_owned(),
        name: name.to_owned(),
        apply,
        diff,
    };
    let view = match apply {
        None => send(&query(false, None))?,
        Some(Some(digest)) => send(&query(true, Some(digest)))?,
        Some(None) => {
            let looked_at = send(&query(false, None))?;
            send(&query(true, Some(looked_at.digest)))?
        }
    };
    view.difference.check_usable()?;
    context
        .output
        .show(&view, |view| import_text(view, file, mapping));
    Ok(())
}

fn import_text(view: &ImportView, file: &Path, mapping: &str) -> String {
    let mut text = difference_text(&view.difference);
    let changes = !view.difference.new.is_empty() || !view.difference.changed.is_empty();
    match &view.import {
        Some(import) => {
            let evidence = view.evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            text.push_str(&format!("applied as {import}; file and difference are {evidence}\n"));
        }
        None if changes => text.push_str(&format!(
            "nothing is applied yet; to apply exactly this:\n  tagout asset import {} --mapping {mapping} --apply {}\n",
            file.display(),
            view.digest
        )),
        None => text.push_str(nothing_text(&view.difference)),
    }
    text
}

/// Why there is nothing to apply; a list of which no row could be used is refused before.
fn nothing_text(difference: &DifferenceRecord) -> &'static str {
    if !difference.rejected.is_empty() {
        "the register says the other rows already; nothing was applied\n"
    } else if difference.unchanged == 0 {
        "the list has no rows below its header; nothing was applied\n"
    } else {
        "the register says so already; there is nothing to apply\n"
    }
}

fn difference_text(difference: &DifferenceRecord) -> String {
    let mut text = String::new();
    for new in difference.new.iter().take(ROWS_SHOWN) {
        let field = |name: &str| new.fields.get(name).map_or("", String::as_str);
        text.push_str(&format!(
            "line {}: new {} ({}, {})\n",
            new.line,
            field("name"),
            field("kind"),
            field("os")
        ));
    }
    for change in difference.changed.iter().take(ROWS_SHOWN) {
        for (field, value) in &change.fields {
            let (line, name) = (change.line, &change.name);
            text.push_str(&format!(
                "line {line}: {name} {field}: `{}` becomes `{}`\n",
                value.from, value.to
            ));
        }
    }
    for missing in difference.missing.iter().take(ROWS_SHOWN) {
        text.push_str(&format!("not in the list: {} {}\n", missing.asset, missing.name));
    }
    for rejected in difference.rejected.iter().take(ROWS_SHOWN) {
        text.push_str(&format!(
            "line {}: rejected: {}\n",
            rejected.line, rejected.reason
        ));
    }
    let counts = [
        ("new", difference.new.len()),
        ("changed", difference.changed.len()),
        ("missing", difference.missing.len()),
        ("rejected", difference.rejected.len()),
    ];
    if counts.iter().any(|(_, count)| *count > ROWS_SHOWN) {
        text.push_str(&format!(
            "at most {ROWS_SHOWN} of each kind are shown; `--json` shows all\n"
        ));
    }
    let counts = counts.map(|(name, count)| format!("{count} {name}")).join(", ");
    text.push_str(&format!("{counts}, {} unchanged\n", difference.unchanged));
    text
}

pub(super) fn mappings(context: &Context, show: Option<&str>) -> Result<(), Refusal> {
    let listed: Listed<MappingView> = context.client.get("/assets/mappings")?;
    let Some(name) = show else {
        context.output.show(&listed, |listed| {
            let mut table = Table::new(["MAPPING", "READS", "FROM"]);
            for mapping in &listed.items {
                let from = if mapping.is_shipped {
                    "the program"
                } else {
                    "this organisation"
                };
                table.push([mapping.name.as_str(), &mapping.title, from]);
            }
            table.text()
        });
        return Ok(());
    };
    let found = listed.items.into_iter().find(|mapping| mapping.name == name);
    let found =
        found.ok_or_else(|| arguments("there is no such mapping", "`tagout asset mappings` lists them"))?;
    context.output.show(&found, |mapping| mapping.document.clone());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RejectedRecord;

    #[test]
    fn a_list_that_changes_nothing_says_why() {
        let mut difference = DifferenceRecord {
            mapping: "generic".to_owned(),
            new: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
            missing: Vec::new(),
            rejected: Vec::new(),
        };
        assert!(nothing_text(&difference).contains("no rows below its header"));
        difference.unchanged = 2;
        assert!(nothing_text(&difference).contains("says so already"));
        difference.rejected.push(RejectedRecord {
            line: 4,
            reason: "the row has no name; give it one".to_owned(),
        });
        assert!(nothing_text(&difference).contains("the other rows already"));
    }
}
