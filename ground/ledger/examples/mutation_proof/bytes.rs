//! What a disk, a mail system or a careless hand does to bytes.

use crate::dice::Dice;

/// One way to change bytes.
pub type Edit = fn(&mut Dice, &mut Vec<u8>);

/// Every way, by its name in the table.
pub const EDITS: [(&str, Edit); 9] = [
    ("bit flipped", |dice, bytes| flip(dice, bytes)),
    ("byte changed", |dice, bytes| change(dice, bytes)),
    ("cut short", truncate),
    ("part deleted", delete),
    ("bytes inserted", insert),
    ("part doubled", double),
    ("parts swapped", swap),
    ("part moved", relocate),
    ("part zeroed", |dice, bytes| zero(dice, bytes)),
];

fn flip(dice: &mut Dice, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
}

fn change(dice: &mut Dice, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] = dice.next() as u8;
    }
}

fn truncate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    // Half the cuts are near the end, where records and newlines stand.
    let lost = match dice.percent(50) {
        true => 1 + dice.below(64),
        false => 1 + dice.below(bytes.len()),
    };
    bytes.truncate(bytes.len().saturating_sub(lost));
}

fn delete(dice: &mut Dice, bytes: &mut Vec<u8>) {
    bytes.drain(dice.range(bytes.len()));
}

fn insert(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    let count = 1 + dice.below(32);
    let new: Vec<u8> = (0..count).map(|_| dice.next() as u8).collect();
    bytes.splice(at..at, new);
}

fn double(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let part = bytes[dice.range(bytes.len())].to_vec();
    let at = dice.below(bytes.len() + 1);
    bytes.splice(at..at, part);
}

fn swap(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let (one, other) = (dice.range(bytes.len()), dice.range(bytes.len()));
    let (first, second) = match one.start <= other.start {
        true => (one.start..one.end.min(other.start), other),
        false => (other.start..other.end.min(one.start), one),
    };
    let (left, right) = (bytes[first.clone()].to_vec(), bytes[second.clone()].to_vec());
    bytes.splice(second, left);
    bytes.splice(first, right);
}

fn relocate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let part: Vec<u8> = bytes.drain(dice.range(bytes.len())).collect();
    let at = dice.below(bytes.len() + 1);
    bytes.splice(at..at, part);
}

fn zero(dice: &mut Dice, bytes: &mut [u8]) {
    let range = dice.range(bytes.len());
    bytes[range].fill(0);
}
