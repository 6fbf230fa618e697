//! Deciding on a change: the text is read as it will be signed, then signed with a passkey or an SSH key.

use askama::Template;
use basis::{Class, Refusal, Role, Time};
use frame::pages::{Choice, Form, Goto, Moment, Page};
use frame::{Call, Content, Download, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::passkey::{Answer, options};
use super::ways::{Way, way};
use super::{in_words, moment_typed, samples};
use crate::acts::{self, Saying, Signed, TextRead, ToSign};
use crate::api::{DecideRequest, decision_named, role_named};
use crate::rules::{CLOCK_SKEW_MAX, ChangeId, Decision, NAMESPACE};

/// What the person is about to say. It comes in a body and never in an address: their words may hold CUI.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChoiceForm {
    /// `approve` or `disapprove`.
    decision: Option<String>,
    /// The role in which they decide.
    capacity: Option<String>,
    /// Words of theirs.
    comment: Option<String>,
}

/// The same with everything else that the message names, for the message as a file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageForm {
    #[serde(rename = "revision")]
    _revision: u64,
    #[serde(rename = "digest")]
    _digest: String,
    decision: String,
    capacity: String,
    signed_at: String,
    #[serde(default)]
    comment: Option<String>,
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
    /// The form that hands the message over as a file.
    pub(super) file: Form,
    pub(super) file_name: String,
    /// What the forms repeat of the message.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// The form for a passkey with its options; none where the person has none that signs.
    pub(super) passkey: Option<(Form, String)>,
    pub(super) by_key: Form,
}

/// Why the reader may not decide, and what can be done.
pub(super) struct Barred {
    what: String,
    rule: String,
    missing: Vec<String>,
    ways: Vec<Way>,
}

impl Barred {
    pub(super) fn of(id: ChangeId, refusal: &Refusal) -> Self {
        Self {
            what: refusal.what.clone(),
            rule: refusal.rule.clone(),
            missing: refusal.missing.clone(),
            ways: refusal.way_out.iter().map(|text| way(id, text)).collect(),
        }
    }
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
    pub(super) barred: Option<Barred>,
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

    fn download_label(&self, name: &str) -> String {
        format!("Download the message as {name}")
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
        .form(
            page,
            "changes.decide",
            "Shows the message to sign",
            show_decision,
            choose,
        )
        .form(
            file,
            "changes.decide",
            "Gives the message to sign as a file",
            show_decision,
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

/// The forms of the second step.
struct Signable {
    passkey: Form,
    by_key: Form,
    file: Form,
}

impl Signable {
    fn of(call: &Call<'_>, id: ChangeId) -> Self {
        let form = |step: &str| call.form(format!("/changes/{id}/decision/{step}"));
        Self {
            passkey: form("passkey"),
            by_key: form("signature"),
            file: form("message"),
        }
    }

    /// What was chosen before one of them was refused.
    fn chosen(&self) -> Result<Option<Chosen>, Refusal> {
        for form in [&self.passkey, &self.by_key, &self.file] {
            if let Some(chosen) = chosen_before(form)? {
                return Ok(Some(chosen));
            }
        }
        Ok(None)
    }
}

fn signing(call: &Call<'_>, id: ChangeId, chosen: &Chosen, forms: Signable) -> Result<Signing, Refusal> {
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
        file: forms.file,
        file_name: file_name(id, chosen.decision),
        hidden: hidden(chosen, &to_sign, capacity),
        passkey: (!passkeys.is_empty()).then_some((forms.passkey, options)),
        by_key: forms.by_key,
        message: to_sign.message,
    })
}

fn file_name(id: ChangeId, decision: Decision) -> String {
    format!("{id}-{decision}.txt")
}

pub(crate) fn show_decision(call: &Call<'_>) -> Result<DecisionPage, Refusal> {
    let id: ChangeId = call.id("change")?;
    let forms = Signable::of(call, id);
    let chosen = forms.chosen()?;
    // The refusal of the form says what stands in the way; without it the first step stands alone.
    let signing = chosen
        .as_ref()
        .and_then(|chosen| signing(call, id, chosen, forms).ok());
    decision_page(call, id, chosen, signing)
}

fn decision_page(
    call: &Call<'_>,
    id: ChangeId,
    chosen: Option<Chosen>,
    signing: Option<Signing>,
) -> Result<DecisionPage, Refusal> {
    let organisation = call.organisation();
    let (change, capacities, barred) = acts::deciding(organisation, call.actor, id)?;
    let Some((kind, submission)) = change.under_decision() else {
        let what = format!(
            "nothing of {id} waits for a decision: it is {}",
            change.state.in_words()
        );
        return Err(Refusal::new(Class::Conflict, "life of a change", what)
            .way_out("go back to its record and see what comes next"));
    };
    Ok(DecisionPage {
        id,
        kind: kind.name(),
        revision: submission.revision,
        digest: submission.digest.clone(),
        text: submission.text.clone(),
        choosing: call.form(format!("/changes/{id}/decision#sign")),
        capacities,
        chosen,
        signing,
        barred: barred.map(|refusal| Barred::of(id, &refusal)),
    })
}

fn nothing_chosen() -> Refusal {
    Refusal::new(Class::Invalid, "decision", "no decision is named")
        .way_out("choose whether you approve or disapprove")
}

/// Shows the message that says what was chosen, and the ways to sign it. Nothing is recorded.
fn choose(call: &Call<'_, Nothing, ChoiceForm>) -> Result<Goto, Refusal> {
    let (id, form) = (call.id("change")?, &call.body);
    let (decision, capacity) = (form.decision.as_deref(), form.capacity.as_deref());
    let chosen = chosen(decision, capacity, form.comment.as_deref(), None)?.ok_or_else(nothing_chosen)?;
    let look = call.without_body();
    let signing = signing(&look, id, &chosen, Signable::of(&look, id))?;
    let page = decision_page(&look, id, Some(chosen), Some(signing))?;
    Goto::to(format!("/changes/{id}/decision")).looking_at(&page)
}

fn message_file(call: &Call<'_, Nothing, MessageForm>) -> Result<Goto, Refusal> {
    let (id, form) = (call.id("change")?, &call.body);
    let (decision, capacity) = (Some(form.decision.as_str()), Some(form.capacity.as_str()));
    let chosen = chosen(decision, capacity, form.comment.as_deref(), Some(&form.signed_at))?;
    let chosen = chosen.ok_or_else(nothing_chosen)?;
    let (to_sign, _) = acts::message_to_sign(call.organisation(), call.actor, id, &chosen.saying())?;
    Ok(Goto::to(format!("/changes/{id}/decision")).handing(Download {
        name: file_name(id, chosen.decision),
        media_type: "text/plain; charset=utf-8".to_owned(),
        content: Content::Bytes(to_sign.message.into_bytes()),
    }))
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
