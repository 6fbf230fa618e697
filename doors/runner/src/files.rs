//! What is kept of the work on a host.

use std::fmt::Write;

use evidence::MediaType;
use hosts::HostState;
use hosts::jobs::JobEvidence;
use policy::EvidenceKind;
use runs::{EvidenceFile, HostPlan, packages_of};

fn text(name: String, kind: EvidenceKind, content: String) -> EvidenceFile {
    EvidenceFile {
        name,
        media_type: MediaType::Text,
        kind,
        content: content.into_bytes(),
    }
}

/// The list of packages with their versions, one on each line.
pub(crate) fn package_list(plan: &HostPlan, kind: EvidenceKind, state: &HostState) -> EvidenceFile {
    let mut list = String::new();
    for (package, found) in packages_of(state) {
        let mark = if found.is_whole {
            ""
        } else {
            "  installed only in part"
        };
        // Writing into a text cannot fail.
        let _ = writeln!(list, "{package} {}{mark}", found.version);
    }
    let word = kind.name().replace('_', "-");
    text(format!("{}-{word}.txt", plan.name), kind, list)
}

/// The whole state, from which a runner that takes over reads what was before.
pub(crate) fn baseline(plan: &HostPlan, state: &HostState) -> Result<EvidenceFile, serde_json::Error> {
    Ok(EvidenceFile {
        name: format!("{}-baseline.json", plan.name),
        media_type: MediaType::Json,
        kind: EvidenceKind::Baseline,
        content: serde_json::to_vec_pretty(state)?,
    })
}

/// What a job printed, and what the package manager wrote into its own logs meanwhile.
pub(crate) fn of_job(plan: &HostPlan, step: &str, evidence: &JobEvidence) -> Vec<EvidenceFile> {
    let name = &plan.name;
    let cut = if evidence.is_truncated {
        "only the end of a longer file is here\n"
    } else {
        ""
    };
    let mut transcript = format!("{cut}{}\n", evidence.description);
    for (at, word) in &evidence.progress {
        let _ = writeln!(transcript, "{at} {word}");
    }
    let _ = writeln!(transcript, "\n{}", evidence.transcript);
    let log = format!(
        "{cut}== apt history (local time of the host)\n{}\n== apt terminal\n{}\n== dpkg\n{}\n",
        evidence.apt_history, evidence.apt_terminal, evidence.dpkg_log
    );
    vec![
        text(
            format!("{name}-{step}-transcript.txt"),
            EvidenceKind::Transcript,
            transcript,
        ),
        text(
            format!("{name}-{step}-packages.log"),
            EvidenceKind::PackageLog,
            log,
        ),
    ]
}

/// The transcript of a host on which nothing was to be done.
pub(crate) fn nothing_done(plan: &HostPlan) -> EvidenceFile {
    let content = "No change was needed: every package of the plan was at its version already.\n".to_owned();
    text(
        format!("{}-transcript.txt", plan.name),
        EvidenceKind::Transcript,
        content,
    )
}
