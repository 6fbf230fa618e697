//! From the text of a policy document to a policy, or to the place and the reason why it is none.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use basis::{AuthorityTable, Role};
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::checks;
use super::document::{Contact, Policy, Rule, When};
use super::kinds::Kind;
use super::parameters;
use super::words::MaintenanceType;

/// A document longer than this is no policy that anybody reads.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// A text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Something at one place is wrong.
    #[error("line {line}, column {column}: {what}")]
    At {
        /// The line, counted from 1.
        line: usize,
        /// The column in characters, counted from 1.
        column: usize,
        /// What is wrong and what is allowed.
        what: String,
    },
    /// Something that the whole document must have is not in it.
    #[error("{0}")]
    Whole(String),
}

/// Something wrong at a range of bytes; becomes a [`PolicyError`] once the text is at hand.
pub(super) struct Wrong {
    pub(super) at: Option<Range<usize>>,
    pub(super) what: String,
}

impl Wrong {
    pub(super) fn at(range: Range<usize>, what: impl Into<String>) -> Self {
        Self {
            at: Some(range),
            what: what.into(),
        }
    }

    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self {
            at: None,
            what: what.into(),
        }
    }

    fn placed_in(self, text: &str) -> PolicyError {
        let Some(before) = self.at.and_then(|range| text.get(..range.start)) else {
            return PolicyError::Whole(self.what);
        };
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        PolicyError::At {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: self.what,
        }
    }
}

impl From<toml::de::Error> for Wrong {
    fn from(error: toml::de::Error) -> Self {
        Self {
            at: error.span(),
            what: error.message().replace('\n', ", "),
        }
    }
}

/// Everything but the rules. `rule` is named so that the list of allowed keys is whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    title: String,
    organisation: String,
    scope: Vec<String>,
    headings: BTreeMap<Spanned<String>, String>,
    duties: BTreeMap<Role, String>,
    maintenance: BTreeMap<MaintenanceType, String>,
    contact: Vec<Contact>,
    authority: BTreeMap<Spanned<String>, BTreeSet<Role>>,
    #[serde(rename = "rule")]
    _rule: IgnoredAny,
}

/// What every rule has, whatever its kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: Spanned<String>,
    sentence: Spanned<String>,
    objectives: Vec<Spanned<String>>,
    kind: Spanned<String>,
    #[serde(default)]
    when: When,
}

const HEAD_KEYS: [&str; 5] = ["id", "sentence", "objectives", "kind", "when"];

impl Policy {
    /// Reads a policy document (TOML 1.0). Unknown keys are refused. The version of what it returns is 0.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(PolicyError::Whole(format!(
                "the document has {} bytes and may have {DOCUMENT_BYTES_MAX}; shorten it",
                text.len()
            )));
        }
        read(text).map_err(|wrong| wrong.placed_in(text))
    }
}

fn read(text: &str) -> Result<Policy, Wrong> {
    let document = DeTable::parse(text)?;
    let tables = document.get_ref().get("rule").cloned();
    let header: Header = shape(document.span(), document.into_inner())?;
    let mut rules: Vec<Rule> = Vec::new();
    for table in rule_tables(tables)? {
        let (place, rule) = read_rule(table)?;
        checks::order(rules.last(), &rule, place.clone())?;
        checks::rule(&rule, place)?;
        rules.push(rule);
    }
    let mut headings = BTreeMap::new();
    for (number, heading) in header.headings {
        let place = number.span();
        let number = number.into_inner().parse().ok().filter(|number| *number > 0u32);
        let number = number.ok_or_else(|| {
            Wrong::at(
                place,
                "a heading's key is the number of its chapter, such as `4 = \"Review\"`",
            )
        })?;
        headings.insert(number, heading);
    }
    for (act, _) in header.authority.iter() {
        checks::act(act.get_ref(), act.span())?;
    }
    let rows = header.authority.into_iter();
    let policy = Policy {
        version: 0,
        title: header.title,
        organisation: header.organisation,
        scope: header.scope,
        duties: header.duties,
        maintenance: header.maintenance,
        contacts: header.contact,
        headings,
        rules,
        authority: AuthorityTable::new(rows.map(|(act, roles)| (act.into_inner(), roles))),
    };
    checks::whole(&policy)?;
    Ok(policy)
}

fn rule_tables(value: Option<Spanned<DeValue<'_>>>) -> Result<Vec<Spanned<DeTable<'_>>>, Wrong> {
    let form = "rules are written as tables under `[[rule]]`";
    let Some(value) = value else {
        return Err(Wrong::whole(format!("the document has no rule; {form}")));
    };
    let place = value.span();
    let DeValue::Array(items) = value.into_inner() else {
        return Err(Wrong::at(place, form));
    };
    let mut tables = Vec::new();
    for item in items {
        let place = item.span();
        let DeValue::Table(table) = item.into_inner() else {
            return Err(Wrong::at(place, form));
        };
        tables.push(Spanned::new(place, table));
    }
    Ok(tables)
}

fn read_rule(table: Spanned<DeTable<'_>>) -> Result<(Range<usize>, Rule), Wrong> {
    let place = table.span();
    let (mut head, mut own) = (DeTable::new(), DeTable::new());
    for (key, value) in table.into_inner() {
        let side = if HEAD_KEYS.contains(&key.get_ref().as_ref()) {
            &mut head
        } else {
            &mut own
        };
        side.insert(key, value);
    }
    let mut printed = parameters::printed(&own);
    printed.extend(
        head.get("when")
            .into_iter()
            .flat_map(|when| parameters::printed_under("when", when)),
    );
    let head: Head = shape(place.clone(), head)?;
    let kind = read_kind(&head.kind, place, own)?;
    for objective in &head.objectives {
        checks::objective(objective.get_ref(), objective.span())?;
    }
    let sentence = parameters::fill(head.sentence.get_ref(), &printed)
        .map_err(|what| Wrong::at(head.sentence.span(), what))?;
    let rule = Rule {
        sentence,
        wording: head.sentence.into_inner(),
        objectives: head.objectives.into_iter().map(Spanned::into_inner).collect(),
        when: head.when,
        kind,
        parameters: printed,
        id: head.id.get_ref().clone(),
    };
    Ok((head.id.span(), rule))
}

fn read_kind(kind: &Spanned<String>, place: Range<usize>, own: DeTable<'_>) -> Result<Kind, Wrong> {
    Ok(match kind.get_ref().as_str() {
        "required_parts" => Kind::RequiredParts(shape(place, own)?),
        "approvals" => Kind::Approvals(shape(place, own)?),
        "separation" => Kind::Separation(shape(place, own)?),
        "lead_time" => Kind::LeadTime(shape(place, own)?),
        "window_length" => Kind::WindowLength(shape(place, own)?),
        "backup_before" => Kind::BackupBefore(shape(place, own)?),
        "permit" => Kind::Permit(shape(place, own)?),
        "gate_token" => Kind::GateToken(shape(place, own)?),
        "rings" => Kind::Rings(shape(place, own)?),
        "evidence_for_closure" => Kind::EvidenceForClosure(shape(place, own)?),
        "verification_for_closure" => Kind::VerificationForClosure(shape(place, own)?),
        "emergency" => Kind::Emergency(shape(place, own)?),
        "remediation_deadline" => Kind::RemediationDeadline(shape(place, own)?),
        "retention" => Kind::Retention(shape(place, own)?),
        "sign_in" => Kind::SignIn(shape(place, own)?),
        other => {
            let known = Kind::NAMES.join(", ");
            return Err(Wrong::at(
                kind.span(),
                format!("`{other}` is no kind of rule; write one of {known}"),
            ));
        }
    })
}

/// Reads a table whose place in the text is known into its type.
fn shape<T: for<'de> Deserialize<'de>>(place: Range<usize>, table: DeTable<'_>) -> Result<T, Wrong> {
    let value = Spanned::new(place, DeValue::Table(table));
    Ok(T::deserialize(ValueDeserializer::from(value))?)
}
