//! The page of a change's permits: parse, call an act, show. No rule stands here.

use askama::Template;
use basis::{Act, Actor, Id, PersonId, Refusal, Subject, Time};
use changes::ChangeId;
use frame::pages::{Choice, Form, Goto, Moment, Page, State as Shown, Tone};
use frame::{Call, Nothing, Routes};
use policy::{Action, PermitState, Policy, Window};

use crate::acts::{self, Narrowed};
use crate::api::{HandBackRequest, ReasonRequest, work_named};
use crate::rules::{HandBack, Issue, Permit, PermitId, Revoke, Standing, Suspend, Work};

/// What the reader may do with permits.
#[derive(Debug, Clone, Copy, Default)]
struct Allowed {
    issue: bool,
    suspend: bool,
    hand_back: bool,
    revoke: bool,
}

/// A permit with the forms that are open to the reader.
struct Card {
    id: PermitId,
    state: Shown,
    from: Moment,
    until: Moment,
    revision: u64,
    people: String,
    assets: String,
    actions: String,
    issued_by: String,
    issued_at: Moment,
    suspend: Option<Form>,
    resume: Option<Form>,
    hand_back: Option<Form>,
    revoke: Option<Form>,
}

/// The page.
#[derive(Template)]
#[template(path = "permits.html")]
pub(crate) struct PermitsPage {
    change: ChangeId,
    issue: Option<Form>,
    cards: Vec<Card>,
}

/// Adds the page and what its forms send.
pub(crate) fn with_pages(routes: Routes) -> Routes {
    let page = "/changes/{change}/permits";
    let suspension = "/changes/{change}/permits/{permit}/suspension";
    let resumption = "/changes/{change}/permits/{permit}/resumption";
    let handing_back = "/changes/{change}/permits/{permit}/handing-back";
    let revocation = "/changes/{change}/permits/{permit}/revocation";
    routes
        .page(
            page,
            "permits.read",
            "Shows the permits of a change",
            show_permits,
        )
        .form(
            page,
            "permits.issue",
            "Issues a permit",
            show_permits,
            issue_permit,
        )
        .form(
            suspension,
            "permits.suspend",
            "Stops work for now",
            show_permits,
            suspend_permit,
        )
        .form(
            resumption,
            "permits.suspend",
            "Lets work go on",
            show_permits,
            resume_permit,
        )
        .form(
            handing_back,
            "permits.hand_back",
            "Gives a permit back",
            show_permits,
            hand_back_permit,
        )
        .form(
            revocation,
            "permits.revoke",
            "Withdraws a permit for good",
            show_permits,
            revoke_permit,
        )
}

fn state_shown(state: PermitState) -> Shown {
    let tone = match state {
        PermitState::Issued | PermitState::Active => Tone::Active,
        PermitState::Suspended => Tone::Warning,
        PermitState::Revoked => Tone::Bad,
        PermitState::HandedBack => Tone::Good,
        PermitState::Expired => Tone::Plain,
    };
    Shown::new(state.name().replace('_', " "), tone)
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    texts.join(", ")
}

impl Card {
    fn of(permit: &Permit, now: Time, allowed: Allowed, form: &dyn Fn(String) -> Form) -> Self {
        let is_live = permit.is_live(now);
        let is_suspended = permit.standing == Standing::Suspended;
        let step = |is_open: bool, name: &str| {
            let path = format!("/changes/{}/permits/{}/{name}", permit.change, permit.id);
            (is_open && is_live).then(|| form(path))
        };
        Self {
            id: permit.id,
            state: state_shown(permit.state_at(now)),
            from: Moment(permit.window.from),
            until: Moment(permit.window.until),
            revision: permit.revision,
            people: joined(&permit.people),
            assets: joined(&permit.assets),
            actions: joined(
                permit
                    .actions
                    .iter()
                    .map(|action| action.name().replace('_', " ")),
            ),
            issued_by: permit.issued_by.to_string(),
            issued_at: Moment(permit.issued_at),
            suspend: step(allowed.suspend && !is_suspended, "suspension"),
            resume: step(allowed.suspend && is_suspended, "resumption"),
            hand_back: step(allowed.hand_back, "handing-back"),
            revoke: step(allowed.revoke, "revocation"),
        }
    }
}

impl PermitsPage {
    fn of(
        change: ChangeId,
        permits: &[Permit],
        now: Time,
        allowed: Allowed,
        form: &dyn Fn(String) -> Form,
    ) -> Self {
        let card = |permit: &Permit| Card::of(permit, now, allowed, form);
        Self {
            change,
            issue: allowed.issue.then(|| form(format!("/changes/{change}/permits"))),
            cards: permits.iter().map(card).collect(),
        }
    }

    fn works(&self) -> Vec<Choice> {
        vec![
            Choice::new(Work::Done.name(), "The work is done"),
            Choice::new(
                Work::Unfinished.name(),
                "Something is left to do, under another permit",
            ),
        ]
    }
}

impl Page for PermitsPage {
    fn title(&self) -> String {
        format!("Permits of {}", self.change)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let change = ChangeId::from_number(1);
        let now = Time::from_ms(1_795_000_000_000);
        let every = Allowed {
            issue: true,
            suspend: true,
            hand_back: true,
            revoke: true,
        };
        let permit = |number: u64, standing: Standing| Permit {
            id: PermitId::from_number(number),
            change,
            revision: 1,
            standing,
            window: Window {
                from: now,
                until: now + basis::Span::hours(4),
            },
            people: [PersonId::from_number(5)].into(),
            assets: (1..=60)
                .filter_map(|number| Subject::parse(&format!("AST-{number:04}")))
                .collect(),
            actions: Action::ALL.iter().copied().collect(),
            issued_by: PersonId::from_number(4),
            issued_at: now,
        };
        let page = |permits: &[Permit], allowed| {
            Self::of(change, permits, now, allowed, &|path| Form::sample(&path))
        };
        let full = [
            permit(1, Standing::Revoked),
            permit(2, Standing::HandedBack),
            permit(3, Standing::Suspended),
            permit(4, Standing::Given),
        ];
        vec![
            ("empty", page(&[], Allowed::default())),
            ("usual", page(&full[3..], every)),
            ("full", page(&full, every)),
        ]
    }
}

fn can<A: Act>(actor: &Actor, change: ChangeId, policy: &Policy) -> bool {
    actor.may::<A>(change, policy.authority()).is_ok()
}

pub(crate) fn show_permits(call: &Call<'_>) -> Result<PermitsPage, Refusal> {
    let (organisation, change) = (call.organisation(), call.id("change")?);
    let permits = acts::of_change(organisation, call.actor, change)?;
    let policy = organisation.view(policy::current)?;
    let allowed = Allowed {
        issue: can::<Issue>(call.actor, change, &policy),
        suspend: can::<Suspend>(call.actor, change, &policy),
        hand_back: can::<HandBack>(call.actor, change, &policy),
        revoke: can::<Revoke>(call.actor, change, &policy),
    };
    Ok(PermitsPage::of(
        change,
        &permits,
        organisation.now(),
        allowed,
        &|path| call.form(path),
    ))
}

fn back<B>(call: &Call<'_, Nothing, B>) -> Result<Goto, Refusal> {
    let change: ChangeId = call.id("change")?;
    Ok(Goto::to(format!("/changes/{change}/permits")))
}

fn issue_permit(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    acts::issue(
        call.organisation(),
        call.actor,
        call.id("change")?,
        &Narrowed::default(),
    )?;
    back(call)
}

fn suspend_permit(call: &Call<'_, Nothing, ReasonRequest>) -> Result<Goto, Refusal> {
    acts::suspend(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    back(call)
}

fn resume_permit(call: &Call<'_, Nothing, ReasonRequest>) -> Result<Goto, Refusal> {
    acts::resume(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    back(call)
}

fn revoke_permit(call: &Call<'_, Nothing, ReasonRequest>) -> Result<Goto, Refusal> {
    acts::revoke(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    back(call)
}

fn hand_back_permit(call: &Call<'_, Nothing, HandBackRequest>) -> Result<Goto, Refusal> {
    let work = work_named(&call.body.work)?;
    acts::hand_back(call.organisation(), call.actor, call.id("permit")?, work)?;
    back(call)
}
