//! The mutation proof: takes a real package, changes it in as many ways as asked for, and has every mutant judged by this
//! library and by the independent verifier. Fails where either accepts what must not be accepted, or they disagree.
//!
//! `cargo run --release -p ledger --example mutation_proof -- PACKAGE.zip --key VKEY [--signing-key FILE] [--count N]
//! [--seed N] [--verifier verifier/verify.py] [--keep FOLDER]`, or with `--sample` in place of package and keys.

mod archive;
mod arguments;
mod bytes;
mod dice;
mod lines;
mod mutant;
mod original;
// The tests of the crate use the rest of it.
#[allow(dead_code)]
#[path = "../../tests/package/sample.rs"]
mod sample;
mod sealing;
mod second_opinion;
mod tally;
#[cfg(test)]
mod tests;
mod trial;
mod values;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use arguments::Arguments;
use mutant::Mutant;
use trial::{Trial, judge};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let original = arguments.original()?;
    println!(
        "package of {} bytes, {} files, {} entries; seed {}",
        original.archive.len(),
        original.files.len(),
        original.records.len(),
        arguments.seed
    );
    if original.signing.is_none() {
        println!("no --signing-key: mutants that the organisation itself would have signed are left out");
    }
    let trial = Trial {
        original: &original,
        ours: &|archive| judge(&original.key, archive),
        verifier: arguments.verifier.clone(),
        count: arguments.count,
        seed: arguments.seed,
        processes: arguments.processes,
    };
    let start = now();
    let tally = trial.run()?;
    let seconds = start.elapsed().as_secs_f64();
    print!("{tally}");
    println!(
        "{seconds:.1} s, {:.0} mutants/s",
        tally.mutants() as f64 / seconds
    );
    for failure in &tally.failures {
        let path = arguments
            .keep
            .join(format!("mutant-{}-{}.zip", arguments.seed, failure.number));
        std::fs::create_dir_all(&arguments.keep)?;
        std::fs::write(
            &path,
            Mutant::make(&original, arguments.seed, failure.number).archive,
        )?;
        let (kind, why) = (failure.kind, &failure.why);
        println!(
            "FAILED {}, {}: {why}; kept as {}",
            kind.level,
            kind.edit,
            path.display()
        );
    }
    if tally.mutants() != arguments.count {
        return Err(format!("{} of {} mutants were judged", tally.mutants(), arguments.count).into());
    }
    Ok(match tally.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

// A measurement is of real time; nothing that is verified depends on it.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}
