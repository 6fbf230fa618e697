//! The server is killed again and again while it carries out a run on lab hosts. Each package is upgraded once, the run
//! comes to its right end, and nothing that was acknowledged is missing.

#[path = "../story/asking.rs"]
#[allow(dead_code, reason = "the story tells more of it")]
mod asking;
#[path = "../story/house.rs"]
#[allow(dead_code, reason = "the story tells more of it")]
mod house;
#[path = "../story/inventory.rs"]
#[allow(dead_code, reason = "the story tells more of it")]
mod inventory;
#[path = "../story/lab.rs"]
#[allow(dead_code, reason = "the story tells more of it")]
mod lab;
#[path = "../story/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::process::Stdio;

use house::{House, text};
use lab::Lab;
use serde_json::Value;

const CHANGE: &str = "CHG-0001";
const RUN: &str = "RUN-0001";
/// The two hosts of the change, by their number in the lab.
const MEMBERS: [usize; 2] = [1, 2];
const PACKAGES: [&str; 4] = ["labpkg001", "labpkg002", "labpkg003", "lab-reboot"];

/// How often the server is killed while one host is in one state: once when it is first seen there, and once more when
/// the next server has taken it up.
const KILLS_PER_MOMENT: usize = 2;
const KILLS_MIN: usize = 8;
/// How often the run is looked at before it counts as stuck.
const LOOKS_MAX: usize = 5_000;

#[test]
fn a_run_survives_a_server_that_is_killed_before_during_and_after_the_work() {
    let Some(lab) = Lab::up("kills", "10.86") else {
        return;
    };
    let mut house = House::found();
    people::come_in(&mut house);
    inventory::register(&mut house, &lab);
    inventory::enrol_and_collect(&mut house, &lab);
    bring_to_its_window(&mut house);
    house.until("ben", &["run", "start", CHANGE], |answer| answer.code == 0);
    let mut kills = Kills::default();
    kills.go_on_until_it_is_over(&mut house);
    kills.assert_enough();
    everything_was_done_once(&mut house, &lab);
    kills.assert_nothing_is_lost(&mut house);
    house.stop();
    house
        .root(&["doctor", "--rebuild"])
        .ok()
        .says(&["rebuild: every table is what the events make of it"]);
}

fn bring_to_its_window(house: &mut House) {
    house.act("a change of two hosts is approved");
    let parts = asking::parts(house);
    let (from, until) = (house.in_seconds(15), house.in_seconds(3 * 3600));
    let words = [
        "change",
        "open",
        "Updates",
        "--asset",
        "AST-0002",
        "--asset",
        "AST-0003",
        "--executor",
        "ben",
        "--from",
        &from,
        "--until",
        &until,
        "--reason",
        "They are due.",
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    house
        .person("ben", &[&words[..], &parts[..]].concat())
        .ok()
        .says(&[CHANGE]);
    let mut plan = vec!["plan", "make", CHANGE];
    plan.extend(PACKAGES.iter().flat_map(|package| ["--package", package]));
    house.person("ben", &[&plan[..], &["--", "true"]].concat()).ok();
    house.person("ben", &["change", "submit", CHANGE]).ok();
    asking::approve(house, CHANGE);
    house.person("ben", &["change", "schedule", CHANGE]).ok();
    house.person("dana", &["permit", "issue", CHANGE]).ok();
}

/// The kills so far, and what was acknowledged around them.
#[derive(Default)]
struct Kills {
    /// How many fell while a host was in a state.
    moments: BTreeMap<(String, String), usize>,
    /// The names of the files that the server said it had taken.
    acknowledged: Vec<String>,
    sent: usize,
}

impl Kills {
    fn count(&self) -> usize {
        self.moments.values().sum()
    }

    fn go_on_until_it_is_over(&mut self, house: &mut House) {
        house.act("the server is killed whenever a host has come to a new state");
        for _ in 0..LOOKS_MAX {
            let run = house.json("ben", &["run", "show", RUN]);
            if run["is_over"] == true {
                return;
            }
            let moment = moments(&run).into_iter().find(|moment| {
                self.moments
                    .get(moment)
                    .is_none_or(|kills| *kills < KILLS_PER_MOMENT)
            });
            match moment {
                Some(moment) => {
                    *self.moments.entry(moment).or_default() += 1;
                    self.kill_amid_an_act(house);
                }
                None => self.act(house),
            }
        }
        panic!("the run does not end");
    }

    /// A name for the next file, and the words that send it.
    fn next(&mut self, house: &House) -> (String, Vec<String>) {
        self.sent += 1;
        let name = format!("note-{}.txt", self.sent);
        let file = house.keep(&name, &format!("Note {} of the work.\n", self.sent));
        let words = ["evidence", "add", &file, "--about", CHANGE, "--kind", "document"];
        (name, words.map(str::to_owned).to_vec())
    }

    fn act(&mut self, house: &mut House) {
        let (name, words) = self.next(house);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        house.person("ben", &words).ok();
        self.acknowledged.push(name);
    }

    fn kill_amid_an_act(&mut self, house: &mut House) {
        let (name, words) = self.next(house);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = house.typed("ben", &words);
        let mut sending = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a command");
        house.end("-KILL");
        if sending.wait().expect("the end of the command").success() {
            self.acknowledged.push(name);
        }
        house.serve();
    }

    fn assert_enough(&self) {
        let count = self.count();
        println!("{count} kills: {:?}", self.moments);
        assert!(count >= KILLS_MIN, "{:?}", self.moments);
        for states in [
            ["precheck", "baseline"].as_slice(),
            &["applying"],
            &["rebooting", "postcheck"],
        ] {
            let has_one = |(_, state): &(String, String)| states.contains(&state.as_str());
            assert!(
                self.moments.keys().any(has_one),
                "no kill in {states:?}: {:?}",
                self.moments
            );
        }
    }

    fn assert_nothing_is_lost(&self, house: &mut House) {
        let mut kept = names_of_evidence(house);
        kept.sort();
        let count = kept.len();
        kept.dedup();
        assert_eq!(kept.len(), count, "an act was done twice: {kept:?}");
        let is_lost = |name: &&String| kept.binary_search(name).is_err();
        let lost: Vec<&String> = self.acknowledged.iter().filter(is_lost).collect();
        assert!(lost.is_empty(), "{lost:?}");
        println!("{} acts acknowledged, 0 lost", self.acknowledged.len());
    }
}

/// The names of the notes that are evidence.
fn names_of_evidence(house: &mut House) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = String::new();
    loop {
        let mut words = vec!["evidence", "list", "--about", CHANGE];
        if !after.is_empty() {
            words.extend(["--after", &after]);
        }
        let page = house.json("dana", &words);
        let items = page["items"].as_array().expect("evidence").iter();
        names.extend(
            items
                .map(|item| text(&item["name"]))
                .filter(|name| name.starts_with("note-")),
        );
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return names,
        }
    }
}

/// Which host is in which state, for those in work.
fn moments(run: &Value) -> Vec<(String, String)> {
    let rings = run["rings"].as_array().expect("rings");
    let hosts = rings
        .iter()
        .flat_map(|ring| ring["hosts"].as_array().expect("hosts"));
    hosts
        .map(|host| (text(&host["asset"]), text(&host["state"])))
        .filter(|(_, state)| !["queued", "verified"].contains(&state.as_str()))
        .collect()
}

fn everything_was_done_once(house: &mut House, lab: &Lab) {
    house.act("each package was upgraded once, and the run has ended right");
    house
        .person("ben", &["run", "show", RUN])
        .ok()
        .says(&["RUN-0001 of CHG-0001: finished"]);
    for at in MEMBERS {
        for package in PACKAGES {
            let version = lab.version(at, package);
            assert!(
                version.ends_with(" ii") && version != "1.0-1 ii",
                "{package}: {version}"
            );
            assert_eq!(
                lab.upgrades(at, package),
                "1",
                "{package} on {}",
                lab.host(at).name
            );
        }
    }
    house.person("ben", &["change", "show", CHANGE]).ok().says(&[
        "verifying, normal",
        "found on AST-0002: equal to the state approved",
        "found on AST-0003: equal to the state approved",
    ]);
}
