//! Every page over HTTP, in an organisation of 10,000 assets, 200,000 findings and 20,000 changes, beside a bare handler of the
//! same server, asked in turn.
//!
//! `cargo run --release -p benches --bin pages -- FOLDER [PART]`; with a part, such as 0.1, there is that much of everything.
//!
//! The pages are those of the roof's list of routes. The bare handler shows one line: the caller is known by the same cookie, the
//! frame is put around. Each page is asked for over a new connection, as nothing of a proxy's doing should count.

mod asking;
mod filling;

// The people, keys and machines of the changes room's stories are those of this measurement as well.
#[path = "../../../../rooms/changes/tests/stories/house.rs"]
#[allow(dead_code, reason = "a measurement needs only a part of the story")]
mod house;

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use basis::Refusal;
use frame::pages::Page;
use frame::{ANYBODY, Call, Kind, Method, Routes};

use asking::{Server, first_visit};
use filling::{Filled, Size, WHOLE};

const TIMES: usize = 60;
/// Longer than this nobody should wait for a page.
const LIMIT: Duration = Duration::from_millis(50);
/// The most that a first visit should weigh.
const FIRST_VISIT_BYTES_MAX: usize = 150_000;

/// Lists as people narrow and sort them, besides the plain ones of the roof's list.
const NARROWED: &[&str] = &[
    "/findings?sort=due",
    "/findings?sort=-due",
    "/findings?sort=identified",
    "/findings?sort=asset",
    "/findings?sort=rank",
    "/findings?part=100",
    "/findings?part=3500",
    "/findings?clock=late",
    "/findings?clock=soon",
    "/findings?clock=none",
    "/findings?severity=critical",
    "/findings?exploited=yes",
    "/findings?state=remediated",
    "/findings?state=reopened",
    "/findings?asset=host00007",
    "/findings?text=package-7",
    "/findings?text=host00007",
    "/findings?text=nothing+is+called+so",
    "/findings?text=nothing+is+called+so&sort=asset",
    "/findings?sort=due&part=3500",
    "/findings?sort=-due&part=3500",
    "/findings?sort=identified&part=3500",
    "/findings?sort=-identified&part=3500",
    "/findings?sort=asset&part=3500",
    "/findings?sort=-asset&part=3500",
    "/findings?sort=asset&part=101",
    "/findings?sort=identified&part=99",
    "/findings?state=reopened&sort=asset",
    "/findings?state=reopened&sort=identified",
    "/findings?exploited=yes&sort=due",
    "/findings?severity=critical&sort=-identified",
    "/findings?severity=low&part=500",
    "/findings?clock=late&sort=asset",
    "/findings?clock=soon&sort=-due",
    "/findings?text=package-7&sort=asset",
    "/findings?text=package-7&part=100",
    "/findings?text=CVE&sort=rank",
    "/findings?text=CVE&part=500",
    "/changes?state=draft",
    "/changes?q=host00007",
    "/changes?q=nothing+is+called+so",
    "/changes?sort=title",
    "/changes?part=300",
    "/changes?sort=-window&part=300",
    "/assets?text=host00007",
    "/assets?text=nothing+is+called+so",
    "/assets?part=150",
    "/assets?sort=-security&part=150",
    "/evidence?kind=contact_log",
    "/evidence?text=nothing+is+called+so",
    "/evidence?about=AST-0003",
    "/history?subject=AST-0003",
    "/history?subject=CHG-0001",
];

/// A page that shows next to nothing.
#[derive(Template)]
#[template(source = "<p>{{ line }}</p>", ext = "html")]
struct BarePage {
    line: &'static str,
}

impl Page for BarePage {
    fn title(&self) -> String {
        "Bare".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

fn bare(_: &Call<'_>) -> Result<BarePage, Refusal> {
    Ok(BarePage {
        line: "Nothing more.",
    })
}

fn bare_routes() -> Routes {
    Routes::room("benches").page("/bare", ANYBODY, "Shows one line", bare)
}

/// The page's address, with something that there is in place of every brace.
fn address(path: &str, filled: &Filled) -> String {
    let organisation = &filled.story.house.organisation;
    let last = organisation.view(|view| view.ledger_size()).unwrap_or_default() - 1;
    let run = organisation
        .view(|view| runs::of_change(view, &filled.run.into()))
        .unwrap_or_default();
    let run = run.first().map_or_else(String::new, ToString::to_string);
    // Some pages are only of changes that stand in one way.
    let change = match path {
        "/changes/{change}/plan" => filled.run,
        "/changes/{change}/decision" => filled.submitted,
        "/changes/{change}/adoption" => filled.proposal,
        _ => filled.draft,
    };
    let values = BTreeMap::from([
        ("{person}", "PER-0003".to_owned()),
        ("{change}", change.to_string()),
        ("{asset}", "AST-0003".to_owned()),
        ("{evidence}", "EVD-0001".to_owned()),
        ("{finding}", "FND-0007".to_owned()),
        ("{run}", run),
        ("{scan}", "SCN-0001".to_owned()),
        ("{entry}", last.to_string()),
        ("{before}", "1".to_owned()),
        ("{after}", "2".to_owned()),
    ]);
    let part = |part| values.get(part).map_or(part, String::as_str);
    let query = match path {
        "/policy/difference" => "?before=1&after=2".to_owned(),
        "/invitation" => format!("?code={}", filled.invitation),
        _ => String::new(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/") + &query
}

/// The median, the 95th of a hundred and the longest.
fn figures(times: &mut [Duration]) -> [f64; 3] {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize].as_secs_f64() * 1e3;
    [at(0.5), at(0.95), at(1.0)]
}

fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

/// Asks for the page and for the bare one in turn. The very first time is said by itself: what is remembered until something
/// happens is not known then.
fn measure(server: &Server, path: &str, bares: &mut Vec<Duration>) -> Result<(), String> {
    let mut status = 0;
    let first = benches::time(|| status = server.get(path).status);
    if !matches!(status, 200 | 303) {
        return Err(format!("answers {status}"));
    }
    let mut pages = Vec::with_capacity(TIMES);
    let mut cpu = Duration::ZERO;
    for _ in 0..TIMES {
        bares.push(benches::time(|| drop(server.get("/bare"))));
        let before = benches::cpu_time();
        pages.push(benches::time(|| drop(server.get(path))));
        cpu += benches::cpu_time() - before;
    }
    let [middle, most, longest] = figures(&mut pages);
    let mark = if most > LIMIT.as_secs_f64() * 1e3 {
        "  ABOVE THE LIMIT"
    } else {
        ""
    };
    let [first, cpu] = [first, cpu / TIMES as u32].map(|time| time.as_secs_f64() * 1e3);
    println!("{path:<50} {middle:>8.1} {most:>8.1} {longest:>8.1} {first:>8.1} {cpu:>8.1}{mark}");
    Ok(())
}

fn main() -> Result<(), Refusal> {
    let mut arguments = std::env::args().skip(1);
    if let Some(folder) = arguments.next() {
        // The story makes its folder where temporary folders are made; no other thread runs yet.
        tempfile::env::override_temp_dir(folder.as_ref()).expect("nobody asked before");
    }
    if !house::has_ssh_keygen() {
        return Ok(());
    }
    let part: f64 = arguments
        .next()
        .map_or(1.0, |part| part.parse().expect("a part of 1"));
    let of = |whole: u64| ((whole as f64 * part) as u64).max(10);
    let filled = filling::fill(Size {
        assets: of(WHOLE.assets),
        changes: of(WHOLE.changes),
        evidence: of(WHOLE.evidence),
        edits: of(WHOLE.edits),
        ..WHOLE
    })?;
    let rooms = tagout::routes();
    let rows: Vec<_> = rooms.iter().flat_map(|room| room.rows().to_vec()).collect();
    let server = Server::of(&filled, rooms, bare_routes());
    println!(
        "load {}; milliseconds: median, 95th of a hundred, longest of {TIMES}; the first time; CPU of server and asking, on average",
        load()
    );
    let mut bares = Vec::new();
    let mut wrong = Vec::new();
    let pages = rows
        .iter()
        .filter(|row| row.method == Method::Get && matches!(row.kind, Kind::Page | Kind::PublicPage))
        .map(|row| address(row.path, &filled));
    for path in pages.chain(NARROWED.iter().map(|path| (*path).to_owned())) {
        if let Err(what) = measure(&server, &path, &mut bares) {
            wrong.push(format!("{path} {what}"));
        }
    }
    let [middle, most, longest] = figures(&mut bares);
    println!(
        "{:<50} {middle:>8.1} {most:>8.1} {longest:>8.1}",
        "the bare handler"
    );
    println!("load {}", load());
    let weight: usize = first_visit(&server, "/")
        .iter()
        .map(|(path, bytes)| {
            println!("first visit: {path} {bytes} bytes");
            bytes
        })
        .sum();
    let verdict = if weight <= FIRST_VISIT_BYTES_MAX {
        "within"
    } else {
        "ABOVE"
    };
    println!("first visit: {weight} bytes as sent, {verdict} {FIRST_VISIT_BYTES_MAX}");
    for what in &wrong {
        println!("NOT MEASURED: {what}");
    }
    Ok(())
}
