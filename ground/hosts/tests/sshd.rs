//! Drives a real `sshd` that each test starts for itself on a high port, with its own host key.

mod own_sshd;

use std::time::Duration;

use hosts::{Command, Exit, Host, HostError, HostKey, Reach, Timeouts, scan_host_key};
use own_sshd::OwnSshd;

macro_rules! start_or_skip {
    () => {
        match OwnSshd::start() {
            Ok(sshd) => sshd,
            Err(why) => {
                println!("skipped: {why}");
                return;
            }
        }
    };
}

fn connect(sshd: &OwnSshd) -> Host {
    Host::connect(&sshd.reach(), sshd.control_dir(), Timeouts::default()).unwrap()
}

#[test]
fn commands_run_over_one_connection_and_bytes_arrive_unchanged() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    let every_byte: Vec<u8> = (1..=255).collect();
    let output = host
        .run(&Command::new([
            b"printf".to_vec(),
            b"%s".to_vec(),
            every_byte.clone(),
        ]))
        .unwrap();
    assert_eq!(output.stdout, every_byte);
    let input: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let output = host.run(&Command::new(["cat"]).stdin(&input)).unwrap();
    assert!(output.stdout == input && !output.is_truncated);
    let output = host
        .run(&Command::new(["sh", "-c", "echo no >&2; exit 7"]))
        .unwrap();
    assert_eq!(
        (output.exit, output.stderr.as_slice()),
        (Exit::Code(7), &b"no\n"[..])
    );
    assert_eq!(sshd.logins(), 1);
}

#[test]
fn many_commands_at_once_share_the_connection() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let host = &host;
            scope.spawn(move || {
                let output = host
                    .run(&Command::new(["echo".to_owned(), number.to_string()]))
                    .unwrap();
                assert_eq!(output.text(), format!("{number}\n"));
            });
        }
    });
    assert_eq!(sshd.logins(), 1);
}

#[test]
fn the_environment_of_the_login_is_not_passed_on() {
    let sshd = start_or_skip!();
    let text = connect(&sshd)
        .run(&Command::new(["env"]).env("TAGOUT", "1 2"))
        .unwrap()
        .text();
    let names: Vec<&str> = text.lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["PATH", "LC_ALL", "DEBIAN_FRONTEND", "TAGOUT"]);
}

#[test]
fn output_beyond_the_limit_is_cut_and_said_to_be() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    let count = |bytes: usize, keep: usize| {
        let command = Command::new(["head", "-c", &bytes.to_string(), "/dev/zero"]).output_bytes_max(keep);
        let output = host.run(&command).unwrap();
        (output.stdout.len(), output.is_truncated)
    };
    assert_eq!(count(100_000, 100_000), (100_000, false));
    assert_eq!(count(100_001, 100_000), (100_000, true));
}

#[test]
fn a_command_that_does_not_end_is_ended_on_the_host() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    let marker = format!("987{}", std::process::id());
    let error = host
        .run(&Command::new(["sleep", &marker]).timeout(Duration::from_secs(1)))
        .unwrap_err();
    assert_eq!(error.to_string(), "`sleep` did not end within 1 s");
    let listed = host
        .run(&Command::new(["pgrep", "-f", &format!("^sleep {marker}$")]))
        .unwrap();
    assert_eq!(listed.text(), "");
}

#[test]
fn a_killed_command_is_not_a_lost_connection() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    // `timeout` passes the signal on as 128 + 9 unless the whole group is killed.
    let output = host.run(&Command::new(["sh", "-c", "kill -9 $PPID"])).unwrap();
    assert_eq!(output.exit, Exit::Killed);
    assert!(host.is_connected());
}

#[test]
fn a_missing_program_is_named() {
    let sshd = start_or_skip!();
    let error = connect(&sshd)
        .run(&Command::new(["no-such-program"]))
        .unwrap_err();
    assert_eq!(error.to_string(), "the host has no program `no-such-program`");
}

#[test]
fn a_file_is_written_whole_and_read_back() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    let path = sshd
        .folder()
        .join("a file with 'quotes'")
        .to_string_lossy()
        .into_owned();
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    host.write_file(&path, &bytes, 0o640).unwrap();
    assert_eq!(host.read_file(&path, bytes.len()).unwrap(), bytes);
    let error = host.read_file(&path, bytes.len() - 1).unwrap_err();
    assert!(
        matches!(
            error,
            HostError::OutputTooLarge {
                limit_bytes: 69_999,
                ..
            }
        ),
        "{error}"
    );
    let mode = host
        .run(&Command::new(["stat", "-c", "%a", &path]))
        .unwrap()
        .text();
    assert_eq!(mode, "640\n");
    let error = host.read_file("/nowhere", 10).unwrap_err();
    assert_eq!(error.to_string(), "the host has no file `/nowhere`");
    let error = host.write_file("/nowhere/x", b"x", 0o600).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("writing `/nowhere/x` failed on the host (exit 1): "),
        "{error}"
    );
}

#[test]
fn another_host_key_is_refused_and_both_fingerprints_are_shown() {
    let sshd = start_or_skip!();
    let other = OwnSshd::make_key(&sshd.folder().join("other"));
    let reach = Reach::Ssh(sshd.target(other.clone()));
    let error = Host::connect(&reach, sshd.control_dir(), Timeouts::default()).unwrap_err();
    let HostError::HostKeyChanged { expected, offered } = &error else {
        panic!("{error}");
    };
    assert_eq!(expected, &other.fingerprint());
    assert_eq!(offered, &sshd.host_key().fingerprint());
}

#[test]
fn a_key_that_the_host_does_not_know_is_refused() {
    let sshd = start_or_skip!();
    sshd.forget_our_key();
    let error = Host::connect(&sshd.reach(), sshd.control_dir(), Timeouts::default()).unwrap_err();
    assert!(matches!(error, HostError::AuthenticationFailed { .. }), "{error}");
}

#[test]
fn a_port_where_nobody_listens_is_unreachable() {
    let sshd = start_or_skip!();
    let reach = sshd.reach();
    sshd.stop();
    let error = Host::connect(&reach, sshd.control_dir(), Timeouts::default()).unwrap_err();
    assert!(
        error.to_string().contains("Connection refused") && error.is_passing(),
        "{error}"
    );
}

#[test]
fn a_host_that_accepts_and_says_nothing_runs_into_the_limit() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let sshd = start_or_skip!();
    let port = listener.local_addr().unwrap().port();
    let reach = Reach::Ssh(sshd.target_at(port));
    let timeouts = Timeouts {
        connect: Duration::from_secs(1),
        ..Timeouts::default()
    };
    let error = Host::connect(&reach, sshd.control_dir(), timeouts).unwrap_err();
    assert!(error.is_passing(), "{error}");
}

#[test]
fn a_connection_that_breaks_in_the_middle_is_lost_and_the_next_one_works() {
    let sshd = start_or_skip!();
    let host = connect(&sshd);
    let error = std::thread::scope(|scope| {
        let running = scope.spawn(|| host.run(&Command::new(["sh", "-c", "echo started; sleep 60"])));
        sshd.cut_when_busy("sleep 60");
        running.join().unwrap().unwrap_err()
    });
    assert!(matches!(error, HostError::ConnectionLost { .. }), "{error}");
    assert!(!host.is_connected());
    assert!(matches!(
        host.run(&Command::new(["true"])),
        Err(HostError::ConnectionLost { .. })
    ));
    assert!(
        connect(&sshd)
            .run(&Command::new(["true"]))
            .unwrap()
            .exit
            .is_success()
    );
}

#[test]
fn the_scan_shows_the_key_of_the_host() {
    let sshd = start_or_skip!();
    assert_eq!(
        scan_host_key("127.0.0.1", sshd.port()).unwrap(),
        [sshd.host_key().clone()]
    );
    assert!(HostKey::KINDS.contains(&sshd.host_key().kind()));
    let port = sshd.port();
    sshd.stop();
    assert!(matches!(
        scan_host_key("127.0.0.1", port),
        Err(HostError::Unreachable { .. })
    ));
}

#[test]
fn nothing_is_left_behind_when_the_connection_is_closed() {
    let sshd = start_or_skip!();
    drop(connect(&sshd));
    assert_eq!(std::fs::read_dir(sshd.control_dir()).unwrap().count(), 0);
}
