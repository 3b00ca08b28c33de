//! What an import would do to the customers there are, told before it is asked for.

use kale_domain::upload::ImportMode;
use kale_persistence::{Store, StoreError, Tenant, customers, file_rows};
use kale_tabular::Batch;

use super::check::Opened;

/// Counts, batch by batch, whose customers exist and which rows `replace` would leave.
pub(super) struct Effect<'a> {
    store: &'a Store,
    tenant: Tenant,
    /// Accepted rows whose customer exists.
    pub(super) known: u64,
    replaced: Option<Replaced>,
}

/// The rows of earlier files, where a file takes their place.
struct Replaced {
    live: u64,
    rows: u64,
    kept: u64,
}

impl<'a> Effect<'a> {
    pub(super) async fn new(store: &'a Store, opened: &Opened) -> Result<Self, StoreError> {
        let (tenant, kind) = (opened.tenant, opened.upload.kind);
        let mode = opened.upload.mapping.as_ref().map(|mapping| mapping.mode);
        let replaced = if mode == Some(ImportMode::Replace) {
            let live = file_rows::live(store, tenant, kind).await?.live;
            let rows = file_rows::count_live(store, tenant, live).await?;
            Some(Replaced { live, rows, kept: 0 })
        } else {
            None
        };
        Ok(Self {
            store,
            tenant,
            known: 0,
            replaced,
        })
    }

    /// Takes the next rows of the file into account.
    pub(super) async fn of(&mut self, opened: &Opened, batch: &Batch) -> Result<(), StoreError> {
        let mut ids: Vec<String> = batch.rows.iter().map(|row| row.external_id.clone()).collect();
        self.known += customers::count_known(self.store, self.tenant, &ids).await?;
        if let Some(replaced) = &mut self.replaced {
            // The file has a row of that key too, only none that can be taken: what is there stays.
            ids.extend(batch.rejected.iter().filter_map(|row| row.external_id.clone()));
            let kind = opened.upload.kind;
            let kept = file_rows::existing_keys(self.store, self.tenant, kind, replaced.live, &ids).await?;
            replaced.kept += u64::try_from(kept.len()).unwrap_or(u64::MAX);
        }
        Ok(())
    }

    /// How many rows `replace` takes out.
    pub(super) fn taken_out(&self) -> u64 {
        self.replaced
            .as_ref()
            .map_or(0, |replaced| replaced.rows.saturating_sub(replaced.kept))
    }
}
