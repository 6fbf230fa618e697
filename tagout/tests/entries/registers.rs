//! People, assets, findings and evidence.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use basis::Id;
use frame::Method;
use serde_json::{Value, json};

use crate::door::{Door, PASSWORD, text};
use crate::lab::Lab;

/// Handle and roles of those whom anna enrols.
const PEOPLE: [(&str, &[&str]); 4] = [
    ("ben", &["requester", "technician"]),
    ("dana", &["approver", "system_owner", "supervisor"]),
    ("emil", &["incident_manager", "system_owner"]),
    ("gina", &["board_member"]),
];

pub fn people(door: &Door) {
    let house = &door.house;
    let anna = house.administrator();
    let founder = people::invite(&house.organisation, &anna, anna.person).unwrap();
    door.come_in("anna", &founder.code);
    for (who, roles) in PEOPLE {
        let person = json!({ "handle": who, "name": who.to_uppercase(), "roles": roles });
        let mut enrolled = door.post("anna", "/people", &person);
        if who == "gina" {
            let again = format!("/people/{}/invitations", text(&enrolled, "person"));
            enrolled = door.post("anna", &again, &json!({}));
            let roles =
                json!({ "roles": ["board_member", "requester"], "reason": "She asks for changes as well." });
            door.act("anna", Method::Put, "/people/PER-0005/roles", &roles);
        }
        door.come_in(who, &text(&enrolled, "invitation"));
    }
    // Who decides is confirmed by somebody who did not invite them.
    let seen = json!({ "invitation": 1, "reason": "Showed me their badge." });
    door.post("ben", "/people/PER-0003/confirmation", &seen);
    door.post("dana", "/people/PER-0004/confirmation", &seen);
}

/// The file of a person's signing key.
pub fn key_of(door: &Door, who: &str) -> PathBuf {
    door.house.folder().join(format!("{who}.key"))
}

pub fn keys_and_tokens(door: &Door) {
    for who in ["dana", "emil", "ben"] {
        let file = key_of(door, who);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(&file)
            .status();
        assert!(made.unwrap().success());
        let public = std::fs::read_to_string(file.with_extension("key.pub")).unwrap();
        let encoded = public.trim().replace(' ', "%20").replace('+', "%2B");
        let to_sign = door.read(who, &format!("/me/enrolment-text?key={encoded}"));
        let signature =
            people::sign_with_ssh_keygen(&file, &text(&to_sign, "namespace"), &text(&to_sign, "text"))
                .unwrap();
        let key = json!({ "key": public.trim(), "signature": signature });
        door.post(who, "/me/keys", &key);
    }
    door.post(
        "ben",
        "/keys/KEY-0003/revocation",
        &json!({ "reason": "It was on a lost laptop." }),
    );
    let scope = json!({ "name": "deployments", "scope": ["permits.ask_gate"], "days": 7 });
    let token = door.post("ben", "/me/tokens", &scope);
    door.post(
        "ben",
        &format!("/tokens/{}/revocation", text(&token, "token_id")),
        &json!({}),
    );
}

/// Ben makes recovery codes, uses two of them, and has a passkey for a while.
pub fn ways_in(door: &Door) {
    let codes = door.post("ben", "/me/recovery-codes", &json!({}))["recovery_codes"].clone();
    let proof = |code: usize| json!({ "password": PASSWORD, "code": codes[code] });
    let renewed = door.post("ben", "/me/proof", &proof(0));
    door.holds("ben", &renewed);
    let mut attempt = proof(1);
    attempt["handle"] = json!("ben");
    door.post("nobody", "/sign-in", &attempt);
    door.post("ben", "/me/sessions/revocation", &json!({}));
    let house = &door.house;
    let ben = testkit::signed_in(basis::PersonId::from_number(2), [].into());
    let party = people::RelyingParty {
        id: "tagout.example",
        origin: "https://tagout.example",
    };
    let offer = people::offer_passkey(&house.organisation, &ben).unwrap();
    let made = testkit::authenticator::Passkey::from_seed(party.id, [1; 32])
        .create(party.origin, &offer.challenge.bytes);
    let new = people::NewPasskey {
        ticket: &offer.challenge.ticket,
        name: "ben's phone",
        client_data: &made.client_data_json,
        attestation_object: &made.attestation_object,
    };
    people::enrol_passkey(&house.organisation, &ben, &party, &new).unwrap();
    let reason = json!({ "reason": "It was on a lost phone." });
    door.post("ben", "/passkeys/PSK-0001/revocation", &reason);
}

pub fn assets(door: &Door, lab: &Lab) {
    let host = lab.host(0);
    for name in [&host.name, "desk01", "old01"] {
        let asset = json!({ "name": name, "classification": "none", "criticality": "low" });
        door.post("dana", "/assets", &asset);
    }
    door.act(
        "dana",
        Method::Patch,
        "/assets/desk01",
        &json!({ "purpose": "Front desk" }),
    );
    door.post(
        "dana",
        "/assets/old01/retirement",
        &json!({ "reason": "It is scrapped." }),
    );

    let mapping = "title = \"Our list\"\n[columns]\nname = [\"Host\"]\n";
    door.post(
        "dana",
        "/assets/mappings",
        &json!({ "name": "ours", "document": mapping }),
    );
    let list = "Host\ndesk02\n";
    let import = "/assets/imports?mapping=ours&name=list.csv&apply=";
    let difference = door.preview("dana", &format!("{import}false"), list);
    let digest = text(&difference, "digest");
    door.send("dana", &format!("{import}true&diff={digest}"), list);

    let key = text(&door.read("dana", "/assets/connection-key"), "public_key");
    lab.shell(
        0,
        &format!("echo \"{}\" >>/home/tagout/.ssh/authorized_keys", key.trim()),
    );
    let place = json!({ "address": host.address, "port": 22 });
    let offered = door.post("dana", &format!("/assets/{}/host-key-scan", host.name), &place);
    let offered = offered["keys"].as_array().unwrap();
    let is_right = |key: &&Value| key["fingerprint"] == host.fingerprint.as_str();
    let connection = json!({
        "way": "ssh", "address": host.address, "port": 22, "user": "tagout", "become_root": "sudo",
        "host_key": offered.iter().find(is_right).unwrap()["host_key"], "fingerprint": host.fingerprint,
    });
    door.post("dana", "/assets/AST-0001/connection", &connection);
    door.post("ben", "/assets/AST-0001/collections", &json!({ "refresh": true }));
}

pub fn findings(door: &Door) {
    let advisory = r#"[{"id":"DSA-1","modified":"2026-11-01T00:00:00Z","published":"2026-11-01T00:00:00Z",
        "upstream":["CVE-2026-0001"],"summary":"labpkg001 - security update","details":"left out",
        "affected":[{"package":{"ecosystem":"Debian:12","name":"labpkg001"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-2"}]}]}]}]"#;
    door.send("ben", "/findings/advisories?name=advisories.json", advisory);
    let exploited = r#"{"catalogVersion":"2026.11.20","vulnerabilities":[{"cveID":"CVE-2026-0001","dateAdded":"2026-11-20"}]}"#;
    door.send("ben", "/findings/kev?name=kev.json", exploited);
    door.post("ben", "/findings/matches", &json!({ "assets": ["AST-0001"] }));
    let report = "<NessusClientData_v2><Report name=\"weekly\"><ReportHost name=\"desk01\"><HostProperties>\
        <tag name=\"Credentialed_Scan\">true</tag><tag name=\"HOST_END_TIMESTAMP\">1795334400</tag></HostProperties>\
        <ReportItem port=\"443\" svc_name=\"www\" protocol=\"tcp\" severity=\"3\" pluginID=\"10001\" pluginName=\"TLS\" \
        pluginFamily=\"Web Servers\"><cve>CVE-2026-0002</cve><plugin_output></plugin_output></ReportItem>\
        </ReportHost></Report></NessusClientData_v2>";
    door.send(
        "ben",
        "/findings/imports?scanner=nessus&name=weekly.nessus",
        report,
    );
}

/// Answers the ids of evidence and of an opening, by the names that paths give them.
pub fn evidence(door: &Door) -> BTreeMap<&'static str, String> {
    let add = |name: &str, is_final: bool| {
        let path = format!("/evidence?name={name}&kind=document&about=AST-0002&is_final={is_final}");
        text(
            &door.send("ben", &path, &format!("The text of {name}.\n")),
            "evidence",
        )
    };
    let (draft, spilled) = (add("draft.txt", false), add("spilled.txt", true));
    door.post("ben", &format!("/evidence/{draft}/finalisation"), &json!({}));
    let reason = json!({ "reason": "It should not have been written." });
    door.post("dana", &format!("/evidence/{spilled}/destruction"), &reason);
    let opened = door.post("dana", &format!("/evidence/{draft}/openings"), &json!({}));
    BTreeMap::from([
        ("{evidence}", draft),
        ("{opening}", text_or_number(&opened["opening"])),
    ])
}

fn text_or_number(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
