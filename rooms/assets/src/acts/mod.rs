//! What people do with the register: one use case, one file.

mod browse;
mod collect;
mod enrol;
mod identity;
mod import;
mod mappings;
mod read;
mod register;

use basis::{Class, Refusal, act};
use hosts::HostError;
use storage::View;

pub use browse::{
    PackageDifferences, browse, coverage, package_differences, show_packages_part, show_updates_part,
};
pub use collect::{Collection, Flag, Lists, collect};
pub use enrol::{connect, scan_host_key};
pub use identity::{connection_key, control_dir, identity_file};
pub use import::{Applied, Import, import, preview};
pub use mappings::save_mapping;
pub(crate) use mappings::{MappingShown, list_mappings};
pub(crate) use read::{
    Lifecycles, ListedAsset, ShownAsset, resolved, show, show_list, show_packages, show_updates,
};
pub use register::{edit, note_patched, register, retire};

use crate::rules::{Asset, AssetId};
use crate::store;

act!(
    /// Registers an asset or changes what is said about it.
    Register,
    "assets.register"
);
act!(
    /// Reads a list of systems into the register, or keeps a mapping for it.
    ImportList,
    "assets.import"
);
act!(
    /// Settles how an asset is reached.
    EnrolHost,
    "assets.enrol_host"
);
act!(
    /// Collects the state of an asset.
    Collect,
    "assets.collect"
);
act!(
    /// Looks at the register.
    Read,
    "assets.read"
);
act!(
    /// Takes an asset out of use.
    Retire,
    "assets.retire"
);

/// The asset, or the refusal that there is none.
fn existing(view: &View<'_>, id: AssetId) -> Result<Asset, Refusal> {
    store::find(view, id)?.ok_or_else(|| not_found(&id.to_string()))
}

fn not_found(text: &str) -> Refusal {
    let shown: String = text.chars().take(60).collect();
    Refusal::new(Class::NotFound, "asset", format!("there is no asset `{shown}`"))
        .way_out("`tagout asset list` shows every asset")
}

/// Refuses an asset that left the organisation.
fn in_use(asset: Asset) -> Result<Asset, Refusal> {
    if asset.is_in_use() {
        return Ok(asset);
    }
    Err(
        Refusal::new(Class::Conflict, "asset", format!("{} was retired", asset.id))
            .way_out("register the system anew if it is back"),
    )
}

fn host_refusal(error: &HostError) -> Refusal {
    let class = match error {
        HostError::Unusable { .. } => Class::Invalid,
        _ => Class::Outside,
    };
    Refusal::new(class, "host", error.to_string()).way_out(error.way_out())
}
