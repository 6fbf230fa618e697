//! How the packages of one asset differ from the baseline before.

use askama::Template;
use basis::{Id, Refusal};
use frame::Call;
use frame::pages::{Cell, Column, Page, ROWS_IN_A_FILE, Table};

use crate::acts;
use crate::api::asset_in;
use crate::rules::{AssetId, PackageChanges, PackageKey};

/// The page.
#[derive(Template)]
#[template(path = "differences.html")]
pub(crate) struct DifferencesPage {
    id: AssetId,
    name: String,
    before: Option<String>,
    after: String,
    added: Table,
    removed: Table,
}

impl Page for DifferencesPage {
    fn title(&self) -> String {
        format!("Differences on {}", self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |before, keys: Vec<PackageKey>| Self {
            id: AssetId::from_number(1),
            name: "web01".to_owned(),
            before,
            after: "EVD-0009".to_owned(),
            added: table("New or with another state", keys.clone()),
            removed: table("Gone, or with another state", keys),
        };
        let key = |name: String| PackageKey {
            name,
            architecture: "amd64".to_owned(),
            version: "1:1.2.3-4+deb12u1".to_owned(),
        };
        let long = || key("very-long-package-name".repeat(6));
        vec![
            ("empty", page(None, Vec::new())),
            (
                "usual",
                page(Some("EVD-0007".to_owned()), vec![key("openssl".to_owned())]),
            ),
            (
                "full",
                page(Some("EVD-0007".to_owned()), (0..300).map(|_| long()).collect()),
            ),
        ]
    }
}

fn table(caption: &str, keys: Vec<PackageKey>) -> Table {
    let row = |key: PackageKey| {
        vec![
            Cell::text(key.name),
            Cell::text(key.version),
            Cell::text(key.architecture),
        ]
    };
    let columns = ["Package", "Version", "Architecture"];
    Table::new(caption, columns.map(Column::new).to_vec(), "None.")
        .with_rows(keys.into_iter().take(ROWS_IN_A_FILE as usize).map(row))
}

pub(crate) fn show_differences(call: &Call<'_>) -> Result<DifferencesPage, Refusal> {
    let found = acts::package_differences(call.organisation(), call.actor, asset_in(call)?)?;
    let PackageChanges { added, removed } = found.changes;
    Ok(DifferencesPage {
        id: found.asset.id,
        name: found.asset.name().to_owned(),
        before: found.before.map(|evidence| evidence.id.to_string()),
        after: found.after.to_string(),
        added: table(
            "New or with another state",
            added.iter().map(|record| record.key()).collect(),
        ),
        removed: table("Gone, or with another state", removed),
    })
}
