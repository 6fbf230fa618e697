//! The routes that browsers ask for: pages, forms and files.

use basis::Refusal;

use super::handler::{Incoming, download, file_form, form, page, public_download, public_form, public_page};
use super::{Kind, Method, Routes, samples_of, shapes};
use crate::pages::{Goto, Page};
use crate::{Call, Download, FormFile, Nothing, PublicCall};

impl Routes {
    /// Adds a page. Its path begins at the root; its query is strict like every query.
    #[must_use]
    pub fn page<Q: Incoming, P: Page, F>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Q>) -> Result<P, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, Some(act), Kind::Page, summary);
        self.with_page(
            row,
            shapes::<Q, Nothing>(None),
            Box::new(page(function)),
            samples_of::<P>,
        )
    }

    /// Adds what a form of a page sends. When it is refused, `again` shows the page with what was typed and why.
    #[must_use]
    pub fn form<Q: Incoming, B: Incoming, P: Page, F, A>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        again: A,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Nothing, B>) -> Result<Goto, Refusal> + Send + Sync + 'static,
        A: Fn(&Call<'_, Q>) -> Result<P, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Post, path, Some(act), Kind::Form, summary);
        self.with_form(
            row,
            shapes::<Nothing, B>(None),
            Box::new(form(function)),
            Box::new(page(again)),
        )
    }

    /// Adds what a form of a page sends that has a file in it, of at most `limit_bytes`. The function is handed the whole
    /// file; without one it is not called. When the form is refused, `again` shows the page with what was typed and why; the
    /// file has to be chosen again.
    #[must_use]
    pub fn file_form<Q: Incoming, B: Incoming, P: Page, F, A>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        (again, function): (A, F),
        limit_bytes: u64,
    ) -> Self
    where
        F: Fn(&Call<'_, Nothing, B>, &mut FormFile) -> Result<Goto, Refusal> + Send + Sync + 'static,
        A: Fn(&Call<'_, Q>) -> Result<P, Refusal> + Send + Sync + 'static,
    {
        let kind = Kind::FileForm { limit_bytes };
        let row = self.row::<F>(Method::Post, path, Some(act), kind, summary);
        self.with_form(
            row,
            shapes::<Nothing, B>(None),
            Box::new(file_form(function)),
            Box::new(page(again)),
        )
    }

    /// Adds a file for browsers, such as a list as CSV.
    #[must_use]
    pub fn file<Q: Incoming, F>(
        self,
        path: &'static str,
        act: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&Call<'_, Q>) -> Result<Download, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, Some(act), Kind::File, summary);
        self.with(row, shapes::<Q, Nothing>(None), Box::new(download(function)))
    }

    /// Adds a file for anybody who knows its address, such as a calendar that programs fetch. It is answered at the rate of
    /// strangers; an address that is not known is no such thing ([`basis::Class::NotFound`]), whatever the reason.
    #[must_use]
    pub fn public_file<Q: Incoming, F>(self, path: &'static str, summary: &'static str, function: F) -> Self
    where
        F: Fn(&PublicCall<'_, Q>) -> Result<Download, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, None, Kind::PublicFile, summary);
        self.with(
            row,
            shapes::<Q, Nothing>(None),
            Box::new(public_download(function)),
        )
    }

    /// Adds a page that anybody may see.
    #[must_use]
    pub fn public_page<Q: Incoming, P: Page, F>(
        self,
        path: &'static str,
        summary: &'static str,
        function: F,
    ) -> Self
    where
        F: Fn(&PublicCall<'_, Q>) -> Result<P, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Get, path, None, Kind::PublicPage, summary);
        self.with_page(
            row,
            shapes::<Q, Nothing>(None),
            Box::new(public_page(function)),
            samples_of::<P>,
        )
    }

    /// Adds a form that anybody may send, such as signing in.
    #[must_use]
    pub fn public_form<Q: Incoming, B: Incoming, P: Page, F, A>(
        self,
        path: &'static str,
        summary: &'static str,
        again: A,
        function: F,
    ) -> Self
    where
        F: Fn(&PublicCall<'_, Nothing, B>) -> Result<Goto, Refusal> + Send + Sync + 'static,
        A: Fn(&PublicCall<'_, Q>) -> Result<P, Refusal> + Send + Sync + 'static,
    {
        let row = self.row::<F>(Method::Post, path, None, Kind::PublicForm, summary);
        self.with_form(
            row,
            shapes::<Nothing, B>(None),
            Box::new(public_form(function)),
            Box::new(public_page(again)),
        )
    }
}
