//! The fields of an asset in requests and answers; also the options of `tagout asset register` and `edit`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{Details, Field};

/// What is said about an asset; what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct FieldsBody {
    /// The hostname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(skip)]
    pub name: Option<String>,
    /// `server`, `vdi`, `workstation`, `laptop`, `network_device`, `cloud_instance`, `hypervisor`, `appliance` or `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub kind: Option<String>,
    /// Who answers for it: a handle or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub owner: Option<String>,
    /// Whom to call about maintenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub maintenance_contact: Option<String>,
    /// What it is there for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub purpose: Option<String>,
    /// The operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub os: Option<String>,
    /// The operating system's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub os_version: Option<String>,
    /// The firmware's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub firmware: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub location: Option<String>,
    /// `production`, `staging` or `lab`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub environment: Option<String>,
    /// `cui`, `fci` or `none`; `cui` until somebody says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub classification: Option<String>,
    /// `low`, `medium` or `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub criticality: Option<String>,
    /// `internet_facing`, `internal` or `isolated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub exposure: Option<String>,
    /// `low`, `medium` or `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub maintenance_risk: Option<String>,
    /// The wave in which it is patched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub ring: Option<String>,
    /// The group with which it is patched; two of one redundant pair never share a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub patch_group: Option<String>,
    /// When maintenance suits, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub maintenance_window: Option<String>,
    /// Its addresses, with blanks between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub addresses: Option<String>,
    /// `in_band`, `out_of_band` or `serial_console`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub management_path: Option<String>,
    /// Its number in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[arg(long)]
    pub reference: Option<String>,
}

impl FieldsBody {
    fn of_field(&self, field: Field) -> Option<&str> {
        let text = match field {
            Field::Name => &self.name,
            Field::Kind => &self.kind,
            Field::Owner => &self.owner,
            Field::MaintenanceContact => &self.maintenance_contact,
            Field::Purpose => &self.purpose,
            Field::Os => &self.os,
            Field::OsVersion => &self.os_version,
            Field::Firmware => &self.firmware,
            Field::Location => &self.location,
            Field::Environment => &self.environment,
            Field::Classification => &self.classification,
            Field::Criticality => &self.criticality,
            Field::Exposure => &self.exposure,
            Field::MaintenanceRisk => &self.maintenance_risk,
            Field::Ring => &self.ring,
            Field::PatchGroup => &self.patch_group,
            Field::MaintenanceWindow => &self.maintenance_window,
            Field::Addresses => &self.addresses,
            Field::ManagementPath => &self.management_path,
            Field::Reference => &self.reference,
        };
        text.as_deref()
    }

    /// The fields that something is said about, in the order of the register.
    pub(crate) fn entries(&self) -> Vec<(Field, String)> {
        let said = |field: &Field| Some((*field, self.of_field(*field)?.to_owned()));
        Field::ALL.iter().filter_map(said).collect()
    }
}

impl From<&Details> for FieldsBody {
    fn from(details: &Details) -> Self {
        let said = |field: Field| Some(details.text(field)).filter(|text| !text.is_empty());
        Self {
            name: said(Field::Name),
            kind: said(Field::Kind),
            owner: said(Field::Owner),
            maintenance_contact: said(Field::MaintenanceContact),
            purpose: said(Field::Purpose),
            os: said(Field::Os),
            os_version: said(Field::OsVersion),
            firmware: said(Field::Firmware),
            location: said(Field::Location),
            environment: said(Field::Environment),
            classification: said(Field::Classification),
            criticality: said(Field::Criticality),
            exposure: said(Field::Exposure),
            maintenance_risk: said(Field::MaintenanceRisk),
            ring: said(Field::Ring),
            patch_group: said(Field::PatchGroup),
            maintenance_window: said(Field::MaintenanceWindow),
            addresses: said(Field::Addresses),
            management_path: said(Field::ManagementPath),
            reference: said(Field::Reference),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::AssetName;

    #[test]
    fn every_field_goes_out_and_comes_in_under_its_own_name() {
        let mut details = Details::named(AssetName::parse("web01").unwrap());
        for field in Field::ALL.iter().filter(|field| field.is_free_text()) {
            details.set(*field, field.name()).unwrap();
        }
        details.set(Field::Addresses, "10.0.0.1").unwrap();
        let body = FieldsBody::from(&details);
        let json = serde_json::to_value(&body).unwrap();
        for (field, text) in body.entries() {
            assert_eq!(text, details.text(field));
            assert_eq!(json[field.name()], text);
        }
        assert_eq!(body.entries().len(), Field::ALL.len());
    }
}
