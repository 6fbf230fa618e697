//! Reads the machine that runs the tests.

use hosts::{Command, Host, HostError, JobId, JobState, Learned, OsFamily, Reach, Rights, Timeouts};

fn here() -> Host {
    let folder = tempfile::tempdir().unwrap();
    Host::connect(&Reach::Local, folder.path(), Timeouts::default()).unwrap()
}

#[test]
fn this_machine_is_read_without_ssh_and_its_state_is_kept_as_it_was() {
    let state = hosts::collect(&here()).unwrap();
    assert_ne!(state.os.id, "");
    assert_ne!(state.hostname, "");
    assert!(state.boot_id.known().is_some() && state.uptime_s.known().is_some());
    assert!(
        state
            .disks
            .iter()
            .any(|disk| disk.path == "/" && disk.total_bytes > 0)
    );
    if state.os.family == OsFamily::Debian {
        let own = state
            .package(&hosts::PackageName::parse("dpkg").unwrap())
            .unwrap();
        assert_eq!((own.name.as_str(), own.source.as_str()), ("dpkg", "dpkg"));
        assert!(state.packages.len() > 50);
    }
    assert_eq!(
        matches!(state.old_services, Learned::Unknown(_)),
        state.rights == Rights::LoginUser
    );
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<hosts::HostState>(&text).unwrap(), state);
    println!(
        "{}: {} packages, {:?} pending, {:?}",
        state.os.pretty_name,
        state.packages.len(),
        state.updates.known().map(|updates| updates.pending.len()),
        state.reboot
    );
}

#[test]
fn local_commands_have_limits_too() {
    let host = here();
    let short = std::time::Duration::from_secs(1);
    let error = host
        .run(&Command::new(["sleep", "30"]).timeout(short))
        .unwrap_err();
    assert_eq!(error.to_string(), "`sleep` did not end within 1 s");
    assert!(matches!(
        host.run(&Command::new(["no-such-program"])),
        Err(HostError::CommandMissing { .. })
    ));
}

#[test]
fn a_job_that_nobody_started_has_no_state_but_that() {
    let host = here();
    let job = JobId::parse("no-such-job").unwrap();
    match hosts::jobs::poll(&host, &job) {
        Ok(state) => assert_eq!(state, JobState::NotStarted),
        Err(HostError::SudoRefused { .. } | HostError::CommandMissing { .. }) => {
            println!("skipped: only root may look at jobs");
        }
        Err(error) => panic!("{error}"),
    }
}
