//! What differs between two versions of the policy, one line of a table at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::document::{Policy, Rule};

/// One difference, in the direction from the old version to the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A rule is new.
    RuleAdded {
        /// Its paragraph.
        paragraph: String,
        /// Its sentence.
        sentence: String,
    },
    /// A rule is gone.
    RuleRemoved {
        /// Its paragraph.
        paragraph: String,
        /// Its sentence.
        sentence: String,
    },
    /// One value of a rule is another: a parameter, a condition, its kind, sentence or objectives.
    RuleChanged {
        /// Its paragraph.
        paragraph: String,
        /// Which value.
        key: String,
        /// The old value; `none` where there was none.
        from: String,
        /// The new value; `none` where there is none.
        to: String,
    },
    /// Who may do an act has changed.
    AuthorityChanged {
        /// The act.
        act: String,
        /// The old roles.
        from: String,
        /// The new roles.
        to: String,
    },
    /// Something outside the rules has changed: title, scope, a duty, a contact.
    TextChanged {
        /// What.
        key: String,
        /// The old text.
        from: String,
        /// The new text.
        to: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::RuleAdded { paragraph, sentence } => write!(f, "{paragraph} added: {sentence}"),
            Difference::RuleRemoved { paragraph, sentence } => write!(f, "{paragraph} removed: {sentence}"),
            Difference::RuleChanged {
                paragraph,
                key,
                from,
                to,
            } => {
                write!(f, "{paragraph} {key}: {from} → {to}")
            }
            Difference::AuthorityChanged { act, from, to } => write!(f, "authority {act}: {from} → {to}"),
            Difference::TextChanged { key, from, to } => write!(f, "{key}: {from} → {to}"),
        }
    }
}

/// Lists what differs between two policies: rules in the order of paragraphs, then authority, then texts.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Difference> {
    let mut differences = Vec::new();
    for rule in old.rules() {
        match new.rules().iter().find(|other| other.id == rule.id) {
            Some(other) => {
                let changed = changed(values(rule), values(other)).into_iter();
                differences.extend(changed.map(|(key, from, to)| Difference::RuleChanged {
                    paragraph: rule.id.clone(),
                    key,
                    from,
                    to,
                }));
            }
            None => differences.push(Difference::RuleRemoved {
                paragraph: rule.id.clone(),
                sentence: rule.sentence.clone(),
            }),
        }
    }
    for rule in new.rules() {
        if !old.rules().iter().any(|other| other.id == rule.id) {
            differences.push(Difference::RuleAdded {
                paragraph: rule.id.clone(),
                sentence: rule.sentence.clone(),
            });
        }
    }
    let rows = changed(authority(old), authority(new)).into_iter();
    differences.extend(rows.map(|(act, from, to)| Difference::AuthorityChanged { act, from, to }));
    let texts = changed(texts(old), texts(new)).into_iter();
    differences.extend(texts.map(|(key, from, to)| Difference::TextChanged { key, from, to }));
    differences
}

type Values = BTreeMap<String, String>;

/// Every key whose value differs, with the old and the new value.
fn changed(old: Values, new: Values) -> Vec<(String, String, String)> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let shown = |values: &Values, key: &str| values.get(key).cloned().unwrap_or_else(|| "none".to_owned());
    let pairs = keys
        .into_iter()
        .map(|key| (key.clone(), shown(&old, key), shown(&new, key)));
    pairs.filter(|(_, from, to)| from != to).collect()
}

fn values(rule: &Rule) -> Values {
    let mut values = rule.parameters.clone();
    values.insert("kind".to_owned(), rule.kind.name().to_owned());
    values.insert("sentence".to_owned(), rule.wording.clone());
    values.insert("objectives".to_owned(), rule.objectives.join(", "));
    values
}

fn authority(policy: &Policy) -> Values {
    let rows = policy.authority().rows();
    rows.map(|(act, roles)| {
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        (
            act.to_owned(),
            if names.is_empty() {
                "nobody".to_owned()
            } else {
                names.join(", ")
            },
        )
    })
    .collect()
}

fn texts(policy: &Policy) -> Values {
    let mut texts = Values::from([
        ("title".to_owned(), policy.title.clone()),
        ("organisation".to_owned(), policy.organisation.clone()),
        ("scope".to_owned(), policy.scope.join(" ")),
    ]);
    texts.extend(
        policy
            .duties
            .iter()
            .map(|(role, duty)| (format!("duty of {role}"), duty.clone())),
    );
    let maintenance = policy.maintenance.iter();
    texts.extend(maintenance.map(|(kind, sentence)| (format!("maintenance {kind}"), sentence.clone())));
    texts.extend(
        policy
            .headings
            .iter()
            .map(|(number, text)| (format!("heading {number}"), text.clone())),
    );
    let contacts = policy.contacts.iter().enumerate();
    texts.extend(contacts.map(|(place, contact)| {
        let text = format!("{}: {} ({})", contact.who, contact.reach, contact.when);
        (format!("contact {}", place + 1), text)
    }));
    texts
}
