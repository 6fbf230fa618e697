//! What the runner records about hosts: each step before it is taken, and what came of it.

use assets::AssetId;
use basis::{Class, Id, Refusal, Subject};
use evidence::{EvidenceName, MediaType, NewEvidence};
use ledger::events::Events;
use policy::{Action, EvidenceKind};
use storage::{Organisation, StoredBlob, Tx};

use super::{by_runner, change_of, existing, may_work};
use crate::rules::{
    Directive, Halted, HostWord, Member, PackageResult, Run, RunId, Step, StepFinished, StepResult,
    StepStarted, after, bounded, job_name, next,
};

/// Whether a host was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It was: its first step is recorded.
    Yes,
    /// It was not, and the run is halted or went another way.
    No,
}

/// What came of a step.
#[derive(Debug, Clone)]
pub struct Report {
    /// How it ended.
    pub result: StepResult,
    /// What became of each package, where packages were judged.
    pub packages: Vec<PackageResult>,
    /// How the state found differs from the state approved.
    pub differences: Vec<String>,
    /// What is kept of it.
    pub files: Vec<EvidenceFile>,
}

/// A file that is kept as evidence.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    /// Its name.
    pub name: String,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// What it shows.
    pub kind: EvidenceKind,
    /// Its content.
    pub content: Vec<u8>,
}

impl Report {
    /// The same with no more of the host's words than the record takes.
    fn bounded(self) -> Self {
        let result = match self.result {
            StepResult::Failed(why) => StepResult::Failed(bounded::text(why, bounded::REASON_BYTES_MAX)),
            StepResult::Lost(why) => StepResult::Lost(bounded::text(why, bounded::REASON_BYTES_MAX)),
            result => result,
        };
        Report {
            result,
            packages: bounded::packages(self.packages),
            differences: bounded::lines(self.differences),
            files: self.files,
        }
    }
}

impl From<StepResult> for Report {
    fn from(result: StepResult) -> Self {
        Report {
            result,
            packages: Vec::new(),
            differences: Vec::new(),
            files: Vec::new(),
        }
    }
}

fn member_of<'r>(run: &'r Run, asset: &Subject) -> Result<&'r Member, Refusal> {
    run.member(asset).ok_or_else(|| {
        Refusal::new(Class::Fault, "runs", format!("{asset} is no host of {}", run.id))
            .way_out("report this with the server's log")
    })
}

/// Begins with a host, or with undoing what was done on it, if the rules of this very moment still say so: the run, the
/// threshold, the permit, the window and the policy are all asked again. A no halts the run.
pub fn begin(organisation: &Organisation, id: RunId, asset: &Subject) -> Result<Begun, Refusal> {
    let mut tx = organisation.begin("runs.begin_host")?;
    let run = existing(&tx.view(), id)?;
    let directives = next(&run, organisation.now());
    let step = match () {
        () if directives.contains(&Directive::Begin(asset.clone())) => Step::Precheck,
        () if directives.contains(&Directive::Undo(asset.clone())) => Step::RollBack,
        () => return Ok(Begun::No),
    };
    let action = if step == Step::RollBack {
        Action::RollBack
    } else {
        Action::Patch
    };
    let change = change_of(&tx.view(), &run)?;
    if let Err(refusal) = may_work(organisation, &tx.view(), &change, run.executor, asset, action)? {
        let missing = refusal.missing.join("; ");
        let reason = format!("{asset} may not be worked on now: {missing}");
        tx.record(by_runner(&run), Events::one(Halted { run: id, reason }))?;
        tx.commit()?;
        return Ok(Begun::No);
    }
    if step == Step::Precheck {
        // In a second attempt: what the first one found on the host counts no longer.
        changes::worked_on(&mut tx, &by_runner(&run), change.id, run.executor, asset)?;
    }
    record_start(&mut tx, &run, member_of(&run, asset)?, step, None)?;
    tx.commit()?;
    Ok(Begun::Yes)
}

/// What stands in the way of `action` on a host of the run at this moment; none where nothing does. The permit may allow
/// less than the plan, and may have ended since the host was begun.
pub fn hindrance(
    organisation: &Organisation,
    id: RunId,
    asset: &Subject,
    action: Action,
) -> Result<Option<String>, Refusal> {
    organisation.view(|view| {
        let run = existing(view, id)?;
        let change = change_of(view, &run)?;
        let answer = may_work(organisation, view, &change, run.executor, asset, action)?;
        Ok(answer.err().map(|refusal| refusal.missing.join("; ")))
    })
}

/// What stands in the way of the command behind the ring `at`, counted from 0: it is work of its own on each host of the ring,
/// and runs only while the permit lives and names it.
pub fn gate_hindrance(organisation: &Organisation, run: &Run, at: usize) -> Result<Option<String>, Refusal> {
    for member in &run.rings[at].members {
        let hindrance = hindrance(organisation, run.id, &member.asset, Action::Command)?;
        if hindrance.is_some() {
            return Ok(hindrance);
        }
    }
    Ok(None)
}

fn record_start(
    tx: &mut Tx<'_>,
    run: &Run,
    member: &Member,
    step: Step,
    boot_id: Option<String>,
) -> Result<(), Refusal> {
    let is_job = matches!(step, Step::Recover | Step::Apply | Step::Reboot | Step::RollBack);
    let job = is_job.then(|| job_name(run.id, &run.plan, &member.asset, member.attempt, step));
    let event = StepStarted {
        run: run.id,
        asset: member.asset.clone(),
        attempt: member.attempt,
        step,
        job,
        boot_id,
    };
    Ok(tx.record(by_runner(run), Events::one(event))?)
}

/// Records that the next step of a host in work is about to be taken, unless that stands recorded already: then a runner
/// before this one got so far, and what it did is found out on the host. `boot_id` is that before a reboot.
/// Answers the member with its step; none where the host is not in work.
pub fn open_next_step(
    organisation: &Organisation,
    id: RunId,
    asset: &Subject,
    boot_id: impl FnOnce() -> Result<Option<String>, Refusal>,
) -> Result<Option<(Member, Step)>, Refusal> {
    let known = organisation.view(|view| existing(view, id))?;
    let Some(step) = member_of(&known, asset)?.state.step() else {
        return Ok(None);
    };
    if member_of(&known, asset)?.open_step == Some(step) {
        return Ok(Some((member_of(&known, asset)?.clone(), step)));
    }
    // Asked on the host, so before the transaction.
    let boot_id = if step == Step::Reboot { boot_id()? } else { None };
    let mut tx = organisation.begin("runs.begin_step")?;
    let run = existing(&tx.view(), id)?;
    let member = member_of(&run, asset)?;
    if member.state.step() != Some(step) || member.open_step.is_some() {
        return Ok(None);
    }
    record_start(&mut tx, &run, member, step, boot_id)?;
    let member = member_of(&existing(&tx.view(), id)?, asset)?.clone();
    tx.commit()?;
    Ok(Some((member, step)))
}

/// Records what came of the open step, with everything that is kept of it, in one transaction; tells the change what was
/// found. A step that is not open any more changes nothing.
pub fn finish_step(
    organisation: &Organisation,
    id: RunId,
    asset: &Subject,
    step: Step,
    report: Report,
) -> Result<HostWord, Refusal> {
    let report = report.bounded();
    let mut stored = Vec::with_capacity(report.files.len());
    for file in report.files {
        let blob = organisation.store_blob(&mut file.content.as_slice())?;
        stored.push((file.name, file.media_type, file.kind, blob));
    }
    let mut tx = organisation.begin("runs.finish_step")?;
    let run = existing(&tx.view(), id)?;
    let member = member_of(&run, asset)?;
    if member.open_step != Some(step) {
        return Ok(member.state);
    }
    let state = after(step, &report.result)?;
    let reason = match report.result {
        StepResult::Failed(reason) | StepResult::Lost(reason) => Some(reason),
        _ => None,
    };
    let by = by_runner(&run);
    let event = StepFinished {
        run: id,
        asset: asset.clone(),
        attempt: member.attempt,
        step,
        state,
        reason: reason.clone(),
        packages: report.packages,
        differences: report.differences.clone(),
    };
    tx.record(by.clone(), Events::one(event))?;
    for (name, media_type, kind, blob) in stored {
        attach(&mut tx, &run, asset, (name, media_type, kind, blob))?;
    }
    tell(&mut tx, &run, asset, state, report.differences, reason)?;
    tx.commit()?;
    Ok(state)
}

fn attach(
    tx: &mut Tx<'_>,
    run: &Run,
    asset: &Subject,
    (name, media_type, kind, blob): (String, MediaType, EvidenceKind, StoredBlob),
) -> Result<(), Refusal> {
    let new = NewEvidence {
        name: EvidenceName::made_of(&name),
        media_type,
        kind,
        blob,
        about: vec![run.change.clone(), asset.clone(), run.id.subject()],
        objectives: vec!["r2:3.4.3[d]".to_owned(), "r2:3.7.1[a]".to_owned()],
        is_final: true,
        taken_at: tx.organisation().now(),
    };
    evidence::attach(tx, &by_runner(run), new)?;
    Ok(())
}

/// What the change learns: how the state found compares with the state approved, and when the asset was patched.
fn tell(
    tx: &mut Tx<'_>,
    run: &Run,
    asset: &Subject,
    state: HostWord,
    differences: Vec<String>,
    reason: Option<String>,
) -> Result<(), Refusal> {
    let by = by_runner(run);
    let change = change_of(&tx.view(), run)?;
    let lines = match state {
        HostWord::Verified | HostWord::Noop => differences,
        HostWord::Failed | HostWord::Lost | HostWord::NotRolledBack if differences.is_empty() => {
            vec![reason.unwrap_or_else(|| "it is not as approved".to_owned())]
        }
        HostWord::Failed | HostWord::Lost | HostWord::NotRolledBack => differences,
        HostWord::RolledBack => vec!["what was approved was undone".to_owned()],
        _ => return Ok(()),
    };
    changes::note_verification(tx, &by, change.id, asset.clone(), lines)?;
    let patched: Option<AssetId> = asset.as_id().filter(|_| state == HostWord::Verified);
    if let Some(patched) = patched {
        let now = tx.organisation().now();
        assets::note_patched(tx, &by, patched, now)?;
    }
    Ok(())
}
