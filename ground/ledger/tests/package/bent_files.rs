//! Packages whose files were bent after they were made.

use ledger::Hash;
use ledger::package::{Code, FilesInMemory};

use crate::sample::*;

fn edit(files: &mut FilesInMemory, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files.0[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    files
        .0
        .insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

fn edit_manifest(files: &mut FilesInMemory, from: &str, to: &str) {
    edit(files, "manifest.json", from, to);
    let manifest = files.0["manifest.json"].clone();
    sign_manifest(files, manifest);
}

fn lines(files: &mut FilesInMemory, path: &str, change: fn(&mut Vec<String>)) {
    let text = String::from_utf8(files.0[path].clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    files.0.insert(path.to_owned(), text.into_bytes());
    seal_again(files);
}

/// What is done to the files of a package.
pub type BendFiles = fn(&mut FilesInMemory);

const ENTRIES: &str = "ledger/entries.jsonl";
const PROOFS: &str = "ledger/proofs.jsonl";
const PAYLOADS: &str = "ledger/payloads.jsonl";
const CONSISTENCY: &str = "ledger/consistency.jsonl";

/// Packages whose files were changed and, where a later step is meant, signed again.
pub const BENT_FILES: &[(&str, Code, BendFiles)] = &[
    ("a file of no known path", Code::Paths, |f| {
        f.0.insert("extra.txt".into(), vec![]);
        seal_again(f);
    }),
    ("a file with a hidden name", Code::Paths, |f| {
        f.0.insert("readable/.x".into(), vec![]);
        seal_again(f);
    }),
    ("no proofs", Code::Paths, |f| {
        f.0.remove(PROOFS);
        seal_again(f);
    }),
    ("no note", Code::Paths, |f| drop(f.0.remove("manifest.note"))),
    ("a manifest signed by another key", Code::ManifestSignature, |f| {
        let text = format!("tagout package 1 {ORIGIN}\n{}\n", Hash::of(&f.0["manifest.json"]));
        f.0.insert(
            "manifest.note".into(),
            other_key().sign(&text).unwrap().into_bytes(),
        );
    }),
    (
        "a manifest signed for another format",
        Code::ManifestSignature,
        |f| {
            let text = format!("tagout package 2 {ORIGIN}\n{}\n", Hash::of(&f.0["manifest.json"]));
            f.0.insert("manifest.note".into(), key().sign(&text).unwrap().into_bytes());
        },
    ),
    ("a manifest with two signatures", Code::ManifestSignature, |f| {
        let note = f.0.get_mut("manifest.note").unwrap();
        note.extend_from_slice("\u{2014} witness.example AAAAAAAA\n".as_bytes());
    }),
    ("a manifest that was not signed", Code::Manifest, |f| {
        edit(f, "manifest.json", "\"v\":1", "\"v\":2")
    }),
    ("a manifest of another version", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\":2")
    }),
    ("a manifest of another format", Code::Manifest, |f| {
        edit_manifest(f, "tagout-package", "tagout-packet")
    }),
    ("a manifest of another ledger", Code::Manifest, |f| {
        edit_manifest(f, ORIGIN, "tagout.example/zeta")
    }),
    ("a manifest with another member", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\":1,\"w\":1")
    }),
    ("a manifest that is not canonical", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\": 1")
    }),
    ("a manifest without its newline", Code::Manifest, |f| {
        edit_manifest(f, "}\n", "}")
    }),
    ("a manifest with a period turned round", Code::Manifest, |f| {
        edit_manifest(f, "\"first\":0", "\"first\":14")
    }),
    ("a manifest with another kind of scope", Code::Manifest, |f| {
        edit_manifest(f, "\"period\"", "\"decade\"")
    }),
    ("a file that was changed", Code::Files, |f| {
        edit(f, "index.html", "CHG-0001", "CHG-0002")
    }),
    ("a file that was shortened", Code::Files, |f| {
        edit(f, "index.html", "CHG-0001", "")
    }),
    ("a file that was added", Code::Files, |f| {
        drop(f.0.insert("readable/x".into(), vec![]))
    }),
    ("a file that was removed", Code::Files, |f| {
        drop(f.0.remove("index.html"))
    }),
    ("a checkpoint of another key", Code::Checkpoint, |f| {
        let note = Sample::period().checkpoint(16);
        let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
        f.0.insert(
            "ledger/checkpoint".into(),
            other_key().sign(&text).unwrap().into_bytes(),
        );
        seal_again(f);
    }),
    ("a checkpoint with a fourth line", Code::Checkpoint, |f| {
        let note = Sample::period().checkpoint(16);
        let text = note.split_once("\n\n").unwrap().0.to_owned() + "\nmore\n";
        f.0.insert(
            "ledger/checkpoint".into(),
            key().sign(&text).unwrap().into_bytes(),
        );
        seal_again(f);
    }),
    ("consistency proofs out of order", Code::Checkpoint, |f| {
        lines(f, CONSISTENCY, |lines| lines.reverse())
    }),
    ("a consistency proof with another member", Code::Checkpoint, |f| {
        lines(f, CONSISTENCY, |lines| {
            lines[0] = lines[0].replace("\"size\"", "\"tree\"")
        });
    }),
    (
        "a consistency proof of the package's size",
        Code::Checkpoint,
        |f| {
            lines(f, CONSISTENCY, |lines| {
                lines[1] = lines[1].replace("\"size\":8", "\"size\":16")
            });
        },
    ),
    ("an entry that is not canonical", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines[0] = lines[0].replace(":1,", ": 1,"));
    }),
    ("an entry of another ledger", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| {
            lines[0] = lines[0].replace(ORIGIN, "tagout.example/zeta")
        });
    }),
    ("an entry with a member that is unknown", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| {
            lines[0] = lines[0].replace("\"v\":1", "\"v\":1,\"w\":1")
        });
    }),
    ("an entry twice", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines[1] = lines[0].clone())
    }),
    ("an entry without its newline", Code::Entries, |f| {
        f.0.get_mut(ENTRIES).unwrap().pop();
        seal_again(f);
    }),
    ("an empty line between entries", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines.insert(1, String::new()))
    }),
    ("an entry that was changed", Code::Proofs, |f| {
        lines(f, ENTRIES, |lines| {
            lines[3] = lines[3].replace("PER-0001", "PER-0002")
        });
    }),
    ("entries in another order", Code::Proofs, |f| {
        lines(f, ENTRIES, |lines| lines.swap(0, 1))
    }),
    ("an entry without its proof", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| drop(lines.pop()))
    }),
    ("a proof for another index", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            lines[13] = lines[13].replace("\"index\":13", "\"index\":14")
        });
    }),
    ("a proof beyond the tree", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            lines[13] = lines[13].replace("\"index\":13", "\"index\":16")
        });
    }),
    ("a proof with one hash too many", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let hash = Hash::of(b"").to_base64();
            lines[5] = lines[5].replace("]", &format!(",\"{hash}\"]"));
        });
    }),
    ("a proof with a hash too few", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let (head, _) = lines[5].rsplit_once(',').unwrap();
            lines[5] = format!("{head}]}}");
        });
    }),
    ("a proof with its hashes swapped", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let (head, list) = lines[5].split_once('[').unwrap();
            let mut hashes: Vec<&str> = list.trim_end_matches("]}").split(',').collect();
            hashes.swap(2, 3);
            lines[5] = format!("{head}[{}]}}", hashes.join(","));
        });
    }),
    ("an entry without its payload", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| drop(lines.pop()))
    }),
    ("a payload that was changed", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[0] = lines[0].replace("laptop", "tablet")
        });
    }),
    ("a salt that was changed", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| lines[0] = lines[0].replace("6464", "6465"));
    }),
    ("a payload that is not canonical", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[0] = lines[0].replace("\"label\":", "\"label\": ")
        });
    }),
    ("payloads in another order", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| lines.swap(0, 1))
    }),
    ("a payload withheld for no known reason", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[2] = lines[2].replace("sealed", "secret")
        });
    }),
];
