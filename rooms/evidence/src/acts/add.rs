//! Adds a file that a person hands in.

use basis::{Actor, Class, Refusal, Subject};
use policy::EvidenceKind;
use storage::{By, Organisation};

use crate::acts::{NewEvidence, attach, the_evidence};
use crate::rules::{Add, Evidence};
use crate::store;

/// Refuses a baseline of a run: the runner compares what a run did with the baseline that it took itself.
fn check_no_baseline_of_a_run(new: &NewEvidence) -> Result<(), Refusal> {
    let is_run = |subject: &&Subject| subject.to_string().starts_with("RUN-");
    match new
        .about
        .iter()
        .find(is_run)
        .filter(|_| new.kind == EvidenceKind::Baseline)
    {
        None => Ok(()),
        Some(run) => {
            let what = format!("the baseline of {run} is taken by the runner, never handed in");
            Err(Refusal::new(Class::Forbidden, "evidence", what)
                .way_out("leave the run out of `--about`, or name another kind, such as `document`"))
        }
    }
}

/// Refuses a file without content: it shows nothing, and must not stand for a backup or a test.
fn check_not_empty(new: &NewEvidence) -> Result<(), Refusal> {
    if new.blob.clear_size > 0 {
        return Ok(());
    }
    let what = format!("`{}` is empty", new.name);
    Err(Refusal::new(Class::Invalid, "evidence", what)
        .missing("a file that shows something")
        .way_out("look whether the command that made it failed, then add it again"))
}

/// Adds evidence whose file is already in the vault.
///
/// # Errors
/// A refusal of class `Forbidden` without authority or for a baseline of a run, `Invalid` when the evidence is about
/// nothing, from the future or an empty file.
pub fn add(organisation: &Organisation, actor: &Actor, new: NewEvidence) -> Result<Evidence, Refusal> {
    let mut tx = organisation.begin("evidence.add")?;
    let id = store::next_evidence_id(&tx.view())?;
    actor.may::<Add>(id, policy::current(&tx.view())?.authority())?;
    check_no_baseline_of_a_run(&new)?;
    check_not_empty(&new)?;
    let id = attach(&mut tx, &By::from(actor), new)?;
    let evidence = the_evidence(&tx.view(), id)?;
    tx.commit()?;
    Ok(evidence)
}
