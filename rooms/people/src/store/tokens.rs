//! Rows of tokens, and what each event does to them.

use std::collections::BTreeSet;

use basis::{Authentication, PersonId, Time};
use storage::{Row, Stamp, StorageError, Tables, Value, View};

use super::ways_in::use_up_challenge;
use crate::rules::{Credential, PasskeyUse, ProvenAgain, TokenId, TokenIssued, TokenKind, TokenRevoked};

pub(super) fn apply_token_issued(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: TokenIssued,
) -> Result<(), StorageError> {
    let scope = event.scope.map_or("*".to_owned(), |acts| {
        acts.into_iter().collect::<Vec<_>>().join(" ")
    });
    let is_sign_in = event.kind == TokenKind::SignIn.name();
    let values = [
        Value::id(event.token),
        Value::id(event.person),
        event.kind.into(),
        event.name.into(),
        event.sha256.into(),
        scope.into(),
        stamp.time.into(),
        event.expires.into(),
        stamp.authentication.name().into(),
        event.source.unwrap_or_default().into(),
    ];
    tables.execute(include_str!("../sql/insert_token.sql"), &values)?;
    if !is_sign_in {
        return Ok(());
    }
    let used = Used {
        person: event.person,
        token: event.token,
        step: event.step,
        recovery_code: event.recovery_code,
        passkey: event.passkey,
    };
    use_up(tables, stamp, &used)
}

/// What a sign-in, or a proof within one, used up.
struct Used {
    person: PersonId,
    token: TokenId,
    step: Option<u64>,
    recovery_code: Option<u64>,
    passkey: Option<PasskeyUse>,
}

impl Used {
    fn credentials(&self) -> impl Iterator<Item = Credential> {
        let first = match &self.passkey {
            Some(used) => Credential::Passkey(used.passkey),
            None => Credential::Password,
        };
        let code = self.recovery_code.map(|_| Credential::RecoveryCode);
        std::iter::once(first).chain(code)
    }
}

fn use_up(tables: &Tables<'_>, stamp: &Stamp, used: &Used) -> Result<(), StorageError> {
    let person = used.person;
    for credential in used.credentials() {
        let values = [Value::id(used.token), credential.to_string().into()];
        tables.execute(include_str!("../sql/insert_sign_in_proof.sql"), &values)?;
    }
    tables.execute(include_str!("../sql/end_failures.sql"), &[Value::id(person)])?;
    if let Some(step) = used.step {
        let values = [Value::id(person), step.into()];
        tables.execute(include_str!("../sql/use_step.sql"), &values)?;
    }
    if let Some(number) = used.recovery_code {
        let values = [Value::id(person), number.into(), stamp.time.into()];
        tables.execute(include_str!("../sql/use_recovery_code.sql"), &values)?;
    }
    if let Some(used) = &used.passkey {
        let values = [
            Value::id(used.passkey),
            Value::Integer(used.counter.into()),
            stamp.time.into(),
        ];
        tables.execute(include_str!("../sql/use_passkey.sql"), &values)?;
        use_up_challenge(tables, stamp, &used.challenge)?;
    }
    Ok(())
}

pub(super) fn apply_proven_again(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: ProvenAgain,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.token),
        stamp.time.into(),
        stamp.authentication.name().into(),
        event.sha256.into(),
    ];
    tables.execute(include_str!("../sql/prove_token.sql"), &values)?;
    let used = Used {
        person: event.person,
        token: event.token,
        step: event.step,
        recovery_code: event.recovery_code,
        passkey: event.passkey,
    };
    use_up(tables, stamp, &used)
}

pub(super) fn apply_token_revoked(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: TokenRevoked,
) -> Result<(), StorageError> {
    tables
        .execute(
            include_str!("../sql/revoke_token.sql"),
            &[Value::id(event.token), stamp.time.into()],
        )
        .map(drop)
}

/// A token as it is kept.
pub struct StoredToken {
    pub(crate) id: TokenId,
    pub(crate) person: PersonId,
    pub(crate) kind: TokenKind,
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) scope: Option<BTreeSet<String>>,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) revoked_at: Option<Time>,
    /// How its holder proved who they are, last of all.
    pub(crate) proven_by: Authentication,
    /// When.
    pub(crate) proven_at: Time,
    /// Where it was asked for; empty where nobody noted it.
    pub(crate) source: String,
}

fn token_of(row: &Row<'_>) -> Result<StoredToken, StorageError> {
    let scope = row.text("scope")?;
    Ok(StoredToken {
        id: row.id("token_id")?,
        person: row.id("person_id")?,
        kind: row.word("kind", TokenKind::named)?,
        name: row.text("name")?,
        sha256: row.text("sha256")?,
        scope: (scope != "*").then(|| scope.split_whitespace().map(str::to_owned).collect()),
        issued_at: row.time("issued_at")?,
        expires_at: row.time("expires_at")?,
        revoked_at: row.time_if("revoked_at")?,
        proven_by: row.word("proven_by", Authentication::named)?,
        proven_at: row.time("proven_at")?,
        source: row.text("source")?,
    })
}

pub(crate) fn token(view: &View<'_>, id: TokenId) -> Result<Option<StoredToken>, StorageError> {
    view.one(include_str!("../sql/read_token.sql"), &[Value::id(id)], token_of)
}

pub(crate) fn tokens_of(view: &View<'_>, person: PersonId) -> Result<Vec<StoredToken>, StorageError> {
    view.rows(
        include_str!("../sql/list_tokens.sql"),
        &[Value::id(person)],
        token_of,
    )
}

/// The sign-ins of a person that are live at `now` and rest on this credential.
pub(crate) fn sign_ins_proven_by(
    view: &View<'_>,
    person: PersonId,
    credential: Credential,
    now: Time,
) -> Result<Vec<TokenId>, StorageError> {
    let values = [Value::id(person), credential.to_string().into(), now.into()];
    view.rows(
        include_str!("../sql/list_sign_ins_proven_by.sql"),
        &values,
        |row| row.id("token_id"),
    )
}

pub(crate) fn next_token_id(view: &View<'_>) -> Result<TokenId, StorageError> {
    view.the(include_str!("../sql/next_token_id.sql"), &[], |row| {
        row.id("next_id")
    })
}
