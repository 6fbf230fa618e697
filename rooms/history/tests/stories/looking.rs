//! Looking back through the ledger, and at one entry beside the newest signed head.

use basis::Class;
use history::Look;

use crate::house::{Story, change};

fn indexes(story: &Story, look: &Look, limit: usize) -> (Vec<u64>, Option<u64>) {
    let found = history::look(&story.house.organisation, &story.auditor, look, limit).unwrap();
    (
        found.entries.iter().map(|shown| shown.index).collect(),
        found.further,
    )
}

/// Every part of the look, one after the other.
fn parts(story: &Story, mut look: Look, limit: usize) -> Vec<u64> {
    let mut joined = Vec::new();
    loop {
        let (part, further) = indexes(story, &look, limit);
        assert!(part.len() <= limit);
        joined.extend(part);
        match further {
            Some(before) => look.before = Some(before),
            None => return joined,
        }
    }
}

#[test]
fn the_newest_entry_comes_first_and_parts_fit_together_to_the_beginning() {
    let story = Story::told();
    let size = story.size();
    let joined = parts(&story, Look::default(), 7);
    let newest_first: Vec<u64> = (0..size).rev().collect();
    assert_eq!(joined, newest_first);
}

#[test]
fn filters_find_what_the_whole_list_holds() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let all = history::look(organisation, &story.auditor, &Look::default(), 10_000).unwrap();
    let person = all.entries[0].entry.actor;
    let rows = [
        Look {
            subject: Some(change()),
            ..Look::default()
        },
        Look {
            event_type: Some("changes.".to_owned()),
            ..Look::default()
        },
        Look {
            event_type: Some("changes.decided".to_owned()),
            ..Look::default()
        },
        Look {
            person: Some(person),
            ..Look::default()
        },
    ];
    for look in rows {
        let expected: Vec<u64> = all
            .entries
            .iter()
            .filter(|shown| {
                let (entry, event_type) = (&shown.entry, shown.entry.event_type.as_str());
                look.subject
                    .as_ref()
                    .is_none_or(|subject| entry.subject == *subject)
                    && look.person.is_none_or(|person| entry.actor == person)
                    && look.event_type.as_ref().is_none_or(|wanted| {
                        event_type == wanted
                            || wanted.ends_with('.') && event_type.starts_with(wanted.as_str())
                    })
            })
            .map(|shown| shown.index)
            .collect();
        assert!(!expected.is_empty(), "{look:?}");
        assert_eq!(indexes(&story, &look, 10_000).0, expected, "{look:?}");
        let before = Look {
            before: Some(expected[0]),
            ..look.clone()
        };
        assert_eq!(indexes(&story, &before, 10_000).0, expected[1..], "{before:?}");
        assert_eq!(parts(&story, look.clone(), 2), expected, "{look:?}");
    }
}

#[test]
fn an_entry_is_proven_against_the_newest_signed_head_and_a_newer_one_says_so() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    organisation.checkpoint().unwrap();
    let last = story.size() - 1;
    let attested = history::attested(organisation, &story.auditor, last).unwrap();
    let head = attested.head.unwrap();
    assert_eq!(head.size, last + 1);
    assert!(head.path.is_some() && head.note.starts_with(organisation.origin().as_str()));
    story.note("meanwhile");
    let newer = history::attested(organisation, &story.auditor, last + 1).unwrap();
    assert!(newer.head.unwrap().path.is_none());
    let place = organisation.data().join("log").join("checkpoint");
    std::fs::write(&place, head.note.replacen(&head.size.to_string(), "3", 1)).unwrap();
    let refusal = history::attested(organisation, &story.auditor, 0).unwrap_err();
    assert_eq!(refusal.class, Class::Fault, "{refusal}");
}

#[test]
fn the_newest_package_comes_first() {
    let story = Story::told();
    let organisation = &story.house.organisation;
    let ids: Vec<_> = (0..3)
        .map(|_| {
            let asked = history::Asked::Change(change());
            history::export(organisation, &story.auditor, &asked, &[])
                .unwrap()
                .export
        })
        .collect();
    let newest = history::newest_exports(organisation, &story.auditor, None, 2).unwrap();
    assert_eq!(
        newest.iter().map(|export| export.export).collect::<Vec<_>>(),
        [ids[2], ids[1]]
    );
    let older = history::newest_exports(organisation, &story.auditor, Some(ids[1]), 2).unwrap();
    assert_eq!(
        older.iter().map(|export| export.export).collect::<Vec<_>>(),
        [ids[0]]
    );
}
