//! How a host is reached, settled by a person who read its fingerprint on its own console, and collecting it.

use askama::Template;
use basis::{Id, Refusal};
use frame::pages::{Choice, Form, Goto, Page};
use frame::{Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{self, Lists};
use crate::api::{asset_in, ssh_named};
use crate::connection::{Connection, offered};
use crate::pages::one::show_asset;
use crate::rules::AssetId;

/// The port that hosts listen on where nobody says otherwise (RFC 4253, 4.2).
const SSH_PORT: u16 = 22;

/// Adds the pages and what their forms send.
pub(super) fn with_reach(routes: Routes) -> Routes {
    let (reach, collection) = ("/assets/{asset}/reach", "/assets/{asset}/collection");
    let enrol = "assets.enrol_host";
    routes
        .page(
            reach,
            enrol,
            "Shows the form that settles how an asset is reached",
            show_reach,
        )
        .form(
            reach,
            enrol,
            "Settles how an asset is reached over SSH",
            show_reach,
            settle,
        )
        .form(
            collection,
            "assets.collect",
            "Collects the state of an asset now",
            show_asset,
            collect,
        )
}

/// The page.
#[derive(Template)]
#[template(path = "reach.html")]
pub(crate) struct ReachPage {
    id: AssetId,
    name: String,
    /// What is put on the host, so that the server may come in.
    key: String,
    form: Form,
}

impl ReachPage {
    fn port(&self) -> u16 {
        SSH_PORT
    }

    fn ways(&self) -> Vec<Choice> {
        vec![
            Choice::new("sudo", "By sudo, without a password"),
            Choice::new("root", "It logs in as root"),
        ]
    }
}

impl Page for ReachPage {
    fn title(&self) -> String {
        format!("Reach {} {}", self.id, self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |name: &str, form| Self {
            id: AssetId::from_number(1),
            name: name.to_owned(),
            key: format!("ssh-ed25519 {} tagout/kestrel", "AAAAC3NzaC1lZDI1NTE5".repeat(3)),
            form,
        };
        let form = Form::sample("/assets/AST-0001/reach");
        let typed = [
            ("address", "10.0.0.1"),
            ("user", "tagout"),
            ("become_root", "root"),
        ];
        vec![
            ("usual", page("web01", form.clone())),
            (
                "after a refusal",
                page(&"very-long-host-name-".repeat(6), form.with_typed(&typed)),
            ),
        ]
    }
}

fn show_reach(call: &Call<'_>) -> Result<ReachPage, Refusal> {
    let asset = acts::show(call.organisation(), call.actor, asset_in(call)?)?.asset;
    Ok(ReachPage {
        id: asset.id,
        name: asset.name().to_owned(),
        key: acts::connection_key(call.organisation(), call.actor)?,
        form: call.form(format!("/assets/{}/reach", asset.id)),
    })
}

/// Where and as whom the host is entered, and the fingerprint that a person read on it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReachForm {
    address: String,
    port: u16,
    user: String,
    become_root: String,
    fingerprint: String,
}

fn settle(call: &Call<'_, Nothing, ReachForm>) -> Result<Goto, Refusal> {
    let (id, form) = (asset_in(call)?, &call.body);
    let (organisation, confirmed) = (call.organisation(), form.fingerprint.trim());
    let keys = acts::scan_host_key(organisation, call.actor, id, &form.address, form.port)?;
    let key = offered(&keys, hosts::HostKey::fingerprint, confirmed, &form.address)?;
    let ssh = ssh_named(
        &form.address,
        form.port,
        &form.user,
        &form.become_root,
        key.clone(),
    )?;
    acts::connect(organisation, call.actor, id, &Connection::Ssh(ssh), confirmed)?;
    Ok(Goto::to(format!("/assets/{id}")))
}

/// How it is collected.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CollectForm {
    /// `refresh` where package lists are fetched first.
    #[serde(default)]
    lists: Vec<String>,
}

fn collect(call: &Call<'_, Nothing, CollectForm>) -> Result<Goto, Refusal> {
    let id = asset_in(call)?;
    let lists = match call.body.lists.is_empty() {
        true => Lists::AsTheyAre,
        false => Lists::Refreshed,
    };
    acts::collect(call.organisation(), call.actor, id, lists)?;
    Ok(Goto::to(format!("/assets/{id}")))
}
