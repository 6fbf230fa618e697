//! Sweeps over everything that the roof lists: routes against roles, reads against the ledger, statements against the schema.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Role, Span};
use frame::{ANYBODY, Bell, Gatekeeper, House, Kind, Method, Reach, RouteRow, Stop};
use people::{Acceptance, Attempt, Secret};
use tagout::{acts, routes};

const PASSWORD: &str = "seven quiet lighthouses";

/// A founded organisation behind a real socket, with one signed-in person for every role.
struct Served {
    house: testkit::House,
    address: SocketAddr,
    stop: Stop,
    serving: Option<JoinHandle<()>>,
    tokens: Vec<(Role, String)>,
}

impl Served {
    fn start() -> Self {
        let house = testkit::House::with(|_| tagout::registry());
        let tokens = Role::ALL
            .into_iter()
            .map(|role| (role, sign_in(&house, role)))
            .collect();
        confirm_everybody(&house);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::when_told();
        let shared = Arc::new(House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        });
        let far_end = stop.clone();
        let serving = std::thread::spawn(move || {
            frame::serve(
                frame::router(routes(), shared),
                listener,
                Reach::Loopback,
                far_end,
            )
            .unwrap();
        });
        Self {
            house,
            address,
            stop,
            serving: Some(serving),
            tokens,
        }
    }

    fn ledger_size(&self) -> u64 {
        self.house.organisation.view(|view| view.ledger_size()).unwrap()
    }

    fn token(&self, role: Role) -> &str {
        &self.tokens.iter().find(|(other, _)| *other == role).unwrap().1
    }

    /// The actor who signed in with this role.
    fn actor(&self, role: Role) -> Actor {
        people::Doorkeeper::default()
            .identify(&self.house.organisation, self.token(role))
            .unwrap()
    }

    /// The status of a request with an empty object for a body.
    fn status(&self, row: &RouteRow, path: &str, token: Option<&str>) -> u16 {
        let body = if row.method == Method::Get { "" } else { "{}" };
        let authorization = token.map_or(String::new(), |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        self.status_of(
            path,
            &format!(
                "{} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{authorization}\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                row.method.name(),
                body.len()
            ),
        )
    }

    /// The status of a browser's request from a page of ours; a form is empty and has no key.
    fn page_status(&self, row: &RouteRow, path: &str, token: Option<&str>) -> u16 {
        let cookie = token.map_or(String::new(), |token| format!("Cookie: tagout={token}\r\n"));
        self.status_of(
            path,
            &format!(
                "{} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{cookie}\
                 Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n\r\n",
                row.method.name(),
            ),
        )
    }

    fn status_of(&self, path: &str, request: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let line = String::from_utf8_lossy(&answer[..answer.len().min(40)]).into_owned();
        line.split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{path}: {line}"))
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

/// Enrols a person with this role, has them accept and sign in; answers their token.
fn sign_in(house: &testkit::House, role: Role) -> String {
    let handle = people::Handle::parse(&role.name().replace('_', "-")).unwrap();
    let organisation = &house.organisation;
    let invitation = people::enrol(
        organisation,
        &house.administrator(),
        &handle,
        role.name(),
        [role].into(),
    )
    .unwrap();
    let secret = Secret::from_bytes(b"12345678901234567890");
    let totp_secret = secret.to_base32();
    let acceptance = Acceptance {
        invitation: &invitation.code,
        password: PASSWORD,
        totp_secret: &totp_secret,
        totp_code: &secret.code_at(organisation.now() - Span::seconds(30)),
    };
    people::accept(organisation, &acceptance).unwrap();
    let code = secret.code_at(organisation.now());
    let attempt = Attempt {
        handle: handle.as_str(),
        password: PASSWORD,
        code: &code,
        source: "test".to_owned(),
    };
    people::sign_in(organisation, &attempt).unwrap().token
}

/// The first who was invited came in alone and confirms all others.
fn confirm_everybody(house: &testkit::House) {
    let everybody = house.organisation.view(people::all).unwrap();
    let first = testkit::signed_in(everybody[1].id, everybody[1].roles.clone());
    for person in &everybody[2..] {
        people::confirm(&house.organisation, &first, person.id, 1, "met in person").unwrap();
    }
}

/// The path with an id that nothing has in place of every brace.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part.trim_matches(['{', '}']) {
            _ if !part.starts_with('{') => part.to_owned(),
            "person" => "PER-9999".to_owned(),
            "key" => "KEY-9999".to_owned(),
            "passkey" => "PSK-9999".to_owned(),
            "token" => "TOK-9999".to_owned(),
            "change" => "CHG-9999".to_owned(),
            "asset" => "AST-9999".to_owned(),
            "evidence" => "EVD-9999".to_owned(),
            "finding" => "FND-9999".to_owned(),
            "permit" => "PMT-9999".to_owned(),
            "run" => "RUN-9999".to_owned(),
            _ => "9999".to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

fn rows() -> Vec<RouteRow> {
    let all = routes().into_iter().flat_map(|room| room.rows().to_vec());
    all.filter(|row| !row.kind.is_for_browsers()).collect()
}

fn page_rows() -> Vec<RouteRow> {
    let all = routes().into_iter().flat_map(|room| room.rows().to_vec());
    all.filter(|row| row.kind.is_for_browsers()).collect()
}

#[test]
fn every_page_and_form_turns_away_exactly_the_roles_that_the_authority_table_leaves_out() {
    let served = Served::start();
    let policy = served.house.organisation.view(policy::current).unwrap();
    let before = served.ledger_size();
    let mut wrong = Vec::new();
    for row in page_rows() {
        let Some(act) = row.act else { continue };
        for role in Role::ALL {
            let status = served.page_status(&row, &filled(row.path), Some(served.token(role)));
            let may = act == ANYBODY || policy.authority().roles(act).contains(&role);
            if (status == 403) == may || status == 401 || status >= 500 {
                wrong.push(format!("{} {} as {role}: {status}", row.method.name(), row.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        served.ledger_size(),
        before,
        "no page, and no form without its key, leaves an entry"
    );
}

#[test]
fn without_a_session_pages_lead_to_the_door_and_forms_do_nothing() {
    let served = Served::start();
    let ended = served.token(Role::Administrator).to_owned();
    served.house.wait(Span::days(2));
    for row in page_rows().iter().filter(|row| row.act.is_some()) {
        let expected = if row.method == Method::Get { 303 } else { 401 };
        for token in [None, Some("nonsense"), Some("TOK-0001.00"), Some(ended.as_str())] {
            let status = served.page_status(row, &filled(row.path), token);
            assert_eq!(status, expected, "{} {} {token:?}", row.method.name(), row.path);
        }
    }
}

#[test]
fn every_route_turns_away_exactly_the_roles_that_the_authority_table_leaves_out() {
    let served = Served::start();
    let policy = served.house.organisation.view(policy::current).unwrap();
    let mut wrong = Vec::new();
    for row in rows()
        .iter()
        .filter(|row| row.act.is_some_and(|act| act != ANYBODY))
    {
        let allowed = policy.authority().roles(row.act.unwrap_or_default());
        for role in Role::ALL {
            let status = served.status(row, &filled(row.path), Some(served.token(role)));
            let is_forbidden = status == 403;
            if is_forbidden == allowed.contains(&role) || status == 401 || status >= 500 {
                wrong.push(format!("{} {} as {role}: {status}", row.method.name(), row.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_a_good_token_only_public_routes_answer() {
    let served = Served::start();
    let expired = served.token(Role::Administrator).to_owned();
    let wrong_token = expired.replace(
        |letter: char| letter.is_ascii_hexdigit() && letter.is_lowercase(),
        "a",
    );
    for row in rows() {
        let is_public = matches!(row.kind, Kind::PublicRead | Kind::PublicAct);
        for token in [
            None,
            Some("nonsense"),
            Some(wrong_token.as_str()),
            Some("TOK-0001.00"),
        ] {
            let status = served.status(&row, &filled(row.path), token);
            assert_eq!(
                status == 401,
                !is_public,
                "{} {}: {status}",
                row.method.name(),
                row.path
            );
        }
    }
    served.house.wait(Span::days(2));
    for row in rows().iter().filter(|row| row.act.is_some()) {
        assert_eq!(
            served.status(row, &filled(row.path), Some(&expired)),
            401,
            "{} {}",
            row.method.name(),
            row.path
        );
    }
}

#[test]
fn a_token_with_a_scope_reaches_only_what_it_names() {
    let served = Served::start();
    let technician = served.actor(Role::Technician);
    let scope = BTreeSet::from(["permits.ask_gate".to_owned()]);
    let token = people::issue_token(
        &served.house.organisation,
        &technician,
        "gate",
        scope,
        Span::days(1),
    )
    .unwrap()
    .token;
    for row in rows().iter().filter(|row| row.act.is_some()) {
        let status = served.status(row, &filled(row.path), Some(&token));
        assert_eq!(
            status == 403,
            row.act != Some("permits.ask_gate"),
            "{} {}: {status}",
            row.method.name(),
            row.path
        );
    }
}

/// What a vendor's technician is answered to this, without the id that they asked with.
fn told_to_a_vendor(served: &Served, row: &RouteRow, id: &str) -> String {
    let path: Vec<&str> = row
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect();
    let token = served.token(Role::VendorTechnician);
    let (path, head) = (path.join("/"), "Host: localhost\r\nConnection: close");
    let (prefix, proof) = match row.kind.is_for_browsers() {
        true => ("", format!("Cookie: tagout={token}")),
        false => ("/api/v1", format!("Authorization: Bearer {token}")),
    };
    let mut stream = TcpStream::connect(served.address).unwrap();
    let request = format!("GET {prefix}{path} HTTP/1.1\r\n{head}\r\n{proof}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    // Each page's forms have a name of their own.
    let lines = answer
        .split('\n')
        .filter(|line| !line.contains("_once") && !line.starts_with("date:"));
    lines.collect::<Vec<_>>().join("\n").replace(id, "ID")
}

#[test]
fn a_vendor_learns_from_no_answer_what_there_is() {
    let served = Served::start();
    let owner = served.actor(Role::SystemOwner);
    let organisation = &served.house.organisation;
    let name = assets::AssetName::parse("web01").unwrap();
    assets::register(organisation, &owner, name, &[]).unwrap();
    let parts = changes::PartsEdit::default();
    changes::open(
        organisation,
        &owner,
        "Patch web01",
        policy::ChangeType::Normal,
        &parts,
    )
    .unwrap();
    let rows = routes().into_iter().flat_map(|room| room.rows().to_vec());
    for row in rows.filter(|row| row.method == Method::Get && row.path.contains('{')) {
        for (there, nowhere) in [
            ("PER-0001", "PER-9999"),
            ("AST-0001", "AST-9999"),
            ("CHG-0001", "CHG-9999"),
            ("TOK-0001", "TOK-9999"),
        ] {
            let (known, unknown) = (
                told_to_a_vendor(&served, &row, there),
                told_to_a_vendor(&served, &row, nowhere),
            );
            assert_eq!(known, unknown, "{}: {there}", row.path);
        }
    }
}

#[test]
fn no_read_leaves_an_entry() {
    let served = Served::start();
    let before = served.ledger_size();
    for row in rows().iter().filter(|row| row.method == Method::Get) {
        for role in Role::ALL {
            served.status(row, &filled(row.path), Some(served.token(role)));
        }
    }
    assert_eq!(served.ledger_size(), before);
}

#[test]
fn a_refused_act_leaves_no_entry_and_one_that_is_done_leaves_one() {
    let served = Served::start();
    for row in rows()
        .iter()
        .filter(|row| matches!(row.kind, Kind::Act | Kind::Upload { .. }))
    {
        for role in [Role::Technician, Role::SystemOwner, Role::Administrator] {
            let before = served.ledger_size();
            let status = served.status(row, &filled(row.path), Some(served.token(role)));
            let grew = served.ledger_size() - before;
            assert_eq!(
                status < 300,
                grew > 0,
                "{} {}: {status}, {grew} entries",
                row.method.name(),
                row.path
            );
        }
    }
}

#[test]
fn every_act_of_a_route_is_an_act_of_the_program_and_every_act_has_a_row() {
    let acts = acts();
    for row in rows() {
        let Some(act) = row.act else { continue };
        assert!(
            act == ANYBODY || acts.contains(&act),
            "{} names `{act}`",
            row.path
        );
    }
    for document in [
        policy::DEFAULT_POLICY,
        policy::SMALL_SHOP_POLICY,
        include_str!("../../examples/lab-policy.toml"),
    ] {
        let policy = policy::Policy::parse(document).unwrap();
        policy.authority().covers(&acts).unwrap();
    }
}
