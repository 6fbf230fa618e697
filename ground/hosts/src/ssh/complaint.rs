//! Reads what `ssh` complains about. Its words have been stable for many releases; what we do not know stays as it is.

use crate::HostError;
use crate::reach::Target;

/// Most characters of a complaint that are kept.
const DETAIL_CHARS_MAX: usize = 300;

/// Turns the log of a failed connection into the error that a person can act on.
pub(crate) fn understand(log: &str, target: &Target) -> HostError {
    let detail = last_line(log);
    let said = |words: &str| log.contains(words);
    if said("REMOTE HOST IDENTIFICATION HAS CHANGED") || said("Host key verification failed") {
        return changed(target, offered_fingerprint(log));
    }
    if said("no matching host key type found") {
        let offer = log.split("Their offer:").nth(1).map(|rest| rest.trim());
        return changed(target, offer.unwrap_or("another kind of key").to_owned());
    }
    if said("Permission denied") || said("Too many authentication failures") || said("no such identity") {
        return HostError::AuthenticationFailed {
            user: target.user.clone(),
            detail,
        };
    }
    HostError::Unreachable {
        detail: if detail.is_empty() {
            "ssh ended without a word".to_owned()
        } else {
            detail
        },
    }
}

fn changed(target: &Target, offered: String) -> HostError {
    HostError::HostKeyChanged {
        expected: target.pinned_host_key.fingerprint(),
        offered: offered.chars().take(DETAIL_CHARS_MAX).collect(),
    }
}

fn offered_fingerprint(log: &str) -> String {
    let words = log.split_whitespace();
    let found = words
        .map(|word| word.trim_end_matches('.'))
        .find(|word| word.starts_with("SHA256:"));
    found.unwrap_or("another key").to_owned()
}

/// The last line that says something, without banners of the host before it.
pub(crate) fn last_line(log: &str) -> String {
    let mut lines = log.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.next_back().unwrap_or_default();
    let line = line.strip_prefix("ssh: ").unwrap_or(line);
    line.chars()
        .filter(|c| !c.is_control())
        .take(DETAIL_CHARS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::{Become, HostKey};

    fn about(log: &str) -> String {
        let key = HostKey::parse(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd",
        );
        let target = Target::new("h", 22, "tagout", "/k", key.unwrap(), Become::Sudo).unwrap();
        understand(log, &target).to_string()
    }

    #[test]
    fn a_changed_key_shows_both_fingerprints() {
        let log = "@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n\
            The fingerprint for the ED25519 key sent by the remote host is\nSHA256:abcDEF.\n\
            Host key verification failed.\r\n";
        let text = about(log);
        assert!(text.starts_with("the host key has changed: `SHA256:"), "{text}");
        assert!(text.ends_with("the host offers `SHA256:abcDEF`"), "{text}");
    }

    #[test]
    fn a_key_of_another_kind_is_a_changed_key() {
        let log = "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: \
            rsa-sha2-512,rsa-sha2-256\r\n";
        assert!(about(log).ends_with("the host offers `rsa-sha2-512,rsa-sha2-256`"));
    }

    #[test]
    fn a_refused_login_and_a_silent_network_are_told_apart() {
        let rows = [
            (
                "tagout@10.0.0.1: Permission denied (publickey).\r\n",
                "the host refused the login of `tagout`",
            ),
            (
                "ssh: connect to host 10.0.0.1 port 22: Connection refused\r\n",
                "the host cannot be reached: connect",
            ),
            (
                "ssh: Could not resolve hostname nowhere: Name or service not known\r\n",
                "the host cannot be reached: Could",
            ),
            (
                "Connection timed out during banner exchange\r\n",
                "the host cannot be reached: Connection timed out",
            ),
            (
                "kex_exchange_identification: Connection closed by remote host\r\n",
                "the host cannot be reached: kex",
            ),
            ("", "the host cannot be reached: ssh ended without a word"),
        ];
        for (log, start) in rows {
            assert!(about(log).starts_with(start), "{log:?}: {}", about(log));
        }
    }
}
