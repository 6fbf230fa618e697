//! The trial: every mutant is judged by both verifiers at once, and their verdicts are compared.

use std::error::Error;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use ledger::note::VerifierKey;
use ledger::package::verify;
use ledger::package::zip::Archive;

use crate::mutant::{Allowed, Kind, Mutant};
use crate::original::Original;
use crate::second_opinion::{Answers, Questions, SecondOpinion};
use crate::tally::Tally;

/// How many mutants may be under way in one process: more than the verifier answers at once (256), so that neither
/// side waits for the other.
const UNDER_WAY_MAX: usize = 1_024;

/// The verdict of the first verifier on an archive: `yes` or `no <code>`.
pub type Judge<'a> = dyn Fn(&[u8]) -> String + Sync + 'a;

/// What is tried.
pub struct Trial<'a> {
    pub original: &'a Original,
    pub ours: &'a Judge<'a>,
    /// The program of the second verifier.
    pub verifier: PathBuf,
    pub count: u64,
    pub seed: u64,
    pub processes: u64,
}

/// A mutant that was accepted or judged differently, by its number.
pub struct Failure {
    pub number: u64,
    pub kind: Kind,
    pub why: String,
}

struct Waiting {
    number: u64,
    kind: Kind,
    allowed: Allowed,
    ours: String,
}

/// The verdict of this library.
pub fn judge(key: &VerifierKey, archive: &[u8]) -> String {
    // A panic is a defect that must be told with its mutant, not end the trial.
    let verdict = std::panic::catch_unwind(|| verify(&Archive::open(Cursor::new(archive))?, key, &[]));
    match verdict {
        Ok(Ok(_)) => "yes".into(),
        Ok(Err(wrong)) => format!("no {}", wrong.code),
        Err(_) => "panicked".into(),
    }
}

impl Trial<'_> {
    /// Makes and judges all mutants.
    pub fn run(&self) -> Result<Tally, Box<dyn Error>> {
        let tally = Mutex::new(Tally::default());
        let outcomes: Vec<Result<(), String>> = thread::scope(|scope| {
            let lanes: Vec<_> = (0..self.processes)
                .map(|lane| {
                    scope.spawn({
                        let tally = &tally;
                        move || self.lane(lane, tally).map_err(|error| error.to_string())
                    })
                })
                .collect();
            lanes
                .into_iter()
                .map(|lane| lane.join().unwrap_or_else(|_| Err("a lane broke down".into())))
                .collect()
        });
        outcomes.into_iter().collect::<Result<(), String>>()?;
        Ok(tally
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn lane(&self, lane: u64, tally: &Mutex<Tally>) -> Result<(), Box<dyn Error>> {
        let (questions, answers, mut child) =
            SecondOpinion::start(&self.verifier, &self.original.key.to_string())?.split();
        let (sender, receiver) = sync_channel(UNDER_WAY_MAX);
        let asked = thread::scope(|scope| {
            let comparing =
                scope.spawn(|| compare(receiver, answers, tally).map_err(|error| error.to_string()));
            let asked = self.ask(lane, questions, sender);
            let compared = comparing
                .join()
                .unwrap_or_else(|_| Err("the comparison broke down".into()));
            asked.map_err(|error| error.to_string()).and(compared)
        });
        child.wait()?;
        asked.map_err(Into::into)
    }

    fn ask(
        &self,
        lane: u64,
        mut questions: Questions,
        sender: SyncSender<Waiting>,
    ) -> Result<(), Box<dyn Error>> {
        for number in (lane..self.count).step_by(self.processes as usize) {
            let mutant = Mutant::make(self.original, self.seed, number);
            sender.send(Waiting {
                number,
                kind: mutant.kind,
                allowed: mutant.allowed,
                ours: (self.ours)(&mutant.archive),
            })?;
            questions.ask(&mutant.archive)?;
        }
        Ok(())
    }
}

fn compare(
    receiver: Receiver<Waiting>,
    mut answers: Answers,
    tally: &Mutex<Tally>,
) -> Result<(), Box<dyn Error>> {
    for waiting in receiver {
        let theirs = answers.next()?;
        let why = fault(&waiting, &theirs);
        let mut tally = tally.lock().map_err(|_| "the tally broke down")?;
        tally.count(waiting.kind, waiting.allowed, &waiting.ours);
        if let Some(why) = why {
            tally.fail(Failure {
                number: waiting.number,
                kind: waiting.kind,
                why,
            });
        }
    }
    Ok(())
}

/// What is wrong with the two verdicts, if anything.
fn fault(waiting: &Waiting, theirs: &str) -> Option<String> {
    let ours = waiting.ours.as_str();
    if ours != theirs {
        return Some(format!("one verifier says `{ours}`, the other `{theirs}`"));
    }
    let is_yes = ours == "yes";
    match waiting.allowed {
        Allowed::No if is_yes => Some("accepted by both".into()),
        Allowed::Yes if !is_yes => Some(format!(
            "only what people read was changed, and both say `{ours}`"
        )),
        _ => None,
    }
}
