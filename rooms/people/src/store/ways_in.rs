//! Rows of passwords, passkeys, recovery codes and failures, and what each event does to them.

use basis::{PersonId, Span, Time};
use storage::{Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::{
    CredentialsSet, Failures, InvitationAccepted, Passkey, PasskeyEnrolled, PasskeyId, PasskeyRevoked,
    PasswordRemoved, PasswordSet, RecoveryCode, RecoveryCodesMade, SignInFailed, Way, WaysIn,
};

/// How long a used challenge is remembered; longer than any challenge is good.
const CHALLENGE_REMEMBERED: Span = Span::minutes(15);

/// An invitation was accepted: what was good before ends.
fn take_up(tables: &Tables<'_>, stamp: &Stamp, person: PersonId) -> Result<(), StorageError> {
    let (person, now) = (Value::id(person), Value::from(stamp.time));
    let alone = std::slice::from_ref(&person);
    tables.execute(include_str!("../sql/delete_invitation.sql"), alone)?;
    tables.execute(include_str!("../sql/delete_recovery_codes.sql"), alone)?;
    tables.execute(include_str!("../sql/forget_failures.sql"), alone)?;
    let dated = [person, now];
    tables.execute(include_str!("../sql/revoke_tokens_of.sql"), &dated)?;
    tables.execute(include_str!("../sql/revoke_passkeys_of.sql"), &dated)?;
    tables
        .execute(include_str!("../sql/take_up_access.sql"), &dated)
        .map(drop)
}

fn keep_password(
    tables: &Tables<'_>,
    person: PersonId,
    sealed_hash: String,
    sealed_totp_secret: String,
    step: u64,
) -> Result<(), StorageError> {
    let values = [
        Value::id(person),
        sealed_hash.into(),
        sealed_totp_secret.into(),
        step.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_password.sql"), &values)
        .map(drop)
}

pub(super) fn apply_credentials_set(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: CredentialsSet,
) -> Result<(), StorageError> {
    take_up(tables, stamp, event.person)?;
    keep_password(
        tables,
        event.person,
        event.sealed_hash,
        event.sealed_totp_secret,
        event.step,
    )
}

pub(super) fn apply_invitation_accepted(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: InvitationAccepted,
) -> Result<(), StorageError> {
    take_up(tables, stamp, event.person)?;
    tables
        .execute(
            include_str!("../sql/delete_password.sql"),
            &[Value::id(event.person)],
        )
        .map(drop)
}

pub(super) fn apply_password_set(
    tables: &Tables<'_>,
    _: &Stamp,
    event: PasswordSet,
) -> Result<(), StorageError> {
    keep_password(
        tables,
        event.person,
        event.sealed_hash,
        event.sealed_totp_secret,
        event.step,
    )
}

pub(super) fn apply_password_removed(
    tables: &Tables<'_>,
    _: &Stamp,
    event: PasswordRemoved,
) -> Result<(), StorageError> {
    let person = [Value::id(event.person)];
    tables.execute(include_str!("../sql/delete_password.sql"), &person)?;
    tables
        .execute(include_str!("../sql/delete_recovery_codes.sql"), &person)
        .map(drop)
}

pub(super) fn apply_recovery_codes_made(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: RecoveryCodesMade,
) -> Result<(), StorageError> {
    let person = Value::id(event.person);
    tables.execute(
        include_str!("../sql/delete_recovery_codes.sql"),
        std::slice::from_ref(&person),
    )?;
    (1_u64..).zip(event.sha256s).try_for_each(|(number, sha256)| {
        let values = [person.clone(), number.into(), sha256.into(), stamp.time.into()];
        tables
            .execute(include_str!("../sql/insert_recovery_code.sql"), &values)
            .map(drop)
    })
}

pub(super) fn apply_passkey_enrolled(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: PasskeyEnrolled,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.passkey),
        Value::id(event.person),
        event.name.into(),
        event.credential.into(),
        event.key.into(),
        Value::Integer(event.counter.into()),
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/insert_passkey.sql"), &values)?;
    use_up_challenge(tables, stamp, &event.challenge)
}

pub(super) fn apply_passkey_revoked(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: PasskeyRevoked,
) -> Result<(), StorageError> {
    let values = [Value::id(event.passkey), stamp.time.into()];
    tables
        .execute(include_str!("../sql/revoke_passkey.sql"), &values)
        .map(drop)
}

pub(super) fn apply_sign_in_failed(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: SignInFailed,
) -> Result<(), StorageError> {
    let values = [Value::id(event.person), stamp.time.into(), event.is_first.into()];
    tables.execute(
        match event.passkey {
            None => include_str!("../sql/count_password_failure.sql"),
            Some(_) => include_str!("../sql/count_passkey_failure.sql"),
        },
        &values,
    )?;
    match event.challenge {
        Some(challenge) => use_up_challenge(tables, stamp, &challenge),
        None => Ok(()),
    }
}

/// Remembers that this challenge was answered, and forgets those that are too old to be answered again.
pub(super) fn use_up_challenge(
    tables: &Tables<'_>,
    stamp: &Stamp,
    challenge: &str,
) -> Result<(), StorageError> {
    let oldest = [(stamp.time - CHALLENGE_REMEMBERED).into()];
    tables.execute(include_str!("../sql/delete_old_challenges.sql"), &oldest)?;
    let values = [challenge.into(), stamp.time.into()];
    tables
        .execute(include_str!("../sql/insert_challenge.sql"), &values)
        .map(drop)
}

/// Whether this challenge, named by its SHA-256, was answered before.
pub(crate) fn is_challenge_used(view: &View<'_>, challenge: &str) -> Result<bool, StorageError> {
    let used_at = view.one(
        include_str!("../sql/read_challenge.sql"),
        &[challenge.into()],
        |row| row.time("used_at"),
    )?;
    Ok(used_at.is_some())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPassword {
    pub(crate) sealed_hash: String,
    pub(crate) sealed_totp_secret: String,
    pub(crate) last_step: u64,
}

impl StoredPassword {
    /// Whether neither password nor secret was chosen anew between the two.
    pub(crate) fn has_same_credentials(&self, other: &Self) -> bool {
        (&self.sealed_hash, &self.sealed_totp_secret) == (&other.sealed_hash, &other.sealed_totp_secret)
    }
}

pub(crate) fn password(view: &View<'_>, person: PersonId) -> Result<Option<StoredPassword>, StorageError> {
    view.one(
        include_str!("../sql/read_password.sql"),
        &[Value::id(person)],
        |row| {
            Ok(StoredPassword {
                sealed_hash: row.text("sealed_hash")?,
                sealed_totp_secret: row.text("sealed_totp_secret")?,
                last_step: row.count("last_step")?,
            })
        },
    )
}

/// The failures of this person since they last signed in, by passwords or by passkeys.
pub(crate) fn failures(view: &View<'_>, person: PersonId, way: Way) -> Result<Failures, StorageError> {
    let (count, last_at) = match way {
        Way::Password => ("failures", "last_failure_at"),
        Way::Passkey => ("passkey_failures", "passkey_last_failure_at"),
    };
    let stored = view.one(
        include_str!("../sql/read_failures.sql"),
        &[Value::id(person)],
        |row| {
            Ok(Failures {
                count: row.count(count)?,
                last_at: row.time(last_at)?,
            })
        },
    )?;
    Ok(stored.unwrap_or(Failures {
        count: 0,
        last_at: Time::from_ms(0),
    }))
}

/// The recovery codes of this person, used ones included, in the order in which they were shown.
pub(crate) fn recovery_codes(view: &View<'_>, person: PersonId) -> Result<Vec<RecoveryCode>, StorageError> {
    view.rows(
        include_str!("../sql/list_recovery_codes.sql"),
        &[Value::id(person)],
        |row| {
            Ok(RecoveryCode {
                number: row.count("number")?,
                sha256: row.text("sha256")?,
                made_at: row.time("made_at")?,
                used_at: row.time_if("used_at")?,
            })
        },
    )
}

fn passkey_of(row: &Row<'_>) -> Result<Passkey, StorageError> {
    Ok(Passkey {
        id: row.id("passkey_id")?,
        person: row.id("person_id")?,
        name: row.text("name")?,
        credential: row.text("credential")?,
        openssh: row.text("openssh")?,
        counter: u32::try_from(row.count("counter")?).map_err(|error| row.damaged("counter", error))?,
        enrolled_at: row.time("enrolled_at")?,
        last_used_at: row.time_if("last_used_at")?,
        revoked_at: row.time_if("revoked_at")?,
    })
}

/// The passkey with this id.
pub(crate) fn passkey(view: &View<'_>, id: PasskeyId) -> Result<Option<Passkey>, StorageError> {
    view.one(
        include_str!("../sql/read_passkey.sql"),
        &[Value::id(id)],
        passkey_of,
    )
}

/// The passkey that browsers find by this name, in hex; also one that was revoked.
pub(crate) fn passkey_by_credential(
    view: &View<'_>,
    credential: &str,
) -> Result<Option<Passkey>, StorageError> {
    view.one(
        include_str!("../sql/read_passkey_by_credential.sql"),
        &[credential.into()],
        passkey_of,
    )
}

/// The passkeys of a person, revoked ones included.
pub(crate) fn passkeys_of(view: &View<'_>, person: PersonId) -> Result<Vec<Passkey>, StorageError> {
    view.rows(
        include_str!("../sql/list_passkeys.sql"),
        &[Value::id(person)],
        passkey_of,
    )
}

pub(crate) fn next_passkey_id(view: &View<'_>) -> Result<PasskeyId, StorageError> {
    view.the(include_str!("../sql/next_passkey_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

/// In which ways this person signs in now.
pub(crate) fn ways_in(view: &View<'_>, person: PersonId) -> Result<WaysIn, StorageError> {
    let passkeys = passkeys_of(view, person)?;
    Ok(WaysIn {
        person,
        has_password: password(view, person)?.is_some(),
        passkeys: passkeys
            .iter()
            .filter(|passkey| passkey.revoked_at.is_none())
            .count(),
    })
}
