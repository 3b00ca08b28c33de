//! Which customers a body names: `ids`, or a `filter` that is a query string as `GET /customers` takes it.

use kale_application::customers::{Customers, Selection};
use kale_domain::{error::FieldError, id::CustomerId};
use kale_web::{Allowed, Problem};

use super::list_query;

/// The most customers that one call names by id.
const IDS: usize = 1_000;
/// How large a body may be that does.
pub(super) const BODY_BYTES: usize = 512 * 1024;

/// The customers of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// These.
    Ids(Vec<CustomerId>),
    /// Everybody on that list.
    Filter(String),
}

impl Named {
    /// Exactly one of the two says it.
    pub(super) fn one_of(
        ids: Option<Vec<CustomerId>>,
        filter: Option<String>,
    ) -> Result<Self, Vec<FieldError>> {
        let wrong = |pointer: &str, code: &'static str, message: &str| {
            Err(vec![FieldError::new(pointer, code, message)])
        };
        match (ids, filter) {
            (Some(ids), None) if ids.len() > IDS => {
                let message = "at most 1,000 customers are named by id; send a filter instead";
                wrong("#/ids", "too-many", message)
            }
            (Some(ids), None) => Ok(Self::Ids(ids)),
            (None, Some(filter)) => Ok(Self::Filter(filter)),
            (Some(_), Some(_)) => wrong("#/filter", "not-allowed", "send either `ids` or `filter`"),
            (None, None) => wrong("#/ids", "missing", "send `ids` or `filter`"),
        }
    }

    /// The same, understood.
    pub(super) async fn selection<P>(
        self,
        allowed: &Allowed<P>,
        customers: &Customers,
    ) -> Result<Selection, Problem> {
        let filter = match self {
            Self::Ids(ids) => return Ok(Selection::Ids(ids)),
            Self::Filter(filter) => filter,
        };
        let request = list_query::in_body(Some(&filter))?;
        let list = customers
            .prepare(allowed.reach(), allowed.company()?, &request)
            .await;
        Ok(Selection::List(Box::new(list.map_err(list_query::at_filter)?)))
    }
}
