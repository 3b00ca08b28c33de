//! Customers after their rows.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    company::Company,
    upload::UploadKind,
};
use kale_jobs::{JobError, Lease};
use kale_persistence::{
    Store, Tenant, api_records, companies,
    file_rows::{self, Which},
};
use kale_rules::persona::CheckedConfiguration;

use super::turn::Turn;
use crate::{
    customers::{Refresher, today},
    personas::Personas,
};

/// How many customers are derived at a time.
const BATCH: u32 = 2_000;

struct Context {
    company: Company,
    kinds: BTreeMap<AttributeKey, AttributeType>,
    personas: Option<CheckedConfiguration>,
}

async fn context(store: &Store, tenant: Tenant) -> Result<Context, JobError> {
    let company = companies::get(store, tenant).await?;
    let definitions = companies::attributes(store, tenant).await?;
    let kinds = definitions
        .into_iter()
        .map(|definition| (definition.key, definition.kind))
        .collect();
    let personas = Personas::checked(store, tenant, &company).await?;
    Ok(Context {
        company,
        kinds,
        personas,
    })
}

impl Context {
    fn refresher<'a>(&'a self, store: &'a Store, tenant: Tenant) -> Refresher<'a> {
        Refresher {
            store,
            tenant,
            company: &self.company,
            kinds: &self.kinds,
            personas: self.personas.as_ref(),
            today: today(store, &self.company),
        }
    }
}

/// Brings the customers of a batch up to what readers see of its rows now, and notes that they followed; answers how
/// many.
pub(super) async fn batch(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    batch: u64,
    turn: &mut Turn,
    lease: &Lease,
) -> Result<u64, JobError> {
    let live = file_rows::live(store, tenant, kind).await?.live;
    let done = files(store, tenant, Which::Batch(batch), turn, lease).await?;
    turn.make_sure(store).await?;
    file_rows::settled(store, tenant, kind, batch, live).await?;
    Ok(done)
}

/// Brings the customers of these rows up to date; answers how many. Doing it again changes nothing.
pub(super) async fn files(
    store: &Store,
    tenant: Tenant,
    which: Which,
    turn: &mut Turn,
    lease: &Lease,
) -> Result<u64, JobError> {
    let context = context(store, tenant).await?;
    let refresher = context.refresher(store, tenant);
    let kind = UploadKind::CustomerData;
    let mut done = 0_u64;
    let mut rows = file_rows::touched(store, tenant, kind, which, &context.kinds, None, BATCH).await?;
    while let Some(last) = rows.last() {
        let next = file_rows::touched(store, tenant, kind, which, &context.kinds, Some(last), BATCH);
        turn.keep().await?;
        // While one half waits for the database, the other one is derived; and the database looks for the next.
        let (first, second) = rows.split_at(rows.len() / 2);
        let (first, second, next) =
            futures::future::join3(refresher.files(first), refresher.files(second), next).await;
        first?;
        second?;
        done += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        lease.progress(done, None, "Updating customers")?;
        rows = next?;
    }
    Ok(done)
}

/// What a job that did so says last.
pub(super) fn updated(done: u64, lease: &Lease) -> Result<(), JobError> {
    lease.progress(done, Some(done), &format!("{done} customers updated"))
}

/// The same for customers that programs told us about.
pub(super) async fn api(
    store: &Store,
    tenant: Tenant,
    turn: &mut Turn,
    lease: &Lease,
) -> Result<u64, JobError> {
    let context = context(store, tenant).await?;
    let refresher = context.refresher(store, tenant);
    let (mut after, mut done) = (None::<String>, 0_u64);
    loop {
        let records = api_records::page(store, tenant, &context.kinds, after.as_deref(), BATCH).await?;
        let Some(last) = records.last() else {
            return Ok(done);
        };
        turn.keep().await?;
        after = Some(last.external_id.clone());
        let ids: Vec<String> = records.iter().map(|record| record.external_id.clone()).collect();
        let rows =
            file_rows::effective(store, tenant, UploadKind::CustomerData, &ids, &context.kinds).await?;
        refresher.api(&records, &rows).await?;
        done += u64::try_from(records.len()).unwrap_or(u64::MAX);
        lease.progress(done, None, "Updating customers")?;
    }
}
