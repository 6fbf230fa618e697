//! The words that the document and the questions share. Each has one spelling, everywhere.

/// Declares an enum whose values are words: spelled once, listed, parsed and printed from the same table.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident, $what:literal:
        $($(#[$value_doc:meta])* $value:ident = $word:literal,)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// Every value, in the order in which people are shown them.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The word for it in the policy, the API and the log.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$value => $word,)+
                }
            }

            /// The value with this name.
            pub fn named(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                $name::named(&word).ok_or_else(|| {
                    let known: Vec<&str> = $name::ALL.iter().map(|value| value.name()).collect();
                    ::serde::de::Error::custom(format!(
                        concat!("`{}` is no ", $what, "; write one of {}"),
                        word,
                        known.join(", ")
                    ))
                })
            }
        }
    };
}

words!(
    /// How a change comes about, and with that which path of the policy it takes.
    ChangeType, "change type":
    /// Follows a template that was approved before.
    Standard = "standard",
    /// Is reviewed and approved by itself.
    Normal = "normal",
    /// Cannot wait: expedited approval now, a retrospective afterwards.
    Emergency = "emergency",
);

words!(
    /// The most sensitive information that an asset holds.
    Classification, "classification":
    /// Controlled Unclassified Information.
    Cui = "cui",
    /// Federal Contract Information.
    Fci = "fci",
    /// Neither.
    None = "none",
);

words!(
    /// How much the organisation loses when the asset stops.
    Criticality, "criticality":
    /// Work goes on without it.
    Low = "low",
    /// Some work waits.
    Medium = "medium",
    /// The organisation stands still.
    High = "high",
);

words!(
    /// Who can reach the asset over a network.
    Exposure, "exposure":
    /// Anybody on the internet.
    InternetFacing = "internet_facing",
    /// The organisation's own networks.
    Internal = "internal",
    /// No network, or one of its own.
    Isolated = "isolated",
);

words!(
    /// What the asset is used for.
    Environment, "environment":
    /// Real work.
    Production = "production",
    /// A rehearsal of production.
    Staging = "staging",
    /// Trials.
    Lab = "lab",
);

words!(
    /// A part of a change request that a rule can ask for.
    Part, "part of a change":
    /// Why the change is needed.
    Reason = "reason",
    /// What it touches: the assets, or the policy document.
    Assets = "assets",
    /// What it does to security, analysed beforehand.
    SecurityImpact = "security_impact",
    /// What stops working, for whom and for how long.
    AvailabilityImpact = "availability_impact",
    /// How success is found out.
    TestPlan = "test_plan",
    /// How it is undone.
    RollbackPlan = "rollback_plan",
    /// Who is told what, and when.
    CommunicationPlan = "communication_plan",
    /// From when to when work may happen.
    Window = "window",
    /// The exact steps on each asset.
    Plan = "plan",
    /// The people who carry it out.
    Executors = "executors",
    /// Why it cannot wait for the ordinary path.
    EmergencyReason = "emergency_reason",
);

impl Part {
    /// The part in plain words, with its article, as messages name it.
    pub fn in_words(self) -> &'static str {
        match self {
            Part::Reason => "a reason",
            Part::Assets => "the assets it touches",
            Part::SecurityImpact => "a security impact analysis",
            Part::AvailabilityImpact => "an availability impact analysis",
            Part::TestPlan => "a test plan",
            Part::RollbackPlan => "a rollback plan",
            Part::CommunicationPlan => "a communication plan",
            Part::Window => "a window",
            Part::Plan => "a plan of exact steps",
            Part::Executors => "the people who carry it out",
            Part::EmergencyReason => "a declared reason for the emergency",
        }
    }
}

words!(
    /// What the permit's holder is about to do to an asset.
    Action, "action":
    /// Install updates.
    Patch = "patch",
    /// Restart the machine.
    Reboot = "reboot",
    /// Change settings.
    Configure = "configure",
    /// Run any other command.
    Command = "command",
    /// Take a backup or a snapshot.
    Snapshot = "snapshot",
    /// Undo.
    RollBack = "roll_back",
);

words!(
    /// What a permit is at a moment.
    PermitState, "permit state":
    /// Given out, its time not begun.
    Issued = "issued",
    /// Work may happen.
    Active = "active",
    /// Work is stopped for now.
    Suspended = "suspended",
    /// The holder has finished and given it back.
    HandedBack = "handed_back",
    /// Its time is over.
    Expired = "expired",
    /// Withdrawn for good.
    Revoked = "revoked",
);

words!(
    /// A part that a person plays in one change.
    Duty, "duty":
    /// Asks for the change.
    Requester = "requester",
    /// Approves it.
    Approver = "approver",
    /// Carries it out.
    Executor = "executor",
    /// Confirms that what was approved is what was done.
    Verifier = "verifier",
);

words!(
    /// What an artifact shows.
    EvidenceKind, "kind of evidence":
    /// The packages and versions before the work.
    PackagesBefore = "packages_before",
    /// The packages and versions after the work.
    PackagesAfter = "packages_after",
    /// The package manager's own log.
    PackageLog = "package_log",
    /// The commands run and what they printed.
    Transcript = "transcript",
    /// A snapshot with its id.
    Snapshot = "snapshot",
    /// A backup with its id.
    Backup = "backup",
    /// A scan made before the work.
    ScanBefore = "scan_before",
    /// A scan made after the work.
    ScanAfter = "scan_after",
    /// The result of the test plan.
    TestResult = "test_result",
    /// The proof that undoing was tried and works.
    RollbackVerification = "rollback_verification",
    /// What changed in configuration.
    ConfigurationDifference = "configuration_difference",
    /// Who was told what, and when.
    ContactLog = "contact_log",
    /// The whole state of a machine as it was collected.
    Baseline = "baseline",
    /// A list of systems that was read into the register, or what reading it changed.
    Inventory = "inventory",
    /// Any other document.
    Document = "document",
);

words!(
    /// The moment at which a rule about required parts is asked.
    Stage, "stage":
    /// When the change is submitted for review.
    Submit = "submit",
    /// When its window is set.
    Schedule = "schedule",
);

words!(
    /// The moment from which lead time counts.
    LeadStart, "start of lead time":
    /// When the change was submitted.
    Submission = "submission",
    /// When it was approved.
    Approval = "approval",
    /// When its window is set, which is when those concerned are told.
    Scheduling = "scheduling",
);

words!(
    /// What has to happen between two rings.
    RingGate, "gate between rings":
    /// A person says go, by command.
    Command = "command",
    /// Nothing but the passing of soak time without too many failures.
    Soak = "soak",
);

words!(
    /// How bad a vulnerability is, by the qualitative scale of CVSS v3.1 section 5.
    Severity, "severity":
    /// 9.0 and above, or called critical by the vendor.
    Critical = "critical",
    /// 7.0 to 8.9.
    High = "high",
    /// 4.0 to 6.9.
    Medium = "medium",
    /// 0.1 to 3.9.
    Low = "low",
    /// No impact.
    None = "none",
);

words!(
    /// Whether a vulnerability is known to be used by attackers (CISA KEV or the vendor says so).
    Exploitation, "exploitation":
    /// It is.
    Known = "known",
    /// Nobody has said so.
    NotKnown = "not_known",
);

words!(
    /// The moment from which a remediation deadline counts.
    ClockStart, "start of the clock":
    /// When the vendor released the advisory or the update.
    Release = "release",
    /// When the organisation found the vulnerability on its asset.
    Discovery = "discovery",
);

words!(
    /// A class of records with a retention time of its own.
    RecordClass, "record class":
    /// The ledger's entries and checkpoints.
    Ledger = "ledger",
    /// Changes with approvals, permits and runs.
    Changes = "changes",
    /// Evidence files.
    Evidence = "evidence",
    /// Findings and scan results.
    Findings = "findings",
    /// Records of people and their roles.
    People = "people",
    /// Artifacts shown in an assessment (32 CFR 170.17(c)(4)).
    AssessmentArtifacts = "assessment_artifacts",
);

words!(
    /// Why maintenance is done.
    MaintenanceType, "maintenance type":
    /// Keeps faults away.
    Preventive = "preventive",
    /// Mends a fault.
    Corrective = "corrective",
    /// Follows a new need or surrounding.
    Adaptive = "adaptive",
    /// Answers a danger at once.
    Emergency = "emergency",
);
