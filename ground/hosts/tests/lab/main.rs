//! Drives the hosts of the lab (`lab/up 3`). `TAGOUT_LAB_HOSTS` names their list; without it every test says so and
//! ends. Tests that change packages take what is still pending, so that a lab serves more than one run.

macro_rules! lab_or_skip {
    () => {
        match Lab::find() {
            Ok(lab) => lab,
            Err(why) => {
                println!("skipped: {why}");
                return;
            }
        }
    };
}

mod faults;
mod jobs;
mod lab_hosts;
mod reading;
