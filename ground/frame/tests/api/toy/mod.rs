//! A house with one small room, served over real TCP on a free port, and a plain-text way to talk to it.

mod authority;
mod pages;
mod room;
mod wire;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{
    Actor, Authentication, Class, FixedClock, Id, PersonId, Proven, Refusal, Role, SeededChance, Span, Time,
};
use frame::client::Client;
use frame::pages::Introduction;
use frame::{Bell, Gatekeeper, House, Reach, Stop, router, serve};
use ledger::entry::Origin;
use storage::{Organisation, Registry, Settings, World};

pub use authority::{Authority, own_files};
pub use pages::{MADE_BY_FORM, PLAN_BYTES_MAX, PLANS_HUNG};
pub use room::{IS_OVER, LIMIT_BYTES, Lamp, Measured, NewLamp, RELEASE, SIGNING_IN_MOST, routes};
pub use wire::{Reply, read_reply};

/// Knows three tokens: anna's, ben's, and a narrow one of anna's.
struct ToyGatekeeper;

impl Gatekeeper for ToyGatekeeper {
    fn identify(&self, _: &Organisation, token: &str) -> Result<Actor, Refusal> {
        let (number, scope) = match token {
            "anna" => (1, None),
            "ben" => (2, None),
            "anna-narrow" => (1, Some(BTreeSet::from(["lamps.make".to_owned()]))),
            _ => {
                let refusal = Refusal::new(Class::Unauthenticated, "sign-in", "the token is not known");
                return Err(refusal.way_out("sign in with `tagout login`"));
            }
        };
        Ok(Actor {
            person: PersonId::from_number(number),
            authentication: Authentication::Token,
            proven: Proven::Now,
            roles: [Role::Technician].into(),
            scope,
        })
    }

    fn admit(&self, _: &Organisation, actor: &Actor, act: &str) -> Result<(), Refusal> {
        match &actor.scope {
            Some(scope) if !scope.contains(act) => Err(Refusal::new(
                Class::Forbidden,
                "authority",
                format!("the token is not scoped for `{act}`"),
            )),
            _ => Ok(()),
        }
    }

    fn introduce(&self, _: &Organisation, actor: &Actor) -> Result<Introduction, Refusal> {
        Ok(Introduction {
            organisation: "Toy".to_owned(),
            person: actor.person.to_string(),
            roles: Vec::new(),
        })
    }
}

/// The running house. Stopped and waited for when dropped.
pub struct ToyHouse {
    pub address: SocketAddr,
    pub house: Arc<House>,
    pub stop: Stop,
    clock: Arc<FixedClock>,
    serving: Option<JoinHandle<Result<(), Refusal>>>,
    _folder: tempfile::TempDir,
}

impl ToyHouse {
    pub fn open() -> Self {
        Self::reached(Reach::Loopback)
    }

    /// A house that speaks what this says.
    pub fn reached(reach: Reach) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(Time::parse("2026-11-22T18:00:00Z").unwrap()));
        let world = World {
            clock: clock.clone(),
            chance: Arc::new(SeededChance::new(1)),
        };
        let origin = Origin::parse("toy.example/ledger").unwrap();
        let settings = Settings::beside(&folder.path().join("data"));
        let organisation = Organisation::create(&settings, &origin, Registry::new(), world).unwrap();
        let house = Arc::new(House {
            organisation: Arc::new(organisation),
            gatekeeper: Arc::new(ToyGatekeeper),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://toy").unwrap(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::when_told();
        let router = router(vec![routes()], Arc::clone(&house));
        let told = stop.clone();
        Self {
            address,
            house,
            stop,
            clock,
            serving: Some(std::thread::spawn(move || serve(router, listener, reach, told))),
            _folder: folder,
        }
    }

    pub fn client(&self, token: Option<&str>) -> Client {
        Client::new(&format!("http://{}", self.address), token.map(str::to_owned)).unwrap()
    }

    pub fn advance(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Waits until the server has ended by itself after `stop.now()`.
    pub fn end(&mut self) -> Result<(), Refusal> {
        self.serving.take().unwrap().join().unwrap()
    }
}

impl Drop for ToyHouse {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}
