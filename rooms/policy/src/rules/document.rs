//! The policy in force as values: who may do what, and the rules in the order of the document.

use std::collections::{BTreeMap, BTreeSet};

use basis::{AuthorityTable, Role};
use serde::Deserialize;

use super::kinds::Kind;
use super::questions::{AssetFacts, ChangeFacts};
use super::words::{ChangeType, Classification, Criticality, Environment, Exposure, MaintenanceType};

/// One version of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The version in force; 0 until it is adopted.
    pub version: u64,
    /// The document's title.
    pub title: String,
    /// The organisation it binds.
    pub organisation: String,
    /// What it covers, one sentence each.
    pub scope: Vec<String>,
    /// The duty of each role in a sentence.
    pub duties: BTreeMap<Role, String>,
    /// The types of maintenance that are allowed, each in a sentence.
    pub maintenance: BTreeMap<MaintenanceType, String>,
    /// Whom to call, in this order.
    pub contacts: Vec<Contact>,
    /// The headings of the chapters, by the number before the first dot of a paragraph.
    pub headings: BTreeMap<u32, String>,
    /// INVARIANT: ids rise, and the rules are complete as `checks` demands.
    pub(super) rules: Vec<Rule>,
    pub(super) authority: AuthorityTable,
}

/// Somebody to call when things go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The post or person.
    pub who: String,
    /// How to reach them.
    pub reach: String,
    /// When to call them.
    pub when: String,
}

/// One rule of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its paragraph, such as `4.2`.
    pub id: String,
    /// The rule in a plain sentence, its numbers filled in from the parameters.
    pub sentence: String,
    /// The sentence as the document has it, with the names of parameters in braces.
    pub wording: String,
    /// The assessment objectives it serves, such as `r2:3.4.3[c]`.
    pub objectives: Vec<String>,
    /// To what it applies.
    pub when: When,
    /// What it demands.
    pub kind: Kind,
    /// Everything it demands, as pairs of a key and its printed value: what `diff` compares.
    pub parameters: BTreeMap<String, String>,
}

/// To what a rule applies. An empty list is no condition; all conditions given must match.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// These change types.
    pub change_types: Vec<ChangeType>,
    /// Assets of these classifications.
    pub classifications: Vec<Classification>,
    /// Assets of these criticalities.
    pub criticalities: Vec<Criticality>,
    /// Assets of these exposures.
    pub exposures: Vec<Exposure>,
    /// Assets of these environments.
    pub environments: Vec<Environment>,
}

impl When {
    /// Whether a rule with this condition has a say about the change: its type matches, and at least one of its
    /// assets does.
    pub fn matches(&self, change: &ChangeFacts) -> bool {
        self.matches_type(change.change_type)
            && (!self.looks_at_assets() || change.assets.iter().any(|asset| self.matches_asset(asset)))
    }

    /// Whether the condition allows this change type.
    pub fn matches_type(&self, change_type: ChangeType) -> bool {
        allows(&self.change_types, change_type)
    }

    /// Whether the conditions on assets all match this one.
    pub fn matches_asset(&self, asset: &AssetFacts) -> bool {
        allows(&self.classifications, asset.classification)
            && allows(&self.criticalities, asset.criticality)
            && allows(&self.exposures, asset.exposure)
            && allows(&self.environments, asset.environment)
    }

    /// Whether there is any condition on assets.
    pub fn looks_at_assets(&self) -> bool {
        !(self.classifications.is_empty()
            && self.criticalities.is_empty()
            && self.exposures.is_empty()
            && self.environments.is_empty())
    }
}

fn allows<T: PartialEq>(list: &[T], value: T) -> bool {
    list.is_empty() || list.contains(&value)
}

impl Policy {
    /// The same policy under the version number that its adoption gave it.
    #[must_use]
    pub fn with_version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    /// Which roles may do which act.
    pub fn authority(&self) -> &AuthorityTable {
        &self.authority
    }

    /// Every rule, in the order of the document.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this id. The id of a small-shop path finds the rule that it softens.
    pub fn paragraph(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| {
            rule.id == id
                || matches!(&rule.kind, Kind::Separation(separation)
                    if separation.alternative.as_ref().is_some_and(|path| path.paragraph == id))
        })
    }

    /// Every assessment objective that some rule serves.
    pub fn objectives(&self) -> BTreeSet<&str> {
        let all = self.rules.iter().flat_map(|rule| &rule.objectives);
        all.map(String::as_str).collect()
    }

    pub(super) fn applying<'a>(&'a self, change: &'a ChangeFacts) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| rule.when.matches(change))
    }
}
