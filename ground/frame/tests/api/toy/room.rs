//! The toy room: lamps that are made, listed, measured and broken.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use basis::{Class, Id, Refusal};
use frame::{
    Bell, Call, Content, Download, IdText, Listed, Method, Nothing, Paging, PublicCall, Routes, TimeText,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub const LIMIT_BYTES: u64 = 300_000;

/// Lets a waiting handler go on.
pub static RELEASE: LazyLock<Bell> = LazyLock::new(Bell::new);

static MADE: AtomicU64 = AtomicU64::new(0);

/// How many slow people sign in at this moment, and how many did at the most.
static SIGNING_IN: AtomicU64 = AtomicU64::new(0);
pub static SIGNING_IN_MOST: AtomicU64 = AtomicU64::new(0);

/// Lets those sign in who are slow.
pub static IS_OVER: AtomicBool = AtomicBool::new(false);

basis::id_type!(
    /// One lamp.
    LampId,
    "LMP",
    "lamp"
);

/// A lamp to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLamp {
    /// What it is called.
    pub title: String,
    /// How bright it is.
    #[serde(default)]
    pub watts: u32,
}

/// A lamp.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lamp {
    /// Its id.
    #[schemars(with = "IdText<LampId>")]
    pub id: LampId,
    /// What it is called.
    pub title: String,
    /// Who made it.
    #[schemars(with = "IdText<basis::PersonId>")]
    pub made_by: basis::PersonId,
    /// When.
    #[schemars(with = "TimeText")]
    pub made_at: basis::Time,
}

/// What was found in a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// How many bytes.
    pub size_bytes: u64,
    /// The sum of all bytes.
    pub sum: u64,
    /// How many names the data directory holds meanwhile.
    pub names: usize,
}

/// Which part of the manual is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manual {
    /// How many bytes it has.
    pub size_bytes: u64,
    /// Where it is kept.
    #[serde(default)]
    pub place: Place,
}

/// Where a manual is kept.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In memory.
    #[default]
    Memory,
    /// On disk.
    Disk,
}

fn lamp(call_at: basis::Time, person: basis::PersonId, number: u64, title: &str) -> Lamp {
    Lamp {
        id: LampId::from_number(number),
        title: title.to_owned(),
        made_by: person,
        made_at: call_at,
    }
}

fn list(call: &Call<'_, Paging>) -> Result<Listed<Lamp>, Refusal> {
    let size = call.query.size()?;
    let after = call.query.after::<LampId>()?.map_or(0, LampId::number);
    let now = call.organisation().now();
    let rows = (after + 1..=7).take(size as usize + 1);
    let lamps = rows.map(|number| lamp(now, call.actor.person, number, "listed"));
    Ok(Listed::cut(lamps.collect(), size, |lamp| lamp.id.to_string()))
}

fn show(call: &Call<'_>) -> Result<Lamp, Refusal> {
    let id: LampId = call.id("lamp")?;
    Ok(lamp(
        call.organisation().now(),
        call.actor.person,
        id.number(),
        "shown",
    ))
}

fn make(call: &Call<'_, Nothing, NewLamp>) -> Result<Lamp, Refusal> {
    if call.body.title.is_empty() {
        let refusal = Refusal::new(
            Class::Policy,
            "policy version 1, paragraph 1.1",
            "a lamp needs a title",
        );
        return Err(refusal.missing("a title").way_out("give it one with `--title`"));
    }
    let number = MADE.fetch_add(1, Ordering::SeqCst) + 1;
    Ok(lamp(
        call.organisation().now(),
        call.actor.person,
        number,
        &call.body.title,
    ))
}

fn scrap(call: &Call<'_>) -> Result<Nothing, Refusal> {
    call.id::<LampId>("lamp").map(|_| Nothing)
}

fn measure(call: &Call<'_>, file: &mut File) -> Result<Measured, Refusal> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    Ok(Measured {
        size_bytes: bytes.len() as u64,
        sum: bytes.iter().map(|byte| u64::from(*byte)).sum(),
        names: std::fs::read_dir(call.organisation().data()).unwrap().count(),
    })
}

fn manual(call: &Call<'_, Manual>) -> Result<Download, Refusal> {
    let bytes: Vec<u8> = (0..call.query.size_bytes).map(|number| number as u8).collect();
    let content = match call.query.place {
        Place::Memory => Content::Bytes(bytes),
        Place::Disk => {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            std::io::Seek::rewind(&mut file).unwrap();
            Content::File(file)
        }
    };
    Ok(Download {
        name: format!("{} <manual>.html", call.part("lamp")),
        media_type: "text/html".to_owned(),
        content,
    })
}

fn smash(call: &Call<'_>) -> Result<Nothing, Refusal> {
    panic!("{} is broken", call.part("lamp"));
}

fn linger(call: &Call<'_>) -> Result<Nothing, Refusal> {
    call.house.bell.ring();
    assert!(RELEASE.wait(Duration::from_secs(60)), "nobody let the lamp go");
    Ok(Nothing)
}

fn refuse(call: &Call<'_>) -> Result<Nothing, Refusal> {
    let class = Class::ALL
        .into_iter()
        .find(|class| class.name() == call.part("class"));
    let class = class.ok_or_else(|| Refusal::new(Class::NotFound, "toy", "no such class"))?;
    Err(Refusal::new(class, "4.2", "refused as asked")
        .missing("one thing")
        .missing("another thing")
        .way_out("ask for something else"))
}

fn sign_in(call: &PublicCall<'_, Nothing, NewLamp>) -> Result<String, Refusal> {
    assert!(call.source().ip().is_loopback());
    if call.body.title == "slow" {
        let now = SIGNING_IN.fetch_add(1, Ordering::SeqCst) + 1;
        SIGNING_IN_MOST.fetch_max(now, Ordering::SeqCst);
        while !IS_OVER.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        SIGNING_IN.fetch_sub(1, Ordering::SeqCst);
    }
    if call.body.title == "nobody" {
        let refusal = Refusal::new(Class::Unauthenticated, "sign-in", "nobody has this name");
        return Err(refusal.way_out("sign in as somebody"));
    }
    Ok(format!("{}-token", call.body.title))
}

pub fn routes() -> Routes {
    super::pages::with_pages(api())
}

fn api() -> Routes {
    Routes::room("lamps")
        .read("/lamps", "lamps.read", "Lists lamps", list)
        .read("/lamps/{lamp}", "lamps.read", "Shows a lamp", show)
        .act(Method::Post, "/lamps", "lamps.make", "Makes a lamp", make)
        .act(
            Method::Delete,
            "/lamps/{lamp}",
            "lamps.scrap",
            "Scraps a lamp",
            scrap,
        )
        .upload(
            "/lamps/measurements",
            "lamps.measure",
            "Measures a file",
            measure,
            LIMIT_BYTES,
        )
        .download("/lamps/{lamp}/manual", "lamps.read", "Hands out a manual", manual)
        .read(
            "/lamps/{lamp}/smashed",
            "lamps.read",
            "Breaks while it reads",
            smash,
        )
        .read("/lamps/{lamp}/lingering", "lamps.read", "Takes its time", linger)
        .read("/refusals/{class}", "lamps.read", "Refuses", refuse)
        .public_act(Method::Post, "/sign-ins", "Signs in", sign_in)
}
