//! From tags to events: report, hosts, properties, items.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;

use super::Limits;
use super::fault::{Fault, NessusError};
use super::field::{Attributes, field, first, number};
use super::item::{begin_item, read_element};
use super::model::{Credentialed, Event, Host, HostEnd, ReportEnd};
use super::xml::{Node, Xml};

/// The plugin that reports how the scan was done.
const SCAN_INFORMATION: u32 = 19506;

/// Reads a report as it comes; nothing is read before the first event is asked for.
///
/// The iterator ends after [`Event::ReportEnd`] or after the first error. What came before an error is what the file
/// said so far; the file as a whole is refused.
pub fn read<R: Read>(reader: R, limits: Limits) -> Events<R> {
    Events {
        limits,
        input: Some(reader),
        xml: None,
        place: Place::Start,
        waiting: VecDeque::new(),
        host: None,
        host_name: None,
        plugin_id: None,
        end: ReportEnd {
            name: String::new(),
            hosts: 0,
            items: 0,
            replaced_characters: 0,
        },
        has_report: false,
    }
}

/// The events of one report; see [`read`].
pub struct Events<R: Read> {
    limits: Limits,
    input: Option<R>,
    xml: Option<Xml<R>>,
    place: Place,
    waiting: VecDeque<Event>,
    host: Option<OpenHost>,
    host_name: Option<String>,
    plugin_id: Option<u32>,
    end: ReportEnd,
    has_report: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Root,
    Report,
    Host,
    Done,
}

/// A host whose end has not been read.
struct OpenHost {
    /// Present until it has been handed out.
    host: Option<Host>,
    end: HostEnd,
}

impl<R: Read> Iterator for Events<R> {
    type Item = Result<Event, NessusError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(Ok(event));
            }
            if self.place == Place::Done {
                return None;
            }
            if let Err(fault) = self.step() {
                self.place = Place::Done;
                self.waiting.clear();
                return Some(Err(NessusError {
                    offset: self.xml.as_ref().map_or(0, Xml::offset),
                    host: self.host_name.take(),
                    plugin_id: self.plugin_id,
                    fault,
                }));
            }
        }
    }
}

impl<R: Read> Events<R> {
    fn step(&mut self) -> Result<(), Fault> {
        if let Some(input) = self.input.take() {
            self.xml = Some(Xml::open(input, &self.limits)?);
        }
        let Some(xml) = self.xml.as_mut() else {
            return Ok(());
        };
        let node = xml.next(0)?;
        match (self.place, node) {
            (Place::Start, Node::Open) if xml.is("NessusClientData_v2") => self.place = Place::Root,
            (Place::Start, Node::Open) => {
                return Err(Fault::NotNessus {
                    found: format!("<{}>", xml.name()),
                });
            }
            (Place::Start, _) => {
                return Err(Fault::NotNessus {
                    found: "nothing".to_owned(),
                });
            }
            (Place::Root, Node::Open) if xml.is("Report") => self.begin_report()?,
            (Place::Root, Node::Open) => xml.skip()?,
            // The root has ended; only the end of the document may follow, and `Xml` sees to that.
            (Place::Root, Node::Close) => {}
            (Place::Root, Node::End) => self.end_report()?,
            (Place::Report, Node::Open) if xml.is("ReportHost") => self.begin_host()?,
            (Place::Report, Node::Open) => xml.skip()?,
            (Place::Report, _) => self.place = Place::Root,
            (Place::Host, Node::Open) if xml.is("HostProperties") => self.read_properties()?,
            (Place::Host, Node::Open) if xml.is("ReportItem") => self.read_item()?,
            (Place::Host, Node::Open) => xml.skip()?,
            (Place::Host, _) => self.end_host(),
            (Place::Done, _) => {}
        }
        Ok(())
    }

    fn begin_report(&mut self) -> Result<(), Fault> {
        let Some(xml) = self.xml.as_ref() else {
            return Ok(());
        };
        if self.has_report {
            return Err(Fault::Misplaced {
                element: "Report".to_owned(),
                inside: "a file that already has one",
            });
        }
        self.has_report = true;
        self.end.name = Attributes::of(xml, "Report", &self.limits)?
            .optional("name")
            .unwrap_or_default();
        self.place = Place::Report;
        Ok(())
    }

    fn end_report(&mut self) -> Result<(), Fault> {
        if !self.has_report {
            return Err(Fault::NoReport);
        }
        self.end.replaced_characters = self.xml.as_ref().map_or(0, Xml::replaced);
        self.waiting.push_back(Event::ReportEnd(self.end.clone()));
        self.place = Place::Done;
        Ok(())
    }

    fn begin_host(&mut self) -> Result<(), Fault> {
        let Some(xml) = self.xml.as_ref() else {
            return Ok(());
        };
        let name = Attributes::of(xml, "ReportHost", &self.limits)?.required("name")?;
        if self.end.hosts == self.limits.hosts_max {
            return Err(Fault::Limit {
                what: "hosts",
                limit: self.limits.hosts_max,
            });
        }
        self.end.hosts += 1;
        self.host_name = Some(name.clone());
        self.plugin_id = None;
        self.host = Some(OpenHost {
            host: Some(Host {
                name,
                ..Host::default()
            }),
            end: HostEnd {
                plugin_ids: BTreeSet::new(),
                items: 0,
                is_finished: false,
                credentialed: Credentialed::Unknown,
            },
        });
        self.place = Place::Host;
        Ok(())
    }

    fn end_host(&mut self) {
        if let Some(mut open) = self.host.take() {
            open.start(&mut self.waiting);
            self.waiting.push_back(Event::HostEnd(open.end));
        }
        self.place = Place::Report;
    }

    fn read_properties(&mut self) -> Result<(), Fault> {
        let (Some(xml), Some(open)) = (self.xml.as_mut(), self.host.as_mut()) else {
            return Ok(());
        };
        let Some(host) = open.host.as_mut() else {
            let inside = "a host after its items or its properties";
            return Err(Fault::Misplaced {
                element: "HostProperties".to_owned(),
                inside,
            });
        };
        while xml.next(0)? == Node::Open {
            if !xml.is("tag") {
                xml.skip()?;
                continue;
            }
            let tag = Attributes::of(xml, "tag", &self.limits)?.required("name")?;
            read_tag(xml, &tag, host, self.limits.field_bytes_max)?;
        }
        open.end.is_finished = host.finished.is_some() || host.finished_unix_s.is_some();
        open.end.credentialed = host.credentialed;
        open.start(&mut self.waiting);
        Ok(())
    }

    fn read_item(&mut self) -> Result<(), Fault> {
        let (Some(xml), Some(open)) = (self.xml.as_mut(), self.host.as_mut()) else {
            return Ok(());
        };
        if open.end.items == self.limits.items_per_host_max {
            return Err(Fault::Limit {
                what: "items of one host",
                limit: self.limits.items_per_host_max,
            });
        }
        let mut item = begin_item(xml, &self.limits, &mut self.plugin_id)?;
        while xml.next(0)? == Node::Open {
            read_element(xml, &mut item, &self.limits)?;
        }
        open.start(&mut self.waiting);
        open.end.items += 1;
        open.end.plugin_ids.insert(item.plugin_id);
        if item.plugin_id == SCAN_INFORMATION && open.end.credentialed == Credentialed::Unknown {
            open.end.credentialed = credentialed_by_output(&item.plugin_output.kept);
        }
        self.end.items += 1;
        self.waiting.push_back(Event::Item(Box::new(item)));
        Ok(())
    }
}

impl OpenHost {
    fn start(&mut self, waiting: &mut VecDeque<Event>) {
        if let Some(host) = self.host.take() {
            waiting.push_back(Event::HostStart(host));
        }
    }
}

fn read_tag<R: Read>(xml: &mut Xml<R>, tag: &str, host: &mut Host, bytes_max: usize) -> Result<(), Fault> {
    match tag {
        "host-ip" => first(&mut host.ip, field(xml, tag, bytes_max)?),
        "host-fqdn" => first(&mut host.fqdn, field(xml, tag, bytes_max)?),
        "netbios-name" => first(&mut host.netbios_name, field(xml, tag, bytes_max)?),
        "operating-system" => first(&mut host.operating_system, field(xml, tag, bytes_max)?),
        "mac-address" => {
            let addresses = field(xml, tag, bytes_max)?;
            host.mac_addresses
                .extend(addresses.split_whitespace().map(str::to_owned));
        }
        "HOST_START" => first(&mut host.started, field(xml, tag, bytes_max)?),
        "HOST_END" => first(&mut host.finished, field(xml, tag, bytes_max)?),
        "HOST_START_TIMESTAMP" => host.started_unix_s = Some(number(tag, &field(xml, tag, bytes_max)?)?),
        "HOST_END_TIMESTAMP" => host.finished_unix_s = Some(number(tag, &field(xml, tag, bytes_max)?)?),
        "Credentialed_Scan" => {
            host.credentialed = match field(xml, tag, bytes_max)?.as_str() {
                "true" => Credentialed::Yes,
                "false" => Credentialed::No,
                _ => Credentialed::Unknown,
            }
        }
        _ => xml.skip()?,
    }
    Ok(())
}

fn credentialed_by_output(output: &str) -> Credentialed {
    let answer = output
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(question, _)| question.trim().eq_ignore_ascii_case("credentialed checks"))
        .map(|(_, answer)| answer.trim());
    match answer {
        Some(answer) if answer.starts_with("yes") => Credentialed::Yes,
        Some(answer) if answer.starts_with("no") => Credentialed::No,
        _ => Credentialed::Unknown,
    }
}
