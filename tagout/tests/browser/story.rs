//! The whole story in the browser: what it needs beside the pages is made here, and told to its script in one file.

use std::path::Path;

use serde_json::json;

use crate::house::House;
use crate::lab::{HOSTS, Lab};

/// The packages of the story that the hosts do not have from the beginning.
const FURTHER_PACKAGES: [&str; 1] = ["lab-flaky"];

/// An organisation that nobody has entered yet, and the settings of the script that tells its story.
pub struct Story {
    pub house: House,
    pub settings: String,
}

impl Story {
    /// Founds the organisation and starts its server; pictures are to be kept in this folder.
    pub fn begin(lab: &Lab, pictures: &Path) -> Self {
        let house = House::found();
        for at in 0..HOSTS {
            lab.give(at, &FURTHER_PACKAGES);
        }
        let hosts: Vec<_> = (0..HOSTS)
            .map(|at| lab.host(at))
            .map(
                |host| json!({ "name": host.name, "address": host.address, "fingerprint": host.fingerprint }),
            )
            .collect();
        let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/verify.py");
        let key = house.keep("verifier.key", &format!("{}\n", house.verifier_key));
        let settings = json!({
            "origin": house.address.replace("127.0.0.1", "localhost"),
            "address": house.address,
            "program": env!("CARGO_BIN_EXE_tagout"),
            "folder": house.path(""),
            "data": house.path("data"),
            "profiles": house.path("profiles.json"),
            "invitation": house.read("anna.invitation"),
            "pictures": pictures,
            "hosts": hosts,
            "ssh_config": lab.ssh_config(),
            "advisories": lab.advisories(),
            "verifier": verifier,
            "key": key,
        });
        let settings = house.keep("settings.json", &settings.to_string());
        Self { house, settings }
    }
}
