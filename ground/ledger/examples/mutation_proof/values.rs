//! What a forger does to JSON: another value, written as canonically as the first, or the same value written otherwise.

use ledger::canonical::{Json, parse};

use crate::dice::Dice;

/// Every way, by its name in the table.
pub const EDITS: [(&str, Edit); 5] = [
    ("value changed", change),
    ("member removed", remove),
    ("member added", add),
    ("items reordered", reorder),
    ("value of another kind", replace),
];

/// One way to change a value; it may find nothing to change.
pub type Edit = fn(&mut Dice, &mut Json);

const NAMES: [&str; 8] = [
    "a",
    "alternative",
    "behalf",
    "by",
    "comment",
    "index",
    "sealed",
    "withheld",
];
const TEXTS: [&str; 10] = [
    "",
    "\u{0}",
    "\u{7f}\u{1f510}",
    "approve",
    "disapprove",
    "redacted",
    "sealed",
    "PER-0001",
    "PER-0002",
    "KEY-0001",
];
const NUMBERS: [u64; 6] = [0, 1, 2, 65_536, 4_294_967_296, 9_007_199_254_740_991];

/// Reads a line, changes it and writes it canonically; `None` where it is no canonical JSON before or after.
pub fn edited(dice: &mut Dice, line: &[u8], edit: Edit) -> Option<Vec<u8>> {
    let mut json = parse(line).ok()?;
    edit(dice, &mut json);
    json.to_bytes().ok()
}

/// Writes the same value in a way that is JSON but not canonical, or nearly so.
pub fn spelt_otherwise(dice: &mut Dice, line: &mut Vec<u8>) {
    let kind = dice.below(5);
    if let (3, Ok(Json::Object(members))) = (kind, parse(line)) {
        let mut written: Vec<Vec<u8>> = members
            .iter()
            .filter_map(|(key, member)| {
                Some([format!("\"{key}\":").as_bytes(), &member.to_bytes().ok()?].concat())
            })
            .collect();
        match dice.percent(50) {
            true => written.reverse(),
            false => written.push(written.first().cloned().unwrap_or_default()),
        }
        *line = [b"{".as_slice(), &written.join(&b','), b"}"].concat();
        return;
    }
    let fits: fn(u8) -> bool = match kind {
        0 => |byte| matches!(byte, b',' | b':' | b'{' | b'['),
        1 => |byte| byte.is_ascii_alphanumeric(),
        2 => |byte| byte.is_ascii_digit(),
        _ => |byte| byte == b'}' || byte == b']',
    };
    let places: Vec<usize> = (0..line.len()).filter(|at| fits(line[*at])).collect();
    if places.is_empty() {
        return line.push(b' ');
    }
    let at = *dice.one(&places);
    let new = match kind {
        0 => vec![line[at], *dice.one(b" \t\r")],
        1 => format!("\\u{:04x}", line[at]).into_bytes(),
        2 => [
            dice.one(&["0", "-", "+"]).as_bytes(),
            &[line[at]],
            dice.one(&["", ".0", "e0"]).as_bytes(),
        ]
        .concat(),
        _ => vec![b',', line[at]],
    };
    line.splice(at..=at, new);
}

fn nodes(json: &Json) -> usize {
    match json {
        Json::Object(members) => 1 + members.values().map(nodes).sum::<usize>(),
        Json::Array(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

/// The value with this number, counted from the outermost inwards.
fn node<'a>(json: &'a mut Json, number: &mut usize) -> Option<&'a mut Json> {
    if *number == 0 {
        return Some(json);
    }
    *number -= 1;
    match json {
        Json::Object(members) => members.values_mut().find_map(|member| node(member, number)),
        Json::Array(items) => items.iter_mut().find_map(|item| node(item, number)),
        _ => None,
    }
}

/// A value that `fits`, if there is one; looks at as many as the value has.
fn pick<'a>(dice: &mut Dice, json: &'a mut Json, fits: fn(&Json) -> bool) -> Option<&'a mut Json> {
    let count = nodes(json);
    let start = dice.below(count);
    let fitting = |number: &usize| node(json, &mut number.clone()).is_some_and(|json| fits(json));
    let mut numbers = (start..count).chain(0..start);
    let found = numbers.find(fitting)?;
    node(json, &mut found.clone())
}

fn change(dice: &mut Dice, json: &mut Json) {
    let is_single = |json: &Json| !matches!(json, Json::Object(_) | Json::Array(_));
    match pick(dice, json, is_single) {
        Some(Json::Number(number)) => {
            *number = match dice.below(3) {
                0 => *dice.one(&NUMBERS),
                1 => *number + 1,
                _ => number.saturating_sub(1),
            }
        }
        Some(Json::String(text)) => change_text(dice, text),
        Some(Json::Bool(flag)) => *flag = !*flag,
        _ => {}
    }
}

fn change_text(dice: &mut Dice, text: &mut String) {
    let mut chars: Vec<char> = text.chars().collect();
    let at = dice.below(chars.len());
    match dice.below(6) {
        0 => return *text = (*dice.one(&TEXTS)).to_owned(),
        1 if !chars.is_empty() => drop(chars.remove(at)),
        2 => chars.insert(at, *dice.one(&['0', 'A', 'a', ' ', '\n', '=', '\u{e9}'])),
        3 if chars.len() > 1 => chars.swap(at, at.saturating_sub(1)),
        _ if chars.is_empty() => chars.push('x'),
        _ => {
            let old = chars[at];
            let alike: Vec<char> = match old {
                '0'..='9' => ('0'..='9').collect(),
                'a'..='f' => ('a'..='f').collect(),
                'A'..='Z' => ('A'..='Z').collect(),
                _ => ('a'..='z').collect(),
            };
            chars[at] = *dice.one(&alike);
        }
    }
    *text = chars.into_iter().collect();
}

fn remove(dice: &mut Dice, json: &mut Json) {
    let has_some = |json: &Json| match json {
        Json::Object(members) => !members.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    };
    match pick(dice, json, has_some) {
        Some(Json::Object(members)) => {
            let names: Vec<String> = members.keys().cloned().collect();
            members.remove(dice.one(&names));
        }
        Some(Json::Array(items)) => drop(items.remove(dice.below(items.len()))),
        _ => {}
    }
}

fn any(dice: &mut Dice) -> Json {
    match dice.below(6) {
        0 => Json::Number(*dice.one(&NUMBERS)),
        1 => Json::String((*dice.one(&TEXTS)).to_owned()),
        2 => Json::Bool(dice.percent(50)),
        3 => Json::Array(Vec::new()),
        4 => Json::Object(Default::default()),
        _ => (0..dice.below(34)).fold(Json::Number(0), |inner, _| Json::Array(vec![inner])),
    }
}

fn add(dice: &mut Dice, json: &mut Json) {
    let is_container = |json: &Json| matches!(json, Json::Object(_) | Json::Array(_));
    let new = any(dice);
    let name = *dice.one(&NAMES);
    match pick(dice, json, is_container) {
        Some(Json::Object(members)) => drop(members.insert(name.to_owned(), new)),
        Some(Json::Array(items)) => items.insert(dice.below(items.len() + 1), new),
        _ => {}
    }
}

fn reorder(dice: &mut Dice, json: &mut Json) {
    let has_two = |json: &Json| match json {
        Json::Object(members) => members.len() > 1,
        Json::Array(items) => items.len() > 1,
        _ => false,
    };
    match pick(dice, json, has_two) {
        Some(Json::Object(members)) => {
            // Members have one order; their values can change places.
            let names: Vec<String> = members.keys().cloned().collect();
            let (one, other) = (dice.one(&names).clone(), dice.one(&names).clone());
            let (left, right) = (members.get(&one).cloned(), members.get(&other).cloned());
            members.extend(right.map(|value| (one, value)));
            members.extend(left.map(|value| (other, value)));
        }
        Some(Json::Array(items)) => {
            let (one, other) = (dice.below(items.len()), dice.below(items.len()));
            items.swap(one, other);
        }
        _ => {}
    }
}

fn replace(dice: &mut Dice, json: &mut Json) {
    let new = any(dice);
    if let Some(place) = pick(dice, json, |_| true) {
        *place = new;
    }
}
