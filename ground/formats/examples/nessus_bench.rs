//! Writes a large Nessus report or measures how fast one is read.
//!
//! `nessus_bench generate FILE HOSTS ITEMS_PER_HOST SEED` writes one; `nessus_bench read FILE` prints items, CVEs,
//! seconds, items per second, megabytes per second and the most memory the process ever had.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use formats::nessus::generate::{self, Shape};
use formats::nessus::{Event, Limits, read};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["generate", file, hosts, items, seed] => {
            let shape = Shape {
                hosts: hosts.parse()?,
                items_per_host: items.parse()?,
                seed: seed.parse()?,
            };
            let written = generate::write(BufWriter::new(File::create(file)?), &shape)?;
            println!(
                "items {} cves {} bytes {}",
                written.items, written.cves, written.bytes
            );
        }
        ["read", file] => measure(file)?,
        _ => return Err("usage: nessus_bench generate FILE HOSTS ITEMS_PER_HOST SEED | read FILE".into()),
    }
    Ok(())
}

// Measuring how long reading takes is what this program is for.
#[allow(clippy::disallowed_methods)]
fn measure(file: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::metadata(file)?.len();
    let start = std::time::Instant::now();
    let (mut items, mut cves) = (0_u64, 0_usize);
    for event in read(File::open(file)?, Limits::default()) {
        if let Event::Item(item) = event? {
            items += 1;
            cves += item.cves.len();
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let items_per_s = items as f64 / seconds;
    let megabytes_per_s = bytes as f64 / 1e6 / seconds;
    println!(
        "items {items} cves {cves} seconds {seconds:.3} items/s {items_per_s:.0} MB/s {megabytes_per_s:.0}"
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:")) {
        println!("{line}");
    }
    Ok(())
}
