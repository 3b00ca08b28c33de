//! A page of a list.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Problem, query::Fields};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The things, in the order that was asked for.
    pub data: Vec<T>,
    /// Where the list goes on.
    pub page: PageInfo,
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageInfo {
    /// What to send as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// How many there are on all pages; only with `include=count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// How many there are, counted up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// So many, or the limit.
    #[schema(example = 1000)]
    pub value: u64,
    /// Whether there are more than that.
    pub capped: bool,
}

impl<T> Page<T> {
    /// A page of these things, the last one where there is no cursor.
    #[must_use]
    pub const fn new(data: Vec<T>, next_cursor: Option<String>) -> Self {
        let has_more = next_cursor.is_some();
        Self {
            data,
            page: PageInfo {
                next_cursor,
                has_more,
                count: None,
            },
        }
    }

    /// With the number of things on all pages.
    #[must_use]
    pub const fn count(mut self, count: Option<Count>) -> Self {
        self.page.count = count;
        self
    }
}

impl<T: Serialize> Page<T> {
    /// The same page, each thing with the fields that were asked for.
    pub fn project(self, fields: &Fields) -> Result<Page<Value>, Problem> {
        let data = self
            .data
            .iter()
            .map(|thing| fields.apply(thing))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            data,
            page: self.page,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_has_the_shape_that_clients_rely_on() {
        let last = Page::new(vec![1, 2], None);
        let more = Page::new(vec![1], Some("abc".to_owned())).count(Some(Count {
            value: 1000,
            capped: true,
        }));

        assert_eq!(
            serde_json::to_value(&last).unwrap(),
            json!({ "data": [1, 2], "page": { "next_cursor": null, "has_more": false } })
        );
        assert_eq!(
            serde_json::to_value(&more).unwrap(),
            json!({ "data": [1], "page": {
                "next_cursor": "abc", "has_more": true, "count": { "value": 1000, "capped": true }
            } })
        );
    }
}
