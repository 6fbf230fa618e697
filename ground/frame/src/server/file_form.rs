//! One form with a file in it, from a browser: who sends it is known before a byte of the file is kept.

use std::sync::Arc;

use axum::http::HeaderMap;
use basis::Class;

use super::answer::Refused;
use super::body::{Arriving, is_media_type};
use super::browser::{Look, Looker, refuse, reply, show_again, who};
use super::crew::Failed;
use super::desk::{Desk, Served, too_many_files};
use super::parts::{Received, Wanted};
use super::reply::Reply;
use crate::pages::{frame_page, is_form_key, signed_out_page};
use crate::routes::Sent;

impl Desk {
    /// Answers a form with a file.
    pub(super) async fn file_form(
        &self,
        served: Arc<Served>,
        look: Look,
        arriving: Arriving,
        headers: &HeaderMap,
        limit_bytes: u64,
    ) -> Result<Reply, Failed> {
        let (house, row) = (Arc::clone(&self.house), Arc::clone(&served));
        let (looker, mut look) = self.crew.run(move || (who(&house, &row, &look), look)).await?;
        let place = self.files.try_acquire();
        let due = look.cookies.session_form_key();
        let may_send = matches!(looker, Looker::Known(_)) && place.is_ok();
        let wanted = Wanted {
            folder: self.house.organisation.data(),
            limit_bytes,
            is_key: &|key| may_send && due.as_deref().is_some_and(|due| is_form_key(due, key)),
        };
        let mut received = received(arriving, headers, &wanted, may_send).await?;
        look.take(std::mem::take(&mut received.fields));
        if place.is_err() {
            received.refused = Some(too_many_files());
        }
        let house = Arc::clone(&self.house);
        let repeats = self.repeats.clone();
        self.crew
            .run(move || match looker {
                Looker::Refused(_, refusal) if refusal.class == Class::Unauthenticated => {
                    let shown = signed_out_page(&look.visit);
                    Reply::html(401, frame_page(&house, None, &look.visit, &shown))
                }
                Looker::Refused(actor, refusal) => refuse(&house, actor.as_ref(), &look, &refusal),
                Looker::Known(actor) => {
                    let Received {
                        mut file, refused, ..
                    } = received;
                    if let Err(refused) = look
                        .check_key(false)
                        .map_err(Refused::from)
                        .and(refused.map_or(Ok(()), Err))
                    {
                        let status = refused.status;
                        let again = show_again(&house, &served, actor.as_ref(), look, refused.refusal);
                        return Reply { status, ..again };
                    }
                    // A page that is shown because the form was taken shows an empty one.
                    let typed = look.visit.typed.take();
                    let sha256 = file.as_ref().map(|file| file.sha256);
                    let outcome = look.once(&repeats, &house, actor.as_ref(), &served.row, sha256, || {
                        let asked = look.asked(&house, actor.as_ref(), &look.visit, "");
                        (served.route.handler)(&asked, Sent::FileForm(&look.pairs, file.as_mut()))
                    });
                    match outcome {
                        Ok(answer) => reply(&house, actor.as_ref(), &look.visit, answer, 200),
                        Err(refusal) => {
                            look.visit.typed = typed;
                            show_again(&house, &served, actor.as_ref(), look, refusal)
                        }
                    }
                }
            })
            .await
    }
}

/// What came. A page that was shown because a sign-in had ended sends the fields alone: their file has to be chosen again.
async fn received(
    mut arriving: Arriving,
    headers: &HeaderMap,
    wanted: &Wanted<'_>,
    may_send: bool,
) -> Result<Received, Failed> {
    if is_media_type(headers, "application/x-www-form-urlencoded") {
        let bytes = arriving.form(headers).await.map_err(Failed::TurnedAway)?;
        let fields = form_urlencoded::parse(&bytes).into_owned().collect();
        return Ok(Received {
            fields,
            ..Received::default()
        });
    }
    let received = arriving.parts(headers, wanted).await;
    match (&received.refused, may_send) {
        (None, _) => {}
        (Some(_), true) => arriving.drain_form().await,
        (Some(_), false) => arriving.drain().await,
    }
    Ok(received)
}
