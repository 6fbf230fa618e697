//! The independent verifier, running beside: packages go in one pipe, verdicts come out of the other.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// One process of the verifier.
pub struct SecondOpinion {
    child: Child,
    pub questions: Questions,
    pub answers: Answers,
}

/// The pipe into the process.
pub struct Questions(ChildStdin);

/// The pipe out of the process.
pub struct Answers(BufReader<ChildStdout>);

impl SecondOpinion {
    /// Starts `python3 <program> --batch --key <key>`.
    pub fn start(program: &Path, key: &str) -> io::Result<Self> {
        let mut child = Command::new("python3")
            .arg(program)
            .args(["--batch", "--key", key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("the process has no pipes"))?;
        Ok(Self {
            child,
            questions: Questions(input),
            answers: Answers(BufReader::new(output)),
        })
    }

    /// The two pipes, for two threads, and the process to wait for once both are closed.
    pub fn split(self) -> (Questions, Answers, Child) {
        (self.questions, self.answers, self.child)
    }
}

impl Questions {
    /// Sends an archive. Nothing is held back, so that the process never waits for what we believe sent.
    pub fn ask(&mut self, archive: &[u8]) -> io::Result<()> {
        self.0.write_all(&(archive.len() as u32).to_le_bytes())?;
        self.0.write_all(archive)
    }
}

impl Answers {
    /// The next verdict: `yes` or `no <code>`.
    pub fn next(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(io::Error::other("the second verifier stopped answering")),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
