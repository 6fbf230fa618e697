//! One asset: what was said about it, how it is reached, what was found on it, and where to look further.

use askama::Template;
use basis::{Id, Refusal, Time};
use frame::Call;
use frame::pages::{Cell, Choice, Column, Form, Moment, Page, State, Table, Tone};

use super::words;
use crate::acts::{self, ShownAsset};
use crate::api::asset_in;
use crate::connection::Connection;
use crate::rules::{AssetId, Field, Lifecycle, RebootWord};

/// The page.
#[derive(Template)]
#[template(path = "asset.html")]
pub(crate) struct AssetPage {
    id: AssetId,
    name: String,
    lifecycle: State,
    retired: Option<(String, Moment, String)>,
    said: Table,
    source: String,
    registered: Moment,
    patched: Option<Moment>,
    way: String,
    failed: Option<(Moment, String)>,
    /// Whether the reader may settle how it is reached.
    may_enrol: bool,
    /// Collects it now; none where the reader may not, or where nothing says how it is reached.
    collect: Option<Form>,
    observed: Option<ObservedLines>,
}

/// What the last collection found.
struct ObservedLines {
    taken: Moment,
    evidence: String,
    os: String,
    kernel: String,
    architecture: String,
    firmware: String,
    machine_id: String,
    reboot: State,
    packages: u64,
    updates: String,
}

impl AssetPage {
    fn lists(&self) -> Vec<Choice> {
        vec![Choice::new("refresh", "Fetch the lists of packages first")]
    }
}

impl Page for AssetPage {
    fn title(&self) -> String {
        format!("{} {}", self.id, self.name)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let moment = Moment(Time::from_ms(1_763_800_000_000));
        let full = Self {
            name: "very-long-host-name-".repeat(6),
            said: said(vec![vec![
                Cell::text("purpose"),
                Cell::text("wordwithoutanyblank".repeat(20)),
            ]]),
            lifecycle: State::new("retired", Tone::Plain),
            retired: Some(("PER-0001".to_owned(), moment, "scrapped".to_owned())),
            failed: Some((
                moment,
                "the host showed another key than the one that was confirmed".to_owned(),
            )),
            ..sample()
        };
        let empty = Self {
            observed: None,
            collect: None,
            patched: None,
            way: "not settled yet".to_owned(),
            ..sample()
        };
        vec![("empty", empty), ("usual", sample()), ("full", full)]
    }
}

fn sample() -> AssetPage {
    let moment = Moment(Time::from_ms(1_763_800_000_000));
    AssetPage {
        id: AssetId::from_number(1),
        name: "web01".to_owned(),
        lifecycle: State::new("in use", Tone::Good),
        retired: None,
        said: said(vec![
            vec![Cell::text("kind"), Cell::text("server")],
            vec![Cell::text("classification"), Cell::text("cui")],
        ]),
        source: "hand".to_owned(),
        registered: moment,
        patched: Some(moment),
        way: "over SSH, port 22 of 10.0.0.1, as tagout".to_owned(),
        failed: None,
        may_enrol: true,
        collect: Some(Form::sample("/assets/AST-0001/collection")),
        observed: Some(ObservedLines {
            taken: moment,
            evidence: "EVD-0007".to_owned(),
            os: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            kernel: "6.1.0-18-amd64".to_owned(),
            architecture: "amd64".to_owned(),
            firmware: String::new(),
            machine_id: "0123456789abcdef0123456789abcdef".to_owned(),
            reboot: State::new("needed", Tone::Warning),
            packages: 412,
            updates: "17, of these 3 security updates".to_owned(),
        }),
    }
}

fn said(rows: Vec<Vec<Cell>>) -> Table {
    let columns = vec![Column::new("What"), Column::new("What is said")];
    Table::new("What people or lists say", columns, "Nothing was said about it.").with_rows(rows)
}

pub(crate) fn show_asset(call: &Call<'_>) -> Result<AssetPage, Refusal> {
    let (organisation, gatekeeper) = (call.organisation(), &call.house.gatekeeper);
    let shown = acts::show(organisation, call.actor, asset_in(call)?)?;
    let may = |act: &'static str| gatekeeper.admit(organisation, call.actor, act).is_ok();
    let is_in_use = shown.asset.is_in_use();
    let is_reached = is_in_use && shown.connection.is_some();
    let form = || call.form(format!("/assets/{}/collection", shown.asset.id));
    let collect = (is_reached && may("assets.collect")).then(form);
    let may_enrol = is_in_use && may("assets.enrol_host");
    Ok(AssetPage {
        may_enrol,
        collect,
        ..AssetPage::from(shown)
    })
}

impl From<ShownAsset> for AssetPage {
    fn from(shown: ShownAsset) -> Self {
        let asset = &shown.asset;
        let fields = Field::ALL.iter().map(|field| (field, asset.details.text(*field)));
        let rows = fields.filter(|(_, text)| !text.is_empty()).map(|(field, text)| {
            let text = if field.is_free_text() { text } else { words(&text) };
            vec![Cell::text(words(field.name())), Cell::text(text)]
        });
        Self {
            id: asset.id,
            name: asset.name().to_owned(),
            lifecycle: if asset.is_in_use() {
                State::new("in use", Tone::Good)
            } else {
                State::new("retired", Tone::Plain)
            },
            retired: match &asset.lifecycle {
                Lifecycle::InUse => None,
                Lifecycle::Retired { by, at, reason } => Some((by.to_string(), Moment(*at), reason.clone())),
            },
            said: said(rows.collect()),
            source: asset.source.clone(),
            registered: Moment(asset.registered_at),
            patched: asset.last_patched_at.map(Moment),
            way: match &shown.connection {
                None => "not settled yet".to_owned(),
                Some(Connection::Local) => "it is the machine on which the server runs".to_owned(),
                Some(Connection::Ssh(ssh)) => {
                    format!("over SSH, port {} of {}, as {}", ssh.port, ssh.address, ssh.user)
                }
            },
            failed: shown
                .failed_attempt
                .as_ref()
                .map(|attempt| (Moment(attempt.at), attempt.why.clone())),
            may_enrol: false,
            collect: None,
            observed: observed(&shown),
        }
    }
}

fn observed(shown: &ShownAsset) -> Option<ObservedLines> {
    let state = shown.asset.observed_state()?;
    Some(ObservedLines {
        taken: Moment(state.taken_at),
        evidence: state.evidence.to_string(),
        os: state.os.clone(),
        kernel: state.kernel.clone(),
        architecture: state.architecture.clone(),
        firmware: state.firmware.clone(),
        machine_id: state.machine_id.clone(),
        reboot: match state.reboot {
            RebootWord::Needed => State::new("needed", Tone::Warning),
            RebootWord::NotNeeded => State::new("not needed", Tone::Good),
            RebootWord::Unknown => State::new("not known", Tone::Plain),
        },
        packages: state.packages,
        updates: match (state.pending, state.security) {
            (Some(pending), Some(security)) => format!("{pending}, of these {security} security updates"),
            (Some(pending), None) => format!("{pending}; how many are security updates is not known"),
            (None, _) => "not known".to_owned(),
        },
    })
}
