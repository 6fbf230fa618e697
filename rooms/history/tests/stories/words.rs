//! The words of a change stay as long as somebody decides on them or works by them.

use basis::{Actor, Role, Span};
use changes::{ChangeId, PartsEdit};
use policy::ChangeType;
use testkit::House;

/// The index of the newest entry of this type.
fn newest(house: &House, event_type: &str) -> u64 {
    let found = house.organisation.view(|view| {
        let mut found = None;
        view.each_ledger_record(0, view.ledger_size()?, |record| {
            if record.parse()?.event_type.as_str() == event_type {
                found = Some(record.index);
            }
            Ok(())
        })?;
        Ok::<_, storage::StorageError>(found)
    });
    found.unwrap().expect("such an entry")
}

/// A submitted change of the policy document, which needs no asset.
fn submitted(house: &House, anna: &Actor) -> ChangeId {
    let text = |text: &str| Some(text.to_owned());
    let now = house.organisation.now();
    let parts = PartsEdit {
        reason: text("Shorter windows; spilled: ZX-99-ALPHA"),
        security_impact: text("None."),
        availability_impact: text("None."),
        test_plan: text("Read it."),
        rollback_plan: text("Adopt the version before."),
        communication_plan: text("A mail to all."),
        executors: Some(vec!["olga".to_owned()]),
        from: Some(now + Span::hours(84)),
        until: Some(now + Span::hours(88)),
        policy_draft: text(&policy::DEFAULT_POLICY.replace("longest = \"8 hours\"", "longest = \"6 hours\"")),
        ..PartsEdit::default()
    };
    let organisation = &house.organisation;
    let id = changes::open(organisation, anna, "Shorter windows", ChangeType::Normal, &parts)
        .unwrap()
        .id;
    changes::submit(organisation, anna, id).unwrap();
    id
}

#[test]
fn the_submitted_text_is_redacted_only_when_nobody_decides_on_it_any_more() {
    let house = House::with(|rooms| {
        rooms
            .room(evidence::migrations(), evidence::events())
            .room(assets::migrations(), assets::events())
            .room(findings::migrations(), findings::events())
            .following(findings::followed())
            .room(changes::migrations(), changes::events())
            .room(history::migrations(), history::events())
    });
    let anna = house.person("annika", &[Role::Requester]);
    let olga = house.person("olga", &[Role::SystemOwner]);
    let omar = house.person("omar", &[Role::SystemOwner]);
    let organisation = &house.organisation;
    let id = submitted(&house, &anna);
    let entry = newest(&house, "changes.submitted");
    let ask = || history::request_redaction(organisation, &olga, entry, "spilled part number");
    let refusal = ask().unwrap_err();
    assert!(
        refusal.what.contains("belongs to CHG-0001, which is submitted"),
        "{refusal}"
    );
    assert!(
        refusal.way_out[1].contains("`tagout change cancel CHG-0001"),
        "{refusal}"
    );

    // Asked for while it is a draft again, and confirmed when it is under decision again: no.
    let edit = PartsEdit {
        reason: Some("Shorter windows".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(organisation, &anna, id, &edit, None).unwrap();
    let redaction = ask().unwrap().redaction;
    changes::submit(organisation, &anna, id).unwrap();
    let confirm = || history::confirm_redaction(organisation, &omar, redaction);
    assert!(confirm().is_err());
    changes::cancel(organisation, &anna, id, "not needed").unwrap();
    confirm().unwrap();
    house.assert_sound();
}
