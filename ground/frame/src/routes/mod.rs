//! A room's list of routes: what it answers, by which act, from which function.
//!
//! What a route does with a request is in `handler.rs`; nothing here knows HTTP's wire.

mod browsers;
mod handler;

use std::any::TypeId;
use std::fs::File;

use basis::Refusal;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::pages::{Page, Shown};
use crate::schema::loose_place;
use crate::{Call, Download, Nothing, PublicCall};

pub(crate) use handler::{Answer, Asked, Sent};
use handler::{Handler, download, json, public_json, upload};
pub use handler::{Incoming, Outgoing};

/// The methods that routes use (RFC 9110 §9, RFC 5789).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads; changes nothing.
    Get,
    /// Does an act, or makes something.
    Post,
    /// Puts a whole thing in place of another.
    Put,
    /// Changes parts of a thing.
    Patch,
    /// Ends a thing.
    Delete,
}

impl Method {
    /// The method as it stands in a request.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// What kind of route it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads and answers JSON.
    Read,
    /// Takes JSON, does an act, answers JSON.
    Act,
    /// Takes a file, does an act, answers JSON.
    Upload {
        /// The largest file that is taken.
        limit_bytes: u64,
    },
    /// Answers a file.
    Download,
    /// Reads and answers JSON, to anybody.
    PublicRead,
    /// Takes JSON from anybody, does an act, answers JSON.
    PublicAct,
    /// Shows a page.
    Page,
    /// Takes a form of a page, does an act, leads to another page.
    Form,
    /// Takes a form of a page with a file, does an act, leads to another page.
    FileForm {
        /// The largest file that is taken.
        limit_bytes: u64,
    },
    /// Answers a file to a browser.
    File,
    /// Answers a file to anybody who knows its address.
    PublicFile,
    /// Shows a page to anybody.
    PublicPage,
    /// Takes a form from anybody, does an act, leads to another page.
    PublicForm,
}

impl Kind {
    /// Whether browsers ask for it, by their cookie, instead of programs by their token.
    pub fn is_for_browsers(self) -> bool {
        match self {
            Kind::Page
            | Kind::Form
            | Kind::FileForm { .. }
            | Kind::File
            | Kind::PublicFile
            | Kind::PublicPage
            | Kind::PublicForm => true,
            Kind::Read
            | Kind::Act
            | Kind::Upload { .. }
            | Kind::Download
            | Kind::PublicRead
            | Kind::PublicAct => false,
        }
    }
}

/// One row of the list of routes, as sweeps and documents read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRow {
    /// The method.
    pub method: Method,
    /// The path with its braces: below `/api/v1`, or from the root where browsers ask for it.
    pub path: &'static str,
    /// The row of the authority table that the route's act asks for; `None` for what anybody may ask.
    pub act: Option<&'static str>,
    /// What kind of route.
    pub kind: Kind,
    /// One line about it.
    pub summary: &'static str,
    /// Its name in the OpenAPI document: room, dot, name of the function, such as `changes.open`.
    pub operation: String,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// How to draw the shapes of a route; `None` where there is nothing to draw.
pub(crate) struct Shapes {
    pub(crate) query: Option<SchemaOf>,
    pub(crate) body: Option<SchemaOf>,
    pub(crate) answer: Option<SchemaOf>,
}

/// A route as the server runs it.
pub(crate) struct Route {
    pub(crate) shapes: Shapes,
    pub(crate) handler: Box<Handler>,
    /// What shows the page again when a form was refused.
    pub(crate) again: Option<Box<Handler>>,
    /// What makes the samples of a page.
    pub(crate) samples: Option<SamplesOf>,
}

/// Renders every sample of a page, each with its name.
pub(crate) type SamplesOf = fn() -> Result<Vec<(&'static str, Shown)>, Refusal>;

/// The routes of one room.
pub struct Routes {
    room: &'static str,
    rows: Vec<RouteRow>,
    routes: Vec<Route>,
}

impl Routes {
    /// The empty list of the room with this name.
    pub fn room(room: &'static str) -> Self {
        Self {
            room,
            rows: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// Adds a GET that answers JSON.
    ///
    /// # Panics
    /// Like every way to add a route: when the room's own list is wrong, because a request type lets unknown fields pass,
    /// an act is a GET, or two functions of a room have one name.
    #[must_use]
    pub fn read<Q: Incoming, R: Outgoing, F>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Q>) -> Result<R, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, Some(act), Kind::Read, summary);
        self.with(
            row,
            shapes::<Q, Nothing>(answer_of::<R>()),
            Box::new(json(function)),
        )
    }

    /// Adds a route that takes JSON and does an act. It honours `Idempotency-Key`.
    #[must_use]
    pub fn act<Q: Incoming, B: Incoming, R: Outgoing, F>(
        self,
        method: Method,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Q, B>) -> Result<R, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(method, path, Some(act), Kind::Act, summary);
        self.with(row, shapes::<Q, B>(answer_of::<R>()), Box::new(json(function)))
    }

    /// Adds a POST that takes a file of at most `limit_bytes`. The function is handed the whole file, rewound, in the data
    /// directory but without a name; it is gone when the function returns.
    #[must_use]
    pub fn upload<Q: Incoming, R: Outgoing, F>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
        limit_bytes: u64,
    ) -> Self
    where
        F: Fn(&Call<'_, Q>, &mut File) -> Result<R, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(
            Method::Post,
            path,
            Some(act),
            Kind::Upload { limit_bytes },
            summary,
        );
        self.with(
            row,
            shapes::<Q, Nothing>(answer_of::<R>()),
            Box::new(upload(function)),
        )
    }

    /// Adds a GET that answers a file.
    #[must_use]
    pub fn download<Q: Incoming, F>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Q>) -> Result<Download, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, Some(act), Kind::Download, summary);
        self.with(row, shapes::<Q, Nothing>(None), Box::new(download(function)))
    }

    /// Adds a GET that answers anybody.
    #[must_use]
    pub fn public_read<Q: Incoming, R: Outgoing, F>(
        self,
        path: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&PublicCall<'_, Q>) -> Result<R, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, None, Kind::PublicRead, summary);
        self.with(
            row,
            shapes::<Q, Nothing>(answer_of::<R>()),
            Box::new(public_json(function)),
        )
    }

    /// Adds a route by which anybody may do an act, such as signing in.
    #[must_use]
    pub fn public_act<Q: Incoming, B: Incoming, R: Outgoing, F>(
        self,
        method: Method,
        path: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&PublicCall<'_, Q, B>) -> Result<R, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(method, path, None, Kind::PublicAct, summary);
        self.with(
            row,
            shapes::<Q, B>(answer_of::<R>()),
            Box::new(public_json(function)),
        )
    }

    /// The list, in the order in which the room gave it.
    pub fn rows(&self) -> &[RouteRow] {
        &self.rows
    }

    /// The room's name.
    pub fn room_name(&self) -> &'static str {
        self.room
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (&RouteRow, &Route)> {
        self.rows.iter().zip(&self.routes)
    }

    pub(crate) fn into_each(self) -> impl Iterator<Item = (RouteRow, Route)> {
        self.rows.into_iter().zip(self.routes)
    }

    fn row<F>(
        &self,
        method: Method,
        path: &'static str,
        act: Option<&'static str>,
        kind: Kind,
        summary: &'static str,
    ) -> RouteRow {
        let acts = matches!(
            kind,
            Kind::Act | Kind::PublicAct | Kind::Form | Kind::FileForm { .. } | Kind::PublicForm
        );
        assert!(
            !(acts && method == Method::Get),
            "{path} is an act: a GET must change nothing"
        );
        let surface = if kind.is_for_browsers() { "pages." } else { "" };
        RouteRow {
            method,
            path,
            act,
            kind,
            summary,
            operation: format!("{}.{surface}{}", self.room, function_name::<F>()),
        }
    }

    fn with(self, row: RouteRow, shapes: Shapes, handler: Box<Handler>) -> Self {
        self.with_route(
            row,
            Route {
                shapes,
                handler,
                again: None,
                samples: None,
            },
        )
    }

    fn with_page(self, row: RouteRow, shapes: Shapes, handler: Box<Handler>, samples: SamplesOf) -> Self {
        self.with_route(
            row,
            Route {
                shapes,
                handler,
                again: None,
                samples: Some(samples),
            },
        )
    }

    fn with_form(self, row: RouteRow, shapes: Shapes, handler: Box<Handler>, again: Box<Handler>) -> Self {
        self.with_route(
            row,
            Route {
                shapes,
                handler,
                again: Some(again),
                samples: None,
            },
        )
    }

    fn with_route(mut self, row: RouteRow, route: Route) -> Self {
        assert!(
            self.rows.iter().all(|other| other.operation != row.operation),
            "two routes are named {}: give their functions different names",
            row.operation
        );
        self.rows.push(row);
        self.routes.push(route);
        self
    }
}

/// The last part of the function's path in the program. Closures have none, so a list of routes names functions.
fn function_name<F>() -> &'static str {
    let whole = std::any::type_name::<F>();
    let path = whole.split('<').next().unwrap_or(whole);
    let name = path.rsplit("::").next().unwrap_or(path);
    assert!(
        !name.contains('{'),
        "{whole} is a closure: name the route's function"
    );
    name
}

fn samples_of<P: Page>() -> Result<Vec<(&'static str, Shown)>, Refusal> {
    let shown = |(name, page): (&'static str, P)| Ok((name, Shown::of(&page)?));
    P::samples().into_iter().map(shown).collect()
}

fn shapes<Q: Incoming, B: Incoming>(answer: Option<SchemaOf>) -> Shapes {
    Shapes {
        query: strict_shape_of::<Q>(),
        body: strict_shape_of::<B>(),
        answer,
    }
}

fn strict_shape_of<T: Incoming>() -> Option<SchemaOf> {
    if let Some(place) = loose_place::<T>() {
        panic!(
            "{} lets unknown fields pass at {place}: add #[serde(deny_unknown_fields)]",
            std::any::type_name::<T>()
        );
    }
    shape_of::<T>()
}

fn answer_of<T: Outgoing>() -> Option<SchemaOf> {
    shape_of::<T>()
}

fn shape_of<T: JsonSchema + 'static>() -> Option<SchemaOf> {
    (TypeId::of::<T>() != TypeId::of::<Nothing>()).then_some(|generator| generator.subschema_for::<T>())
}
