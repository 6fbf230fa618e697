//! Writes reports of any size, the same for the same numbers, for benchmarks and load tests.

use std::io::{self, Write};

/// How large a report is to be, and which one of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Number of hosts.
    pub hosts: u32,
    /// Items of every host.
    pub items_per_host: u32,
    /// Which report; the same seed gives the same bytes.
    pub seed: u64,
}

/// What was written, to check a reader against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Items of all hosts.
    pub items: u64,
    /// CVEs of all items, each counted once per item.
    pub cves: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// Writes a whole report. About 1.5 KB an item: 200 hosts with 500 items each are some 155 MB.
///
/// # Errors
/// Whatever the writer reports.
pub fn write(writer: impl Write, shape: &Shape) -> io::Result<Written> {
    let mut out = Counter { writer, bytes: 0 };
    let mut chance = Chance(shape.seed ^ 0x9e37_79b9_7f4a_7c15);
    let mut written = Written::default();
    out.write_all(b"<?xml version=\"1.0\" ?>\n<NessusClientData_v2>\n<Policy><policyName>Generated</policyName></Policy>\n")?;
    writeln!(
        out,
        "<Report name=\"generated {}\" xmlns:cm=\"http://www.nessus.org/cm\">",
        shape.seed
    )?;
    for host in 0..shape.hosts {
        host_start(&mut out, host)?;
        for at in 0..shape.items_per_host {
            written.cves += item(&mut out, &mut chance, at)?;
            written.items += 1;
        }
        out.write_all(b"</ReportHost>\n")?;
    }
    out.write_all(b"</Report>\n</NessusClientData_v2>\n")?;
    out.flush()?;
    written.bytes = out.bytes;
    Ok(written)
}

fn host_start(out: &mut impl Write, host: u32) -> io::Result<()> {
    let (a, b, c) = (host >> 16 & 0xff, host >> 8 & 0xff, host & 0xff);
    write!(
        out,
        "<ReportHost name=\"host{host:05}.example.com\"><HostProperties>\n\
         <tag name=\"Credentialed_Scan\">true</tag>\n\
         <tag name=\"HOST_START\">Mon Nov 16 02:00:00 2026</tag>\n\
         <tag name=\"HOST_END\">Mon Nov 16 02:20:00 2026</tag>\n\
         <tag name=\"operating-system\">Linux Kernel 6.1 on Debian 12</tag>\n\
         <tag name=\"mac-address\">02:00:00:{a:02X}:{b:02X}:{c:02X}</tag>\n\
         <tag name=\"host-fqdn\">host{host:05}.example.com</tag>\n\
         <tag name=\"host-ip\">10.{a}.{b}.{c}</tag>\n\
         </HostProperties>\n"
    )
}

fn item(out: &mut impl Write, chance: &mut Chance, at: u32) -> io::Result<u64> {
    let plugin = 100_000 + at;
    let severity = chance.below(5);
    let cves = chance.below(5);
    let score = severity * 2 + 1;
    writeln!(
        out,
        "<ReportItem port=\"{}\" svc_name=\"general\" protocol=\"tcp\" severity=\"{severity}\" \
         pluginID=\"{plugin}\" pluginName=\"Debian security update {plugin} : package-{at} &lt; 1.{at}\" \
         pluginFamily=\"Debian Local Security Checks\">",
        [0, 22, 443][(at % 3) as usize]
    )?;
    let mut number = chance.below(9000) + 1000;
    for _ in 0..cves {
        writeln!(out, "<cve>CVE-{}-{number}</cve>", 2015 + number % 12)?;
        number += 1 + chance.below(7);
    }
    write!(
        out,
        "<cvss3_vector>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</cvss3_vector>\n\
         <cvss3_base_score>{score}.{}</cvss3_base_score>\n\
         <description>The remote host lacks an update of package-{at}. {}</description>\n\
         <exploit_available>{}</exploit_available>\n\
         <patch_publication_date>2026/10/{:02}</patch_publication_date>\n\
         <risk_factor>High</risk_factor>\n\
         <see_also>https://tracker.example.com/advisory/{plugin}</see_also>\n\
         <solution>Upgrade package-{at} to version 1.{at} or later.</solution>\n\
         <synopsis>A package of the remote host is out of date.</synopsis>\n\
         <vuln_publication_date>2026/09/{:02}</vuln_publication_date>\n\
         <plugin_output>\nRemote package installed : package-{at}_1.{}-1+deb12u1\nShould be : package-{at}_1.{at}\n\
         Origin &amp; signature of the repository were checked.\n</plugin_output>\n</ReportItem>\n",
        chance.below(10),
        "A local attacker may raise privileges or read memory of another process. ".repeat(7),
        chance.below(2) == 0,
        chance.below(28) + 1,
        chance.below(28) + 1,
        at.saturating_sub(1),
    )?;
    Ok(cves)
}

/// Xorshift: fast, and the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

struct Counter<W> {
    writer: W,
    bytes: u64,
}

impl<W: Write> Write for Counter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
