//! An organisation whose assets are the hosts of the lab, and the steps that every story of a run repeats.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assets::{AssetName, Connection, Field, SshConnection};
use basis::{Id, Span, Subject};
use changes::{ChangeId, PartsEdit};
use frame::Bell;
use hosts::{Become, Host, HostKey, Timeouts};
use permits::Narrowed;
use policy::ChangeType;
use runner::{Patience, Runner, Witness};
use runs::{Chosen, GateCommand, GatePlace, HostWord, PlanRequest, Reboot, Run, RunId};
use storage::Organisation;

use crate::house::{Story, has_ssh_keygen};

/// The hosts are few and every story changes them.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub struct Site {
    pub story: Story,
    list: PathBuf,
    hosts: Vec<(String, String, HostKey)>,
    _alone: MutexGuard<'static, ()>,
}

/// Waiting times for hosts that stand next to us.
pub fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(3),
        before_work: Duration::from_secs(5),
        in_work: Duration::from_secs(90),
        job: Duration::from_secs(180),
        reboot: Duration::from_secs(120),
        poll: Duration::from_millis(100),
        pause: Duration::from_millis(200),
        idle: Duration::from_millis(200),
    }
}

impl Site {
    pub fn find() -> Option<Self> {
        let Some(list) = std::env::var_os("TAGOUT_LAB_HOSTS").map(PathBuf::from) else {
            println!("skipped: no lab: TAGOUT_LAB_HOSTS is not set");
            return None;
        };
        if !has_ssh_keygen() {
            return None;
        }
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let text = std::fs::read_to_string(&list).expect("the list of lab hosts");
        let row = |line: &str| {
            let mut fields = line.split('\t');
            let (name, address) = (fields.next()?.to_owned(), fields.next()?.to_owned());
            Some((name, address, HostKey::parse(fields.next()?).ok()?))
        };
        let hosts: Vec<_> = text
            .lines()
            .filter_map(row)
            .filter(|row| !row.0.contains("rpm"))
            .take(3)
            .collect();
        assert_eq!(hosts.len(), 3, "the lab has fewer than three apt hosts");
        let story = Story::with(|rooms| {
            rooms
                .room(permits::migrations(), permits::events())
                .room(runs::migrations(), runs::events())
        });
        let site = Self {
            story,
            list,
            hosts,
            _alone: alone,
        };
        site.enrol();
        Some(site)
    }

    pub fn organisation(&self) -> &Arc<Organisation> {
        &self.story.house.organisation
    }

    fn login_key(&self) -> PathBuf {
        self.list.parent().unwrap().join("keys/tagout")
    }

    fn enrol(&self) {
        let identity = assets::identity_file(self.organisation()).unwrap();
        std::fs::copy(self.login_key(), &identity).unwrap();
        std::fs::copy(
            self.login_key().with_extension("pub"),
            identity.with_extension("pub"),
        )
        .unwrap();
        for (name, address, key) in &self.hosts {
            let fields = [
                (Field::Classification, "none".to_owned()),
                (Field::Criticality, "low".to_owned()),
            ];
            let name = AssetName::parse(name).unwrap();
            let asset = assets::register(self.organisation(), &self.story.carla, name, &fields).unwrap();
            let connection = Connection::Ssh(SshConnection {
                address: address.clone(),
                port: 22,
                user: "tagout".to_owned(),
                becoming: Become::Sudo,
                host_key: key.clone(),
            });
            assets::connect(
                self.organisation(),
                &self.story.carla,
                asset.id,
                &connection,
                &key.fingerprint(),
            )
            .unwrap();
        }
    }

    /// The name of a host, from 0.
    pub fn name(&self, at: usize) -> &str {
        &self.hosts[at].0
    }

    /// The asset of a host, from 0; two others stand before them in the register.
    pub fn asset(&self, at: usize) -> Subject {
        Subject::parse(&format!("AST-{:04}", at + 3)).unwrap()
    }

    pub fn lab(&self, program: &str, arguments: &[&str]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../lab")
            .join(program);
        // Some faults leave a process behind, which would hold the ends of pipes.
        let status = Command::new(path)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "{program} {arguments:?}");
    }

    pub fn fault(&self, at: usize, fault: &str) {
        self.lab("fault", &[self.name(at), fault]);
    }

    /// Runs a shell line as root on a host and answers what it printed.
    pub fn shell(&self, at: usize, line: &str) -> String {
        let (_, address, key) = &self.hosts[at];
        let target =
            hosts::Target::new(address, 22, "tagout", self.login_key(), key.clone(), Become::Sudo).unwrap();
        let control = self.story.house.folder().join("s");
        let host = Host::connect(&hosts::Reach::Ssh(target), &control, Timeouts::default()).unwrap();
        let output = host
            .run(&hosts::Command::new(["sh", "-c", line]).as_root())
            .unwrap();
        output.text().trim().to_owned()
    }

    pub fn version(&self, at: usize, package: &str) -> String {
        self.shell(
            at,
            &format!("dpkg-query -W -f '${{Version}} ${{db:Status-Abbrev}}' {package}"),
        )
    }

    /// An approved and scheduled change of these hosts and packages, its window open and its permit issued.
    pub fn ready(&self, hosts: &[usize], packages: &[&str], gate: Option<GateCommand>) -> ChangeId {
        let (story, organisation) = (&self.story, self.organisation());
        let mut parts: PartsEdit = story.whole("web01");
        parts.assets = Some(hosts.iter().map(|at| self.name(*at).to_owned()).collect());
        let change = changes::open(
            organisation,
            &story.anna,
            "Update lab hosts",
            ChangeType::Normal,
            &parts,
        )
        .unwrap();
        let request = PlanRequest {
            chosen: Chosen::Packages(packages.iter().map(ToString::to_string).collect()),
            gate,
            reboot: Reboot::WhenNeeded,
        };
        runs::make_plan(organisation, &story.dora, change.id, &request).unwrap();
        story.submit(change.id).unwrap();
        story.approve(&story.ben, change.id).unwrap();
        story.schedule(change.id).unwrap();
        story.house.wait(Span::minutes(84 * 60 + 1));
        permits::issue(organisation, &story.carla, change.id, &Narrowed::default()).unwrap();
        change.id
    }

    pub fn start(&self, change: ChangeId) -> RunId {
        runs::start(self.organisation(), &self.story.dora, change)
            .unwrap()
            .id
    }

    pub fn runner(&self) -> Runner {
        Runner::new(Arc::clone(self.organisation()), Bell::new(), patience())
    }

    pub fn watched(&self, witness: Arc<dyn Witness>) -> Runner {
        self.runner().watched_by(witness)
    }

    pub fn run(&self, id: RunId) -> Run {
        self.organisation()
            .view(|view| runs::find(view, id))
            .unwrap()
            .unwrap()
    }

    pub fn states(&self, id: RunId) -> Vec<HostWord> {
        self.run(id).members().map(|member| member.state).collect()
    }

    /// Lets the soak time pass and the runner go on.
    pub fn soak(&self) {
        self.story.house.wait(Span::minutes(31));
        self.runner().settle().unwrap();
    }

    /// Outcome and reason of a package at the last step that judged it.
    pub fn outcome(&self, id: RunId, at: usize, package: &str) -> (String, String) {
        let rows = self.organisation().view(|view| runs::packages(view, id)).unwrap();
        let asset = self.asset(at);
        let row = rows
            .into_iter()
            .rfind(|row| row.asset == asset && row.result.package == package);
        let result = row.expect("an outcome").result;
        (result.outcome, result.reason)
    }

    pub fn kinds_of_evidence(&self, at: usize, id: RunId) -> Vec<&'static str> {
        let about = self
            .organisation()
            .view(|view| evidence::about(view, &id.subject()))
            .unwrap();
        let of_host = about.iter().filter(|kept| kept.about.contains(&self.asset(at)));
        let mut kinds: Vec<&str> = of_host.map(|kept| kept.kind.name()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// A gate's command that runs on the hosts.
pub fn on_hosts(argv: &[&str]) -> Option<GateCommand> {
    let argv = argv.iter().map(ToString::to_string).collect();
    Some(GateCommand {
        argv,
        on: GatePlace::Hosts,
        timeout_s: 20,
    })
}
