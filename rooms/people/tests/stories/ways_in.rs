//! Stories of the ways in: passkeys, recovery codes, sign-ins and their history, and the proof that dangerous acts ask for.

mod ending;
mod passkeys;
mod recovery;
mod step_up;
mod upgrade;

use basis::{Actor, Refusal, Role, Span};
use frame::Gatekeeper;
use people::{
    Accepted, Attempt, Doorkeeper, Handle, NewPasskey, PasskeyAnswer, Purpose, RelyingParty, Secret,
};
use testkit::authenticator::{Asserted, Passkey};
use testkit::{House, PASSWORD};

/// Where the stories' pages are.
const PARTY: RelyingParty<'static> = RelyingParty {
    id: "tagout.example",
    origin: "https://tagout.example:8443",
};
/// The address from which everybody comes.
const SOURCE: &str = "192.0.2.7";

fn house() -> House {
    House::with(|registry| registry)
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890")
}

fn code(house: &House) -> String {
    secret().code_at(house.organisation.now())
}

/// An invitation for somebody new.
fn invitation(house: &House, handle: &str, roles: &[Role]) -> String {
    let (handle, roles) = (Handle::parse(handle).unwrap(), roles.iter().copied().collect());
    let anna = house.administrator();
    people::enrol(&house.organisation, &anna, &handle, handle.as_str(), roles)
        .unwrap()
        .code
}

/// Accepts with a password.
fn accept(house: &House, invitation: &str) -> Accepted {
    let acceptance = people::Acceptance {
        invitation,
        password: PASSWORD,
        totp_secret: &secret().to_base32(),
        totp_code: &code(house),
    };
    let accepted = people::accept(&house.organisation, &acceptance).unwrap();
    house.wait(Span::minutes(1));
    accepted
}

/// Accepts with a passkey.
fn accept_with(house: &House, invitation: &str, passkey: &Passkey) -> Result<Accepted, Refusal> {
    let offer = people::look_at_invitation(&house.organisation, invitation)?;
    let made = passkey.create(PARTY.origin, &offer.challenge.bytes);
    let new = NewPasskey {
        ticket: &offer.challenge.ticket,
        name: "blue key",
        client_data: &made.client_data_json,
        attestation_object: &made.attestation_object,
    };
    people::accept_with_passkey(&house.organisation, &PARTY, invitation, &new)
}

/// Enrols a passkey of somebody who is signed in.
fn enrol(house: &House, actor: &Actor, passkey: &Passkey) -> Result<people::Passkey, Refusal> {
    let offer = people::offer_passkey(&house.organisation, actor).unwrap();
    let made = passkey.create(PARTY.origin, &offer.challenge.bytes);
    let new = NewPasskey {
        ticket: &offer.challenge.ticket,
        name: "second key",
        client_data: &made.client_data_json,
        attestation_object: &made.attestation_object,
    };
    people::enrol_passkey(&house.organisation, actor, &PARTY, &new)
}

fn password_attempt<'a>(handle: &'a str, password: &'a str, code: &'a str) -> Attempt<'a> {
    Attempt {
        handle,
        password,
        code,
        source: SOURCE.to_owned(),
    }
}

fn sign_in(house: &House, handle: &str, code: &str) -> Result<people::SignedIn, Refusal> {
    people::sign_in(&house.organisation, &password_attempt(handle, PASSWORD, code))
}

fn answer<'a>(ticket: &'a str, asserted: &'a Asserted, handle: Option<&'a [u8]>) -> PasskeyAnswer<'a> {
    PasskeyAnswer {
        ticket,
        credential: &asserted.id,
        user_handle: handle,
        client_data: &asserted.client_data_json,
        authenticator_data: &asserted.authenticator_data,
        signature: &asserted.signature,
    }
}

/// Signs in with a passkey that says that it is this person's.
fn sign_in_with(house: &House, passkey: &mut Passkey, person: &str) -> Result<people::SignedIn, Refusal> {
    let challenge = people::challenge(&house.organisation, Purpose::SignIn);
    let asserted = passkey.get(PARTY.origin, &challenge.bytes);
    let answer = answer(&challenge.ticket, &asserted, Some(person.as_bytes()));
    people::sign_in_with_passkey(&house.organisation, &PARTY, &answer, SOURCE)
}

/// Who the door takes the holder of this token for.
fn actor(house: &House, token: &str) -> Actor {
    Doorkeeper::default()
        .identify(&house.organisation, token)
        .unwrap()
}

/// How many entries of this type the ledger has.
fn entries(house: &House, event_type: &str) -> usize {
    let mut count = 0;
    let read = house.organisation.view(|view| {
        view.each_ledger_record(0, 1 << 40, |record| {
            count += usize::from(record.parse()?.event_type.as_str() == event_type);
            Ok(())
        })
    });
    read.map(|()| count).unwrap()
}
