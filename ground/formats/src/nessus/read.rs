//! From tags to events: report, hosts, properties, items.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;

use super::Limits;
use super::fault::{Fault, NessusError};
use super::model::{Credentialed, CveId, Cvss, Event, Host, HostEnd, Item, ReportEnd, Text};
use super::xml::{Node, Xml};
use crate::cvss::Severity;

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

/// Keeps the first of several; an empty field counts as absent.
fn first(slot: &mut Option<String>, value: String) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

fn begin_item<R: Read>(
    xml: &Xml<R>,
    limits: &Limits,
    last_plugin_id: &mut Option<u32>,
) -> Result<Item, Fault> {
    let attributes = Attributes::of(xml, "ReportItem", limits)?;
    let plugin_id = number("pluginID", &attributes.required("pluginID")?)?;
    *last_plugin_id = Some(plugin_id);
    let severity = attributes.required("severity")?;
    let level = severity.parse().ok().and_then(Severity::from_level);
    let severity = level.ok_or_else(|| value("severity", &severity, "a number from 0 to 4"))?;
    Ok(Item {
        plugin_id,
        plugin_name: attributes.required("pluginName")?,
        plugin_family: attributes.optional("pluginFamily").unwrap_or_default(),
        port: number("port", &attributes.required("port")?)?,
        protocol: attributes.required("protocol")?,
        service: attributes.required("svc_name")?,
        severity,
        cves: Vec::new(),
        unreadable_cves: Vec::new(),
        cvss_v2: Cvss::default(),
        cvss_v3: Cvss::default(),
        cvss_v4: Cvss::default(),
        plugin_output: Text::default(),
        solution: Text::default(),
        synopsis: Text::default(),
        see_also: Text::default(),
        exploit_available: None,
        patch_published: None,
        vulnerability_published: None,
    })
}

fn read_element<R: Read>(xml: &mut Xml<R>, item: &mut Item, limits: &Limits) -> Result<(), Fault> {
    let name = xml.name();
    let (free_max, field_max) = (limits.free_text_bytes_max, limits.field_bytes_max);
    match name.as_str() {
        "cve" => read_cves(&field(xml, &name, field_max)?, item, limits)?,
        "cvss_vector" => first(&mut item.cvss_v2.vector, field(xml, &name, field_max)?),
        "cvss3_vector" => first(&mut item.cvss_v3.vector, field(xml, &name, field_max)?),
        "cvss4_vector" => first(&mut item.cvss_v4.vector, field(xml, &name, field_max)?),
        "cvss_base_score" => score(&mut item.cvss_v2, &name, &field(xml, &name, field_max)?)?,
        "cvss3_base_score" => score(&mut item.cvss_v3, &name, &field(xml, &name, field_max)?)?,
        "cvss4_base_score" => score(&mut item.cvss_v4, &name, &field(xml, &name, field_max)?)?,
        "plugin_output" => join(&mut item.plugin_output, xml, free_max)?,
        "solution" => join(&mut item.solution, xml, free_max)?,
        "synopsis" => join(&mut item.synopsis, xml, free_max)?,
        "see_also" => join(&mut item.see_also, xml, free_max)?,
        "exploit_available" => match field(xml, &name, field_max)?.as_str() {
            "true" => item.exploit_available = Some(true),
            "false" => item.exploit_available = Some(false),
            _ => {}
        },
        "patch_publication_date" => first(&mut item.patch_published, field(xml, &name, field_max)?),
        "vuln_publication_date" => first(&mut item.vulnerability_published, field(xml, &name, field_max)?),
        _ => xml.skip()?,
    }
    Ok(())
}

fn read_cves(text: &str, item: &mut Item, limits: &Limits) -> Result<(), Fault> {
    for word in text
        .split([',', ';', ' ', '\t', '\n'])
        .filter(|word| !word.is_empty())
    {
        if item.cves.len() + item.unreadable_cves.len() == limits.cves_per_item_max {
            return Err(Fault::Limit {
                what: "CVEs of one item",
                limit: limits.cves_per_item_max as u64,
            });
        }
        match CveId::parse(word) {
            Some(cve) if item.cves.contains(&cve) => {}
            Some(cve) => item.cves.push(cve),
            None => item.unreadable_cves.push(word.to_owned()),
        }
    }
    Ok(())
}

/// Appends a free text on a new line, within the limit of the whole.
fn join<R: Read>(text: &mut Text, xml: &mut Xml<R>, bytes_max: usize) -> Result<(), Fault> {
    let separator = if text.kept.is_empty() { "" } else { "\n" };
    let room = bytes_max.saturating_sub(text.kept.len() + separator.len());
    let more = xml.read_leaf(room)?;
    if !more.kept.is_empty() {
        text.kept.push_str(separator);
        text.kept.push_str(&more.kept);
    }
    text.dropped_bytes += more.dropped_bytes;
    Ok(())
}

/// Reads a field that identifies or rates something: never cut, never with replaced characters.
fn field<R: Read>(xml: &mut Xml<R>, name: &str, bytes_max: usize) -> Result<String, Fault> {
    let text = xml.read_leaf(bytes_max)?;
    if text.dropped_bytes > 0 {
        return Err(Fault::Limit {
            what: "bytes in a field that identifies something",
            limit: bytes_max as u64,
        });
    }
    readable(name, text.kept.trim())?;
    Ok(text.kept.trim().to_owned())
}

fn readable(name: &str, text: &str) -> Result<(), Fault> {
    match text
        .chars()
        .any(|c| c == '\u{fffd}' || (c.is_control() && c != '\n' && c != '\t'))
    {
        true => Err(value(name, text, "readable text in the encoding of the file")),
        false => Ok(()),
    }
}

fn number<N: std::str::FromStr>(name: &str, text: &str) -> Result<N, Fault> {
    text.trim()
        .parse()
        .map_err(|_| value(name, text, "a whole number in its usual range"))
}

/// Reads a score like `7.5` or `10`; the first counts.
fn score(cvss: &mut Cvss, name: &str, text: &str) -> Result<(), Fault> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let tenths = match (whole.parse::<u8>(), tenth.parse::<u8>()) {
        (Ok(whole @ 0..=9), Ok(tenth @ 0..=9)) => whole * 10 + tenth,
        (Ok(10), Ok(0)) => 100,
        _ => return Err(value(name, text, "a score from 0.0 to 10.0")),
    };
    cvss.base_score_tenths.get_or_insert(tenths);
    Ok(())
}

fn value(field: &str, value: &str, expected: &'static str) -> Fault {
    Fault::Value {
        field: field.to_owned(),
        value: value.chars().take(80).collect(),
        expected,
    }
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

/// The attributes of one element, checked for size and readability.
struct Attributes {
    element: &'static str,
    list: Vec<(String, String)>,
}

impl Attributes {
    fn of<R: Read>(xml: &Xml<R>, element: &'static str, limits: &Limits) -> Result<Attributes, Fault> {
        let list = xml.attributes()?;
        for (name, text) in &list {
            if text.len() > limits.field_bytes_max {
                let limit = limits.field_bytes_max as u64;
                return Err(Fault::Limit {
                    what: "bytes in one attribute",
                    limit,
                });
            }
            readable(name, text)?;
        }
        Ok(Attributes { element, list })
    }

    fn optional(&self, attribute: &str) -> Option<String> {
        self.list
            .iter()
            .find(|(name, _)| name == attribute)
            .map(|(_, text)| text.trim().to_owned())
    }

    fn required(&self, attribute: &'static str) -> Result<String, Fault> {
        self.optional(attribute)
            .filter(|text| !text.is_empty())
            .ok_or(Fault::MissingAttribute {
                element: self.element,
                attribute,
            })
    }
}
