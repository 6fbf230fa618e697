//! A no that helps: which rule, what is missing, what to do.

use std::fmt;

/// What kind of no it is. HTTP status and exit code are chosen from it, once, at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What was sent cannot be read: a field, a file, an id.
    Invalid,
    /// Nobody has proved who they are.
    Unauthenticated,
    /// This person may not do this.
    Forbidden,
    /// There is no such thing, or none that this person may see.
    NotFound,
    /// The thing is not in the state that the act needs.
    Conflict,
    /// A rule of the policy says no.
    Policy,
    /// A host, a disk or another outside thing did not do its part.
    Outside,
    /// Too much at once: a named limit was reached.
    Limit,
    /// The program or its stored data is at fault.
    Fault,
}

impl Class {
    /// Every class.
    pub const ALL: [Class; 9] = [
        Class::Invalid,
        Class::Unauthenticated,
        Class::Forbidden,
        Class::NotFound,
        Class::Conflict,
        Class::Policy,
        Class::Outside,
        Class::Limit,
        Class::Fault,
    ];

    /// The word for it in problem documents.
    pub fn name(self) -> &'static str {
        match self {
            Class::Invalid => "invalid",
            Class::Unauthenticated => "unauthenticated",
            Class::Forbidden => "forbidden",
            Class::NotFound => "not-found",
            Class::Conflict => "conflict",
            Class::Policy => "policy",
            Class::Outside => "outside",
            Class::Limit => "limit",
            Class::Fault => "fault",
        }
    }
}

/// A refusal in the words a person reads: never a host's secret, an SQL text or a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of no.
    pub class: Class,
    /// The rule that said no: a paragraph of the policy or the name of an invariant.
    pub rule: String,
    /// What was refused and why, in one line.
    pub what: String,
    /// What is missing, one line each.
    pub missing: Vec<String>,
    /// What to do about it, one line each.
    pub way_out: Vec<String>,
}

impl Refusal {
    /// Makes a refusal by `rule` that says `what`.
    pub fn new(class: Class, rule: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            class,
            rule: rule.into(),
            what: what.into(),
            missing: Vec::new(),
            way_out: Vec::new(),
        }
    }

    /// Adds a line of what is missing.
    #[must_use]
    pub fn missing(mut self, line: impl Into<String>) -> Self {
        self.missing.push(line.into());
        self
    }

    /// Adds a line of what to do.
    #[must_use]
    pub fn way_out(mut self, line: impl Into<String>) -> Self {
        self.way_out.push(line.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.rule)?;
        for line in &self.missing {
            write!(f, "\n  missing: {line}")?;
        }
        for line in &self.way_out {
            write!(f, "\n  do: {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
