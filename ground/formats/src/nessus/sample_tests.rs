//! Whole reports: real ones where they are at hand, and generated ones.

use std::fs;

use super::generate::{self, Shape};
use super::{Credentialed, CveId, Event, Limits, read};
use crate::cvss::Severity;
use crate::samples;

fn count(text: &str, needle: &str) -> u64 {
    text.matches(needle).count() as u64
}

#[test]
fn every_real_report_is_read_to_its_end_with_every_item_and_cve() {
    let Some(folder) = samples::path("scanners/defectdojo/tenable/nessus") else {
        return;
    };
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path
            .extension()
            .is_some_and(|end| end == "nessus" || end == "xml")
        {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let events: Vec<Event> = read(text.as_bytes(), Limits::default())
            .collect::<Result<_, _>>()
            .unwrap();
        let Some(Event::ReportEnd(end)) = events.last() else {
            panic!("{} has no end", path.display())
        };
        assert_eq!(end.hosts, count(&text, "<ReportHost "), "{}", path.display());
        assert_eq!(end.items, count(&text, "<ReportItem "), "{}", path.display());
        let cves: usize = events
            .iter()
            .map(|event| match event {
                Event::Item(item) => item.cves.len() + item.unreadable_cves.len(),
                _ => 0,
            })
            .sum();
        assert_eq!(cves as u64, count(&text, "<cve>"), "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 5);
}

#[test]
fn a_generated_report_is_read_with_every_item_and_cve() {
    let mut file = Vec::new();
    let shape = Shape {
        hosts: 7,
        items_per_host: 40,
        seed: 3,
    };
    let written = generate::write(&mut file, &shape).unwrap();
    assert_eq!(written.bytes, file.len() as u64);
    let (mut items, mut cves, mut finished) = (0, 0, 0);
    for event in read(file.as_slice(), Limits::default()) {
        match event.unwrap() {
            Event::Item(item) => {
                items += 1;
                cves += item.cves.len() as u64;
                assert!(item.unreadable_cves.is_empty());
            }
            Event::HostEnd(end) => {
                assert_eq!(end.items, 40);
                assert_eq!(end.plugin_ids.len(), 40);
                assert_eq!(end.credentialed, Credentialed::Yes);
                finished += u64::from(end.is_finished);
            }
            _ => {}
        }
    }
    assert_eq!((items, cves, finished), (written.items, written.cves, 7));
    let mut again = Vec::new();
    generate::write(&mut again, &shape).unwrap();
    assert!(file == again, "the same shape gives the same bytes");
}

#[test]
fn every_field_of_an_item_and_a_host_is_read() {
    let file = r#"<?xml version="1.0" ?><NessusClientData_v2><Report name="weekly &amp; more">
<ReportHost name="web01"><HostProperties>
<tag name="host-ip">10.0.0.1</tag><tag name="host-fqdn"> web01.example.com </tag><tag name="netbios-name">WEB01</tag>
<tag name="mac-address">02:00:00:00:00:01
02:00:00:00:00:02</tag><tag name="operating-system">Debian 12</tag><tag name="HOST_START">Mon Nov 16 02:00:00 2026</tag>
<tag name="HOST_START_TIMESTAMP">1794880800</tag><tag name="other">x</tag></HostProperties>
<ReportItem port="443" svc_name="www" protocol="tcp" severity="3" pluginID="19506" pluginName="A &lt; B" pluginFamily="General">
<cve>CVE-2024-0001</cve><cve>cve-2024-0002, CVE-2024-0001</cve><cve>CVE-PENDING</cve>
<cvss_vector>CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P</cvss_vector><cvss_base_score>7.5</cvss_base_score>
<cvss3_vector>CVSS:3.1/AV:N</cvss3_vector><cvss3_base_score>10</cvss3_base_score>
<cvss4_vector>CVSS:4.0/AV:N</cvss4_vector><cvss4_base_score>9.3</cvss4_base_score><cvss3_base_score>1.0</cvss3_base_score>
<plugin_output>one&#10;<![CDATA[<two>]]>&#x26;
Credentialed checks : yes, as root</plugin_output><solution>upgrade</solution><synopsis/>
<see_also>https://a.example.com/</see_also><see_also>https://b.example.com/</see_also>
<exploit_available>true</exploit_available><patch_publication_date>2024/01/02</patch_publication_date>
<vuln_publication_date>2023/12/31</vuln_publication_date><attachment name="a"><b>skipped</b></attachment></ReportItem>
</ReportHost></Report></NessusClientData_v2>
"#;
    let events: Vec<Event> = read(file.as_bytes(), Limits::default())
        .collect::<Result<_, _>>()
        .unwrap();
    let [
        Event::HostStart(host),
        Event::Item(item),
        Event::HostEnd(host_end),
        Event::ReportEnd(end),
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(host.ip.as_deref(), Some("10.0.0.1"));
    assert_eq!(host.fqdn.as_deref(), Some("web01.example.com"));
    assert_eq!(host.netbios_name.as_deref(), Some("WEB01"));
    assert_eq!(host.mac_addresses, ["02:00:00:00:00:01", "02:00:00:00:00:02"]);
    assert_eq!(host.started_unix_s, Some(1_794_880_800));
    assert_eq!(
        (host.finished.as_deref(), host.credentialed),
        (None, Credentialed::Unknown)
    );
    let cves: Vec<&str> = item.cves.iter().map(CveId::as_str).collect();
    assert_eq!(cves, ["CVE-2024-0001", "CVE-2024-0002"]);
    assert_eq!(item.unreadable_cves, ["CVE-PENDING"]);
    assert_eq!(
        (item.port, item.severity, item.plugin_name.as_str()),
        (443, Severity::High, "A < B")
    );
    let scores = [&item.cvss_v2, &item.cvss_v3, &item.cvss_v4].map(|cvss| cvss.base_score_tenths);
    assert_eq!(scores, [Some(75), Some(100), Some(93)]);
    assert_eq!(
        item.plugin_output.kept,
        "one\n<two>&\nCredentialed checks : yes, as root"
    );
    assert_eq!(
        item.see_also.kept,
        "https://a.example.com/\nhttps://b.example.com/"
    );
    assert_eq!(
        (item.exploit_available, item.synopsis.kept.as_str()),
        (Some(true), "")
    );
    assert_eq!(item.patch_published.as_deref(), Some("2024/01/02"));
    assert_eq!(item.vulnerability_published.as_deref(), Some("2023/12/31"));
    assert!(!host_end.is_finished, "there is no HOST_END");
    assert_eq!(host_end.credentialed, Credentialed::Yes, "plugin 19506 says so");
    assert_eq!((end.name.as_str(), end.hosts, end.items), ("weekly & more", 1, 1));
}
