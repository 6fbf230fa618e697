//! The organisation of the story: its server, its people at their terminals, and the transcript.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tagout");

/// How often something that takes its time is looked at, and how long the pause between two looks is.
const LOOKS_MAX: usize = 600;
const PAUSE: Duration = Duration::from_millis(300);

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The server, and everything its people have.
pub struct House {
    folder: TempDir,
    server: Option<Child>,
    /// Where the server answers, such as `http://127.0.0.1:40123`.
    pub address: String,
    transcript: String,
    /// The key that the founder wrote down for verifiers.
    pub verifier_key: String,
}

/// The folder that keeps what a story leaves, such as `target/story`: transcript, package, keys.
pub fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target")
        .join(env!("CARGO_CRATE_NAME"))
}

impl House {
    /// Founds the organisation under the policy of the lab and starts its server.
    pub fn found() -> Self {
        let kept = kept();
        let _ = fs::remove_dir_all(&kept);
        fs::create_dir_all(&kept).expect("the folder of the story");
        let mut house = Self {
            folder: tempfile::tempdir().expect("a folder"),
            server: None,
            address: String::new(),
            transcript: String::new(),
            verifier_key: String::new(),
        };
        house.act("an organisation is founded");
        let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/lab-policy.toml");
        let policy = policy.display().to_string();
        let words = [
            "init",
            "--organisation",
            "Story Works",
            "--administrator",
            "anna",
            "--name",
            "Anna Ames",
        ];
        let made = house
            .root(&[&words[..], &["--policy", &policy, "--json"]].concat())
            .ok();
        let made: Value = serde_json::from_str(&made.out).expect("JSON");
        house.verifier_key = text(&made["verifier_key"]);
        house.keep("anna.invitation", &text(&made["invitation"]));
        house.serve();
        house
    }

    /// Starts the server.
    pub fn serve(&mut self) {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut server = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the server");
        let mut lines = BufReader::new(server.stderr.take().expect("its standard error")).lines();
        let said = lines.next().and_then(Result::ok).unwrap_or_default();
        let address = said.split_whitespace().find(|word| word.starts_with("http://"));
        self.address = address
            .unwrap_or_else(|| panic!("the server said: {said}"))
            .to_owned();
        self.note(&format!("$ tagout serve --listen 127.0.0.1:0\n{said}\n"));
        // What it says later belongs to the test's own output.
        thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| eprintln!("server: {line}"))
        });
        self.server = Some(server);
    }

    /// Ends the server as its administrator would.
    pub fn stop(&mut self) {
        let ended = self.end("-TERM");
        assert!(ended.success(), "the server ended with {ended}");
    }

    /// Sends the server a signal that ends it, and waits for its end.
    pub fn end(&mut self, signal: &str) -> ExitStatus {
        let mut server = self.server.take().expect("a server");
        let sent = Command::new("kill")
            .args([signal, &server.id().to_string()])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "the server cannot be sent {signal}"
        );
        server.wait().expect("the end of the server")
    }

    /// A file in the story's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as text, for a command.
    pub fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }

    /// Writes a file into the story's folder and answers its path.
    pub fn keep(&self, name: &str, content: &str) -> String {
        fs::write(self.file(name), content).expect("a file of the story");
        self.path(name)
    }

    /// What a file of the story's folder holds.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("a file of the story")
    }

    /// Heads the next act in the transcript.
    pub fn act(&mut self, title: &str) {
        self.note(&format!("\n## {title}\n"));
        println!("## {title}");
    }

    fn note(&mut self, text: &str) {
        let _ = writeln!(self.transcript, "{text}");
        // Written each time, so that a story that ends badly is told up to there.
        let _ = fs::write(kept().join("transcript.txt"), &self.transcript);
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("TAGOUT_DATA", self.file("data"))
            .env("TAGOUT_PROFILES", self.file("profiles.json"))
            .env_remove("TAGOUT_SERVER")
            .env_remove("TAGOUT_PROFILE")
            .stdin(Stdio::null());
        command
    }

    fn run(&mut self, command: &mut Command, who: &str, words: &[&str]) -> Answer {
        let output = command.output().expect("the program");
        let answer = Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let code = if answer.code == 0 {
            String::new()
        } else {
            format!("(exit code {})\n", answer.code)
        };
        let line = format!(
            "{who} $ {}\n{}{}{code}",
            quoted.join(" "),
            answer.err,
            shortened(&answer.out)
        );
        self.note(&line.replace(&self.folder.path().display().to_string(), "~"));
        answer
    }

    /// A command on the machine of the server.
    pub fn root(&mut self, words: &[&str]) -> Answer {
        let mut command = self.command(words);
        self.run(&mut command, "root", &[&["tagout"], words].concat())
    }

    /// A command that one of the people types.
    pub fn person(&mut self, who: &str, words: &[&str]) -> Answer {
        let mut command = self.typed(who, words);
        self.run(&mut command, who, &[&["tagout"], words].concat())
    }

    /// A command that one of the people types, not yet begun.
    pub fn typed(&self, who: &str, words: &[&str]) -> Command {
        let mut command = self.command(words);
        command
            .env("TAGOUT_PROFILE", who)
            .env("TAGOUT_SERVER", &self.address);
        command
    }

    /// A command of somebody who has nothing of tagout.
    pub fn stranger(&mut self, folder: &Path, program: &str, words: &[&str], input: Option<&Path>) -> Answer {
        let mut command = Command::new(program);
        command.args(words).current_dir(folder).stdin(Stdio::null());
        if let Some(input) = input {
            command.stdin(fs::File::open(input).expect("the input"));
        }
        self.run(&mut command, "stranger", &[&[program], words].concat())
    }

    /// The JSON that a command answers.
    pub fn json(&mut self, who: &str, words: &[&str]) -> Value {
        let answer = self.person(who, &[words, &["--json"]].concat()).ok();
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{words:?}: {error}\n{}", answer.out))
    }

    /// Asks again until the answer is as wanted; what is asked again and again stands once in the transcript.
    pub fn until(&mut self, who: &str, words: &[&str], is_wanted: impl Fn(&Answer) -> bool) -> Answer {
        let mut answer = None;
        for _ in 0..LOOKS_MAX {
            let told = self.transcript.len();
            let now = self.person(who, words);
            if is_wanted(&now) {
                return now;
            }
            self.transcript.truncate(told);
            answer = Some(now);
            thread::sleep(PAUSE);
        }
        let last = answer.map(|answer| answer.all()).unwrap_or_default();
        panic!(
            "`{}` does not come to what is waited for; it says\n{last}",
            words.join(" ")
        );
    }

    /// Keeps the public keys of the gate in a file, as somebody without a sign-in fetches them.
    pub fn fetch_keys(&self, file: &str) {
        let client = frame::client::Client::new(&self.address, None).expect("a client");
        let keys: Value = client.get("/jwks.json").expect("the keys of the gate");
        fs::write(file, keys.to_string()).expect("a file of the story");
    }

    /// Now and so many seconds, as commands take it.
    pub fn in_seconds(&self, seconds: i64) -> String {
        use basis::Clock;
        (basis::SystemClock.now() + basis::Span::seconds(seconds)).to_string()
    }
}

impl Answer {
    /// Everything that was printed.
    pub fn all(&self) -> String {
        format!("{}{}", self.err, self.out)
    }

    /// The answer, which must be a yes.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.all());
        self
    }

    /// The answer, which must say each of this.
    pub fn says(self, lines: &[&str]) -> Self {
        let all = self.all();
        for line in lines {
            assert!(all.contains(line), "`{line}` is not in\n{all}");
        }
        self
    }

    /// The answer, which must be a refusal with this exit code that says each of this, and what to do.
    pub fn refused(self, code: i32, lines: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}", self.all());
        assert!(self.err.contains("refused: "), "{}", self.all());
        assert!(
            self.err.contains("  do: "),
            "it does not say what to do:\n{}",
            self.all()
        );
        self.says(lines)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// A member of an answer that is text.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// What programs read is told up to here; what people read is told whole.
const JSON_LINES_MAX: usize = 40;

fn shortened(out: &str) -> String {
    let lines: Vec<&str> = out.lines().collect();
    if !out.starts_with('{') || lines.len() <= JSON_LINES_MAX {
        return out.to_owned();
    }
    let left = lines.len() - JSON_LINES_MAX;
    format!(
        "{}\n(and {left} more lines of JSON)\n",
        lines[..JSON_LINES_MAX].join("\n")
    )
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{word}'")
    }
}
