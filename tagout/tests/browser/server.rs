//! A founded organisation behind a real socket, for a browser.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::Role;
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

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
    }
}
