//! A founded organisation behind a real socket, for a browser.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Role, Span};
use frame::pages::Web;
use frame::{Bell, House, Reach, Stop};

/// The running server. Stopped and waited for when dropped.
pub struct Server {
    pub origin: String,
    stop: Stop,
    serving: Option<JoinHandle<()>>,
    pub house: testkit::House,
}

impl Server {
    pub fn start() -> Self {
        let house = testkit::House::with(|_| tagout::registry());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let shared = Arc::new(House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: Web::at(&origin).unwrap().with_places(tagout::places()),
        });
        let stop = Stop::when_told();
        let told = stop.clone();
        let serving = std::thread::spawn(move || {
            let router = frame::router(tagout::routes(), shared);
            frame::serve(router, listener, Reach::Loopback, told).unwrap();
        });
        Self {
            origin,
            stop,
            serving: Some(serving),
            house,
        }
    }
}

impl Server {
    /// Invites a person with these roles; answers the code of the invitation.
    pub fn invite(&self, handle: &str, name: &str, roles: &[Role]) -> String {
        let (organisation, by) = (&self.house.organisation, self.house.administrator());
        let handle = people::Handle::parse(handle).unwrap();
        let roles = roles.iter().copied().collect();
        people::enrol(organisation, &by, &handle, name, roles)
            .unwrap()
            .code
    }
}

impl Server {
    /// A person with this role who has come in, was confirmed and is signed in; answers the token of their sign-in.
    pub fn sign_in(&self, handle: &str, role: Role) -> String {
        let house = &self.house;
        // The first who comes in confirms the second.
        let [first, person] = [("gina", Role::Supervisor), (handle, role)].map(|(handle, role)| {
            let person = house.person(handle, &[role]);
            self.accept(&person);
            person
        });
        let accesses = house
            .organisation
            .view(|view| people::accesses_of(view, person.person));
        let accepted = accesses.unwrap().last().unwrap().number;
        people::confirm(
            &house.organisation,
            &first,
            person.person,
            accepted,
            "met in person",
        )
        .unwrap();
        let attempt = people::Attempt {
            handle,
            password: testkit::PASSWORD,
            code: &secret().code_at(house.organisation.now()),
            source: "test".to_owned(),
        };
        people::sign_in(&house.organisation, &attempt).unwrap().token
    }

    fn accept(&self, person: &Actor) {
        let (house, secret) = (&self.house, secret());
        let invitation = people::invite(&house.organisation, &house.administrator(), person.person).unwrap();
        let acceptance = people::Acceptance {
            invitation: &invitation.code,
            password: testkit::PASSWORD,
            totp_secret: &secret.to_base32(),
            totp_code: &secret.code_at(house.organisation.now()),
        };
        people::accept(&house.organisation, &acceptance).unwrap();
        house.wait(Span::minutes(1));
    }
}

fn secret() -> people::Secret {
    people::Secret::from_bytes(b"12345678901234567890")
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
    }
}
