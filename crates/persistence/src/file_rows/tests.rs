//! Imports, interruptions and undo give what a simple model says.

mod model;
mod takeover;

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    id::{CompanyId, UploadId},
    upload::{ImportMode, UploadKind},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Batch, BatchOutcome, IncomingRow, LiveBatch, MappedColumns, RowValues, Which, allocate, effective, fold,
    live, publish, remove_absent, touched, unpublish, write_batch,
};
use crate::{Result, Store, StoreError, Tenant};

const KIND: UploadKind = UploadKind::CustomerData;

fn tenant(n: u128) -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(n)))
}

fn upload(batch: u64) -> UploadId {
    UploadId::from_uuid(Uuid::from_u128(batch.into()))
}

fn kinds() -> BTreeMap<AttributeKey, AttributeType> {
    [
        ("contract".parse().unwrap(), AttributeType::Text),
        ("score".parse().unwrap(), AttributeType::Integer),
    ]
    .into()
}

/// A file: which columns it has and what stands in them, by key.
#[derive(Debug, Clone)]
struct File {
    mode: ImportMode,
    mapped: MappedColumns,
    rows: BTreeMap<String, RowValues>,
}

impl File {
    fn new(mode: ImportMode, fields: &[&'static str], attributes: &[&str]) -> Self {
        let mapped = MappedColumns {
            fields: fields.iter().copied().collect(),
            attributes: attributes.iter().map(|key| key.parse().unwrap()).collect(),
        };
        Self {
            mode,
            mapped,
            rows: BTreeMap::new(),
        }
    }

    fn row(mut self, external_id: &str, values: RowValues) -> Self {
        self.rows.insert(external_id.to_owned(), values);
        self
    }

    fn batch(&self, number: u64) -> Batch {
        Batch {
            number,
            kind: KIND,
            mode: self.mode,
            mapped: self.mapped.clone(),
        }
    }

    /// The rows as the reader of a file gives them: the hash tells the values and which columns there are.
    fn incoming(&self) -> Vec<IncomingRow> {
        let row = |(external_id, values): (&String, &RowValues)| {
            let digest = Sha256::digest(format!("{external_id} {values:?} {:?}", self.mapped));
            IncomingRow {
                external_id: external_id.clone(),
                hash: *digest.first_chunk().unwrap(),
                values: values.clone(),
            }
        };
        self.rows.iter().map(row).collect()
    }
}

fn name(name: &str) -> RowValues {
    RowValues {
        name: Some(name.to_owned()),
        ..RowValues::default()
    }
}

async fn next(store: &Store, tenant: Tenant) -> u64 {
    store
        .transaction::<_, StoreError>(tenant, async |tx| allocate(store, tx, KIND).await)
        .await
        .unwrap()
}

/// The first half of an import, and `calls` calls of the second; all of them where that is `None`.
async fn write(
    store: &Store,
    tenant: Tenant,
    file: &File,
    number: u64,
    size: usize,
    calls: Option<usize>,
) -> Result<BatchOutcome> {
    let now = live(store, tenant, KIND).await?.live;
    fold(store, tenant, KIND, now, number).await?;
    let batch = file.batch(number);
    let mut sum = BatchOutcome::default();
    for rows in file.incoming().chunks(size).take(calls.unwrap_or(usize::MAX)) {
        let outcome = write_batch(store, tenant, &batch, rows.to_vec()).await?;
        sum.added += outcome.added;
        sum.changed += outcome.changed;
        sum.unchanged += outcome.unchanged;
        sum.refused += outcome.refused;
    }
    Ok(sum)
}

async fn make_live(store: &Store, tenant: Tenant, number: u64) -> Result<()> {
    store
        .transaction(tenant, async |tx| {
            publish(store, tx, KIND, number, upload(number)).await
        })
        .await
}

async fn undo(store: &Store, tenant: Tenant, number: u64) -> Result<LiveBatch> {
    store
        .transaction(tenant, async |tx| unpublish(store, tx, KIND, number).await)
        .await
}

/// A whole import; answers its number.
async fn import(store: &Store, tenant: Tenant, file: &File) -> u64 {
    let number = next(store, tenant).await;
    write(store, tenant, file, number, 3, None).await.unwrap();
    if file.mode == ImportMode::Replace {
        remove_absent(store, tenant, &file.batch(number), |key| {
            file.rows.contains_key(key)
        })
        .await
        .unwrap();
    }
    make_live(store, tenant, number).await.unwrap();
    number
}

/// What a reader sees, asked for by key.
async fn seen(store: &Store, tenant: Tenant, keys: &[String]) -> BTreeMap<String, RowValues> {
    let rows = effective(store, tenant, KIND, keys, &kinds()).await.unwrap();
    rows.into_iter()
        .filter_map(|row| Some((row.external_id, row.values?)))
        .collect()
}

/// Every row that `which` names, read in small pages, with what a reader sees of it.
async fn pages(store: &Store, tenant: Tenant, which: Which) -> BTreeMap<String, Option<RowValues>> {
    let mut all = BTreeMap::new();
    let mut rows = touched(store, tenant, KIND, which, &kinds(), None, 3)
        .await
        .unwrap();
    while let Some(last) = rows.last().cloned() {
        for row in rows {
            assert_eq!(row.values.is_some(), row.hash.is_some());
            assert!(
                all.insert(row.external_id, row.values).is_none(),
                "no row comes twice"
            );
        }
        rows = touched(store, tenant, KIND, which, &kinds(), Some(&last), 3)
            .await
            .unwrap();
    }
    all
}

fn keys(rows: &BTreeMap<String, Option<RowValues>>) -> BTreeSet<String> {
    rows.keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_hash_of_another_mode_does_not_hide_a_change() {
    let store = crate::testing::migrated().await;
    let ours = tenant(1);
    let both = File::new(ImportMode::Upsert, &["name", "plan"], &[]);
    let plan = RowValues {
        plan: Some("Pro".to_owned()),
        ..RowValues::default()
    };
    let full = both.row(
        "a",
        RowValues {
            plan: Some("Basic".to_owned()),
            ..name("Ada")
        },
    );
    import(&store, ours, &full).await;
    let partial = File::new(ImportMode::Upsert, &["plan"], &[]).row("a", plan.clone());
    import(&store, ours, &partial).await;
    let keys = ["a".to_owned()];
    assert_eq!(
        seen(&store, ours, &keys).await["a"],
        RowValues {
            plan: Some("Pro".to_owned()),
            ..name("Ada")
        }
    );

    // The same bytes, but now they are all that is to be known.
    import(
        &store,
        ours,
        &File {
            mode: ImportMode::Replace,
            ..partial
        },
    )
    .await;
    assert_eq!(seen(&store, ours, &keys).await["a"], plan);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_with_equal_hashes_have_equal_values() {
    let store = crate::testing::migrated().await;
    let ours = tenant(1);
    let plan = File::new(ImportMode::Upsert, &["plan"], &[]).row(
        "a",
        RowValues {
            plan: Some("Pro".to_owned()),
            ..RowValues::default()
        },
    );
    let mut hashes = BTreeMap::new();
    for who in ["Ada", "Grace"] {
        import(
            &store,
            ours,
            &File::new(ImportMode::Upsert, &["name"], &[]).row("a", name(who)),
        )
        .await;
        import(&store, ours, &plan).await;
        let row = effective(&store, ours, KIND, &["a".to_owned()], &kinds())
            .await
            .unwrap()
            .pop()
            .unwrap();
        hashes.insert(row.hash.unwrap(), row.values.unwrap());
    }
    // Whoever skips by the hash would otherwise keep the first name.
    assert_eq!(hashes.len(), 2, "{hashes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replace_takes_out_only_what_its_own_company_has() {
    let store = crate::testing::migrated().await;
    let file = File::new(ImportMode::Upsert, &["name"], &[])
        .row("a", name("Ada"))
        .row("b", name("Bob"));
    import(&store, tenant(1), &file).await;
    import(&store, tenant(2), &file).await;
    let less = File::new(ImportMode::Replace, &["name"], &[]).row("a", name("Ada"));
    let number = import(&store, tenant(2), &less).await;

    assert_eq!(
        pages(&store, tenant(1), Which::All).await,
        [
            ("a".to_owned(), Some(name("Ada"))),
            ("b".to_owned(), Some(name("Bob"))),
        ]
        .into()
    );
    assert_eq!(
        pages(&store, tenant(2), Which::Batch(number)).await,
        [("b".to_owned(), None)].into()
    );
}
