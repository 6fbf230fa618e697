//! Settling how an asset is reached: only by a key that a person confirmed.

use basis::{Class, Refusal};
use hosts::HostKey;

use super::asset::{AssetId, Connection, becoming_word};
use super::events::Connected;

/// Refuses a key whose fingerprint is not the one that a person confirmed.
pub(crate) fn check_fingerprint(key: &HostKey, confirmed: &str) -> Result<(), Refusal> {
    if key.fingerprint() == confirmed.trim() {
        return Ok(());
    }
    let shown: String = confirmed.chars().take(60).collect();
    let what = format!(
        "the key's fingerprint is {}, but `{shown}` was confirmed",
        key.fingerprint()
    );
    Err(Refusal::new(Class::Invalid, "host key", what).way_out(
        "read the fingerprint on the host's own console: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`",
    ))
}

/// The event that settles how an asset is reached, `before` being how it was reached until now.
pub(crate) fn connected(asset: AssetId, connection: &Connection, before: Option<&Connection>) -> Connected {
    let ssh = match connection {
        Connection::Ssh(ssh) => Some(ssh),
        Connection::Local => None,
    };
    let key_before = match before {
        Some(Connection::Ssh(ssh)) => Some(&ssh.host_key),
        Some(Connection::Local) | None => None,
    };
    let replaced = key_before.filter(|key| ssh.is_none_or(|ssh| ssh.host_key != **key));
    Connected {
        address: ssh.map(|ssh| ssh.address.clone()),
        asset,
        become_root: ssh.map(|ssh| becoming_word(ssh.becoming).to_owned()),
        fingerprint: ssh.map(|ssh| ssh.host_key.fingerprint()),
        host_key: ssh.map(|ssh| ssh.host_key.to_string()),
        port: ssh.map(|ssh| ssh.port),
        replaces: replaced.map(HostKey::fingerprint),
        user: ssh.map(|ssh| ssh.user.clone()),
        way: connection.name().to_owned(),
    }
}

/// Whether settling it again would change nothing.
pub(crate) fn same_connection(before: Option<&Connection>, after: &Connection) -> bool {
    before == Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::asset::SshConnection;
    use basis::Id;
    use hosts::Become;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd";

    fn ssh(key: &str) -> Connection {
        Connection::Ssh(SshConnection {
            address: "10.0.0.1".into(),
            port: 22,
            user: "tagout".into(),
            becoming: Become::Sudo,
            host_key: HostKey::parse(key).unwrap(),
        })
    }

    #[test]
    fn a_key_is_pinned_only_with_its_own_fingerprint() {
        let key = HostKey::parse(KEY).unwrap();
        assert!(check_fingerprint(&key, &key.fingerprint()).is_ok());
        assert!(check_fingerprint(&key, &format!(" {}\n", key.fingerprint())).is_ok());
        for wrong in [
            "",
            "SHA256:",
            "yes",
            &HostKey::parse(OTHER).unwrap().fingerprint(),
        ] {
            assert!(check_fingerprint(&key, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_replaced_key_is_named_and_an_equal_one_is_not() {
        let id = AssetId::from_number(1);
        assert_eq!(connected(id, &ssh(KEY), None).replaces, None);
        assert_eq!(connected(id, &ssh(KEY), Some(&ssh(KEY))).replaces, None);
        let before = HostKey::parse(OTHER).unwrap().fingerprint();
        assert_eq!(
            connected(id, &ssh(KEY), Some(&ssh(OTHER))).replaces,
            Some(before.clone())
        );
        assert_eq!(
            connected(id, &Connection::Local, Some(&ssh(OTHER))).replaces,
            Some(before)
        );
    }
}
