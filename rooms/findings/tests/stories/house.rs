//! An organisation with assets, and the files that its scanners and publishers would send.

use std::fs::File;
use std::io::{Seek, Write};

use assets::{AssetId, AssetName, Field};
use basis::{Actor, Id, Refusal, Role, Time};
use evidence::{EvidenceName, MediaType, NewEvidence};
use findings::{Finding, Import};
use hosts::{
    Container, Hold, HostState, Kernel, Learned, Os, OsFamily, Package, PackageState, RebootNeed, Rights,
};
use ledger::events::Events;
use policy::EvidenceKind;
use storage::By;
use testkit::House;

pub struct Shop {
    pub house: House,
    pub tina: Actor,
}

impl Shop {
    pub fn open() -> Self {
        let house = House::with(|registry| {
            registry
                .room(evidence::migrations(), evidence::events())
                .room(assets::migrations(), assets::events())
                .room(findings::migrations(), findings::events())
                .following(findings::followed())
        });
        let tina = house.person("tina", &[Role::Technician, Role::SystemOwner]);
        Self { house, tina }
    }

    /// Registers an asset under this hostname.
    pub fn asset(&self, name: &str) -> AssetId {
        let fields = [(Field::Exposure, "internet_facing".to_owned())];
        let name = AssetName::parse(name).unwrap();
        assets::register(&self.house.organisation, &self.tina, name, &fields)
            .unwrap()
            .id
    }

    /// Imports this report.
    pub fn import(&self, report: &[u8]) -> Result<Import, Refusal> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(report).unwrap();
        self.import_file(&mut file)
    }

    pub fn import_file(&self, file: &mut File) -> Result<Import, Refusal> {
        file.rewind().unwrap();
        let name = EvidenceName::parse("weekly.nessus").unwrap();
        findings::import_nessus(&self.house.organisation, &self.tina, file, &name)
    }

    /// Loads this advisory.
    pub fn advisory(&self, text: &str) -> findings::Loaded {
        let name = EvidenceName::parse("advisory.json").unwrap();
        findings::load_advisories(&self.house.organisation, &self.tina, text.as_bytes(), &name).unwrap()
    }

    /// Records what a collection would have found now.
    pub fn collect(&self, asset: AssetId, state: &HostState) {
        let organisation = &self.house.organisation;
        let bytes = serde_json::to_vec(state).unwrap();
        let blob = organisation.store_blob(&mut bytes.as_slice()).unwrap();
        let mut tx = organisation.begin("stories.collect").unwrap();
        let by = By::from(&self.tina);
        let taken_at = organisation.now();
        let new = NewEvidence {
            name: EvidenceName::parse("state.json").unwrap(),
            media_type: MediaType::Json,
            kind: EvidenceKind::Baseline,
            blob,
            about: vec![asset.subject()],
            objectives: Vec::new(),
            is_final: true,
            taken_at,
        };
        let evidence = evidence::attach(&mut tx, &by, new).unwrap();
        let collected = assets::Collected {
            added: Vec::new(),
            architecture: state.architecture.clone(),
            asset,
            boot_id: None,
            evidence,
            firmware: None,
            hostname: state.hostname.clone(),
            is_full: true,
            kernel: state.kernel.running.clone(),
            machine_id: None,
            os: state.os.pretty_name.clone(),
            os_version: state.os.version_id.clone(),
            packages: state.packages.len() as u64,
            reboot: "not_needed".to_owned(),
            removed: Vec::new(),
            replaces_machine_id: None,
            taken_at,
            updates: None,
        };
        tx.record(by, Events::one(collected)).unwrap();
        tx.commit().unwrap();
    }

    /// Compares the asset with the advisories.
    pub fn compare(&self, asset: AssetId) -> findings::MatchOutcome {
        let outcomes = findings::match_assets(&self.house.organisation, &self.tina, Some(vec![asset]));
        outcomes.unwrap().remove(0)
    }

    pub fn findings(&self, asset: AssetId) -> Vec<Finding> {
        self.house
            .organisation
            .view(|view| findings::of_asset(view, asset))
            .unwrap()
    }

    /// The states of an asset's findings by vulnerability, in the order in which they were found.
    pub fn states(&self, asset: AssetId) -> Vec<String> {
        let findings = self.findings(asset);
        findings
            .iter()
            .map(|finding| format!("{} {}", finding.vulnerability, finding.state.name()))
            .collect()
    }

    pub fn ledger_size(&self) -> u64 {
        self.house
            .organisation
            .begin("stories.size")
            .unwrap()
            .next_index()
    }
}

/// A Debian 12 host with these packages, each built from a source of the name that follows.
pub fn state(packages: &[(&str, &str, &str)]) -> HostState {
    let package = |(name, source, version): &(&str, &str, &str)| Package {
        name: (*name).to_owned(),
        architecture: "amd64".to_owned(),
        version: (*version).to_owned(),
        source: (*source).to_owned(),
        source_version: (*version).to_owned(),
        state: PackageState::Installed,
        hold: Hold::Free,
    };
    HostState {
        os: Os {
            id: "debian".to_owned(),
            id_like: Vec::new(),
            version_id: "12".to_owned(),
            codename: "bookworm".to_owned(),
            pretty_name: "Debian 12".to_owned(),
            family: OsFamily::Debian,
        },
        hostname: "web01".to_owned(),
        architecture: "amd64".to_owned(),
        rights: Rights::Root,
        machine_id: Learned::Unknown("none".to_owned()),
        boot_id: Learned::Unknown("none".to_owned()),
        host_time: Time::parse("2026-11-22T08:00:00Z").unwrap(),
        uptime_s: Learned::Known(60),
        container: Container::No,
        kernel: Kernel {
            running: "6.1.0-18-amd64".to_owned(),
            running_build: String::new(),
            newest_installed: Learned::Unknown("none".to_owned()),
        },
        reboot: RebootNeed::NotNeeded,
        packages: packages.iter().map(package).collect(),
        updates: Learned::Unknown("none".to_owned()),
        old_services: Learned::Known(Vec::new()),
        listening: Learned::Known(Vec::new()),
        disks: Vec::new(),
        firmware: Learned::Unknown("none".to_owned()),
    }
}

/// An advisory about one package of Debian 12.
pub fn osv(id: &str, cves: &[&str], package: &str, fixed: &str) -> String {
    let cves: Vec<String> = cves.iter().map(|cve| format!("\"{cve}\"")).collect();
    format!(
        r#"{{"id":"{id}","modified":"2026-11-01T00:00:00Z","published":"2026-11-01T00:00:00Z","upstream":[{}],
        "summary":"{package} - security update","details":"left out",
        "severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
        "affected":[{{"package":{{"ecosystem":"Debian:12","name":"{package}"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#,
        cves.join(",")
    )
}

/// A host of a report.
#[derive(Clone)]
pub struct ScannedHost {
    pub name: String,
    pub ended: Option<Time>,
    pub is_credentialed: bool,
    pub items: Vec<ScannedItem>,
}

/// A result of a report.
#[derive(Clone)]
pub struct ScannedItem {
    pub plugin: u32,
    pub port: u16,
    pub family: &'static str,
    pub title: &'static str,
    pub cves: Vec<String>,
    pub output: String,
}

pub const LOCAL: &str = "Debian Local Security Checks";
pub const REMOTE: &str = "Web Servers";

/// A local check that complains about a package.
pub fn local(plugin: u32, cve: &str, package: &str, installed: &str, wanted: &str) -> ScannedItem {
    ScannedItem {
        plugin,
        port: 0,
        family: LOCAL,
        title: "Debian DSA",
        cves: vec![cve.to_owned()],
        output: format!("Remote package installed : {package}_{installed}\nShould be : {package}_{wanted}\n"),
    }
}

/// A remote check that complains about port 443.
pub fn remote(plugin: u32, cve: &str) -> ScannedItem {
    let cves = vec![cve.to_owned()];
    ScannedItem {
        plugin,
        port: 443,
        family: REMOTE,
        title: "TLS",
        cves,
        output: String::new(),
    }
}

pub fn scanned(name: &str, ended: &str, items: Vec<ScannedItem>) -> ScannedHost {
    let ended = Some(Time::parse(ended).unwrap());
    ScannedHost {
        name: name.to_owned(),
        ended,
        is_credentialed: true,
        items,
    }
}

/// The report of these hosts; each also tells its operating system, for information and in both families.
pub fn report(hosts: &[ScannedHost]) -> Vec<u8> {
    let mut text = String::from("<NessusClientData_v2><Report name=\"weekly\">\n");
    for host in hosts {
        let end = host.ended.map_or_else(String::new, |at| {
            let seconds = at.as_ms() / 1_000;
            format!(
                "<tag name=\"HOST_END\">Sun Nov 22 08:00:00 2026</tag><tag name=\"HOST_END_TIMESTAMP\">{seconds}</tag>"
            )
        });
        let credentialed = host.is_credentialed;
        text += &format!(
            "<ReportHost name=\"{}\"><HostProperties><tag name=\"Credentialed_Scan\">{credentialed}</tag>{end}</HostProperties>\n",
            host.name
        );
        for item in &host.items {
            let cves: String = item.cves.iter().map(|cve| format!("<cve>{cve}</cve>")).collect();
            text += &format!(
                "<ReportItem port=\"{}\" svc_name=\"x\" protocol=\"tcp\" severity=\"{}\" pluginID=\"{}\" \
                 pluginName=\"{}\" pluginFamily=\"{}\">{cves}<plugin_output>{}</plugin_output></ReportItem>\n",
                item.port,
                if item.cves.is_empty() { 0 } else { 3 },
                item.plugin,
                item.title,
                item.family,
                item.output
            );
        }
        text += "</ReportHost>\n";
    }
    text += "</Report></NessusClientData_v2>\n";
    text.into_bytes()
}

/// A result that only informs, but shows that the checks of its family ran.
pub fn informs(family: &'static str) -> ScannedItem {
    ScannedItem {
        plugin: 11_936,
        port: 0,
        family,
        title: "OS",
        cves: Vec::new(),
        output: String::new(),
    }
}
