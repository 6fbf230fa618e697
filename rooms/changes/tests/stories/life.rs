//! Whatever people try in whatever order: work never begins without approvals on the very text, and an edit voids them.

use basis::Span;
use changes::{ChangeId, Decision, PartsEdit, State};
use proptest::prelude::*;

use crate::house::{Story, has_ssh_keygen};

#[derive(Debug, Clone, Copy)]
enum Try {
    Edit(u8),
    Plan,
    Submit,
    BenApproves,
    CarlaApproves,
    BenDisapproves,
    Schedule,
    Start,
    Finish,
    Compare,
    Verify,
    Close,
    Cancel,
}

fn any_try() -> impl Strategy<Value = Try> {
    prop_oneof![
        2 => (0u8..3).prop_map(Try::Edit),
        1 => Just(Try::Plan),
        6 => Just(Try::Submit),
        6 => Just(Try::BenApproves),
        6 => Just(Try::CarlaApproves),
        1 => Just(Try::BenDisapproves),
        6 => Just(Try::Schedule),
        6 => Just(Try::Start),
        3 => Just(Try::Finish),
        2 => Just(Try::Compare),
        2 => Just(Try::Verify),
        2 => Just(Try::Close),
        1 => Just(Try::Cancel),
    ]
}

fn attempt(story: &Story, id: ChangeId, step: Try) -> bool {
    let organisation = &story.house.organisation;
    match step {
        Try::Edit(number) => {
            let text = Some(format!("Fetch page {number}."));
            let edit = PartsEdit {
                test_plan: text,
                ..PartsEdit::default()
            };
            changes::edit(organisation, &story.anna, id, &edit, None).is_ok()
        }
        Try::Plan => story.plan(id).is_ok(),
        Try::Submit => story.submit(id).is_ok(),
        Try::BenApproves => story.approve(&story.ben, id).is_ok(),
        Try::CarlaApproves => story.approve(&story.carla, id).is_ok(),
        Try::BenDisapproves => story.decide(&story.ben, id, Decision::Disapprove, "no").is_ok(),
        Try::Schedule => story.schedule(id).is_ok(),
        Try::Start => story.start(id).is_ok(),
        Try::Finish => story.finish(id).is_ok(),
        Try::Compare => story.compare(id, "AST-0001", &[]).is_ok(),
        Try::Verify => changes::verify(organisation, &story.anna, id, None).is_ok(),
        Try::Close => changes::close(organisation, &story.carla, id, "Done.", None).is_ok(),
        Try::Cancel => changes::cancel(organisation, &story.anna, id, "No.").is_ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_acts_starts_work_without_standing_approvals(
        tries in proptest::collection::vec(any_try(), 1..40)
    ) {
        prop_assume!(has_ssh_keygen());
        let story = Story::begin();
        let id = story.open("web01").unwrap().id;
        story.plan(id).unwrap();
        for step in tries {
            let before = story.show(id);
            story.house.wait(Span::milliseconds(1));
            let succeeded = attempt(&story, id, step);
            let after = story.show(id);
            if !succeeded {
                prop_assert_eq!(&before, &after, "a refused act left a trace: {:?}", step);
            }
            if after.revision > before.revision {
                prop_assert!(after.approvals().is_empty() && after.state == State::Draft, "{:?}", step);
            }
            let works = matches!(
                after.state,
                State::Approved | State::Scheduled | State::InProgress | State::Verifying | State::Closed
            );
            if works {
                let verdict = story.house.organisation.view(|view| {
                    let facts = changes::facts(view, &after)?;
                    Ok::<_, basis::Refusal>(policy::current(view)?.is_approved(&facts, &after.approvals()))
                });
                prop_assert!(verdict.unwrap().is_yes(), "{:?} is {}", step, after.state);
            }
        }
        story.house.assert_sound();
    }
}
