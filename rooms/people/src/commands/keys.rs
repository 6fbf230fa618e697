//! Enrolling and revoking signing keys.

use std::fs;
use std::path::{Path, PathBuf};

use basis::{Class, Refusal};
use clap::Subcommand;
use formats::sshsig::PublicKey;
use frame::Method;
use frame::terminal::{Command, Context, Table};

use super::enrolment::unreadable;
use crate::api::{EnrolKeyRequest, ReasonRequest, TextToSign};
use crate::signer::sign_with_ssh_keygen;
use crate::views::{KeyView, PersonWithKeys};

/// Keys with which you sign approvals
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Show your keys
    List,
    /// Enrol a key: signs a proof with `ssh-keygen` and sends it
    Enrol {
        /// The private key, or the public half of one that an agent or security key holds
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Revoke a key; what it signed before stays good
    Revoke {
        /// The key's id
        key: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// The public half that belongs to a key file.
fn public_half(key: &Path) -> Result<String, Refusal> {
    let path = if key.extension().is_some_and(|ending| ending == "pub") {
        key.to_owned()
    } else {
        let mut name = key.as_os_str().to_owned();
        name.push(".pub");
        PathBuf::from(name)
    };
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    let key = PublicKey::parse_openssh(text.trim()).map_err(|error| {
        Refusal::new(
            Class::Invalid,
            "signing key",
            format!("`{}` cannot be used: {error}", path.display()),
        )
        .way_out("make one with `ssh-keygen -t ed25519`")
    })?;
    Ok(key.openssh())
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn line(key: &KeyView) -> String {
    format!("{} {} is enrolled for {}", key.key, key.fingerprint, key.person)
}

impl Command for KeyCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        match self {
            KeyCommand::List => output.show(&client.get::<PersonWithKeys>("/me")?.keys, |keys| {
                let mut table = Table::new(["key", "fingerprint", "state"]);
                for key in keys {
                    let state = key
                        .revoked_at
                        .map_or("good".to_owned(), |at| format!("revoked {}", at.to_minutes()));
                    table.push([key.key.to_string(), key.fingerprint.clone(), state]);
                }
                table.text()
            }),
            KeyCommand::Enrol { key } => {
                let public = public_half(&key)?;
                let query = format!("/me/enrolment-text?key={}", percent_encoded(&public));
                let to_sign: TextToSign = client.get(&query)?;
                if !to_sign.text.contains(&public) {
                    let what = "the server asks to sign for another key than yours";
                    return Err(Refusal::new(Class::Fault, "signing key", what)
                        .way_out("check which server you talk to"));
                }
                let signature = sign_with_ssh_keygen(&key, &to_sign.namespace, &to_sign.text)?;
                let request = EnrolKeyRequest {
                    key: public,
                    signature,
                };
                output.show(
                    &client.send::<_, KeyView>(Method::Post, "/me/keys", &request)?,
                    line,
                );
            }
            KeyCommand::Revoke { key, reason } => {
                let path = format!("/keys/{key}/revocation");
                let revoked: KeyView = client.send(Method::Post, &path, &ReasonRequest { reason })?;
                output.show(&revoked, |key| format!("{} is revoked", key.key));
            }
        }
        Ok(())
    }
}
