//! One piece of evidence: what is known of it, what it is about, who opened it. Its content is opened, which is recorded.

use askama::Template;
use basis::{Id, Refusal, Time};
use frame::pages::{Cell, Column, Form, Goto, Moment, Page, State, Table};
use frame::{Call, Nothing};

use super::{link_of, standing};
use crate::acts;
use crate::rules::{EvidenceId, Standing};

/// The page.
#[derive(Template)]
#[template(path = "evidence.html")]
pub(crate) struct EvidencePage {
    id: EvidenceId,
    name: String,
    standing: State,
    kind: String,
    media_type: &'static str,
    size: u64,
    sha256: String,
    taken: Moment,
    added: Moment,
    added_by: String,
    about: Vec<(Option<String>, String)>,
    objectives: Vec<String>,
    destroyed: Option<(String, Moment, String)>,
    finalisation: Option<Form>,
    opening: Option<Form>,
    openings: Table,
}

impl Page for EvidencePage {
    fn title(&self) -> String {
        format!("{} {}", self.id, self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let full = Self {
            name: "a-very-long-file-name".repeat(9),
            about: (1..60)
                .map(|_| (Some("/changes/CHG-0001".to_owned()), "CHG-0001".to_owned()))
                .collect(),
            objectives: (1..40).map(|_| "r2:3.4.3[c]".to_owned()).collect(),
            ..sample(&Standing::Draft)
        };
        let destroyed = Standing::Destroyed {
            by: basis::PersonId::from_number(1),
            at: Time::from_ms(1_763_800_000_000),
            reason: "it held CUI that has no place here".to_owned(),
        };
        vec![
            ("usual", sample(&Standing::Final)),
            ("destroyed", sample(&destroyed)),
            ("full", full),
        ]
    }
}

fn sample(state: &Standing) -> EvidencePage {
    let moment = Moment(Time::from_ms(1_763_800_000_000));
    let is_there = !matches!(state, Standing::Destroyed { .. });
    EvidencePage {
        id: EvidenceId::from_number(1),
        name: "tests.txt".to_owned(),
        standing: standing(state),
        kind: "test result".to_owned(),
        media_type: "text/plain",
        size: 1_048_576,
        sha256: "0123456789abcdef".repeat(4),
        taken: moment,
        added: moment,
        added_by: "PER-0002".to_owned(),
        about: vec![
            (Some("/changes/CHG-0001".to_owned()), "CHG-0001".to_owned()),
            (None, "PER-0001".to_owned()),
        ],
        objectives: vec!["r2:3.4.3[c]".to_owned()],
        destroyed: match state {
            Standing::Destroyed { by, at, reason } => Some((by.to_string(), Moment(*at), reason.clone())),
            Standing::Draft | Standing::Final => None,
        },
        finalisation: (*state == Standing::Draft).then(|| Form::sample("/evidence/EVD-0001/finalisation")),
        opening: is_there.then(|| Form::sample("/evidence/EVD-0001/openings")),
        openings: openings(vec![vec![
            Cell::text("OPN-0001"),
            Cell::text("PER-0003"),
            Cell::Time(Some(moment.0)),
        ]]),
    }
}

fn openings(rows: Vec<Vec<Cell>>) -> Table {
    let columns = ["Opening", "Who", "When"];
    Table::new(
        "Who opened it, the last 500 times",
        columns.map(Column::new).to_vec(),
        "Nobody opened it yet.",
    )
    .with_rows(rows)
}

pub(crate) fn show_evidence(call: &Call<'_>) -> Result<EvidencePage, Refusal> {
    let id: EvidenceId = call.id("evidence")?;
    let (evidence, opened) = acts::show(call.organisation(), call.actor, id)?;
    let is_there = !matches!(evidence.standing, Standing::Destroyed { .. });
    let rows = opened.iter().map(|opening| {
        vec![
            Cell::text(opening.id),
            Cell::text(opening.person),
            Cell::Time(Some(opening.at)),
        ]
    });
    let about = evidence.about.iter().map(|subject| {
        let subject = subject.to_string();
        (link_of(&subject), subject)
    });
    Ok(EvidencePage {
        id,
        name: evidence.name.as_str().to_owned(),
        standing: standing(&evidence.standing),
        kind: evidence.kind.name().replace('_', " "),
        media_type: evidence.media_type.name(),
        size: evidence.blob.clear_size,
        sha256: evidence.content_sha256().to_string(),
        taken: Moment(evidence.taken_at),
        added: Moment(evidence.added_at),
        added_by: evidence.added_by.to_string(),
        about: about.collect(),
        finalisation: (evidence.standing == Standing::Draft)
            .then(|| call.form(format!("/evidence/{id}/finalisation"))),
        opening: is_there.then(|| call.form(format!("/evidence/{id}/openings"))),
        openings: openings(rows.collect()),
        objectives: evidence.objectives,
        destroyed: match evidence.standing {
            Standing::Destroyed { by, at, reason } => Some((by.to_string(), Moment(at), reason)),
            Standing::Draft | Standing::Final => None,
        },
    })
}

pub(crate) fn declare_final(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let evidence = acts::finalise(call.organisation(), call.actor, call.id("evidence")?)?;
    Ok(Goto::to(format!("/evidence/{}", evidence.id)))
}

pub(crate) fn open_evidence(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let opening = acts::open(call.organisation(), call.actor, call.id("evidence")?)?;
    Ok(Goto::to(format!(
        "/evidence/{}/openings/{}/content",
        opening.evidence, opening.id
    )))
}
