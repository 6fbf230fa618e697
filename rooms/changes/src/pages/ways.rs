//! Where in the pages the ways out lead that refusals and verdicts name as commands.

use crate::rules::ChangeId;

/// A way out, as a page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// What to do.
    pub(super) label: String,
    /// The page where it is done; none where only a command does it.
    pub(super) path: Option<String>,
    /// The command that does the same.
    pub(super) command: Option<String>,
}

/// What stands in a command, and the place below the change's record where a page does the same. The first that fits counts.
const PLACES: [(&str, &str); 23] = [
    ("--emergency-reason", "/edit#what"),
    ("--reason TEXT", "/edit#what"),
    ("--security-impact", "/edit#impact"),
    ("--availability-impact", "/edit#impact"),
    ("--test-plan", "/edit#plans"),
    ("--rollback-plan", "/edit#plans"),
    ("--communication-plan", "/edit#plans"),
    ("--executor", "/edit#people"),
    ("--policy-draft", "/edit#policy"),
    ("change schedule", "#schedule"),
    ("change adopt", "/adoption"),
    ("change edit CHG", "/edit#window"),
    ("tagout plan make", "/plan"),
    ("change approve", "/decision"),
    ("change submit", "#submit"),
    ("change close", "#close"),
    ("change cancel", "#cancel"),
    ("change retrospect", "#retrospect"),
    ("--accept", "#accept"),
    ("change verify", "#verify"),
    ("permit issue", "/permits"),
    ("change missing", "#checklist"),
    ("evidence add", "#evidence"),
];

/// The page where the command is done.
fn place_of(change: ChangeId, command: &str) -> Option<String> {
    if let Some(rest) = command.strip_prefix("tagout asset collect ") {
        return Some(format!("/assets/{}", rest.trim()));
    }
    if let Some(rest) = command.strip_prefix("tagout asset enrol-host ") {
        let asset = rest.split(' ').next().unwrap_or_default();
        return Some(format!("/assets/{asset}/reach"));
    }
    if command.starts_with("tagout people ") {
        return Some("/people".to_owned());
    }
    if command.contains("change edit") && command.contains("--asset ") {
        return Some(format!("/changes/{change}/edit#assets"));
    }
    let found = PLACES.iter().find(|(part, _)| command.contains(part));
    found.map(|(_, place)| format!("/changes/{change}{place}"))
}

/// The way out that this sentence names.
pub(super) fn way(change: ChangeId, sentence: &str) -> Way {
    let command = sentence.split('`').nth(1);
    let label = sentence.split('`').next().unwrap_or(sentence);
    let label = label.trim().trim_end_matches(" and run").trim_end_matches(':');
    Way {
        label: if label.is_empty() { sentence } else { label }.to_owned(),
        path: command.and_then(|command| place_of(change, command)),
        command: command.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use basis::Id;

    use super::*;

    #[test]
    fn what_the_policy_asks_for_can_be_done_in_a_page() {
        let id = ChangeId::from_number(1);
        for (sentence, label, path) in [
            (
                "add a test plan: `tagout change edit CHG-0001 --test-plan FILE`",
                "add a test plan",
                "/changes/CHG-0001/edit#plans",
            ),
            (
                "name what it touches: `tagout change edit CHG-0001 --asset AST-0001`",
                "name what it touches",
                "/changes/CHG-0001/edit#assets",
            ),
            (
                "say why: `tagout change edit CHG-0001 --reason TEXT`",
                "say why",
                "/changes/CHG-0001/edit#what",
            ),
            (
                "name a window: `tagout change edit CHG-0001 --from TIME --until TIME`",
                "name a window",
                "/changes/CHG-0001/edit#window",
            ),
            (
                "make the plan: `tagout plan make CHG-0001`",
                "make the plan",
                "/changes/CHG-0001/plan",
            ),
            (
                "ask a person with the role approver to review it and run `tagout change approve CHG-0001 --as approver`",
                "ask a person with the role approver to review it",
                "/changes/CHG-0001/decision",
            ),
            (
                "look at the machine again: `tagout asset collect AST-0002`",
                "look at the machine again",
                "/assets/AST-0002",
            ),
            (
                "say how it is reached: `tagout asset enrol-host AST-0002 --address ADDRESS`",
                "say how it is reached",
                "/assets/AST-0002/reach",
            ),
            (
                "a run compares by itself; after work by hand say what was found: `tagout change verify CHG-0001 --accept AST-0001 --because TEXT`",
                "a run compares by itself; after work by hand say what was found",
                "/changes/CHG-0001#accept",
            ),
        ] {
            let way = way(id, sentence);
            assert_eq!((way.label.as_str(), way.path.as_deref()), (label, Some(path)));
        }
        let plain = way(id, "wait until tomorrow");
        assert_eq!((plain.label.as_str(), plain.path), ("wait until tomorrow", None));
    }
}
