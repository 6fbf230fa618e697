//! One request of a browser, from its cookies to a page: who looks, whether a form came from a page of ours, what is
//! shown when it is refused.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use basis::{Actor, Class, Refusal};
use ledger::Hash;

use super::body::Arriving;
use super::cookies::Cookies;
use super::crew::Failed;
use super::desk::{Desk, Served, Source, answered_after, identify, path_values};
use super::log::{self, About};
use super::repeats::{Name, Turn, check_key};
use super::reply::{Reply, Shape};
use crate::call::PathValues;
use crate::pages::{
    Form, Goto, Session, Shown, Typed, Visit, carry_form_key, form_key, frame_page, is_form_key,
    query_refusal_page, refusal_page, signed_out_page,
};
use crate::problem::status;
use crate::routes::{Answer, Asked, Sent};
use crate::{House, Kind};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Says that a page fetched part of itself anew; nobody did anything.
const PART: HeaderName = HeaderName::from_static("hx-request");

/// Fields that are never kept to be shown or sent again.
const SECRET_FIELDS: [&str; 5] = ["password", "code", "recovery_code", "answer", "options"];

/// A request of a browser, as far as it was read.
pub(super) struct Look {
    path: PathValues,
    query: String,
    source: SocketAddr,
    pub(super) cookies: Cookies,
    pub(super) visit: Visit,
    /// What the form sent, secrets too.
    pub(super) pairs: Vec<(String, String)>,
    /// The key that the form carried.
    key: String,
    /// The name of the showing that the form came from.
    once: String,
    is_part: bool,
}

/// What is known of who looks.
pub(super) enum Looker {
    Known(Option<Actor>),
    Refused(Option<Actor>, Refusal),
}

impl Desk {
    /// Answers a browser's request to this route.
    pub(super) async fn show(&self, served: Arc<Served>, request: Request) -> Response {
        let about = About {
            route: format!("{} {}", served.row.method.name(), served.row.path),
            person: None,
        };
        let web = self.house.web.clone();
        match self.look(served, request).await {
            Ok(reply) => {
                if let Some(fault) = &reply.fault {
                    log::fault(self.house.organisation.now(), &about, fault);
                }
                reply.into_response(&web)
            }
            Err(Failed::TurnedAway(refused)) => {
                let (status, visit) = (refused.status, Visit::default());
                let shown = refusal_page(&refused.refusal, &self.house.web);
                let html = frame_page(&self.house, None, &visit, &shown);
                Reply::html(status, html).into_response(&web)
            }
            Err(Failed::Panicked(message)) => {
                log::panic(self.house.organisation.now(), &about, &message);
                let what = "the server met a fault of its own; what was asked may or may not have been done";
                let refusal = Refusal::new(Class::Fault, "frame", what).way_out(
                    "look at the record before asking again, and report the line in the server's log",
                );
                let html = frame_page(
                    &self.house,
                    None,
                    &Visit::default(),
                    &refusal_page(&refusal, &self.house.web),
                );
                Reply::html(500, html).into_response(&web)
            }
        }
    }

    async fn look(&self, served: Arc<Served>, request: Request) -> Result<Reply, Failed> {
        let (mut parts, body) = request.into_parts();
        let mut arriving = Arriving::new(body, &parts.headers);
        let kind = served.row.kind;
        let is_form = matches!(kind, Kind::Form | Kind::FileForm { .. } | Kind::PublicForm);
        let fits = check_host(&self.house, &parts.headers).and_then(|()| {
            if is_form {
                check_origin(&self.house, &parts.headers)
            } else {
                Ok(())
            }
        });
        if let Err(refusal) = fits {
            arriving.drain().await;
            return Err(Failed::TurnedAway(refusal.into()));
        }
        let path = path_values(&mut parts).await.map_err(Failed::TurnedAway)?;
        let source = parts.extensions.get::<Source>();
        let mut look = Look {
            path,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            source: source.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |source| source.0),
            cookies: Cookies::of(&self.house.web, &parts.headers),
            visit: Visit::default(),
            pairs: Vec::new(),
            key: String::new(),
            once: String::new(),
            is_part: parts.headers.contains_key(PART),
        };
        look.visit = self.visit(&look.cookies, kind, parts.uri.path());
        if matches!(kind, Kind::PublicForm | Kind::PublicFile)
            && let Err(refusal) = self
                .sources
                .admit(look.source.ip(), self.house.organisation.now())
        {
            arriving.drain().await;
            return Err(Failed::TurnedAway(refusal));
        }
        if !is_form {
            return self.page(served, look).await;
        }
        if let Kind::FileForm { limit_bytes } = kind {
            return self
                .file_form(served, look, arriving, &parts.headers, limit_bytes)
                .await;
        }
        let bytes = arriving.form(&parts.headers).await.map_err(Failed::TurnedAway)?;
        look.take(form_urlencoded::parse(&bytes));
        self.form(served, look).await
    }

    /// A new look. Forms of those who are not signed in carry the key of a cookie that only names their browser.
    fn visit(&self, cookies: &Cookies, kind: Kind, path: &str) -> Visit {
        let is_public = matches!(kind, Kind::PublicPage | Kind::PublicForm);
        let chance = self.house.organisation.chance();
        let mut visit = Visit {
            path: path.to_owned(),
            once: hex::encode(chance.sixteen()),
            appearance: cookies.appearance,
            seen: self.seen(self.house.organisation.as_of()),
            ..Visit::default()
        };
        if !is_public {
            visit.key = cookies.session_form_key().unwrap_or_default();
        } else if let Some(key) = cookies.visitor_form_key() {
            visit.key = key;
        } else {
            let visitor = hex::encode(chance.thirty_two());
            visit.key = form_key(&visitor);
            visit.new_visitor = Some(visitor);
        }
        visit
    }

    async fn page(&self, served: Arc<Served>, look: Look) -> Result<Reply, Failed> {
        let house = Arc::clone(&self.house);
        let is_strangers = served.row.kind == Kind::PublicFile;
        let crew = if is_strangers {
            &self.public_crew
        } else {
            &self.crew
        };
        crew.run(move || match who(&house, &served, &look) {
            Looker::Refused(_, refusal) if refusal.class == Class::Unauthenticated => to_sign_in(&look),
            Looker::Refused(actor, refusal) => refuse(&house, actor.as_ref(), &look, &refusal),
            Looker::Known(actor) => {
                let asked = look.asked(&house, actor.as_ref(), &look.visit, &look.query);
                match (served.route.handler)(&asked, Sent::Json(&[])) {
                    Ok(answer) => reply(&house, actor.as_ref(), &look.visit, answer, 200),
                    Err(refusal) => refuse(&house, actor.as_ref(), &look, &refusal),
                }
            }
        })
        .await
    }

    async fn form(&self, served: Arc<Served>, look: Look) -> Result<Reply, Failed> {
        let house = Arc::clone(&self.house);
        let repeats = self.repeats.clone();
        let is_public = served.row.kind == Kind::PublicForm;
        let began = tokio::time::Instant::now();
        let crew = if is_public { &self.public_crew } else { &self.crew };
        let answered = crew
            .run(move || match who(&house, &served, &look) {
                Looker::Refused(_, refusal) if refusal.class == Class::Unauthenticated => {
                    let shown = signed_out_page(&look.visit);
                    Reply::html(401, frame_page(&house, None, &look.visit, &shown))
                }
                Looker::Refused(actor, refusal) => refuse(&house, actor.as_ref(), &look, &refusal),
                Looker::Known(actor) => {
                    let outcome = look.check_key(is_public).and_then(|()| {
                        look.once(&repeats, &house, actor.as_ref(), &served.row, None, || {
                            let asked = look.asked(&house, actor.as_ref(), &look.visit, "");
                            (served.route.handler)(&asked, Sent::Form(&look.pairs))
                        })
                    });
                    match outcome {
                        Ok(answer) => reply(&house, actor.as_ref(), &look.visit, answer, 200),
                        Err(refusal) => show_again(&house, &served, actor.as_ref(), look, refusal),
                    }
                }
            })
            .await?;
        if is_public && answered.status == status(Class::Unauthenticated) {
            // Whether a name, a password or a code was wrong cannot be told from the time.
            tokio::time::sleep_until(began + answered_after(began.elapsed())).await;
        }
        Ok(answered)
    }
}

impl Look {
    /// Takes the fields of a form: those of the frame apart from those of the page.
    pub(super) fn take<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = (T, T)>) {
        for (name, value) in fields {
            // Browsers send line ends as CR LF (HTML, form data set).
            let value = value.as_ref().replace("\r\n", "\n");
            match name.as_ref() {
                Form::KEY_FIELD => self.key = value,
                Form::ONCE_FIELD => self.once = value,
                name => self.pairs.push((name.to_owned(), value)),
            }
        }
        let is_kept = |(name, _): &&(String, String)| !SECRET_FIELDS.contains(&name.as_str());
        self.visit.typed = Some(Typed {
            path: self.visit.path.clone(),
            pairs: self.pairs.iter().filter(is_kept).cloned().collect(),
        });
    }

    pub(super) fn asked<'r>(
        &'r self,
        house: &'r House,
        actor: Option<&'r Actor>,
        visit: &'r Visit,
        query: &'r str,
    ) -> Asked<'r> {
        Asked {
            house,
            actor,
            path: &self.path,
            query,
            source: self.source,
            visit,
        }
    }

    /// Refuses a form that no page of ours made for this sign-in.
    pub(super) fn check_key(&self, is_public: bool) -> Result<(), Refusal> {
        let due = if is_public {
            self.cookies.visitor_form_key()
        } else {
            self.cookies.session_form_key()
        };
        if due.is_some_and(|due| is_form_key(&due, &self.key)) {
            return Ok(());
        }
        let what = "this form was not made for the present sign-in, so nothing was done";
        Err(Refusal::new(Class::Conflict, "form key", what)
            .way_out("look through what is filled in below, and send it once more"))
    }

    /// Runs the act, or leads to where it led when the same showing of the form was sent before.
    pub(super) fn once(
        &self,
        repeats: &super::repeats::Repeats,
        house: &House,
        actor: Option<&Actor>,
        row: &crate::RouteRow,
        file: Option<Hash>,
        act: impl FnOnce() -> Result<Answer, Refusal>,
    ) -> Result<Answer, Refusal> {
        let Some(actor) = actor else { return act() };
        let route = format!("{} {}", row.method.name(), self.visit.path);
        let name = Name::new(actor, route, check_key(self.once.as_bytes())?);
        let sent: Vec<String> = self
            .pairs
            .iter()
            .map(|(key, value)| format!("{key}={value}\n"))
            .chain(file.map(|sha256| sha256.to_string()))
            .collect();
        match repeats.begin(name, Hash::of(sent.concat().as_bytes()), house.organisation.now())? {
            Turn::Again(path) => Ok(Answer::Goto(Goto::to(String::from_utf8_lossy(&path)))),
            Turn::First(ticket) => {
                let answer = act()?;
                if let Answer::Goto(goto) = &answer
                    && !goto.is_look
                {
                    ticket.keep(goto.path.as_bytes(), house.organisation.now());
                }
                Ok(answer)
            }
        }
    }
}

/// There is no page at this path.
pub(super) fn no_such_page(desk: &Desk) -> Response {
    let refusal = Refusal::new(Class::NotFound, "path", "there is no page at this address")
        .way_out("go to the first page, and on from there");
    let web = &desk.house.web;
    let html = frame_page(&desk.house, None, &Visit::default(), &refusal_page(&refusal, web));
    Reply::html(404, html).into_response(&desk.house.web)
}

pub(super) fn who(house: &House, served: &Served, look: &Look) -> Looker {
    if served.row.act.is_some() && look.cookies.session.is_empty() {
        let what = "nobody is signed in";
        let refusal = Refusal::new(Class::Unauthenticated, "sign-in", what).way_out("sign in");
        return Looker::Refused(None, refusal);
    }
    match identify(house, &served.row, &look.cookies.session, look.is_part) {
        Ok(actor) => Looker::Known(actor),
        Err(refusal) if refusal.class == Class::Forbidden => {
            let actor = house
                .gatekeeper
                .glance(&house.organisation, &look.cookies.session);
            Looker::Refused(actor.ok(), refusal)
        }
        Err(refusal) => Looker::Refused(None, refusal),
    }
}

fn to_sign_in(look: &Look) -> Reply {
    let path = &look.visit.path;
    let next = if look.query.is_empty() {
        path.clone()
    } else {
        format!("{path}?{}", look.query)
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", &next)
        .finish();
    Reply::of(303, Shape::Goto(Goto::to(format!("/sign-in?{query}"))))
}

/// The page that a form came from, with what was typed and why it was refused.
pub(super) fn show_again(
    house: &House,
    served: &Served,
    actor: Option<&Actor>,
    mut look: Look,
    refusal: Refusal,
) -> Reply {
    let status = status(refusal.class);
    let fault = (refusal.class == Class::Fault).then(|| refusal.clone());
    look.visit.refusal = Some(refusal.clone());
    let again = served.route.again.as_ref();
    let asked = look.asked(house, actor, &look.visit, &look.query);
    let shown = again.and_then(|again| again(&asked, Sent::Form(&[])).ok());
    match shown {
        Some(answer) => Reply {
            fault,
            ..reply(house, actor, &look.visit, answer, status)
        },
        None => {
            look.visit.refusal = None;
            refuse(house, actor, &look, &refusal)
        }
    }
}

pub(super) fn refuse(house: &House, actor: Option<&Actor>, look: &Look, refusal: &Refusal) -> Reply {
    let is_query = refusal.class == Class::Invalid && refusal.rule == "query" && !look.query.is_empty();
    let shown = if is_query {
        query_refusal_page(refusal, &house.web, &look.visit.path)
    } else {
        refusal_page(refusal, &house.web)
    };
    let html = frame_page(house, actor, &look.visit, &shown);
    Reply {
        fault: (refusal.class == Class::Fault).then(|| refusal.clone()),
        ..Reply::html(status(refusal.class), html)
    }
}

pub(super) fn reply(
    house: &House,
    actor: Option<&Actor>,
    visit: &Visit,
    answer: Answer,
    status: u16,
) -> Reply {
    let framed = |shown: &Shown| frame_page(house, actor, visit, shown);
    let shape = match answer {
        Answer::Shown(shown) => Shape::Html(framed(&shown)),
        Answer::Goto(mut goto) => match (&goto.shown, goto.file.take()) {
            (Some(shown), _) => Shape::Html(framed(shown)),
            (None, Some(file)) => Shape::File(file),
            (None, None) => {
                if let Session::Renews { token, forms } = &mut goto.session {
                    *forms = carry_form_key(token, &visit.key);
                }
                return Reply::of(303, Shape::Goto(goto));
            }
        },
        Answer::Download(download) => Shape::File(download),
        Answer::Json(_) => {
            let fault = Refusal::new(Class::Fault, "frame", "a page's route answered JSON");
            Shape::Html(framed(&refusal_page(&fault, &house.web)))
        }
    };
    Reply {
        visitor: visit.new_visitor.clone(),
        ..Reply::of(status, shape)
    }
}

/// Refuses who asks under another name than the pages have: their cookies and passkeys hold for that name alone.
pub(super) fn check_host(house: &House, headers: &HeaderMap) -> Result<(), Refusal> {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let origin = house.web.origin();
    let (_, expected) = origin.split_once("://").unwrap_or_default();
    if host.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(
        Refusal::new(Class::Invalid, "host", format!("these pages are at {origin}"))
            .way_out(format!("open {origin} instead"))
            .way_out("or start the server with `--public-url` and the URL that people type"),
    )
}

/// Refuses a form that another site sent (Fetch Metadata, `Sec-Fetch-Site`; RFC 6454, `Origin`).
fn check_origin(house: &House, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_ours = match (text(&FETCH_SITE), text(&ORIGIN)) {
        (Some(site), Some(origin)) => site == "same-origin" && origin == house.web.origin(),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origin == house.web.origin(),
        (None, None) => false,
    };
    if is_ours {
        return Ok(());
    }
    let what = "the form was sent from another site, so nothing was done";
    Err(Refusal::new(Class::Forbidden, "origin", what)
        .way_out("open the page here, and send the form from there"))
}
