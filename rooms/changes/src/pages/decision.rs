//! Deciding on a change: the text is read as it will be signed, then signed with a passkey or an SSH key.

use askama::Template;
use basis::{Class, Refusal, Role, Time};
use frame::pages::{Choice, Form, Goto, Moment, Page};
use frame::{Call, Content, Download, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::passkey::{Answer, options};
use super::{in_words, moment_typed, samples};
use crate::acts::{self, Saying, Signed, TextRead, ToSign};
use crate::api::{DecideRequest, decision_named, role_named};
use crate::rules::{CLOCK_SKEW_MAX, ChangeId, Decision, NAMESPACE};

/// What the person is about to say.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DecisionQuery {
    /// `approve` or `disapprove`; nothing while the text is only read.
    decision: Option<String>,
    /// The role in which they decide.
    capacity: Option<String>,
    /// Words of theirs.
    comment: Option<String>,
    /// The time in the message; now where it is left out.
    at: Option<String>,
}

/// A decision with what a passkey answered.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyForm {
    revision: u64,
    digest: String,
    decision: String,
    capacity: String,
    signed_at: String,
    #[serde(default)]
    comment: Option<String>,
    /// What the page's script was told; what counts is made anew.
    #[serde(default)]
    #[serde(rename = "options")]
    _options: Option<String>,
    answer: String,
}

/// What a person chose to say.
pub(super) struct Chosen {
    pub(super) decision: Decision,
    pub(super) capacity: Option<Role>,
    pub(super) comment: String,
    pub(super) at: Option<Time>,
}

/// The second step: the message, and the ways to sign it.
pub(super) struct Signing {
    pub(super) message: String,
    pub(super) signed_at: Moment,
    /// Where the message can be had as a file.
    pub(super) file: String,
    pub(super) file_name: String,
    /// What both forms repeat of the message.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// The form for a passkey with its options; none where the person has none that signs.
    pub(super) passkey: Option<(Form, String)>,
    pub(super) by_key: Form,
}

/// The page.
#[derive(Template)]
#[template(path = "decision.html")]
pub(crate) struct DecisionPage {
    pub(super) id: ChangeId,
    pub(super) kind: &'static str,
    pub(super) revision: u64,
    pub(super) digest: String,
    pub(super) text: String,
    pub(super) choosing: Form,
    pub(super) capacities: Vec<Role>,
    pub(super) chosen: Option<Chosen>,
    pub(super) signing: Option<Signing>,
    /// Why this person cannot say this.
    pub(super) refusal: Option<Refusal>,
}

impl DecisionPage {
    fn decisions(&self) -> Vec<Choice> {
        vec![
            Choice::new(Decision::Approve, "Approve"),
            Choice::new(Decision::Disapprove, "Disapprove").hint("Say why in your words."),
        ]
    }

    fn roles(&self) -> Vec<Choice> {
        let choice = |role: &Role| Choice::new(role, in_words(role.name()));
        self.capacities.iter().map(choice).collect()
    }

    fn decision(&self) -> &'static str {
        self.chosen.as_ref().map_or("", |chosen| chosen.decision.name())
    }

    fn capacity(&self) -> &'static str {
        let chosen = self.chosen.as_ref().and_then(|chosen| chosen.capacity);
        let only = self
            .capacities
            .first()
            .copied()
            .filter(|_| self.capacities.len() == 1);
        chosen.or(only).map_or("", Role::name)
    }

    fn comment(&self) -> &str {
        self.chosen.as_ref().map_or("", |chosen| chosen.comment.as_str())
    }

    fn namespace(&self) -> &'static str {
        NAMESPACE
    }

    fn minutes(&self) -> i64 {
        CLOCK_SKEW_MAX.as_ms() / 60_000
    }
}

impl Page for DecisionPage {
    fn title(&self) -> String {
        format!("Decide on {}", self.id)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::decision_pages()
    }
}

/// Adds the page and what its forms send.
pub(super) fn with_decision(routes: Routes) -> Routes {
    let page = "/changes/{change}/decision";
    let file = "/changes/{change}/decision/message";
    let passkey = "/changes/{change}/decision/passkey";
    let signature = "/changes/{change}/decision/signature";
    routes
        .page(
            page,
            "changes.decide",
            "Shows the text under decision",
            show_decision,
        )
        .file(
            file,
            "changes.decide",
            "Gives the message to sign as a file",
            message_file,
        )
        .form(
            passkey,
            "changes.decide",
            "Decides by a passkey",
            show_decision,
            decide_by_passkey,
        )
        .form(
            signature,
            "changes.decide",
            "Decides by a signature made elsewhere",
            show_decision,
            decide_by_signature,
        )
}

/// Words as they stand in the message: line ends as browsers do not send them, nothing around them.
fn words(text: Option<&str>) -> String {
    text.unwrap_or_default().replace("\r\n", "\n").trim().to_owned()
}

fn chosen(
    decision: Option<&str>,
    capacity: Option<&str>,
    comment: Option<&str>,
    at: Option<&str>,
) -> Result<Option<Chosen>, Refusal> {
    let filled = |text: Option<&str>| text.map(str::to_owned).filter(|text| !text.is_empty());
    let Some(decision) = filled(decision) else {
        return Ok(None);
    };
    Ok(Some(Chosen {
        decision: decision_named(&decision)?,
        capacity: filled(capacity).as_deref().map(role_named).transpose()?,
        comment: words(comment),
        at: moment_typed("time of the signature", at)?,
    }))
}

impl DecisionQuery {
    fn chosen(&self) -> Result<Option<Chosen>, Refusal> {
        let of = |text: &'_ Option<String>| text.clone();
        chosen(
            of(&self.decision).as_deref(),
            of(&self.capacity).as_deref(),
            of(&self.comment).as_deref(),
            of(&self.at).as_deref(),
        )
    }
}

/// What was chosen before a form was refused.
fn chosen_before(form: &Form) -> Result<Option<Chosen>, Refusal> {
    if !form.is_again() {
        return Ok(None);
    }
    chosen(
        form.typed("decision"),
        form.typed("capacity"),
        form.typed("comment"),
        form.typed("signed_at"),
    )
}

impl Chosen {
    fn saying(&self) -> Saying<'_> {
        Saying {
            decision: self.decision,
            capacity: self.capacity,
            comment: &self.comment,
            at: self.at,
        }
    }
}

/// Where the page of this decision is, or the file of its message.
fn path_of(id: ChangeId, chosen: &Chosen, capacity: Role, at: Time) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("decision", chosen.decision.name())
        .append_pair("capacity", capacity.name())
        .append_pair("comment", &chosen.comment)
        .append_pair("at", &at.to_string());
    format!("/changes/{id}/decision/message?{}", query.finish())
}

fn hidden(chosen: &Chosen, to_sign: &ToSign, capacity: Role) -> Vec<(&'static str, String)> {
    vec![
        ("revision", to_sign.submission.revision.to_string()),
        ("digest", to_sign.submission.digest.clone()),
        ("decision", chosen.decision.name().to_owned()),
        ("capacity", capacity.name().to_owned()),
        ("signed_at", to_sign.signed_at.to_string()),
        ("comment", chosen.comment.clone()),
    ]
}

fn signing<Q>(
    call: &Call<'_, Q>,
    id: ChangeId,
    chosen: &Chosen,
    passkey: Form,
    by_key: Form,
) -> Result<Signing, Refusal> {
    let organisation = call.organisation();
    let mut saying = chosen.saying();
    // A time that is no longer good is made anew; the message with it.
    let now = organisation.now();
    saying.at = saying
        .at
        .filter(|at| now.since(*at) < CLOCK_SKEW_MAX && *at <= now);
    let (to_sign, capacity) = acts::message_to_sign(organisation, call.actor, id, &saying)?;
    let rp_id = call.house.web.host();
    let passkeys = acts::signing_passkeys(organisation, call.actor, rp_id)?;
    let options = options(rp_id, &acts::challenge_of(&to_sign), &passkeys);
    Ok(Signing {
        signed_at: Moment(to_sign.signed_at),
        file: path_of(id, chosen, capacity, to_sign.signed_at),
        file_name: file_name(id, chosen.decision),
        hidden: hidden(chosen, &to_sign, capacity),
        passkey: (!passkeys.is_empty()).then_some((passkey, options)),
        by_key,
        message: to_sign.message,
    })
}

fn file_name(id: ChangeId, decision: Decision) -> String {
    format!("{id}-{decision}.txt")
}

pub(crate) fn show_decision(call: &Call<'_, DecisionQuery>) -> Result<DecisionPage, Refusal> {
    let id: ChangeId = call.id("change")?;
    let organisation = call.organisation();
    let (change, _) = acts::show(organisation, call.actor, id)?;
    let Some((kind, submission)) = change.under_decision() else {
        let what = format!(
            "nothing of {id} waits for a decision: it is {}",
            change.state.in_words()
        );
        return Err(Refusal::new(Class::Conflict, "life of a change", what)
            .way_out("go back to its record and see what comes next"));
    };
    let passkey = call.form(format!("/changes/{id}/decision/passkey"));
    let by_key = call.form(format!("/changes/{id}/decision/signature"));
    let chosen = match (chosen_before(&passkey)?, chosen_before(&by_key)?) {
        (Some(chosen), _) | (None, Some(chosen)) => Some(chosen),
        (None, None) => call.query.chosen()?,
    };
    let policy = organisation.view(policy::current)?;
    let deciding = policy.authority().roles("changes.decide");
    let signing = chosen
        .as_ref()
        .map(|chosen| signing(call, id, chosen, passkey, by_key));
    let (signing, refusal) = match signing {
        Some(Ok(signing)) => (Some(signing), None),
        Some(Err(refusal)) => (None, Some(refusal)),
        None => (None, None),
    };
    Ok(DecisionPage {
        id,
        kind: kind.name(),
        revision: submission.revision,
        digest: submission.digest.clone(),
        text: submission.text.clone(),
        choosing: call.form(format!("/changes/{id}/decision")),
        capacities: call.actor.roles.intersection(&deciding).copied().collect(),
        chosen,
        signing,
        refusal,
    })
}

pub(crate) fn message_file(call: &Call<'_, DecisionQuery>) -> Result<Download, Refusal> {
    let id: ChangeId = call.id("change")?;
    let chosen = call.query.chosen()?.ok_or_else(|| {
        Refusal::new(Class::Invalid, "decision", "no decision is named").way_out("choose on the page first")
    })?;
    let (to_sign, _) = acts::message_to_sign(call.organisation(), call.actor, id, &chosen.saying())?;
    Ok(Download {
        name: file_name(id, chosen.decision),
        media_type: "text/plain; charset=utf-8".to_owned(),
        content: Content::Bytes(to_sign.message.into_bytes()),
    })
}

fn decided(id: ChangeId) -> Goto {
    Goto::to(format!("/changes/{id}#decisions"))
}

fn decide_by_passkey(call: &Call<'_, Nothing, PasskeyForm>) -> Result<Goto, Refusal> {
    let (id, sent) = (call.id("change")?, &call.body);
    let answer = Answer::read(&sent.answer)?;
    let comment = words(sent.comment.as_deref());
    let saying = Saying {
        decision: decision_named(&sent.decision)?,
        capacity: Some(role_named(&sent.capacity)?),
        comment: &comment,
        at: moment_typed("time of the signature", Some(&sent.signed_at))?,
    };
    let read = TextRead {
        revision: sent.revision,
        digest: &sent.digest,
    };
    let place = (call.house.web.origin(), call.house.web.host());
    let answer = answer.as_answer();
    acts::decide_by_passkey(call.organisation(), call.actor, id, &saying, read, place, &answer)?;
    Ok(decided(id))
}

fn decide_by_signature(call: &Call<'_, Nothing, DecideRequest>) -> Result<Goto, Refusal> {
    let (id, sent) = (call.id("change")?, &call.body);
    let signed = Signed {
        revision: sent.revision,
        digest: sent.digest.clone(),
        decision: decision_named(&sent.decision)?,
        capacity: role_named(&sent.capacity)?,
        signed_at: sent.signed_at,
        comment: words(sent.comment.as_deref()),
        signature: sent.signature.clone(),
    };
    acts::decide(call.organisation(), call.actor, id, &signed)?;
    Ok(decided(id))
}
