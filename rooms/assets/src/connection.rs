//! How an asset is reached: only by a key that a person confirmed.
//!
//! This stands beside the rules and not among them because it speaks in the words of `hosts`.

use std::path::Path;

use basis::{Class, Refusal};
use hosts::{Become, HostError, HostKey, Reach, Target};

use crate::rules::{AssetId, Connected};

/// How an asset is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// Over SSH, by the key that a person confirmed.
    Ssh(SshConnection),
    /// It is the machine on which this server runs.
    Local,
}

/// How an asset is reached over SSH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshConnection {
    /// DNS name or IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
    /// The login name.
    pub user: String,
    /// How the login user acts as root.
    pub becoming: Become,
    /// The only key that the host may show.
    pub host_key: HostKey,
}

impl Connection {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Connection::Ssh(_) => "ssh",
            Connection::Local => "local",
        }
    }

    /// The way for [`hosts::Host::connect`], logging in with the key in `identity_file`.
    ///
    /// # Errors
    /// [`HostError::Unusable`] when a part cannot be used as an address, a login name or a path.
    pub fn reach(&self, identity_file: &Path) -> Result<Reach, HostError> {
        match self {
            Connection::Local => Ok(Reach::Local),
            Connection::Ssh(ssh) => Target::new(
                &ssh.address,
                ssh.port,
                &ssh.user,
                identity_file,
                ssh.host_key.clone(),
                ssh.becoming,
            )
            .map(Reach::Ssh),
        }
    }
}

/// The word for a way of acting as root.
pub(crate) fn becoming_word(becoming: Become) -> &'static str {
    match becoming {
        Become::Sudo => "sudo",
        Become::Root => "root",
    }
}

/// The way of acting as root with this word.
pub(crate) fn becoming_named(word: &str) -> Option<Become> {
    [Become::Sudo, Become::Root]
        .into_iter()
        .find(|becoming| becoming_word(*becoming) == word)
}

/// Of the keys that the host at this address offered, the one that a person confirmed by its fingerprint.
pub(crate) fn offered<'k, K>(
    keys: &'k [K],
    fingerprint: impl Fn(&K) -> String,
    confirmed: &str,
    address: &str,
) -> Result<&'k K, Refusal> {
    keys.iter().find(|key| fingerprint(key) == confirmed).ok_or_else(|| {
        let offered: Vec<String> = keys.iter().map(&fingerprint).collect();
        let offered = offered.join(", ");
        let what = format!("the host at {address} offers {offered}, which is not what you confirmed");
        Refusal::new(Class::Conflict, "host key", what)
            .way_out("read the fingerprint on the host's own console; if they still differ, treat it as an incident")
    })
}

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
    use basis::Id;

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
    fn of_the_keys_that_a_host_offers_only_the_confirmed_one_is_taken() {
        let keys = [HostKey::parse(KEY).unwrap(), HostKey::parse(OTHER).unwrap()];
        let find = |keys: &[HostKey], confirmed: &str| {
            let found = offered(keys, HostKey::fingerprint, confirmed, "10.0.0.1").cloned();
            found.map_err(|refusal| refusal.what)
        };
        let wanted = keys[1].fingerprint();
        assert_eq!(find(&keys, &wanted).unwrap(), keys[1]);
        for (offered, confirmed) in [(&keys[..1], wanted.as_str()), (&keys[..], ""), (&[], &wanted)] {
            let what = find(offered, confirmed).unwrap_err();
            assert!(
                what.contains("10.0.0.1") && what.contains("not what you confirmed"),
                "{what}"
            );
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
