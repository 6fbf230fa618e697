//! The routes of findings: parse, call an act, show.

mod views;

use std::fs::File;
use std::io::Read;

use assets::AssetId;
use basis::{Class, Refusal, Time};
use evidence::EvidenceName;
use frame::{Call, Listed, Method, Nothing, Paging, Routes, TimeText};
use policy::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{self, ADVISORIES_BYTES_MAX, EXPLOITED_BYTES_MAX, Filter};
use crate::pages;
use crate::rules::{FeedId, FindingId, ScanId, State};

pub(crate) use views::{
    ExploitedView, FeedView, FindingView, FindingWithHistory, ImportView, LoadedView, MatchView, ScanView,
};

/// The largest scan file that is taken.
pub(crate) const SCAN_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

pub(crate) fn routes() -> Routes {
    Routes::room("findings")
        .read("/findings", "findings.read", "Lists findings", list)
        .read(
            "/findings/priorities",
            "findings.read",
            "Lists what to mend first, with the reasons",
            priorities,
        )
        .read(
            "/findings/{finding}",
            "findings.read",
            "Shows a finding and its history",
            show,
        )
        .read(
            "/findings/imports",
            "findings.read",
            "Lists scans that were imported",
            scans,
        )
        .upload(
            "/findings/imports",
            "findings.import",
            "Imports a scan file",
            import,
            SCAN_BYTES_MAX,
        )
        .read(
            "/findings/feeds",
            "findings.read",
            "Lists loaded lists of advisories and exploited CVEs",
            feeds,
        )
        .upload(
            "/findings/advisories",
            "findings.import",
            "Loads advisories",
            load_advisories,
            ADVISORIES_BYTES_MAX,
        )
        .upload(
            "/findings/kev",
            "findings.import",
            "Loads the list of exploited CVEs",
            load_exploited,
            EXPLOITED_BYTES_MAX,
        )
        .act(
            Method::Post,
            "/findings/matches",
            "findings.match",
            "Compares packages with the advisories",
            match_assets,
        )
        .page(
            "/findings",
            "findings.read",
            "Shows findings, the most urgent first",
            pages::show_list,
        )
        .file(
            "/findings.csv",
            "findings.read",
            "Gives the list of findings as CSV",
            pages::list_file,
        )
        .page(
            "/findings/imports",
            "findings.read",
            "Shows scans and lists that were brought in, with the forms that bring in more",
            pages::show_imports,
        )
        .file_form(
            "/findings/imports",
            "findings.import",
            "Imports a scan file",
            (pages::show_imports, pages::import_scan),
            SCAN_BYTES_MAX,
        )
        .file_form(
            "/findings/advisories",
            "findings.import",
            "Loads advisories",
            (pages::show_imports, pages::bring_advisories),
            ADVISORIES_BYTES_MAX,
        )
        .file_form(
            "/findings/kev",
            "findings.import",
            "Loads the list of exploited CVEs",
            (pages::show_imports, pages::bring_exploited),
            EXPLOITED_BYTES_MAX,
        )
        .form(
            "/findings/matches",
            "findings.match",
            "Compares packages with the advisories",
            pages::show_imports,
            pages::compare_all,
        )
        .page(
            "/findings/imports/{scan}",
            "findings.read",
            "Shows what a scan changed",
            pages::show_scan,
        )
        .page(
            "/findings/figures",
            "findings.read",
            "Shows how many findings are due when",
            pages::show_figures,
        )
        .page(
            "/findings/{finding}",
            "findings.read",
            "Shows a finding, its clocks and its history",
            pages::show_finding,
        )
}

/// Which findings to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// `open`, `ticketed`, `pending_restart`, `remediated` or `reopened`; everything that is not remediated when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// Only those on this asset: its id or hostname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asset: Option<String>,
    /// Only those at least as bad: `critical`, `high`, `medium`, `low` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<String>,
    /// Only those due before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub(crate) due_before: Option<Time>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    /// How many items at most, 1 to 500; 100 when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub(crate) limit: Option<u32>,
}

pub(crate) fn word<T>(
    what: &str,
    text: Option<&String>,
    named: impl Fn(&str) -> Option<T>,
    all: &[&str],
) -> Result<Option<T>, Refusal> {
    let read = |text: &String| {
        named(text).ok_or_else(|| {
            Refusal::new(
                Class::Invalid,
                "query",
                format!("`{what}`: `{text}` is not one of its words"),
            )
            .way_out(format!("write one of {}", all.join(", ")))
        })
    };
    text.map(read).transpose()
}

pub(crate) fn the_asset<Q, B>(call: &Call<'_, Q, B>, text: &str) -> Result<AssetId, Refusal> {
    let found = call.organisation().view(|view| assets::resolve(view, text))?;
    found.map(|asset| asset.id).ok_or_else(|| {
        Refusal::new(Class::NotFound, "assets", format!("there is no asset `{text}`"))
            .way_out("`tagout asset list` shows them")
    })
}

fn filter(call: &Call<'_, ListQuery>) -> Result<(Filter, Paging), Refusal> {
    let query = &call.query;
    let severities: Vec<&str> = Severity::ALL.iter().map(|severity| severity.name()).collect();
    let filter = Filter {
        state: word(
            "state",
            query.state.as_ref(),
            State::named,
            &State::ALL.map(State::name),
        )?,
        asset: query
            .asset
            .as_ref()
            .map(|text| the_asset(call, text))
            .transpose()?,
        severity: word("severity", query.severity.as_ref(), Severity::named, &severities)?,
        due_before: query.due_before,
    };
    Ok((
        filter,
        Paging {
            after: query.after.clone(),
            limit: query.limit,
        },
    ))
}

fn list(call: &Call<'_, ListQuery>) -> Result<Listed<FindingView>, Refusal> {
    let (filter, page) = filter(call)?;
    let (size, after) = (page.size()?, page.after::<FindingId>()?);
    let found = acts::list(call.organisation(), call.actor, &filter, after, size as usize + 1)?;
    let views = found.into_iter().map(FindingView::from).collect();
    Ok(Listed::cut(views, size, |view: &FindingView| {
        view.finding.to_string()
    }))
}

fn priorities(call: &Call<'_, ListQuery>) -> Result<Listed<FindingView>, Refusal> {
    let (filter, page) = filter(call)?;
    if page.after.is_some() {
        return Err(Refusal::new(
            Class::Invalid,
            "query",
            "`after`: ranks move, so this list has one page",
        )
        .way_out("ask for up to 500 with `limit`, or narrow the list"));
    }
    let found = acts::priorities(call.organisation(), call.actor, &filter, page.size()?.into())?;
    Ok(Listed {
        items: found.into_iter().map(FindingView::from).collect(),
        next: None,
    })
}

fn show(call: &Call<'_>) -> Result<FindingWithHistory, Refusal> {
    acts::show(call.organisation(), call.actor, call.id("finding")?).map(FindingWithHistory::from)
}

fn scans(call: &Call<'_, Paging>) -> Result<Listed<ScanView>, Refusal> {
    let (size, after) = (call.query.size()?, call.query.after::<ScanId>()?);
    let found = acts::scans(call.organisation(), call.actor, after, u64::from(size) + 1)?;
    let views = found.into_iter().map(ScanView::from).collect();
    Ok(Listed::cut(views, size, |view: &ScanView| view.scan.to_string()))
}

fn feeds(call: &Call<'_, Paging>) -> Result<Listed<FeedView>, Refusal> {
    let (size, after) = (call.query.size()?, call.query.after::<FeedId>()?);
    let found = acts::feeds(call.organisation(), call.actor, after, u64::from(size) + 1)?;
    let views = found.into_iter().map(FeedView::from).collect();
    Ok(Listed::cut(views, size, |view: &FeedView| view.feed.to_string()))
}

/// Which scan file comes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportQuery {
    /// Which scanner wrote it: `nessus`.
    pub(crate) scanner: String,
    /// The file's name.
    pub(crate) name: String,
}

fn import(call: &Call<'_, ImportQuery>, file: &mut File) -> Result<ImportView, Refusal> {
    if call.query.scanner != "nessus" {
        let what = format!("scan files of `{}` are not read", call.query.scanner);
        return Err(Refusal::new(Class::Invalid, "scanner", what)
            .way_out("send a `.nessus` file with `scanner=nessus`"));
    }
    let name = EvidenceName::parse(&call.query.name)?;
    acts::import_nessus(call.organisation(), call.actor, file, &name).map(ImportView::from)
}

/// Which file comes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileQuery {
    /// The file's name.
    pub(crate) name: String,
}

pub(crate) fn whole(file: &mut File, limit_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let read = file.take(limit_bytes).read_to_end(&mut bytes);
    read.map_err(|error| {
        Refusal::new(
            Class::Outside,
            "upload",
            format!("the file that was sent could not be read: {error}"),
        )
        .way_out("look at the free space on the server's disk, then send the file again")
    })?;
    Ok(bytes)
}

fn load_advisories(call: &Call<'_, FileQuery>, file: &mut File) -> Result<LoadedView, Refusal> {
    let name = EvidenceName::parse(&call.query.name)?;
    let bytes = whole(file, ADVISORIES_BYTES_MAX)?;
    acts::load_advisories(call.organisation(), call.actor, &bytes, &name).map(LoadedView::from)
}

fn load_exploited(call: &Call<'_, FileQuery>, file: &mut File) -> Result<ExploitedView, Refusal> {
    let name = EvidenceName::parse(&call.query.name)?;
    let bytes = whole(file, EXPLOITED_BYTES_MAX)?;
    acts::load_exploited(call.organisation(), call.actor, &bytes, &name).map(ExploitedView::from)
}

/// Which assets to compare.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchRequest {
    /// Their ids or hostnames; every asset that was collected when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assets: Option<Vec<String>>,
}

fn match_assets(call: &Call<'_, Nothing, MatchRequest>) -> Result<Listed<MatchView>, Refusal> {
    let named = call.body.assets.as_ref();
    let named = named.map(|names| {
        names
            .iter()
            .map(|name| the_asset(call, name))
            .collect::<Result<Vec<_>, _>>()
    });
    let outcomes = acts::match_assets(call.organisation(), call.actor, named.transpose()?)?;
    Ok(Listed {
        items: outcomes.into_iter().map(MatchView::from).collect(),
        next: None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_route_asks_for_an_act_of_this_room() {
        let routes = super::routes();
        assert_eq!(routes.rows().len(), 19);
        for row in routes.rows() {
            assert!(
                row.act.is_some_and(|act| crate::ACTS.contains(&act)),
                "{}",
                row.path
            );
        }
    }
}
