//! Running one command behind the gate, without a shell.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use basis::{Class, Refusal};
use frame::terminal::{Context, print_refusal};

use super::gate::{QuestionArgs, say_warning};
use crate::api::{GateView, OUTPUT_BYTES_MAX, ReportView};

/// How much is kept of the output, less than what the server takes so that the head and the last line fit.
const KEPT_BYTES_MAX: u64 = OUTPUT_BYTES_MAX - 64 * 1024;
/// The exit code where the command passed but its output could not be handed in.
const EXIT_NOT_REPORTED: i32 = 8;

/// Asks the gate, runs the command, hands in its output, and ends this program with the command's exit code.
pub(super) fn run(context: &Context, question: &QuestionArgs, command: &[OsString]) -> Result<(), Refusal> {
    let answer = question.ask(context)?;
    say_warning(&answer);
    let mut transcript = tempfile::NamedTempFile::new()
        .map_err(|error| outside(format!("no file for the output: {error}")))?;
    let head = format!("command: {command:?}\npermit: {}\n\n", answer.rule);
    transcript
        .write_all(head.as_bytes())
        .map_err(|error| outside(format!("the output cannot be kept: {error}")))?;
    let (status, duration) = carry_out(command, transcript.as_file_mut())?;
    let code = exit_code(status);
    let last = format!("\nexit code: {code}\nduration: {} ms\n", duration.as_millis());
    let handed_in = transcript
        .write_all(last.as_bytes())
        .map_err(|error| outside(format!("the output cannot be kept: {error}")))
        .and_then(|()| hand_in(context, &answer, transcript.path(), code, duration));
    match handed_in {
        Ok(report) => eprintln!("kept as {}", report.evidence),
        Err(refusal) => {
            print_refusal(&refusal, context.output);
            if let Ok((_, path)) = transcript.keep() {
                eprintln!(
                    "the output is in `{}`; add it with `tagout evidence add`",
                    path.display()
                );
            }
            std::process::exit(if code == 0 {
                EXIT_NOT_REPORTED
            } else {
                i32::from(code)
            })
        }
    }
    // Nothing cleans up behind an exit: the transcript is removed first.
    drop(transcript);
    std::process::exit(i32::from(code))
}

fn outside(what: String) -> Refusal {
    Refusal::new(Class::Outside, "gate exec", what).way_out("free space in the folder for temporary files")
}

// The clock is asked here because the duration of a real process is measured, at the edge.
#[allow(clippy::disallowed_methods)]
fn carry_out(command: &[OsString], transcript: &mut File) -> Result<(ExitStatus, Duration), Refusal> {
    let failed = |error: std::io::Error| {
        Refusal::new(
            Class::Outside,
            "gate exec",
            format!("`{}` cannot be run: {error}", command[0].to_string_lossy()),
        )
        .way_out("name a program that is there; no shell looks at the command")
    };
    let began = std::time::Instant::now();
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    copy_output(&mut child, transcript);
    let status = child.wait().map_err(failed)?;
    Ok((status, began.elapsed()))
}

/// What is kept of the output, in the order in which it came.
struct Kept<'f> {
    file: &'f mut File,
    bytes: u64,
}

fn copy_output(child: &mut Child, transcript: &mut File) {
    let kept = Mutex::new(Kept {
        file: transcript,
        bytes: 0,
    });
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|threads| {
        threads.spawn(|| copy(out, std::io::stdout(), &kept));
        copy(err, std::io::stderr(), &kept);
    });
}

/// Passes the output on as it comes, and keeps it. An end that nobody reads any more does not stop the command.
fn copy(from: Option<impl Read>, mut to: impl Write, kept: &Mutex<Kept<'_>>) {
    let Some(mut from) = from else {
        return;
    };
    let mut room = [0; 16 * 1024];
    loop {
        let count = match from.read(&mut room) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let _ = to.write_all(&room[..count]).and_then(|()| to.flush());
        let mut kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept.take(&room[..count]);
    }
}

impl Kept<'_> {
    fn take(&mut self, bytes: &[u8]) {
        if self.bytes > KEPT_BYTES_MAX {
            return;
        }
        let left = usize::try_from(KEPT_BYTES_MAX - self.bytes).unwrap_or(usize::MAX);
        let fits = &bytes[..bytes.len().min(left)];
        // A full disk shows when the last line is written.
        let _ = self.file.write_all(fits);
        self.bytes += bytes.len() as u64;
        if self.bytes > KEPT_BYTES_MAX {
            let _ = self.file.write_all(b"\n(cut here: the output goes on)\n");
        }
    }
}

/// The exit code as shells give it: 128 and the signal's number where a signal ended the command.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(255)
}

fn hand_in(
    context: &Context,
    answer: &GateView,
    transcript: &std::path::Path,
    code: u8,
    duration: Duration,
) -> Result<ReportView, Refusal> {
    let jti = answer.jti.as_deref().unwrap_or_default();
    let path = format!(
        "/gate/reports?jti={jti}&exit_code={code}&duration_ms={}",
        duration.as_millis()
    );
    context.client.upload(&path, transcript, "text/plain", |_, _| {})
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Seek;

    #[test]
    fn the_output_is_kept_and_the_exit_code_known() {
        let command: Vec<OsString> = ["sh", "-c", "echo out; echo err >&2; exit 3"]
            .map(OsString::from)
            .into();
        let mut file = tempfile::tempfile().unwrap();
        let (status, _) = carry_out(&command, &mut file).unwrap();
        assert_eq!(exit_code(status), 3);
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        assert!(text.contains("out\n") && text.contains("err\n"), "{text}");
    }

    #[test]
    fn a_signal_has_an_exit_code_and_a_missing_program_is_named() {
        let command: Vec<OsString> = ["sh", "-c", "kill -9 $$"].map(OsString::from).into();
        let (status, _) = carry_out(&command, &mut tempfile::tempfile().unwrap()).unwrap();
        assert_eq!(exit_code(status), 137);
        let missing = [OsString::from("/no/such/program")];
        let refusal = carry_out(&missing, &mut tempfile::tempfile().unwrap()).unwrap_err();
        assert!(refusal.what.contains("/no/such/program"), "{refusal}");
    }

    #[test]
    fn output_is_kept_up_to_its_limit_and_says_where_it_was_cut() {
        let mut file = tempfile::tempfile().unwrap();
        let mut kept = Kept {
            file: &mut file,
            bytes: KEPT_BYTES_MAX - 4,
        };
        kept.take(b"1234");
        kept.take(b"5");
        kept.take(b"6");
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "1234\n(cut here: the output goes on)\n");
    }
}
