//! Lists are read in parts, by the key of the last item seen, so that nothing is skipped when rows come and go.

use basis::{Class, Id, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The `next` of the page before; the first page when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Listed{T}")]
pub struct Listed<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Paging {
    /// How many items a page has when nobody says how many.
    pub const LIMIT_DEFAULT: u32 = 100;
    /// How many items a page has at most.
    pub const LIMIT_MAX: u32 = 500;

    /// How many items the page may have.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when more than [`Paging::LIMIT_MAX`] or none are asked for.
    pub fn size(&self) -> Result<u32, Refusal> {
        match self.limit {
            None => Ok(Self::LIMIT_DEFAULT),
            Some(limit) if (1..=Self::LIMIT_MAX).contains(&limit) => Ok(limit),
            Some(limit) => Err(Refusal::new(
                Class::Invalid,
                "query",
                format!("`limit` is {limit}; a page has 1 to {} items", Self::LIMIT_MAX),
            )
            .way_out("ask for fewer, and follow `next` to the following pages")),
        }
    }

    /// The id after which the page begins.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when `after` is not an id of this kind.
    pub fn after<I: Id>(&self) -> Result<Option<I>, Refusal> {
        let parsed = self.after.as_deref().map(I::parse).transpose();
        parsed.map_err(|error| {
            Refusal::new(Class::Invalid, "query", format!("`after`: {error}"))
                .way_out("give the `next` of the page before, unchanged")
        })
    }
}

impl<T> Listed<T> {
    /// Makes a page of `size` items from rows that were fetched with one more than that: the surplus row says that there
    /// is a next page, and `key` names the last item shown.
    pub fn cut(mut items: Vec<T>, size: u32, key: impl FnOnce(&T) -> String) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| has_more).map(key);
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_to_500_items() {
        let size = |limit| {
            Paging { after: None, limit }
                .size()
                .map_err(|refusal| refusal.class)
        };
        assert_eq!(size(None), Ok(100));
        assert_eq!(size(Some(500)), Ok(500));
        assert_eq!(size(Some(501)), Err(Class::Invalid));
        assert_eq!(size(Some(0)), Err(Class::Invalid));
    }

    #[test]
    fn the_surplus_row_becomes_the_next_page() {
        let key = |item: &u8| item.to_string();
        assert_eq!(Listed::cut(vec![1, 2, 3], 2, key).next, Some("2".to_owned()));
        assert_eq!(Listed::cut(vec![1, 2], 2, key).next, None);
        assert_eq!(Listed::cut(Vec::new(), 2, key).next, None);
    }

    #[test]
    fn a_page_after_something_else_is_refused() {
        let page = Paging {
            after: Some("CHG-1".to_owned()),
            limit: None,
        };
        let refusal = page.after::<basis::PersonId>().unwrap_err();
        assert!(
            refusal.what.starts_with("`after`: `CHG-1` is not a person id"),
            "{refusal}"
        );
    }
}
