//! Signing in over a real socket: many at once, and what the answers tell.

use std::net::TcpListener;
use std::sync::Arc;

use basis::{Class, Refusal, Role, Span};
use frame::client::Client;
use frame::{Bell, Method, Reach, Stop};
use people::{Acceptance, Handle, Secret};
use serde_json::{Value, json};
use testkit::{House, PASSWORD};

/// As many as the policy that ships with the program allows in a row.
const FAILURES_MOST: usize = 5;
/// As many as the server takes from one address at once.
const SOURCE_BURST: usize = 20;

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890")
}

/// A house with ben in it, and its server.
struct Served {
    house: House,
    url: String,
    stop: Stop,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn open() -> Self {
        let house = House::with(|registry| registry);
        let handle = Handle::parse("ben").unwrap();
        let roles = [Role::Requester].into();
        let invitation =
            people::enrol(&house.organisation, &house.administrator(), &handle, "Ben", roles).unwrap();
        let acceptance = Acceptance {
            invitation: &invitation.code,
            password: PASSWORD,
            totp_secret: &secret().to_base32(),
            totp_code: &secret().code_at(house.organisation.now()),
        };
        people::accept(&house.organisation, &acceptance).unwrap();
        house.wait(Span::minutes(1));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(frame::House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        });
        let stop = Stop::when_told();
        let told = stop.clone();
        let router = frame::router(vec![people::routes()], shared);
        let thread =
            std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
        Self {
            house,
            url,
            stop,
            thread: Some(thread),
        }
    }

    fn sign_in(&self, handle: &str, password: &str) -> Result<Value, Refusal> {
        let code = secret().code_at(self.house.organisation.now());
        let body = json!({ "handle": handle, "password": password, "code": code });
        Client::new(&self.url, None)
            .unwrap()
            .send(Method::Post, "/sign-in", &body)
    }

    fn failures(&self) -> usize {
        let mut count = 0;
        let read = self.house.organisation.view(|view| {
            view.each_ledger_record(0, 1 << 40, |record| {
                count += usize::from(record.parse()?.event_type.as_str() == "people.sign_in_failed");
                Ok(())
            })
        });
        read.map(|()| count).unwrap()
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

#[test]
fn of_fifty_attempts_at_once_as_many_are_tried_as_the_policy_says() {
    let served = Served::open();
    let refusals: Vec<Refusal> = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..50)
            .map(|number| {
                let served = &served;
                scope.spawn(move || served.sign_in("ben", &format!("a wild guess, number {number}")))
            })
            .collect();
        let answers = attempts.into_iter().map(|attempt| attempt.join().unwrap());
        answers.map(Result::unwrap_err).collect()
    });
    let of_class = |class| refusals.iter().filter(|refusal| refusal.class == class).count();
    assert_eq!(
        (of_class(Class::Unauthenticated), of_class(Class::Limit)),
        (SOURCE_BURST, 50 - SOURCE_BURST)
    );
    assert_eq!(served.failures(), FAILURES_MOST);

    // The right password does not open the lock, and the answer is the one that an unknown handle gets.
    served.house.wait(Span::minutes(1));
    let locked = served.sign_in("ben", PASSWORD).unwrap_err();
    let unknown = served.sign_in("nobody", PASSWORD).unwrap_err();
    assert_eq!(locked, unknown);
    assert_eq!(served.failures(), FAILURES_MOST);
    served.house.wait(Span::minutes(16));
    served.sign_in("ben", PASSWORD).unwrap();
    served.house.assert_sound();
}
