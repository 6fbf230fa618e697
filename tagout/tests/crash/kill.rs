//! The server is killed at random moments under load; nothing that it acknowledged may be missing afterwards.

use std::time::Duration;

use basis::SeededChance;

use super::load::{Acknowledged, below, missing, number_from, until_cut};
use super::site::{Server, Site, Tokens};

/// How many kills a run makes unless `TAGOUT_KILLS` says otherwise.
const KILLS: u64 = 200;
/// After how many kills the doctor looks at everything.
const DOCTOR_EVERY: u64 = 20;
/// After how many kills under load one falls into the start of the program.
const START_EVERY: u64 = 4;
/// How many older things are looked up after every kill; all of them are at the end.
const OLDER_LOOKED_UP: u64 = 20;
/// The moments at which a kill may fall, in milliseconds after the load or the start began.
const MOMENTS_MS: std::ops::Range<u64> = 5..150;
const START_MOMENTS_MS: u64 = 60;

/// Looks up everything of the last round and a few older things.
fn assert_there(
    server: &Server,
    tokens: &Tokens,
    book: &[Acknowledged],
    last_round: usize,
    chance: &SeededChance,
) {
    let (older, latest) = book.split_at(book.len() - last_round);
    assert_eq!(missing(server, tokens, latest), Vec::<String>::new());
    if !older.is_empty() {
        for _ in 0..OLDER_LOOKED_UP {
            let at = below(chance, older.len() as u64) as usize;
            assert_eq!(missing(server, tokens, &older[at..=at]), Vec::<String>::new());
        }
    }
}

#[test]
fn no_acknowledged_act_is_lost_when_the_server_is_killed_at_random_moments() {
    let (kills, seed) = (number_from("TAGOUT_KILLS", KILLS), number_from("TAGOUT_SEED", 1));
    println!("{kills} kills with seed {seed} (TAGOUT_KILLS, TAGOUT_SEED)");
    let chance = SeededChance::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::at(folder.path());
    let invitation = site.found();
    let mut server = site.serve();
    let tokens = site.settle(&server, &invitation);
    let (mut book, mut last_round, mut at_start) = (Vec::new(), 0, 0);
    for round in 1..=kills {
        assert_there(&server, &tokens, &book, last_round, &chance);
        let delay = MOMENTS_MS.start + below(&chance, MOMENTS_MS.end - MOMENTS_MS.start);
        let acknowledged = until_cut(
            &mut server,
            &tokens,
            round,
            Duration::from_millis(delay),
            folder.path(),
            Server::kill,
        );
        last_round = acknowledged.len();
        book.extend(acknowledged);
        if round % START_EVERY == 0 {
            kill_at_start(&site, &chance);
            at_start += 1;
        }
        if round % DOCTOR_EVERY == 0 {
            site.assert_sound(&format!("after kill {round} with seed {seed}"));
            println!("{round} kills: {} acts acknowledged, none lost", book.len());
        }
        server = site.serve();
    }
    assert_eq!(missing(&server, &tokens, &book), Vec::<String>::new());
    server.stop();
    site.assert_sound("at the end");
    println!(
        "{kills} kills under load and {at_start} at the start: {} acts acknowledged, 0 lost",
        book.len()
    );
}

/// Starts the server and kills it before or shortly after it serves.
fn kill_at_start(site: &Site, chance: &SeededChance) {
    let mut child = site.spawn(&[env!("CARGO_BIN_EXE_tagout")]);
    let (_nobody, nothing) = std::sync::mpsc::channel::<()>();
    let moment = Duration::from_millis(below(chance, START_MOMENTS_MS));
    assert!(nothing.recv_timeout(moment).is_err());
    child.kill().expect("a signal");
    child.wait().expect("its end");
}
