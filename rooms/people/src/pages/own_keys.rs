//! One's own signing keys: a passkey becomes one by a signature, and so does an SSH key.

use askama::Template;
use basis::{Class, Id, Refusal, Time};
use formats::sshsig::{PublicKey, to_be_signed};
use formats::webauthn::Assertion;
use frame::pages::{Form, Goto, Moment, Page, State, Tone};
use frame::{ANYBODY, Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ceremony::{self, Given, PasskeyForm};
use super::sign_in::party;
use super::step_up::needs_proof;
use crate::acts;
use crate::rules::{ENROLMENT_NAMESPACE, KeyId, Passkey, PasskeyId, SigningKey, enrolment_text};

const PATH: &str = "/account/keys";

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page(PATH, ANYBODY, "Shows one's own signing keys", keys_page)
        .form(
            "/account/keys/passkeys/{passkey}",
            "people.enrol_key",
            "Enrols a passkey of one's own for signing",
            keys_page,
            enrol_passkey_for_signing,
        )
        .form(
            "/account/keys/{key}/revocation",
            ANYBODY,
            "Revokes a signing key of one's own",
            keys_page,
            revoke_own_key,
        )
        .page(
            "/account/keys/ssh",
            "people.enrol_key",
            "Shows what an SSH key signs to be enrolled",
            ssh_page,
        )
        .form(
            "/account/keys/ssh",
            "people.enrol_key",
            "Enrols an SSH key of one's own for signing",
            ssh_page,
            enrol_ssh_key,
        )
}

/// One signing key, and the form that revokes it.
#[derive(Debug, Clone)]
struct KeyCard {
    id: KeyId,
    fingerprint: String,
    enrolled: Moment,
    state: State,
    revoke: Option<Form>,
}

/// A passkey that could sign, and the form by which it begins to.
#[derive(Debug, Clone)]
struct Candidate {
    name: String,
    id: PasskeyId,
    form: PasskeyForm,
}

/// One's own signing keys.
#[derive(Debug, Clone, Template)]
#[template(path = "keys.html")]
pub(super) struct KeysPage {
    needs_proof: bool,
    may_enrol: bool,
    keys: Vec<KeyCard>,
    candidates: Vec<Candidate>,
}

impl Page for KeysPage {
    fn title(&self) -> String {
        "Your signing keys".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let key = |number: u64| KeyCard {
            id: KeyId::from_number(number),
            fingerprint: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGLtHoQ4tQkCkOZ3eHk".to_owned(),
            enrolled: Moment(Time::from_ms(1_795_334_400_000)),
            state: State::new("good", Tone::Good),
            revoke: Some(Form::sample(&format!("/account/keys/KEY-{number:04}/revocation"))),
        };
        let candidate = Candidate {
            name: "blue security key".to_owned(),
            id: PasskeyId::from_number(1),
            form: PasskeyForm::sample("/account/keys/passkeys/PSK-0001"),
        };
        let page = |keys: Vec<KeyCard>, candidates: Vec<Candidate>| Self {
            needs_proof: !keys.is_empty(),
            may_enrol: true,
            keys,
            candidates,
        };
        vec![
            ("empty", page(Vec::new(), Vec::new())),
            ("usual", page(vec![key(1), key(2)], vec![candidate])),
        ]
    }
}

/// What somebody signs to enrol this key.
fn text_for(call_origin: &ledger::entry::Origin, person: basis::PersonId, key: &PublicKey) -> String {
    enrolment_text(call_origin, person, key)
}

fn candidate(call: &Call<'_>, passkey: &Passkey) -> Option<Candidate> {
    let key = PublicKey::parse_openssh(&passkey.openssh).ok()?;
    let text = text_for(call.organisation().origin(), call.actor.person, &key);
    let known = [hex::decode(&passkey.credential).ok()?];
    let form = call.form(format!("/account/keys/passkeys/{}", passkey.id));
    let to_sign = to_be_signed(ENROLMENT_NAMESPACE, text.as_bytes());
    Some(Candidate {
        name: passkey.name.clone(),
        id: passkey.id,
        form: PasskeyForm::sign(form, &party(&call.house.web), &to_sign, &known),
    })
}

fn keys_page(call: &Call<'_>) -> Result<KeysPage, Refusal> {
    let organisation = call.organisation();
    let (_, keys, _) = acts::show(organisation, call.actor, call.actor.person)?;
    let passkeys = acts::own_passkeys(organisation, call.actor)?;
    let is_new = |passkey: &&Passkey| {
        passkey.revoked_at.is_none() && keys.iter().all(|key| key.openssh != passkey.openssh)
    };
    let may_enrol = call
        .house
        .gatekeeper
        .admit(organisation, call.actor, "people.enrol_key")
        .is_ok();
    let candidates = passkeys.iter().filter(is_new).filter(|_| may_enrol);
    let candidates = candidates
        .filter_map(|passkey| candidate(call, passkey))
        .collect();
    let card = |key: SigningKey| {
        let revoke = format!("/account/keys/{}/revocation", key.id);
        let (state, revoke) = match key.revoked_at {
            None => (State::new("good", Tone::Good), Some(call.form(revoke))),
            Some(_) => (State::new("revoked", Tone::Plain), None),
        };
        KeyCard {
            id: key.id,
            fingerprint: key.fingerprint,
            enrolled: Moment(key.enrolled_at),
            state,
            revoke,
        }
    };
    Ok(KeysPage {
        needs_proof: needs_proof(organisation, call.actor)?,
        may_enrol,
        keys: keys.into_iter().map(card).collect(),
        candidates,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignedForm {
    #[serde(rename = "options")]
    _options: Option<String>,
    /// A text that is signed needs no ticket: it is about this person and this key.
    #[serde(rename = "ticket")]
    _ticket: Option<String>,
    answer: Option<String>,
}

fn enrol_passkey_for_signing(call: &Call<'_, Nothing, SignedForm>) -> Result<Goto, Refusal> {
    let organisation = call.organisation();
    let id: PasskeyId = call.id("passkey")?;
    let passkeys = acts::own_passkeys(organisation, call.actor)?;
    let passkey = passkeys
        .into_iter()
        .find(|passkey| passkey.id == id && passkey.revoked_at.is_none());
    let wrong = |class, what: String| {
        Refusal::new(class, "signing key", what).way_out("load the page again and try once more")
    };
    let passkey = passkey.ok_or_else(|| {
        wrong(
            Class::NotFound,
            format!("there is no passkey {id} of yours that is good"),
        )
    })?;
    let key = PublicKey::parse_openssh(&passkey.openssh)
        .map_err(|error| wrong(Class::Fault, format!("the stored key cannot be read: {error}")))?;
    let given: Given = ceremony::read(call.body.answer.as_deref())?;
    let answer = given.as_answer("");
    let text = text_for(organisation.origin(), call.actor.person, &key);
    let signature = Assertion::read(answer.client_data, answer.authenticator_data, answer.signature)
        .and_then(|assertion| {
            assertion.into_ssh_signature(
                &key,
                call.house.web.origin(),
                ENROLMENT_NAMESPACE,
                text.as_bytes(),
            )
        })
        .map_err(|error| {
            wrong(
                Class::Invalid,
                format!("the passkey's signature does not prove it: {error}"),
            )
        })?;
    acts::enrol_key(organisation, call.actor, &passkey.openssh, &signature.armored())?;
    Ok(Goto::to(PATH))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReasonForm {
    reason: Option<String>,
}

fn revoke_own_key(call: &Call<'_, Nothing, ReasonForm>) -> Result<Goto, Refusal> {
    let reason = call.body.reason.as_deref().unwrap_or_default();
    acts::revoke_key(call.organisation(), call.actor, call.id("key")?, reason)?;
    Ok(Goto::to(PATH))
}

/// Enrolling an SSH key: first the key, then what it signed.
#[derive(Debug, Clone, Template)]
#[template(path = "ssh_key.html")]
pub(super) struct SshPage {
    needs_proof: bool,
    key: String,
    /// Why the key cannot be used.
    wrong: Option<String>,
    /// The text to sign, once the key is known.
    text: Option<String>,
    form: Form,
}

impl Page for SshPage {
    fn title(&self) -> String {
        "Enrol an SSH key".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3XOBNvbWqkP0fDxZ8Nn6H3hM5lYq4v7hZ8yv9cQ1aB";
        let page = |key: &str, wrong: Option<&str>, text: Option<String>| Self {
            needs_proof: false,
            key: key.to_owned(),
            wrong: wrong.map(str::to_owned),
            text,
            form: Form::sample("/account/keys/ssh"),
        };
        let text =
            format!("tagout key enrolment 1\norigin: tagout/sample-00000001\nperson: PER-0001\nkey: {key}\n");
        vec![
            ("at first", page("", None, None)),
            (
                "a wrong key",
                page("ssh-dss AAAA", Some("the kind `ssh-dss` is not taken"), None),
            ),
            ("to sign", page(key, None, Some(text))),
        ]
    }
}

/// The public key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SshQuery {
    key: Option<String>,
}

fn ssh_page(call: &Call<'_, SshQuery>) -> Result<SshPage, Refusal> {
    let form = call.form("/account/keys/ssh");
    let key = call
        .query
        .key
        .as_deref()
        .or(form.typed("key"))
        .unwrap_or_default()
        .trim()
        .to_owned();
    let read = (!key.is_empty()).then(|| PublicKey::parse_openssh(&key));
    let (key, wrong, text) = match read {
        None => (key, None, None),
        Some(Err(error)) => (key, Some(error.to_string()), None),
        Some(Ok(public)) => {
            let text = text_for(call.organisation().origin(), call.actor.person, &public);
            (public.openssh(), None, Some(text))
        }
    };
    Ok(SshPage {
        needs_proof: needs_proof(call.organisation(), call.actor)?,
        key,
        wrong,
        text,
        form,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SshForm {
    key: String,
    signature: Option<String>,
}

fn enrol_ssh_key(call: &Call<'_, Nothing, SshForm>) -> Result<Goto, Refusal> {
    let signature = call.body.signature.as_deref().unwrap_or_default();
    acts::enrol_key(call.organisation(), call.actor, &call.body.key, signature)?;
    Ok(Goto::to(PATH))
}
