//! The rank that is kept beside each finding, so that whole lists are ranked without its checks, its asset and the policy.
//! The rules weigh it; here it is written down whenever the finding, or anything that it is made of, has changed.

use assets::AssetId;
use basis::{Id, Span};
use policy::{ClockStart, Exploitation, Policy, PolicyId, Severity};
use storage::{DataError, Follower, Stamp, StorageError, Tables, Value};

use super::read;
use crate::rules::{Finding, FindingId, Vulnerability, asset_points, due, standing_points, weight};

/// What is kept as the due time of a finding that the policy sets no time for: after every other.
pub(crate) const NEVER: i64 = 9_000_000_000_000_000;

/// The events of rooms before this one that move ranks.
pub(crate) const FOLLOWED: &[Follower] = &[
    Follower {
        event_type: "policy.adopted",
        since: "findings/0003",
        follow: follow_policy,
    },
    Follower {
        event_type: "assets.registered",
        since: "findings/0003",
        follow: follow_asset,
    },
    Follower {
        event_type: "assets.edited",
        since: "findings/0003",
        follow: follow_asset,
    },
];

fn missing(what: impl std::fmt::Display) -> StorageError {
    DataError {
        place: "ranks of findings".to_owned(),
        what: format!("there is no {what}"),
    }
    .into()
}

/// Writes down where the finding ranks, apart from how its clock stands.
pub(super) fn weigh(tables: &Tables<'_>, policy: &Policy, id: FindingId) -> Result<(), StorageError> {
    let finding = read::find(tables, id)?.ok_or_else(|| missing(id))?;
    let exploitation = exploitation(tables, &finding.vulnerability)?;
    let score_tenths = finding.rated().and_then(|rated| rated.score_tenths);
    let of_asset = points_of_asset(tables, finding.asset)?.ok_or_else(|| missing(finding.asset))?;
    let points = standing_points(finding.severity(), score_tenths, exploitation) + of_asset;
    let due = due(&finding, exploitation, policy);
    let values = [
        Value::id(id),
        u64::from(weight(finding.severity())).into(),
        (exploitation == Exploitation::Known).into(),
        u64::from(points).into(),
        due.map_or(NEVER, |due| due.at.as_ms()).into(),
        words_id(tables, &finding)?.into(),
    ];
    tables
        .execute(include_str!("../sql/keep_rank.sql"), &values)
        .map(drop)
}

/// Weighs every finding of a vulnerability, which came onto the list of exploited ones or left it.
pub(super) fn weigh_vulnerability(
    tables: &Tables<'_>,
    policy: &Policy,
    vulnerability: &str,
) -> Result<(), StorageError> {
    let ids: Vec<FindingId> = tables.rows(
        include_str!("../sql/list_ids_of_vulnerability.sql"),
        &[vulnerability.into()],
        |row| row.id("finding_id"),
    )?;
    ids.into_iter().try_for_each(|id| weigh(tables, policy, id))
}

fn exploitation(tables: &Tables<'_>, vulnerability: &Vulnerability) -> Result<Exploitation, StorageError> {
    let Vulnerability::Cve(cve) = vulnerability else {
        return Ok(Exploitation::NotKnown);
    };
    let sql = include_str!("../sql/find_exploited.sql");
    let listed = tables.the(sql, &[cve.as_str().into()], |row| row.count("listed"))?;
    Ok(if listed == 0 {
        Exploitation::NotKnown
    } else {
        Exploitation::Known
    })
}

/// What is said of the finding, which is searched by and the same for many: the row that holds it.
fn words_id(tables: &Tables<'_>, finding: &Finding) -> Result<u64, StorageError> {
    let values = [
        finding.vulnerability.to_string().into(),
        finding.location.to_string().into(),
        finding.title().into(),
    ];
    let find = || {
        tables.one(include_str!("../sql/find_words.sql"), &values, |row| {
            row.count("words_id")
        })
    };
    if let Some(found) = find()? {
        return Ok(found);
    }
    tables.execute(include_str!("../sql/insert_words.sql"), &values)?;
    find()?.ok_or_else(|| missing("row for its words"))
}

fn points_of_asset(tables: &Tables<'_>, asset: AssetId) -> Result<Option<u32>, StorageError> {
    let sql = include_str!("../sql/points_of_asset.sql");
    tables.one(sql, &[Value::id(asset)], |row| {
        u32::try_from(row.count("points")?).map_err(|error| row.damaged("points", error))
    })
}

/// Keeps the asset's name and what it adds to the rank of its findings.
fn follow_asset(tables: &Tables<'_>, stamp: &Stamp) -> Result<(), StorageError> {
    let id = stamp
        .subject
        .as_id::<AssetId>()
        .ok_or_else(|| missing(&stamp.subject))?;
    let asset = assets::find(tables, id)?.ok_or_else(|| missing(id))?;
    let points = asset_points(&asset.facts());
    let before = points_of_asset(tables, id)?;
    let values = [Value::id(id), asset.name().into(), u64::from(points).into()];
    tables.execute(include_str!("../sql/upsert_asset.sql"), &values)?;
    if before.is_none_or(|before| before == points) {
        return Ok(());
    }
    let policy = policy::current(tables)?;
    let sql = include_str!("../sql/list_ids_of_asset.sql");
    let ids: Vec<FindingId> = tables.rows(sql, &[Value::id(id)], |row| row.id("finding_id"))?;
    ids.into_iter().try_for_each(|id| weigh(tables, &policy, id))
}

/// What a policy says of the due time of one class of findings.
fn deadline(
    policy: &Policy,
    (severity, exploitation): (Severity, Exploitation),
) -> Option<(Span, ClockStart)> {
    let terms = policy.remediation_deadline(severity, exploitation)?;
    Some((terms.within, terms.counted_from))
}

/// Weighs the findings for which the new policy sets another time than the one before it.
fn follow_policy(tables: &Tables<'_>, _: &Stamp) -> Result<(), StorageError> {
    let now = policy::current(tables)?;
    let before = now.version.saturating_sub(1);
    let Some(before) = policy::adopted_policy(tables, PolicyId::from_number(before))? else {
        return Ok(());
    };
    let mut moved = Vec::new();
    for severity in Severity::ALL.iter().copied() {
        for exploitation in [Exploitation::NotKnown, Exploitation::Known] {
            let class = (severity, exploitation);
            if deadline(&now, class) != deadline(&before, class) {
                moved.push((u64::from(weight(severity)), exploitation == Exploitation::Known));
            }
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<FindingId> = Vec::new();
    tables.each(include_str!("../sql/list_classes.sql"), &[], |row| {
        if moved.contains(&(row.count("weight")?, row.flag("is_exploited")?)) {
            ids.push(row.id("finding_id")?);
        }
        Ok(())
    })?;
    ids.into_iter().try_for_each(|id| weigh(tables, &now, id))
}
