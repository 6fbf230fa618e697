//! `tagout asset enrol-host`, `collect` and `connection-key`.

use std::io::{BufRead, IsTerminal, Write};

use basis::{Class, Refusal};
use frame::Method;
use frame::terminal::{Context, Progress, plain, print_refusal};
use serde::Serialize;

use super::{path_of, show};
use crate::api::{
    AssetView, CollectRequest, CollectionView, ConnectRequest, ConnectionKeyView, ScanRequest, ScannedKeys,
};
use crate::connection::offered;

/// Where and as whom a host is entered.
pub(super) struct Login {
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) is_root: bool,
}

pub(super) fn connection_key(context: &Context) -> Result<(), Refusal> {
    let view: ConnectionKeyView = context.client.get("/assets/connection-key")?;
    context.output.show(&view, |view| view.public_key.clone());
    Ok(())
}

pub(super) fn enrol_local(context: &Context, asset: &str) -> Result<(), Refusal> {
    connect(context, asset, &ConnectRequest::Local {})
}

fn connect(context: &Context, asset: &str, request: &ConnectRequest) -> Result<(), Refusal> {
    let path = format!("{}/connection", path_of(asset)?);
    let view: AssetView = context.client.send(Method::Post, &path, request)?;
    context.output.show(&view, show::asset_text);
    Ok(())
}

pub(super) fn enrol_host(
    context: &Context,
    asset: &str,
    login: Login,
    fingerprint: Option<String>,
) -> Result<(), Refusal> {
    let scan = ScanRequest {
        address: login.address.clone(),
        port: login.port,
    };
    let path = format!("{}/host-key-scan", path_of(asset)?);
    let scanned: ScannedKeys = context.client.send(Method::Post, &path, &scan)?;
    let confirmed = match fingerprint {
        Some(fingerprint) => fingerprint,
        None => ask(asset, &scanned)?,
    };
    let confirmed = confirmed.trim();
    let key = offered(
        &scanned.keys,
        |key| key.fingerprint.clone(),
        confirmed,
        &login.address,
    )?;
    let request = ConnectRequest::Ssh {
        address: login.address,
        port: login.port,
        user: login.user,
        become_root: if login.is_root { "root" } else { "sudo" }.to_owned(),
        host_key: key.host_key.clone(),
        fingerprint: confirmed.to_owned(),
    };
    connect(context, asset, &request)
}

/// Shows what the host offered and takes the fingerprint that the person types; a bare yes is not enough.
fn ask(asset: &str, scanned: &ScannedKeys) -> Result<String, Refusal> {
    let mut text = format!("{asset} offers:\n");
    for key in &scanned.keys {
        let kind = key.host_key.split(' ').next().unwrap_or_default();
        text.push_str(&format!("  {} ({kind})\n", key.fingerprint));
    }
    text.push_str("compare with the host's own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n");
    let mut output = std::io::stderr().lock();
    // Nobody is left to be asked when standard error is closed; the next line then refuses.
    let _ = output.write_all(plain(&text).as_bytes());
    if !std::io::stdin().is_terminal() {
        let what = "nobody is there to confirm the host's key";
        return Err(Refusal::new(Class::Invalid, "host key", what)
            .missing("the fingerprint as a person read it on the host itself")
            .way_out("give it with `--fingerprint SHA256:…`"));
    }
    let _ = output.write_all(b"type the fingerprint that you read there: ");
    let _ = output.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Refusal::new(
            Class::Invalid,
            "host key",
            format!("the answer cannot be read: {error}"),
        )
        .way_out("give the fingerprint with `--fingerprint SHA256:…`")
    })?;
    Ok(line)
}

fn collected(context: &Context, asset: &str, refresh: bool) -> Result<CollectionView, Refusal> {
    let path = format!("{}/collections", path_of(asset)?);
    context
        .client
        .send(Method::Post, &path, &CollectRequest { refresh })
}

pub(super) fn collect(context: &Context, asset: &str, refresh: bool) -> Result<(), Refusal> {
    let view = collected(context, asset, refresh)?;
    context.output.show(&view, collection_text);
    Ok(())
}

fn collection_text(view: &CollectionView) -> String {
    let mut text = show::asset_text(&view.asset);
    let (added, removed) = (view.packages_added.len(), view.packages_removed.len());
    text.push_str(&format!(
        "{added} packages came and {removed} went since the last collection\n"
    ));
    for flag in &view.flags {
        text.push_str(&format!("look at this: {flag}\n"));
    }
    text
}

/// What became of each asset.
#[derive(Debug, Serialize)]
struct Collections {
    collected: Vec<CollectionView>,
    not_collected: Vec<NotCollected>,
}

#[derive(Debug, Serialize)]
struct NotCollected {
    asset: String,
    why: String,
}

pub(super) fn collect_all(context: &Context, refresh: bool) -> Result<(), Refusal> {
    let assets = show::all(context, false)?;
    let reachable: Vec<_> = assets.into_iter().filter(|asset| asset.way.is_some()).collect();
    let mut collections = Collections {
        collected: Vec::new(),
        not_collected: Vec::new(),
    };
    let mut progress = Progress::new("collecting");
    for (done, asset) in reachable.iter().enumerate() {
        progress.at(done as u64, reachable.len() as u64);
        match collected(context, &asset.asset.to_string(), refresh) {
            Ok(view) => collections.collected.push(view),
            Err(refusal) => {
                if !context.output.json {
                    print_refusal(&refusal, context.output);
                }
                let (asset, why) = (format!("{} {}", asset.asset, asset.name), refusal.what);
                collections.not_collected.push(NotCollected { asset, why });
            }
        }
    }
    drop(progress);
    let failed = collections.not_collected.len();
    context.output.show(&collections, |collections| {
        let lines = collections.collected.iter().map(|view| {
            let name = view.asset.fields.name.as_deref().unwrap_or_default();
            let flags = view
                .flags
                .iter()
                .map(|flag| format!("\n  look at this: {flag}"))
                .collect::<String>();
            format!(
                "{} {name} collected as {}{flags}\n",
                view.asset.asset, view.evidence
            )
        });
        let failed = collections
            .not_collected
            .iter()
            .map(|not| format!("{} not collected: {}\n", not.asset, not.why));
        lines.chain(failed).collect()
    });
    match failed {
        0 => Ok(()),
        _ => {
            let what = format!("{failed} of {} assets could not be collected", reachable.len());
            Err(Refusal::new(Class::Outside, "collection", what)
                .way_out("put right what is said above, then run it again"))
        }
    }
}
