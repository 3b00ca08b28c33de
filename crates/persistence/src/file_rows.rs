//! Rows of customer-data files, versioned by batch, so that an import is all or nothing and can be taken back.
//!
//! `file_rows`, key `company ‖ hash(kind, external id)`, index `{company_id, cur.b, _id}`. A row holds what the batch
//! `cur.b` says and, where that batch changed it, what was said before (`prev`). The company's live batch
//! (`live_batches`) decides which of the two readers take: `cur` where `cur.b` ≤ live, else `prev`.
//!
//! Import n+1: [`fold`] away what the last one left, [`write_batch`] under n+1 (nobody sees it), then move the pointer
//! in one majority write ([`publish`]). Undo moves it back ([`unpublish`]), until the next import folds.
//!
//! The pointer also says which batch is being written: [`fold`] takes that right, and an import that slept while
//! another one took it is told [`StoreError::Stale`](crate::StoreError::Stale) and leaves nothing behind.

mod batch;
mod fold;
mod pointer;
mod record;
#[cfg(test)]
mod tests;

pub use self::{
    batch::{
        Batch, BatchOutcome, Existing, IncomingRow, MappedColumns, count_live, existing_keys, remove_absent,
        write_batch,
    },
    fold::fold,
    pointer::{LiveBatch, allocate, live, publish, settled, unpublish, unsettled},
    record::{RowValues, TouchedRow, Which, effective, touched},
};
