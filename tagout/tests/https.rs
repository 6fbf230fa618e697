//! `tagout serve --https` as people meet it: they compare a fingerprint once, and from then on nobody else is believed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tagout");

struct Site {
    folder: tempfile::TempDir,
}

/// A running server. Dropped, it is killed.
struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    url: String,
    fingerprint: String,
}

impl Site {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(words)
            .env("TAGOUT_DATA", self.path("data"))
            .env("TAGOUT_PROFILES", self.path("profiles"))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end; answers its exit code and everything it said.
    fn run(&self, words: &[&str]) -> (i32, String) {
        let output = self.command(words).output().expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap_or(-1),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    fn ok(&self, words: &[&str]) -> String {
        let (code, said) = self.run(words);
        assert_eq!(code, 0, "{words:?}: {said}");
        said
    }

    fn refused(&self, words: &[&str], reasons: &[&str]) {
        let (code, said) = self.run(words);
        assert_ne!(code, 0, "{words:?}: {said}");
        for reason in reasons {
            assert!(said.contains(reason), "{words:?}: no `{reason}` in: {said}");
        }
    }

    /// Starts the server and waits until it serves.
    fn serve(&self, address: &str) -> Server {
        let mut child = self
            .command(&["serve", "--https", "--listen", address])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut server = Server {
            stderr: BufReader::new(child.stderr.take().expect("its standard error")),
            child,
            url: String::new(),
            fingerprint: String::new(),
        };
        server.fingerprint = server.hears("certificate ");
        server.url = server.hears("serving on ");
        server
    }
}

impl Server {
    /// Waits for a line that holds these words; answers the word behind them.
    fn hears(&mut self, words: &str) -> String {
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            let count = self.stderr.read_line(&mut line).expect("a line of text");
            assert_ne!(count, 0, "the server ended: {heard}");
            if let Some((_, rest)) = line.split_once(words) {
                return rest.split_whitespace().next().unwrap_or_default().to_owned();
            }
            heard.push_str(&line);
        }
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .expect("the program `kill`");
        assert!(told.success());
    }

    /// Stops it as a service manager does.
    fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.child.wait().expect("its end").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A founded organisation.
fn founded() -> (Site, String) {
    let site = Site {
        folder: tempfile::tempdir().expect("a folder"),
    };
    let made = site.ok(&[
        "init",
        "--json",
        "--organisation=Lock Works",
        "--administrator=anna",
        "--name=Anna Ames",
    ]);
    let made: Value = serde_json::from_str(&made).expect("an answer in JSON");
    (
        site,
        made["invitation"].as_str().expect("an invitation").to_owned(),
    )
}

#[test]
fn a_person_signs_in_by_the_fingerprint_that_the_server_printed_and_no_other_server_is_believed() {
    let (site, invitation) = founded();
    let server = site.serve("127.0.0.1:0");
    let (url, fingerprint) = (server.url.clone(), server.fingerprint.clone());
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    fs::write(site.path("password"), "seven quiet lighthouses").expect("a file");
    let (password, secret) = (site.path("password"), site.path("secret"));
    let files = ["--password-file", text(&password), "--secret-file", text(&secret)];
    let server_words = ["--server", &url, "--server-fingerprint", &fingerprint];

    site.refused(
        &["people", "list", "--server", &url],
        &["nobody vouches", &format!("--server-fingerprint {fingerprint}")],
    );
    site.ok(&[&["accept", &invitation], &files[..], &server_words[..]].concat());
    site.ok(&[&["login", "--as", "anna"], &files[..], &server_words[..]].concat());
    // What signing in kept is enough from here on.
    assert!(site.ok(&["people", "list"]).contains("anna"));
    let other = format!("SHA256:{}", "ab".repeat(32));
    site.refused(
        &["people", "list", "--server-fingerprint", &other],
        &[&other, &fingerprint],
    );

    // The server comes back with another certificate: nobody is asked to believe it unseen.
    let address = url.trim_start_matches("https://").to_owned();
    server.stop();
    let kept = site.path("kept");
    fs::rename(site.path("data/https"), &kept).expect("moved");
    let mut server = site.serve(&address);
    let new = server.fingerprint.clone();
    assert_ne!(new, fingerprint);
    site.refused(&["people", "list"], &[&fingerprint, &new]);
    site.ok(&["people", "list", "--server-fingerprint", &new]);

    // The first certificate is put back, and the server told: no restart.
    for name in ["key.pem", "certificate.pem"] {
        fs::rename(kept.join(name), site.path("data/https").join(name)).expect("moved");
    }
    server.signal("-HUP");
    assert_eq!(server.hears("certificate: "), fingerprint);
    site.ok(&["people", "list"]);
    server.stop();

    let found = site.ok(&["doctor"]);
    for line in [
        &format!("right  certificate: {fingerprint}, for localhost"),
        "its self-test passed",
    ] {
        assert!(found.contains(line), "{found}");
    }
}

#[test]
fn a_certificate_that_cannot_serve_is_refused_before_anything_is_served() {
    let (site, _) = founded();
    let absent = site.path("absent.pem");
    let words = [
        "serve",
        "--tls-certificate",
        text(&absent),
        "--tls-key",
        text(&absent),
    ];
    site.refused(&words, &["absent.pem", "cannot be read"]);
    site.refused(&["serve", "--tls-certificate", text(&absent)], &["--tls-key"]);
    site.refused(
        &["serve", "--https", "--behind-tls-proxy"],
        &["cannot be used with"],
    );
    let server = site.serve("127.0.0.1:0");
    let words = [
        "--server",
        &server.url,
        "--server-fingerprint",
        &server.fingerprint,
    ];
    site.refused(&[&["people", "list"], &words[..]].concat(), &["tagout login"]);
    server.stop();
    fs::write(site.path("data/https/key.pem"), "").expect("spoiled");
    site.refused(&["serve", "--https"], &["key.pem", "no private key", "move"]);
    let (code, found) = site.run(&["doctor"]);
    assert_ne!(code, 0);
    assert!(found.contains("WRONG  certificate: "), "{found}");
}
