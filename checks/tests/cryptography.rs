//! There is one cryptographic module, and nothing brings another in by the back door.

use std::path::Path;
use std::process::Command;

use checks::{crates, read, repository};

/// Other libraries that do cryptography, in whole or by binding to one.
const OTHERS: [&str; 8] = [
    "ring",
    "openssl",
    "openssl-sys",
    "native-tls",
    "boring",
    "boring-sys",
    "mbedtls",
    "rustls-openssl",
];

/// The names of what is built here for the program, its tests and their builds.
fn built() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--edges=all",
            "--prefix=none",
            "--format={p}",
        ])
        .args(["--locked", "--offline"])
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// Each package of the lock file, with the names of those it may ask for.
fn locked() -> Vec<(String, Vec<String>)> {
    let lock: toml::Table = read(Path::new("Cargo.lock")).parse().expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    let name = |value: &toml::Value| {
        let text = value.as_str().expect("a name");
        text.split(' ').next().unwrap_or_default().to_owned()
    };
    packages
        .iter()
        .map(|package| {
            let uses = package.get("dependencies").and_then(toml::Value::as_array);
            let uses = uses.map_or_else(Vec::new, |uses| uses.iter().map(name).collect());
            (name(&package["name"]), uses)
        })
        .collect()
}

#[test]
fn nothing_but_aws_lc_does_cryptography() {
    let built = built();
    assert!(
        built.iter().any(|name| name == "aws-lc-rs"),
        "the list was not read"
    );
    let found: Vec<&String> = built
        .iter()
        .filter(|name| OTHERS.contains(&name.as_str()))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// One library names `ring` for a feature that nothing turns on, and the lock file cannot tell: it is not built, as the
/// test above says.
#[test]
fn nothing_new_in_the_lock_file_could_bring_other_cryptography() {
    let mut named = Vec::new();
    for (package, uses) in locked() {
        let others = uses.into_iter().filter(|name| OTHERS.contains(&name.as_str()));
        named.extend(others.map(|other| format!("{package} -> {other}")));
    }
    assert_eq!(named, ["rustls-webpki -> ring"]);
}

#[test]
fn only_the_frame_speaks_tls() {
    for found in crates() {
        let uses = [
            "rustls",
            "tokio-rustls",
            "rcgen",
            "x509-cert",
            "rustls-native-certs",
        ]
        .into_iter()
        .filter(|library| found.dependencies.iter().any(|name| name == library));
        let libraries: Vec<&str> = uses.collect();
        assert!(
            libraries.is_empty() || found.name == "frame",
            "{} links {libraries:?}",
            found.name
        );
    }
}

#[test]
fn no_default_provider_is_asked_for() {
    for path in checks::files("ground/frame/src", &[".rs"]) {
        let text = read(Path::new(&path));
        for builder in [
            "ClientConfig::builder()",
            "ServerConfig::builder()",
            "install_default",
            "get_default",
        ] {
            assert!(!text.contains(builder), "{}: {builder}", path.display());
        }
    }
}
