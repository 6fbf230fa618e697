//! The guide from an empty organisation to the first approved change: what is done is found in the records, never ticked off.

use askama::Template;
use basis::{Id, Refusal, Role};
use changes::{ChangeId, State as ChangeState, Summary};
use frame::pages::{Page, State, Tone};
use frame::{Call, Nothing};
use people::{Person, Standing};
use policy::Policy;
use storage::View;

/// One step of the way.
struct Step {
    title: &'static str,
    /// The act that is asked of whoever does it.
    act: &'static str,
    how: &'static str,
    path: &'static str,
    link: &'static str,
}

/// Who asks and works, who owns the systems, who approves.
const PEOPLE_NEEDED: usize = 3;
/// How many names a sentence holds.
const NAMES_MAX: usize = 5;

const STEPS: [Step; 7] = [
    Step {
        title: "Bring in a second and a third person",
        act: "people.enrol",
        how: "Whoever asks for a change does not approve it, and nobody changes their own roles. Three people will do: the administrator, who asks \
            and works (requester, technician), and who decides (system owner, approver). Where systems hold controlled information owner and \
            approver sign as two people, which takes a fourth, unless the administrator was made system owner when the organisation was \
            founded. Give each their link; their roles count once a colleague who did not invite them has confirmed who came in, under Needs me.",
        path: "/people",
        link: "People and roles",
    },
    Step {
        title: "Enrol a key that signs",
        act: "changes.decide",
        how: "An approval is a signature. Whoever approves makes a passkey, or brings an SSH key, and enrols it for signing.",
        path: "/account",
        link: "Your account",
    },
    Step {
        title: "Read the policy in force",
        act: "policy.read",
        how: "Nothing has to be pressed here. Every yes and no names its paragraph. It is changed by a change, like everything else. Reading \
            leaves no trace: the step counts as done once there are assets to apply it to.",
        path: "/policy",
        link: "The policy",
    },
    Step {
        title: "Fill the register of assets",
        act: "assets.register",
        how: "Import a list of systems, and collect what is installed on the machines that can be reached.",
        path: "/assets",
        link: "Assets",
    },
    Step {
        title: "Find out what is vulnerable",
        act: "findings.import",
        how: "Import a scan, or match advisories against what was collected.",
        path: "/findings/imports",
        link: "Scans and advisories",
    },
    Step {
        title: "Ask for a change",
        act: "changes.open",
        how: "Open it from findings or from a blank, write what its page says is still missing, and submit it.",
        path: "/changes/new",
        link: "New change",
    },
    Step {
        title: "Have it approved",
        act: "changes.decide",
        how: "The approvers find it under Needs me, read exactly what they sign, and sign. Where systems hold controlled information the \
            system owner signs as well.",
        path: "/changes",
        link: "Changes",
    },
];

const UNDER_DECISION: [ChangeState; 2] = [ChangeState::Submitted, ChangeState::Disapproved];
const APPROVED: [ChangeState; 5] = [
    ChangeState::Approved,
    ChangeState::Scheduled,
    ChangeState::InProgress,
    ChangeState::Verifying,
    ChangeState::Closed,
];

/// How far one step is.
#[derive(Debug, Clone, Default)]
struct Progress {
    is_done: bool,
    /// In which roles it is done, by the policy in force.
    roles: String,
    /// How far it is, and who does what is left; empty where nothing is to be said.
    left: String,
    /// The change that it is about.
    change: Option<ChangeId>,
}

impl Progress {
    fn done() -> Self {
        Self {
            is_done: true,
            ..Self::default()
        }
    }

    fn left(left: String) -> Self {
        Self {
            left,
            ..Self::default()
        }
    }
}

/// How far an organisation has come.
#[derive(Template)]
#[template(path = "beginning.html")]
pub(super) struct Beginning {
    steps: [Progress; STEPS.len()],
}

/// What the steps are measured by.
struct Seen<'a> {
    view: &'a View<'a>,
    policy: &'a Policy,
    active: Vec<Person>,
}

impl Seen<'_> {
    /// Those who hold a role in which the act is done. What waits for a confirmation does not count.
    fn able(&self, act: &str) -> Vec<&Person> {
        let allowed = self.policy.authority().roles(act);
        let is_able = |person: &&Person| !person.usable_roles().is_disjoint(&allowed);
        self.active.iter().filter(is_able).collect()
    }

    /// Enough people have accepted their invitation, and none of them still waits for a second person.
    fn people(&self) -> Progress {
        let came_in = self.active.iter().filter(|person| person.has_come_in);
        let (waiting, known): (Vec<&Person>, Vec<&Person>) =
            came_in.partition(|person| person.standing == Standing::Unconfirmed);
        let known = known.len();
        if known >= PEOPLE_NEEDED {
            return Progress::done();
        }
        Progress::left(match waiting.is_empty() {
            true => format!("{known} of {PEOPLE_NEEDED} have come in."),
            false => format!(
                "{known} of {PEOPLE_NEEDED} are confirmed. Somebody who did not invite them confirms {}.",
                names(&waiting)
            ),
        })
    }

    /// Somebody who decides has a key that signs.
    fn keys(&self) -> Result<Progress, Refusal> {
        let deciders = self.able("changes.decide");
        for person in &deciders {
            let keys = people::signing_keys_of(self.view, person.id)?;
            if keys.iter().any(|key| key.revoked_at.is_none()) {
                return Ok(Progress::done());
            }
        }
        Ok(Progress::left(next(&deciders)))
    }

    /// The change in one of these states that was opened last.
    fn change_in(&self, states: &[ChangeState]) -> Result<Option<Summary>, Refusal> {
        let mut found = Vec::new();
        for state in states {
            found.extend(changes::list(self.view, None, Some(*state), 1)?);
        }
        Ok(found.into_iter().max_by_key(|change| change.id))
    }

    /// A change was submitted.
    fn asked(&self) -> Result<Progress, Refusal> {
        let able = self.able(STEPS[5].act);
        if self.is_approved()? || self.change_in(&UNDER_DECISION)?.is_some() {
            return Ok(Progress::done());
        }
        let Some(draft) = self.change_in(&[ChangeState::Draft])? else {
            return Ok(Progress::left(next(&able)));
        };
        let requester = people::find(self.view, draft.requester)?;
        let name = requester.map_or_else(|| draft.requester.to_string(), |person| person.name);
        Ok(Progress {
            change: Some(draft.id),
            ..Progress::left(format!("Next: {name} completes {} and submits it.", draft.id))
        })
    }

    fn is_approved(&self) -> Result<bool, Refusal> {
        Ok(self.change_in(&APPROVED)?.is_some())
    }

    fn approved(&self) -> Result<Progress, Refusal> {
        if self.is_approved()? {
            return Ok(Progress::done());
        }
        let waiting = self.change_in(&UNDER_DECISION)?;
        Ok(Progress {
            change: waiting.map(|change| change.id),
            ..Progress::left(next(&self.able(STEPS[6].act)))
        })
    }

    /// Whether each step is done, and what is left of it.
    fn steps(&self) -> Result<[Progress; STEPS.len()], Refusal> {
        let view = self.view;
        let has_assets = !assets::list(view, None, 1)?.is_empty();
        let plain = |index: usize, is_done: bool| match is_done {
            true => Progress::done(),
            false => Progress::left(next(&self.able(STEPS[index].act))),
        };
        Ok([
            self.people(),
            self.keys()?,
            // Reading leaves no trace: it counts as done once there is something to apply it to.
            match has_assets {
                true => Progress::done(),
                false => Progress::default(),
            },
            plain(3, has_assets),
            plain(4, findings::has_any(view)?),
            self.asked()?,
            self.approved()?,
        ])
    }
}

fn names(people: &[&Person]) -> String {
    let mut names: Vec<String> = people
        .iter()
        .take(NAMES_MAX)
        .map(|person| person.name.clone())
        .collect();
    if people.len() > NAMES_MAX {
        names.push(format!("{} more", people.len() - NAMES_MAX));
    }
    names.join(", ")
}

fn next(able: &[&Person]) -> String {
    match able.is_empty() {
        true => "Nobody can do it yet: it takes somebody with such a role.".to_owned(),
        false => format!("Next: {}.", names(able)),
    }
}

impl Beginning {
    /// How far these records have come. Who may not list people is told the roles, and no names.
    pub(super) fn of<Q, B>(call: &Call<'_, Q, B>) -> Result<Self, Refusal> {
        let may_know = call.may("people.read");
        let found = call.organisation().view(Self::seen)?;
        Ok(if may_know { found } else { found.without_names() })
    }

    fn seen(view: &View<'_>) -> Result<Self, Refusal> {
        let policy = policy::current(view)?;
        let mut active = people::all(view)?;
        active.retain(|person| person.is_active);
        let seen = Seen {
            view,
            policy: &policy,
            active,
        };
        let mut steps = seen.steps()?;
        for (progress, step) in steps.iter_mut().zip(&STEPS) {
            progress.roles = roles(&policy, step.act);
        }
        Ok(Self { steps })
    }

    fn without_names(mut self) -> Self {
        for step in &mut self.steps {
            step.left = String::new();
            step.change = None;
        }
        self
    }

    /// For samples: the first so many steps are done.
    pub(super) fn done(count: usize) -> Self {
        Self {
            steps: std::array::from_fn(|index| Progress {
                is_done: index < count,
                roles: "system owner or administrator".to_owned(),
                left: match index < count {
                    true => String::new(),
                    false => "Next: Anna Ames, Ben Ortiz.".to_owned(),
                },
                change: (index == 6).then(|| ChangeId::from_number(1)),
            }),
        }
    }

    /// How many steps are done, of how many.
    pub(super) fn progress(&self) -> (usize, usize) {
        let done = self.steps.iter().filter(|step| step.is_done).count();
        (done, STEPS.len())
    }

    /// The first step that is not done, and who does what is left of it.
    pub(super) fn next(&self) -> Option<(&'static str, &str)> {
        let mut open = STEPS.iter().zip(&self.steps).filter(|(_, step)| !step.is_done);
        open.next()
            .map(|(step, progress)| (step.title, progress.left.as_str()))
    }

    fn shown(&self) -> impl Iterator<Item = (&'static Step, &Progress)> {
        STEPS.iter().zip(&self.steps)
    }

    fn state(&self, is_done: &bool) -> State {
        match is_done {
            true => State::new("done", Tone::Good),
            false => State::new("to do", Tone::Plain),
        }
    }
}

/// The roles in which the act is done, as people read them.
fn roles(policy: &Policy, act: &str) -> String {
    let held = policy.authority().roles(act);
    if held.len() + 1 >= Role::ALL.len() {
        return "everybody".to_owned();
    }
    let names: Vec<String> = held.iter().map(|role| role.name().replace('_', " ")).collect();
    names.join(" or ")
}

impl Page for Beginning {
    fn title(&self) -> String {
        "From empty to the first approved change".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("empty", Self::done(0)),
            ("half", Self::done(4)),
            ("done", Self::done(STEPS.len())),
        ]
    }
}

pub(super) fn show_beginning(call: &Call<'_, Nothing>) -> Result<Beginning, Refusal> {
    Beginning::of(call)
}

#[cfg(test)]
mod tests {
    use basis::{Actor, Span};
    use people::{Acceptance, Secret};
    use testkit::House;

    use super::*;

    fn accept(house: &House, person: &Actor) {
        let invitation = people::invite(&house.organisation, &house.administrator(), person.person).unwrap();
        let secret = Secret::from_bytes(b"12345678901234567890");
        let acceptance = Acceptance {
            invitation: &invitation.code,
            password: testkit::PASSWORD,
            totp_secret: &secret.to_base32(),
            totp_code: &secret.code_at(house.organisation.now()),
        };
        people::accept(&house.organisation, &acceptance).unwrap();
        house.wait(Span::minutes(1));
    }

    fn seen(house: &House) -> Beginning {
        house.organisation.view(Beginning::seen).unwrap()
    }

    #[test]
    fn the_steps_speak_of_the_organisation_and_say_who_is_next() {
        let house = House::with(|_| crate::registry());
        let empty = seen(&house);
        assert_eq!(empty.progress().0, 0);
        assert_eq!(empty.next().unwrap().0, "Bring in a second and a third person");
        assert!(empty.steps[1].left.starts_with("Nobody can do it yet"));
        assert!(
            empty.steps[3].left.contains("Next: Anna Ames"),
            "{:?}",
            empty.steps[3]
        );

        let ben = house.person("ben", &[Role::Technician]);
        let carla = house.person("carla", &[Role::SystemOwner]);
        let dana = house.person("dana", &[Role::Approver]);
        for person in [&ben, &carla, &dana] {
            accept(&house, person);
        }
        let early = seen(&house);
        assert!(
            !early.steps[0].is_done,
            "who came in and was not confirmed does not count"
        );
        assert_eq!(
            early.steps[0].left,
            "1 of 3 are confirmed. Somebody who did not invite them confirms Carla, Dana."
        );
        house.confirm(&carla, &ben);
        house.confirm(&dana, &ben);
        let whole = seen(&house);
        assert!(whole.steps[0].is_done, "{:?}", whole.steps[0]);
        assert_eq!(whole.next().unwrap().0, "Enrol a key that signs");
        assert_eq!(whole.steps[1].left, "Next: Carla, Dana.");
        let asked = changes::PartsEdit::default();
        let normal = policy::ChangeType::Normal;
        let id = changes::open(&house.organisation, &carla, "Patch", normal, &asked)
            .unwrap()
            .id;
        let drafted = seen(&house);
        assert_eq!(
            (drafted.steps[5].is_done, drafted.steps[5].change),
            (false, Some(id))
        );
        assert_eq!(
            drafted.steps[5].left,
            "Next: Carla completes CHG-0001 and submits it."
        );
        assert!(
            whole
                .without_names()
                .steps
                .iter()
                .all(|step| step.left.is_empty())
        );
    }
}
