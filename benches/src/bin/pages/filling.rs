//! An organisation as large as the limits of the pages speak of, made by the rooms' own acts.

use std::fmt::Write as _;
use std::io::{Seek, Write as _};

use assets::{AssetId, AssetName, Field};
use basis::{Actor, Id, Refusal, Role, Span, Subject};
use changes::{Change, ChangeId, PartsEdit, PlanRef};
use evidence::{EvidenceName, MediaType, NewEvidence};
use ledger::events::Events;
use people::{Attempt, Secret};
use permits::Narrowed;
use policy::{Action, ChangeType, EvidenceKind};
use runs::rules::{FORM, Planned, PlannedRing, RebootWord};
use runs::{Gate, HostPlan, Plan, Reboot};
use storage::By;

use super::house::Story;

/// How much there is of what.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub assets: u64,
    pub findings_per_asset: u64,
    pub changes: u64,
    pub evidence: u64,
    pub edits: u64,
}

/// What the limits of the pages speak of.
pub const WHOLE: Size = Size {
    assets: 10_000,
    findings_per_asset: 20,
    changes: 20_000,
    evidence: 5_000,
    edits: 500,
};
/// Different vulnerabilities; each is on many assets.
const VULNERABILITIES: u64 = 3_000;
/// Of these, those that are known to be exploited.
const EXPLOITED: u64 = 40;
const HOUR_MS: u64 = 3_600_000;

/// What the pages are asked about.
pub struct Filled {
    pub story: Story,
    /// The cookie of somebody who may see everything.
    pub token: String,
    /// A change with a long timeline that is still written.
    pub draft: ChangeId,
    /// A change that waits for decisions.
    pub submitted: ChangeId,
    /// A change with a plan and a run.
    pub run: ChangeId,
    /// A change that carries a policy document.
    pub proposal: ChangeId,
    /// The code of an invitation that was not accepted.
    pub invitation: String,
}

pub fn fill(size: Size) -> Result<Filled, Refusal> {
    let story = Story::with(|rooms| {
        rooms
            .room(permits::migrations(), permits::events())
            .room(runs::migrations(), runs::events())
            .room(history::migrations(), history::events())
    });
    let rita = people_of(&story);
    let said = |what: &str, work: &mut dyn FnMut() -> Result<(), Refusal>| {
        let mut outcome = Ok(());
        let took = benches::time(|| outcome = work());
        println!("{what}: {:.1} s", took.as_secs_f64());
        outcome
    };
    said("assets", &mut || assets_of(&story, size))?;
    said("findings", &mut || findings_of(&story, size))?;
    let (mut draft, mut run, mut proposal) = (None, None, None);
    said("changes", &mut || {
        draft = Some(changes_of(&story, size)?);
        Ok(())
    })?;
    said("two collections", &mut || collected(&story))?;
    said("evidence", &mut || evidence_of(&story, size))?;
    said("a policy and a proposal", &mut || {
        adopt(&story)?;
        proposal = Some(proposal_of(&story)?);
        Ok(())
    })?;
    said("a run", &mut || {
        run = Some(run_of(&story)?);
        Ok(())
    })?;
    // Signed in last: a sign-in ends after some hours, and the run waited for its window.
    let token = signed_in(&story, &rita)?;
    let invited = story.house.person("ivo", &[Role::Auditor]).person;
    let invitation = people::invite(&story.house.organisation, &story.house.administrator(), invited)?;
    Ok(Filled {
        story,
        token,
        draft: draft.expect("changes were made"),
        submitted: ChangeId::from_number(21),
        run: run.expect("a run was made"),
        proposal: proposal.expect("a proposal was made"),
        invitation: invitation.code,
    })
}

/// Enrols people; answers the one who may see everything.
fn people_of(story: &Story) -> Actor {
    for number in 0..100 {
        story.house.person(&format!("person{number}"), &[Role::Auditor]);
    }
    // Whoever reads everything for others' sake stands alone.
    let mut roles = Role::ALL.to_vec();
    roles.retain(|role| !matches!(role, Role::Auditor | Role::Assessor));
    story.house.person("rita", &roles)
}

fn signed_in(story: &Story, person: &Actor) -> Result<String, Refusal> {
    // Whoever came in first did so alone, and confirms the others.
    story.house.confirm(person, &story.anna);
    story.house.wait(Span::minutes(1));
    let organisation = &story.house.organisation;
    let secret = Secret::from_bytes(b"12345678901234567890");
    let attempt = Attempt {
        handle: "rita",
        password: testkit::PASSWORD,
        code: &secret.code_at(organisation.now()),
        source: "benches".to_owned(),
    };
    Ok(people::sign_in(organisation, &attempt)?.token)
}

fn host(number: u64) -> String {
    format!("host{number:05}")
}

fn assets_of(story: &Story, size: Size) -> Result<(), Refusal> {
    let organisation = &story.house.organisation;
    let word = |field, words: &[&str], number: u64| {
        let at = usize::try_from(number).unwrap_or(0) % words.len();
        (field, words[at].to_owned())
    };
    for number in 0..size.assets {
        let fields = [
            word(
                Field::Exposure,
                &["internal", "internal", "isolated", "internet_facing"],
                number,
            ),
            word(Field::Classification, &["cui", "none", "fci"], number),
            word(
                Field::Criticality,
                &["low", "medium", "low", "high", "low"],
                number,
            ),
            word(Field::Owner, &["Ann Archer", "Bo Bell", "Cy Cole"], number),
        ];
        let name = AssetName::parse(&host(number))?;
        let asset = assets::register(organisation, &story.carla, name, &fields)?;
        for edit in 0..(if number == 0 { size.edits } else { 0 }) {
            let room = [(Field::Location, format!("room {edit}"))];
            assets::edit(organisation, &story.carla, asset.id, &room)?;
        }
    }
    Ok(())
}

/// One scan of everything, a list of what is exploited, and a second scan of some that shows half of it mended.
fn findings_of(story: &Story, size: Size) -> Result<(), Refusal> {
    let organisation = &story.house.organisation;
    let technician = testkit::signed_in(story.dora.person, [Role::Technician].into());
    import(story, &technician, size.assets, size.findings_per_asset, 0)?;
    let listed: Vec<String> = (0..EXPLOITED)
        .map(|number| {
            let cve = vulnerability(number * 7);
            format!(r#"{{"cveID":"{cve}","dateAdded":"2026-11-20"}}"#)
        })
        .collect();
    let text = format!(
        r#"{{"catalogVersion":"2026.11.20","vulnerabilities":[{}]}}"#,
        listed.join(",")
    );
    findings::load_exploited(
        organisation,
        &technician,
        text.as_bytes(),
        &EvidenceName::parse("kev.json")?,
    )?;
    import(
        story,
        &technician,
        size.assets / 10,
        size.findings_per_asset / 2,
        1,
    )
}

fn vulnerability(number: u64) -> String {
    format!("CVE-2026-{:05}", 10_000 + number % VULNERABILITIES)
}

fn import(story: &Story, by: &Actor, hosts: u64, items: u64, later: u64) -> Result<(), Refusal> {
    let mut file = tempfile::tempfile().expect("a file");
    let mut text = String::from("<NessusClientData_v2><Report name=\"weekly\">\n");
    let now_ms = story.now().as_ms().unsigned_abs();
    for number in 0..hosts {
        let ended = now_ms - (number % 1_400 + 1) * HOUR_MS / (1 + later * 2_000);
        let _ = writeln!(
            text,
            "<ReportHost name=\"{}\"><HostProperties><tag name=\"Credentialed_Scan\">true</tag>\
             <tag name=\"HOST_END\">Sun Nov 22 08:00:00 2026</tag><tag name=\"HOST_END_TIMESTAMP\">{}</tag></HostProperties>",
            host(number),
            ended / 1_000
        );
        for at in 0..items {
            let spread = number * 31 + at * 977;
            let _ = writeln!(
                text,
                "<ReportItem port=\"0\" svc_name=\"general\" protocol=\"tcp\" severity=\"{}\" pluginID=\"{}\" \
                 pluginName=\"Debian security update of package-{}\" pluginFamily=\"Debian Local Security Checks\">\
                 <cve>{}</cve><patch_publication_date>2026/{:02}/{:02}</patch_publication_date>\
                 <plugin_output>Remote package installed : package-{p}_1.0-1\nShould be : package-{p}_1.1-1\n</plugin_output>\
                 </ReportItem>",
                [2, 3, 2, 1, 2, 4, 3][(spread % 7) as usize],
                100_000 + spread % VULNERABILITIES,
                spread % VULNERABILITIES % 800,
                vulnerability(spread),
                9 + spread % 3,
                1 + spread % 20,
                p = spread % VULNERABILITIES % 800,
            );
        }
        text += "</ReportHost>\n";
        file.write_all(text.as_bytes()).expect("room on the disk");
        text.clear();
    }
    file.write_all(b"</Report></NessusClientData_v2>\n")
        .and_then(|()| file.rewind())
        .expect("room on the disk");
    let name = EvidenceName::parse("weekly.nessus")?;
    let import = findings::import_nessus(&story.house.organisation, by, &mut file, &name)?;
    println!("{:?}", import.scan.counts);
    Ok(())
}

fn open(story: &Story, asset: &str, number: u64) -> Result<Change, Refusal> {
    let kind = match number % 20 {
        9..12 => ChangeType::Emergency,
        _ => ChangeType::Normal,
    };
    changes::open(
        &story.house.organisation,
        &story.anna,
        &format!("Patch {asset}, time {number}"),
        kind,
        &story.whole(asset),
    )
}

fn changes_of(story: &Story, size: Size) -> Result<ChangeId, Refusal> {
    let organisation = &story.house.organisation;
    let draft = open(story, "host00001", 0)?.id;
    for edit in 0..size.edits {
        let other = PartsEdit {
            test_plan: Some(format!("Fetch the front page, {edit} times.")),
            ..PartsEdit::default()
        };
        changes::edit(organisation, &story.anna, draft, &other, None)?;
    }
    for number in 1..size.changes {
        let change = open(story, &host(number % size.assets), number)?.id;
        match number % 20 {
            0..6 => {
                story.plan(change)?;
                story.submit(change)?;
            }
            6..9 => drop(changes::cancel(organisation, &story.anna, change, "Not needed.")?),
            _ => {}
        }
        if number % 400 == 1 {
            story.approve(&story.ben, change)?;
            if story.show(change).state != changes::State::Approved {
                story.approve(&story.carla, change)?;
            }
            story.schedule(change)?;
        }
    }
    Ok(draft)
}

/// Much of a few kinds and three of one.
fn evidence_of(story: &Story, size: Size) -> Result<(), Refusal> {
    let organisation = &story.house.organisation;
    let usual = [
        EvidenceKind::PackagesBefore,
        EvidenceKind::PackagesAfter,
        EvidenceKind::Transcript,
    ];
    for number in 0..size.evidence {
        let kind = match number {
            0..3 => EvidenceKind::ContactLog,
            _ => usual[(number % 3) as usize],
        };
        let blob = organisation.store_blob(&mut format!("content {number}").as_bytes())?;
        let new = NewEvidence {
            name: EvidenceName::parse(&format!("{kind}-{number}.txt"))?,
            media_type: MediaType::Text,
            kind,
            blob,
            about: vec![
                ChangeId::from_number(number % size.changes + 1).subject(),
                Subject::parse("AST-0003").expect("an id"),
            ],
            objectives: Vec::new(),
            is_final: true,
            taken_at: organisation.now(),
        };
        let mut tx = organisation.begin("evidence.add")?;
        evidence::attach(&mut tx, &By::from(&story.dora), new)?;
        tx.commit()?;
    }
    Ok(())
}

/// The packages of one machine, collected twice.
fn collected(story: &Story) -> Result<(), Refusal> {
    let organisation = &story.house.organisation;
    for time in 0..2 {
        let blob = organisation.store_blob(&mut format!("state {time}").as_bytes())?;
        let asset = AssetId::from_number(3);
        let by = By::from(&story.dora);
        let taken_at = organisation.now();
        let mut tx = organisation.begin("benches.collect")?;
        let new = NewEvidence {
            name: EvidenceName::parse("state.json")?,
            media_type: MediaType::Json,
            kind: EvidenceKind::Baseline,
            blob,
            about: vec![asset.subject()],
            objectives: Vec::new(),
            is_final: true,
            taken_at,
        };
        let evidence = evidence::attach(&mut tx, &by, new)?;
        let collected = assets::Collected {
            added: Vec::new(),
            architecture: "amd64".to_owned(),
            asset,
            boot_id: None,
            evidence,
            firmware: None,
            hostname: host(0),
            is_full: true,
            kernel: "6.1.0-18-amd64".to_owned(),
            machine_id: None,
            os: "Debian 12".to_owned(),
            os_version: "12".to_owned(),
            packages: 0,
            reboot: "not_needed".to_owned(),
            removed: Vec::new(),
            replaces_machine_id: None,
            taken_at,
            updates: Some(Vec::new()),
        };
        tx.record(by, Events::one(collected))?;
        tx.commit()?;
    }
    Ok(())
}

/// The policy with other days for what is high.
fn document(days: u32) -> String {
    policy::DEFAULT_POLICY.replace("high = \"14 days\"", &format!("high = \"{days} days\""))
}

/// A second version of the policy under which everything is due at another time.
fn adopt(story: &Story) -> Result<(), Refusal> {
    let document = document(21);
    let mut tx = story.house.organisation.begin("changes.adopt")?;
    let change = Subject::parse("CHG-0001").expect("an id");
    policy::adopt(&mut tx, &By::from(&story.ben), &document, change, &tagout::acts())?;
    Ok(tx.commit()?)
}

/// A change that would give the policy a third version.
fn proposal_of(story: &Story) -> Result<ChangeId, Refusal> {
    let parts = PartsEdit {
        policy_draft: Some(document(28)),
        ..PartsEdit::default()
    };
    let organisation = &story.house.organisation;
    let title = "Give high findings four weeks";
    Ok(changes::open(organisation, &story.anna, title, ChangeType::Normal, &parts)?.id)
}

/// One run that goes on.
fn run_of(story: &Story) -> Result<ChangeId, Refusal> {
    let organisation = &story.house.organisation;
    let id = story.open("web02")?.id;
    let asset = Subject::parse("AST-0002").expect("an id");
    let host = HostPlan {
        asset: asset.clone(),
        name: "web02".to_owned(),
        is_controller: false,
        machine_id: None,
        space: Vec::new(),
        reboot_before: RebootWord::NotNeeded,
        packages: Vec::new(),
        left_out: Vec::new(),
        reboot: Reboot::Never,
    };
    let plan = Plan {
        form: FORM,
        change: id.subject(),
        made_at: story.now(),
        policy_version: 2,
        paragraph: "4.4".to_owned(),
        halt_percent: 1,
        soak_s: 0,
        rings: vec![PlannedRing {
            name: "ring 1".to_owned(),
            gate: Gate::None,
            hosts: vec![host],
        }],
    };
    let digest = plan.digest().expect("a plan can be written");
    let planned = Planned {
        change: id.subject(),
        digest,
        document: String::from_utf8(plan.document().expect("a plan can be written")).expect("JSON is text"),
    };
    let by = By::from(&story.dora);
    let mut tx = organisation.begin("runs.plan")?;
    tx.record(by.clone(), Events::one(planned))?;
    let reference = PlanRef {
        digest: digest.to_string(),
        text: "ring 1: AST-0002".to_owned(),
    };
    changes::attach_plan(&mut tx, &by, id, reference)?;
    tx.commit()?;
    story.submit(id)?;
    story.approve(&story.ben, id)?;
    story.schedule(id)?;
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, &Narrowed::default())?;
    let run = runs::start(organisation, &story.dora, id)?;
    runs::hindrance(organisation, run.id, &asset, Action::Patch)?;
    Ok(id)
}
