//! Nobody reaches what another company owns, by any function of any repository.

mod changes;

use std::collections::BTreeMap;

use bson::{Document, doc};
use futures::{StreamExt as _, TryStreamExt as _};
use kale_domain::money::Currency;
use kale_rules::expression::Subject;
use rust_decimal::Decimal;

use crate::{
    Reach, Store, StoreError, Tenant, api_keys, api_records, audit, companies,
    customers::{self, ListQuery, Sort, SortKey},
    file_rows::{self, Which},
    jobs::JobFilter,
    personas, saved_views, tenant, testing,
    testing::{
        full::{Full, KIND, external_id, fill},
        people::{company, company_id, insert_company, user_id},
    },
    uploads, users, value,
};

const SIZE: u128 = 12;
/// Where companies keep what they own.
const OWNED: [&str; 12] = [
    "customers",
    "persona_history",
    "file_rows",
    "live_batches",
    "uploads",
    "api_records",
    "persona_versions",
    "saved_views",
    "api_keys",
    "audit",
    "jobs",
    "users",
];

/// The first company owns everything, the second one nothing but its name.
async fn two() -> (Store, Full, Tenant) {
    let store = testing::migrated().await;
    let full = fill(&store, 1, SIZE).await;
    insert_company(&store, &company(&store, 2)).await;
    (store, full, Tenant::new(company_id(2)))
}

/// Everything of the first company as it lies in the database, read around the scopes.
async fn everything(store: &Store, full: &Full) -> BTreeMap<&'static str, Vec<Document>> {
    let mut all = BTreeMap::new();
    for name in OWNED {
        let filter = doc! { "company_id": value::uuid(full.tenant.company().uuid()) };
        let records = store.database().collection::<Document>(name);
        let found = records.find(filter).sort(doc! { "_id": 1 }).await.unwrap();
        all.insert(name, found.try_collect().await.unwrap());
    }
    all
}

fn all_customers() -> ListQuery {
    let sort = Sort {
        key: SortKey::Name,
        descending: false,
    };
    ListQuery {
        matching: None,
        personas: None,
        search: None,
        sort,
        today: kale_rules::arbitrary::TODAY,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_around_the_scopes_sees_everything() {
    let (store, full, stranger) = two().await;
    for (name, found) in everything(&store, &full).await {
        assert!(!found.is_empty(), "{name} would prove nothing");
        let unscoped = store
            .database()
            .collection::<Document>(name)
            .count_documents(doc! {})
            .await
            .unwrap();
        let strangers = doc! { "company_id": value::uuid(stranger.company().uuid()) };
        let theirs = store
            .database()
            .collection::<Document>(name)
            .count_documents(strangers)
            .await
            .unwrap();
        assert_eq!(
            (usize::try_from(unscoped).unwrap(), theirs),
            (found.len(), 0),
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_can_not_talk_its_way_out_of_the_scope() {
    let (store, full, stranger) = two().await;
    let customers = customers_of(&store);
    for filter in [
        doc! {},
        doc! { "company_id": value::uuid(full.tenant.company().uuid()) },
        doc! { "$or": [{ "company_id": value::uuid(full.tenant.company().uuid()) }, {}] },
    ] {
        let mine = customers
            .find(
                full.tenant,
                filter.clone(),
                mongodb::options::FindOptions::default(),
            )
            .await
            .unwrap();
        let theirs = customers
            .find(stranger, filter, mongodb::options::FindOptions::default())
            .await
            .unwrap();
        assert_eq!((mine.len(), theirs.len()), (usize::try_from(SIZE).unwrap(), 0));
    }
}

fn customers_of(store: &Store) -> super::Scoped<Document> {
    super::Scoped::new(store.database(), "customers")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_customers_of_another_company() {
    let (store, full, stranger) = two().await;
    let query = all_customers();
    let (id, kinds) = (full.customers[1], [].into());
    let score = Subject::Attribute {
        key: "score".parse().unwrap(),
        kind: kale_domain::attribute::AttributeType::Integer,
    };
    for (tenant, there) in [(full.tenant, true), (stranger, false)] {
        let reach = Reach::all(tenant);
        assert_eq!(
            customers::get(&store, reach, id, &kinds).await.unwrap().is_some(),
            there
        );
        assert_eq!(
            customers::by_external_id(&store, reach, "ext-1", &kinds)
                .await
                .unwrap()
                .is_some(),
            there
        );
        assert_eq!(
            customers::sources(&store, reach, id).await.unwrap().is_some(),
            there
        );
        assert_eq!(
            !customers::list(&store, reach, &query, &kinds, None, 5)
                .await
                .unwrap()
                .0
                .is_empty(),
            there
        );
        assert_eq!(
            customers::count(&store, reach, &query, 100).await.unwrap().value > 0,
            there
        );
        assert_eq!(
            !customers::by_persona(&store, reach, &query)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        let key = "score".parse().unwrap();
        assert_eq!(
            !customers::by_attribute(&store, reach, &query, &key)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        let median = customers::numeric_quantile(&store, reach, &score, Decimal::from(50))
            .await
            .unwrap();
        assert_eq!(median.is_some(), there);
        assert_eq!(
            !customers::history(&store, tenant, id, 5)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        assert_eq!(
            !customers::standing(&store, tenant, &full.customers)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        let judged = customers::judge_batch(&store, tenant, Currency::USD, None, 5)
            .await
            .unwrap();
        assert_eq!(!judged.is_empty(), there);
        let mut seen = 0;
        customers::for_each_judged(&store, reach, &query, Currency::USD, |_| seen += 1)
            .await
            .unwrap();
        assert_eq!(seen > 0, there);
        let exported = customers::export(&store, reach, &query, [].into())
            .await
            .unwrap()
            .count()
            .await;
        assert_eq!(exported > 0, there);
    }
    // An expert of the same company reaches only those that were given to them.
    let expert = Reach::assigned_to(full.tenant, user_id(5));
    assert_eq!(customers::get(&store, expert, id, &kinds).await.unwrap(), None);
    assert!(
        customers::list(&store, expert, &query, &kinds, None, 5)
            .await
            .unwrap()
            .0
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_anything_else_of_another_company() {
    let (store, full, stranger) = two().await;
    let kinds = [].into();
    let ids: Vec<String> = (0..SIZE).map(external_id).collect();
    for (tenant, there) in [(full.tenant, true), (stranger, false)] {
        assert_eq!(
            file_rows::live(&store, tenant, KIND).await.unwrap().live > 0,
            there
        );
        assert_eq!(
            !file_rows::effective(&store, tenant, KIND, &ids, &kinds)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        assert_eq!(
            !file_rows::existing_keys(&store, tenant, KIND, full.batch, &ids)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        for which in [Which::All, Which::Batch(full.batch)] {
            let rows = file_rows::touched(&store, tenant, KIND, which, &kinds, None, 5)
                .await
                .unwrap();
            assert_eq!(!rows.is_empty(), there);
        }
        assert_eq!(
            !api_records::find(&store, tenant, &ids, &kinds)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        assert_eq!(
            !api_records::page(&store, tenant, &kinds, None, 5)
                .await
                .unwrap()
                .is_empty(),
            there
        );
        assert_eq!(
            !personas::versions(&store, tenant, 5).await.unwrap().is_empty(),
            there
        );
        assert_eq!(personas::latest(&store, tenant).await.unwrap().is_some(), there);
        assert_eq!(
            uploads::get(&store, tenant, full.upload.id)
                .await
                .unwrap()
                .is_some(),
            there
        );
        assert_eq!(
            !uploads::list(&store, tenant, 5, None).await.unwrap().is_empty(),
            there
        );
        let owner = full.view.owner;
        assert_eq!(
            saved_views::get(&store, tenant, owner, full.view.id)
                .await
                .unwrap()
                .is_some(),
            there
        );
        assert_eq!(
            !saved_views::list(&store, tenant, owner).await.unwrap().is_empty(),
            there
        );
        assert_eq!(!api_keys::list(&store, tenant).await.unwrap().is_empty(), there);
        assert_eq!(
            !audit::list(&store, tenant, 5, None).await.unwrap().is_empty(),
            there
        );
        assert_eq!(!users::list(&store, tenant).await.unwrap().is_empty(), there);
        assert_eq!(
            users::get(&store, tenant, user_id(101)).await.unwrap().is_some(),
            there
        );
        assert_eq!(
            !companies::attributes(&store, tenant).await.unwrap().is_empty(),
            there
        );
        assert_eq!(companies::get(&store, tenant).await.unwrap().id, tenant.company());
        assert_eq!(store.jobs().get(tenant, full.job).await.unwrap().is_some(), there);
        assert_eq!(
            !store
                .jobs()
                .list(tenant, &JobFilter::default(), 5, None)
                .await
                .unwrap()
                .is_empty(),
            there
        );
    }
    // A transaction of the installation owns nothing of any company.
    let installation = tenant::Installation::new();
    let found = store
        .installation_transaction::<_, StoreError>(installation, async |tx| {
            customers_of(&store).find_one_in(tx, doc! {}).await
        })
        .await
        .unwrap();
    assert_eq!(found, None);
}
