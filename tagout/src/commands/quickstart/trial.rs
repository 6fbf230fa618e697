//! The trial organisation: its folder, its three people, their passwords and keys in files.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use basis::{Actor, Authentication, Class, Clock, Id, PersonId, Proven, Refusal, Role, SystemClock};
use people::{Acceptance, Founding, Handle, Secret};
use storage::{Organisation, Settings};

use super::super::found::found;

/// One of the three people: handle, name, roles.
pub(super) struct Persona {
    pub(super) handle: &'static str,
    pub(super) name: &'static str,
    pub(super) roles: &'static [Role],
}

/// Who works in the trial organisation. The first founds it.
pub(super) const PEOPLE: [Persona; 3] = [
    Persona {
        handle: "anna",
        name: "Anna Ames",
        roles: &[Role::Administrator],
    },
    Persona {
        handle: "ben",
        name: "Ben Ortiz",
        roles: &[Role::Requester, Role::Technician],
    },
    Persona {
        handle: "dana",
        name: "Dana Reyes",
        roles: &[Role::Approver, Role::SystemOwner, Role::Supervisor],
    },
];

/// The data directory of the trial and the folder with what its people would know by heart.
pub(super) struct Trial {
    pub(super) data: PathBuf,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Refusal + '_ {
    move |error| {
        Refusal::new(
            Class::Outside,
            "trial files",
            format!("`{}`: {error}", path.display()),
        )
        .way_out("make room and permissions, then start again; it goes on where it stopped")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Trial {
    pub(super) fn at(data: &Path) -> Result<Self, Refusal> {
        let trial = Self {
            data: data.to_owned(),
        };
        let folder = trial.folder();
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&folder)
            .map_err(failed(&folder))?;
        Ok(trial)
    }

    fn folder(&self) -> PathBuf {
        self.data.join("trial")
    }

    /// A file of the trial, by its name.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes a file that only its owner reads, unless it is there.
    pub(super) fn keep(&self, name: &str, content: &str) -> Result<PathBuf, Refusal> {
        let path = self.file(name);
        let made = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        match made {
            Ok(mut file) => file.write_all(content.as_bytes()).map_err(failed(&path))?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(&path)(error)),
        }
        Ok(path)
    }

    /// The steps that have been done.
    pub(super) fn done(&self) -> Vec<String> {
        fs::read_to_string(self.file("done"))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Notes a step as done.
    pub(super) fn note_done(&self, step: &str) -> Result<(), Refusal> {
        let path = self.file("done");
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed(&path))?;
        writeln!(file, "{step}")
            .and_then(|()| file.sync_all())
            .map_err(failed(&path))
    }

    /// Opens the organisation, founding it at the first start; its people are set up either way.
    pub(super) fn organisation(&self) -> Result<Organisation, Refusal> {
        let settings = Settings::beside(&self.data);
        let organisation = if self.data.join("origin").exists() {
            tagout::open(&settings)?
        } else {
            let founding = Founding {
                name: "Example Engineering".to_owned(),
                handle: Handle::parse(PEOPLE[0].handle)?,
                person: PEOPLE[0].name.to_owned(),
                roles: PEOPLE[0].roles.iter().copied().collect(),
                policy: policy::DEFAULT_POLICY.to_owned(),
            };
            found(&settings, &founding)?.0
        };
        PEOPLE
            .iter()
            .try_for_each(|persona| self.set_up(&organisation, persona))?;
        Ok(organisation)
    }

    /// Enrols a person and accepts their invitation with a password and a secret that are kept in the trial's folder.
    fn set_up(&self, organisation: &Organisation, persona: &Persona) -> Result<(), Refusal> {
        let step = format!("set up {}", persona.handle);
        if self.done().contains(&step) {
            return Ok(());
        }
        let anna = Actor {
            person: PersonId::from_number(1),
            authentication: Authentication::Setup,
            proven: Proven::Now,
            roles: [Role::Administrator].into(),
            scope: None,
        };
        let handle = Handle::parse(persona.handle)?;
        let known = organisation.view(|view| people::resolve(view, persona.handle))?;
        let invitation = match known {
            Some(person) => people::invite(organisation, &anna, person.id)?,
            None => people::enrol(
                organisation,
                &anna,
                &handle,
                persona.name,
                persona.roles.iter().copied().collect(),
            )?,
        };
        let random = organisation.chance().thirty_two();
        let (secret, password) = (Secret::from_bytes(&random[..20]), hex(&random[20..]));
        let password_path = self.keep(&format!("{}.password", persona.handle), &password)?;
        let secret_path = self.keep(&format!("{}.secret", persona.handle), &secret.to_base32())?;
        let read = |path: &Path| fs::read_to_string(path).map_err(failed(path));
        let secret = Secret::from_base32(&read(&secret_path)?)?;
        let (password, totp_secret) = (read(&password_path)?, secret.to_base32());
        let acceptance = Acceptance {
            invitation: &invitation.code,
            password: password.trim(),
            totp_secret: &totp_secret,
            totp_code: &secret.code_at(SystemClock.now()),
        };
        people::accept(organisation, &acceptance)?;
        self.make_signing_key(persona)?;
        self.note_done(&step)
    }

    fn make_signing_key(&self, persona: &Persona) -> Result<(), Refusal> {
        let key = self.file(&format!("{}.key", persona.handle));
        if key.exists() {
            return Ok(());
        }
        let status = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", persona.handle, "-f"])
            .arg(&key)
            .status()
            .map_err(failed(&key))?;
        if status.success() {
            return Ok(());
        }
        Err(
            Refusal::new(Class::Outside, "trial files", "`ssh-keygen` made no signing key")
                .way_out("install the Debian package `openssh-client`"),
        )
    }
}
