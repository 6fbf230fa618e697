//! One request from its head to its response: who asks, what came with it, the room's function, the answer.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::RequestPartsExt;
use axum::extract::{RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use basis::{Actor, Class, Refusal};
use ledger::Hash;
use storage::AsOf;
use tokio::sync::Semaphore;

use super::answer::{Refused, answered, refused};
use super::body::Arriving;
use super::crew::{Crew, Failed};
use super::limits::{
    FILES_AT_ONCE, FUNCTIONS_AT_ONCE, PUBLIC_ACT_WAIT_MAX, PUBLIC_ACTS_AT_ONCE, PUBLIC_ACTS_WAITING_MAX,
    TOKEN_BYTES_MAX, UNKNOWN_ANSWER_STEP, WAIT_MAX, WAITING_MAX,
};
use super::log::{self, About};
use super::repeats::{Name, Repeats, Turn, check_key};
use super::sources::Sources;
use crate::call::PathValues;
use crate::pages::Visit;
use crate::routes::{Answer, Asked, Route, Sent};
use crate::{ANYBODY, House, Kind, RouteRow};

/// Where a connection comes from; put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source(pub(super) SocketAddr);

/// What all requests share.
pub(super) struct Desk {
    /// Names this start of the server: what it counts begins anew with it.
    era: String,
    pub(super) house: Arc<House>,
    pub(super) crew: Crew,
    /// Runs what people ask for who are not signed in, so that it takes no seat from those who are.
    pub(super) public_crew: Crew,
    pub(super) sources: Sources,
    pub(super) files: Semaphore,
    pub(super) repeats: Repeats,
}

/// A route on the desk.
pub(super) struct Served {
    pub(super) row: RouteRow,
    pub(super) route: Route,
}

/// A request whose head was read.
struct Head {
    path: PathValues,
    /// The path as it was asked for, without the query.
    asked_path: String,
    query: String,
    source: SocketAddr,
    /// The bearer token; empty on public routes.
    token: String,
    repeat_key: Option<String>,
}

/// How a request ended, with who asked as far as that was found out.
struct Outcome {
    actor: Option<Actor>,
    answer: Result<(Answer, bool), Refused>,
}

impl Desk {
    pub(super) fn new(house: Arc<House>) -> Self {
        Self {
            era: hex::encode(house.organisation.chance().sixteen()),
            house,
            crew: Crew::new(FUNCTIONS_AT_ONCE, WAITING_MAX, WAIT_MAX),
            public_crew: Crew::new(PUBLIC_ACTS_AT_ONCE, PUBLIC_ACTS_WAITING_MAX, PUBLIC_ACT_WAIT_MAX),
            sources: Sources::default(),
            files: Semaphore::new(FILES_AT_ONCE),
            repeats: Repeats::new(),
        }
    }

    /// Up to where the records are known, in words that no other start of the server uses.
    pub(super) fn seen(&self, as_of: AsOf) -> String {
        format!("{}.{as_of}", self.era)
    }

    /// Answers a request to this route.
    pub(super) async fn answer(&self, served: Arc<Served>, request: Request) -> Response {
        if served.row.kind.is_for_browsers() {
            return self.show(served, request).await;
        }
        let about = About {
            route: format!("{} {}", served.row.method.name(), served.row.path),
            person: None,
        };
        match self.outcome(served, request).await {
            Ok(outcome) => match outcome.answer {
                Ok((answer, is_replayed)) => answered(answer, is_replayed),
                Err(refusal) => {
                    let person = outcome.actor.map(|actor| actor.person);
                    self.refuse(&refusal, &About { person, ..about })
                }
            },
            Err(Failed::TurnedAway(refusal)) => self.refuse(&refusal, &about),
            Err(Failed::Panicked(message)) => {
                log::panic(self.house.organisation.now(), &about, &message);
                let refusal = Refusal::new(
                    Class::Fault,
                    "frame",
                    "the server met a fault of its own; what was asked may or may not have been done",
                )
                .way_out("look at the record before asking again, and report the line in the server's log");
                refused(&refusal.into())
            }
        }
    }

    fn refuse(&self, refusal: &Refused, about: &About) -> Response {
        if refusal.refusal.class == Class::Fault {
            log::fault(self.house.organisation.now(), about, &refusal.refusal);
        }
        refused(refusal)
    }

    async fn outcome(&self, served: Arc<Served>, request: Request) -> Result<Outcome, Failed> {
        let (mut parts, body) = request.into_parts();
        let mut arriving = Arriving::new(body, &parts.headers);
        let head = match read_head(&served.row, &mut parts).await {
            Ok(head) => head,
            Err(refusal) => {
                arriving.drain().await;
                return Err(Failed::TurnedAway(refusal));
            }
        };
        match served.row.kind {
            Kind::Upload { limit_bytes } => self.receive(served, head, arriving, limit_bytes).await,
            Kind::Read | Kind::Download | Kind::PublicRead => {
                self.work(&self.crew, served, head, Vec::new()).await
            }
            Kind::Page
            | Kind::Form
            | Kind::FileForm { .. }
            | Kind::File
            | Kind::PublicFile
            | Kind::PublicPage
            | Kind::PublicForm => {
                unreachable!("browsers are answered by `show`")
            }
            Kind::Act => {
                let body = arriving.json(&parts.headers).await.map_err(Failed::TurnedAway)?;
                self.work(&self.crew, served, head, body).await
            }
            Kind::PublicAct => {
                let now = self.house.organisation.now();
                if let Err(refusal) = self.sources.admit(head.source.ip(), now) {
                    arriving.drain().await;
                    return Err(Failed::TurnedAway(refusal));
                }
                let body = arriving.json(&parts.headers).await.map_err(Failed::TurnedAway)?;
                self.act_unknown(served, head, body).await
            }
        }
    }

    /// Runs an act of somebody who is not signed in. Whether a name, a password or a code was wrong cannot be told from
    /// the time that the answer takes.
    async fn act_unknown(&self, served: Arc<Served>, head: Head, body: Vec<u8>) -> Result<Outcome, Failed> {
        let began = tokio::time::Instant::now();
        let outcome = self.work(&self.public_crew, served, head, body).await?;
        if let Err(refused) = &outcome.answer
            && refused.refusal.class == Class::Unauthenticated
        {
            tokio::time::sleep_until(began + answered_after(began.elapsed())).await;
        }
        Ok(outcome)
    }

    /// Identifies and runs the function in one go, because every hop between threads costs.
    async fn work(
        &self,
        crew: &Crew,
        served: Arc<Served>,
        head: Head,
        body: Vec<u8>,
    ) -> Result<Outcome, Failed> {
        let house = Arc::clone(&self.house);
        let repeats = self.repeats.clone();
        crew.run(move || match identify(&house, &served.row, &head.token, false) {
            Err(refusal) => Outcome {
                actor: None,
                answer: Err(refusal.into()),
            },
            Ok(actor) => {
                let answer = act_once(&house, &repeats, &served, &head, actor.as_ref(), &body);
                Outcome {
                    actor,
                    answer: answer.map_err(Refused::from),
                }
            }
        })
        .await
    }

    /// Identifies before a byte of the file is read, so that nobody unknown fills the disk.
    async fn receive(
        &self,
        served: Arc<Served>,
        head: Head,
        mut arriving: Arriving,
        limit_bytes: u64,
    ) -> Result<Outcome, Failed> {
        let house = Arc::clone(&self.house);
        let (row, token) = (served.row.clone(), head.token.clone());
        let identified = self
            .crew
            .run(move || identify(&house, &row, &token, false))
            .await?;
        let actor = match identified {
            Ok(actor) => actor,
            Err(refusal) => {
                arriving.drain().await;
                return Err(Failed::TurnedAway(refusal.into()));
            }
        };
        let Ok(_place) = self.files.try_acquire() else {
            arriving.drain().await;
            return Err(Failed::TurnedAway(too_many_files()));
        };
        let received = arriving.file(self.house.organisation.data(), limit_bytes).await;
        let mut file: File = received.map_err(Failed::TurnedAway)?;
        let house = Arc::clone(&self.house);
        self.crew
            .run(move || {
                let asked = head.asked(&house, actor.as_ref());
                let answer = (served.route.handler)(&asked, Sent::File(&mut file));
                Outcome {
                    answer: answer.map(|answer| (answer, false)).map_err(Refused::from),
                    actor,
                }
            })
            .await
    }
}

impl Head {
    fn asked<'r>(&'r self, house: &'r House, actor: Option<&'r Actor>) -> Asked<'r> {
        Asked {
            house,
            actor,
            path: &self.path,
            query: &self.query,
            source: self.source,
            visit: &NO_VISIT,
        }
    }
}

/// Programs look at no page.
static NO_VISIT: LazyLock<Visit> = LazyLock::new(Visit::default);

/// The values in the path's braces.
pub(super) async fn path_values(parts: &mut Parts) -> Result<PathValues, Refused> {
    let path = parts.extract::<RawPathParams>().await.map_err(|_| {
        Refusal::new(
            Class::Invalid,
            "path",
            "the path is not UTF-8 once its percent signs are decoded",
        )
        .way_out("take the id from the record and percent-encode nothing else")
    })?;
    let values = path
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(PathValues(values.collect()))
}

async fn read_head(row: &RouteRow, parts: &mut Parts) -> Result<Head, Refused> {
    let path = path_values(parts).await?;
    let repeat_key = match (row.kind, parts.headers.get("idempotency-key")) {
        (Kind::Act, Some(key)) => Some(check_key(key.as_bytes())?),
        _ => None,
    };
    let source = parts.extensions.get::<Source>();
    Ok(Head {
        path,
        asked_path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        source: source.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |source| source.0),
        token: match row.act {
            Some(_) => bearer_token(&parts.headers)?,
            None => String::new(),
        },
        repeat_key,
    })
}

/// Reads `Authorization: Bearer …` (RFC 6750 §2.1), the only credential that is looked at.
fn bearer_token(headers: &HeaderMap) -> Result<String, Refusal> {
    let missing = || {
        Refusal::new(Class::Unauthenticated, "sign-in", "nobody is signed in")
            .missing("the header `Authorization: Bearer …` with one token")
            .way_out("sign in with `tagout login`, or send the token of your program")
    };
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(missing());
    };
    let text = value.to_str().map_err(|_| missing())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
    let token = token.trim();
    let is_token =
        (1..=TOKEN_BYTES_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    if scheme.eq_ignore_ascii_case("bearer") && is_token {
        Ok(token.to_owned())
    } else {
        Err(missing())
    }
}

/// Finds out who asks, and turns away who may not do the route's act on anything.
/// What a page fetches of itself is no use of a sign-in.
pub(super) fn identify(
    house: &House,
    row: &RouteRow,
    token: &str,
    is_part: bool,
) -> Result<Option<Actor>, Refusal> {
    let Some(act) = row.act else { return Ok(None) };
    let actor = if is_part {
        house.gatekeeper.glance(&house.organisation, token)?
    } else {
        house.gatekeeper.identify(&house.organisation, token)?
    };
    if act != ANYBODY {
        house.gatekeeper.admit(&house.organisation, &actor, act)?;
    } else if actor.scope.is_some() {
        let what = "this is for people who have signed in, not for a token with a scope";
        return Err(Refusal::new(Class::Forbidden, "authority", what).way_out("sign in with `tagout login`"));
    }
    Ok(Some(actor))
}

/// Runs the function, or repeats the answer that it gave to the same request before.
fn act_once(
    house: &House,
    repeats: &Repeats,
    served: &Served,
    head: &Head,
    actor: Option<&Actor>,
    body: &[u8],
) -> Result<(Answer, bool), Refusal> {
    let run = || (served.route.handler)(&head.asked(house, actor), Sent::Json(body));
    let (Some(key), Some(actor)) = (&head.repeat_key, actor) else {
        return Ok((run()?, false));
    };
    let name = Name::new(
        actor,
        format!("{} {}", served.row.method.name(), head.asked_path),
        key.clone(),
    );
    let request = Hash::of(&[head.query.as_bytes(), b"\n", body].concat());
    match repeats.begin(name, request, house.organisation.now())? {
        Turn::Again(answer) => Ok((Answer::Json(answer), true)),
        Turn::First(ticket) => {
            let answer = run()?;
            if let Answer::Json(bytes) = &answer {
                ticket.keep(bytes, house.organisation.now());
            }
            Ok((answer, false))
        }
    }
}

/// The next whole multiple of the step after so much time.
pub(super) fn answered_after(elapsed: Duration) -> Duration {
    let steps = elapsed.as_millis() / UNKNOWN_ANSWER_STEP.as_millis() + 1;
    UNKNOWN_ANSWER_STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

pub(super) fn too_many_files() -> Refused {
    Refused::with_status(
        Refusal::new(
            Class::Limit,
            "files at once",
            format!("{FILES_AT_ONCE} files are arriving already"),
        )
        .way_out("send the file again when one of them is done"),
        503,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_a_little_longer_is_answered_at_the_same_moment() {
        for (elapsed_ms, answered_ms) in [
            (0, 1_000),
            (45, 1_000),
            (999, 1_000),
            (1_000, 2_000),
            (2_500, 3_000),
        ] {
            let answered = answered_after(Duration::from_millis(elapsed_ms));
            assert_eq!(answered, Duration::from_millis(answered_ms), "{elapsed_ms}");
        }
    }
}
