//! From rows to plans and runs.

use basis::{PersonId, Span, Subject, Time};
use ledger::Hash;
use storage::{DataError, Row, StorageError, Value, View};

use crate::rules::{HostWord, Member, Plan, Run, RunId, RunRing, RunState, Step, Verdict};

/// A plan as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// SHA-256 of the document.
    pub digest: Hash,
    /// The change.
    pub change: Subject,
    /// Who made it.
    pub made_by: PersonId,
    /// When.
    pub made_at: Time,
    /// The document, exactly the bytes that are hashed.
    pub document: String,
    /// What it says.
    pub plan: Plan,
}

/// A step of a run, as the page and the API show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// On which asset.
    pub asset: Subject,
    /// In which attempt.
    pub attempt: u32,
    /// Which step.
    pub step: Step,
    /// The job on the host.
    pub job: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// The state in which it left the host.
    pub state: Option<HostWord>,
    /// Why, where it is not as it should be.
    pub reason: Option<String>,
    /// How the state found differs from the state approved.
    pub differences: Vec<String>,
}

/// What became of one package on one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRow {
    /// On which asset.
    pub asset: Subject,
    /// In which attempt.
    pub attempt: u32,
    /// At which step.
    pub step: Step,
    /// What became of it.
    pub result: crate::rules::PackageResult,
}

/// A step that was recorded as begun and has no result yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenStep {
    /// Which step.
    pub step: Step,
    /// When it was recorded.
    pub started_at: Time,
    /// The boot id before a reboot.
    pub boot_id: Option<String>,
}

fn subject(row: &Row<'_>, column: &str) -> Result<Subject, StorageError> {
    row.word(column, Subject::parse)
}

fn attempt(row: &Row<'_>) -> Result<u32, StorageError> {
    u32::try_from(row.count("attempt")?).map_err(|error| row.damaged("attempt", error))
}

fn word_if<T>(
    row: &Row<'_>,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StorageError> {
    match row.text_if(column)? {
        None => Ok(None),
        Some(_) => row.word(column, parse).map(Some),
    }
}

/// The digests that begin with these hex digits; two where there are two or more.
pub fn plans_beginning(view: &View<'_>, digits: &str) -> Result<Vec<Hash>, StorageError> {
    // Behind every hex digit.
    let end = format!("{digits}g");
    let values = [digits.into(), end.into()];
    view.rows(include_str!("../sql/list_plans_beginning.sql"), &values, |row| {
        row.word("digest", Hash::from_hex)
    })
}

/// The plan with this digest; a document that is not what was hashed is a data error.
pub fn find_plan(view: &View<'_>, digest: &Hash) -> Result<Option<StoredPlan>, StorageError> {
    view.one(
        include_str!("../sql/read_plan.sql"),
        &[digest.to_string().into()],
        |row| {
            let document = row.text("document")?;
            if Hash::of(document.as_bytes()) != *digest {
                return Err(row.damaged("document", "it is not the plan that was made: its digest differs"));
            }
            Ok(StoredPlan {
                digest: *digest,
                change: subject(row, "change_subject")?,
                made_by: row.id("made_by")?,
                made_at: row.time("made_at")?,
                plan: row.json("document")?,
                document,
            })
        },
    )
}

pub(crate) fn next_run_id(view: &View<'_>) -> Result<RunId, StorageError> {
    view.the(include_str!("../sql/next_run_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

/// The run with this id.
pub fn find(view: &View<'_>, run: RunId) -> Result<Option<Run>, StorageError> {
    let found = view.one(include_str!("../sql/read_run.sql"), &[Value::id(run)], |row| {
        let seconds = row.integer("soak_s")?;
        Ok(Run {
            id: row.id("run_id")?,
            change: subject(row, "change_subject")?,
            plan: row.word("plan_digest", Hash::from_hex)?,
            permit: subject(row, "permit_subject")?,
            executor: row.id("executor")?,
            started_at: row.time("started_at")?,
            ended_at: row.time_if("ended_at")?,
            state: row.word("state", RunState::named)?,
            reason: row.text_if("reason")?,
            halt_percent: u8::try_from(row.integer("halt_percent")?)
                .map_err(|error| row.damaged("halt_percent", error))?,
            soak: Span::seconds(seconds),
            rings: Vec::new(),
        })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    found.rings = rings(view, run)?;
    Ok(Some(found))
}

fn rings(view: &View<'_>, run: RunId) -> Result<Vec<RunRing>, StorageError> {
    let mut rings = view.rows(include_str!("../sql/list_rings.sql"), &[Value::id(run)], |row| {
        Ok(RunRing {
            gate: row.json("gate")?,
            members: Vec::new(),
            ended_at: row.time_if("ended_at")?,
            verdict: word_if(row, "verdict", Verdict::named)?,
            is_passed: row.flag("is_passed")?,
            accepted: row.count("accepted")? as usize,
        })
    })?;
    view.each(include_str!("../sql/list_hosts.sql"), &[Value::id(run)], |row| {
        let at = row.count("ring")? as usize;
        let ring = at.checked_sub(1).and_then(|at| rings.get_mut(at));
        let ring = ring.ok_or_else(|| row.damaged("ring", format!("{run} has no ring {at}")))?;
        ring.members.push(member(row)?);
        Ok(())
    })?;
    Ok(rings)
}

fn member(row: &Row<'_>) -> Result<Member, StorageError> {
    Ok(Member {
        asset: subject(row, "asset_subject")?,
        state: row.word("state", HostWord::named)?,
        attempt: attempt(row)?,
        open_step: word_if(row, "open_step", Step::named)?,
        is_touched: row.flag("is_touched")?,
        reason: row.text_if("reason")?,
    })
}

/// The runs that are not over; there are as many as changes in work: few.
pub fn live(view: &View<'_>) -> Result<Vec<RunId>, StorageError> {
    view.rows(include_str!("../sql/list_live_runs.sql"), &[], |row| {
        row.id("run_id")
    })
}

/// The runs of a change, the first one first.
pub fn of_change(view: &View<'_>, change: &Subject) -> Result<Vec<RunId>, StorageError> {
    let values = [change.to_string().into()];
    view.rows(include_str!("../sql/list_runs_of_change.sql"), &values, |row| {
        row.id("run_id")
    })
}

/// So many runs, the latest first, after so many.
pub fn latest(view: &View<'_>, count: u32, after: u32) -> Result<Vec<RunId>, StorageError> {
    let values = [i64::from(count).into(), i64::from(after).into()];
    view.rows(include_str!("../sql/list_runs.sql"), &values, |row| {
        row.id("run_id")
    })
}

/// The steps of a run, in the order in which they were begun.
pub fn steps(view: &View<'_>, run: RunId) -> Result<Vec<StepRow>, StorageError> {
    view.rows(include_str!("../sql/list_steps.sql"), &[Value::id(run)], |row| {
        let differences: Option<Vec<String>> = row
            .text_if("differences")?
            .map(|_| row.json("differences"))
            .transpose()?;
        Ok(StepRow {
            asset: subject(row, "asset_subject")?,
            attempt: attempt(row)?,
            step: row.word("step", Step::named)?,
            job: row.text_if("job")?,
            started_at: row.time("started_at")?,
            finished_at: row.time_if("finished_at")?,
            state: word_if(row, "state", HostWord::named)?,
            reason: row.text_if("reason")?,
            differences: differences.unwrap_or_default(),
        })
    })
}

/// What became of each package.
pub fn packages(view: &View<'_>, run: RunId) -> Result<Vec<PackageRow>, StorageError> {
    view.rows(
        include_str!("../sql/list_packages.sql"),
        &[Value::id(run)],
        |row| {
            Ok(PackageRow {
                asset: subject(row, "asset_subject")?,
                attempt: attempt(row)?,
                step: row.word("step", Step::named)?,
                result: crate::rules::PackageResult {
                    package: row.text("package")?,
                    wanted: row.text("wanted")?,
                    before: row.text("version_before")?,
                    after: row.text("version_after")?,
                    outcome: row.text("outcome")?,
                    reason: row.text("reason")?,
                },
            })
        },
    )
}

/// What the gates of a run said, ring by ring.
pub fn said(view: &View<'_>, run: RunId) -> Result<Vec<Option<String>>, StorageError> {
    view.rows(include_str!("../sql/list_rings.sql"), &[Value::id(run)], |row| {
        row.text_if("said")
    })
}

/// The step of a host that was begun and has no result.
pub fn open_step(view: &View<'_>, run: RunId, asset: &Subject) -> Result<Option<OpenStep>, StorageError> {
    let mut boot_id = None;
    view.each(include_str!("../sql/list_hosts.sql"), &[Value::id(run)], |row| {
        if subject(row, "asset_subject")? == *asset {
            boot_id = row.text_if("boot_id")?;
        }
        Ok(())
    })?;
    let of_host = |step: &StepRow| step.asset == *asset && step.finished_at.is_none();
    let found = steps(view, run)?.into_iter().rev().find(of_host);
    Ok(found.map(|step| OpenStep {
        step: step.step,
        started_at: step.started_at,
        boot_id,
    }))
}

/// The error that stored rows do not fit together.
pub(crate) fn damaged(place: &str, what: &str) -> DataError {
    DataError {
        place: place.to_owned(),
        what: what.to_owned(),
    }
}
