//! Reaching machines: the one that the tests run on, and those of the lab when it is up.

use std::path::PathBuf;

use assets::{Connection, Flag, Lists, SshConnection};
use basis::{Class, Id};
use hosts::{Become, HostKey};

use crate::house::{House, actor, house, owner, technician};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd";

fn ssh(address: &str, port: u16, host_key: HostKey) -> Connection {
    Connection::Ssh(SshConnection {
        address: address.to_owned(),
        port,
        user: "tagout".to_owned(),
        becoming: Become::Sudo,
        host_key,
    })
}

fn local(house: &House, name: &str) -> assets::Asset {
    let asset = house.register(name);
    assets::connect(&house.organisation, &owner(), asset.id, &Connection::Local, "").unwrap();
    asset
}

#[test]
fn this_machine_is_collected_and_its_state_is_evidence() {
    let house = house();
    let organisation = &house.organisation;
    let asset = local(&house, "this-machine");
    let first = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap();
    let state = first.asset.observed_state().unwrap().clone();
    assert!(!state.kernel.is_empty() && !state.os.is_empty());
    let collected = organisation
        .view(|view| assets::latest_state(organisation, view, asset.id))
        .unwrap()
        .unwrap();
    assert_eq!(collected.evidence, first.evidence);
    assert_eq!(collected.state.kernel.running, state.kernel);
    let packages = organisation
        .view(|view| assets::packages(view, asset.id))
        .unwrap();
    assert_eq!(packages.len() as u64, state.packages);
    assert_eq!(packages, assets::package_records(&collected.state));
    let updates = organisation.view(|view| assets::updates(view, asset.id)).unwrap();
    assert_eq!(state.pending.unwrap_or(0), updates.len() as u64);

    let second = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap();
    assert_ne!(second.evidence, first.evidence);
    // Somebody may install something on this machine meanwhile, so the two states are compared, not taken for equal.
    let later = organisation
        .view(|view| assets::latest_state(organisation, view, asset.id))
        .unwrap()
        .unwrap();
    let packages_later = assets::package_records(&later.state);
    assert_eq!(
        second.packages,
        assets::package_changes(&packages, &packages_later)
    );
    assert_eq!(
        organisation
            .view(|view| assets::packages(view, asset.id))
            .unwrap(),
        packages_later
    );
    let about = organisation
        .view(|view| evidence::about(view, &asset.id.subject()))
        .unwrap();
    assert_eq!(about.len(), 2);
    house.assert_rebuilds();
}

#[test]
fn the_machine_of_the_server_is_one_asset() {
    let house = house();
    let first = local(&house, "first");
    let second = house.register("second");
    let refusal =
        assets::connect(&house.organisation, &owner(), second.id, &Connection::Local, "").unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    let size = house.ledger_size();
    assets::connect(&house.organisation, &owner(), first.id, &Connection::Local, "").unwrap();
    assert_eq!(
        house.ledger_size(),
        size,
        "settling the same again records nothing"
    );
}

#[test]
fn a_clone_of_a_machine_is_flagged_by_its_machine_id() {
    let house = house();
    let organisation = &house.organisation;
    let first = local(&house, "first");
    let state = assets::collect(organisation, &technician(), first.id, Lists::AsTheyAre).unwrap();
    if state.asset.observed_state().unwrap().machine_id.is_empty() {
        println!("skipped: this machine has no machine id");
        return;
    }
    let other_name = |flag: &Flag| matches!(flag, Flag::OtherHostname { .. });
    assert!(state.flags.iter().any(other_name), "{:?}", state.flags);
    // One machine under two ids: the second takes the local way over from the first, whose way becomes another.
    let key = HostKey::parse(KEY).unwrap();
    assets::connect(
        organisation,
        &owner(),
        first.id,
        &ssh("192.0.2.1", 22, key.clone()),
        &key.fingerprint(),
    )
    .unwrap();
    let second = local(&house, "second");
    let collection = assets::collect(organisation, &technician(), second.id, Lists::AsTheyAre).unwrap();
    assert!(
        collection
            .flags
            .contains(&Flag::MachineIdShared { with: vec![first.id] }),
        "{:?}",
        collection.flags
    );
}

#[test]
fn a_host_is_enrolled_only_with_the_fingerprint_of_its_key() {
    let house = house();
    let asset = house.register("web01");
    let key = HostKey::parse(KEY).unwrap();
    let connection = ssh("192.0.2.1", 22, key.clone());
    let size = house.ledger_size();
    for wrong in ["", "yes", "SHA256:AAAA"] {
        let refusal =
            assets::connect(&house.organisation, &owner(), asset.id, &connection, wrong).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid, "{wrong}");
    }
    assert_eq!(house.ledger_size(), size);
    assets::connect(
        &house.organisation,
        &owner(),
        asset.id,
        &connection,
        &key.fingerprint(),
    )
    .unwrap();
    let found = house
        .organisation
        .view(|view| assets::reach(view, asset.id))
        .unwrap();
    assert_eq!(found, Some(connection));
    house.assert_rebuilds();
}

#[test]
fn a_host_that_is_not_enrolled_or_cannot_be_reached_is_refused_with_the_way_out() {
    let house = house();
    let organisation = &house.organisation;
    let asset = house.register("web01");
    let refusal = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert!(
        refusal.way_out[0].contains("tagout asset enrol-host web01"),
        "{refusal}"
    );

    let key = HostKey::parse(KEY).unwrap();
    // Nothing listens on the port of discard here.
    assets::connect(
        organisation,
        &owner(),
        asset.id,
        &ssh("127.0.0.1", 9, key.clone()),
        &key.fingerprint(),
    )
    .unwrap();
    let refusal = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap_err();
    assert_eq!(refusal.class, Class::Outside);
    let attempt = organisation
        .view(|view| assets::failed_attempt(view, asset.id))
        .unwrap()
        .unwrap();
    assert!(!attempt.has_other_host_key);
    let refusal = assets::scan_host_key(organisation, &owner(), asset.id, "127.0.0.1", 9).unwrap_err();
    assert_eq!(refusal.class, Class::Outside);
    house.assert_rebuilds();
}

#[test]
fn the_connection_key_is_made_once_and_its_private_half_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;
    let house = house();
    let auditor = actor(7, basis::Role::Auditor);
    let public = assets::connection_key(&house.organisation, &auditor).unwrap();
    assert!(public.starts_with("ssh-ed25519 "), "{public}");
    assert_eq!(
        assets::connection_key(&house.organisation, &auditor).unwrap(),
        public
    );
    let file = assets::identity_file(&house.organisation).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

/// Name, address and host key of each host of the lab, and the private key that opens them.
fn lab() -> Option<(Vec<[String; 3]>, PathBuf)> {
    let Some(table) = std::env::var_os("TAGOUT_LAB_HOSTS").map(PathBuf::from) else {
        println!("skipped: TAGOUT_LAB_HOSTS does not name the hosts.tsv of a lab");
        return None;
    };
    let text = std::fs::read_to_string(&table).unwrap();
    let host = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        [
            cells.next().unwrap(),
            cells.next().unwrap(),
            cells.next().unwrap(),
        ]
    };
    let identity = table.parent().unwrap().join("keys/tagout");
    Some((text.lines().map(host).collect(), identity))
}

#[test]
fn hosts_of_the_lab_are_enrolled_by_their_key_and_collected() {
    let Some((lab_hosts, identity)) = lab() else {
        return;
    };
    let house = house();
    let organisation = &house.organisation;
    // The lab lets its own key in, which stands in for the one that the server would make.
    let own = assets::identity_file(organisation).unwrap();
    std::fs::copy(&identity, &own).unwrap();
    // `ssh` offers the public half that lies beside the private one.
    std::fs::copy(identity.with_extension("pub"), own.with_extension("pub")).unwrap();
    for [name, address, known_key] in &lab_hosts {
        let asset = house.register(name);
        let offered = assets::scan_host_key(organisation, &owner(), asset.id, address, 22).unwrap();
        let known = HostKey::parse(known_key).unwrap();
        assert!(offered.contains(&known), "{name}");
        let connection = ssh(address, 22, known.clone());
        assets::connect(
            organisation,
            &owner(),
            asset.id,
            &connection,
            &known.fingerprint(),
        )
        .unwrap();
        let collection = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap();
        let state = collection.asset.observed_state().unwrap();
        println!(
            "{name}: {} {} pending {:?} security {:?}",
            state.os, state.kernel, state.pending, state.security
        );
        assert!(state.packages > 0 && state.pending.is_some());
    }
    let [_, address, _] = &lab_hosts[0];
    let asset = organisation
        .view(|view| assets::by_name(view, &lab_hosts[0][0]))
        .unwrap()
        .unwrap();
    let other = HostKey::parse(KEY).unwrap();
    assets::connect(
        organisation,
        &owner(),
        asset.id,
        &ssh(address, 22, other.clone()),
        &other.fingerprint(),
    )
    .unwrap();
    let refusal = assets::collect(organisation, &technician(), asset.id, Lists::AsTheyAre).unwrap_err();
    assert!(refusal.what.contains("host key has changed"), "{refusal}");
    let attempt = organisation
        .view(|view| assets::failed_attempt(view, asset.id))
        .unwrap()
        .unwrap();
    assert!(attempt.has_other_host_key);
    house.assert_rebuilds();
}
