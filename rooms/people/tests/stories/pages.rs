//! The pages of people in a browser: coming in either way, giving others access, one's own account.

use std::net::TcpListener;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basis::{Role, Span};
use frame::{Bell, Reach, Stop};
use people::{Handle, Secret};
use serde_json::{Value, json};
use testkit::authenticator::Passkey;
use testkit::browser::{Browser, Seen};
use testkit::{House, PASSWORD};

/// A house behind a real socket.
struct Served {
    house: House,
    address: std::net::SocketAddr,
    stop: Stop,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn open() -> Self {
        let house = House::with(|registry| registry);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(frame::House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at(&format!("http://localhost:{}", address.port())).unwrap(),
        });
        let stop = Stop::when_told();
        let told = stop.clone();
        let router = frame::router(vec![people::routes()], shared);
        let thread =
            std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
        Self {
            house,
            address,
            stop,
            thread: Some(thread),
        }
    }

    fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    fn code(&self, secret: &str) -> String {
        Secret::from_base32(secret)
            .unwrap()
            .code_at(self.house.organisation.now())
    }

    /// A browser in which the first administrator is signed in, with the secret of their one-time codes.
    fn anna(&self) -> (Browser, String) {
        let house = &self.house;
        let anna = house.administrator();
        let invitation = people::invite(&house.organisation, &anna, anna.person).unwrap();
        let mut browser = self.browser();
        let page = browser.open(&format!("/invitation?code={}", invitation.code));
        assert!(page.says("Welcome, Anna Ames"), "{}", page.html);
        let secret = page.field("/invitation", "totp_secret");
        let code = self.code(&secret);
        let told = browser.send(&page, "/invitation", &[("password", PASSWORD), ("code", &code)]);
        assert!(told.says("Your recovery codes"), "{}", told.html);
        house.wait(Span::minutes(1));
        let page = browser.open("/sign-in?next=/account");
        let code = self.code(&secret);
        let fields = [
            ("handle", "anna"),
            ("password", PASSWORD),
            ("code", code.as_str()),
        ];
        let went = browser.send(&page, "/sign-in", &fields);
        assert_eq!(
            (went.status, went.location.as_str()),
            (303, "/account"),
            "{}",
            went.html
        );
        (browser, secret)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn text_of(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn challenge_of(page: &Seen, action: &str) -> Vec<u8> {
    let options: Value = serde_json::from_str(&page.field(action, "options")).unwrap();
    URL_SAFE_NO_PAD
        .decode(options["challenge"].as_str().unwrap())
        .unwrap()
}

/// What the page's script writes once a passkey was made.
fn made(browser: &Browser, passkey: &Passkey, page: &Seen, action: &str) -> String {
    let made = passkey.create(&browser.origin(), &challenge_of(page, action));
    json!({
        "id": text_of(&made.id),
        "client_data": text_of(&made.client_data_json),
        "attestation": text_of(&made.attestation_object),
    })
    .to_string()
}

/// What the page's script writes once a passkey answered.
fn given(browser: &Browser, passkey: &mut Passkey, page: &Seen, action: &str, person: &str) -> String {
    let given = passkey.get(&browser.origin(), &challenge_of(page, action));
    json!({
        "id": text_of(&given.id),
        "client_data": text_of(&given.client_data_json),
        "authenticator_data": text_of(&given.authenticator_data),
        "signature": text_of(&given.signature),
        "user_handle": text_of(person.as_bytes()),
    })
    .to_string()
}

#[test]
fn an_administrator_enrols_somebody_who_comes_in_with_a_passkey() {
    let served = Served::open();
    let (mut anna, _) = served.anna();
    let people = anna.open("/people");
    let fields = [
        ("handle", "ben"),
        ("name", "Ben Ortiz"),
        ("roles", "technician"),
        ("roles", "requester"),
    ];
    let told = anna.send(&people, "/people", &fields);
    assert!(told.says("The invitation of PER-0002"), "{}", told.html);
    let again = anna.send(&people, "/people", &fields);
    assert_eq!(
        (again.status, again.location.as_str()),
        (303, "/people/PER-0002"),
        "sent twice, it is done once and not told again"
    );
    assert!(anna.follow(&again).says("Ben Ortiz"));

    let link = told.html.split("/invitation?code=").nth(1).unwrap();
    let code = link.split('<').next().unwrap();
    let (mut ben, mut key) = (served.browser(), Passkey::from_seed("localhost", [1; 32]));
    let page = ben.open(&format!("/invitation?code={code}"));
    let action = "/invitation/passkey";
    let answer = made(&ben, &key, &page, action);
    let unnamed = ben.send(&page, action, &[("answer", &answer)]);
    assert!(unnamed.says("the passkey's name is empty"), "{}", unnamed.html);
    let answer = made(&ben, &key, &unnamed, action);
    let went = ben.send(&unnamed, action, &[("answer", &answer), ("name", "blue key")]);
    let page = ben.follow(&went);
    assert!(page.says("Your passkey is made"), "{}", page.html);
    let answer = given(&ben, &mut key, &page, "/sign-in/passkey", "PER-0002");
    let went = ben.send(&page, "/sign-in/passkey", &[("answer", &answer)]);
    assert_eq!((went.status, went.location.as_str()), (303, "/"), "{}", went.html);
    let account = ben.open("/account");
    assert!(
        account.says("Ben Ortiz") && account.says("passkey, "),
        "{}",
        account.html
    );
    assert!(ben.open("/people").says("Anna Ames"));
    // Who may not enrol is offered no form for it.
    assert!(!ben.open("/people").html.contains("action=\"/people\""));

    let went = ben.send(&account, "/sign-out", &[]);
    assert_eq!(went.location, "/sign-in");
    assert_eq!(ben.open("/account").location, "/sign-in?next=%2Faccount");
    served.house.assert_sound();
}

#[test]
fn what_was_typed_stays_where_an_old_proof_is_refused_and_goes_through_after_a_new_one() {
    let served = Served::open();
    let (mut anna, secret) = served.anna();
    served.house.wait(Span::minutes(14));
    anna.open("/people");
    served.house.wait(Span::minutes(14));
    let people = anna.open("/people");
    assert!(people.says("asks for a fresh proof"), "{}", people.html);
    let fields = [("handle", "ben"), ("name", "Ben Ortiz"), ("roles", "technician")];
    let refused = anna.send(&people, "/people", &fields);
    assert_eq!(refused.status, 403);
    assert!(refused.says("value=\"Ben Ortiz\""), "{}", refused.html);

    let before = anna.session().to_owned();
    let page = anna.open("/step-up?next=/signed-in");
    let code = served.code(&secret);
    let wrong = anna.send(
        &page,
        "/step-up",
        &[("password", "a wild guess"), ("code", &code)],
    );
    assert_eq!(wrong.status, 401, "{}", wrong.html);
    let went = anna.send(&wrong, "/step-up", &[("password", PASSWORD), ("code", &code)]);
    let mut thief = served.browser();
    thief.hold(&before);
    assert_eq!(thief.open("/account").location, "/sign-in?next=%2Faccount");
    assert!(anna.follow(&went).says("You are signed in"));
    let told = anna.send(&refused, "/people", &fields);
    assert!(told.says("The invitation of PER-0002"), "{}", told.html);

    // What other tabs held from before a second proof is taken too.
    served.house.wait(Span::minutes(1));
    let typed_before = anna.open("/people");
    let (page, code) = (anna.open("/step-up"), served.code(&secret));
    anna.send(&page, "/step-up", &[("password", PASSWORD), ("code", &code)]);
    let fields = [("handle", "cora"), ("name", "Cora Diaz"), ("roles", "requester")];
    let told = anna.send(&typed_before, "/people", &fields);
    assert!(told.says("The invitation of PER-0003"), "{}", told.html);
}

#[test]
fn one_looks_after_ones_own_account() {
    let served = Served::open();
    let (mut anna, _) = served.anna();
    let ways = anna.open("/account/ways-in");
    let mut key = Passkey::from_seed("localhost", [1; 32]);
    let answer = made(&anna, &key, &ways, "/account/passkeys");
    let went = anna.send(
        &ways,
        "/account/passkeys",
        &[("answer", &answer), ("name", "blue key")],
    );
    let ways = anna.follow(&went);
    assert!(
        ways.says("blue key") && ways.says("10 recovery codes are left"),
        "{}",
        ways.html
    );
    let told = anna.send(&ways, "/account/recovery-codes", &[]);
    assert!(told.says("Your recovery codes"), "{}", told.html);

    // The passkey becomes a signing key by a signature of its own.
    let keys = anna.open("/account/keys");
    let action = "/account/keys/passkeys/PSK-0001";
    let answer = given(&anna, &mut key, &keys, action, "PER-0001");
    let went = anna.send(&keys, action, &[("answer", &answer)]);
    assert!(anna.follow(&went).says("KEY-0001"), "{}", went.html);

    // A key that cannot be used is told so, and markup in it stays text.
    let wrong = anna.open("/account/keys/ssh?key=%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(wrong.says("This key cannot be used"), "{}", wrong.html);
    assert!(!wrong.html.contains("<script>alert"));

    let tokens = anna.open("/account/tokens");
    let fields = [("name", "pipeline"), ("scope", "permits.ask_gate"), ("days", "7")];
    let told = anna.send(&tokens, "/account/tokens", &fields);
    assert!(
        told.says("shown only now") && told.says("TOK-0002."),
        "{}",
        told.html
    );
    let tokens = anna.open("/account/tokens");
    assert!(!tokens.says("TOK-0002."), "the token is not shown again");
    let went = anna.send(&tokens, "/account/tokens/TOK-0002/end", &[]);
    assert!(anna.follow(&went).says("ended"));
    assert!(anna.open("/account/history").says("signed in"));

    anna.send(&ways, "/account/password/removal", &[]);
    let gone = anna.open("/account/ways-in");
    assert!(
        gone.location.starts_with("/sign-in?next="),
        "what the password opened is shut"
    );
    let door = anna.open("/sign-in?next=/account/ways-in");
    let answer = given(&anna, &mut key, &door, "/sign-in/passkey", "PER-0001");
    let went = anna.send(&door, "/sign-in/passkey", &[("answer", &answer)]);
    assert!(
        anna.follow(&went).says("You sign in without a password"),
        "{}",
        went.html
    );
    let ways = anna.open("/account/ways-in");
    let reason = [("reason", "lost")];
    let last = anna.send(&ways, "/account/passkeys/PSK-0001/revocation", &reason);
    assert!(
        last.says("the only way in which PER-0001 signs in"),
        "{}",
        last.html
    );
    served.house.assert_sound();
}

#[test]
fn a_person_is_confirmed_and_changed_by_who_may() {
    let served = Served::open();
    let (mut anna, _) = served.anna();
    let house = &served.house;
    let ben = house.person("ben", &[Role::Technician]);
    let dana = people::enrol(
        &house.organisation,
        &house.administrator(),
        &Handle::parse("dana").unwrap(),
        "Dana Reyes",
        [Role::Approver].into(),
    )
    .unwrap();
    let page = anna.open("/people/PER-0003");
    assert!(page.says("has not accepted yet"), "{}", page.html);
    assert!(
        !page.html.contains("/people/PER-0003/confirmation"),
        "nobody has accepted yet"
    );
    let fields = [
        ("roles", "approver"),
        ("roles", "auditor"),
        ("reason", "more to do"),
    ];
    let refused = anna.send(&page, "/people/PER-0003/roles", &fields);
    assert!(
        refused.says("stands alone") && refused.says("value=\"more to do\""),
        "{}",
        refused.html
    );
    let went = anna.send(
        &refused,
        "/people/PER-0003/roles",
        &[("roles", "technician"), ("reason", "moved")],
    );
    assert!(anna.follow(&went).says("technician"));
    let page = anna.open("/people/PER-0003");
    let went = anna.send(
        &page,
        "/people/PER-0003/disabling",
        &[("reason", "left the firm")],
    );
    assert!(anna.follow(&went).says("disabled"));
    assert_eq!(dana.person.to_string(), "PER-0003");
    assert!(anna.open("/people/PER-0099").says("there is no person PER-0099"));
    assert_eq!(anna.open(&format!("/people/{}", ben.person)).status, 200);
    house.assert_sound();
}

#[test]
fn signing_in_gives_a_new_token_whatever_the_browser_held_before() {
    let served = Served::open();
    let (anna, secret) = served.anna();
    let planted = anna.session().to_owned();
    let mut other = served.browser();
    other.hold(&planted);
    let door = other.open("/sign-in");
    served.house.wait(Span::minutes(1));
    let code = served.code(&secret);
    let fields = [
        ("handle", "anna"),
        ("password", PASSWORD),
        ("code", code.as_str()),
    ];
    other.send(&door, "/sign-in", &fields);
    assert_ne!(
        other.session(),
        planted,
        "who planted the token would be signed in too"
    );
    assert!(other.open("/account").says("Anna Ames"));
}

#[test]
fn nobody_is_led_to_another_site_by_signing_in() {
    let served = Served::open();
    let (_, secret) = served.anna();
    for foreign in [
        "%2F%2Fevil.example",
        "https%3A%2F%2Fevil.example%2F",
        "%2F%5Cevil.example",
    ] {
        served.house.wait(Span::minutes(1));
        let mut browser = served.browser();
        let door = browser.open(&format!("/sign-in?next={foreign}"));
        let code = served.code(&secret);
        let fields = [
            ("handle", "anna"),
            ("password", PASSWORD),
            ("code", code.as_str()),
        ];
        let went = browser.send(&door, "/sign-in", &fields);
        assert_eq!((went.status, went.location.as_str()), (303, "/"), "{foreign}");
    }
}

#[test]
fn every_sample_of_every_page_renders() {
    let samples = frame::samples(&[people::routes()], &[]).unwrap();
    let of_people = samples
        .iter()
        .filter(|sample| sample.path != "/appearance")
        .count();
    assert!(of_people >= 25, "{of_people}");
    for sample in &samples {
        let (path, name) = (sample.path, sample.name);
        assert!(sample.html.contains("</html>"), "{path}: {name}");
        let mut ids: Vec<&str> = sample
            .html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: {name} has an id twice");
    }
}

/// Has the person accept a new invitation by the administrator.
fn accept(house: &House, person: &basis::Actor) {
    let invitation = people::invite(&house.organisation, &house.administrator(), person.person).unwrap();
    let secret = Secret::from_bytes(b"12345678901234567890");
    let acceptance = people::Acceptance {
        invitation: &invitation.code,
        password: PASSWORD,
        totp_secret: &secret.to_base32(),
        totp_code: &secret.code_at(house.organisation.now()),
    };
    people::accept(&house.organisation, &acceptance).unwrap();
}

#[test]
fn every_role_is_explained_where_it_is_ticked() {
    let served = Served::open();
    let (mut anna, _) = served.anna();
    served.house.person("ben", &[Role::Technician]);
    for path in ["/people", "/people/PER-0002"] {
        let page = anna.open(path);
        for role in Role::ALL {
            assert!(page.says(role.purpose()), "{path}: {role}\n{}", page.html);
        }
    }
}

#[test]
fn who_gave_the_invitation_is_told_who_confirms_and_is_shown_no_form() {
    let served = Served::open();
    let (mut anna, _) = served.anna();
    let house = &served.house;
    let ben = house.person("ben", &[Role::Technician]);
    accept(house, &ben);
    let carla = house.person("carla", &[Role::Approver]);
    accept(house, &carla);
    let page = anna.open("/people/PER-0003");
    assert!(
        page.says("You gave the invitation that was accepted")
            && page.says("It can be confirmed by Ben (PER-0002)"),
        "{}",
        page.html
    );
    assert!(
        !page.html.contains("/people/PER-0003/confirmation"),
        "{}",
        page.html
    );
    let by_anna = people::confirm(&house.organisation, &house.administrator(), carla.person, 2, "x");
    assert!(by_anna.is_err(), "the act refuses as before");
}
