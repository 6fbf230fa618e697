//! A disk that is full or fails: the server refuses, ends itself, and is sound again after a restart.

use std::fs::{self, File};
use std::io::Write;

use basis::{Class, Refusal};
use frame::Method;
use frame::client::Client;
use serde_json::{Value, json};

use super::mounted::Mounted;
use super::site::{Server, Site, Tokens};

/// How many acts are tried at most before the fault must have shown.
const ACTS_MAX: usize = 4000;
/// The size of the file system that is filled up.
const SIZE_KIB: u32 = 6144;
/// How much of it is left when the acts begin.
const ROOM_LEFT_BYTES: u64 = 1 << 20;
/// From which flush of each thread on the disk fails. The program makes fewer when it starts.
const FAILING_FLUSHES: [&str; 3] = ["4+", "6+", "9+"];

/// Registers assets until one is refused; answers the names of the acknowledged, the one in doubt and the refusal.
fn until_refused(client: &Client) -> (Vec<String>, String, Refusal) {
    let mut acknowledged = Vec::new();
    for count in 0..ACTS_MAX {
        let name = format!("asset-{count}");
        let answer: Result<Value, Refusal> = client.send(Method::Post, "/assets", &json!({ "name": name }));
        match answer {
            Ok(_) => acknowledged.push(name),
            Err(refusal) => return (acknowledged, name, refusal),
        }
    }
    panic!("{ACTS_MAX} acts were done on a disk that cannot take them");
}

fn assert_refused_in_words(refusal: &Refusal) {
    assert_eq!(refusal.class, Class::Fault, "{refusal:?}");
    let words = [
        "a write failed while this was being recorded, so it is not known whether it was",
        "the record could not be read or written; nothing was changed",
    ];
    assert!(words.contains(&refusal.what.as_str()), "{refusal:?}");
}

/// The server says why it ends, with the exit code of a fault.
fn assert_ends_itself(server: &mut Server) {
    let (status, words) = server.end();
    assert_eq!(status.code(), Some(10), "{words}");
    assert!(
        words.contains("a write failed, so the server ended itself"),
        "{words}"
    );
}

fn assert_there(server: &Server, tokens: &Tokens, names: &[String]) {
    let client = server.client(&tokens.administrator);
    for name in names {
        let found: Value = client.get(&format!("/assets/{name}")).expect(name);
        assert_eq!(found["fields"]["name"], json!(name));
    }
}

/// The act in doubt is there wholly or not at all, and the same act can be done now if it is not.
fn assert_whole_or_absent(server: &Server, tokens: &Tokens, name: &str) {
    let client = server.client(&tokens.administrator);
    let found: Result<Value, Refusal> = client.get(&format!("/assets/{name}"));
    match found {
        Ok(found) => assert_eq!(found["fields"]["name"], json!(name)),
        Err(refusal) => {
            assert_eq!(refusal.class, Class::NotFound, "{refusal:?}");
            let body = json!({ "name": name });
            client
                .send::<_, Value>(Method::Post, "/assets", &body)
                .expect("it can be done now");
        }
    }
}

/// Fills the file system but for the room that a few acts take.
fn fill(mounted: &Mounted) -> std::path::PathBuf {
    let path = mounted.folder().join("ballast");
    let mut file = File::create(&path).expect("a file");
    while file.write_all(&[0; 1 << 12]).is_ok() {}
    let size = file.metadata().expect("its size").len();
    file.set_len(size - ROOM_LEFT_BYTES).expect("a smaller file");
    path
}

#[test]
fn a_full_disk_refuses_acts_half_records_nothing_and_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    let mounted = match Mounted::in_memory(SIZE_KIB, folder.path()) {
        Ok(mounted) => mounted,
        Err(why) => return println!("skipped: a full disk: {why}"),
    };
    let site = Site::at(mounted.folder());
    let invitation = site.found();
    let mut server = site.serve();
    let tokens = site.settle(&server, &invitation);
    let ballast = fill(&mounted);
    let (acknowledged, in_doubt, refusal) = until_refused(&server.client(&tokens.administrator));
    assert_refused_in_words(&refusal);
    assert_ends_itself(&mut server);
    drop(server);

    // Still full: the server either refuses to start in words, or serves what is there.
    match site.serve_by(&[env!("CARGO_BIN_EXE_tagout")]) {
        Ok(server) => assert_there(&server, &tokens, &acknowledged),
        Err((code, words)) => {
            assert_eq!(code, 10, "{words}");
            assert!(
                words.contains("the record could not be read or written"),
                "{words}"
            );
        }
    }

    fs::remove_file(ballast).expect("space");
    let server = site.serve();
    assert_there(&server, &tokens, &acknowledged);
    assert_whole_or_absent(&server, &tokens, &in_doubt);
    server.stop();
    site.assert_sound("after space was made");
    println!("{} acts fitted on the full disk, none lost", acknowledged.len());
}

#[test]
fn a_flush_that_fails_ends_the_server_and_nothing_acknowledged_is_lost() {
    for failing in FAILING_FLUSHES {
        let folder = tempfile::tempdir().expect("a folder");
        let site = Site::at(folder.path());
        let invitation = site.found();
        let server = site.serve();
        let tokens = site.settle(&server, &invitation);
        server.stop();

        let inject = format!("inject=fsync,fdatasync:error=EIO:when={failing}");
        let trace = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
        ];
        // The server goes with its tracer, should this test fail.
        let guard = [
            &inject,
            "setpriv",
            "--pdeathsig",
            "KILL",
            env!("CARGO_BIN_EXE_tagout"),
        ];
        if std::process::Command::new("strace").arg("-V").output().is_err() {
            return println!("skipped: a failing disk: there is no `strace` here");
        }
        let mut server = match site.serve_by(&[&trace[..], &guard[..]].concat()) {
            Ok(server) => server,
            Err((_, words)) if words.contains("ptrace") => {
                return println!("skipped: a failing disk: strace may not trace here");
            }
            Err((code, words)) => panic!("the server did not start ({code}): {words}"),
        };
        let (acknowledged, in_doubt, refusal) = until_refused(&server.client(&tokens.administrator));
        assert_refused_in_words(&refusal);
        assert_ends_itself(&mut server);
        drop(server);

        let server = site.serve();
        assert_there(&server, &tokens, &acknowledged);
        assert_whole_or_absent(&server, &tokens, &in_doubt);
        server.stop();
        site.assert_sound("after the disk was mended");
        println!(
            "flush {failing} failed: {} acts before it, none lost",
            acknowledged.len()
        );
    }
}
