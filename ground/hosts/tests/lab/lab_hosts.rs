//! The lab's hosts, its faults, and waiting for jobs on them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hosts::apt::{self, Apply};
use hosts::outcome::{PackageOutcome, judge};
use hosts::reboot::NewBoot;
use hosts::{
    Become, BootId, Exact, Host, HostError, HostKey, HostState, JobId, JobState, Learned, PackageName, Reach,
    Standing, Target, Timeouts, jobs,
};
use tempfile::TempDir;

/// Longest that a host may take to come back, and a job to end.
const PATIENCE: Duration = Duration::from_secs(180);

pub struct Lab {
    list: PathBuf,
    hosts: Vec<(String, String, String)>,
    folder: TempDir,
    _turn: File,
}

impl Lab {
    /// Finds the lab and takes it for this test alone: the others wait, since a fault would reach them too.
    pub fn find() -> Result<Self, String> {
        let list = std::env::var_os("TAGOUT_LAB_HOSTS").ok_or("no lab: TAGOUT_LAB_HOSTS is not set")?;
        let list = PathBuf::from(list);
        let text =
            std::fs::read_to_string(&list).map_err(|error| format!("no lab: {}: {error}", list.display()))?;
        let row = |line: &str| {
            let mut fields = line.split('\t').map(str::to_owned);
            Some((fields.next()?, fields.next()?, fields.next()?))
        };
        let hosts: Vec<_> = text.lines().filter_map(row).collect();
        if hosts.iter().filter(|host| !host.0.contains("rpm")).count() < 3 {
            return Err("the lab has fewer than three apt hosts".to_owned());
        }
        let turn = File::create(list.with_extension("turn")).map_err(|error| error.to_string())?;
        turn.lock().map_err(|error| error.to_string())?;
        let folder = tempfile::Builder::new()
            .prefix("tl")
            .tempdir()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            list,
            hosts,
            folder,
            _turn: turn,
        })
    }

    fn host(&self, number: usize) -> &(String, String, String) {
        self.hosts
            .iter()
            .filter(|host| !host.0.contains("rpm"))
            .nth(number)
            .unwrap()
    }

    fn reach_of(&self, host: &(String, String, String)) -> Reach {
        let key = self.list.parent().unwrap().join("keys/tagout");
        let pinned = HostKey::parse(&host.2).unwrap();
        Reach::Ssh(Target::new(&host.1, 22, "tagout", key, pinned, Become::Sudo).unwrap())
    }

    pub fn connect(&self, number: usize) -> Host {
        Host::connect(
            &self.reach_of(self.host(number)),
            self.folder.path(),
            Timeouts::default(),
        )
        .unwrap()
    }

    pub fn connect_rpm(&self) -> Option<Host> {
        let host = self.hosts.iter().find(|host| host.0.contains("rpm"))?;
        Some(Host::connect(&self.reach_of(host), self.folder.path(), Timeouts::default()).unwrap())
    }

    /// Connects with little patience, for a login as for silence.
    pub fn try_connect(&self, number: usize, patience: Duration) -> Result<Host, HostError> {
        let timeouts = Timeouts {
            connect: patience,
            silence: patience,
            ..Timeouts::default()
        };
        Host::connect(&self.reach_of(self.host(number)), self.folder.path(), timeouts)
    }

    pub fn await_new_boot(&self, number: usize, before: &BootId) -> NewBoot {
        let (reach, folder) = (self.reach_of(self.host(number)), self.folder.path());
        hosts::reboot::await_new_boot(&reach, folder, Timeouts::default(), before, PATIENCE).unwrap()
    }

    pub fn fault(&self, number: usize, fault: &str) {
        self.call("fault", &[&self.host(number).0, fault]);
    }

    pub fn boot(&self, number: usize) {
        self.call("boot", &[&self.host(number).0]);
    }

    pub fn give(&self, number: usize, package: &str) {
        self.call("give", &[&self.host(number).0, package]);
    }

    fn call(&self, program: &str, arguments: &[&str]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../lab")
            .join(program);
        // A fault may leave a process behind that would keep our pipes open.
        let mut command = Command::new(path);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "{program} {arguments:?}");
    }
}

/// A job id that no run before used.
pub fn fresh_job(word: &str) -> JobId {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap();
    JobId::parse(&format!("test-{word}-{}", id.trim())).unwrap()
}

/// Asks until the job is over. Each question is a round trip, which is pause enough.
pub fn follow(host: &Host, job: &JobId) -> JobState {
    until(host, job, JobState::is_over)
}

pub fn await_step(host: &Host, job: &JobId, wanted: &str) {
    until(host, job, |state| {
        matches!(state, JobState::Running { step, .. } if step == wanted) || state.is_over()
    });
}

/// Waits until a process of the host has `word` in its command line.
pub fn await_process(host: &Host, word: &str) {
    let script = format!("until pgrep -f '[i]nfo/{word}.postinst' >/dev/null; do sleep 0.1; done");
    let command = hosts::Command::new(["sh", "-c", &script]).timeout(PATIENCE);
    host.run(&command).unwrap().success("waiting").unwrap();
}

/// Waits until the transcript of a job holds `word`.
pub fn await_text(host: &Host, job: &JobId, word: &str) {
    for _ in 0..10_000 {
        if jobs::evidence(host, job).unwrap().transcript.contains(word) {
            return;
        }
    }
    panic!("`{word}` never came");
}

fn until(host: &Host, job: &JobId, is_enough: impl Fn(&JobState) -> bool) -> JobState {
    for _ in 0..10_000 {
        let state = jobs::poll(host, job).unwrap();
        if is_enough(&state) {
            return state;
        }
    }
    panic!("job `{job}` never ended");
}

/// Packages whose names start with `start` and which could be upgraded, with the version offered.
pub fn pending(state: &HostState, start: &str) -> Vec<(String, String)> {
    let Learned::Known(updates) = &state.updates else {
        panic!("{:?}", state.updates);
    };
    let offered = updates
        .pending
        .iter()
        .filter(|u| u.package.starts_with(start) && u.standing == Standing::Offered);
    offered
        .map(|update| (update.package.clone(), update.candidate.clone()))
        .collect()
}

/// A change to these versions.
pub fn upgrade(update: &[(String, String)]) -> Apply {
    let exact = update
        .iter()
        .map(|(package, version)| Exact::parse(package, version).unwrap());
    Apply::upgrade(exact.collect(), "CHG-0001").unwrap()
}

/// The installed version.
pub fn version(state: &HostState, package: &str) -> String {
    state
        .package(&PackageName::parse(package).unwrap())
        .unwrap()
        .version
        .clone()
}

/// Carries a change out and judges it.
pub fn apply(host: &Host, change: &Apply) -> Vec<PackageOutcome> {
    let before = hosts::collect(host).unwrap();
    let job = fresh_job("apply");
    apt::start(host, &job, change).unwrap();
    follow(host, &job);
    let evidence = jobs::evidence(host, &job).unwrap();
    judge(
        &before,
        &hosts::collect(host).unwrap(),
        &evidence.transcript,
        change,
    )
}
