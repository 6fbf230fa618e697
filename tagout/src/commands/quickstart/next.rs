//! What people are told after the first steps: how far the trial's change has come, and the commands from there on.

use basis::{Class, Clock, Refusal, Span, SystemClock, Time};
use changes::{ChangeView, State};
use frame::client::Client;
use frame::terminal::Profiles;

use super::script::{shown, this_machine};
use super::trial::Trial;

/// The change that the first steps open.
pub(super) const CHANGE: &str = "CHG-0001";

/// How far ahead the suggested window begins: a day for the approval, and the notice of paragraph 3.1.
const WINDOW_AHEAD: Span = Span::hours(24 + NOTICE_HOURS);
/// How long the suggested window lasts.
const WINDOW_LENGTH: Span = Span::hours(4);
/// The notice that paragraph 3.1 of the trial's policy wants for a normal change.
const NOTICE_HOURS: i64 = 72;
/// How long before its window paragraph 4.1 of the trial's policy lets a permit be issued.
const PERMIT_AHEAD_HOURS: i64 = 8;
const HOUR_MS: i64 = 3_600_000;

/// The parts that the draft lacks, each by its option and a text that fits this trial.
const PARTS: [(&str, &str); 5] = [
    (
        "security-impact",
        "Known flaws are closed. No setting and no access right changes.\n",
    ),
    (
        "availability-impact",
        "Services whose libraries are replaced restart; nobody else uses this machine.\n",
    ),
    (
        "test-plan",
        "`dpkg --audit` says nothing, and the programs used every day start.\n",
    ),
    (
        "rollback-plan",
        "The versions before are installed again where the plan says that they can be had.\n",
    ),
    (
        "communication-plan",
        "Dana is told the day before and when it is done.\n",
    ),
];

/// What becomes of the server after the first steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// It goes on serving.
    GoesOn,
    /// It ends.
    Ends,
}

/// Writes the texts that the suggested commands name, asks how far the change has come, and says what to do next.
pub(super) fn what_next(trial: &Trial, address: &str, server: Server) -> Result<String, Refusal> {
    for (name, text) in PARTS {
        trial.keep(&format!("{name}.txt"), text)?;
    }
    let state = state(trial, address)?;
    Ok(words(trial, address, server, state, SystemClock.now()))
}

/// How far the change has come; none where it could not be opened.
fn state(trial: &Trial, address: &str) -> Result<Option<State>, Refusal> {
    let profile = Profiles::at(trial.file("profiles.json")).find("ben")?;
    let client = Client::new(address, profile.and_then(|profile| profile.token))?;
    match client.get::<ChangeView>(&format!("/changes/{CHANGE}")) {
        Ok(change) => Ok(State::named(&change.state)),
        Err(refusal) if refusal.class == Class::NotFound => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn words(trial: &Trial, address: &str, server: Server, state: Option<State>, now: Time) -> String {
    let program = std::env::current_exe().map_or("tagout".to_owned(), |path| shown(&path));
    let data = shown(&trial.data);
    let listen = address.trim_start_matches("http://");
    let pages = address.replace("127.0.0.1", "localhost");
    let (password, secret) = (
        shown(&trial.file("ben.password")),
        shown(&trial.file("ben.secret")),
    );
    let serving = match server {
        Server::GoesOn => format!(
            "Serving on {address}. In a browser on this machine: {pages}, as ben, with the password in {password} and the code that\n\
             `{program} code {secret}` prints; likewise as dana. {pages}/beginning leads to the first approved change.\n\nOr in another terminal, from this folder:"
        ),
        Server::Ends => format!(
            "The server has ended. `{program} --data {data} quickstart --listen {listen}` starts it and goes on from here; \
             then, in another terminal, from this folder:"
        ),
    };
    let stop = match server {
        Server::GoesOn => "\nStop with Ctrl-C; `tagout quickstart` goes on from here.",
        Server::Ends => "",
    };
    format!(
        "
{}
{serving}

  export TAGOUT_PROFILES={} TAGOUT_SERVER={address}
  alias tagout={program}
  tagout --profile ben asset list
  tagout --profile ben finding list
  tagout --profile ben change show {CHANGE}
  tagout --profile ben change missing {CHANGE}     # what the policy still wants, and how to give it
  tagout --profile ben policy show                 # the rules, paragraph by paragraph
{}
A sign-in ends after 15 minutes without use. In again, as ben and likewise as dana:

  tagout --profile ben login --as ben --password-file {} --secret-file {}

Passwords, one-time code secrets and keys of the three people are in {}: a trial, not a way to work.{stop}
",
        standing(state),
        shown(&trial.file("profiles.json")),
        way_on(trial, state, now),
        password,
        secret,
        shown(trial.file("x").parent().unwrap_or(&trial.data)),
    )
}

fn standing(state: Option<State>) -> String {
    match state {
        None => format!("{CHANGE} could not be opened; what stands in the way is said above."),
        Some(
            state @ (State::Draft
            | State::Submitted
            | State::Approved
            | State::Disapproved
            | State::Scheduled
            | State::Cancelled),
        ) => format!(
            "{CHANGE} is {}. Nothing has been changed on this machine under it.",
            as_said(state)
        ),
        Some(
            state
            @ (State::InProgress | State::Verifying | State::Closed | State::RolledBack | State::Failed),
        ) => format!("{CHANGE} is {}.", as_said(state)),
    }
}

fn as_said(state: State) -> String {
    match state {
        State::Draft => "a draft".to_owned(),
        other => other.in_words(),
    }
}

/// The steps that lie before the change, each with its commands; nothing once work has begun.
fn way_on(trial: &Trial, state: Option<State>, now: Time) -> String {
    let steps = [ask(trial, now), approve(trial), schedule(), work()];
    let done = match state {
        Some(State::Draft | State::Disapproved) => 0,
        Some(State::Submitted) => 1,
        Some(State::Approved) => 2,
        Some(State::Scheduled) => 3,
        Some(
            State::InProgress
            | State::Verifying
            | State::Closed
            | State::RolledBack
            | State::Failed
            | State::Cancelled,
        )
        | None => steps.len(),
    };
    steps[done..].iter().map(|step| format!("\n{step}")).collect()
}

fn ask(trial: &Trial, now: Time) -> String {
    let (from, until) = suggested_window(now);
    let parts = PARTS.map(|(name, _)| {
        let file = shown(&trial.file(&format!("{name}.txt")));
        format!(" \\\n      --{name} {file}")
    });
    format!(
        "Ben gives what is missing, in his own words or in those of the files named here, and submits. A normal change is\n\
         scheduled at least {NOTICE_HOURS} hours before its window, so the window lies some days ahead:\n\n  \
         tagout --profile ben change edit {CHANGE}{} \\\n      --from {from} --until {until}\n  \
         tagout --profile ben change missing {CHANGE}\n  \
         tagout --profile ben change submit {CHANGE}\n",
        parts.concat()
    )
}

fn approve(trial: &Trial) -> String {
    format!(
        "Dana reads and signs, with her key and in the role that is asked for:\n\n  \
         tagout --profile dana change text {CHANGE}\n  \
         tagout --profile dana change approve {CHANGE} --as approver --key {}\n",
        shown(&trial.file("dana.key"))
    )
}

fn schedule() -> String {
    format!(
        "Ben sets the window, {NOTICE_HOURS} hours before it begins or earlier:\n\n  \
         tagout --profile ben change schedule {CHANGE}\n"
    )
}

fn work() -> String {
    format!(
        "Dana issues the permit, at most {PERMIT_AHEAD_HOURS} hours before the window begins. In the window the gate opens, and\n\
         ben begins the work, which installs the planned versions on this machine:\n\n  \
         tagout --profile dana permit issue {CHANGE}\n  \
         tagout --profile ben gate {CHANGE} --asset {} --action patch\n  \
         tagout --profile ben run start {CHANGE}\n",
        this_machine()
    )
}

/// A window that begins on a full hour.
fn suggested_window(now: Time) -> (Time, Time) {
    let earliest = (now + WINDOW_AHEAD).as_ms();
    let from = Time::from_ms(earliest + (HOUR_MS - earliest % HOUR_MS) % HOUR_MS);
    (from, from + WINDOW_LENGTH)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::super::CommandLine;
    use super::super::super::named::words as words_of;
    use super::*;

    fn said(server: Server, state: Option<State>) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let trial = Trial::at(folder.path()).expect("a trial");
        let now = Time::parse("2026-11-22T13:00:01Z").expect("a time");
        words(&trial, "http://127.0.0.1:7420", server, state, now)
    }

    fn each_state() -> impl Iterator<Item = Option<State>> {
        State::ALL.into_iter().map(Some).chain([None])
    }

    #[test]
    fn each_command_that_is_printed_is_one_that_the_program_knows() {
        for (state, server) in each_state().flat_map(|state| [(state, Server::GoesOn), (state, Server::Ends)])
        {
            let text = said(server, state).replace("\\\n", " ");
            let calls = text
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with("tagout "));
            for call in calls {
                CommandLine::try_parse_from(words_of(call))
                    .unwrap_or_else(|error| panic!("`{call}`: {error}"));
            }
        }
    }

    #[test]
    fn the_change_is_said_to_be_what_it_is() {
        for state in State::ALL.into_iter().filter(|state| *state != State::Draft) {
            let text = said(Server::GoesOn, Some(state));
            assert!(
                text.contains(&format!("{CHANGE} is {}.", state.in_words())),
                "{text}"
            );
            assert!(!text.contains("draft"), "{text}");
        }
        assert!(said(Server::GoesOn, Some(State::Draft)).contains("CHG-0001 is a draft."));
        assert!(said(Server::GoesOn, None).contains("CHG-0001 could not be opened"));
    }

    #[test]
    fn what_is_done_is_not_asked_for_again() {
        let verbs = ["change edit", "change approve", "change schedule", "permit issue"];
        let left = |state| {
            let text = said(Server::GoesOn, Some(state));
            verbs.map(|verb| text.contains(verb))
        };
        assert_eq!(left(State::Draft), [true, true, true, true]);
        assert_eq!(left(State::Disapproved), [true, true, true, true]);
        assert_eq!(left(State::Submitted), [false, true, true, true]);
        assert_eq!(left(State::Approved), [false, false, true, true]);
        assert_eq!(left(State::Scheduled), [false, false, false, true]);
        assert_eq!(left(State::InProgress), [false, false, false, false]);
    }

    #[test]
    fn a_server_that_ends_is_not_said_to_serve() {
        for state in each_state() {
            let text = said(Server::Ends, state);
            assert!(!text.contains("Serving on"), "{text}");
            assert!(!text.contains("Ctrl-C"), "{text}");
            assert!(text.contains("goes on from here"), "{text}");
        }
    }

    #[test]
    fn the_window_leaves_a_day_before_the_notice_and_begins_on_the_hour() {
        let at = |text: &str| Time::parse(text).expect("a time");
        let full = at("2026-11-22T13:00:00Z");
        let (from, until) = suggested_window(full);
        assert_eq!(
            (from, until),
            (at("2026-11-26T13:00:00Z"), at("2026-11-26T17:00:00Z"))
        );
        let (from, _) = suggested_window(full + Span::milliseconds(1));
        assert_eq!(from, at("2026-11-26T14:00:00Z"));
    }

    #[test]
    fn the_hours_told_are_those_of_the_policy_in_the_trial() {
        let rule = |kind: &str| {
            let at = policy::DEFAULT_POLICY
                .find(&format!("kind = \"{kind}\""))
                .expect(kind);
            policy::DEFAULT_POLICY[at..]
                .split("[[rule]]")
                .next()
                .unwrap_or_default()
        };
        assert!(rule("lead_time").contains(&format!("normal = \"{NOTICE_HOURS} hours\"")));
        assert!(rule("permit").contains(&format!("longest = \"{PERMIT_AHEAD_HOURS} hours\"")));
        assert!(rule("sign_in").contains("idle = \"15 minutes\""));
    }
}
