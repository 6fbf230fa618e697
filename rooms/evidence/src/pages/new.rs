//! Adding a file as evidence: what it shows, what it is about, whether it is final.

use askama::Template;
use basis::{Class, Refusal, Time};
use frame::pages::{Choice, Form, Goto, Page, Size};
use frame::{Call, FormFile, Nothing};
use policy::EvidenceKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{AddQuery, UPLOAD_BYTES_MAX, take};
use crate::rules::EvidenceName;

/// What is filled in already.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewQuery {
    /// The ids of what it is about, with commas between them.
    about: Option<String>,
    /// What it shows.
    kind: Option<String>,
}

/// What is known about the file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adding {
    about: String,
    kind: String,
    objectives: Option<String>,
    /// `final` or `draft`.
    standing: String,
    /// When what it shows was true, in UTC; now when it is left out.
    taken_at: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "evidence_new.html")]
pub(crate) struct NewPage {
    form: Form,
    about: String,
    kind: String,
}

impl NewPage {
    fn kinds(&self) -> Vec<Choice> {
        let choice = |kind: &EvidenceKind| Choice::new(kind.name(), kind.name().replace('_', " "));
        EvidenceKind::ALL.iter().map(choice).collect()
    }

    fn standings(&self) -> Vec<Choice> {
        vec![
            Choice::new("final", "Final").hint("It stays as it is and counts from now on."),
            Choice::new("draft", "Draft")
                .hint("It proves nothing yet (32 CFR 170.24(b)); declare it final later."),
        ]
    }

    fn limit(&self) -> String {
        let most = Size(UPLOAD_BYTES_MAX);
        format!("Any file of at most {most}. It is encrypted, and never shown in the browser.")
    }
}

impl Page for NewPage {
    fn title(&self) -> String {
        "Add evidence".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form, about: &str| Self {
            form,
            about: about.to_owned(),
            kind: "test_result".to_owned(),
        };
        let form = || Form::sample("/evidence");
        let again = form().with_typed(&[
            ("about", &"CHG-0001, ".repeat(60)),
            ("kind", "document"),
            ("standing", "draft"),
        ]);
        vec![
            ("empty", page(form(), "")),
            ("usual", page(form(), "CHG-0001")),
            ("again", page(again, "")),
        ]
    }
}

pub(crate) fn show_new(call: &Call<'_, NewQuery>) -> Result<NewPage, Refusal> {
    Ok(NewPage {
        form: call.form("/evidence"),
        about: call.query.about.clone().unwrap_or_default(),
        kind: call.query.kind.clone().unwrap_or_default(),
    })
}

pub(crate) fn add_file(call: &Call<'_, Nothing, Adding>, file: &mut FormFile) -> Result<Goto, Refusal> {
    let asked = &call.body;
    let is_final = match asked.standing.as_str() {
        "final" => true,
        "draft" => false,
        _ => {
            let what = "the standing is neither `final` nor `draft`";
            return Err(Refusal::new(Class::Invalid, "standing", what).way_out("choose one of the two"));
        }
    };
    let query = AddQuery {
        name: EvidenceName::made_of(&file.given_name).as_str().to_owned(),
        kind: asked.kind.clone(),
        about: asked.about.clone(),
        media_type: None,
        objectives: asked.objectives.clone(),
        is_final,
        taken_at: asked.taken_at.as_deref().map(moment).transpose()?,
    };
    let evidence = take(call.organisation(), call.actor, &query, &mut file.file)?;
    Ok(Goto::to(format!("/evidence/{}", evidence.id)))
}

/// What a browser's field for a moment sends (HTML, local date and time), taken as UTC.
fn moment(text: &str) -> Result<Time, Refusal> {
    // Browsers leave the seconds out where they are 0.
    let seconds = if text.matches(':').count() == 1 { ":00" } else { "" };
    Time::parse(&format!("{text}{seconds}Z")).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        Refusal::new(Class::Invalid, "time", format!("`{shown}` is no moment"))
            .way_out("write it like `2026-11-22T18:00`, in UTC")
    })
}
