//! The life of one host within a run, as one table.

use basis::{Class, Refusal, Subject};
use ledger::Hash;

use super::RunId;

words!(
    /// Where a host stands in a run.
    HostWord, "state of a host":
    /// Waits for its turn.
    Queued = "queued",
    /// Is compared with the plan.
    Precheck = "precheck",
    /// Is being mended after an earlier attempt.
    Recovering = "recovering",
    /// Its state before is being recorded.
    Baseline = "baseline",
    /// The package manager is at work, or is about to be.
    Applying = "applying",
    /// Is restarting.
    Rebooting = "rebooting",
    /// Is being compared with what was approved.
    Postcheck = "postcheck",
    /// Everything is as approved.
    Verified = "verified",
    /// Everything was as approved before; nothing was done.
    Noop = "noop",
    /// Was left out, with a reason.
    Skipped = "skipped",
    /// Something is not as approved, with a reason.
    Failed = "failed",
    /// Cannot be reached any more, so nobody knows.
    Lost = "lost",
    /// Is being brought back.
    RollingBack = "rolling_back",
    /// Is as it was before.
    RolledBack = "rolled_back",
    /// Could not be brought back wholly, with a reason.
    NotRolledBack = "not_rolled_back",
);

words!(
    /// One step of work on a host. Each is recorded before it is taken.
    Step, "step":
    /// Look at the host and compare it with the plan.
    Precheck = "precheck",
    /// Configure what an earlier attempt left half installed.
    Recover = "recover",
    /// Record the state before.
    Baseline = "baseline",
    /// Bring the packages to their versions.
    Apply = "apply",
    /// Restart the host.
    Reboot = "reboot",
    /// Look at the host and compare it with what was approved.
    Postcheck = "postcheck",
    /// Bring the packages back.
    RollBack = "roll_back",
);

impl HostWord {
    /// The step that is taken in this state; none where a host waits or is at an end.
    pub fn step(self) -> Option<Step> {
        Some(match self {
            HostWord::Precheck => Step::Precheck,
            HostWord::Recovering => Step::Recover,
            HostWord::Baseline => Step::Baseline,
            HostWord::Applying => Step::Apply,
            HostWord::Rebooting => Step::Reboot,
            HostWord::Postcheck => Step::Postcheck,
            HostWord::RollingBack => Step::RollBack,
            _ => return None,
        })
    }

    /// Whether the host is being worked on.
    pub fn is_in_flight(self) -> bool {
        self.step().is_some()
    }

    /// Whether nothing more happens to the host unless a person says so.
    pub fn is_at_end(self) -> bool {
        !self.is_in_flight() && self != HostWord::Queued
    }

    /// Whether the host counts against the run.
    pub fn is_failure(self) -> bool {
        matches!(self, HostWord::Failed | HostWord::Lost | HostWord::NotRolledBack)
    }
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResult {
    /// Precheck: the host is as expected.
    Ready,
    /// Precheck: everything is done already.
    NothingToDo,
    /// Precheck: an earlier attempt did everything but the reboot that it asks for.
    RebootLeft,
    /// Precheck: an earlier attempt has to be mended first.
    Mend,
    /// Recovery has ended; whether it helped shows at the precheck that follows.
    Recovered,
    /// The state before is recorded.
    Recorded,
    /// The package manager has ended and no reboot follows.
    Applied,
    /// The package manager has ended and a reboot follows.
    AppliedAndReboots,
    /// The host is back with a new boot id.
    Rebooted,
    /// Everything is as approved.
    Verified,
    /// Everything is as it was before.
    RolledBack,
    /// It did not work out, for this reason.
    Failed(String),
    /// The host cannot be reached any more, for this reason.
    Lost(String),
}

/// The state that a host is in after `step` ended with `result`.
///
/// # Errors
/// A refusal of class `Fault` for a result that the step cannot have: a mistake of the runner.
pub fn after(step: Step, result: &StepResult) -> Result<HostWord, Refusal> {
    use HostWord as To;
    Ok(match (step, result) {
        (Step::Precheck, StepResult::Ready) => To::Baseline,
        (Step::Precheck, StepResult::NothingToDo) => To::Noop,
        (Step::Precheck, StepResult::RebootLeft) => To::Rebooting,
        (Step::Precheck, StepResult::Mend) => To::Recovering,
        (Step::Recover, StepResult::Recovered) => To::Precheck,
        (Step::Baseline, StepResult::Recorded) => To::Applying,
        (Step::Apply, StepResult::Applied) => To::Postcheck,
        (Step::Apply, StepResult::AppliedAndReboots) => To::Rebooting,
        (Step::Reboot, StepResult::Rebooted) => To::Postcheck,
        (Step::Postcheck, StepResult::Verified) => To::Verified,
        (Step::RollBack, StepResult::RolledBack) => To::RolledBack,
        (Step::RollBack, StepResult::Failed(_) | StepResult::Lost(_)) => To::NotRolledBack,
        (_, StepResult::Failed(_)) => To::Failed,
        (_, StepResult::Lost(_)) => To::Lost,
        (step, result) => {
            let what = format!("the step `{step}` cannot end with {result:?}");
            return Err(Refusal::new(Class::Fault, "life of a host", what)
                .way_out("report this with the server's log"));
        }
    })
}

/// How much of a plan's digest stands in the name of a job.
const DIGEST_CHARS: usize = 12;

/// The name of the job by which a step is done on a host: the same for the same attempt, whoever asks and however often,
/// so that nothing is done twice. The plan's digest keeps it apart from a job of another organisation, or of one that was
/// founded anew, whose runs count from 1 as well.
pub fn job_name(run: RunId, plan: &Hash, asset: &Subject, attempt: u32, step: Step) -> String {
    let digest = plan.to_string();
    let name = format!("{run}-{asset}-{attempt}-{step}-{}", &digest[..DIGEST_CHARS]);
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    fn results() -> Vec<StepResult> {
        use StepResult::*;
        vec![
            Ready,
            NothingToDo,
            RebootLeft,
            Mend,
            Recovered,
            Recorded,
            Applied,
            AppliedAndReboots,
            Rebooted,
            Verified,
            RolledBack,
            Failed("x".into()),
            Lost("x".into()),
        ]
    }

    #[test]
    fn every_step_can_fail_and_be_lost_and_leads_nowhere_it_should_not() {
        for step in Step::ALL {
            let good: Vec<HostWord> = results()
                .iter()
                .filter_map(|result| after(*step, result).ok())
                .collect();
            assert!(good.iter().any(|state| state.is_failure()), "{step}");
            assert!(good.iter().all(|state| *state != HostWord::Queued), "{step}");
        }
    }

    #[test]
    fn packages_change_only_behind_a_recorded_baseline() {
        for step in Step::ALL {
            for result in results() {
                if after(*step, &result) == Ok(HostWord::Applying) {
                    assert_eq!((*step, &result), (Step::Baseline, &StepResult::Recorded));
                }
                if after(*step, &result) == Ok(HostWord::Verified) {
                    assert_eq!(*step, Step::Postcheck);
                }
            }
        }
    }

    #[test]
    fn a_state_is_waiting_in_flight_or_at_an_end() {
        for state in HostWord::ALL {
            let kinds = [
                *state == HostWord::Queued,
                state.is_in_flight(),
                state.is_at_end(),
            ];
            assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{state}");
            assert_eq!(HostWord::named(state.name()), Some(*state));
        }
    }

    #[test]
    fn a_job_has_one_name_for_each_attempt_and_step() {
        let asset = Subject::parse("AST-0012").unwrap();
        let name = |attempt, step| job_name(RunId::from_number(3), &Hash([0xab; 32]), &asset, attempt, step);
        assert_eq!(name(1, Step::Apply), "run-0003-ast-0012-1-apply-abababababab");
        assert_eq!(
            name(2, Step::RollBack),
            "run-0003-ast-0012-2-roll-back-abababababab"
        );
    }
}
