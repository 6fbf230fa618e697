//! Takes one host through its steps, from wherever it stands to its end.

use assets::AssetId;
use basis::{Class, Refusal, Subject};
use evidence::MediaType;
use hosts::{BootId, HostError, HostState, JobId, Timeouts};
use ledger::Hash;
use policy::{Action, EvidenceKind};
use runs::rules::{Precheck, job_name};
use runs::{HostPlan, Member, Report, RunId, Step, StepResult};
use storage::Organisation;

use crate::link::{Link, Way};
use crate::runner::Witness;
use crate::work::{self, JobEnd};
use crate::{Patience, files};

/// The largest baseline that is read back.
const BASELINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Everything that driving a host needs.
pub(crate) struct Driver<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) patience: &'a Patience,
    pub(crate) witness: &'a dyn Witness,
    pub(crate) run: RunId,
    pub(crate) asset: Subject,
    pub(crate) plan: HostPlan,
    /// The digest of the whole plan.
    pub(crate) digest: Hash,
}

fn fault(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(Class::Fault, "runner", what.to_string()).way_out("report this with the server's log")
}

/// The way to an asset.
pub(crate) fn way(organisation: &Organisation, asset: &Subject, patience: &Patience) -> Result<Way, Refusal> {
    let id: AssetId = asset
        .as_id()
        .ok_or_else(|| fault(format!("{asset} is no asset")))?;
    let connection = organisation
        .view(|view| assets::reach(view, id))?
        .ok_or_else(|| {
            Refusal::new(
                Class::Conflict,
                "assets",
                format!("it is not settled any more how {asset} is reached"),
            )
            .way_out(format!("enrol it: `tagout asset enrol-host {asset}`"))
        })?;
    let reach = connection
        .reach(&assets::identity_file(organisation)?)
        .map_err(fault)?;
    Ok(Way {
        reach,
        control: assets::control_dir(organisation),
        timeouts: Timeouts {
            connect: patience.connect,
            ..Timeouts::default()
        },
        pause: patience.pause,
    })
}

impl Driver<'_> {
    /// Goes from step to step until the host is at an end. Safe to call at any moment of a host in work.
    pub(crate) fn drive(&self) -> Result<(), Refusal> {
        let mut link = match way(self.organisation, &self.asset, self.patience) {
            Ok(way) => Link::new(way),
            Err(refusal) => return self.give_up(&refusal),
        };
        let mut known = None;
        loop {
            let boot_id = || self.boot_id(&mut link);
            let Some((member, step)) =
                runs::open_next_step(self.organisation, self.run, &self.asset, boot_id)?
            else {
                return Ok(());
            };
            self.witness.reached(&format!("{step}: recorded"));
            let report = self.take(&mut link, &mut known, &member, step)?;
            self.witness.reached(&format!("{step}: taken"));
            self.record(step, report)?;
            self.witness.reached(&format!("{step}: result recorded"));
        }
    }

    /// Records what came of a step. A report that the record does not take fails its host, not the runner: only where that
    /// cannot be recorded either, nothing can.
    fn record(&self, step: Step, report: Report) -> Result<(), Refusal> {
        let finish = |report| runs::finish_step(self.organisation, self.run, &self.asset, step, report);
        finish(report)
            .or_else(|refusal| {
                let why = format!("what came of it could not be recorded: {}", refusal.what);
                finish(StepResult::Failed(why).into())
            })
            .map(drop)
    }

    /// A host that cannot even be addressed ends at the step where it stands.
    fn give_up(&self, refusal: &Refusal) -> Result<(), Refusal> {
        let none = || Ok(None);
        if let Some((_, step)) = runs::open_next_step(self.organisation, self.run, &self.asset, none)? {
            let report = StepResult::Failed(refusal.what.clone()).into();
            runs::finish_step(self.organisation, self.run, &self.asset, step, report)?;
        }
        Ok(())
    }

    /// The boot id before a reboot; none where the host does not say, so that the step finds that out itself.
    fn boot_id(&self, link: &mut Link) -> Result<Option<String>, Refusal> {
        Ok(work::boot_id(link, self.patience)
            .ok()
            .map(|id| id.as_str().to_owned()))
    }

    fn take(
        &self,
        link: &mut Link,
        known: &mut Option<HostState>,
        member: &Member,
        step: Step,
    ) -> Result<Report, Refusal> {
        let job = JobId::parse(&job_name(
            self.run,
            &self.digest,
            &self.asset,
            member.attempt,
            step,
        ))
        .map_err(fault)?;
        let taken = self
            .hindrance(link, &job, step)
            .and_then(|hindrance| match (hindrance, step) {
                (Some(why), _) => {
                    Ok(StepResult::Failed(format!("no work may begin on it now: {why}")).into())
                }
                (None, Step::Precheck) => self.precheck(link, known, member),
                (None, Step::Recover) => self.recover(link, &job),
                (None, Step::Baseline) => self.baseline(link, known),
                (None, Step::Apply) => self.apply(link, &job),
                (None, Step::Reboot) => self.reboot(link, &job),
                (None, Step::Postcheck) => self.postcheck(link, member),
                (None, Step::RollBack) => self.roll_back(link, &job),
            });
        taken.or_else(|trouble| match trouble {
            Trouble::Ours(refusal) => Err(refusal),
            Trouble::Host(error) => Ok(self.ended_by(step, &error).into()),
        })
    }

    /// Why a job that has not begun on the host may not begin any more. A runner that takes over may come long after the
    /// host was begun, so it is asked again; what goes on already is followed to its end, and what was permitted to be
    /// undone is undone.
    fn hindrance(&self, link: &mut Link, job: &JobId, step: Step) -> Result<Option<String>, Trouble> {
        let action = match step {
            Step::Recover | Step::Apply => Action::Patch,
            Step::Reboot => Action::Reboot,
            Step::Precheck | Step::Baseline | Step::Postcheck | Step::RollBack => return Ok(None),
        };
        let Some(why) = runs::hindrance(self.organisation, self.run, &self.asset, action)? else {
            return Ok(None);
        };
        let is_begun = work::is_begun(link, self.patience, job)?;
        Ok((!is_begun).then_some(why))
    }

    /// What a host's error means at this step: before work it has failed, in work nobody knows how it stands.
    fn ended_by(&self, step: Step, error: &HostError) -> StepResult {
        let said = format!("{error}; {}", error.way_out());
        match step {
            Step::Precheck | Step::Baseline => StepResult::Failed(said),
            _ if error.is_passing() => StepResult::Lost(said),
            _ => StepResult::Failed(said),
        }
    }

    fn precheck(
        &self,
        link: &mut Link,
        known: &mut Option<HostState>,
        member: &Member,
    ) -> Result<Report, Trouble> {
        let checked = work::check(link, self.patience, &self.plan, member.attempt)?;
        Ok(match checked.verdict {
            Precheck::Go(_) => {
                *known = Some(checked.state);
                StepResult::Ready.into()
            }
            Precheck::Mend => StepResult::Mend.into(),
            Precheck::Stop(lines) => Report {
                differences: lines.clone(),
                ..StepResult::Failed(lines.join("; ")).into()
            },
            Precheck::NothingToDo => {
                // What an earlier attempt of this run did is judged by the state before that attempt.
                let before = match member.is_touched {
                    true => self.before()?,
                    false => checked.state.clone(),
                };
                let list = |kind| files::package_list(&self.plan, kind, &checked.state);
                let judged = work::judge_work(&self.plan, &before, &checked.state, "")?;
                let is_reboot_left =
                    member.is_touched && work::wants_reboot(&self.plan, &judged, &checked.state);
                if is_reboot_left && self.may_reboot()? {
                    return Ok(StepResult::RebootLeft.into());
                }
                Report {
                    result: StepResult::NothingToDo,
                    packages: judged.packages,
                    differences: judged.differences,
                    files: vec![
                        list(EvidenceKind::PackagesBefore),
                        list(EvidenceKind::PackagesAfter),
                        files::nothing_done(&self.plan),
                    ],
                }
            }
        })
    }

    fn recover(&self, link: &mut Link, job: &JobId) -> Result<Report, Trouble> {
        work::recover(link, self.patience, job)?;
        let (evidence, _) = work::aftermath(link, self.patience, job)?;
        Ok(Report {
            files: files::of_job(&self.plan, "recovery", &evidence),
            ..StepResult::Recovered.into()
        })
    }

    /// The state before: that of the precheck a moment ago, or a new look by a runner that took over. Nothing was done yet.
    fn baseline(&self, link: &mut Link, known: &mut Option<HostState>) -> Result<Report, Trouble> {
        let state = match known.take() {
            Some(state) => state,
            None => work::collect(link, self.patience)?,
        };
        Ok(Report {
            files: vec![
                files::baseline(&self.plan, &state).map_err(|error| Trouble::Ours(fault(error)))?,
                files::package_list(&self.plan, EvidenceKind::PackagesBefore, &state),
            ],
            ..StepResult::Recorded.into()
        })
    }

    fn apply(&self, link: &mut Link, job: &JobId) -> Result<Report, Trouble> {
        let change = self.change()?;
        let end = work::apply(link, self.patience, job, &self.plan, &change)?;
        if let JobEnd::Endless = end {
            return Ok(StepResult::Lost("the package manager goes on beyond all patience".to_owned()).into());
        }
        self.witness.reached("apply: job ended");
        let (evidence, after) = work::aftermath(link, self.patience, job)?;
        let judged = work::judge_work(&self.plan, &self.before()?, &after, &evidence.transcript)?;
        let result = match work::wants_reboot(&self.plan, &judged, &after) && self.may_reboot()? {
            true => StepResult::AppliedAndReboots,
            false => StepResult::Applied,
        };
        // The verdict on each package falls here, where the transcript is; the postcheck compares with what was approved.
        Ok(Report {
            packages: judged.packages,
            files: files::of_job(&self.plan, "upgrade", &evidence),
            ..Report::from(match end {
                JobEnd::Cut(_) => StepResult::Applied,
                _ => result,
            })
        })
    }

    fn reboot(&self, link: &mut Link, job: &JobId) -> Result<Report, Trouble> {
        let open = self
            .organisation
            .view(|view| runs::open_step(view, self.run, &self.asset));
        let recorded = open.map_err(Refusal::from)?.and_then(|open| open.boot_id);
        let Some(before) = recorded.and_then(|text| BootId::parse(&text).ok()) else {
            return Ok(StepResult::Failed(
                "its boot id could not be read before the reboot, so no reboot was tried".to_owned(),
            )
            .into());
        };
        work::reboot(link, self.patience, job, &before)?;
        Ok(StepResult::Rebooted.into())
    }

    fn postcheck(&self, link: &mut Link, member: &Member) -> Result<Report, Trouble> {
        let after = work::collect(link, self.patience)?;
        let judged = work::judge_work(
            &self.plan,
            &self.before()?,
            &after,
            &self.transcript(link, member),
        )?;
        let bad: Vec<String> = judged
            .packages
            .iter()
            .filter(|package| !matches!(package.outcome.as_str(), "fixed" | "already_fixed"))
            .map(|package| {
                format!(
                    "{} {}: {}",
                    package.package,
                    package.outcome.replace('_', " "),
                    package.reason
                )
            })
            .collect();
        let result = match (judged.is_good, bad.is_empty()) {
            (true, true) => StepResult::Verified,
            (_, false) => StepResult::Failed(bad.join("; ")),
            (false, true) => StepResult::Failed(judged.differences.join("; ")),
        };
        Ok(Report {
            result,
            packages: judged.packages,
            differences: judged.differences,
            files: vec![files::package_list(
                &self.plan,
                EvidenceKind::PackagesAfter,
                &after,
            )],
        })
    }

    fn roll_back(&self, link: &mut Link, job: &JobId) -> Result<Report, Trouble> {
        let change = self.change()?;
        let undone = work::undo(link, self.patience, job, &self.plan, &change)?;
        let result = match undone.differences.is_empty() {
            true => StepResult::RolledBack,
            false => StepResult::Failed(undone.differences.join("; ")),
        };
        let mut kept = vec![files::package_list(
            &self.plan,
            EvidenceKind::PackagesAfter,
            &undone.after,
        )];
        kept.extend(
            undone
                .evidence
                .iter()
                .flat_map(|evidence| files::of_job(&self.plan, "roll-back", evidence)),
        );
        Ok(Report {
            result,
            packages: undone.packages,
            differences: undone.differences,
            files: kept,
        })
    }

    /// What the job of the same attempt printed; an empty text where the host has it no more.
    fn transcript(&self, link: &mut Link, member: &Member) -> String {
        let Ok(job) = JobId::parse(&job_name(
            self.run,
            &self.digest,
            &self.asset,
            member.attempt,
            Step::Apply,
        )) else {
            return String::new();
        };
        let evidence = link.with(self.patience.in_work, |host| hosts::jobs::evidence(host, &job));
        evidence.map(|evidence| evidence.transcript).unwrap_or_default()
    }

    fn change(&self) -> Result<String, Trouble> {
        let run = self
            .organisation
            .view(|view| runs::find(view, self.run))
            .map_err(Refusal::from)?;
        Ok(run
            .map(|run| run.change.to_string())
            .ok_or_else(|| fault(format!("{} is gone", self.run)))?)
    }

    fn may_reboot(&self) -> Result<bool, Trouble> {
        Ok(runs::hindrance(self.organisation, self.run, &self.asset, Action::Reboot)?.is_none())
    }

    /// The state recorded before work began in this run.
    fn before(&self) -> Result<HostState, Trouble> {
        let about = self
            .organisation
            .view(|view| evidence::about(view, &self.run.into()))
            .map_err(Refusal::from)?;
        let is_baseline = |kept: &&evidence::Evidence| {
            kept.kind == EvidenceKind::Baseline
                && kept.media_type == MediaType::Json
                && kept.about.contains(&self.asset)
        };
        // A later attempt compares with the state before the first one.
        let baseline = about.iter().filter(is_baseline).min_by_key(|kept| kept.id);
        let baseline =
            baseline.ok_or_else(|| fault(format!("{} has no baseline of {}", self.run, self.asset)))?;
        let bytes = self
            .organisation
            .read_blob(&baseline.blob.sha256, BASELINE_BYTES_MAX)
            .map_err(Refusal::from)?;
        Ok(serde_json::from_slice(&bytes).map_err(fault)?)
    }
}

/// Why a step has no report.
enum Trouble {
    /// The host or the way to it.
    Host(HostError),
    /// Our own records.
    Ours(Refusal),
}

impl From<HostError> for Trouble {
    fn from(error: HostError) -> Self {
        Trouble::Host(error)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Trouble::Ours(refusal)
    }
}
