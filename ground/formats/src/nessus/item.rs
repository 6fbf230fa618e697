//! One plugin's result: attributes and elements to values.

use std::io::Read;

use super::Limits;
use super::fault::Fault;
use super::field::{Attributes, field, first, number, value};
use super::model::{CveId, Cvss, Item, Text};
use super::xml::Xml;
use crate::cvss::Severity;

/// The elements of an item that are read; all others are skipped.
const ELEMENTS: [&str; 14] = [
    "cve",
    "cvss_vector",
    "cvss3_vector",
    "cvss4_vector",
    "cvss_base_score",
    "cvss3_base_score",
    "cvss4_base_score",
    "plugin_output",
    "solution",
    "synopsis",
    "see_also",
    "exploit_available",
    "patch_publication_date",
    "vuln_publication_date",
];

/// Reads the attributes of the item that began last.
pub fn begin_item<R: Read>(
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

/// Reads the element of an item that began last, to its end.
pub fn read_element<R: Read>(xml: &mut Xml<R>, item: &mut Item, limits: &Limits) -> Result<(), Fault> {
    let Some(name) = ELEMENTS.into_iter().find(|name| xml.is(name)) else {
        return xml.skip();
    };
    let (free_max, field_max) = (limits.free_text_bytes_max, limits.field_bytes_max);
    match name {
        "cve" => read_cves(&field(xml, name, field_max)?, item, limits)?,
        "cvss_vector" => first(&mut item.cvss_v2.vector, field(xml, name, field_max)?),
        "cvss3_vector" => first(&mut item.cvss_v3.vector, field(xml, name, field_max)?),
        "cvss4_vector" => first(&mut item.cvss_v4.vector, field(xml, name, field_max)?),
        "cvss_base_score" => score(&mut item.cvss_v2, name, &field(xml, name, field_max)?)?,
        "cvss3_base_score" => score(&mut item.cvss_v3, name, &field(xml, name, field_max)?)?,
        "cvss4_base_score" => score(&mut item.cvss_v4, name, &field(xml, name, field_max)?)?,
        "plugin_output" => join(&mut item.plugin_output, xml, free_max)?,
        "solution" => join(&mut item.solution, xml, free_max)?,
        "synopsis" => join(&mut item.synopsis, xml, free_max)?,
        "see_also" => join(&mut item.see_also, xml, free_max)?,
        "exploit_available" => match field(xml, name, field_max)?.as_str() {
            "true" => item.exploit_available = Some(true),
            "false" => item.exploit_available = Some(false),
            _ => {}
        },
        "patch_publication_date" => first(&mut item.patch_published, field(xml, name, field_max)?),
        "vuln_publication_date" => first(&mut item.vulnerability_published, field(xml, name, field_max)?),
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
