//! What each event makes of the tables.

use storage::{DataError, EventKind, Stamp, StorageError, Tables, Value};

use crate::rules::{
    AssetId, AssetName, Collected, Connected, Details, Edited, Field, FieldError, HostKeyScanned, Imported,
    MappingSaved, NotReached, Patched, Registered, Retired,
};
use crate::store::read;

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Registered>(apply_registered),
        EventKind::of::<Edited>(apply_edited),
        EventKind::of::<Retired>(apply_retired),
        EventKind::of::<Imported>(apply_imported),
        EventKind::of::<MappingSaved>(apply_mapping_saved),
        EventKind::of::<HostKeyScanned>(apply_host_key_scanned),
        EventKind::of::<Connected>(apply_connected),
        EventKind::of::<NotReached>(apply_not_reached),
        EventKind::of::<Collected>(apply_collected),
        EventKind::of::<Patched>(apply_patched),
    ]
}

fn senseless(stamp: &Stamp, what: impl std::fmt::Display) -> StorageError {
    DataError {
        place: format!("payload of entry {}", stamp.index),
        what: what.to_string(),
    }
    .into()
}

fn field_values(details: &Details) -> impl Iterator<Item = Value> {
    Field::ALL.iter().map(|field| Value::from(details.text(*field)))
}

fn set(stamp: &Stamp, details: &mut Details, name: &str, value: &str) -> Result<(), StorageError> {
    let field = Field::named(name).ok_or_else(|| senseless(stamp, format!("`{name}` is no field")))?;
    details
        .set_recorded(field, value)
        .map_err(|error: FieldError| senseless(stamp, error))
}

fn apply_registered(tables: &Tables<'_>, stamp: &Stamp, event: Registered) -> Result<(), StorageError> {
    let name = event.fields.get(Field::Name.name()).map_or("", String::as_str);
    let name = AssetName::parse(name).map_err(|refusal| senseless(stamp, refusal.what))?;
    let mut details = Details::named(name);
    for (field, value) in &event.fields {
        set(stamp, &mut details, field, value)?;
    }
    let mut values = vec![Value::id(event.asset), details.name.key().into()];
    values.extend(field_values(&details));
    values.extend([event.source.into(), stamp.time.into()]);
    tables
        .execute(include_str!("../sql/insert_asset.sql"), &values)
        .map(drop)
}

fn apply_edited(tables: &Tables<'_>, stamp: &Stamp, event: Edited) -> Result<(), StorageError> {
    let asset = read::find(tables, event.asset)?;
    let mut details = asset
        .ok_or_else(|| senseless(stamp, format!("there is no {}", event.asset)))?
        .details;
    for (field, change) in &event.changes {
        set(stamp, &mut details, field, &change.to)?;
    }
    let mut values = vec![Value::id(event.asset), details.name.key().into()];
    values.extend(field_values(&details));
    tables
        .execute(include_str!("../sql/update_asset.sql"), &values)
        .map(drop)
}

fn apply_retired(tables: &Tables<'_>, stamp: &Stamp, event: Retired) -> Result<(), StorageError> {
    let values = [
        Value::id(event.asset),
        Value::id(stamp.actor),
        stamp.time.into(),
        event.reason.into(),
    ];
    tables
        .execute(include_str!("../sql/retire_asset.sql"), &values)
        .map(drop)
}

fn apply_imported(tables: &Tables<'_>, stamp: &Stamp, event: Imported) -> Result<(), StorageError> {
    let values = [
        Value::id(event.import),
        event.mapping.into(),
        Value::id(event.evidence),
        Value::id(event.difference_evidence),
        event.difference.to_string().into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("../sql/insert_import.sql"), &values)
        .map(drop)
}

fn apply_mapping_saved(tables: &Tables<'_>, stamp: &Stamp, event: MappingSaved) -> Result<(), StorageError> {
    let values = [
        Value::id(event.mapping),
        event.name.into(),
        event.document.into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_mapping.sql"), &values)
        .map(drop)
}

/// What a host offered proves nothing, so no table keeps it: the ledger does.
fn apply_host_key_scanned(_: &Tables<'_>, _: &Stamp, _: HostKeyScanned) -> Result<(), StorageError> {
    Ok(())
}

fn apply_connected(tables: &Tables<'_>, _: &Stamp, event: Connected) -> Result<(), StorageError> {
    let values = [
        Value::id(event.asset),
        event.way.into(),
        event.address.into(),
        event.port.map(i64::from).into(),
        event.user.into(),
        event.become_root.into(),
        event.host_key.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_connection.sql"), &values)
        .map(drop)
}

fn apply_not_reached(tables: &Tables<'_>, stamp: &Stamp, event: NotReached) -> Result<(), StorageError> {
    let values = [
        Value::id(event.asset),
        stamp.time.into(),
        event.has_other_host_key.into(),
        event.why.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_failed_attempt.sql"), &values)
        .map(drop)
}

fn apply_patched(tables: &Tables<'_>, _: &Stamp, event: Patched) -> Result<(), StorageError> {
    let values = [Value::id(event.asset), event.at.into()];
    tables
        .execute(include_str!("../sql/note_patched.sql"), &values)
        .map(drop)
}

fn apply_collected(tables: &Tables<'_>, _: &Stamp, event: Collected) -> Result<(), StorageError> {
    let asset = Value::id(event.asset);
    tables.execute(
        include_str!("../sql/delete_failed_attempt.sql"),
        std::slice::from_ref(&asset),
    )?;
    apply_packages(tables, &event)?;
    apply_updates(tables, &event)?;
    let security = |event: &Collected| {
        let updates = event.updates.as_ref()?;
        Some(updates.iter().filter(|update| update.is_security()).count() as u64)
    };
    let values = [
        asset,
        event.taken_at.into(),
        Value::id(event.evidence),
        (&event.hostname).into(),
        (&event.os).into(),
        (&event.os_version).into(),
        (&event.architecture).into(),
        (&event.kernel).into(),
        event.firmware.clone().unwrap_or_default().into(),
        event.machine_id.clone().unwrap_or_default().into(),
        event.boot_id.clone().unwrap_or_default().into(),
        (&event.reboot).into(),
        event.updates.as_ref().map(|updates| updates.len() as u64).into(),
        security(&event).into(),
        event.packages.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_state.sql"), &values)
        .map(drop)
}

fn apply_packages(tables: &Tables<'_>, event: &Collected) -> Result<(), StorageError> {
    let asset: AssetId = event.asset;
    if event.is_full {
        tables.execute(include_str!("../sql/delete_packages.sql"), &[Value::id(asset)])?;
    }
    for key in &event.removed {
        let values = [
            Value::id(asset),
            (&key.name).into(),
            (&key.architecture).into(),
            (&key.version).into(),
        ];
        tables.execute(include_str!("../sql/delete_package.sql"), &values)?;
    }
    for package in &event.added {
        let values = [
            Value::id(asset),
            (&package.name).into(),
            (&package.architecture).into(),
            (&package.version).into(),
            (&package.source).into(),
            (&package.source_version).into(),
            (&package.state).into(),
            package.is_held.into(),
        ];
        tables.execute(include_str!("../sql/insert_package.sql"), &values)?;
    }
    Ok(())
}

fn apply_updates(tables: &Tables<'_>, event: &Collected) -> Result<(), StorageError> {
    tables.execute(
        include_str!("../sql/delete_updates.sql"),
        &[Value::id(event.asset)],
    )?;
    for (position, update) in event.updates.iter().flatten().enumerate() {
        let values = [
            Value::id(event.asset),
            (position as u64).into(),
            (&update.package).into(),
            (&update.architecture).into(),
            (&update.installed).into(),
            (&update.candidate).into(),
            update.origins.join(", ").into(),
            (&update.security).into(),
            (&update.standing).into(),
        ];
        tables.execute(include_str!("../sql/insert_update.sql"), &values)?;
    }
    Ok(())
}
