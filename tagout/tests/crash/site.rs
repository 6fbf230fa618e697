//! One organisation served by the real program, and the people who act in the proofs.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};

use basis::{Class, Clock, Refusal, Span, SystemClock};
use frame::Method;
use frame::client::Client;
use people::Secret;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tagout");
const PASSWORD: &str = "seven quiet lighthouses";
/// Times that an invitation is tried when a step of the one-time code ends just then.
const ACCEPT_TRIES: usize = 3;

/// A data directory of the real program.
pub struct Site {
    folder: PathBuf,
}

/// A running `tagout serve`. Dropped, it is killed.
pub struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    url: String,
}

/// The people who put the server under load.
#[derive(Clone)]
pub struct Tokens {
    pub administrator: String,
    pub owner: String,
}

impl Site {
    /// A site whose data directory and high-water mark stand in `folder`.
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command of the program on this site.
    pub fn command(&self, words: &[&str]) -> Command {
        self.wrapped(&[PROGRAM], words)
    }

    /// The same, run by another program, such as one that injects faults.
    pub fn wrapped(&self, program: &[&str], words: &[&str]) -> Command {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .args(words)
            .env("TAGOUT_DATA", self.data())
            .env("TAGOUT_PROFILES", self.folder.join("profiles"))
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end; answers its exit code and everything it said.
    pub fn run(&self, words: &[&str]) -> (i32, String) {
        said(self.command(words).output().expect("the program runs"))
    }

    /// Founds the organisation; answers the administrator's invitation.
    pub fn found(&self) -> String {
        let (code, answer) = self.run(&[
            "init",
            "--json",
            "--organisation=Crash Works",
            "--administrator=anna",
            "--name=Anna Ames",
        ]);
        assert_eq!(code, 0, "{answer}");
        let made: Value = serde_json::from_str(&answer).expect("an answer in JSON");
        text(&made, "invitation")
    }

    /// Starts the server and waits until it serves.
    pub fn serve(&self) -> Server {
        self.serve_by(&[PROGRAM])
            .unwrap_or_else(|(code, answer)| panic!("the server did not start ({code}): {answer}"))
    }

    /// Starts the server under another program; answers exit code and words when it does not come to serving.
    pub fn serve_by(&self, program: &[&str]) -> Result<Server, (i32, String)> {
        let mut child = self.spawn(program);
        let stderr = BufReader::new(child.stderr.take().expect("its standard error"));
        let mut server = Server {
            child,
            stderr,
            url: String::new(),
        };
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            let count = server.stderr.read_line(&mut line).expect("a line of text");
            if count == 0 {
                let status = server.child.wait().expect("its end");
                return Err((status.code().unwrap_or(-1), heard));
            }
            if let Some(rest) = line.strip_prefix("serving on ") {
                server.url = rest.split(' ').next().unwrap_or_default().to_owned();
                return Ok(server);
            }
            heard.push_str(&line);
        }
    }

    /// Starts the server without waiting for anything.
    pub fn spawn(&self, program: &[&str]) -> Child {
        self.wrapped(program, &["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts")
    }

    /// Asserts that the doctor finds nothing wrong and every table equal to its replay.
    pub fn assert_sound(&self, when: &str) {
        let (code, answer) = self.run(&["doctor", "--rebuild"]);
        assert_eq!(code, 0, "{when}: {answer}");
        assert!(
            answer.contains("rebuild: every table is what the events make of it"),
            "{when}: {answer}"
        );
    }

    /// Asserts that the doctor says no with exactly this exit code, and says so in these words.
    pub fn assert_named(&self, sentence: &str) {
        let (code, answer) = self.run(&["doctor", "--rebuild"]);
        assert_eq!(code, 1, "expected `{sentence}`: {answer}");
        assert!(answer.contains(sentence), "expected `{sentence}`: {answer}");
    }

    /// Sets up the founder and one system owner, both signed in, and a first asset.
    pub fn settle(&self, server: &Server, invitation: &str) -> Tokens {
        self.accept(server, "anna", invitation);
        let administrator = self.sign_in(server, "anna");
        let anna = server.client(&administrator);
        let invitation = enrol(&anna, "olga", &["system_owner", "technician"]).expect("an enrolment");
        self.accept(server, "olga", &invitation);
        let owner = self.sign_in(server, "olga");
        let first: Value = anna
            .send(Method::Post, "/assets", &json!({ "name": "first" }))
            .expect("an asset");
        assert_eq!(text(&first, "asset"), "AST-0001");
        Tokens { administrator, owner }
    }

    /// The file that holds the person's password.
    pub fn password_file(&self) -> PathBuf {
        let path = self.folder.join("password");
        fs::write(&path, PASSWORD).expect("a file for the password");
        path
    }

    /// The file that holds the person's secret for one-time codes.
    pub fn secret_file(&self, handle: &str) -> PathBuf {
        self.folder.join(format!("{handle}.secret"))
    }

    fn secret(&self, handle: &str) -> Secret {
        let text = fs::read_to_string(self.secret_file(handle)).expect("the secret");
        Secret::from_base32(&text).expect("a secret")
    }

    /// Accepts an invitation with a new secret.
    pub fn accept(&self, server: &Server, handle: &str, invitation: &str) {
        let mut bytes = [7; 20];
        bytes[..4].copy_from_slice(&handle.as_bytes()[..4]);
        let secret = Secret::from_bytes(&bytes).to_base32();
        fs::write(self.secret_file(handle), &secret).expect("a file for the secret");
        let accepted = (0..ACCEPT_TRIES).find_map(|_| {
            // The code before the present one, so that the present one is left for signing in.
            let code = self.secret(handle).code_at(SystemClock.now() - Span::seconds(30));
            let body = json!({
                "invitation": invitation, "password": PASSWORD, "totp_secret": secret, "totp_code": code
            });
            server
                .stranger()
                .send::<_, Value>(Method::Post, "/invitations/accept", &body)
                .ok()
        });
        assert!(accepted.is_some(), "{handle} is not taken in");
    }

    fn sign_in(&self, server: &Server, handle: &str) -> String {
        let code = self.secret(handle).code_at(SystemClock.now());
        let body = json!({ "handle": handle, "password": PASSWORD, "code": code });
        let answer: Value = server
            .stranger()
            .send(Method::Post, "/sign-in", &body)
            .expect("a sign-in");
        text(&answer, "token")
    }
}

impl Server {
    /// A client with this token.
    pub fn client(&self, token: &str) -> Client {
        Client::new(&self.url, Some(token.to_owned())).expect("an address")
    }

    fn stranger(&self) -> Client {
        Client::new(&self.url, None).expect("an address")
    }

    /// Kills the server with SIGKILL and waits for its end.
    pub fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("its end");
    }

    /// Stops the server in good order.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success());
        let (status, answer) = self.end();
        assert!(status.success(), "{status}: {answer}");
    }

    /// Waits until the server ends by itself; answers how, and what it said.
    pub fn end(&mut self) -> (ExitStatus, String) {
        let mut answer = String::new();
        self.stderr.read_to_string(&mut answer).expect("its words");
        (self.child.wait().expect("its end"), answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has ended cannot be killed, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Enrols a person; answers their invitation.
pub fn enrol(client: &Client, handle: &str, roles: &[&str]) -> Result<String, Refusal> {
    let body = json!({ "handle": handle, "name": format!("{handle} Example"), "roles": roles });
    let answer: Value = client.send(Method::Post, "/people", &body)?;
    Ok(text(&answer, "invitation"))
}

/// The text of a member.
pub fn text(answer: &Value, member: &str) -> String {
    match answer[member].as_str() {
        Some(text) => text.to_owned(),
        None => panic!("no `{member}` in {answer}"),
    }
}

/// Exit code and everything said.
pub fn said(output: Output) -> (i32, String) {
    let words = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&words).into_owned(),
    )
}

/// Whether the call broke off, so that nobody knows whether it was done.
pub fn broke_off(refusal: &Refusal) -> bool {
    refusal.class == Class::Outside
}
