//! `tagout asset register`, `edit` and `retire`.

use basis::Refusal;
use frame::Method;
use frame::terminal::Context;

use super::{path_of, show};
use crate::api::{AssetView, FieldsBody, RetireRequest};

pub(super) fn register(context: &Context, name: String, fields: FieldsBody) -> Result<(), Refusal> {
    let body = FieldsBody {
        name: Some(name),
        ..fields
    };
    let view: AssetView = context.client.send(Method::Post, "/assets", &body)?;
    context.output.show(&view, show::asset_text);
    Ok(())
}

pub(super) fn edit(
    context: &Context,
    asset: &str,
    name: Option<String>,
    fields: FieldsBody,
) -> Result<(), Refusal> {
    let body = FieldsBody { name, ..fields };
    let view: AssetView = context.client.send(Method::Patch, &path_of(asset)?, &body)?;
    context.output.show(&view, show::asset_text);
    Ok(())
}

pub(super) fn retire(context: &Context, asset: &str, reason: String) -> Result<(), Refusal> {
    let path = format!("{}/retirement", path_of(asset)?);
    let view: AssetView = context
        .client
        .send(Method::Post, &path, &RetireRequest { reason })?;
    context
        .output
        .show(&view, |view| format!("{} is retired", view.asset));
    Ok(())
}
