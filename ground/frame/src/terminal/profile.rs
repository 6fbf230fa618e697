//! Who a person is on which server, kept between two commands.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use basis::{Class, Refusal};
use serde::{Deserialize, Serialize};

use crate::client::Trust;

/// One person's sign-in at one server.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name that `--profile` chooses it by.
    pub name: String,
    /// The server's address.
    pub server: String,
    /// Why this server is believed to be the one that was meant.
    pub trust: Trust,
    /// The token; `None` before signing in and after signing out.
    pub token: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let profile = &mut f.debug_struct("Profile");
        profile
            .field("name", &self.name)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// The file of profiles. It holds tokens, so nobody but its owner may read it.
#[derive(Debug, Clone)]
pub struct Profiles {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    profiles: BTreeMap<String, StoredProfile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredProfile {
    server: String,
    #[serde(default)]
    trust: Trust,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Profiles {
    /// The profiles in the file at `path`, which need not exist.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where the file is kept, from the values of `TAGOUT_PROFILES`, `XDG_CONFIG_HOME` and `HOME` in this order.
    pub fn usual_path(
        own: Option<PathBuf>,
        config_home: Option<PathBuf>,
        home: Option<PathBuf>,
    ) -> Option<PathBuf> {
        let below = |folder: PathBuf| folder.join("tagout").join("profiles.json");
        own.or_else(|| config_home.map(below))
            .or_else(|| home.map(|home| below(home.join(".config"))))
    }

    /// The profile of this name; none yet made answers `None`.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when the file cannot be read or others may read it.
    pub fn find(&self, name: &str) -> Result<Option<Profile>, Refusal> {
        let mut stored = self.read()?;
        Ok(stored.profiles.remove(name).map(|found| Profile {
            name: name.to_owned(),
            server: found.server,
            trust: found.trust,
            token: found.token,
        }))
    }

    /// Keeps a profile, in place of the one of its name.
    ///
    /// # Errors
    /// As [`Profiles::find`], and a refusal of class `Outside` when the file cannot be written.
    pub fn keep(&self, profile: &Profile) -> Result<(), Refusal> {
        let mut stored = self.read()?;
        let kept = StoredProfile {
            server: profile.server.clone(),
            trust: profile.trust.clone(),
            token: profile.token.clone(),
        };
        stored.profiles.insert(profile.name.clone(), kept);
        let text = serde_json::to_string_pretty(&stored).map_err(|error| self.unwritten(&error))?;
        self.write(&text).map_err(|error| self.unwritten(&error))
    }

    fn read(&self) -> Result<Stored, Refusal> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Stored::default()),
            Err(error) => return Err(self.unread(&error.to_string(), "make it readable for yourself")),
        };
        let mode = fs::metadata(&self.path).map(|metadata| metadata.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            let way_out = format!(
                "run `chmod 600 {}`, and sign in anew if others may have read it",
                self.path.display()
            );
            return Err(self.unread("others may read it, and it holds tokens", &way_out));
        }
        serde_json::from_str(&text).map_err(|error| {
            self.unread(
                &error.to_string(),
                "move it away and sign in anew with `tagout login`",
            )
        })
    }

    /// Writes a new file and puts it in the old one's place, so that a full disk costs no token.
    fn write(&self, text: &str) -> std::io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Made with mode 0600 by `tempfile`.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn unread(&self, why: &str, way_out: &str) -> Refusal {
        let what = format!("the profiles in `{}` cannot be used: {why}", self.path.display());
        Refusal::new(Class::Invalid, "profiles", what).way_out(way_out)
    }

    fn unwritten(&self, error: &dyn fmt::Display) -> Refusal {
        let what = format!(
            "the profiles in `{}` cannot be kept: {error}",
            self.path.display()
        );
        Refusal::new(Class::Outside, "profiles", what).way_out("name another file with `TAGOUT_PROFILES`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna(token: Option<&str>) -> Profile {
        Profile {
            name: "anna".to_owned(),
            server: "http://127.0.0.1:7420".to_owned(),
            trust: Trust::System,
            token: token.map(str::to_owned),
        }
    }

    #[test]
    fn a_profile_is_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made").join("profiles.json");
        let profiles = Profiles::at(&path);
        assert_eq!(profiles.find("anna").unwrap(), None);
        profiles.keep(&anna(Some("tagout_1"))).unwrap();
        profiles.keep(&anna(None)).unwrap();
        assert_eq!(profiles.find("anna").unwrap(), Some(anna(None)));
        assert_eq!(profiles.find("ben").unwrap(), None);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn why_a_server_is_believed_is_kept_and_a_file_from_before_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let profiles = Profiles::at(&path);
        let pin = crate::tls::Fingerprint::parse(&"0f".repeat(32)).unwrap();
        for trust in [
            Trust::Pinned(pin),
            Trust::Authority("/etc/ours.pem".into()),
            Trust::System,
        ] {
            let profile = Profile { trust, ..anna(None) };
            profiles.keep(&profile).unwrap();
            assert_eq!(profiles.find("anna").unwrap(), Some(profile));
        }
        let before = r#"{"profiles": {"anna": {"server": "http://127.0.0.1:7420", "token": "tagout_1"}}}"#;
        fs::write(&path, before).unwrap();
        assert_eq!(profiles.find("anna").unwrap(), Some(anna(Some("tagout_1"))));
    }

    #[test]
    fn a_file_that_others_may_read_or_that_makes_no_sense_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let profiles = Profiles::at(&path);
        profiles.keep(&anna(Some("tagout_1"))).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refusal = profiles.find("anna").unwrap_err();
        assert!(
            refusal.what.contains("others may read it") && !refusal.to_string().contains("tagout_1"),
            "{refusal}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "{").unwrap();
        assert!(
            profiles
                .find("anna")
                .unwrap_err()
                .what
                .contains("line 1 column 1")
        );
    }

    #[test]
    fn the_usual_path_follows_the_environment() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(
            Profiles::usual_path(path("/p"), path("/c"), path("/h")),
            path("/p")
        );
        assert_eq!(
            Profiles::usual_path(None, path("/c"), path("/h")),
            path("/c/tagout/profiles.json")
        );
        assert_eq!(
            Profiles::usual_path(None, None, path("/h")),
            path("/h/.config/tagout/profiles.json")
        );
        assert_eq!(Profiles::usual_path(None, None, None), None);
    }

    #[test]
    fn a_token_is_not_printed_with_its_profile() {
        assert!(!format!("{:?}", anna(Some("tagout_1"))).contains("tagout_1"));
    }
}
