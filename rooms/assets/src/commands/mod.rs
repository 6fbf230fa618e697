//! The commands `tagout asset …`.

mod import;
mod reach;
mod register;
mod show;

use std::path::PathBuf;

use basis::{Class, Refusal};
use frame::terminal::{Command, Context};
use serde::Serialize;

use crate::api::FieldsBody;

/// Keeps the register of systems: registers, imports, enrols hosts, collects their state, shows what is known.
#[derive(Debug, clap::Subcommand)]
pub enum AssetCommand {
    /// Lists assets.
    List {
        /// List the retired ones as well.
        #[arg(long)]
        retired: bool,
    },
    /// Shows an asset.
    Show {
        /// Its hostname or id.
        asset: String,
    },
    /// Registers a system.
    Register {
        /// Its hostname.
        name: String,
        /// What is said about it.
        #[command(flatten)]
        fields: Box<FieldsBody>,
    },
    /// Changes what is said about an asset.
    Edit {
        /// Its hostname or id.
        asset: String,
        /// A new hostname.
        #[arg(long)]
        name: Option<String>,
        /// What is said about it.
        #[command(flatten)]
        fields: Box<FieldsBody>,
    },
    /// Takes an asset out of use.
    Retire {
        /// Its hostname or id.
        asset: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Reads a list of systems (CSV): shows what it would change, and applies it with `--apply`.
    Import {
        /// The file.
        file: PathBuf,
        /// The mapping by which it is read: `generic`, `active-directory`, `snipe-it`, or one of your own.
        #[arg(
            long,
            required_unless_present = "mapping_file",
            conflicts_with = "mapping_file"
        )]
        mapping: Option<String>,
        /// A mapping document of your own (TOML); it is kept under the name of its file.
        #[arg(long)]
        mapping_file: Option<PathBuf>,
        /// Apply what was shown. Give the digest that was shown to apply exactly that; without it the list is compared
        /// again and what comes out is applied at once.
        #[arg(long, num_args = 0..=1, value_name = "DIGEST")]
        apply: Option<Option<String>>,
    },
    /// Lists the mappings for lists of systems.
    Mappings {
        /// Print the document of this one.
        #[arg(long)]
        show: Option<String>,
    },
    /// Prints the key to put into `authorized_keys` on hosts.
    ConnectionKey,
    /// Settles how a host is reached. Its key is confirmed by you, never accepted blindly.
    EnrolHost {
        /// Its hostname or id.
        asset: String,
        /// DNS name or IP address; the asset's hostname when left out.
        #[arg(long, conflicts_with = "local")]
        address: Option<String>,
        /// TCP port.
        #[arg(long, default_value_t = 22, conflicts_with = "local")]
        port: u16,
        /// The login name.
        #[arg(long, required_unless_present = "local", conflicts_with = "local")]
        user: Option<String>,
        /// The login is root itself; otherwise `sudo` is used.
        #[arg(long, conflicts_with = "local")]
        root: bool,
        /// The fingerprint as you read it on the host itself, such as `SHA256:…`.
        #[arg(long, conflicts_with = "local")]
        fingerprint: Option<String>,
        /// It is the machine on which the server runs.
        #[arg(long)]
        local: bool,
    },
    /// Collects the state of assets.
    Collect {
        /// Hostname or id.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        asset: Option<String>,
        /// Every asset that can be reached.
        #[arg(long)]
        all: bool,
        /// Fetch package lists first.
        #[arg(long)]
        refresh: bool,
    },
    /// Lists the packages of an asset.
    Packages {
        /// Its hostname or id.
        asset: String,
    },
    /// Lists the pending updates of an asset.
    Updates {
        /// Its hostname or id.
        asset: String,
        /// Only security updates.
        #[arg(long)]
        security: bool,
    },
}

impl Command for AssetCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        match self {
            AssetCommand::List { retired } => show::list(context, retired),
            AssetCommand::Show { asset } => show::show(context, &asset),
            AssetCommand::Packages { asset } => show::packages(context, &asset),
            AssetCommand::Updates { asset, security } => show::updates(context, &asset, security),
            AssetCommand::Register { name, fields } => register::register(context, name, *fields),
            AssetCommand::Edit { asset, name, fields } => register::edit(context, &asset, name, *fields),
            AssetCommand::Retire { asset, reason } => register::retire(context, &asset, reason),
            AssetCommand::Import {
                file,
                mapping,
                mapping_file,
                apply,
            } => {
                let mapping = match (mapping, mapping_file) {
                    (Some(name), _) => name,
                    (None, Some(document)) => import::keep_mapping(context, &document)?,
                    (None, None) => {
                        return Err(arguments("there is no mapping", "name one with `--mapping`"));
                    }
                };
                import::import(context, &file, &mapping, apply)
            }
            AssetCommand::Mappings { show } => import::mappings(context, show.as_deref()),
            AssetCommand::ConnectionKey => reach::connection_key(context),
            AssetCommand::EnrolHost {
                asset,
                address,
                port,
                user,
                root,
                fingerprint,
                local,
            } => {
                if local {
                    return reach::enrol_local(context, &asset);
                }
                let user =
                    user.ok_or_else(|| arguments("there is no login name", "give it with `--user`"))?;
                let address = match address {
                    Some(address) => address,
                    None => asset.clone(),
                };
                let login = reach::Login {
                    address,
                    port,
                    user,
                    is_root: root,
                };
                reach::enrol_host(context, &asset, login, fingerprint)
            }
            AssetCommand::Collect {
                asset,
                all: _,
                refresh,
            } => match asset {
                Some(asset) => reach::collect(context, &asset, refresh),
                None => reach::collect_all(context, refresh),
            },
        }
    }
}

fn arguments(what: &str, way_out: &str) -> Refusal {
    Refusal::new(Class::Invalid, "arguments", what).way_out(way_out)
}

/// A path with a query whose values are escaped.
fn with_query(path: &str, query: &impl Serialize) -> Result<String, Refusal> {
    let query = serde_urlencoded::to_string(query).map_err(|error| {
        Refusal::new(
            Class::Fault,
            "client",
            format!("the query cannot be written: {error}"),
        )
        .way_out("report the command that led here")
    })?;
    Ok(format!("{path}?{query}"))
}

/// The path of an asset. What a person typed is refused before it can become another path.
fn path_of(asset: &str) -> Result<String, Refusal> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if asset.is_empty() || asset.starts_with('.') || !asset.chars().all(good) {
        return Err(arguments(
            "that is neither a hostname nor an id",
            "`tagout asset list` shows every asset",
        ));
    }
    Ok(format!("/assets/{asset}"))
}
