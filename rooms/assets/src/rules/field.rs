//! The fields of the register, each with one name, one form and one way to be read and set.

use std::fmt;

use policy::{Classification, Criticality, Environment, Exposure};

use super::name::AssetName;
use super::words::{AssetKind, MaintenanceRisk, ManagementPath};

/// Most characters of a text.
pub const TEXT_CHARS_MAX: usize = 500;
/// Most addresses of one asset.
pub const ADDRESSES_MAX: usize = 64;
/// Most characters of one address: a DNS name has at most 253 (RFC 1035 §2.3.4).
const ADDRESS_CHARS_MAX: usize = 253;

words!(
    /// A field that people or a list can give. What a collection found stands apart and wins where both speak.
    Field:
    /// The hostname; unique among the assets in use, case does not count.
    Name = "name",
    /// What sort of system it is.
    Kind = "kind",
    /// Who answers for it: a handle or a text.
    Owner = "owner",
    /// Whom to call about maintenance.
    MaintenanceContact = "maintenance_contact",
    /// What it is there for.
    Purpose = "purpose",
    /// The operating system.
    Os = "os",
    /// The operating system's version.
    OsVersion = "os_version",
    /// The firmware's version.
    Firmware = "firmware",
    /// Where it stands.
    Location = "location",
    /// What it is used for.
    Environment = "environment",
    /// The most sensitive information on it.
    Classification = "classification",
    /// What its loss costs.
    Criticality = "criticality",
    /// Who can reach it.
    Exposure = "exposure",
    /// What can go wrong when it is maintained.
    MaintenanceRisk = "maintenance_risk",
    /// The wave in which it is patched.
    Ring = "ring",
    /// The group with which it is patched; two of one redundant pair never share a ring.
    PatchGroup = "patch_group",
    /// When maintenance suits, in words.
    MaintenanceWindow = "maintenance_window",
    /// Its addresses.
    Addresses = "addresses",
    /// By which way it is managed.
    ManagementPath = "management_path",
    /// Its number in another system: asset tag, serial number, object id.
    Reference = "reference",
);

impl Field {
    /// Whether a person writes sentences into it, which a redaction blanks.
    pub fn is_free_text(self) -> bool {
        matches!(
            self,
            Field::Owner
                | Field::MaintenanceContact
                | Field::Purpose
                | Field::Os
                | Field::OsVersion
                | Field::Firmware
                | Field::Location
                | Field::Ring
                | Field::PatchGroup
                | Field::MaintenanceWindow
                | Field::Reference
        )
    }

    /// The words that it may be, where it is one of a fixed list.
    pub fn allowed(self) -> Vec<&'static str> {
        match self {
            Field::Kind => AssetKind::ALL.iter().map(|word| word.name()).collect(),
            Field::Environment => Environment::ALL.iter().map(|word| word.name()).collect(),
            Field::Classification => Classification::ALL.iter().map(|word| word.name()).collect(),
            Field::Criticality => Criticality::ALL.iter().map(|word| word.name()).collect(),
            Field::Exposure => Exposure::ALL.iter().map(|word| word.name()).collect(),
            Field::MaintenanceRisk => MaintenanceRisk::ALL.iter().map(|word| word.name()).collect(),
            Field::ManagementPath => ManagementPath::ALL.iter().map(|word| word.name()).collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value does not fit its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// The value, shortened.
    pub value: String,
    /// What the field takes.
    pub wanted: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot be the {}; {}",
            self.value, self.field, self.wanted
        )
    }
}

/// What people or a list said about an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The hostname.
    pub name: AssetName,
    /// What sort of system it is.
    pub kind: AssetKind,
    /// Who answers for it; empty where nobody said.
    pub owner: String,
    /// Whom to call about maintenance.
    pub maintenance_contact: String,
    /// What it is there for.
    pub purpose: String,
    /// The operating system, as somebody said.
    pub os: String,
    /// The operating system's version, as somebody said.
    pub os_version: String,
    /// The firmware's version, as somebody said.
    pub firmware: String,
    /// Where it stands.
    pub location: String,
    /// What it is used for.
    pub environment: Environment,
    /// The most sensitive information on it.
    pub classification: Classification,
    /// What its loss costs.
    pub criticality: Criticality,
    /// Who can reach it.
    pub exposure: Exposure,
    /// What can go wrong when it is maintained.
    pub maintenance_risk: MaintenanceRisk,
    /// The wave in which it is patched.
    pub ring: String,
    /// The group with which it is patched.
    pub patch_group: String,
    /// When maintenance suits, in words.
    pub maintenance_window: String,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// By which way it is managed.
    pub management_path: ManagementPath,
    /// Its number in another system.
    pub reference: String,
}

impl Details {
    /// An asset of which only the name is known. Until somebody says otherwise it is taken for a production system that
    /// holds CUI, so that forgetting to classify never weakens a control.
    pub fn named(name: AssetName) -> Self {
        Self {
            name,
            kind: AssetKind::Other,
            owner: String::new(),
            maintenance_contact: String::new(),
            purpose: String::new(),
            os: String::new(),
            os_version: String::new(),
            firmware: String::new(),
            location: String::new(),
            environment: Environment::Production,
            classification: Classification::Cui,
            criticality: Criticality::Medium,
            exposure: Exposure::Internal,
            maintenance_risk: MaintenanceRisk::Medium,
            ring: String::new(),
            patch_group: String::new(),
            maintenance_window: String::new(),
            addresses: Vec::new(),
            management_path: ManagementPath::InBand,
            reference: String::new(),
        }
    }

    /// The field as text; addresses with one blank between them.
    pub fn text(&self, field: Field) -> String {
        match field {
            Field::Name => self.name.as_str().to_owned(),
            Field::Kind => self.kind.name().to_owned(),
            Field::Environment => self.environment.name().to_owned(),
            Field::Classification => self.classification.name().to_owned(),
            Field::Criticality => self.criticality.name().to_owned(),
            Field::Exposure => self.exposure.name().to_owned(),
            Field::MaintenanceRisk => self.maintenance_risk.name().to_owned(),
            Field::ManagementPath => self.management_path.name().to_owned(),
            Field::Addresses => self.addresses.join(" "),
            Field::Owner => self.owner.clone(),
            Field::MaintenanceContact => self.maintenance_contact.clone(),
            Field::Purpose => self.purpose.clone(),
            Field::Os => self.os.clone(),
            Field::OsVersion => self.os_version.clone(),
            Field::Firmware => self.firmware.clone(),
            Field::Location => self.location.clone(),
            Field::Ring => self.ring.clone(),
            Field::PatchGroup => self.patch_group.clone(),
            Field::MaintenanceWindow => self.maintenance_window.clone(),
            Field::Reference => self.reference.clone(),
        }
    }

    /// Sets a field from what a person or a list wrote.
    ///
    /// # Errors
    /// Says what the field takes.
    pub fn set(&mut self, field: Field, value: &str) -> Result<(), FieldError> {
        let value = value.trim();
        if field.is_free_text() {
            check_text(field, value)?;
        }
        self.set_checked(field, value)
    }

    /// Sets a field from what was recorded; texts are taken as they are, since a redaction may have replaced them.
    ///
    /// # Errors
    /// Says what the field takes, for a record that makes no sense.
    pub fn set_recorded(&mut self, field: Field, value: &str) -> Result<(), FieldError> {
        self.set_checked(field, value)
    }

    fn set_checked(&mut self, field: Field, value: &str) -> Result<(), FieldError> {
        match field {
            Field::Name => {
                self.name = AssetName::parse(value)
                    .map_err(|refusal| wrong(field, value, refusal.way_out.join("; ")))?;
            }
            Field::Kind => self.kind = word(field, value, AssetKind::named)?,
            Field::Environment => self.environment = word(field, value, Environment::named)?,
            Field::Classification => self.classification = word(field, value, Classification::named)?,
            Field::Criticality => self.criticality = word(field, value, Criticality::named)?,
            Field::Exposure => self.exposure = word(field, value, Exposure::named)?,
            Field::MaintenanceRisk => self.maintenance_risk = word(field, value, MaintenanceRisk::named)?,
            Field::ManagementPath => self.management_path = word(field, value, ManagementPath::named)?,
            Field::Addresses => self.addresses = addresses(value)?,
            Field::Owner => value.clone_into(&mut self.owner),
            Field::MaintenanceContact => value.clone_into(&mut self.maintenance_contact),
            Field::Purpose => value.clone_into(&mut self.purpose),
            Field::Os => value.clone_into(&mut self.os),
            Field::OsVersion => value.clone_into(&mut self.os_version),
            Field::Firmware => value.clone_into(&mut self.firmware),
            Field::Location => value.clone_into(&mut self.location),
            Field::Ring => value.clone_into(&mut self.ring),
            Field::PatchGroup => value.clone_into(&mut self.patch_group),
            Field::MaintenanceWindow => value.clone_into(&mut self.maintenance_window),
            Field::Reference => value.clone_into(&mut self.reference),
        }
        Ok(())
    }
}

fn wrong(field: Field, value: &str, wanted: String) -> FieldError {
    let value = value
        .chars()
        .take(40)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    FieldError { field, value, wanted }
}

fn word<W>(field: Field, value: &str, named: impl Fn(&str) -> Option<W>) -> Result<W, FieldError> {
    let plain = value.to_lowercase().replace([' ', '-'], "_");
    named(&plain).ok_or_else(|| {
        wrong(
            field,
            value,
            format!("write one of {}", field.allowed().join(", ")),
        )
    })
}

fn check_text(field: Field, value: &str) -> Result<(), FieldError> {
    if value.chars().count() <= TEXT_CHARS_MAX && !value.chars().any(char::is_control) {
        return Ok(());
    }
    let wanted = format!("write one line of at most {TEXT_CHARS_MAX} characters");
    Err(wrong(field, value, wanted))
}

fn addresses(value: &str) -> Result<Vec<String>, FieldError> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_' | '%' | '/');
    let mut found: Vec<String> = Vec::new();
    for part in value
        .split([' ', ',', ';', '\t', '\n', '\r'])
        .filter(|part| !part.is_empty())
    {
        if part.len() > ADDRESS_CHARS_MAX || !part.chars().all(good) || found.len() == ADDRESSES_MAX {
            let wanted =
                format!("write at most {ADDRESSES_MAX} IP addresses or host names with blanks between them");
            return Err(wrong(Field::Addresses, part, wanted));
        }
        if !found.iter().any(|known| known == part) {
            found.push(part.to_owned());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn details() -> Details {
        Details::named(AssetName::parse("web01").unwrap())
    }

    #[test]
    fn an_asset_that_nobody_classified_is_taken_for_cui_in_production() {
        assert_eq!(details().text(Field::Classification), "cui");
        assert_eq!(details().text(Field::Environment), "production");
    }

    #[test]
    fn a_word_is_taken_in_any_case_and_with_blanks_and_refused_with_the_list() {
        let mut details = details();
        details.set(Field::Exposure, "Internet facing").unwrap();
        assert_eq!(details.exposure, Exposure::InternetFacing);
        let error = details.set(Field::Criticality, "huge").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`huge` cannot be the criticality; write one of low, medium, high"
        );
    }

    #[test]
    fn a_text_has_at_most_500_characters_on_one_line() {
        let mut details = details();
        assert!(details.set(Field::Purpose, &"ä".repeat(TEXT_CHARS_MAX)).is_ok());
        assert!(
            details
                .set(Field::Purpose, &"ä".repeat(TEXT_CHARS_MAX + 1))
                .is_err()
        );
        assert!(details.set(Field::Purpose, "a\nb").is_err());
    }

    #[test]
    fn addresses_are_listed_once_and_at_most_64_of_them() {
        let mut details = details();
        details
            .set(Field::Addresses, "10.0.0.1, fe80::1%eth0;10.0.0.1")
            .unwrap();
        assert_eq!(details.addresses, ["10.0.0.1", "fe80::1%eth0"]);
        let many = |count: usize| {
            (0..count)
                .map(|n| format!("10.0.0.{n}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert!(details.set(Field::Addresses, &many(ADDRESSES_MAX)).is_ok());
        assert!(details.set(Field::Addresses, &many(ADDRESSES_MAX + 1)).is_err());
        assert!(details.set(Field::Addresses, "$(reboot)").is_err());
    }

    proptest! {
        #[test]
        fn every_field_reads_back_what_it_took(value in "[a-z0-9 .,:-]{0,40}", at in 0..Field::ALL.len()) {
            let field = Field::ALL[at];
            let mut first = details();
            if first.set(field, &value).is_ok() {
                let mut second = details();
                second.set_recorded(field, &first.text(field)).unwrap();
                prop_assert_eq!(first, second);
            }
        }
    }
}
