//! A refusal as it travels: the problem document of RFC 9457.

use basis::{Class, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands before the class in a problem's type.
const TYPE_PREFIX: &str = "urn:tagout:refusal:";

/// A problem document (RFC 9457), media type `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The class of the refusal, such as `urn:tagout:refusal:policy`.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// The class in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was refused and why, in one line.
    pub detail: String,
    /// The rule that said no.
    pub rule: String,
    /// What is missing, one line each.
    pub missing: Vec<String>,
    /// What to do about it, one line each.
    pub way_out: Vec<String>,
}

/// The HTTP status of a class of refusal (RFC 9110 §15; 422 and 429 as RFC 9110 and RFC 6585 define them).
pub(crate) fn status(class: Class) -> u16 {
    match class {
        Class::Invalid => 400,
        Class::Unauthenticated => 401,
        Class::Forbidden => 403,
        Class::NotFound => 404,
        Class::Conflict => 409,
        Class::Policy => 422,
        Class::Outside => 502,
        Class::Limit => 429,
        Class::Fault => 500,
    }
}

/// The class in words.
pub(crate) fn title(class: Class) -> &'static str {
    match class {
        Class::Invalid => "the request cannot be read",
        Class::Unauthenticated => "nobody is signed in",
        Class::Forbidden => "this person may not do this",
        Class::NotFound => "there is no such thing",
        Class::Conflict => "not possible in this state",
        Class::Policy => "the policy says no",
        Class::Outside => "something outside did not do its part",
        Class::Limit => "a limit was reached",
        Class::Fault => "the server is at fault",
    }
}

impl Problem {
    /// The document for a refusal, with the status of its class.
    pub fn of(refusal: &Refusal) -> Self {
        Self::with_status(refusal, status(refusal.class))
    }

    /// The document for a refusal whose status says more than its class does, such as 413 or 405.
    pub(crate) fn with_status(refusal: &Refusal, status: u16) -> Self {
        Self {
            problem_type: format!("{TYPE_PREFIX}{}", refusal.class.name()),
            title: title(refusal.class).to_owned(),
            status,
            detail: refusal.what.clone(),
            rule: refusal.rule.clone(),
            missing: refusal.missing.clone(),
            way_out: refusal.way_out.clone(),
        }
    }

    /// The refusal again; `None` when the type is none of ours.
    pub fn refusal(self) -> Option<Refusal> {
        let name = self.problem_type.strip_prefix(TYPE_PREFIX)?;
        let class = Class::ALL.into_iter().find(|class| class.name() == name)?;
        Some(Refusal {
            class,
            rule: self.rule,
            what: self.detail,
            missing: self.missing,
            way_out: self.way_out,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_travels_there_and_back_unchanged() {
        for class in Class::ALL {
            let refusal = Refusal::new(class, "4.2", "no")
                .missing("a part")
                .way_out("add it");
            let sent = serde_json::to_vec(&Problem::of(&refusal)).unwrap();
            let received: Problem = serde_json::from_slice(&sent).unwrap();
            assert_eq!(received.refusal(), Some(refusal));
        }
    }

    #[test]
    fn no_two_classes_share_a_status() {
        let statuses: std::collections::BTreeSet<u16> = Class::ALL.into_iter().map(status).collect();
        assert_eq!(statuses.len(), Class::ALL.len());
    }
}
