//! The policy as people read it, each paragraph at an address of its own.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Cell, Column, Moment, Page, Table};
use ledger::Hash;

use crate::acts::{self, Shown};
use crate::api::WhichVersion;
use crate::rules::{Kind, Policy, Rule};

/// The page.
#[derive(Template)]
#[template(path = "policy.html")]
pub(crate) struct PolicyPage {
    title: String,
    organisation: String,
    version: u64,
    before: Option<u64>,
    digest: Hash,
    adopted: Moment,
    adopted_by: String,
    change: Option<String>,
    scope: Vec<String>,
    maintenance: Vec<(String, String)>,
    chapters: Vec<Chapter>,
    duties: Vec<(String, String)>,
    authority: Table,
    contacts: Table,
}

struct Chapter {
    number: u32,
    heading: String,
    paragraphs: Vec<Paragraph>,
}

struct Paragraph {
    id: String,
    sentence: String,
    enforced: Vec<(String, String)>,
    kind: &'static str,
    objectives: Vec<String>,
}

impl Page for PolicyPage {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |policy: &Policy, change: Option<&str>| Self {
            before: change.map(|_| 1),
            change: change.map(str::to_owned),
            ..of(
                policy,
                Hash::of(b"sample"),
                Moment(basis::Time::from_ms(1_763_800_000_000)),
                "PER-0001".to_owned(),
                None,
            )
        };
        let Ok(policy) = Policy::parse(crate::rules::DEFAULT_POLICY) else {
            return Vec::new();
        };
        let policy = policy.with_version(1);
        let mut long = policy.clone();
        long.organisation = "wordwithoutanyblank".repeat(9);
        vec![
            ("usual", page(&policy, None)),
            ("full", page(&long, Some("CHG-0007"))),
        ]
    }
}

pub(crate) fn show_policy(call: &Call<'_, WhichVersion>) -> Result<PolicyPage, Refusal> {
    let Shown { version, policy, .. } = acts::show(call.organisation(), call.actor, call.query.version)?;
    Ok(of(
        &policy,
        version.digest,
        Moment(version.adopted_at),
        version.adopted_by.to_string(),
        version.change.map(|change| change.to_string()),
    ))
}

fn of(
    policy: &Policy,
    digest: Hash,
    adopted: Moment,
    adopted_by: String,
    change: Option<String>,
) -> PolicyPage {
    let own = |(key, text): (String, &String)| (key, text.clone());
    let maintenance = policy.maintenance.iter();
    let duties = policy.duties.iter();
    PolicyPage {
        title: policy.title.clone(),
        organisation: policy.organisation.clone(),
        version: policy.version,
        before: policy.version.checked_sub(1).filter(|before| *before > 0),
        digest,
        adopted,
        adopted_by,
        change,
        scope: policy.scope.clone(),
        maintenance: maintenance
            .map(|(kind, text)| own((kind.to_string(), text)))
            .collect(),
        chapters: chapters(policy),
        duties: duties.map(|(role, text)| own((role.to_string(), text))).collect(),
        authority: authority(policy),
        contacts: contacts(policy),
    }
}

fn chapters(policy: &Policy) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for rule in policy.rules() {
        let number = chapter_of(&rule.id);
        if chapters.last().is_none_or(|chapter| chapter.number != number) {
            chapters.push(Chapter {
                number,
                heading: policy.headings.get(&number).cloned().unwrap_or_default(),
                paragraphs: Vec::new(),
            });
        }
        if let Some(chapter) = chapters.last_mut() {
            chapter.paragraphs.extend(paragraphs(rule));
        }
    }
    chapters
}

/// The number before the first dot of a paragraph.
fn chapter_of(id: &str) -> u32 {
    let number = id.split('.').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

/// The rule's own paragraph, and the one of the path that softens it.
fn paragraphs(rule: &Rule) -> Vec<Paragraph> {
    let parameters = rule.parameters.iter();
    let enforced = parameters
        .filter(|(key, _)| !key.ends_with("sentence"))
        .map(|(key, value)| (key.replace('_', " "), value.clone()));
    let mut found = vec![Paragraph {
        id: rule.id.clone(),
        sentence: rule.sentence.clone(),
        enforced: enforced.collect(),
        kind: rule.kind.name(),
        objectives: rule.objectives.clone(),
    }];
    if let Kind::Separation(separation) = &rule.kind
        && let Some(path) = &separation.alternative
    {
        let force = if path.in_force { "" } else { "(Not in force.) " };
        found.push(Paragraph {
            id: path.paragraph.clone(),
            sentence: format!("{force}{}", path.sentence),
            enforced: Vec::new(),
            kind: rule.kind.name(),
            objectives: Vec::new(),
        });
    }
    found
}

fn authority(policy: &Policy) -> Table {
    let row = |(act, roles): (&str, &std::collections::BTreeSet<basis::Role>)| {
        let names: Vec<String> = roles.iter().map(|role| role.name().replace('_', " ")).collect();
        let names = if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        };
        vec![Cell::text(act), Cell::text(names)]
    };
    let columns = vec![Column::new("Act"), Column::new("Roles")];
    Table::new("Who may do what", columns, "Nobody may do anything.")
        .with_rows(policy.authority().rows().map(row))
}

fn contacts(policy: &Policy) -> Table {
    let columns = ["Who", "How to reach them", "When"];
    let row = |contact: &crate::rules::Contact| {
        vec![
            Cell::text(&contact.who),
            Cell::text(&contact.reach),
            Cell::text(&contact.when),
        ]
    };
    Table::new(
        "Whom to call",
        columns.map(Column::new).to_vec(),
        "Nobody is named.",
    )
    .with_rows(policy.contacts.iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paragraph_of_a_shipped_policy_has_an_address_of_its_own() {
        let (_, page) = PolicyPage::samples().remove(0);
        let html = page.render().unwrap();
        let policy = Policy::parse(crate::rules::DEFAULT_POLICY).unwrap();
        assert!(policy.rules().len() > 10);
        for rule in policy.rules() {
            let anchor = format!("id=\"p-{}\"", rule.id);
            assert_eq!(html.matches(&anchor).count(), 1, "{anchor}");
        }
    }
}
