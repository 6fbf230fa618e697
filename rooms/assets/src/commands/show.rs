//! `tagout asset list`, `show`, `packages` and `updates`.

use basis::{Refusal, Time};
use frame::Listed;
use frame::terminal::{Context, Table};

use super::{path_of, with_query};
use crate::api::{AssetSummary, AssetView, ConnectionView, ListQuery, PackageView, StateView, UpdateView};

/// Every asset, page by page.
pub(super) fn all(context: &Context, retired: bool) -> Result<Vec<AssetSummary>, Refusal> {
    let mut items = Vec::new();
    let mut after = None;
    loop {
        let query = ListQuery {
            retired: Some(retired),
            after,
            limit: Some(500),
        };
        let listed: Listed<AssetSummary> = context.client.get(&with_query("/assets", &query)?)?;
        items.extend(listed.items);
        match listed.next {
            Some(next) => after = Some(next),
            None => return Ok(items),
        }
    }
}

fn count_text(count: Option<u64>) -> String {
    count.map_or("?".to_owned(), |count| count.to_string())
}

fn time_text(time: Option<Time>) -> String {
    time.map_or("never".to_owned(), Time::to_minutes)
}

pub(super) fn list(context: &Context, retired: bool) -> Result<(), Refusal> {
    let listed = Listed {
        items: all(context, retired)?,
        next: None,
    };
    context.output.show(&listed, |listed| {
        let mut table = Table::new([
            "ASSET",
            "NAME",
            "KIND",
            "DATA",
            "CRITICAL",
            "SYSTEM",
            "PENDING",
            "SECURITY",
            "COLLECTED",
        ]);
        for asset in &listed.items {
            table.push([
                asset.asset.to_string(),
                asset.name.clone(),
                if asset.is_retired {
                    "retired".to_owned()
                } else {
                    asset.kind.clone()
                },
                asset.classification.clone(),
                asset.criticality.clone(),
                asset.os.clone(),
                count_text(asset.pending),
                count_text(asset.security),
                time_text(asset.collected_at),
            ]);
        }
        let collected = listed
            .items
            .iter()
            .filter(|asset| asset.collected_at.is_some())
            .count();
        format!(
            "{}{} of {} were ever collected",
            table.text(),
            collected,
            listed.items.len()
        )
    });
    Ok(())
}

pub(super) fn show(context: &Context, asset: &str) -> Result<(), Refusal> {
    let view: AssetView = context.client.get(&path_of(asset)?)?;
    context.output.show(&view, asset_text);
    Ok(())
}

/// An asset in lines.
pub(super) fn asset_text(view: &AssetView) -> String {
    let mut table = Table::new([
        view.asset.to_string(),
        format!("registered {}", view.registered_at.to_minutes()),
    ]);
    for (field, value) in view.fields.entries() {
        table.push([field.name().replace('_', " "), value]);
    }
    table.push(["source".to_owned(), view.source.clone()]);
    if let Some(patched) = view.last_patched_at {
        table.push(["last patched".to_owned(), patched.to_minutes()]);
    }
    if let Some(end) = &view.retirement {
        table.push([
            "retired".to_owned(),
            format!("{} by {}: {}", end.at.to_minutes(), end.by, end.reason),
        ]);
    }
    match &view.connection {
        Some(ConnectionView::Local {}) => table.push(["reached", "locally: the server runs on it"]),
        Some(ConnectionView::Ssh {
            address,
            port,
            user,
            become_root,
            fingerprint,
            ..
        }) => table.push([
            "reached".to_owned(),
            format!("{user}@{address} port {port} as {become_root}, host key {fingerprint}"),
        ]),
        None => {}
    }
    if let Some(attempt) = &view.failed_attempt {
        table.push([
            "not reached".to_owned(),
            format!("{}: {}", attempt.at.to_minutes(), attempt.why),
        ]);
    }
    if let Some(state) = &view.state {
        push_state(&mut table, state);
    }
    table.text()
}

fn push_state(table: &mut Table, state: &StateView) {
    let security = count_text(state.security);
    let rows = [
        (
            "collected",
            format!("{} ({})", state.taken_at.to_minutes(), state.evidence),
        ),
        (
            "found",
            format!(
                "{}, {}, calls itself {}",
                state.os, state.architecture, state.hostname
            ),
        ),
        ("kernel", state.kernel.clone()),
        ("firmware found", state.firmware.clone()),
        ("machine id", state.machine_id.clone()),
        ("packages", state.packages.to_string()),
        (
            "pending updates",
            format!("{}, {security} of them for security", count_text(state.pending)),
        ),
        ("reboot", state.reboot.replace('_', " ")),
    ];
    for (name, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        table.push([name.to_owned(), value]);
    }
}

pub(super) fn packages(context: &Context, asset: &str) -> Result<(), Refusal> {
    let listed: Listed<PackageView> = context.client.get(&format!("{}/packages", path_of(asset)?))?;
    context.output.show(&listed, |listed| {
        let mut table = Table::new(["PACKAGE", "ARCHITECTURE", "VERSION", "STATE", "HOLD"]);
        for package in &listed.items {
            let hold = if package.is_held { "held" } else { "" };
            table.push([
                package.name.as_str(),
                &package.architecture,
                &package.version,
                &package.state,
                hold,
            ]);
        }
        table.text()
    });
    Ok(())
}

pub(super) fn updates(context: &Context, asset: &str, security_only: bool) -> Result<(), Refusal> {
    let mut listed: Listed<UpdateView> = context.client.get(&format!("{}/updates", path_of(asset)?))?;
    listed
        .items
        .retain(|update| !security_only || update.security == "yes");
    context.output.show(&listed, |listed| {
        let mut table = Table::new([
            "PACKAGE",
            "INSTALLED",
            "CANDIDATE",
            "SECURITY",
            "STANDING",
            "FROM",
        ]);
        for update in &listed.items {
            table.push([
                update.package.clone(),
                update.installed.clone(),
                update.candidate.clone(),
                update.security.clone(),
                update.standing.clone(),
                update.origins.join(", "),
            ]);
        }
        format!("{}{} pending", table.text(), listed.items.len())
    });
    Ok(())
}
