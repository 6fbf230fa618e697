//! `tagout serve`: the API and the runner of one organisation.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use basis::{Class, Clock, Id, PersonId, Refusal, SystemClock};
use clap::Args;
use frame::pages::Web;
use frame::tls::Certificates;
use frame::{Bell, House, Reach, Stop};
use runner::{Patience, Runner};
use storage::{Organisation, Settings, Standing};

use super::https::{self, ByFile};
use super::{Common, SERVER};

/// How often the high-water mark is brought to the disk.
const FLUSH_EVERY: Duration = Duration::from_secs(2);
/// How many of these rounds lie between two checkpoints: an hour.
const ROUNDS_TO_CHECKPOINT: u32 = 1_800;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address to listen on
    #[arg(long, default_value = SERVER, value_name = "ADDRESS")]
    listen: String,
    /// Listen on an address that other machines reach, because a TLS proxy stands in front of it
    #[arg(long, conflicts_with_all = ["https", "tls_certificate"])]
    behind_tls_proxy: bool,
    /// Speak HTTPS with a certificate that the server makes for itself and keeps in the data directory
    #[arg(long, conflicts_with = "tls_certificate")]
    https: bool,
    #[command(flatten)]
    by_file: ByFile,
    /// The URL that people type to reach the pages; passkeys hold for its host alone
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Serve {
    pub(super) fn run(self, common: &Common) -> Result<ExitCode, Refusal> {
        // Judged before anything is made: a certificate is made for its host as well.
        let public = self.public_url.as_deref().map(Web::at).transpose()?;
        let organisation = tagout::open(&Settings::beside(&common.data))?;
        let (reach, scheme) = self.reach(&common.data, public.as_ref())?;
        let listener = listen(&self.listen, &reach)?;
        let web = match public {
            Some(web) => web,
            None => web_of(scheme, &listener)?,
        };
        let pages = web.origin().to_owned();
        let is_new = has_nobody_come_in(&organisation)?;
        serve(organisation, listener, reach, web, move |address, _| {
            eprintln!("serving on {scheme}://{address} with pages on {pages} (stop with Ctrl-C)");
            if is_new {
                eprintln!(
                    "nobody has come in yet: the first administrator opens {pages}/invitation?code=CODE, with the code that `tagout init` printed"
                );
            }
        })
    }

    /// From where the server may be reached, and how its address begins.
    fn reach(&self, data: &Path, public: Option<&Web>) -> Result<(Reach, &'static str), Refusal> {
        let now = SystemClock.now();
        let names = https::names(&self.listen, public.map(Web::host));
        let certificates = match self.by_file.files() {
            Some(files) => Certificates::open(files, now)?,
            None if self.https => https::own(data, &names, now)?,
            None if self.behind_tls_proxy => return Ok((Reach::BehindTlsProxy, "http")),
            None => return Ok((Reach::Loopback, "http")),
        };
        // Who issued a certificate by file chose its names.
        let asked = if self.https { names } else { Vec::new() };
        eprintln!("{}", https::announcement(&certificates.facts(), &asked, now));
        Ok((Reach::OwnTls(certificates), "https"))
    }
}

/// Whether not even the first administrator has accepted their invitation.
fn has_nobody_come_in(organisation: &Organisation) -> Result<bool, Refusal> {
    let founder = organisation.view(|view| people::find(view, PersonId::from_number(1)))?;
    Ok(founder.is_some_and(|founder| !founder.has_come_in))
}

/// Takes the address, if it reaches no farther than allowed.
pub(super) fn listen(address: &str, reach: &Reach) -> Result<TcpListener, Refusal> {
    let known: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| {
            let what = format!("`{address}` is no address to listen on: {error}");
            Refusal::new(Class::Invalid, "socket", what).way_out(format!(
                "give an address and a port from 0 to 65535, such as `--listen {SERVER}`"
            ))
        })?
        .collect();
    for address in &known {
        reach.check(*address)?;
    }
    TcpListener::bind(&known[..]).map_err(|error| {
        let way_out = match error.kind() {
            ErrorKind::AddrInUse => {
                "stop the program that holds the address, or give another with `--listen`"
            }
            ErrorKind::PermissionDenied => "give a port from 1024 on with `--listen`",
            _ => "give an address of this machine with `--listen`",
        };
        let what = format!("cannot listen on {address}: {error}");
        Refusal::new(Class::Outside, "socket", what).way_out(way_out)
    })
}

/// How the pages are reached when nobody says it: on this machine, by the name that passkeys take.
pub(super) fn web_of(scheme: &str, listener: &TcpListener) -> Result<Web, Refusal> {
    let port = listener.local_addr().map_or(0, |address| address.port());
    Web::at(&format!("{scheme}://localhost:{port}"))
}

/// Serves until a signal comes, or until a failed write makes going on unsafe.
pub(super) fn serve(
    organisation: Organisation,
    listener: TcpListener,
    reach: Reach,
    web: Web,
    ready: impl FnOnce(std::net::SocketAddr, Stop),
) -> Result<ExitCode, Refusal> {
    let house = Arc::new(House {
        organisation: Arc::new(organisation),
        gatekeeper: Arc::new(people::Doorkeeper::default()),
        bell: Bell::new(),
        web: web.with_places(tagout::places()),
    });
    let stop = Stop::at_signals();
    let is_over = Arc::new(AtomicBool::new(false));
    let worker = {
        let runner = Runner::new(
            Arc::clone(&house.organisation),
            house.bell.clone(),
            Patience::default(),
        );
        let (is_over, stop) = (Arc::clone(&is_over), stop.clone());
        thread::spawn(move || {
            let outcome = runner.work(&is_over);
            if let Err(error) = &outcome {
                eprintln!("the runner ended: {error}");
                stop.now();
            }
            outcome.is_ok()
        })
    };
    let watch = {
        let (organisation, is_over, stop) = (
            Arc::clone(&house.organisation),
            Arc::clone(&is_over),
            stop.clone(),
        );
        thread::spawn(move || watch_over(&organisation, &is_over, &stop))
    };
    if let Ok(address) = listener.local_addr() {
        ready(address, stop.clone());
    }
    let served = frame::serve(
        frame::router(tagout::routes(), Arc::clone(&house)),
        listener,
        reach,
        stop,
    );
    is_over.store(true, Ordering::SeqCst);
    house.bell.ring();
    watch.thread().unpark();
    let has_ended_well = worker.join().unwrap_or(false);
    watch.thread().unpark();
    let has_stopped = watch.join().unwrap_or(true);
    served?;
    house.organisation.flush_high_water()?;
    if has_stopped || !has_ended_well {
        return Err(Refusal::new(
            Class::Fault,
            "fail-stop",
            "a write failed, so the server ended itself",
        )
        .way_out(
            "look at the disk; on the next start the database is verified before anything is accepted",
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Flushes the high-water mark and signs a checkpoint now and then, and once at the end. Answers true, and stops the server, when writing had to stop.
fn watch_over(organisation: &Organisation, is_over: &AtomicBool, stop: &Stop) -> bool {
    for round in 1.. {
        thread::park_timeout(FLUSH_EVERY);
        if organisation.has_stopped() || organisation.flush_high_water().is_err() {
            stop.now();
            return true;
        }
        let is_last = is_over.load(Ordering::SeqCst);
        if (is_last || round % ROUNDS_TO_CHECKPOINT == 0) && organisation.standing() == Standing::Sound {
            sign_if_grown(organisation);
        }
        if is_last {
            break;
        }
    }
    false
}

/// Signs a checkpoint when the ledger has grown since the last one.
fn sign_if_grown(organisation: &Organisation) {
    let size = organisation.view(|view| view.ledger_size());
    let outcome = match (size, organisation.signed_size()) {
        (Ok(size), Ok(signed)) if size == signed => return,
        (Ok(_), Ok(_)) => organisation.checkpoint().map(drop),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    if let Err(error) = outcome {
        eprintln!("no checkpoint was signed: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_not_said_to_be_held_by_another_program() {
        for nonsense in ["nonsense", "127.0.0.1", "127.0.0.1:80000", ":80000", ""] {
            let refusal = listen(nonsense, &Reach::Loopback).unwrap_err();
            assert_eq!(refusal.class, Class::Invalid, "{refusal}");
            assert!(refusal.way_out.join(" ").contains("127.0.0.1:7420"), "{refusal}");
        }
    }

    #[test]
    fn a_held_address_and_one_that_reaches_too_far_are_refused_before_anything_is_served() {
        let held = listen("127.0.0.1:0", &Reach::Loopback).unwrap();
        let address = held.local_addr().unwrap().to_string();
        let refusal = listen(&address, &Reach::Loopback).unwrap_err();
        assert!(
            refusal.way_out.join(" ").contains("stop the program"),
            "{refusal}"
        );
        let refusal = listen("0.0.0.0:0", &Reach::Loopback).unwrap_err();
        assert_eq!(
            (refusal.class, refusal.rule.as_str()),
            (Class::Invalid, "clear text")
        );
        assert!(listen("0.0.0.0:0", &Reach::BehindTlsProxy).is_ok());
    }
}
