//! Reports that are damaged, enormous or made to do harm.

use std::io::{self, Read};

use proptest::prelude::*;

use super::generate::{self, Shape};
use super::{Event, Limits, NessusError, read};

const HEAD: &str = "<NessusClientData_v2><Report name=\"r\"><ReportHost name=\"web01\">";
const TAIL: &str = "</ReportHost></Report></NessusClientData_v2>";

fn item(inside: &str) -> String {
    format!(
        "<ReportItem port=\"0\" svc_name=\"general\" protocol=\"tcp\" severity=\"1\" pluginID=\"7\" \
         pluginName=\"p\" pluginFamily=\"f\">{inside}</ReportItem>"
    )
}

fn all(bytes: &[u8], limits: Limits) -> Result<Vec<Event>, NessusError> {
    read(bytes, limits).collect()
}

fn refusal(text: &str) -> String {
    all(text.as_bytes(), Limits::default()).unwrap_err().to_string()
}

fn generated() -> Vec<u8> {
    let mut file = Vec::new();
    generate::write(
        &mut file,
        &Shape {
            hosts: 2,
            items_per_host: 2,
            seed: 1,
        },
    )
    .unwrap();
    file
}

fn assert_refused(rows: &[(String, &str)]) {
    for (text, expected) in rows {
        let message = refusal(text);
        assert!(message.contains(expected), "{text:.200}: {message}");
        assert!(message.contains("; "), "a way out is missing: {message}");
    }
}

#[test]
fn what_is_not_a_whole_report_is_refused_with_place_and_way_out() {
    assert_refused(&[
        (
            String::new(),
            "not a Nessus report: expected <NessusClientData_v2> but found nothing",
        ),
        ("hello".to_owned(), "but found `hello` at byte 0"),
        ("<html></html>".to_owned(), "but found <html>"),
        (
            "<NessusClientData_v2></NessusClientData_v2>".to_owned(),
            "the file has no <Report>",
        ),
        (
            format!("{HEAD}{TAIL}x"),
            "something follows the end of the report at byte 107",
        ),
        (
            format!("{HEAD}{TAIL}<a/>"),
            "something follows the end of the report",
        ),
        (
            format!("{HEAD}{TAIL}&amp;"),
            "something follows the end of the report",
        ),
        (
            format!("{HEAD}{TAIL}<![CDATA[x]]>"),
            "something follows the end of the report",
        ),
        (
            format!("<!DOCTYPE a>{HEAD}{TAIL}"),
            "the file has a DOCTYPE, which is refused",
        ),
        (
            format!("{HEAD}{}{TAIL}", item("<solution>&boom;</solution>")),
            "the entity `&boom;` is not one",
        ),
        (
            format!("{}{TAIL}", HEAD.replace("web01", "&boom;")),
            "the entity `&boom;` is not one",
        ),
        (format!("{HEAD}<a></b>{TAIL}"), "this is not well-formed XML"),
    ]);
}

#[test]
fn a_field_that_is_missing_or_out_of_range_is_refused_by_name() {
    let long = "x".repeat(5000);
    assert_refused(&[
        (
            format!("{HEAD}{}{TAIL}", item("<cvss_base_score>11</cvss_base_score>")),
            "`cvss_base_score` is `11`",
        ),
        (
            format!("{HEAD}{}{TAIL}", item("").replace("\"1\"", "\"5\"")),
            "`severity` is `5` but should be a number from 0 to 4",
        ),
        (
            format!("{HEAD}{}{TAIL}", item("").replace("\"7\"", "\"7x\"")),
            "`pluginID` is `7x` but should be a whole number",
        ),
        (
            format!("{HEAD}{}{TAIL}", item("").replace("port=\"0\"", "port=\"65536\"")),
            "`port` is `65536` but should be a whole number",
        ),
        (
            format!("{HEAD}{}{TAIL}", item("").replace("port=\"0\"", "")),
            "<ReportItem> has no attribute `port` at byte",
        ),
        (
            format!(
                "{HEAD}{}{TAIL}",
                item("").replace("port=\"0\"", "port=\"0\" port=\"1\"")
            ),
            "this is not well-formed XML",
        ),
        (
            format!("{HEAD}{}{TAIL}", item(&format!("<cve>{long}</cve>"))),
            "more than 4096 bytes in a field that identifies something",
        ),
        (
            format!("{}{TAIL}", HEAD.replace("web01", &long)),
            "more than 4096 bytes in one attribute",
        ),
        (
            format!("{HEAD}{}<HostProperties/>{TAIL}", item("")),
            "<HostProperties> cannot stand in a host after its items",
        ),
        (
            format!("{}{TAIL}", HEAD.replace("web01", "a\u{1}b")),
            "should be readable text",
        ),
        (
            "<NessusClientData_v2><Report/><Report/></NessusClientData_v2>".to_owned(),
            "<Report> cannot stand in a file that already has one",
        ),
    ]);
}

#[test]
fn an_entity_bomb_is_refused_before_it_goes_off() {
    let mut bomb = "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a0 \"boom\">".to_owned();
    for level in 1..20 {
        bomb += &format!(
            "<!ENTITY a{level} \"{}\">",
            format!("&a{};", level - 1).repeat(10)
        );
    }
    bomb += &format!("]>{HEAD}{}{TAIL}", item("<solution>&a19;</solution>"));
    assert!(refusal(&bomb).contains("the file has a DOCTYPE, which is refused"));
}

#[test]
fn every_limit_accepts_its_value_and_refuses_one_more() {
    let limits = Limits {
        depth_max: 6,
        markup_bytes_max: 150,
        free_text_bytes_max: 8,
        field_bytes_max: 16,
        cves_per_item_max: 2,
        items_per_host_max: 2,
        hosts_max: 2,
    };
    let nested = |depth: usize| item(&format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth)));
    let comment = |bytes: usize| format!("<!--{}-->", "x".repeat(bytes - 7));
    let cves = |count: usize| {
        item(
            &"<cve>CVE-2024-0001</cve>"
                .repeat(count)
                .replacen("0001", "0002", 1),
        )
    };
    let host = "</ReportHost><ReportHost name=\"x\">";
    let vector = |bytes: usize| item(&format!("<cvss_vector>{}</cvss_vector>", "x".repeat(bytes)));
    let name = |bytes: usize| format!("</ReportHost><ReportHost name=\"{}\">", "x".repeat(bytes));
    let rows = [
        (nested(2), nested(3), "6 elements inside each other"),
        (
            comment(150),
            comment(151),
            "150 bytes in one tag, comment or reference",
        ),
        (
            vector(16),
            vector(17),
            "16 bytes in a field that identifies something",
        ),
        (name(16), name(17), "16 bytes in one attribute"),
        (
            cves(2),
            cves(2) + &cves(3).replacen("0001", "0003", 1),
            "2 CVEs of one item",
        ),
        (item("").repeat(2), item("").repeat(3), "2 items of one host"),
        (host.to_owned(), host.repeat(2), "2 hosts"),
    ];
    for (good, bad, expected) in rows {
        let result = all(format!("{HEAD}{good}{TAIL}").as_bytes(), limits.clone());
        assert!(result.is_ok(), "{expected}: {}", result.unwrap_err());
        let message = all(format!("{HEAD}{bad}{TAIL}").as_bytes(), limits.clone())
            .unwrap_err()
            .to_string();
        assert!(message.contains(&format!("more than {expected}")), "{message}");
    }
}

#[test]
fn free_text_beyond_its_limit_is_dropped_at_a_whole_character_and_counted() {
    let limits = Limits {
        free_text_bytes_max: 8,
        ..Limits::default()
    };
    for (text, kept, dropped_bytes) in [
        ("12345678", "12345678", 0),
        ("123456789", "12345678", 1),
        ("1234567é9", "1234567", 3),
        ("1234567&amp;89", "1234567&", 2),
    ] {
        let file = format!(
            "{HEAD}{}{TAIL}",
            item(&format!("<plugin_output>{text}</plugin_output>"))
        );
        let events = all(file.as_bytes(), limits.clone()).unwrap();
        let Event::Item(item) = &events[1] else {
            panic!("{events:?}")
        };
        assert_eq!(
            (item.plugin_output.kept.as_str(), item.plugin_output.dropped_bytes),
            (kept, dropped_bytes)
        );
    }
}

#[test]
fn forbidden_characters_in_free_text_are_replaced_and_counted() {
    let inside = "<plugin_output>a\u{1}b&#27;c\r\nd</plugin_output>";
    let mut file = format!("{HEAD}{}{TAIL}", item(inside)).into_bytes();
    let at = file.windows(2).position(|pair| pair == b"a\x01").unwrap();
    file.insert(at, 0xff);
    let events = all(&file, Limits::default()).unwrap();
    let Event::Item(item) = &events[1] else {
        panic!("{events:?}")
    };
    assert_eq!(item.plugin_output.kept, "\u{fffd}a\u{fffd}b\u{fffd}c\nd");
    let Some(Event::ReportEnd(end)) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(end.replaced_characters, 3);
}

#[test]
fn a_report_in_utf_16_or_windows_1252_is_read() {
    let text = format!("{HEAD}{}{TAIL}", item("<solution>Größe</solution>"));
    let marked = format!("\u{feff}{text}");
    let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let declared = format!("<?xml version=\"1.0\" encoding=\"windows-1252\"?>{text}");
    let windows = encoding_rs::WINDOWS_1252.encode(&declared).0.into_owned();
    for file in [little, big, windows, marked.into_bytes()] {
        let events = all(&file, Limits::default()).unwrap();
        let Event::Item(item) = &events[1] else {
            panic!("{events:?}")
        };
        assert_eq!(item.solution.kept, "Größe");
    }
}

#[test]
fn a_report_cut_anywhere_is_refused_with_the_place() {
    let file = generated();
    let whole = file.len() - 1;
    for length in 0..whole {
        let error = all(&file[..length], Limits::default()).unwrap_err();
        assert!(error.offset <= length as u64, "{error}");
        let message = error.to_string();
        let is_named = message.contains("cut off") || message.contains("found nothing");
        assert!(is_named, "cut at {length}: {message}");
    }
    assert!(
        all(&file[..whole], Limits::default()).is_ok(),
        "only the last line feed is missing"
    );
    let at = file.len() - 200;
    let error = all(&file[..at], Limits::default()).unwrap_err();
    assert_eq!((error.offset, error.plugin_id), (at as u64, Some(100_001)));
    assert_eq!(error.host.as_deref(), Some("host00001.example.com"));
    assert!(
        error
            .to_string()
            .ends_with("export or upload the scan again in full"),
        "{error}"
    );
}

/// Gives a head, then the same block until so many bytes are out, then a tail.
struct Huge {
    head: io::Cursor<String>,
    block: Vec<u8>,
    left: u64,
    tail: io::Cursor<String>,
}

impl Read for Huge {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        if self.left > 0 {
            let length = buffer
                .len()
                .min(self.block.len())
                .min(usize::try_from(self.left).unwrap_or(usize::MAX));
            buffer[..length].copy_from_slice(&self.block[..length]);
            self.left -= length as u64;
            return Ok(length);
        }
        self.tail.read(buffer)
    }
}

fn huge(before: &str, after: &str) -> Huge {
    let (open, close) = ("OPEN", "CLOSE");
    let whole = format!("{HEAD}{}{TAIL}", item(&format!("{open}{close}")));
    let (head, tail) = whole.split_once("OPENCLOSE").unwrap();
    Huge {
        head: io::Cursor::new(format!("{head}{before}")),
        block: vec![b'x'; 64 * 1024],
        left: 1024 * 1024 * 1024,
        tail: io::Cursor::new(format!("{after}{tail}")),
    }
}

/// The most memory this process ever had, in MiB, where the system tells.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace()
        .next()?
        .parse::<u64>()
        .ok()
        .map(|kib| kib / 1024)
}

#[test]
fn a_text_of_one_gibibyte_is_read_in_bounded_memory() {
    let input = huge("<plugin_output>", "</plugin_output>");
    let events: Vec<Event> = read(input, Limits::default()).collect::<Result<_, _>>().unwrap();
    let Event::Item(item) = &events[1] else {
        panic!("{events:?}")
    };
    assert_eq!(item.plugin_output.kept.len(), 64 * 1024);
    assert_eq!(item.plugin_output.dropped_bytes, 1024 * 1024 * 1024 - 64 * 1024);
    if let Some(mib) = peak_memory_mib() {
        assert!(mib < 64, "{mib} MiB");
    }
}

#[test]
fn a_tag_comment_or_reference_of_one_gibibyte_is_refused_in_bounded_memory() {
    for (before, after) in [
        ("<", ">"),
        ("<a b=\"", "\"/>"),
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("&", ";"),
        ("<?", "?>"),
    ] {
        let error = read(huge(before, after), Limits::default())
            .find_map(Result::err)
            .unwrap();
        let message = error.to_string();
        assert!(
            message.contains("more than 1048576 bytes in one tag, comment or reference"),
            "{message}"
        );
    }
    if let Some(mib) = peak_memory_mib() {
        assert!(mib < 64, "{mib} MiB");
    }
}

#[test]
fn a_million_elements_inside_each_other_are_refused() {
    let text = format!("{HEAD}{}", "<a>".repeat(1_000_000));
    assert!(refusal(&text).contains("more than 32 elements inside each other"));
}

#[test]
fn a_failing_disk_is_reported_as_such() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk on fire"))
        }
    }
    for head in ["", HEAD, "<NessusClientData_v2"] {
        let padded = format!("{head}{}", " ".repeat(2000));
        let error = read(padded.as_bytes().chain(Broken), Limits::default())
            .find_map(Result::err)
            .unwrap();
        assert!(
            error.to_string().contains("reading failed: disk on fire"),
            "{error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = all(&bytes, Limits::default());
        let _ = all(&[HEAD.as_bytes(), &bytes].concat(), Limits::default());
    }

    #[test]
    fn a_mutated_report_is_read_or_refused_without_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut file = generated();
        for (index, byte, kind) in changes {
            let at = index.index(file.len());
            match kind {
                0 => file[at] = byte,
                1 => file.insert(at, byte),
                _ => { file.remove(at); }
            }
        }
        let events = read(file.as_slice(), Limits::default()).collect::<Vec<_>>();
        let is_whole = matches!(events.last(), Some(Ok(Event::ReportEnd(_))));
        let is_refused = matches!(events.last(), Some(Err(_)));
        prop_assert!(is_whole || is_refused);
    }
}
