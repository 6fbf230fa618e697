//! Act 2: the register, the hosts, and the flaws on them.

use serde_json::Value;

use crate::house::{House, text};
use crate::lab::{HOSTS, Lab};

const SAID: [&str; 10] = [
    "--kind",
    "server",
    "--purpose",
    "Web server",
    "--environment",
    "production",
    "--criticality",
    "medium",
    "--exposure",
    "internal",
];

/// What each host holds: the first one CUI.
const CLASSIFICATIONS: [&str; HOSTS] = ["cui", "none", "none"];

pub fn register(house: &mut House, lab: &Lab) {
    house.act("assets are registered, by hand and from a list");
    let names = lab.names();
    let register = |at: usize| {
        let words = [
            "asset",
            "register",
            names[at],
            "--classification",
            CLASSIFICATIONS[at],
        ];
        [&words, &SAID[..]].concat()
    };
    for at in 0..2 {
        house.person("dana", &register(at)).ok();
    }
    let again = register(0);
    house.person("dana", &again).refused(6, &[names[0]]);

    let list = house.keep(
        "inventory.csv",
        &format!(
            "hostname,kind,purpose,environment,classification,criticality,exposure\n\
             {},server,Web server,production,{},medium,internal\n\
             {},server,Web server,production,{},medium,internal\n",
            names[1], CLASSIFICATIONS[1], names[2], CLASSIFICATIONS[2]
        ),
    );
    let import = ["asset", "import", &list, "--mapping", "generic"];
    let shown = house.person("dana", &import).ok();
    let shown = shown.says(&["1 new", "0 changed", "1 unchanged", "nothing is applied yet"]);
    let digest = shown
        .out
        .trim_end()
        .rsplit(' ')
        .next()
        .expect("a digest")
        .to_owned();
    house
        .person("dana", &["asset", "list"])
        .ok()
        .says(&["of 2 were ever collected"]);
    house
        .person("dana", &[&import[..], &["--apply", &digest]].concat())
        .ok()
        .says(&["applied as"]);
    house
        .person("dana", &[&import[..], &["--apply", &digest]].concat())
        .refused(6, &["differ"]);
    house
        .person("dana", &import)
        .ok()
        .says(&["0 new", "2 unchanged", "there is nothing to apply"]);
}

pub fn enrol_and_collect(house: &mut House, lab: &Lab) {
    house.act("hosts are enrolled by the fingerprint read on their console, and collected");
    for at in 0..HOSTS {
        // Two packages that only this story needs: one that can be mended, one that never configures.
        lab.give(at, &["lab-flaky", "lab-failpost"]);
        lab.shell(at, "rm -f /etc/lab-flaky");
    }
    let key = house.person("dana", &["asset", "connection-key"]).ok().out;
    for at in 0..HOSTS {
        lab.shell(
            at,
            &format!("echo \"{}\" >>/home/tagout/.ssh/authorized_keys", key.trim()),
        );
        let host = lab.host(at);
        let words = [
            "asset",
            "enrol-host",
            &host.name,
            "--address",
            &host.address,
            "--user",
            "tagout",
        ];
        let wrong = lab.host((at + 1) % HOSTS).fingerprint.clone();
        if at == 0 {
            house
                .person("dana", &words)
                .refused(2, &["the fingerprint as a person read it on the host itself"]);
            house
                .person("dana", &[&words[..], &["--fingerprint", &wrong]].concat())
                .refused(6, &["which is not what you confirmed", "treat it as an incident"]);
        }
        house
            .person(
                "dana",
                &[&words[..], &["--fingerprint", &host.fingerprint]].concat(),
            )
            .ok()
            .says(&["as sudo"]);
    }
    house
        .person("ben", &["asset", "collect", "--all", "--refresh"])
        .ok();
    house
        .person("ben", &["asset", "show", lab.names()[0]])
        .ok()
        .says(&["Debian", "of them for security"]);
    let updates = ["asset", "updates", lab.names()[0], "--security"];
    house
        .person("ben", &updates)
        .ok()
        .says(&["labpkg002", "1.0-1+deb12u1", "lab-reboot", "lab-flaky"]);
}

pub fn find_flaws(house: &mut House, lab: &Lab) {
    house.act("advisories are compared with what is installed");
    let advisories = lab.advisories().display().to_string();
    house
        .person("ben", &["finding", "advisories", &advisories])
        .ok()
        .says(&["are new or changed"]);
    house
        .person("ben", &["finding", "match", "--all"])
        .ok()
        .says(&["12 opened"]);
    house
        .person("ben", &["finding", "match", "--all"])
        .ok()
        .says(&["nothing changed since"]);
    house
        .person("ben", &["finding", "list", "--ranked", "--asset", lab.names()[0]])
        .ok();
    assert_eq!(open(house).len(), 12 * HOSTS);
    house
        .person("ben", &["finding", "show", "FND-0001"])
        .ok()
        .says(&["identified", "due", "paragraph 7.1"]);
}

/// The findings that are not remediated.
pub fn open(house: &mut House) -> Vec<Value> {
    let listed = house.json("ben", &["finding", "list", "--limit", "500"]);
    listed["items"].as_array().expect("findings").clone()
}

/// Their ids.
pub fn ids(findings: &[Value]) -> Vec<String> {
    findings.iter().map(|finding| text(&finding["finding"])).collect()
}
