//! The first reading of a scan file: whether it is whole, which hosts it has, which assets they are.
//!
//! Nothing is recorded from a file before it was read to its end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};

use aws_lc_rs::digest::{Context, SHA256};
use basis::{Class, Refusal, Time};
use formats::nessus::{self, Credentialed, Event, Host, Item, Limits};
use ledger::Hash;

use super::{check_kind, file_fault};
use crate::rules::{Directory, Matching, NAME_CHARS_MAX, ScanOfHost, one_line, scanned_at};

/// The plugin that says how the scan was done.
const SCAN_INFORMATION: u32 = 19506;
/// How many plugin families of one report are remembered; Nessus has about 150.
const FAMILIES_MAX: usize = 2_000;

/// What a scan file holds, apart from its results.
pub(super) struct Survey {
    /// The report's own name.
    pub(super) report: String,
    /// The hosts in the order of the file.
    pub(super) hosts: Vec<SurveyedHost>,
    /// The plugin families of which anything was reported.
    pub(super) families: BTreeSet<String>,
    /// Number of results.
    pub(super) items: u64,
    /// SHA-256 of the file.
    pub(super) sha256: Hash,
}

/// One host of the file.
pub(super) struct SurveyedHost {
    /// The name under which it was scanned.
    pub(super) name: String,
    /// Its address, where the report says.
    pub(super) address: String,
    /// Which asset it is.
    pub(super) matching: Matching,
    /// When its scan ended.
    pub(super) at: Time,
    /// Whether it did.
    pub(super) is_finished: bool,
    /// How it was scanned.
    pub(super) scan: ScanOfHost,
}

/// Reads a Nessus file to its end.
pub(super) fn survey(file: &mut File, directory: &Directory, now: Time) -> Result<Survey, Refusal> {
    file.rewind().map_err(|error| file_fault(&error))?;
    let mut inner = BufReader::with_capacity(1 << 16, file);
    check_kind(
        inner.fill_buf().map_err(|error| file_fault(&error))?,
        "the .nessus file",
    )?;
    let mut reader = Hashing {
        inner,
        hash: Context::new(&SHA256),
    };
    let mut survey = Survey {
        report: String::new(),
        hosts: Vec::new(),
        families: BTreeSet::new(),
        items: 0,
        sha256: Hash([0; 32]),
    };
    for event in nessus::read(&mut reader, Limits::default()) {
        match event.map_err(|error| not_a_scan(&error))? {
            Event::HostStart(host) => survey.begin(&host, directory, now),
            Event::Item(item) => survey.note(&item),
            Event::HostEnd(end) => {
                if let Some(host) = survey.hosts.last_mut() {
                    host.is_finished = end.is_finished;
                    host.scan.is_credentialed = end.credentialed == Credentialed::Yes;
                }
            }
            Event::ReportEnd(end) => {
                survey.report = one_line(&end.name, NAME_CHARS_MAX);
                survey.items = end.items;
            }
        }
    }
    std::io::copy(&mut reader, &mut std::io::sink()).map_err(|error| file_fault(&error))?;
    let digest = reader.hash.finish();
    survey.sha256.0.copy_from_slice(digest.as_ref());
    Ok(survey)
}

impl Survey {
    fn begin(&mut self, host: &Host, directory: &Directory, now: Time) {
        let matching = directory.find(host);
        self.hosts.push(SurveyedHost {
            name: one_line(&host.name, NAME_CHARS_MAX),
            address: one_line(host.ip.as_deref().unwrap_or_default(), NAME_CHARS_MAX),
            matching,
            at: scanned_at(host, now),
            is_finished: false,
            scan: ScanOfHost::default(),
        });
    }

    fn note(&mut self, item: &Item) {
        let family = one_line(&item.plugin_family, NAME_CHARS_MAX);
        if !family.is_empty() && self.families.len() < FAMILIES_MAX && !self.families.contains(&family) {
            self.families.insert(family);
        }
        if item.plugin_id == SCAN_INFORMATION
            && let Some(host) = self.hosts.last_mut()
        {
            host.scan.scan_policy = scan_policy(&item.plugin_output.kept);
        }
    }
}

/// The line `Scan policy used : Basic Network Scan` of the scan's own description.
fn scan_policy(output: &str) -> String {
    let lines = output.lines().filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(label, _)| label.trim() == "Scan policy used");
    found
        .next()
        .map_or_else(String::new, |(_, name)| one_line(name, NAME_CHARS_MAX))
}

fn not_a_scan(error: &nessus::NessusError) -> Refusal {
    let mut words = error.to_string();
    let way_out = error.fault.way_out();
    words.truncate(words.len().saturating_sub(way_out.len() + "; ".len()));
    Refusal::new(
        Class::Invalid,
        "scan file",
        format!("{words}; nothing was recorded"),
    )
    .way_out(way_out)
}

/// Hashes what passes through.
struct Hashing<R> {
    inner: R,
    hash: Context,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}
