//! Looks after every run that is not over: asks what is next, and has it done.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use assets::{AssetId, Lists};
use basis::{Id, Refusal, Subject, Time};
use frame::Bell;
use runs::{Begun, Directive, Run, RunId, RunState};
use storage::Organisation;

use crate::drive::Driver;
use crate::{Patience, gate};

/// Told of every point that the runner reaches. Tests end the runner there; the program itself lets every point pass.
/// A panic out of it is like a kill: nothing more is done, and nothing is tidied up.
pub trait Witness: Send + Sync {
    /// The runner is at `point`, such as `apply: recorded`.
    fn reached(&self, point: &str);
}

/// The witness that lets every point pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Witness for Unwatched {
    fn reached(&self, _: &str) {}
}

/// Why the runner ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// A part of it panicked; the records say where each host stands, and a new runner takes over.
    #[error("the runner failed at {0}; start it again, it goes on where each host stands")]
    Panicked(String),
    /// The records could not be read or written.
    #[error("the runner cannot go on: {0}")]
    Records(Refusal),
}

/// The threads that drive hosts.
type Workers = BTreeMap<(RunId, Subject), JoinHandle<Result<(), Refusal>>>;

/// Carries out runs until it is told to stop. One organisation has one runner.
pub struct Runner {
    organisation: Arc<Organisation>,
    bell: Bell,
    patience: Patience,
    witness: Arc<dyn Witness>,
    workers: Mutex<Workers>,
}

impl Runner {
    /// A runner for `organisation`, woken by `bell`.
    pub fn new(organisation: Arc<Organisation>, bell: Bell, patience: Patience) -> Self {
        Self {
            organisation,
            bell,
            patience,
            witness: Arc::new(Unwatched),
            workers: Mutex::default(),
        }
    }

    /// The same runner, watched.
    #[must_use]
    pub fn watched_by(self, witness: Arc<dyn Witness>) -> Self {
        Self { witness, ..self }
    }

    /// Works until `stop` is set. Hosts in work come to the end of their step first.
    ///
    /// # Errors
    /// [`Stopped`] when it cannot go on; a new runner takes over where each host stands.
    pub fn work(&self, stop: &AtomicBool) -> Result<(), Stopped> {
        while !stop.load(Ordering::SeqCst) {
            let wait = self.round()?;
            if !wait.is_zero() {
                self.bell.wait(wait);
            }
        }
        self.join_all()
    }

    /// Works until nothing is left to do but to wait for time or for a person.
    ///
    /// # Errors
    /// As [`Runner::work`].
    pub fn settle(&self) -> Result<(), Stopped> {
        loop {
            let wait = self.round()?;
            if wait.is_zero() {
                continue;
            }
            if self.workers().is_empty() {
                return Ok(());
            }
            self.bell.wait(wait);
        }
    }

    fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does everything that is to be done now. Answers how long there is nothing more: zero if it should look again.
    fn round(&self) -> Result<Duration, Stopped> {
        self.join_finished()?;
        let live = self
            .organisation
            .view(runs::live)
            .map_err(|error| Stopped::Records(error.refusal()))?;
        let mut wait = self.patience.idle;
        for run in live {
            let looked = catch_unwind(AssertUnwindSafe(|| self.look_after(run)));
            let this = looked
                .map_err(|_| Stopped::Panicked(format!("{run}")))?
                .map_err(Stopped::Records)?;
            wait = wait.min(this);
        }
        Ok(wait)
    }

    fn look_after(&self, id: RunId) -> Result<Duration, Refusal> {
        let Some(run) = self.organisation.view(|view| runs::find(view, id))? else {
            return Ok(self.patience.idle);
        };
        let now = self.organisation.now();
        let mut wait = self.patience.idle;
        for directive in runs::rules::next(&run, now) {
            wait = wait.min(self.carry_out(&run, directive, now)?);
        }
        Ok(wait)
    }

    fn carry_out(&self, run: &Run, directive: Directive, now: Time) -> Result<Duration, Refusal> {
        let (organisation, id) = (&*self.organisation, run.id);
        match directive {
            Directive::GoOn(asset) => {
                self.spawn(run, asset)?;
                return Ok(self.patience.idle);
            }
            Directive::WaitUntil(time) => {
                let left = u64::try_from(time.since(now).as_ms()).unwrap_or_default();
                return Ok(Duration::from_millis(left.max(1)));
            }
            Directive::Begin(asset) | Directive::Undo(asset) => {
                self.witness.reached("begin: asked for");
                if runs::begin(organisation, id, &asset)? == Begun::Yes {
                    self.witness.reached("begin: recorded");
                    self.spawn(run, asset)?;
                }
            }
            Directive::EndRing(at) => runs::end_ring(organisation, id, at)?,
            Directive::PassRing(at) => runs::pass_ring(organisation, id, at)?,
            Directive::Pause(at, reason) => runs::pause(organisation, id, at, reason)?,
            Directive::Halt(reason) => runs::halt_by_rule(organisation, id, reason)?,
            Directive::AskGate(at) => {
                self.spawn_gate(run, at)?;
                return Ok(self.patience.idle);
            }
            Directive::End(state) => self.end(run, state)?,
        }
        self.witness.reached("round: done");
        Ok(Duration::ZERO)
    }

    /// Has a host in work driven on, unless somebody drives it already.
    fn spawn(&self, run: &Run, asset: Subject) -> Result<(), Refusal> {
        let key = (run.id, asset.clone());
        // Asked before the plan is read, for it is asked in every round.
        if self.workers().contains_key(&key) {
            return Ok(());
        }
        let stored = self.organisation.view(|view| runs::find_plan(view, &run.plan))?;
        let plan = stored
            .and_then(|stored| stored.plan.host(&asset).cloned())
            .ok_or_else(|| {
                Refusal::new(
                    basis::Class::Fault,
                    "runner",
                    format!("the plan of {} does not name {asset}", run.id),
                )
                .way_out("run `tagout doctor` on the machine that holds the data directory")
            })?;
        let (run, digest) = (run.id, run.plan);
        self.spawn_worker(key, move |organisation, patience, witness| {
            let driver = Driver {
                organisation,
                patience,
                witness,
                run,
                asset,
                plan,
                digest,
            };
            driver.drive()
        })
    }

    /// Has the gate behind a ring asked: its command may take an hour, in which other runs go on.
    fn spawn_gate(&self, run: &Run, at: usize) -> Result<(), Refusal> {
        let run = run.clone();
        self.spawn_worker(
            (run.id, run.id.subject()),
            move |organisation, patience, witness| gate::ask(organisation, patience, witness, &run, at),
        )
    }

    /// Has somebody work on it, unless somebody does already.
    fn spawn_worker(
        &self,
        key: (RunId, Subject),
        work: impl FnOnce(&Organisation, &Patience, &dyn Witness) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<(), Refusal> {
        let mut workers = self.workers();
        if workers.contains_key(&key) {
            return Ok(());
        }
        let (organisation, witness) = (Arc::clone(&self.organisation), Arc::clone(&self.witness));
        let (bell, patience) = (self.bell.clone(), self.patience);
        let worker = move || {
            let _rings = RingsAtTheEnd(bell);
            work(&organisation, &patience, &*witness)
        };
        let started = thread::Builder::new()
            .name("runner-worker".to_owned())
            .spawn(worker);
        let thread = started.map_err(|error| {
            Refusal::new(
                basis::Class::Outside,
                "runner",
                format!("no thread could be started: {error}"),
            )
            .way_out("look at the memory and the limits of this machine")
        })?;
        workers.insert(key, thread);
        Ok(())
    }

    fn join_finished(&self) -> Result<(), Stopped> {
        let mut workers = self.workers();
        let done: Vec<(RunId, Subject)> = workers
            .iter()
            .filter(|(_, thread)| thread.is_finished())
            .map(|(key, _)| key.clone())
            .collect();
        let threads: Vec<_> = done
            .into_iter()
            .filter_map(|key| workers.remove_entry(&key))
            .collect();
        drop(workers);
        threads
            .into_iter()
            .try_for_each(|((run, asset), thread)| joined(run, &asset, thread))
    }

    fn join_all(&self) -> Result<(), Stopped> {
        let threads = std::mem::take(&mut *self.workers());
        threads
            .into_iter()
            .try_for_each(|((run, asset), thread)| joined(run, &asset, thread))
    }

    /// Looks at every touched host once more for the register before the run ends, so that findings are judged by the
    /// state after the work. A host that cannot be read stays as it stands there: its findings stay open.
    fn end(&self, run: &Run, state: RunState) -> Result<(), Refusal> {
        self.witness.reached("end: asked for");
        if let Ok(actor) = runs::actor_of(&self.organisation, run.id) {
            let touched = run.members().filter(|member| member.is_touched);
            for asset in touched.filter_map(|member| member.asset.as_id::<AssetId>()) {
                if assets::collect(&self.organisation, &actor, asset, Lists::AsTheyAre).is_ok() {
                    let _ = findings::match_assets(&self.organisation, &actor, Some(vec![asset]));
                }
            }
        }
        self.witness.reached("end: hosts collected");
        runs::end_run(&self.organisation, run.id, state)
    }
}

fn joined(run: RunId, asset: &Subject, thread: JoinHandle<Result<(), Refusal>>) -> Result<(), Stopped> {
    match thread.join() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) => Err(Stopped::Records(refusal)),
        Err(_) => Err(Stopped::Panicked(format!("{asset} of {run}"))),
    }
}

/// Wakes the runner when a worker ends, however it ends.
struct RingsAtTheEnd(Bell);

impl Drop for RingsAtTheEnd {
    fn drop(&mut self) {
        self.0.ring();
    }
}
