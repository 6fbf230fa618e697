//! What the measurements share: a stopwatch, and the median of several rounds. Figures are ratios to a peer in the same run.

use std::time::{Duration, Instant};

/// Runs `work` and answers how long it took.
// Measuring is the edge where the clock may be asked.
#[allow(clippy::disallowed_methods)]
pub fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The middle of the rates of several rounds, with the lowest and the highest.
pub fn rates(count: usize, rounds: &[Duration]) -> (f64, f64, f64) {
    let mut rates: Vec<f64> = rounds
        .iter()
        .map(|round| count as f64 / round.as_secs_f64())
        .collect();
    rates.sort_by(f64::total_cmp);
    (rates[rates.len() / 2], rates[0], rates[rates.len() - 1])
}

/// The CPU time that this process has used so far, to a hundredth of a second (`utime` and `stime` of proc_pid_stat(5)).
pub fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux tells it");
    let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
    let ticks = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("a number"));
    Duration::from_millis(ticks.sum::<u64>() * 10)
}
