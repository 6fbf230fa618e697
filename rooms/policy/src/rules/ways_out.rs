//! The commands that answers point to. A test of the roof checks that each of them exists.

use basis::{Role, Subject};

use super::words::{EvidenceKind, Part};

/// How to add a part to a change.
pub(super) fn add_part(change: &Subject, part: Part) -> String {
    let edit = format!("`tagout change edit {change}");
    match part {
        Part::Reason => format!("say why: {edit} --reason TEXT`"),
        Part::Assets => format!("name what it touches: {edit} --asset AST-0001`"),
        Part::SecurityImpact => format!("say what it does to security: {edit} --security-impact FILE`"),
        Part::AvailabilityImpact => format!("say what stops working: {edit} --availability-impact FILE`"),
        Part::TestPlan => format!("add a test plan: {edit} --test-plan FILE`"),
        Part::RollbackPlan => format!("add a rollback plan: {edit} --rollback-plan FILE`"),
        Part::CommunicationPlan => format!("add a communication plan: {edit} --communication-plan FILE`"),
        Part::Window => format!("name a window: {edit} --from TIME --until TIME`"),
        Part::Plan => format!("make the plan: `tagout plan make {change}`"),
        Part::Executors => format!("name who carries it out: {edit} --executor PER-0001`"),
        Part::EmergencyReason => format!("say why it cannot wait: {edit} --emergency-reason TEXT`"),
    }
}

pub(super) fn approve(change: &Subject, capacity: Role) -> String {
    format!(
        "ask a person with the role {capacity} to review it and run `tagout change approve {change} --as {capacity}`"
    )
}

pub(super) fn ask_for_window(change: &Subject, what: &str) -> String {
    format!("{what}: `tagout change edit {change} --from TIME --until TIME`")
}

/// The window that is set may be narrower than the approved one and never wider.
pub(super) fn schedule_or_ask(change: &Subject, what: &str) -> String {
    let ask = ask_for_window(
        change,
        "where that leaves the approved window, ask for another and have it approved again",
    );
    format!("{}; {ask}", schedule(change, what))
}

pub(super) fn schedule(change: &Subject, what: &str) -> String {
    format!("{what}: `tagout change schedule {change} --from TIME --until TIME`")
}

pub(super) fn issue_permit(change: &Subject) -> String {
    format!("issue a permit: `tagout permit issue {change}`")
}

pub(super) fn add_evidence(change: &Subject, asset: &Subject, kind: EvidenceKind) -> String {
    format!("add it in final form: `tagout evidence add FILE --about {change} --about {asset} --kind {kind}`")
}

pub(super) fn add_evidence_of_change(change: &Subject, kind: EvidenceKind) -> String {
    format!("add it in final form: `tagout evidence add FILE --about {change} --kind {kind}`")
}

pub(super) fn verify(change: &Subject) -> String {
    format!("compare and confirm: `tagout change verify {change}`")
}

pub(super) fn confirm_by_another(change: &Subject) -> String {
    format!(
        "let somebody who did not carry it out confirm it, and accept what differs: `tagout change verify {change}`"
    )
}

pub(super) fn compare(change: &Subject, asset: &Subject) -> String {
    format!(
        "a run compares by itself; after work by hand say what was found: `tagout change verify {change} --accept {asset} --because TEXT`"
    )
}

pub(super) fn collect(asset: &Subject) -> String {
    format!("look at the machine again: `tagout asset collect {asset}`")
}

pub(super) fn retrospect(change: &Subject) -> String {
    format!("record the retrospective: `tagout change retrospect {change} FILE`")
}

pub(super) fn grant_role(role: Role) -> String {
    format!(
        "let somebody hold the role and be told: `tagout people roles PER-0001 --roles {role} --reason TEXT`"
    )
}
