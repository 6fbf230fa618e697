//! From a room's typed function to the one shape that the server calls.

use std::fs::File;
use std::net::SocketAddr;

use basis::{Actor, Class, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::PathValues;
use crate::form_file::no_file;
use crate::pages::{Goto, Page, Shown, Visit};
use crate::{Call, Download, FormFile, House, Nothing, PublicCall, decode};

/// What can be read from a query string or a body.
pub trait Incoming: DeserializeOwned + JsonSchema + Send + 'static {}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Incoming for T {}

/// What can be answered as JSON.
pub trait Outgoing: Serialize + JsonSchema + 'static {}

impl<T: Serialize + JsonSchema + 'static> Outgoing for T {}

/// A request, read but not understood.
pub(crate) struct Asked<'r> {
    pub(crate) house: &'r House,
    /// Who asks; `None` on public routes.
    pub(crate) actor: Option<&'r Actor>,
    pub(crate) path: &'r PathValues,
    pub(crate) query: &'r str,
    pub(crate) source: SocketAddr,
    /// The look of a browser; empty where a program asks.
    pub(crate) visit: &'r Visit,
}

/// What came with the request.
pub(crate) enum Sent<'r> {
    /// The fields of a form.
    Form(&'r [(String, String)]),
    /// The fields of a form, and the file that was chosen in it.
    FileForm(&'r [(String, String)], Option<&'r mut FormFile>),
    /// The bytes of a JSON body, empty when there was none.
    Json(&'r [u8]),
    /// A file, rewound.
    File(&'r mut File),
}

/// What a route answers.
pub(crate) enum Answer {
    /// JSON.
    Json(Vec<u8>),
    /// A file.
    Download(Download),
    /// A page, still without its frame.
    Shown(Shown),
    /// A form was taken: the browser goes on.
    Goto(Goto),
}

pub(crate) type Handler = dyn Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> + Send + Sync;

pub(super) fn json<Q: super::Incoming, B: super::Incoming, R: super::Outgoing>(
    function: impl Fn(&Call<'_, Q, B>) -> Result<R, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| answer(&function(&asked.call(asked.query()?, body(sent)?)?)?)
}

pub(super) fn public_json<Q: super::Incoming, B: super::Incoming, R: super::Outgoing>(
    function: impl Fn(&PublicCall<'_, Q, B>) -> Result<R, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| answer(&function(&asked.public_call(asked.query()?, body(sent)?))?)
}

pub(super) fn page<Q: super::Incoming, P: Page>(
    function: impl Fn(&Call<'_, Q>) -> Result<P, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, _| Shown::of(&function(&asked.call(asked.query()?, Nothing)?)?).map(Answer::Shown)
}

pub(super) fn public_page<Q: super::Incoming, P: Page>(
    function: impl Fn(&PublicCall<'_, Q>) -> Result<P, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, _| Shown::of(&function(&asked.public_call(asked.query()?, Nothing))?).map(Answer::Shown)
}

pub(super) fn form<B: super::Incoming>(
    function: impl Fn(&Call<'_, Nothing, B>) -> Result<Goto, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| function(&asked.call(Nothing, fields(sent)?)?).map(Answer::Goto)
}

pub(super) fn file_form<B: super::Incoming>(
    function: impl Fn(&Call<'_, Nothing, B>, &mut FormFile) -> Result<Goto, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| match sent {
        Sent::FileForm(pairs, Some(file)) => {
            function(&asked.call(Nothing, decode::form(pairs)?)?, file).map(Answer::Goto)
        }
        Sent::FileForm(_, None) => Err(no_file()),
        Sent::Form(_) | Sent::Json(_) | Sent::File(_) => Err(fault(
            "a route that takes a form with a file was handed something else",
        )),
    }
}

pub(super) fn public_form<B: super::Incoming>(
    function: impl Fn(&PublicCall<'_, Nothing, B>) -> Result<Goto, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| function(&asked.public_call(Nothing, fields(sent)?)).map(Answer::Goto)
}

pub(super) fn upload<Q: super::Incoming, R: super::Outgoing>(
    function: impl Fn(&Call<'_, Q>, &mut File) -> Result<R, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| match sent {
        Sent::File(file) => answer(&function(&asked.call(asked.query()?, crate::Nothing)?, file)?),
        Sent::Json(_) | Sent::Form(_) | Sent::FileForm(..) => {
            Err(fault("a route that takes a file was handed none"))
        }
    }
}

pub(super) fn download<Q: super::Incoming>(
    function: impl Fn(&Call<'_, Q>) -> Result<Download, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, sent| {
        let none = match sent {
            // A browser asks for a file with nothing but its path and query.
            Sent::Form(_) => Nothing,
            sent => body(sent)?,
        };
        Ok(Answer::Download(function(&asked.call(asked.query()?, none)?)?))
    }
}

pub(super) fn public_download<Q: super::Incoming>(
    function: impl Fn(&PublicCall<'_, Q>) -> Result<Download, Refusal>,
) -> impl Fn(&Asked<'_>, Sent<'_>) -> Result<Answer, Refusal> {
    move |asked, _| function(&asked.public_call(asked.query()?, Nothing)).map(Answer::Download)
}

impl<'r> Asked<'r> {
    fn query<Q: DeserializeOwned>(&self) -> Result<Q, Refusal> {
        decode::query(self.query)
    }

    fn call<Q, B>(&self, query: Q, body: B) -> Result<Call<'r, Q, B>, Refusal> {
        let actor = self
            .actor
            .ok_or_else(|| fault("a call reached its room without a person"))?;
        Ok(Call {
            house: self.house,
            actor,
            query,
            body,
            path: self.path,
            source: self.source,
            visit: self.visit,
        })
    }

    fn public_call<Q, B>(&self, query: Q, body: B) -> PublicCall<'r, Q, B> {
        PublicCall {
            house: self.house,
            query,
            body,
            path: self.path,
            source: self.source,
            visit: self.visit,
        }
    }
}

fn body<B: DeserializeOwned>(sent: Sent<'_>) -> Result<B, Refusal> {
    match sent {
        Sent::Json(bytes) => decode::json(bytes),
        Sent::File(_) | Sent::Form(_) | Sent::FileForm(..) => {
            Err(fault("a route that takes JSON was handed something else"))
        }
    }
}

fn fields<B: DeserializeOwned>(sent: Sent<'_>) -> Result<B, Refusal> {
    match sent {
        Sent::Form(pairs) => decode::form(pairs),
        Sent::Json(_) | Sent::File(_) | Sent::FileForm(..) => {
            Err(fault("a route that takes a form was handed none"))
        }
    }
}

fn answer<R: Serialize>(value: &R) -> Result<Answer, Refusal> {
    serde_json::to_vec(value)
        .map(Answer::Json)
        .map_err(|error| fault(&format!("the answer cannot be written as JSON: {error}")))
}

fn fault(what: &str) -> Refusal {
    Refusal::new(Class::Fault, "frame", what)
        .way_out("look into the server's log, and report the fault with its line")
}
