//! Rows of people, keys and tokens, and what each event does to them.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Role, Time};
use storage::{EventKind, Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::{
    Access, AccessOpened, Confirmed, CredentialsSet, Disabled, Enrolled, Founded, Handle, InvitationAccepted,
    Invited, KeyEnrolled, KeyId, KeyRevoked, PasskeyEnrolled, PasskeyRevoked, PasswordRemoved, PasswordSet,
    Person, ProvenAgain, RecoveryCodesMade, RolesGranted, SignInFailed, SigningKey, Standing, TokenIssued,
    TokenRevoked,
};

mod tokens;
mod ways_in;

pub use tokens::StoredToken;
pub(crate) use tokens::{next_token_id, sign_ins_proven_by, token, tokens_of};
pub(crate) use ways_in::{
    StoredPassword, failures, is_challenge_used, next_passkey_id, passkey, passkey_by_credential,
    passkeys_of, password, recovery_codes, ways_in,
};

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Founded>(apply_founded),
        EventKind::of::<Enrolled>(apply_enrolled),
        EventKind::of::<AccessOpened>(apply_access_opened),
        EventKind::of::<Confirmed>(apply_confirmed),
        EventKind::of::<Invited>(apply_invited),
        EventKind::of::<CredentialsSet>(ways_in::apply_credentials_set),
        EventKind::of::<InvitationAccepted>(ways_in::apply_invitation_accepted),
        EventKind::of::<PasswordSet>(ways_in::apply_password_set),
        EventKind::of::<PasswordRemoved>(ways_in::apply_password_removed),
        EventKind::of::<RecoveryCodesMade>(ways_in::apply_recovery_codes_made),
        EventKind::of::<PasskeyEnrolled>(ways_in::apply_passkey_enrolled),
        EventKind::of::<PasskeyRevoked>(ways_in::apply_passkey_revoked),
        EventKind::of::<RolesGranted>(apply_roles_granted),
        EventKind::of::<Disabled>(apply_disabled),
        EventKind::of::<KeyEnrolled>(apply_key_enrolled),
        EventKind::of::<KeyRevoked>(apply_key_revoked),
        EventKind::of::<TokenIssued>(tokens::apply_token_issued),
        EventKind::of::<TokenRevoked>(tokens::apply_token_revoked),
        EventKind::of::<ProvenAgain>(tokens::apply_proven_again),
        EventKind::of::<SignInFailed>(ways_in::apply_sign_in_failed),
    ]
}

fn apply_founded(tables: &Tables<'_>, _: &Stamp, event: Founded) -> Result<(), StorageError> {
    let values = [
        Value::id(event.organisation),
        event.name.into(),
        event.verifier_key.into(),
    ];
    tables
        .execute(include_str!("sql/insert_organisation.sql"), &values)
        .map(drop)
}

fn apply_enrolled(tables: &Tables<'_>, stamp: &Stamp, event: Enrolled) -> Result<(), StorageError> {
    let values = [
        Value::id(event.person),
        event.handle.into(),
        event.name.into(),
        stamp.time.into(),
    ];
    tables.execute(include_str!("sql/insert_person.sql"), &values)?;
    set_roles(tables, event.person, &event.roles)
}

fn set_roles(tables: &Tables<'_>, person: PersonId, roles: &BTreeSet<Role>) -> Result<(), StorageError> {
    tables.execute(include_str!("sql/delete_roles.sql"), &[Value::id(person)])?;
    roles.iter().try_for_each(|role| {
        tables
            .execute(
                include_str!("sql/insert_role.sql"),
                &[Value::id(person), role.name().into()],
            )
            .map(drop)
    })
}

fn apply_access_opened(tables: &Tables<'_>, stamp: &Stamp, event: AccessOpened) -> Result<(), StorageError> {
    let values = [
        stamp.index.into(),
        Value::id(event.person),
        Value::id(stamp.actor),
        stamp.time.into(),
        event.is_reset.into(),
        event.is_alone.into(),
    ];
    tables
        .execute(include_str!("sql/insert_access.sql"), &values)
        .map(drop)
}

fn apply_confirmed(tables: &Tables<'_>, stamp: &Stamp, event: Confirmed) -> Result<(), StorageError> {
    let values = [Value::id(event.person), Value::id(stamp.actor), stamp.time.into()];
    tables
        .execute(include_str!("sql/confirm_access.sql"), &values)
        .map(drop)
}

fn apply_invited(tables: &Tables<'_>, _: &Stamp, event: Invited) -> Result<(), StorageError> {
    let values = [Value::id(event.person), event.sha256.into(), event.expires.into()];
    tables
        .execute(include_str!("sql/upsert_invitation.sql"), &values)
        .map(drop)
}

fn apply_roles_granted(tables: &Tables<'_>, _: &Stamp, event: RolesGranted) -> Result<(), StorageError> {
    set_roles(tables, event.person, &event.roles)
}

fn apply_disabled(tables: &Tables<'_>, stamp: &Stamp, event: Disabled) -> Result<(), StorageError> {
    let person = Value::id(event.person);
    tables.execute(
        include_str!("sql/disable_person.sql"),
        std::slice::from_ref(&person),
    )?;
    tables.execute(
        include_str!("sql/delete_invitation.sql"),
        std::slice::from_ref(&person),
    )?;
    tables
        .execute(
            include_str!("sql/revoke_tokens_of.sql"),
            &[person, stamp.time.into()],
        )
        .map(drop)
}

fn apply_key_enrolled(tables: &Tables<'_>, stamp: &Stamp, event: KeyEnrolled) -> Result<(), StorageError> {
    let values = [
        Value::id(event.key_id),
        Value::id(event.person),
        event.key.into(),
        event.fingerprint.into(),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_key.sql"), &values)
        .map(drop)
}

fn apply_key_revoked(tables: &Tables<'_>, stamp: &Stamp, event: KeyRevoked) -> Result<(), StorageError> {
    tables
        .execute(
            include_str!("sql/revoke_key.sql"),
            &[Value::id(event.key_id), stamp.time.into()],
        )
        .map(drop)
}

fn person_of(view: &View<'_>, row: &Row<'_>) -> Result<Person, StorageError> {
    let id: PersonId = row.id("person_id")?;
    let roles = view.rows(include_str!("sql/list_roles.sql"), &[Value::id(id)], |row| {
        row.word("role", Role::named)
    })?;
    let accesses = accesses_of(view, id)?;
    Ok(Person {
        id,
        handle: row.word("handle", |text| Handle::parse(text).ok())?,
        name: row.text("name")?,
        roles: roles.into_iter().collect(),
        is_active: row.flag("is_active")?,
        enrolled_at: row.time("enrolled_at")?,
        standing: Standing::of(&accesses),
        has_come_in: Access::has_come_in(&accesses),
    })
}

/// The invitations that a person was given, oldest first.
pub fn accesses_of(view: &View<'_>, person: PersonId) -> Result<Vec<Access>, StorageError> {
    let mut number = 0;
    view.rows(
        include_str!("sql/list_accesses.sql"),
        &[Value::id(person)],
        |row| {
            let by: Option<PersonId> = row.id_if("confirmed_by")?;
            number += 1;
            Ok(Access {
                number,
                opened_by: row.id("opened_by")?,
                opened_at: row.time("opened_at")?,
                is_reset: row.flag("is_reset")?,
                is_alone: row.flag("is_alone")?,
                taken_up_at: row.time_if("taken_up_at")?,
                confirmed: by.zip(row.time_if("confirmed_at")?),
            })
        },
    )
}

/// Every person, in the order of enrolment.
pub fn all(view: &View<'_>) -> Result<Vec<Person>, StorageError> {
    view.rows(include_str!("sql/list_people.sql"), &[], |row| {
        person_of(view, row)
    })
}

/// Everybody who was ever invited while nobody else was there who could confirm it, with the last such invitation.
pub fn alone(view: &View<'_>) -> Result<Vec<(Person, Access)>, StorageError> {
    let mut found = Vec::new();
    for person in all(view)? {
        let accesses = accesses_of(view, person.id)?;
        let alone = accesses.into_iter().rfind(|access| access.is_alone);
        found.extend(alone.map(|access| (person, access)));
    }
    Ok(found)
}

/// The person with this id.
pub fn find(view: &View<'_>, id: PersonId) -> Result<Option<Person>, StorageError> {
    view.one(include_str!("sql/read_person.sql"), &[Value::id(id)], |row| {
        person_of(view, row)
    })
}

/// A person as pages name them: `Anna Ames (PER-0001)`, or the id alone where nobody has it.
pub fn in_words(view: &View<'_>, id: PersonId) -> Result<String, StorageError> {
    let found = find(view, id)?;
    Ok(found.map_or_else(|| id.to_string(), |person| format!("{} ({id})", person.name)))
}

/// The person with this handle or id, as people write it: `anna` or `PER-0002`.
pub fn resolve(view: &View<'_>, text: &str) -> Result<Option<Person>, StorageError> {
    match PersonId::parse(text) {
        Ok(id) => find(view, id),
        Err(_) => view.one(
            include_str!("sql/read_person_by_handle.sql"),
            &[text.into()],
            |row| person_of(view, row),
        ),
    }
}

/// The organisation's name; none before it was founded.
pub fn organisation_name(view: &View<'_>) -> Result<Option<String>, StorageError> {
    view.one(include_str!("sql/read_organisation.sql"), &[], |row| {
        row.text("name")
    })
}

fn key_of(row: &Row<'_>) -> Result<SigningKey, StorageError> {
    Ok(SigningKey {
        id: row.id("key_id")?,
        person: row.id("person_id")?,
        openssh: row.text("openssh")?,
        fingerprint: row.text("fingerprint")?,
        enrolled_at: row.time("enrolled_at")?,
        revoked_at: row.time_if("revoked_at")?,
    })
}

/// The signing key with this id.
pub fn signing_key(view: &View<'_>, id: KeyId) -> Result<Option<SigningKey>, StorageError> {
    view.one(include_str!("sql/read_key.sql"), &[Value::id(id)], key_of)
}

/// The signing key with this text, as OpenSSH writes it without a comment.
pub fn signing_key_by_text(view: &View<'_>, openssh: &str) -> Result<Option<SigningKey>, StorageError> {
    view.one(
        include_str!("sql/read_key_by_text.sql"),
        &[openssh.into()],
        key_of,
    )
}

/// The signing keys of a person, revoked ones included.
pub fn signing_keys_of(view: &View<'_>, person: PersonId) -> Result<Vec<SigningKey>, StorageError> {
    view.rows(include_str!("sql/list_keys.sql"), &[Value::id(person)], key_of)
}

pub(crate) struct StoredInvitation {
    pub(crate) sha256: String,
    pub(crate) expires_at: Time,
}

pub(crate) fn invitation(
    view: &View<'_>,
    person: PersonId,
) -> Result<Option<StoredInvitation>, StorageError> {
    view.one(
        include_str!("sql/read_invitation.sql"),
        &[Value::id(person)],
        |row| {
            Ok(StoredInvitation {
                sha256: row.text("sha256")?,
                expires_at: row.time("expires_at")?,
            })
        },
    )
}

pub(crate) fn next_person_id(view: &View<'_>) -> Result<PersonId, StorageError> {
    view.the(include_str!("sql/next_person_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_key_id(view: &View<'_>) -> Result<KeyId, StorageError> {
    view.the(include_str!("sql/next_key_id.sql"), &[], |row| row.id("next_id"))
}
