//! Runs the command between two rings.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use basis::Refusal;
use hosts::{Exit, HostError};
use runs::{Gate, GateCommand, GatePlace, Run, RunRing, Verdict};
use rustix::process::{Pid, Signal, kill_process_group};
use storage::Organisation;

use crate::drive::way;
use crate::link::{Link, now};
use crate::{Patience, Witness};

/// The most bytes of each of its outputs that are looked at.
const OUTPUT_BYTES_MAX: u64 = 64 * 1024;
/// How long the last of its words may take once it has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Exit code 0 is a pass and 1 a fail, as for test(1) and grep(1); everything else says that it could not be told.
fn verdict(code: Option<i32>) -> Verdict {
    match code {
        Some(0) => Verdict::Pass,
        Some(1) => Verdict::Fail,
        _ => Verdict::Unknown,
    }
}

/// Asks the gate behind the ring `at`, counted from 0, and records what it said.
pub(crate) fn ask(
    organisation: &Organisation,
    patience: &Patience,
    witness: &dyn Witness,
    run: &Run,
    at: usize,
) -> Result<(), Refusal> {
    let Gate::Command(command) = &run.rings[at].gate else {
        return Ok(());
    };
    witness.reached("gate: asked for");
    let (verdict, said) = match (runs::gate_hindrance(organisation, run, at)?, command.on) {
        (Some(why), _) => (Verdict::Unknown, format!("the command was not run: {why}")),
        (None, GatePlace::Controller) => here(command),
        (None, GatePlace::Hosts) => on_hosts(organisation, patience, &run.rings[at], command),
    };
    witness.reached("gate: answered");
    runs::note_gate(organisation, run.id, at, verdict, &said)
}

/// Every member of the ring is asked, also those that failed: their silence is no pass.
fn on_hosts(
    organisation: &Organisation,
    patience: &Patience,
    ring: &RunRing,
    command: &GateCommand,
) -> (Verdict, String) {
    let mut worst = Verdict::Pass;
    let mut said = Vec::new();
    for member in &ring.members {
        let (verdict, words) = match way(organisation, &member.asset, patience) {
            Ok(way) => on_host(&mut Link::new(way), patience, command),
            Err(refusal) => (Verdict::Unknown, refusal.what),
        };
        worst = worst.worse(verdict);
        said.push(format!("{}: {verdict}: {words}", member.asset));
    }
    (worst, said.join("\n"))
}

/// Runs it on this machine.
fn here(gate: &GateCommand) -> (Verdict, String) {
    let mut command = Command::new(&gate.argv[0]);
    command
        .args(&gate.argv[1..])
        // It is told nothing of the server's environment, and does not start in the data directory's neighbourhood.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return (Verdict::Unknown, format!("it could not be started: {error}")),
    };
    let out = child.stdout.take().map(reading);
    let err = child.stderr.take().map(reading);
    let code = wait(&mut child, Duration::from_secs(gate.timeout_s.into()));
    end_group(&child);
    let Some(code) = code else {
        return (
            Verdict::Unknown,
            format!("it did not end within {} s", gate.timeout_s),
        );
    };
    let said = [out, err]
        .into_iter()
        .flatten()
        .filter_map(|words| words.recv_timeout(LAST_WORDS).ok())
        .collect::<Vec<_>>()
        .join("\n");
    let end = code.map_or_else(|| "it was killed".to_owned(), |code| format!("exit {code}"));
    (verdict(code), format!("{end}: {}", said.trim()))
}

/// Its exit code, none of its own where it was killed; none at all where it did not end in time.
fn wait(child: &mut Child, longest: Duration) -> Option<Option<i32>> {
    let began = now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.code()),
            Ok(None) if began.elapsed() < longest => thread::sleep(LOOK),
            _ => {
                // Whatever it may say later does not count.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// Ends what the command left behind in its process group.
fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // Where nothing is left there is no such group.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Reads on a thread of its own, which ends with the stream: what escaped from the group may hold it for ever.
fn reading(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (send, words) = mpsc::channel();
    thread::spawn(move || send.send(read(stream)));
    words
}

fn read(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // What is beyond the limit is read and dropped, so that the command does not wait for us.
    let taken = stream.by_ref().take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
    if taken.is_ok() {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs it on a host.
fn on_host(link: &mut Link, patience: &Patience, gate: &GateCommand) -> (Verdict, String) {
    let command = hosts::Command::new(gate.argv.iter().map(String::as_bytes))
        .timeout(Duration::from_secs(gate.timeout_s.into()))
        .output_bytes_max(OUTPUT_BYTES_MAX as usize);
    // A command that broke off may have had an effect, so only the connection is tried again, not the command.
    let ran = link.with(patience.before_work, |host| match host.run(&command) {
        Err(error @ (HostError::TimedOut { .. } | HostError::ConnectionLost { .. })) => Ok(Err(error)),
        answer => answer.map(Ok),
    });
    match ran {
        Ok(Ok(output)) => {
            let code = match output.exit {
                Exit::Code(code) => Some(code),
                Exit::Killed => None,
            };
            let said = format!("{}\n{}", output.text(), String::from_utf8_lossy(&output.stderr));
            (verdict(code), format!("{}: {}", output.exit, said.trim()))
        }
        Ok(Err(error)) | Err(error) => (Verdict::Unknown, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(script: &str, timeout_s: u32) -> (Verdict, String) {
        let argv = ["/bin/sh", "-c", script].map(String::from).to_vec();
        here(&GateCommand {
            argv,
            on: GatePlace::Controller,
            timeout_s,
        })
    }

    #[test]
    fn only_exit_codes_0_and_1_say_something() {
        assert_eq!(gate("echo well", 10), (Verdict::Pass, "exit 0: well".to_owned()));
        assert_eq!(
            gate("echo no >&2; exit 1", 10),
            (Verdict::Fail, "exit 1: no".to_owned())
        );
        assert_eq!(gate("exit 2", 10).0, Verdict::Unknown);
        assert_eq!(gate("kill -9 $$", 10).0, Verdict::Unknown);
    }

    #[test]
    fn a_gate_that_cannot_start_or_does_not_end_is_no_pass() {
        let missing = GateCommand {
            argv: vec!["/no/such".into()],
            on: GatePlace::Controller,
            timeout_s: 1,
        };
        assert_eq!(here(&missing).0, Verdict::Unknown);
        let (verdict, said) = gate("exec tail -f /dev/null", 1);
        assert_eq!(
            (verdict, said.as_str()),
            (Verdict::Unknown, "it did not end within 1 s")
        );
    }

    #[test]
    fn what_a_gate_leaves_behind_holds_nobody_up() {
        let began = now();
        // The first stays in the group of the command and is ended with it, the second escapes and holds the output.
        assert_eq!(gate("tail -f /dev/null & echo well", 30).1, "exit 0: well");
        assert_eq!(
            gate("setsid timeout 60 tail -f /dev/null & echo well", 30).0,
            Verdict::Pass
        );
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    }

    #[test]
    fn a_gate_that_says_more_than_is_looked_at_still_ends() {
        let (verdict, said) = gate("head -c 3000000 /dev/zero | tr '\\0' x", 30);
        assert_eq!(
            (verdict, said.len()),
            (Verdict::Pass, OUTPUT_BYTES_MAX as usize + "exit 0: ".len())
        );
    }
}
