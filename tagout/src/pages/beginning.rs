//! The guide from an empty organisation to the first approved change: what is done is found in the records, never ticked off.

use askama::Template;
use basis::Refusal;
use changes::State as ChangeState;
use frame::pages::{Page, State, Tone};
use frame::{Call, Nothing};

/// One step of the way.
struct Step {
    title: &'static str,
    /// Who may do it by the policy that comes with the program.
    who: &'static str,
    how: &'static str,
    path: &'static str,
    link: &'static str,
}

const STEPS: [Step; 7] = [
    Step {
        title: "Bring in a second and a third person",
        who: "An administrator",
        how: "Whoever asks for a change does not approve it, and nobody changes their own roles. Three people will do: who asks and works \
            (requester, technician), who owns the systems (system owner), who approves (approver). Give each their link; a role that \
            decides counts once somebody else has confirmed who came in, under Needs me.",
        path: "/people",
        link: "People and roles",
    },
    Step {
        title: "Enrol a key that signs",
        who: "Everybody who approves",
        how: "An approval is a signature. Make a passkey, or bring an SSH key, and enrol it for signing.",
        path: "/account",
        link: "Your account",
    },
    Step {
        title: "Read the policy in force",
        who: "Everybody",
        how: "Nothing has to be pressed here. Every yes and no names its paragraph. It is changed by a change, like everything else.",
        path: "/policy",
        link: "The policy",
    },
    Step {
        title: "Fill the register of assets",
        who: "A system owner",
        how: "Import a list of systems, and collect what is installed on the machines that can be reached.",
        path: "/assets",
        link: "Assets",
    },
    Step {
        title: "Find out what is vulnerable",
        who: "A technician or a system owner",
        how: "Import a scan, or match advisories against what was collected.",
        path: "/findings/imports",
        link: "Scans and advisories",
    },
    Step {
        title: "Ask for a change",
        who: "A requester, a technician or a system owner",
        how: "Open it from findings or from a blank. Its page says what is still missing before it can be submitted.",
        path: "/changes/new",
        link: "New change",
    },
    Step {
        title: "Have it approved",
        who: "An approver, and for controlled information the system owner as well",
        how: "The approvers find it under Needs me, read exactly what they sign, and sign.",
        path: "/changes",
        link: "Changes",
    },
];

/// How far an organisation has come.
#[derive(Template)]
#[template(path = "beginning.html")]
pub(super) struct Beginning {
    done: [bool; STEPS.len()],
}

impl Beginning {
    /// How far these records have come.
    pub(super) fn of<Q, B>(call: &Call<'_, Q, B>) -> Result<Self, Refusal> {
        let person = call.actor.person;
        call.organisation().view(|view| {
            let active = people::all(view)?.iter().filter(|one| one.is_active).count();
            let keys = people::signing_keys_of(view, person)?;
            let opened = !changes::list(view, None, None, 1)?.is_empty();
            let mut approved = false;
            for state in [
                ChangeState::Approved,
                ChangeState::Scheduled,
                ChangeState::InProgress,
                ChangeState::Verifying,
                ChangeState::Closed,
            ] {
                approved = approved || !changes::list(view, None, Some(state), 1)?.is_empty();
            }
            let has_assets = !assets::list(view, None, 1)?.is_empty();
            Ok(Self {
                done: [
                    active >= 3,
                    keys.iter().any(|key| key.revoked_at.is_none()),
                    // Reading leaves no trace: it counts as done once there is something to apply it to.
                    has_assets,
                    has_assets,
                    findings::has_any(view)?,
                    opened,
                    approved,
                ],
            })
        })
    }

    /// For samples: the first so many steps are done.
    pub(super) fn done(count: usize) -> Self {
        Self {
            done: std::array::from_fn(|index| index < count),
        }
    }

    /// How many steps are done, of how many.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.done.iter().filter(|done| **done).count(), STEPS.len())
    }

    fn steps(&self) -> impl Iterator<Item = (&'static Step, bool)> {
        STEPS.iter().zip(self.done)
    }

    fn state(&self, is_done: &bool) -> State {
        match is_done {
            true => State::new("done", Tone::Good),
            false => State::new("to do", Tone::Plain),
        }
    }
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
