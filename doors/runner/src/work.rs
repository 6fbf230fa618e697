//! What is done on a host, step by step. Each step may be begun again at any moment: it looks, or it starts a job that the
//! host does at most once and follows it.

use std::thread;

use hosts::apt::{self, Apply, Recovery};
use hosts::jobs::{JobEvidence, LostReason};
use hosts::outcome::judge;
use hosts::{BootId, Host, HostError, HostState, JobId, JobState, jobs};
use runs::rules::{PackageChange, Packages, Precheck, RebootWord, compare, compare_undone, precheck};
use runs::{
    HostPlan, PackageResult, Reboot, downgrades_of, found_of, old_services_of, packages_of, reboot_of,
    result_of, upgrades_of,
};

use crate::Patience;
use crate::link::{Link, now};

/// A host's state and what the plan says to it.
pub(crate) struct Checked {
    pub(crate) state: HostState,
    pub(crate) verdict: Precheck,
}

/// Looks at the host and compares it with the plan. What apt would do is asked for the whole plan: what is done already
/// does not show in its answer.
pub(crate) fn check(
    link: &mut Link,
    patience: &Patience,
    plan: &HostPlan,
    attempt: u32,
) -> Result<Checked, HostError> {
    link.with(patience.before_work, |host| {
        let state = hosts::collect(host)?;
        let remains =
            !plan.remaining(&packages_of(&state)).is_empty() && state.broken_packages().next().is_none();
        let simulation = match remains {
            true => Some(apt::simulate(host, &Apply::upgrade(upgrades_of(plan)?, "")?)?),
            false => None,
        };
        let verdict = precheck(plan, &found_of(&state, simulation.as_ref()), attempt);
        Ok(Checked { state, verdict })
    })
}

/// How a job ended.
pub(crate) enum JobEnd {
    /// By itself.
    Ended,
    /// It is gone, for this reason; what it did shows in the packages.
    Cut(&'static str),
    /// It goes on beyond all patience.
    Endless,
}

/// Starts a job by `start` unless it was started before, and follows it to its end.
pub(crate) fn carry_out(
    link: &mut Link,
    patience: &Patience,
    job: &JobId,
    start: impl Fn(&Host) -> Result<(), HostError>,
) -> Result<JobEnd, HostError> {
    let began = now();
    loop {
        let state = link.with(patience.in_work, |host| match jobs::poll(host, job)? {
            JobState::NotStarted => start(host).and_then(|()| jobs::poll(host, job)),
            state => Ok(state),
        })?;
        match state {
            JobState::Finished { .. } => return Ok(JobEnd::Ended),
            JobState::Lost {
                reason: LostReason::Rebooted,
                ..
            } => return Ok(JobEnd::Cut("the host was rebooted in mid-work")),
            JobState::Lost {
                reason: LostReason::Died,
                ..
            } => return Ok(JobEnd::Cut("the work was killed on the host")),
            JobState::NotStarted | JobState::Running { .. } if began.elapsed() >= patience.job => {
                return Ok(JobEnd::Endless);
            }
            JobState::NotStarted | JobState::Running { .. } => thread::sleep(patience.poll),
        }
    }
}

/// Whether the host has begun with a job.
pub(crate) fn is_begun(link: &mut Link, patience: &Patience, job: &JobId) -> Result<bool, HostError> {
    link.with(patience.in_work, |host| {
        Ok(jobs::poll(host, job)? != JobState::NotStarted)
    })
}

/// Brings the packages to their versions, or follows the job that does so already.
pub(crate) fn apply(
    link: &mut Link,
    patience: &Patience,
    job: &JobId,
    plan: &HostPlan,
    comment: &str,
) -> Result<JobEnd, HostError> {
    let change = Apply::upgrade(upgrades_of(plan)?, comment)?;
    carry_out(link, patience, job, |host| apt::start(host, job, &change))
}

/// Configures what was left half installed.
pub(crate) fn recover(link: &mut Link, patience: &Patience, job: &JobId) -> Result<JobEnd, HostError> {
    carry_out(link, patience, job, |host| {
        apt::start_recovery(host, job, Recovery::Configure)
    })
}

/// What a job left behind, and the host's state after it.
pub(crate) fn aftermath(
    link: &mut Link,
    patience: &Patience,
    job: &JobId,
) -> Result<(JobEvidence, HostState), HostError> {
    link.with(patience.in_work, |host| {
        Ok((jobs::evidence(host, job)?, hosts::collect(host)?))
    })
}

/// The host's state.
pub(crate) fn collect(link: &mut Link, patience: &Patience) -> Result<HostState, HostError> {
    link.with(patience.in_work, hosts::collect)
}

/// What the packages say about the work.
pub(crate) struct Judged {
    pub(crate) packages: Vec<PackageResult>,
    pub(crate) differences: Vec<String>,
    pub(crate) is_good: bool,
}

/// Judges every package of the plan after work.
pub(crate) fn judge_work(
    plan: &HostPlan,
    before: &HostState,
    after: &HostState,
    transcript: &str,
) -> Result<Judged, HostError> {
    let found = packages_of(after);
    let compared = compare(
        plan,
        &packages_of(before),
        &found,
        reboot_of(after),
        &old_services_of(after),
    );
    let outcomes = match upgrades_of(plan)? {
        none if none.is_empty() => Vec::new(),
        packages => judge(before, after, transcript, &Apply::upgrade(packages, "")?),
    };
    let mut packages: Vec<PackageResult> = outcomes.iter().map(result_of).collect();
    packages.extend(additions(plan, &found));
    Ok(Judged {
        packages,
        is_good: compared.is_as_planned,
        differences: compared.differences,
    })
}

/// Dependencies that came in: they are not named to apt, so it is not asked what became of them.
fn additions<'a>(plan: &'a HostPlan, found: &'a Packages) -> impl Iterator<Item = PackageResult> + 'a {
    plan.packages
        .iter()
        .filter(|change| change.from.is_none())
        .map(|change| {
            let after = found
                .get(&change.package)
                .map(|package| package.version.clone())
                .unwrap_or_default();
            let is_good = after == change.to;
            PackageResult {
                package: change.package.clone(),
                wanted: change.to.clone(),
                before: String::new(),
                outcome: if is_good { "fixed" } else { "failed" }.to_owned(),
                reason: if is_good {
                    "it came in as a dependency"
                } else {
                    "it did not come in"
                }
                .to_owned(),
                after,
            }
        })
}

/// Whether the host is rebooted now: only when everything went well, the plan allows it and something asks for it.
pub(crate) fn wants_reboot(plan: &HostPlan, judged: &Judged, after: &HostState) -> bool {
    let all_good = judged
        .packages
        .iter()
        .all(|package| matches!(package.outcome.as_str(), "fixed" | "already_fixed"));
    all_good && plan.reboot == Reboot::WhenNeeded && reboot_of(after) == RebootWord::Needed
}

/// The boot id at this moment.
pub(crate) fn boot_id(link: &mut Link, patience: &Patience) -> Result<BootId, HostError> {
    link.with(patience.in_work, hosts::reboot::boot_id)
}

/// Reboots the host, at most once, and waits until it is back with another boot id than `before`.
pub(crate) fn reboot(
    link: &mut Link,
    patience: &Patience,
    job: &JobId,
    before: &BootId,
) -> Result<(), HostError> {
    // The answer may be lost with the network of the host that goes down, or it is down already: the wait below tells.
    let asked = link.with(patience.poll, |host| {
        match hosts::reboot::boot_id(host)? == *before {
            true => hosts::reboot::start(host, job),
            false => Ok(()),
        }
    });
    link.drop_connection();
    match asked {
        Err(error) if !error.is_passing() => return Err(error),
        _ => {}
    }
    let way = link.way();
    hosts::reboot::await_new_boot(&way.reach, &way.control, way.timeouts, before, patience.reboot).map(drop)
}

/// Brings packages back to the versions before, where a repository holds them.
pub(crate) fn undo(
    link: &mut Link,
    patience: &Patience,
    job: &JobId,
    plan: &HostPlan,
    comment: &str,
) -> Result<Undone, HostError> {
    let packages = downgrades_of(plan)?;
    let before = link.with(patience.before_work, hosts::collect)?;
    if packages.is_empty() {
        let lines = compare_undone(plan, &packages_of(&before));
        return Ok(Undone {
            packages: no_way_back(plan, &before),
            differences: lines,
            evidence: None,
            after: before,
        });
    }
    let change = Apply::downgrade(packages, comment)?;
    let end = carry_out(link, patience, job, |host| apt::start(host, job, &change))?;
    let (evidence, after) = aftermath(link, patience, job)?;
    let outcomes = judge(&before, &after, &evidence.transcript, &change);
    let mut packages: Vec<PackageResult> = outcomes.iter().map(result_of).collect();
    packages.extend(no_way_back(plan, &after));
    let mut differences = compare_undone(plan, &packages_of(&after));
    if let JobEnd::Cut(why) = end {
        differences.push(why.to_owned());
    }
    Ok(Undone {
        packages,
        differences,
        evidence: Some(evidence),
        after,
    })
}

/// What undoing came to.
pub(crate) struct Undone {
    pub(crate) packages: Vec<PackageResult>,
    /// What is not as it was before the run.
    pub(crate) differences: Vec<String>,
    pub(crate) evidence: Option<JobEvidence>,
    pub(crate) after: HostState,
}

fn no_way_back(plan: &HostPlan, state: &HostState) -> Vec<PackageResult> {
    let found = packages_of(state);
    let version = |package: &str| {
        found
            .get(package)
            .map(|package| package.version.clone())
            .unwrap_or_default()
    };
    let row = |change: &PackageChange| PackageResult {
        package: change.package.clone(),
        wanted: change.from.clone().unwrap_or_default(),
        before: version(&change.package),
        after: version(&change.package),
        outcome: "not_offered".to_owned(),
        reason: "no repository of this host holds the version before".to_owned(),
    };
    plan.without_way_back().map(row).collect()
}
