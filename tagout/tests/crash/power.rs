//! The file system under the data directory and its high-water mark is shut down under load; whatever was acknowledged must
//! have reached the disk.

use std::path::Path;
use std::time::Duration;

use basis::SeededChance;

use super::load::{below, missing, number_from, until_cut};
use super::mounted::Mounted;
use super::site::{Server, Site};

/// How many cuts a run makes on each file system unless `TAGOUT_POWER_CUTS` says otherwise.
const CUTS: u64 = 20;
/// After how many cuts the doctor looks at everything.
const DOCTOR_EVERY: u64 = 5;
/// How many times a founding is cut off right after it was acknowledged.
const FOUNDINGS: u64 = 3;
/// The moments at which the power may fail, in milliseconds after the load began.
const MOMENTS_MS: std::ops::Range<u64> = 5..250;
/// The kinds that know how to shut down, each with the smallest image it takes.
const KINDS: [(&str, u32); 2] = [("ext4", 96), ("xfs", 320)];

/// Every file system that this machine makes and shuts down; says which it does not.
fn each_file_system(proof: impl Fn(&str, &Mounted, &Path)) {
    for (kind, size_mib) in KINDS {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Mounted::on_disk(kind, size_mib, folder.path());
        match mounted.and_then(|mounted| mounted.shut_down().map(|()| mounted)) {
            Ok(mounted) => {
                mounted.mount_again();
                proof(kind, &mounted, folder.path());
            }
            Err(why) => println!("skipped: power cuts on {kind}: {why}"),
        }
    }
}

#[test]
fn no_acknowledged_act_is_lost_when_the_power_fails() {
    let (cuts, seed) = (
        number_from("TAGOUT_POWER_CUTS", CUTS),
        number_from("TAGOUT_SEED", 1),
    );
    each_file_system(|kind, mounted, scrap| {
        let chance = SeededChance::new(seed);
        let site = Site::at(mounted.folder());
        let invitation = site.found();
        let mut server = site.serve();
        let tokens = site.settle(&server, &invitation);
        let mut book = Vec::new();
        for round in 1..=cuts {
            let delay = MOMENTS_MS.start + below(&chance, MOMENTS_MS.end - MOMENTS_MS.start);
            let cut = |server: &mut Server| {
                mounted.shut_down().expect("the ioctl worked before");
                server.kill();
            };
            let delay = Duration::from_millis(delay);
            book.extend(until_cut(&mut server, &tokens, round, delay, scrap, cut));
            mounted.mount_again();
            if round % DOCTOR_EVERY == 0 {
                site.assert_sound(&format!("{kind}: after cut {round} with seed {seed}"));
            }
            server = site.serve();
            assert_eq!(
                missing(&server, &tokens, &book),
                Vec::<String>::new(),
                "{kind}: cut {round}"
            );
        }
        server.stop();
        site.assert_sound("at the end");
        println!(
            "{kind}: {cuts} power cuts, seed {seed}: {} acts acknowledged, 0 lost",
            book.len()
        );
    });
}

#[test]
fn a_founding_that_was_acknowledged_outlives_a_failure_of_power_right_after_it() {
    each_file_system(|kind, mounted, _| {
        for round in 0..FOUNDINGS {
            let folder = mounted.folder().join(format!("founding-{round}"));
            std::fs::create_dir(&folder).expect("a folder");
            let site = Site::at(&folder);
            let invitation = site.found();
            mounted.shut_down().expect("the ioctl worked before");
            mounted.mount_again();
            let server = site.serve();
            site.settle(&server, &invitation);
            server.stop();
        }
        println!("{kind}: {FOUNDINGS} foundings were cut off right after their answer, none lost");
    });
}
