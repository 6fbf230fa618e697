//! Takes the script's answer apart.

use std::collections::BTreeMap;

use crate::HostError;
use crate::command::Exit;

const MARK: &[u8] = b"@tagout ";
/// More parts than the script prints.
const SECTIONS_MAX: usize = 100;

/// The parts of an answer by name: how the command ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Sections(BTreeMap<String, (Exit, String)>);

impl Sections {
    /// Reads all parts; an answer without its end mark was cut and is refused whole.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, HostError> {
        // A login shell may say something before the script starts.
        let mut at = find(bytes).ok_or_else(|| HostError::bad_answer("the state", "it holds no mark"))?;
        let mut parts = BTreeMap::new();
        for _ in 0..SECTIONS_MAX {
            let wrong = |what: &str| HostError::bad_answer("the state", format!("{what} at byte {at}"));
            let rest = bytes[at..].strip_prefix(MARK).ok_or_else(|| wrong("no mark"))?;
            let end = rest
                .iter()
                .position(|b| *b == b'\n')
                .ok_or_else(|| wrong("cut mark"))?;
            let head = std::str::from_utf8(&rest[..end]).map_err(|_| wrong("bad mark"))?;
            let [name, code, length] = head.split(' ').collect::<Vec<_>>()[..] else {
                return Err(wrong("bad mark"));
            };
            let code: i32 = code.parse().map_err(|_| wrong("bad exit code"))?;
            let length: usize = length.parse().map_err(|_| wrong("bad length"))?;
            if name == "end" {
                return Ok(Self(parts));
            }
            let start = at + MARK.len() + end + 1;
            let stop = start.checked_add(length).ok_or_else(|| wrong("bad length"))?;
            let body = bytes.get(start..stop).ok_or_else(|| wrong("cut part"))?;
            if bytes.get(stop) != Some(&b'\n') {
                return Err(wrong("a part without its end"));
            }
            let text = String::from_utf8_lossy(body).into_owned();
            parts.insert(name.to_owned(), (Exit::Code(code), text));
            at = stop + 1;
        }
        Err(HostError::bad_answer(
            "the state",
            format!("it has more than {SECTIONS_MAX} parts"),
        ))
    }

    /// How a part's command ended and what it printed, if the script had such a part.
    pub(crate) fn part(&self, name: &str) -> Option<(Exit, String)> {
        self.0.get(name).cloned()
    }

    /// What a part printed, if its command succeeded.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.part(name)
            .filter(|(exit, _)| exit.is_success())
            .map(|(_, text)| text)
    }

    /// Names and texts of the parts whose names start with `prefix`, without it.
    pub(crate) fn texts<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, (exit, text))| {
            let rest = name.strip_prefix(prefix)?;
            exit.is_success().then_some((rest, text.as_str()))
        })
    }
}

fn find(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(MARK) {
        return Some(0);
    }
    let marked = |at: &usize| bytes[*at] == b'\n' && bytes[at + 1..].starts_with(MARK);
    (0..bytes.len()).find(marked).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &[u8] = b"Welcome!\n@tagout a 0 12\n@tagout b 0\n\n@tagout b 3 0\n\n@tagout end 0 0\n\n";

    #[test]
    fn content_that_looks_like_a_mark_stays_content() {
        let sections = Sections::read(WHOLE).unwrap();
        assert_eq!(sections.text("a").unwrap(), "@tagout b 0\n");
        assert_eq!(sections.part("b"), Some((Exit::Code(3), String::new())));
        assert_eq!(sections.text("b"), None);
    }

    #[test]
    fn an_answer_that_was_cut_anywhere_is_refused() {
        let needed = WHOLE.len() - 1;
        for length in 0..needed {
            assert!(Sections::read(&WHOLE[..length]).is_err(), "{length}");
        }
        assert!(Sections::read(&WHOLE[..needed]).is_ok());
    }

    #[test]
    fn parts_have_a_limit() {
        let parts = |count: usize| {
            let mut text: String = (0..count).map(|n| format!("@tagout p{n} 0 0\n\n")).collect();
            text += "@tagout end 0 0\n\n";
            Sections::read(text.as_bytes()).is_ok()
        };
        assert!(parts(SECTIONS_MAX - 1));
        assert!(!parts(SECTIONS_MAX));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), n in any::<u64>()) {
            let _ = Sections::read(&bytes);
            let _ = Sections::read(format!("@tagout a 0 {n}\n\n").as_bytes());
        }
    }
}
