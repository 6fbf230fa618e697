//! The routes of the policy: parse, call an act, show.

use basis::{Id, PersonId, Refusal, Subject, Time};
use frame::{Call, IdText, Listed, Routes, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts;
use crate::pages;
use crate::rules::{PolicyId, render_page};
use crate::store::AdoptedVersion;

pub(crate) fn routes() -> Routes {
    Routes::room("policy")
        .read(
            "/policy",
            "policy.read",
            "Shows the policy in force, or an earlier version",
            show,
        )
        .read(
            "/policy/versions",
            "policy.read",
            "Lists every version ever in force",
            versions,
        )
        .page(
            "/policy",
            "policy.read",
            "Shows the policy as people read it",
            pages::show_policy,
        )
        .page(
            "/policy/versions",
            "policy.read",
            "Shows every version ever in force",
            pages::show_versions,
        )
        .page(
            "/policy/difference",
            "policy.read",
            "Shows what differs between any two versions",
            pages::show_chosen,
        )
        .page(
            "/policy/versions/{before}/difference/{after}",
            "policy.read",
            "Shows what differs between two versions",
            pages::show_difference,
        )
}

/// Which version is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichVersion {
    /// The version's number; the policy in force when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub version: Option<u64>,
}

/// When and how a version came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionView {
    #[schemars(with = "IdText<PolicyId>")]
    pub policy: PolicyId,
    pub version: u64,
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// The approved change that carried it; absent at the founding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub change: Option<Subject>,
    #[schemars(with = "IdText<PersonId>")]
    pub adopted_by: PersonId,
    #[schemars(with = "TimeText")]
    pub adopted_at: Time,
}

impl From<AdoptedVersion> for VersionView {
    fn from(version: AdoptedVersion) -> Self {
        Self {
            policy: version.policy,
            version: version.policy.number(),
            digest: version.digest.to_string(),
            change: version.change,
            adopted_by: version.adopted_by,
            adopted_at: version.adopted_at,
        }
    }
}

/// A version of the policy with its text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyView {
    pub adopted: VersionView,
    /// The document (TOML) as it was adopted.
    pub document: String,
    /// The same as a page of plain text.
    pub page: String,
}

fn show(call: &Call<'_, WhichVersion>) -> Result<PolicyView, Refusal> {
    let shown = acts::show(call.organisation(), call.actor, call.query.version)?;
    Ok(PolicyView {
        adopted: shown.version.into(),
        document: shown.document,
        page: render_page(&shown.policy),
    })
}

fn versions(call: &Call<'_>) -> Result<Listed<VersionView>, Refusal> {
    let versions = acts::list(call.organisation(), call.actor)?;
    Ok(Listed {
        items: versions.into_iter().map(VersionView::from).collect(),
        next: None,
    })
}
