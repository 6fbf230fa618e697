//! A ZIP archive written without asking whether a package may look like that, and what is done to its members.

use ledger::package::zip::Crc32;

use crate::dice::Dice;

/// The members in the order in which they are written; paths may stand twice.
pub type Members = Vec<(String, Vec<u8>)>;

/// One way to change the members.
pub type Edit = fn(&mut Dice, &mut Members);

/// Every way, by its name in the table.
pub const EDITS: [(&str, Edit); 7] = [
    ("members reordered", reorder),
    ("member dropped", drop_one),
    ("member doubled", double),
    ("member added", add),
    ("member renamed", rename),
    ("contents swapped", swap),
    ("content of another", copy),
];

const PATHS: [&str; 8] = [
    "readable/more.html",
    "ledger/more",
    "evidence/more",
    "index.html/more",
    "../index.html",
    "readable/.more",
    "",
    "manifest",
];

/// The most bytes that the two headers of a member have without its path, and those of the end record.
const HEADERS_BYTES: usize = 76;
const END_BYTES: usize = 22;

/// Headers as in §3.3 of the package format, with sizes and CRCs that agree with the contents.
pub fn write(members: &Members) -> Vec<u8> {
    let sizes = members
        .iter()
        .map(|(path, content)| HEADERS_BYTES + 2 * path.len() + content.len());
    let mut out = Vec::with_capacity(END_BYTES + sizes.sum::<usize>());
    let mut central = Vec::new();
    for (path, content) in members {
        let mut crc = Crc32::default();
        crc.update(content);
        let size = (content.len() as u32).to_le_bytes();
        let mut shared = Vec::new();
        for short in [20u16, 0x0800, 0, 0, 0x0021] {
            shared.extend_from_slice(&short.to_le_bytes());
        }
        for long in [crc.value().to_le_bytes(), size, size] {
            shared.extend_from_slice(&long);
        }
        shared.extend_from_slice(&(path.len() as u16).to_le_bytes());
        shared.extend_from_slice(&[0; 2]);
        let offset = (out.len() as u32).to_le_bytes();
        for part in [
            b"PK\x01\x02\x14\x00".as_slice(),
            &shared,
            &[0; 10],
            &offset,
            path.as_bytes(),
        ] {
            central.extend_from_slice(part);
        }
        for part in [b"PK\x03\x04".as_slice(), &shared, path.as_bytes(), content] {
            out.extend_from_slice(part);
        }
    }
    let (count, offset) = ((members.len() as u16).to_le_bytes(), out.len() as u32);
    out.extend_from_slice(&central);
    for part in [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count] {
        out.extend_from_slice(part);
    }
    out.extend_from_slice(&(central.len() as u32).to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

fn reorder(dice: &mut Dice, members: &mut Members) {
    let from = dice.below(members.len());
    let member = members.remove(from);
    members.insert(dice.below(members.len() + 1), member);
}

fn drop_one(dice: &mut Dice, members: &mut Members) {
    members.remove(dice.below(members.len()));
}

fn double(dice: &mut Dice, members: &mut Members) {
    let at = dice.below(members.len());
    members.insert(at, members[at].clone());
}

fn add(dice: &mut Dice, members: &mut Members) {
    let content = dice.one(members).1.clone();
    members.push(((*dice.one(&PATHS)).to_owned(), content));
    members.sort();
}

fn rename(dice: &mut Dice, members: &mut Members) {
    let at = dice.below(members.len());
    let path = &mut members[at].0;
    match dice.below(3) {
        0 => path.push('x'),
        1 => drop(path.pop()),
        _ => *path = path.to_uppercase(),
    }
    members.sort();
}

fn swap(dice: &mut Dice, members: &mut Members) {
    let (one, other) = (dice.below(members.len()), dice.below(members.len()));
    let content = std::mem::take(&mut members[one].1);
    let content = std::mem::replace(&mut members[other].1, content);
    members[one].1 = content;
}

fn copy(dice: &mut Dice, members: &mut Members) {
    let content = dice.one(members).1.clone();
    let at = dice.below(members.len());
    members[at].1 = content;
}
