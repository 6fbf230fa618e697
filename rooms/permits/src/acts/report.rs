//! Records what a command behind the gate did.

use std::io::Read;

use basis::{Actor, Class, Refusal};
use evidence::{EvidenceId, EvidenceName, MediaType, NewEvidence};
use ledger::events::Events;
use policy::EvidenceKind;
use storage::{By, Organisation};

use crate::rules::AskGate;
use crate::rules::events::CommandRun;
use crate::store;

/// What a command behind the gate did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The id of the token under which it ran.
    pub jti: String,
    /// Its exit code.
    pub exit_code: u64,
    /// How long it ran, in milliseconds.
    pub duration_ms: u64,
}

/// Records exit code and duration, and keeps the output as a transcript of the asset. One token, one report.
pub fn report(
    organisation: &Organisation,
    actor: &Actor,
    report: &Report,
    output: &mut dyn Read,
) -> Result<EvidenceId, Refusal> {
    let refused = |what: String| {
        Refusal::new(Class::Conflict, "gate", what).way_out("run commands with `tagout gate exec`")
    };
    let blob = organisation.store_blob(output)?;
    let mut tx = organisation.begin("permits.report")?;
    let policy = policy::current(&tx.view())?;
    let answer = store::answer_by_jti(&tx.view(), &report.jti)?
        .filter(|answer| answer.is_allowed && answer.person == actor.person)
        .ok_or_else(|| {
            refused(format!(
                "the gate gave {} no token `{}`",
                actor.person, report.jti
            ))
        })?;
    actor.may::<AskGate>(answer.change, policy.authority())?;
    if store::is_reported(&tx.view(), answer.change, &report.jti)? {
        return Err(refused(
            "a command was already reported under this token".to_owned(),
        ));
    }
    let new = NewEvidence {
        name: EvidenceName::made_of(&format!(
            "{}-{}-{}.txt",
            answer.change, answer.asset, answer.action
        )),
        media_type: MediaType::Text,
        kind: EvidenceKind::Transcript,
        blob,
        about: vec![answer.change.into(), answer.asset.clone()],
        objectives: Vec::new(),
        is_final: true,
        taken_at: organisation.now(),
    };
    let evidence = evidence::attach(&mut tx, &By::from(actor), new)?;
    let event = CommandRun {
        change: answer.change,
        jti: report.jti.clone(),
        asset: answer.asset,
        action: answer.action.name().to_owned(),
        exit_code: report.exit_code,
        duration_ms: report.duration_ms,
        evidence,
    };
    tx.record(actor, Events::one(event))?;
    tx.commit()?;
    Ok(evidence)
}
