//! What is installed on one asset, and what could be newer, part by part.

use askama::Template;
use basis::{Id, Refusal};
use frame::Call;
use frame::pages::{Cell, Column, Filters, Page, ROWS_ON_A_PAGE, Sorting, State, Table, Tone, filled};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words;
use crate::acts;
use crate::api::asset_in;
use crate::rules::{AssetId, PackageRecord, UpdateRecord};

/// How packages and updates are always sorted.
const FIXED: Sorting = Sorting {
    column: "name",
    is_descending: false,
};

/// Which packages to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PackagesQuery {
    /// A text in the name of the package or its source.
    text: Option<String>,
    sort: Option<String>,
    part: Option<u32>,
}

/// Which updates to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UpdatesQuery {
    sort: Option<String>,
    part: Option<u32>,
}

/// The installed packages.
#[derive(Template)]
#[template(path = "packages.html")]
pub(crate) struct PackagesPage {
    id: AssetId,
    name: String,
    filters: Filters,
    table: Table,
}

/// The pending updates.
#[derive(Template)]
#[template(path = "updates.html")]
pub(crate) struct UpdatesPage {
    id: AssetId,
    name: String,
    table: Table,
}

impl Page for PackagesPage {
    fn title(&self) -> String {
        format!("Packages of {}", self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let (id, query) = (AssetId::from_number(1), PackagesQuery::default());
        let record = |name: String| PackageRecord {
            architecture: "amd64".to_owned(),
            is_held: true,
            source: name.clone(),
            source_version: "1.2-3".to_owned(),
            state: "half_configured".to_owned(),
            version: "1:1.2.3-4+deb12u1".to_owned(),
            name,
        };
        let page =
            |records: Vec<PackageRecord>, has_more| packages_page(id, "web01", &query, &records, has_more);
        let full = (0..ROWS_ON_A_PAGE).map(|_| record("very-long-package-name".repeat(6)));
        vec![
            ("empty", page(Vec::new(), false)),
            ("usual", page(vec![record("openssl".to_owned())], false)),
            ("full", page(full.collect(), true)),
        ]
    }
}

impl Page for UpdatesPage {
    fn title(&self) -> String {
        format!("Pending updates of {}", self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let record = |name: String| UpdateRecord {
            architecture: "amd64".to_owned(),
            candidate: "3.0.13-1".to_owned(),
            installed: "3.0.11-1".to_owned(),
            origins: vec!["Debian-Security bookworm-security".to_owned()],
            package: name,
            security: "yes".to_owned(),
            standing: "needs_others".to_owned(),
        };
        let page = |records: Vec<UpdateRecord>, has_more| {
            updates_page(AssetId::from_number(1), "web01", 1, &records, has_more)
        };
        let full = (0..ROWS_ON_A_PAGE).map(|_| record("very-long-package-name".repeat(6)));
        vec![
            ("empty", page(Vec::new(), false)),
            ("usual", page(vec![record("openssl".to_owned())], false)),
            ("full", page(full.collect(), true)),
        ]
    }
}

fn part(part: Option<u32>) -> (u32, (u64, u64)) {
    let part = part.unwrap_or(1).max(1);
    let limit = u64::from(ROWS_ON_A_PAGE);
    (part, (limit + 1, u64::from(part - 1) * limit))
}

fn packages_page(
    id: AssetId,
    name: &str,
    query: &PackagesQuery,
    records: &[PackageRecord],
    has_more: bool,
) -> PackagesPage {
    let path = format!("/assets/{id}/packages");
    let filters = Filters::at(&path).line("text", "Name", query.text.as_ref());
    let columns = ["Package", "Version", "Architecture", "Source", "State", "Held"];
    let row = |record: &PackageRecord| {
        let tone = match record.state.as_str() {
            "installed" => Tone::Good,
            _ => Tone::Warning,
        };
        vec![
            Cell::text(&record.name),
            Cell::text(&record.version),
            Cell::text(&record.architecture),
            Cell::text(format!("{} {}", record.source, record.source_version)),
            Cell::State(State::new(words(&record.state), tone)),
            Cell::text(if record.is_held { "held" } else { "no" }),
        ]
    };
    let (part, _) = part(query.part);
    let table = Table::new(
        "Packages",
        columns.map(Column::new).to_vec(),
        "No packages are known yet. They come with a collection from the machine.",
    )
    .with_rows(records.iter().map(row))
    .listed(&path, filters.pairs(), FIXED, part, has_more);
    PackagesPage {
        id,
        name: name.to_owned(),
        filters,
        table,
    }
}

fn updates_page(id: AssetId, name: &str, part: u32, records: &[UpdateRecord], has_more: bool) -> UpdatesPage {
    let columns = [
        "Package",
        "Installed",
        "Would be",
        "Architecture",
        "Security",
        "Standing",
        "From",
    ];
    let row = |record: &UpdateRecord| {
        let tone = if record.is_security() {
            Tone::Warning
        } else {
            Tone::Plain
        };
        let security = match record.security.as_str() {
            "yes" => "security update",
            "no" => "no security update",
            _ => "not known",
        };
        vec![
            Cell::text(&record.package),
            Cell::text(&record.installed),
            Cell::text(&record.candidate),
            Cell::text(&record.architecture),
            Cell::State(State::new(security, tone)),
            Cell::text(words(&record.standing)),
            Cell::text(record.origins.join(", ")),
        ]
    };
    let path = format!("/assets/{id}/updates");
    let table = Table::new(
        "Pending updates",
        columns.map(Column::new).to_vec(),
        "No update is pending, as far as the last collection found out.",
    )
    .with_rows(records.iter().map(row))
    .listed(&path, &[], FIXED, part, has_more);
    UpdatesPage {
        id,
        name: name.to_owned(),
        table,
    }
}

pub(crate) fn show_packages(call: &Call<'_, PackagesQuery>) -> Result<PackagesPage, Refusal> {
    let (id, (_, asked)) = (asset_in(call)?, part(call.query.part));
    let text = filled(call.query.text.as_ref());
    let (asset, mut found) = acts::show_packages_part(call.organisation(), call.actor, id, text, asked)?;
    let has_more = found.len() > ROWS_ON_A_PAGE as usize;
    found.truncate(ROWS_ON_A_PAGE as usize);
    Ok(packages_page(id, asset.name(), &call.query, &found, has_more))
}

pub(crate) fn show_updates(call: &Call<'_, UpdatesQuery>) -> Result<UpdatesPage, Refusal> {
    let (id, (part, asked)) = (asset_in(call)?, part(call.query.part));
    let (asset, mut found) = acts::show_updates_part(call.organisation(), call.actor, id, asked)?;
    let has_more = found.len() > ROWS_ON_A_PAGE as usize;
    found.truncate(ROWS_ON_A_PAGE as usize);
    Ok(updates_page(id, asset.name(), part, &found, has_more))
}
