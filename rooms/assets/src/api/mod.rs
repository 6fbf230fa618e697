//! The routes of assets: parse, call an act, show.

mod fields;
mod hosts;
mod imports;
mod views;

use basis::Refusal;
use frame::{Call, Listed, Method, Nothing, Paging, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{self, Lifecycles};
use crate::pages;
use crate::rules::{Asset, AssetId, AssetName, Field};

pub(crate) use fields::FieldsBody;
pub(crate) use hosts::{
    CollectRequest, CollectionView, ConnectRequest, ConnectionKeyView, ScanRequest, ScannedKeys, ssh_named,
};
pub(crate) use imports::{ImportQuery, ImportView, MappingView, SaveMappingRequest};
pub(crate) use views::{AssetSummary, AssetView, ConnectionView, PackageView, StateView, UpdateView};

/// The largest list of systems that is taken.
pub(crate) const LIST_BYTES_MAX: u64 = 64 * 1024 * 1024;

pub(crate) fn routes() -> Routes {
    let routes = Routes::room("assets")
        .read("/assets", "assets.read", "Lists assets", list)
        .act(
            Method::Post,
            "/assets",
            "assets.register",
            "Registers an asset",
            register,
        )
        .upload(
            "/assets/imports",
            "assets.import",
            "Reads a list of systems",
            imports::import,
            LIST_BYTES_MAX,
        )
        .read(
            "/assets/mappings",
            "assets.read",
            "Lists the mappings for lists of systems",
            imports::mappings,
        )
        .act(
            Method::Post,
            "/assets/mappings",
            "assets.import",
            "Keeps a mapping",
            imports::save_mapping,
        )
        .read(
            "/assets/connection-key",
            "assets.read",
            "Shows the key to put on hosts",
            hosts::connection_key,
        )
        .read(
            "/assets/{asset}",
            "assets.read",
            "Shows an asset, by its id or hostname",
            show,
        )
        .act(
            Method::Patch,
            "/assets/{asset}",
            "assets.register",
            "Changes what is said about an asset",
            edit,
        )
        .act(
            Method::Post,
            "/assets/{asset}/retirement",
            "assets.retire",
            "Takes an asset out of use",
            retire,
        )
        .act(
            Method::Post,
            "/assets/{asset}/host-key-scan",
            "assets.enrol_host",
            "Asks a host for its keys",
            hosts::scan,
        )
        .act(
            Method::Post,
            "/assets/{asset}/connection",
            "assets.enrol_host",
            "Settles how an asset is reached",
            hosts::connect,
        )
        .act(
            Method::Post,
            "/assets/{asset}/collections",
            "assets.collect",
            "Collects the state of an asset",
            hosts::collect,
        )
        .read(
            "/assets/{asset}/packages",
            "assets.read",
            "Lists the packages of an asset",
            packages,
        )
        .read(
            "/assets/{asset}/updates",
            "assets.read",
            "Lists the pending updates of an asset",
            updates,
        )
        .page("/assets", "assets.read", "Shows the register", pages::show_list)
        .file(
            "/assets.csv",
            "assets.read",
            "Gives the register as CSV",
            pages::list_file,
        )
        .page(
            "/assets/imports",
            "assets.import",
            "Shows the form that reads a list of systems",
            pages::show_import,
        )
        .file_form(
            "/assets/imports",
            "assets.import",
            "Shows what a list of systems would change, or applies what was shown",
            (pages::show_import, pages::import_list),
            LIST_BYTES_MAX,
        )
        .page(
            "/assets/coverage",
            "assets.read",
            "Shows how much of the inventory was collected when",
            pages::show_coverage,
        )
        .page(
            "/assets/{asset}",
            "assets.read",
            "Shows an asset",
            pages::show_asset,
        )
        .page(
            "/assets/{asset}/packages",
            "assets.read",
            "Shows the packages of an asset",
            pages::show_packages,
        )
        .page(
            "/assets/{asset}/updates",
            "assets.read",
            "Shows the pending updates of an asset",
            pages::show_updates,
        )
        .page(
            "/assets/{asset}/differences",
            "assets.read",
            "Shows how the packages of an asset differ from the baseline before",
            pages::show_differences,
        );
    pages::with_forms(routes)
}

/// The asset that stands in the path, by its id or its hostname.
pub(crate) fn asset_in<Q, B>(call: &Call<'_, Q, B>) -> Result<AssetId, Refusal> {
    acts::resolved(call.organisation(), call.part("asset"))
}

/// Which assets to list.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Whether retired ones are listed as well.
    pub retired: Option<bool>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// How many at most, 1 to 500.
    pub limit: Option<u32>,
}

fn list(call: &Call<'_, ListQuery>) -> Result<Listed<AssetSummary>, Refusal> {
    let page = Paging {
        after: call.query.after.clone(),
        limit: call.query.limit,
    };
    let (size, after) = (page.size()?, page.after::<AssetId>()?);
    let lifecycles = match call.query.retired {
        Some(true) => Lifecycles::All,
        Some(false) | None => Lifecycles::InUse,
    };
    let rows = acts::show_list(
        call.organisation(),
        call.actor,
        lifecycles,
        after,
        u64::from(size) + 1,
    )?;
    let listed = Listed::cut(rows, size, |listed| listed.asset.id.to_string());
    Ok(Listed {
        items: listed.items.into_iter().map(AssetSummary::from).collect(),
        next: listed.next,
    })
}

fn view_of<Q, B>(call: &Call<'_, Q, B>, id: AssetId) -> Result<AssetView, Refusal> {
    acts::show(call.organisation(), call.actor, id).map(AssetView::from)
}

fn show(call: &Call<'_>) -> Result<AssetView, Refusal> {
    view_of(call, asset_in(call)?)
}

/// Registers what a request or a form says.
pub(crate) fn registered(call: &Call<'_, Nothing, FieldsBody>) -> Result<Asset, Refusal> {
    let fields = call.body.entries();
    let name = call.body.name.as_deref().unwrap_or_default();
    let name = AssetName::parse(name)?;
    let others: Vec<(Field, String)> = fields
        .into_iter()
        .filter(|(field, _)| *field != Field::Name)
        .collect();
    acts::register(call.organisation(), call.actor, name, &others)
}

fn register(call: &Call<'_, Nothing, FieldsBody>) -> Result<AssetView, Refusal> {
    registered(call).map(AssetView::of_new)
}

fn edit(call: &Call<'_, Nothing, FieldsBody>) -> Result<AssetView, Refusal> {
    let id = asset_in(call)?;
    let asset = acts::edit(call.organisation(), call.actor, id, &call.body.entries())?;
    Ok(AssetView::of_new(asset))
}

/// Why an asset is taken out of use.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireRequest {
    /// The reason.
    pub reason: String,
}

fn retire(call: &Call<'_, Nothing, RetireRequest>) -> Result<AssetView, Refusal> {
    let id = asset_in(call)?;
    acts::retire(call.organisation(), call.actor, id, &call.body.reason).map(AssetView::of_new)
}

fn packages(call: &Call<'_>) -> Result<Listed<PackageView>, Refusal> {
    let packages = acts::show_packages(call.organisation(), call.actor, asset_in(call)?)?;
    let items = packages.into_iter().map(PackageView::from).collect();
    Ok(Listed { items, next: None })
}

fn updates(call: &Call<'_>) -> Result<Listed<UpdateView>, Refusal> {
    let updates = acts::show_updates(call.organisation(), call.actor, asset_in(call)?)?;
    let items = updates.into_iter().map(UpdateView::from).collect();
    Ok(Listed { items, next: None })
}
