//! Files that people bring in by page: scans, advisories, lists of systems, evidence; and those that are none of these.

#[path = "uploads/adoption.rs"]
mod adoption;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Role, Span};
use flate2::Compression;
use flate2::write::GzEncoder;
use frame::{Bell, House, Reach, Stop};
use people::{Acceptance, Attempt, Secret};
use testkit::browser::{Browser, Seen};

const SCAN: &str = "<NessusClientData_v2><Report name=\"weekly\"><ReportHost name=\"web01\"><HostProperties>\
    <tag name=\"Credentialed_Scan\">true</tag><tag name=\"HOST_END_TIMESTAMP\">1795334400</tag></HostProperties>\
    <ReportItem port=\"443\" svc_name=\"www\" protocol=\"tcp\" severity=\"3\" pluginID=\"10001\" pluginName=\"TLS\" \
    pluginFamily=\"Web Servers\"><cve>CVE-2026-0002</cve><plugin_output></plugin_output></ReportItem>\
    </ReportHost><ReportHost name=\"printer\"><HostProperties></HostProperties></ReportHost></Report></NessusClientData_v2>";
const ADVISORIES: &str = r#"[{"id":"DSA-1","modified":"2026-11-01T00:00:00Z","published":"2026-11-01T00:00:00Z",
    "upstream":["CVE-2026-0001"],"summary":"labpkg001 - security update",
    "affected":[{"package":{"ecosystem":"Debian:12","name":"labpkg001"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-2"}]}]}]}]"#;
const EXPLOITED: &str = r#"{"catalogVersion":"2026.11.20","vulnerabilities":[{"cveID":"CVE-2026-0001","dateAdded":"2026-11-20"}]}"#;
const SYSTEMS: &str = "name,kind,owner\nweb01,server,Ben Boyd\n";

/// A served organisation and a system owner at a browser.
struct Served {
    house: testkit::House,
    browser: Browser,
    stop: Stop,
    serving: Option<JoinHandle<()>>,
}

impl Served {
    fn start() -> Self {
        let house = testkit::House::with(|_| tagout::registry());
        // The first who comes in confirms the second: one person alone makes nobody who decides.
        let gina = house.person("gina", &[Role::Supervisor]);
        accept(&house, &gina);
        let dana = house.person("dana", &[Role::SystemOwner]);
        house.confirm(&dana, &gina);
        let token = dana_signs_in(&house);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let stop = Stop::when_told();
        let shared = Arc::new(House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at(&format!("http://localhost:{}", address.port())).unwrap(),
        });
        let told = stop.clone();
        let serving = std::thread::spawn(move || {
            let router = frame::router(tagout::routes(), shared);
            frame::serve(router, listener, Reach::Loopback, told).unwrap();
        });
        Self {
            house,
            browser: Browser::holding(address, &token),
            stop,
            serving: Some(serving),
        }
    }

    fn ledger_size(&self) -> u64 {
        self.house.organisation.view(|view| view.ledger_size()).unwrap()
    }

    /// Opens the page and sends the form on it that goes to `action`.
    fn send(&mut self, page: &str, action: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Seen {
        let page = self.browser.open(page);
        assert_eq!(page.status, 200, "{}", page.html);
        self.browser.send_file(&page, action, fields, file)
    }

    fn import_systems(&mut self) {
        let shown = self.send("/assets/imports", "/assets/imports", &MAPPING, systems());
        let applied = self.browser.send_file(&shown, "/assets/imports", &[], systems());
        assert!(applied.says("Applied as"), "{}", applied.html);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
    }
}

/// The one-time code of everybody at this moment.
fn code(house: &testkit::House) -> String {
    Secret::from_bytes(b"12345678901234567890").code_at(house.organisation.now())
}

fn dana_signs_in(house: &testkit::House) -> String {
    house.wait(Span::seconds(60));
    let attempt = Attempt {
        handle: "dana",
        password: testkit::PASSWORD,
        code: &code(house),
        source: "test".to_owned(),
    };
    people::sign_in(&house.organisation, &attempt).unwrap().token
}

/// Has the person accept a new invitation.
fn accept(house: &testkit::House, person: &Actor) {
    let invitation = people::invite(&house.organisation, &house.administrator(), person.person).unwrap();
    let secret = Secret::from_bytes(b"12345678901234567890");
    let acceptance = Acceptance {
        invitation: &invitation.code,
        password: testkit::PASSWORD,
        totp_secret: &secret.to_base32(),
        totp_code: &secret.code_at(house.organisation.now()),
    };
    people::accept(&house.organisation, &acceptance).unwrap();
}

const MAPPING: [(&str, &str); 1] = [("mapping", "generic")];
const ABOUT: [(&str, &str); 3] = [("about", "CHG-0001"), ("kind", "document"), ("standing", "final")];

fn systems() -> (&'static str, &'static [u8]) {
    ("systems.csv", SYSTEMS.as_bytes())
}

/// A megabyte that becomes a gigabyte for whoever unpacks it, by itself and in an archive.
fn bombs() -> [(&'static str, Vec<u8>); 2] {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..256 {
        encoder.write_all(&zeros).unwrap();
    }
    let gzip = encoder.finish().unwrap();
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
    zip.extend_from_slice(&gzip);
    [("bomb.gz", gzip), ("bomb.zip", zip)]
}

#[test]
fn a_list_of_systems_is_shown_first_and_exactly_what_was_shown_is_applied() {
    let mut served = Served::start();
    let before = served.ledger_size();
    let shown = served.send("/assets/imports", "/assets/imports", &MAPPING, systems());
    assert_eq!(shown.status, 200);
    assert!(
        shown.says("1 new, 0 changed") && shown.says("web01"),
        "{}",
        shown.html
    );
    assert_eq!(
        served.ledger_size(),
        before,
        "showing the difference records nothing"
    );
    let other = b"name,kind,owner\nweb01,server,Eve\n";
    let refused = served
        .browser
        .send_file(&shown, "/assets/imports", &[], ("systems.csv", other));
    assert_eq!(refused.status, 409);
    assert!(
        refused.says("this is not the file whose difference was shown"),
        "{}",
        refused.html
    );
    // The register moves between showing and applying.
    let shown = served.send("/assets/imports", "/assets/imports", &MAPPING, systems());
    served.import_systems();
    let after = served.ledger_size();
    let late = served
        .browser
        .send_file(&shown, "/assets/imports", &[], systems());
    assert_eq!(late.status, 409, "{}", late.html);
    assert_eq!(served.ledger_size(), after);
    served.house.assert_sound();
}

#[test]
fn a_scan_and_the_lists_are_brought_in_and_said_what_they_changed() {
    let mut served = Served::start();
    served.import_systems();
    let page = "/findings/imports";
    let scan = served.send(page, page, &[], ("weekly.nessus", SCAN.as_bytes()));
    assert!(
        scan.says("This is what it changed") && scan.says("printer"),
        "{}",
        scan.html
    );
    let size = served.ledger_size();
    let again = served.send(page, page, &[], ("weekly.nessus", SCAN.as_bytes()));
    assert!(again.says("had been imported before"), "{}", again.html);
    assert_eq!(served.ledger_size(), size);
    assert!(served.browser.open("/findings/imports/SCN-0001").says("weekly"));
    assert_eq!(served.browser.open("/findings/imports/SCN-0002").status, 404);
    let loaded = served.send(
        page,
        "/findings/advisories",
        &[],
        ("a.json", ADVISORIES.as_bytes()),
    );
    assert!(
        loaded.says("a.json: 1 advisories are new or changed"),
        "{}",
        loaded.html
    );
    let listed = served.send(page, "/findings/kev", &[], ("kev.json", EXPLOITED.as_bytes()));
    assert!(listed.says("1 entries, 1 of them new"), "{}", listed.html);
    let compared = served.browser.send(&listed, "/findings/matches", &[]);
    assert!(compared.says("were compared"), "{}", compared.html);
    served.house.assert_sound();
}

#[test]
fn what_is_no_scan_no_advisory_and_no_list_is_refused_and_leaves_nothing() {
    let mut served = Served::start();
    let before = served.ledger_size();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".to_vec();
    let cut_off = SCAN.as_bytes()[..SCAN.len() - 100].to_vec();
    let [gzip_bomb, zip_bomb] = bombs();
    let files = [
        ("a.png", png),
        ("a.zip", zip),
        gzip_bomb,
        zip_bomb,
        ("empty", Vec::new()),
        ("cut-off.nessus", cut_off),
    ];
    for (name, content) in &files {
        for (page, action, fields) in [
            ("/findings/imports", "/findings/imports", &[][..]),
            ("/findings/imports", "/findings/advisories", &[]),
            ("/findings/imports", "/findings/kev", &[]),
            ("/assets/imports", "/assets/imports", &MAPPING),
        ] {
            let refused = served.send(page, action, fields, (name, content));
            assert_eq!(refused.status, 400, "{name} to {action}: {}", refused.html);
            assert!(refused.says("Not done"), "{name} to {action}");
        }
    }
    assert_eq!(served.ledger_size(), before);
    served.house.assert_sound();
}

#[test]
fn evidence_is_never_shown_in_our_origin_whatever_it_is() {
    let mut served = Served::start();
    let html = b"<script>alert(document.cookie)</script>";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (name, content) in [
        ("page.html", &html[..]),
        ("picture.svg", &svg[..]),
        ("page.xml", &html[..]),
    ] {
        let added = served.send("/evidence/new", "/evidence", &ABOUT, (name, content));
        assert_eq!(added.status, 303, "{}", added.html);
        let page = served.browser.open(&added.location);
        assert!(page.says(name) && page.says("CHG-0001"), "{}", page.html);
        let opened = served
            .browser
            .send(&page, &format!("{}/openings", added.location), &[]);
        let content = served.browser.follow(&opened);
        assert!(
            content.header("content-disposition").starts_with("attachment; "),
            "{content:?}"
        );
        assert_eq!(content.header("x-content-type-options"), "nosniff");
        assert!(
            content.header("content-security-policy").contains("sandbox"),
            "{content:?}"
        );
        let media_type = content.header("content-type");
        assert!(
            ["application/octet-stream", "application/xml"].contains(&media_type),
            "{media_type}"
        );
    }
    served.house.assert_sound();
}

#[test]
fn a_hostile_name_is_made_harmless_and_shown_as_such() {
    let mut served = Served::start();
    let long = format!("{}.csv", "a".repeat(300));
    for (given, kept) in [
        ("../../etc/passwd", "..-..-etc-passwd".to_owned()),
        ("C:\\scans\\a.txt", "C:-scans-a.txt".to_owned()),
        ("a\r\nb\"c.txt", "a--b\"c.txt".to_owned()),
        ("gpj.\u{202e}exe", "gpj.-exe".to_owned()),
        (&long, format!("{}.csv", "a".repeat(196))),
        ("<b>bold</b>.txt", "<b>bold<-b>.txt".to_owned()),
    ] {
        let added = served.send("/evidence/new", "/evidence", &ABOUT, (given, b"content"));
        assert_eq!(added.status, 303, "{given:?}: {}", added.html);
        let page = served.browser.open(&added.location);
        assert!(page.says(&kept), "{kept} is not in {}", page.html);
        assert!(!page.html.contains("<b>"), "{}", page.html);
    }
}

#[test]
fn a_refused_form_keeps_what_was_typed_beside_the_file() {
    let mut served = Served::start();
    let fields = [
        ("about", "no id at all"),
        ("kind", "document"),
        ("standing", "draft"),
    ];
    let before = served.ledger_size();
    let refused = served.send("/evidence/new", "/evidence", &fields, ("a.txt", b"content"));
    assert_eq!(refused.status, 400);
    assert!(
        refused.says("is not an id") && refused.says("value=\"no id at all\""),
        "{}",
        refused.html
    );
    assert!(refused.says("Choose the file again"), "{}", refused.html);
    assert_eq!(served.ledger_size(), before);
    served.house.assert_sound();
}

#[test]
fn a_policy_document_is_checked_compared_and_carried_by_a_change() {
    let mut served = Served::start();
    let before = served.ledger_size();
    let page = "/policy/proposal";
    let wrong = served.send(
        page,
        "/policy/proposal/file",
        &[],
        ("policy.toml", b"title = 3\n"),
    );
    assert_eq!(wrong.status, 400, "{}", wrong.html);
    assert!(wrong.says("the text is not a policy"), "{}", wrong.html);
    let picture = served.send(
        page,
        "/policy/proposal/file",
        &[],
        ("a.png", b"\x89PNG\r\n\x1a\n"),
    );
    assert_eq!(picture.status, 400, "{}", picture.html);
    let document = policy::DEFAULT_POLICY.replace("longest = \"8 hours\"", "longest = \"6 hours\"");
    let with_line_ends = document.replace('\n', "\r\n");
    let file = ("policy.toml", with_line_ends.as_bytes());
    let checked = served.send(page, "/policy/proposal/file", &[], file);
    assert!(
        checked.says("6 hours") && checked.says("8 hours"),
        "{}",
        checked.html
    );
    let asked = served.browser.open(page);
    let pasted = served.browser.send(&asked, page, &[("document", &document)]);
    let digest = ledger::Hash::of(document.as_bytes()).to_string();
    assert!(
        checked.says(&digest) && pasted.says(&digest),
        "file and text are one document"
    );
    assert_eq!(
        served.ledger_size(),
        before,
        "looking at a document records nothing"
    );
    // Without a reason it is asked for again, with the document still there.
    let action = "/policy/proposal/change";
    let title = ("title", "Shorter windows");
    let again = served.browser.send(&checked, action, &[title]);
    assert!(again.status == 400 && again.says("6 hours"), "{}", again.html);
    let reason = ("reason", "Eight hours are too long.");
    let opened = served.browser.send(&again, action, &[title, reason]);
    assert_eq!(
        (opened.status, opened.location.as_str()),
        (303, "/changes/CHG-0001/edit")
    );
    let adoption = served.browser.open("/changes/CHG-0001/adoption");
    for text in [
        "6 hours",
        &digest,
        "It cannot be done now",
        "The record of CHG-0001",
    ] {
        assert!(adoption.says(text), "{}", adoption.html);
    }
    assert!(
        served
            .browser
            .open("/policy/difference?before=1&after=1")
            .says("say the same")
    );
    served.house.assert_sound();
}

#[test]
fn every_sample_of_every_page_is_a_whole_document() {
    let samples = frame::samples(&tagout::routes(), &tagout::places()).unwrap();
    for path in [
        "/calendar",
        "/policy/proposal",
        "/changes/{change}/adoption",
        "/findings/imports",
        "/assets/imports",
    ] {
        assert!(
            samples.iter().filter(|sample| sample.path == path).count() > 1,
            "{path}"
        );
    }
    assert!(
        samples
            .iter()
            .all(|sample| sample.html.ends_with("</html>\n") || sample.html.ends_with("</html>"))
    );
}

#[test]
fn a_file_of_a_common_wrong_kind_is_called_by_its_name_with_what_to_do() {
    let mut served = Served::start();
    let size = served.ledger_size();
    let scans = "/findings/imports";
    for (action, page, fields, wanted) in [
        (scans, scans, &[][..], "the .nessus file"),
        (
            "/findings/advisories",
            scans,
            &[][..],
            "the JSON file with the advisories",
        ),
        ("/findings/kev", scans, &[][..], "the JSON file of the list"),
        ("/assets/imports", "/assets/imports", &MAPPING[..], "the CSV file"),
    ] {
        for (file, kind, way) in [
            (
                ("scan.zip", &b"PK\x03\x04\x14\0\0\0\x08\0"[..]),
                "this is a ZIP archive",
                format!("unpack it and give {wanted} inside"),
            ),
            (
                ("scan.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..]),
                "this is a picture (PNG)",
                format!("give {wanted} itself"),
            ),
        ] {
            let refused = served.send(page, action, fields, file);
            assert_eq!(refused.status, 400, "{}", refused.html);
            assert!(
                refused.says(kind) && refused.says(&way),
                "{action}: {}",
                refused.html
            );
        }
    }
    assert_eq!(served.ledger_size(), size);
}

#[test]
fn limits_and_the_columns_of_a_difference_are_explained_where_the_file_is_chosen() {
    let mut served = Served::start();
    let page = served.browser.open("/findings/imports");
    assert!(page.says("At most 2 GB.") && !page.says("2147"), "{}", page.html);
    let page = served.browser.open("/assets/imports");
    assert!(
        page.says("at most 64 MB") && page.says("production system of medium criticality that holds CUI"),
        "{}",
        page.html
    );
    let shown = served.send("/assets/imports", "/assets/imports", &MAPPING, systems());
    assert!(shown.says("what stands in the register"), "{}", shown.html);
}

#[test]
fn a_list_with_nothing_in_it_says_what_brings_something_and_a_filter_leads_back() {
    let mut served = Served::start();
    for (path, brings) in [
        ("/assets", "Import a list of systems"),
        ("/findings", "They come with a scan"),
        ("/evidence", "It comes with scans, imports and runs"),
        ("/changes", "A change is opened with"),
    ] {
        let page = served.browser.open(path);
        assert!(page.says(brings), "{path}: {}", page.html);
        let name = if path == "/changes" { "q" } else { "text" };
        let page = served.browser.open(&format!("{path}?{name}=nowhere"));
        assert!(
            page.says("Nothing fits what is asked for") && !page.says(brings),
            "{path}: {}",
            page.html
        );
    }
}
