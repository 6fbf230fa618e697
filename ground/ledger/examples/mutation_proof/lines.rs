//! What an editor does to a file of lines.

use crate::bytes::Edit;
use crate::dice::Dice;

/// Every way, by its name in the table.
pub const EDITS: [(&str, Edit); 4] = [
    ("line dropped", drop_one),
    ("line doubled", double),
    ("lines swapped", swap),
    ("line moved", relocate),
];

fn edited(bytes: &mut Vec<u8>, edit: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if !lines.is_empty() {
        edit(&mut lines);
    }
    *bytes = lines.concat();
}

fn drop_one(dice: &mut Dice, bytes: &mut Vec<u8>) {
    edited(bytes, |lines| drop(lines.remove(dice.below(lines.len()))));
}

fn double(dice: &mut Dice, bytes: &mut Vec<u8>) {
    edited(bytes, |lines| {
        let line = dice.one(lines).clone();
        lines.insert(dice.below(lines.len() + 1), line);
    });
}

fn swap(dice: &mut Dice, bytes: &mut Vec<u8>) {
    edited(bytes, |lines| {
        let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
        lines.swap(one, other);
    });
}

fn relocate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    edited(bytes, |lines| {
        let line = lines.remove(dice.below(lines.len()));
        lines.insert(dice.below(lines.len() + 1), line);
    });
}
