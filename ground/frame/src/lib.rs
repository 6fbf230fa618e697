//! The conventions of the doors: what every REST route, every page, every call of the client and every command does alike.
//!
//! A room hands over a list of [`Routes`] with plain synchronous functions. Reading requests, knowing who asks, strict
//! parsing, limits, problem documents, repeated requests, the OpenAPI document, the server and the client are here once.
//! No noun of a room lives here and no rule of maintenance ever will. Nothing here changes a record: acts do.

mod call;
pub mod client;
mod decode;
mod download;
mod form_file;
mod house;
mod openapi;
pub mod pages;
mod paging;
mod problem;
mod routes;
mod schema;
mod server;
pub mod terminal;
pub mod tls;

pub use call::{Call, Nothing, PublicCall};
pub use download::{Content, Download};
pub use form_file::FormFile;
pub use house::{ANYBODY, Bell, Gatekeeper, House};
pub use openapi::openapi;
pub use paging::{Listed, Paging};
pub use problem::Problem;
pub use routes::{Kind, Method, RouteRow, Routes};
pub use schema::{IdText, TimeText};
pub use server::{Reach, Stop, router, samples, serve};
