//! Ends the runner at each point of a run and starts another one: on the host each package is upgraded exactly once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runner::Witness;
use runs::{HostWord, RunState};

use crate::faults::upgrades;
use crate::site::Site;

/// Lets so many points pass; from then on every point is the end.
struct Killer {
    points_left: AtomicUsize,
    seen: AtomicUsize,
}

impl Killer {
    fn after(points: usize) -> Arc<Self> {
        Arc::new(Self {
            points_left: AtomicUsize::new(points),
            seen: AtomicUsize::new(0),
        })
    }
}

impl Witness for Killer {
    fn reached(&self, point: &str) {
        self.seen.fetch_add(1, Ordering::SeqCst);
        let left = self
            .points_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        assert!(left.is_ok(), "killed at `{point}`");
    }
}

/// More points than a run of one host has.
const POINTS_MAX: usize = 42;

#[test]
fn a_runner_killed_at_any_point_is_followed_by_one_that_ends_the_run_right_with_nothing_done_twice() {
    let Some(site) = Site::find() else { return };
    std::panic::set_hook(Box::new(|_| {}));
    let mut killed = 0;
    for point in 0..POINTS_MAX {
        // The packages of all three hosts are used in turn, so that each point finds one that was not upgraded yet.
        let (at, package) = (point % 3, format!("labpkg{:03}", 7 + point / 3));
        let change = site.ready(&[at], &[&package], None);
        let run = site.start(change);
        let before = upgrades(&site, at, &package);
        let is_killed = site.watched(Killer::after(point)).settle().is_err();
        if is_killed {
            killed += 1;
            site.runner().settle().unwrap();
        }
        assert_eq!(
            site.states(run),
            [HostWord::Verified],
            "point {point}: {:#?}",
            site.run(run)
        );
        assert_eq!(site.run(run).state, RunState::Finished, "point {point}");
        assert_eq!(upgrades(&site, at, &package) - before, 1, "point {point}");
        if !is_killed {
            break;
        }
        assert!(
            point + 1 < POINTS_MAX,
            "a run has more points than this test knows"
        );
    }
    let _ = std::panic::take_hook();
    println!("{killed} kill points");
    assert!(killed > 15, "only {killed} points were reached");
    site.story.house.assert_sound();
}
