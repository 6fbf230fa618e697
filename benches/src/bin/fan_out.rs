//! One command on many hosts over held connections, driven by `benches/fan_out.py`, which measures and compares.
//!
//! `fan_out HOSTS.TSV KEY`: connects to every host of the list (name, address, host key) and says `connected`; for every
//! number on its input it runs `true` that many times on all hosts at once and says `done`.

use std::io::BufRead;
use std::thread;

use hosts::{Become, Command, Host, HostKey, Reach, Target, Timeouts};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn connect(line: &str, key: &str, folder: &std::path::Path) -> Outcome<Host> {
    let mut fields = line.split('\t');
    let (Some(_), Some(address), Some(pinned)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("a line of the list has three fields".into());
    };
    let target = Target::new(address, 22, "tagout", key, HostKey::parse(pinned)?, Become::Sudo)?;
    Ok(Host::connect(&Reach::Ssh(target), folder, Timeouts::default())?)
}

/// Runs `true` this often on every host, all hosts at once.
fn run(hosts: &[Host], rounds: usize) -> Outcome<()> {
    let command = Command::new(["true"]);
    for _ in 0..rounds {
        thread::scope(|scope| {
            let running: Vec<_> = hosts
                .iter()
                .map(|host| scope.spawn(|| host.run(&command)))
                .collect();
            for host in running {
                let output = host.join().map_err(|_| "a thread broke down")??;
                output.success("true")?;
            }
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        })?;
    }
    Ok(())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, key] = arguments.as_slice() else {
        return Err("usage: fan_out HOSTS.TSV KEY".into());
    };
    let list = std::fs::read_to_string(list)?;
    let folder = tempfile::Builder::new().prefix("tb").tempdir()?;
    let hosts: Vec<Host> = thread::scope(|scope| {
        let joining: Vec<_> = list
            .lines()
            .map(|line| scope.spawn(|| connect(line, key, folder.path())))
            .collect();
        joining
            .into_iter()
            .map(|host| host.join().map_err(|_| "a thread broke down")?)
            .collect::<Outcome<_>>()
    })?;
    println!("connected");
    for line in std::io::stdin().lock().lines() {
        run(&hosts, line?.trim().parse()?)?;
        println!("done");
    }
    Ok(())
}
