//! Who acts, and how they proved it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Act, Authority, AuthorityTable, PersonId, Refusal, Subject, Time};

/// What a person is in the organisation; the policy says what each role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation and enrols people.
    Administrator,
    /// Answers for systems and their changes.
    SystemOwner,
    /// Asks for changes.
    Requester,
    /// Approves or disapproves changes.
    Approver,
    /// Sits on the change control board.
    BoardMember,
    /// Carries out approved work.
    Technician,
    /// Watches over work of others.
    Supervisor,
    /// Reads everything, changes nothing.
    Auditor,
    /// Is told of emergencies and leads incidents.
    IncidentManager,
    /// Works for a vendor, on own tickets only.
    VendorTechnician,
    /// Assesses from outside, for a limited time, reading only.
    Assessor,
}

impl Role {
    /// Every role, in the order in which people are shown them.
    pub const ALL: [Role; 11] = [
        Role::Administrator,
        Role::SystemOwner,
        Role::Requester,
        Role::Approver,
        Role::BoardMember,
        Role::Technician,
        Role::Supervisor,
        Role::Auditor,
        Role::IncidentManager,
        Role::VendorTechnician,
        Role::Assessor,
    ];

    /// The role's name in the policy and the API, such as `system_owner`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::SystemOwner => "system_owner",
            Role::Requester => "requester",
            Role::Approver => "approver",
            Role::BoardMember => "board_member",
            Role::Technician => "technician",
            Role::Supervisor => "supervisor",
            Role::Auditor => "auditor",
            Role::IncidentManager => "incident_manager",
            Role::VendorTechnician => "vendor_technician",
            Role::Assessor => "assessor",
        }
    }

    /// What somebody with the role is there for, in a sentence. What they may do in detail stands in the policy.
    pub fn purpose(self) -> &'static str {
        match self {
            Role::Administrator => {
                "Runs the installation, enrols people and gives roles; decides on no change by this role."
            }
            Role::SystemOwner => {
                "Answers for systems: keeps the register, issues permits, and signs beside the approver where systems hold CUI."
            }
            Role::Requester => {
                "Asks for changes, sets the window of approved ones, and does not approve their own."
            }
            Role::Approver => "Reads what is asked for, and approves or disapproves it by signature.",
            Role::BoardMember => "Sits on the change control board; reads changes, findings and assets.",
            Role::Technician => "Carries out approved work: makes plans, starts runs, brings in scans.",
            Role::Supervisor => "Watches over the work of others: issues, suspends and revokes permits.",
            Role::Auditor => "Reads everything and changes nothing; holds no other role.",
            Role::IncidentManager => {
                "Is told of emergencies, may stop work, and decides on the look back at them."
            }
            Role::VendorTechnician => "Works for a vendor under a permit, and sees nothing beyond it.",
            Role::Assessor => "Assesses from outside, reading only; holds no other role.",
        }
    }

    /// The role with this name.
    pub fn named(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an actor proved who they are; printed into every entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// At the keyboard of the machine that holds the data directory, at first start.
    Setup,
    /// The one-time enrolment link or code.
    Invitation,
    /// Password and one-time code.
    PasswordTotp,
    /// An API token.
    Token,
    /// A passkey or security key.
    Passkey,
    /// The runner, carrying out a run that the person started.
    Runner,
}

impl Authentication {
    /// The word for it in entries.
    pub fn name(self) -> &'static str {
        match self {
            Authentication::Setup => "setup",
            Authentication::Invitation => "invitation",
            Authentication::PasswordTotp => "password+totp",
            Authentication::Token => "token",
            Authentication::Passkey => "passkey",
            Authentication::Runner => "runner",
        }
    }

    /// The way with this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Authentication::Setup,
            Authentication::Invitation,
            Authentication::PasswordTotp,
            Authentication::Token,
            Authentication::Passkey,
            Authentication::Runner,
        ];
        all.into_iter().find(|way| way.name() == name)
    }
}

/// When an actor proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// In this very act, or by being there: at setup, with an invitation, as the runner of a run that was allowed.
    Now,
    /// Before: by a credential that was given out for it.
    Before {
        /// The number of the credential.
        credential: u64,
        /// When it was last proven.
        at: Time,
    },
}

/// A person who acts, with the roles they hold and how they proved who they are.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who acts.
    pub person: PersonId,
    /// How they proved it.
    pub authentication: Authentication,
    /// When they proved it.
    pub proven: Proven,
    /// The roles they hold at this moment.
    pub roles: BTreeSet<Role>,
    /// The acts that the credential is limited to; `None` where the credential carries no limit of its own.
    pub scope: Option<BTreeSet<String>>,
}

impl Actor {
    /// Gives the proof that this actor may do `A` on `subject`, or the refusal that says which roles could.
    pub fn may<A: Act>(
        &self,
        subject: impl Into<Subject>,
        table: &AuthorityTable,
    ) -> Result<Authority<A>, Refusal> {
        table.check::<A>(self, subject.into())
    }
}
