//! The numbers that other rooms need without asking a question: how long, how many, how soon.

use std::collections::BTreeSet;

use basis::{Role, Span};

use super::document::Policy;
use super::kinds::{Emergency, GateToken, Kind, RemediationDeadline, Retention, Rings, SignIn};
use super::length::Months;
use super::questions::ChangeFacts;
use super::words::{Action, ClockStart, Exploitation, RecordClass, RingGate, Severity};

/// What a permit under a change may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitTerms {
    /// The longest it may last.
    pub longest: Span,
    /// The actions it may name.
    pub actions: BTreeSet<Action>,
}

/// How a change's plan goes out in waves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingTerms {
    /// The paragraph that says so.
    pub paragraph: String,
    /// The share of all assets reached after each ring, in percent, rising to 100.
    pub shares_percent: Vec<u8>,
    /// The fewest assets in the first ring.
    pub pilot_least: u32,
    /// The fewest assets in a ring between the first and the last.
    pub ring_least: u32,
    /// The share of failed assets of a ring, in percent, at which the run halts.
    pub halt_percent: u8,
    /// How long a ring is watched before the next begins.
    pub soak: Span,
    /// What stands between two rings.
    pub gate: RingGate,
}

impl RingTerms {
    /// How many assets each ring gets out of `count`. Shares are rounded up, so that no ring but the last of a small
    /// plan is smaller than its share; rings that would be empty are left out, and a ring in the middle that would be
    /// smaller than `ring_least` joins the one behind it.
    pub fn sizes(&self, count: usize) -> Vec<usize> {
        let mut reached = 0;
        let mut sizes = Vec::new();
        for (ring, share) in self.shares_percent.iter().enumerate() {
            let mut until = (count * usize::from(*share)).div_ceil(100);
            if ring == 0 {
                until = until.max(self.pilot_least as usize);
            }
            let until = until.clamp(reached, count);
            let is_between = ring > 0 && until < count;
            let joins_next = is_between && until - reached < self.ring_least as usize;
            if until > reached && !joins_next {
                sizes.push(until - reached);
                reached = until;
            }
        }
        sizes
    }

    /// Whether so many failures in a ring of this size halt the run. A lost asset counts as failed.
    pub fn halts(&self, failed: usize, ring_size: usize) -> bool {
        failed > 0 && failed * 100 >= ring_size * usize::from(self.halt_percent)
    }
}

/// How soon a finding must be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemediationTerms {
    /// The paragraph that says so.
    pub paragraph: String,
    /// The time allowed.
    pub within: Span,
    /// The moment from which it counts.
    pub counted_from: ClockStart,
}

/// How signing in works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInTerms {
    /// The longest session.
    pub session: Span,
    /// The longest pause within one.
    pub idle: Span,
    /// The longest life of an API token.
    pub token_longest: Span,
    /// Failed attempts in a row before the account is locked.
    pub failures_most: u32,
    /// How long it stays locked.
    pub lockout: Span,
    /// How old the proof may be of who asks for a dangerous act.
    pub step_up: Span,
}

impl Policy {
    /// What a permit under this change may be: the strictest of the rules that apply.
    pub fn permit_terms(&self, change: &ChangeFacts) -> PermitTerms {
        let mut strictest: Option<PermitTerms> = None;
        for rule in self.applying(change) {
            if let Kind::Permit(permit) = &rule.kind {
                let (longest, actions) = (permit.longest.span(), permit.actions.iter().copied().collect());
                strictest = Some(match strictest {
                    None => PermitTerms { longest, actions },
                    Some(before) => PermitTerms {
                        longest: before.longest.min(longest),
                        actions: &before.actions & &actions,
                    },
                });
            }
        }
        strictest.expect("reading found a permit rule for every change type")
    }

    /// How the plan of this change goes out: the last of the rules that apply, so that a particular rule stands behind
    /// the general one.
    pub fn ring_terms(&self, change: &ChangeFacts) -> RingTerms {
        let rings = self.applying(change).filter_map(|rule| match &rule.kind {
            Kind::Rings(rings) => Some((rule, rings)),
            _ => None,
        });
        let (rule, rings): (_, &Rings) = rings
            .last()
            .expect("reading found a ring rule for every change type");
        RingTerms {
            paragraph: rule.id.clone(),
            shares_percent: rings.shares_percent.clone(),
            pilot_least: rings.pilot_least,
            ring_least: rings.ring_least,
            halt_percent: rings.halt_percent,
            soak: rings.soak.span(),
            gate: rings.gate,
        }
    }

    /// How long a gate token lives.
    pub fn gate_token_life(&self) -> Span {
        let (_, token): (_, &GateToken) = self.only(|kind| match kind {
            Kind::GateToken(token) => Some(token),
            _ => None,
        });
        token.life.span()
    }

    /// How soon a finding must be corrected; none where the policy sets no time for its severity.
    pub fn remediation_deadline(
        &self,
        severity: Severity,
        exploitation: Exploitation,
    ) -> Option<RemediationTerms> {
        let (paragraph, rule) = self.remediation();
        let by_severity = rule.correct_within.get(&severity).map(|length| length.span());
        let within = match exploitation {
            Exploitation::NotKnown => by_severity?,
            Exploitation::Known => {
                let known = rule.known_exploited.span();
                by_severity.map_or(known, |other| other.min(known))
            }
        };
        Some(RemediationTerms {
            paragraph: paragraph.to_owned(),
            within,
            counted_from: rule.counted_from,
        })
    }

    /// How soon after publication the organisation must know whether a flaw touches it (3.14.1[a]).
    pub fn identification_deadline(&self) -> Span {
        self.remediation().1.identify_within.span()
    }

    /// How soon after it was found a flaw must be reported (3.14.1[c]).
    pub fn reporting_deadline(&self) -> Span {
        self.remediation().1.report_within.span()
    }

    /// How long records of this class are kept, in months.
    pub fn retention(&self, class: RecordClass) -> Months {
        let (_, rule): (_, &Retention) = self.only(|kind| match kind {
            Kind::Retention(retention) => Some(retention),
            _ => None,
        });
        *rule
            .keep
            .get(&class)
            .expect("reading found a row for every record class")
    }

    /// How signing in works.
    pub fn sign_in_terms(&self) -> SignInTerms {
        let (_, rule): (_, &SignIn) = self.only(|kind| match kind {
            Kind::SignIn(sign_in) => Some(sign_in),
            _ => None,
        });
        SignInTerms {
            session: rule.session.span(),
            idle: rule.idle.span(),
            token_longest: rule.token_longest.span(),
            failures_most: rule.failures_most,
            lockout: rule.lockout.span(),
            step_up: rule.step_up.span(),
        }
    }

    /// How long after work began under an emergency change its retrospective is due.
    pub fn retrospective_due(&self) -> Span {
        self.emergency().retrospective_within.span()
    }

    /// The roles that are told of an emergency change before work starts.
    pub fn told_of_emergencies(&self) -> &[Role] {
        &self.emergency().told
    }

    fn emergency(&self) -> &Emergency {
        let (_, emergency) = self.only(|kind| match kind {
            Kind::Emergency(emergency) => Some(emergency),
            _ => None,
        });
        emergency
    }

    fn remediation(&self) -> (&str, &RemediationDeadline) {
        self.only(|kind| match kind {
            Kind::RemediationDeadline(deadline) => Some(deadline),
            _ => None,
        })
    }

    /// The paragraph and parameters of a kind that every policy has exactly once.
    fn only<'a, T: 'a>(&'a self, pick: impl Fn(&'a Kind) -> Option<&'a T>) -> (&'a str, &'a T) {
        let mut found = self
            .rules()
            .iter()
            .filter_map(|rule| Some((rule.id.as_str(), pick(&rule.kind)?)));
        found.next().expect("reading found exactly one rule of this kind")
    }
}
