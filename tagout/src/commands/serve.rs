//! `tagout serve`: the API and the runner of one organisation.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use basis::{Class, Refusal};
use clap::Args;
use frame::{Bell, House, Reach, Stop};
use runner::{Patience, Runner};
use storage::{Organisation, Settings, Standing};

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
    #[arg(long)]
    behind_tls_proxy: bool,
}

impl Serve {
    pub(super) fn run(self, common: &Common) -> Result<ExitCode, Refusal> {
        let organisation = tagout::open(&Settings::beside(&common.data))?;
        let listener = listen(&self.listen)?;
        let reach = if self.behind_tls_proxy {
            Reach::BehindTlsProxy
        } else {
            Reach::Loopback
        };
        serve(organisation, listener, reach, |address, _| {
            eprintln!("serving on http://{address} (stop with Ctrl-C)");
        })
    }
}

/// Takes the address.
pub(super) fn listen(address: &str) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address).map_err(|error| {
        Refusal::new(
            Class::Outside,
            "socket",
            format!("cannot listen on {address}: {error}"),
        )
        .way_out("stop the program that holds the address, or give another with `--listen`")
    })
}

/// Serves until a signal comes, or until a failed write makes going on unsafe.
pub(super) fn serve(
    organisation: Organisation,
    listener: TcpListener,
    reach: Reach,
    ready: impl FnOnce(std::net::SocketAddr, Stop),
) -> Result<ExitCode, Refusal> {
    let house = Arc::new(House {
        organisation: Arc::new(organisation),
        gatekeeper: Arc::new(people::Doorkeeper::default()),
        bell: Bell::new(),
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
