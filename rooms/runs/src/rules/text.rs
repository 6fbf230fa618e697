//! The plan as people read it, sign for it, and find it in the text of the change.

use std::fmt::{self, Write};

use basis::Span;
use ledger::canonical::CanonicalError;

use super::plan::{Gate, GatePlace, HostPlan, PackageChange, Plan, Reboot, RebootWord, Undo};

/// Writes the whole plan; every step and every choice is in it.
///
/// # Errors
/// As [`Plan::digest`].
pub fn plan_text(plan: &Plan) -> Result<String, CanonicalError> {
    let mut text = String::new();
    let digest = plan.digest()?;
    // Writing into a text cannot fail.
    let _ = write_plan(&mut text, plan, &digest.to_string());
    Ok(text)
}

fn write_plan(text: &mut String, plan: &Plan, digest: &str) -> fmt::Result {
    let hosts = plan.hosts().count();
    writeln!(
        text,
        "Plan of {}, made {}, policy version {}.",
        plan.change,
        plan.made_at.to_minutes(),
        plan.policy_version
    )?;
    writeln!(text, "Digest: {digest}")?;
    writeln!(
        text,
        "Hosts: {hosts} in {} ring{}.",
        plan.rings.len(),
        plural(plan.rings.len())
    )?;
    writeln!(
        text,
        "Halt: when {} percent of a ring have failed or are lost, no further host is begun (paragraph {}).",
        plan.halt_percent, plan.paragraph
    )?;
    writeln!(text, "Snapshots: none are taken by this plan.")?;
    for ring in &plan.rings {
        writeln!(
            text,
            "\n{} ({} host{})",
            ring.name,
            ring.hosts.len(),
            plural(ring.hosts.len())
        )?;
        ring.hosts.iter().try_for_each(|host| write_host(text, host))?;
        write_gate(text, &ring.gate, plan.soak_s)?;
    }
    Ok(())
}

fn write_host(text: &mut String, host: &HostPlan) -> fmt::Result {
    let controller = if host.is_controller {
        ", the machine that carries out the run"
    } else {
        ""
    };
    writeln!(text, "- {} ({}){controller}", host.name, host.asset)?;
    if host.packages.is_empty() {
        writeln!(text, "  nothing is to be done; it is only looked at")?;
    }
    for change in &host.packages {
        writeln!(text, "  {}", package_line(change))?;
    }
    for left in &host.left_out {
        writeln!(text, "  left out: {}, because {}", left.package, left.reason)?;
    }
    if host.packages.is_empty() {
        return Ok(());
    }
    let before = match host.reboot_before {
        RebootWord::Needed => "; it waits for a reboot already",
        RebootWord::NotNeeded => "",
        RebootWord::Unknown => "; whether it waits for one already is not known",
    };
    match host.reboot {
        Reboot::Never => writeln!(text, "  reboot: never{before}"),
        Reboot::WhenNeeded => writeln!(text, "  reboot: when what was installed asks for it{before}"),
    }
}

fn package_line(change: &PackageChange) -> String {
    let (package, to) = (&change.package, &change.to);
    match (&change.from, change.undo) {
        (None, _) => format!("{package} comes in at {to} as a dependency, and stays if the rest is undone"),
        (Some(from), Undo::None) => {
            format!("{package} {from} -> {to} (no way back: {from} is in no repository of this host)")
        }
        (Some(from), _) => format!("{package} {from} -> {to} (can be undone)"),
    }
}

fn write_gate(text: &mut String, gate: &Gate, soak_s: u64) -> fmt::Result {
    let soak = Span::seconds(i64::try_from(soak_s).unwrap_or(i64::MAX / 1_000));
    match gate {
        Gate::None => Ok(()),
        Gate::Soak => writeln!(text, "Then: watch for {soak}, then the next ring."),
        Gate::Person => writeln!(text, "Then: watch for {soak}, then a person decides."),
        Gate::Command(command) => {
            let place = match command.on {
                GatePlace::Controller => "on the machine that carries out the run",
                GatePlace::Hosts => "on every host of the ring",
            };
            let argv: Vec<String> = command.argv.iter().map(|word| format!("{word:?}")).collect();
            writeln!(
                text,
                "Then: watch for {soak}, then run {} {place}, at most {} s. Exit 0: go on. Exit 1: halt. Anything else: a person decides.",
                argv.join(" "),
                command.timeout_s
            )
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
