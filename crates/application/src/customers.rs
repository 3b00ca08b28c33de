//! Customers: derived from source records, listed, explained, exported.

mod derive;
mod describe;
mod error;
mod experts;
mod export;
mod filter;
mod input;
mod list;
mod refresh;
mod request;
mod upsert;

pub use self::{
    derive::customer_id,
    describe::{CustomerDetail, Customers, json_value},
    error::CustomerError,
    experts::{Selection, Sharing},
    export::ExportFormat,
    filter::FilterTerm,
    input::CustomerInput,
    list::{CustomerPage, ListRequest, PreparedList},
    refresh::{RefreshCounts, Refresher},
    request::Pairs,
    upsert::UpsertOutcome,
};
pub(crate) use self::{
    experts::BY_HAND,
    list::{schema, today},
};
