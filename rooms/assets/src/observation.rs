//! From what a collection read of a host to what the register keeps.
//!
//! This stands beside the rules and not among them because it speaks in the words of `hosts`.

use std::collections::BTreeMap;

use hosts::{Hold, HostState, Package, PackageState, PendingUpdate, RebootNeed, Security, Standing};

use crate::rules::{PackageRecord, RebootWord, UpdateRecord};

impl PackageRecord {
    /// What a collection read of a package.
    pub fn of(package: &Package) -> Self {
        Self {
            architecture: package.architecture.clone(),
            is_held: package.hold == Hold::Held,
            name: package.name.clone(),
            source: package.source.clone(),
            source_version: package.source_version.clone(),
            state: state_word(package.state).to_owned(),
            version: package.version.clone(),
        }
    }
}

impl UpdateRecord {
    /// What a collection read of a pending update.
    pub fn of(update: &PendingUpdate) -> Self {
        let origin = |origin: &hosts::Origin| format!("{} {}", origin.label, origin.codename);
        let mut origins: Vec<String> = update.origins.iter().map(origin).collect();
        origins.sort();
        origins.dedup();
        Self {
            architecture: update.architecture.clone(),
            candidate: update.candidate.clone(),
            installed: update.installed.clone(),
            origins,
            package: update.package.clone(),
            security: security_word(update.security).to_owned(),
            standing: standing_word(update.standing).to_owned(),
        }
    }
}

fn state_word(state: PackageState) -> &'static str {
    match state {
        PackageState::Installed => "installed",
        PackageState::Unpacked => "unpacked",
        PackageState::HalfConfigured => "half_configured",
        PackageState::HalfInstalled => "half_installed",
        PackageState::TriggersAwaited => "triggers_awaited",
        PackageState::TriggersPending => "triggers_pending",
        PackageState::ReinstallRequired => "reinstall_required",
    }
}

fn security_word(security: Security) -> &'static str {
    match security {
        Security::Yes => "yes",
        Security::No => "no",
        Security::Unknown => "unknown",
    }
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Offered => "offered",
        Standing::NeedsOthers => "needs_others",
        Standing::Held => "held",
        Standing::Phased => "phased",
        Standing::NeedsEntitlement => "needs_entitlement",
        Standing::KeptBack => "kept_back",
    }
}

/// The verdict on a reboot, in a word.
pub fn reboot_word(need: &RebootNeed) -> RebootWord {
    match need {
        RebootNeed::Needed(_) => RebootWord::Needed,
        RebootNeed::NotNeeded => RebootWord::NotNeeded,
        RebootNeed::Unknown(_) => RebootWord::Unknown,
    }
}

/// The packages of a state, each once, in order.
pub fn package_records(state: &HostState) -> Vec<PackageRecord> {
    let records = state.packages.iter().map(|package| {
        let record = PackageRecord::of(package);
        (record.key(), record)
    });
    records.collect::<BTreeMap<_, _>>().into_values().collect()
}
