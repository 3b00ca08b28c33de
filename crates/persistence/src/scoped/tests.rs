//! Nobody reaches what another company owns, by any function of any repository.

mod changes;
mod flows;
mod walks;

use std::collections::BTreeMap;

use bson::{Document, doc};
use futures::{StreamExt as _, TryStreamExt as _};
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    money::Currency,
};
use kale_rules::expression::Subject;
use rust_decimal::Decimal;

use crate::{
    Reach, Result, Store, StoreError, Tenant, api_keys, api_records, audit, companies,
    customers::{self, ListQuery, Sort, SortKey},
    file_rows::{self, Which},
    jobs::JobFilter,
    notifications, personas, saved_views, tenant, testing,
    testing::{
        full::{Full, KIND, external_id, fill},
        people::{company, company_id, insert_company, user_id},
    },
    uploads, users, value,
};

const SIZE: u128 = 12;
/// Where companies keep what they own.
const OWNED: [&str; 23] = [
    "sessions",
    "user_events",
    "viewer_settings",
    "viewer_secrets",
    "viewer_handles",
    "notifications",
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
    "reasons",
    "offers",
    "workflows",
    "workflow_edits",
    "workflow_versions",
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
        experts: None,
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

/// Whether somebody is to find something.
#[derive(Clone, Copy)]
struct Sees(bool);

impl Sees {
    fn some<T>(self, what: &str, answer: Result<Option<T>>) {
        assert_eq!(answer.unwrap().is_some(), self.0, "{what}");
    }

    fn many<T>(self, what: &str, answer: Result<impl IntoIterator<Item = T>>) {
        assert_eq!(answer.unwrap().into_iter().next().is_some(), self.0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_customer_of_another_company() {
    let (store, full, stranger) = two().await;
    let (id, kinds) = (full.customers[1], [].into());
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        let reach = Reach::all(tenant);
        sees.some("get", customers::get(&store, reach, id, &kinds).await);
        let found = customers::by_external_id(&store, reach, "ext-1", &kinds).await;
        sees.some("by external id", found);
        sees.some("sources", customers::sources(&store, reach, id).await);
        sees.many("history", customers::history(&store, tenant, id, 5).await);
        let standing = customers::standing(&store, tenant, &full.customers).await;
        sees.many("standing", standing);
    }
    // An expert of the same company reaches only those that were given to them.
    let expert = Reach::assigned_to(full.tenant, user_id(5));
    let none = Sees(false);
    none.some("get", customers::get(&store, expert, id, &kinds).await);
    none.some("sources", customers::sources(&store, expert, id).await);
    let listed = customers::list(&store, expert, &all_customers(), &kinds, None, 5).await;
    none.many("list", listed.map(|page| page.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lists_or_counts_the_customers_of_another_company() {
    let (store, full, stranger) = two().await;
    let (query, kinds) = (all_customers(), [].into());
    let key: AttributeKey = "score".parse().unwrap();
    let score = Subject::Attribute {
        key: key.clone(),
        kind: AttributeType::Integer,
    };
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        let reach = Reach::all(tenant);
        let listed = customers::list(&store, reach, &query, &kinds, None, 5).await;
        sees.many("list", listed.map(|page| page.0));
        let counted = customers::count(&store, reach, &query).await;
        sees.some("count", counted.map(|tally| (tally.value > 0).then_some(tally)));
        sees.many("by persona", customers::by_persona(&store, reach, &query).await);
        let cells = customers::by_attribute(&store, reach, &query, &key).await;
        sees.many("by attribute", cells);
        let median = customers::numeric_quantile(&store, reach, &score, Decimal::from(50)).await;
        sees.some("median", median);
        let judged = customers::judge_batch(&store, tenant, Currency::USD, None, 5).await;
        sees.many("judged", judged);
        let mut seen = Vec::new();
        customers::for_each_judged(&store, reach, &query, Currency::USD, |one| seen.push(one.id))
            .await
            .unwrap();
        sees.many("each judged", Ok(seen));
        let exported = customers::export(&store, reach, &query).await.unwrap();
        sees.many("export", Ok(exported.collect::<Vec<_>>().await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_source_records_of_another_company() {
    let (store, full, stranger) = two().await;
    let kinds = [].into();
    let ids: Vec<String> = (0..SIZE).map(external_id).collect();
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        let live = file_rows::live(&store, tenant, KIND).await;
        sees.some("live batch", live.map(|live| live.upload));
        let rows = file_rows::effective(&store, tenant, KIND, &ids, &kinds).await;
        sees.many("effective", rows);
        let there = file_rows::existing_keys(&store, tenant, KIND, full.batch, &ids).await;
        sees.many("existing", there);
        let known = customers::count_known(&store, tenant, &ids).await.unwrap();
        assert_eq!(known > 0, sees.0, "count of known customers");
        let rows = file_rows::count_live(&store, tenant, full.batch).await.unwrap();
        assert_eq!(rows > 0, sees.0, "count of live rows");
        for which in [Which::All, Which::Batch(full.batch)] {
            let rows = file_rows::touched(&store, tenant, KIND, which, &kinds, None, 5).await;
            sees.many("touched", rows);
        }
        let records = api_records::find(&store, tenant, &ids, &kinds).await;
        sees.many("api records", records);
        let records = api_records::page(&store, tenant, &kinds, None, 5).await;
        sees.many("a page of api records", records);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_anything_else_of_another_company() {
    let (store, full, stranger) = two().await;
    let owner = full.view.owner;
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        sees.many("versions", personas::versions(&store, tenant, 5).await);
        sees.some("latest", personas::latest(&store, tenant).await);
        sees.some("upload", uploads::get(&store, tenant, full.upload.id).await);
        sees.many("uploads", uploads::list(&store, tenant, 5, None).await);
        sees.some(
            "view",
            saved_views::get(&store, tenant, owner, full.view.id).await,
        );
        sees.many("views", saved_views::list(&store, tenant, owner).await);
        sees.many("keys", api_keys::list(&store, tenant).await);
        sees.many("audit", audit::list(&store, tenant, 5, None).await);
        let notifications = notifications::list(&store, tenant, user_id(1), 5, None).await;
        sees.many("notifications", notifications);
        sees.many("users", users::list(&store, tenant).await);
        sees.some("user", users::get(&store, tenant, user_id(101)).await);
        sees.many("attributes", companies::attributes(&store, tenant).await);
        // Twice: from the database and from memory.
        for _ in 0..2 {
            let known = companies::known_attributes(&store, tenant).await.unwrap();
            sees.many("known attributes", Ok(known.kinds.clone()));
            let latest = personas::known(&store, tenant, Ok::<_, StoreError>)
                .await
                .unwrap();
            sees.some("known personas", Ok(latest.as_ref().clone()));
        }
        assert_eq!(companies::get(&store, tenant).await.unwrap().id, tenant.company());
        sees.some("job", store.jobs().get(tenant, full.job).await);
        let jobs = store.jobs().list(tenant, &JobFilter::default(), 5, None).await;
        sees.many("jobs", jobs);
    }
    // A transaction of the installation owns nothing of any company.
    let installation = tenant::Installation::new();
    let found = store
        .installation_transaction::<_, StoreError>(installation, async |tx| {
            customers_of(&store).find_one_in(tx, doc! {}).await
        })
        .await;
    Sees(false).some("a transaction of the installation", found);
}
