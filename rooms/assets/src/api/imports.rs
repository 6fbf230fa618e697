//! Reading lists of systems over the API.

use std::fs::File;
use std::io::Read;

use basis::{Class, Refusal};
use evidence::EvidenceId;
use frame::{Call, IdText, Listed, Nothing};
use ledger::Hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{self, Applied, Import};
use crate::record::DifferenceRecord;
use crate::rules::ImportId;

/// What to do with the list that is sent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// The name of the mapping by which it is read.
    pub mapping: String,
    /// The name of the file.
    pub name: String,
    /// Whether it is applied; otherwise the difference is shown and nothing is recorded.
    pub apply: bool,
    /// The digest of the difference that was looked at; needed for applying.
    pub diff: Option<String>,
}

/// What reading a list changed, or would change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportView {
    pub difference: DifferenceRecord,
    /// SHA-256 of the difference, by which it is named for applying.
    pub digest: String,
    /// Whether it was applied and recorded.
    pub is_applied: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<ImportId>>")]
    pub import: Option<ImportId>,
    /// The file and the difference, as evidence.
    #[schemars(with = "Vec<IdText<EvidenceId>>")]
    pub evidence: Vec<EvidenceId>,
}

pub(super) fn import(call: &Call<'_, ImportQuery>, file: &mut File) -> Result<ImportView, Refusal> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| {
        Refusal::new(
            Class::Fault,
            "import",
            format!("the file that was sent cannot be read: {error}"),
        )
        .way_out("look at the disk of the server")
    })?;
    let query = &call.query;
    let import = Import {
        file_name: &query.name,
        mapping: &query.mapping,
        bytes: &bytes,
    };
    if !query.apply {
        let (difference, digest) = acts::preview(call.organisation(), call.actor, &import)?;
        return Ok(ImportView {
            difference,
            digest: digest.to_string(),
            is_applied: false,
            import: None,
            evidence: Vec::new(),
        });
    }
    let seen = query.diff.as_deref().and_then(Hash::from_hex).ok_or_else(|| {
        Refusal::new(
            Class::Invalid,
            "import",
            "a list is applied only after its difference was looked at",
        )
        .missing("`diff`, the digest of that difference")
        .way_out("send the list with `apply=false` first")
    })?;
    let (difference, applied) = acts::import(call.organisation(), call.actor, &import, seen)?;
    let (import, evidence) = match applied {
        Applied::Nothing => (None, Vec::new()),
        Applied::Import {
            id,
            evidence,
            difference,
        } => (Some(id), vec![evidence, difference]),
    };
    Ok(ImportView {
        difference,
        digest: seen.to_string(),
        is_applied: import.is_some(),
        import,
        evidence,
    })
}

/// A mapping.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingView {
    pub name: String,
    /// What kind of list it reads.
    pub title: String,
    /// The document (TOML).
    pub document: String,
    /// Whether it comes with the program.
    pub is_shipped: bool,
}

pub(super) fn mappings(call: &Call<'_>) -> Result<Listed<MappingView>, Refusal> {
    let mappings = acts::list_mappings(call.organisation(), call.actor)?;
    let view = |shown: acts::MappingShown| MappingView {
        name: shown.name,
        title: shown.title,
        document: shown.document,
        is_shipped: shown.is_shipped,
    };
    Ok(Listed {
        items: mappings.into_iter().map(view).collect(),
        next: None,
    })
}

/// A mapping to keep.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveMappingRequest {
    /// 1 to 40 of a-z, 0-9 and dash.
    pub name: String,
    /// The document (TOML).
    pub document: String,
}

pub(super) fn save_mapping(call: &Call<'_, Nothing, SaveMappingRequest>) -> Result<Nothing, Refusal> {
    acts::save_mapping(
        call.organisation(),
        call.actor,
        &call.body.name,
        &call.body.document,
    )
    .map(|()| Nothing)
}
