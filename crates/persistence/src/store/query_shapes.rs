//! Every listed query takes the index that its repository names: as the server's profiler saw it run.

use std::future::Future;

use bson::{Document, doc};
use futures::{StreamExt as _, TryStreamExt as _};
use kale_domain::{
    attribute::AttributeType,
    id::{AuditEntryId, UploadId},
    money::Currency,
};
use kale_flow::workflow::Trigger;
use mongodb::bson::Bson;

use super::Store;
use crate::{
    Reach, api_keys, api_records, audit,
    customers::{self, ListQuery, Sort, SortKey},
    file_rows::{self, Which},
    jobs::JobFilter,
    notifications, offers, personas, reasons,
    scoped::within,
    testing::{
        self,
        flows::workflow_id,
        full::{Full, KIND, external_id, fill, persona},
        people::user_id,
    },
    uploads,
    workflows::{self, edits, versions},
};

mod figures;
mod people;
mod walks;

const SIZE: u128 = 400;

/// Runs it and answers what the server says of its queries.
async fn profiled<T>(store: &Store, run: impl Future<Output = T>) -> (T, Vec<Document>) {
    let database = store.database();
    database
        .run_command(doc! { "profile": 2, "sampleRate": 1.0 })
        .await
        .unwrap();
    let answer = run.await;
    database.run_command(doc! { "profile": 0 }).await.unwrap();
    let profile = database.collection::<Document>("system.profile");
    let reads = doc! {
        "$or": [{ "op": { "$in": ["query", "getmore"] } }, { "command.aggregate": { "$exists": true } }],
        "ns": { "$not": { "$regex": "system|live_batches$" } },
    };
    let entries = profile.find(reads).await.unwrap().try_collect().await.unwrap();
    profile.drop().await.unwrap();
    (answer, entries)
}

fn number(entry: &Document, name: &str) -> i64 {
    match entry.get(name) {
        Some(Bson::Int32(number)) => i64::from(*number),
        Some(Bson::Int64(number)) => *number,
        _ => 0,
    }
}

/// What is wrong with how a query ran.
fn wrong(entries: &[Document], index: &str, may_sort: bool) -> Result<(), String> {
    if entries.is_empty() {
        return Err("nothing was asked".to_owned());
    }
    for entry in entries {
        let plan = entry.get_str("planSummary").unwrap_or_default();
        let (docs, returned) = (number(entry, "docsExamined"), number(entry, "nreturned"));
        let sorts = entry.get_bool("hasSortStage").unwrap_or(false);
        let scans = plan.contains("IXSCAN") || plan.contains("DISTINCT_SCAN");
        let indexed = scans && plan.contains(index) && !plan.contains("COLLSCAN");
        let by_id = index == "{ _id: 1 }" && plan.contains("IDHACK");
        if !(indexed || by_id) || docs > 2 * returned + 1 || (sorts && !may_sort) {
            return Err(format!(
                "{plan}: {docs} documents for {returned}, sorts: {sorts}; {:?}",
                entry.get("command")
            ));
        }
    }
    Ok(())
}

async fn expect<T, E: std::fmt::Debug>(
    store: &Store,
    what: &str,
    index: &str,
    run: impl Future<Output = Result<T, E>>,
) -> T {
    let (answer, entries) = profiled(store, run).await;
    if let Err(wrong) = wrong(&entries, index, false) {
        panic!("{what}: {wrong}");
    }
    answer.unwrap()
}

async fn three() -> (Store, Full) {
    let store = testing::migrated().await;
    let mut all = Vec::new();
    for n in 1..4 {
        all.push(fill(&store, n, SIZE).await);
    }
    // The one in the middle: a read that leaves its company on either side meets others.
    (store, all.swap_remove(1))
}

fn by(key: SortKey, descending: bool) -> ListQuery {
    let sort = Sort { key, descending };
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
async fn a_page_of_the_list_costs_its_own_customers_at_any_depth() {
    let (store, full) = three().await;
    let (reach, kinds) = (Reach::all(full.tenant), [].into());
    for (key, index) in [
        (SortKey::Name, "{ company_id: 1, name_key: 1, _id: 1 }"),
        (SortKey::CreatedAt, "{ company_id: 1, created_at: 1, _id: 1 }"),
        (SortKey::Mrr, "{ company_id: 1, facts.m.mrr: 1, _id: 1 }"),
        (
            SortKey::Persona,
            "{ company_id: 1, persona.id: 1, _id: 1, facts.m.mrr: 1 }",
        ),
        (SortKey::Attribute(0), "{ company_id: 1, sort.0: 1, _id: 1 }"),
        (SortKey::Attribute(1), "{ company_id: 1, sort.1: 1, _id: 1 }"),
        (SortKey::Attribute(2), "{ company_id: 1, sort.2: 1, _id: 1 }"),
    ] {
        for descending in [false, true] {
            let query = by(key, descending);
            let what = format!("{:?}", query.sort);
            let first = customers::list(&store, reach, &query, &kinds, None, 25);
            let (page, _) = expect(&store, &what, index, first).await;
            assert_eq!(page.len(), 25);
            // In the middle of the values, and among those without one.
            for depth in [150, 390] {
                let (_, next) = customers::list(&store, reach, &query, &kinds, None, depth)
                    .await
                    .unwrap();
                let deep = customers::list(&store, reach, &query, &kinds, next.as_ref(), 10);
                let (page, _) = expect(&store, &format!("{what} behind {depth}"), index, deep).await;
                assert_eq!(page.len(), 10);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_customers_are_read_through_their_indexes() {
    let (store, full) = three().await;
    let (reach, tenant, kinds) = (Reach::all(full.tenant), full.tenant, [].into());

    let query = ListQuery {
        personas: Some(vec![Some(persona(3))]),
        ..by(SortKey::Persona, false)
    };
    let listed = customers::list(&store, reach, &query, &kinds, None, 20);
    let (page, next) = expect(&store, "persona", "persona.id: 1, _id: 1", listed).await;
    assert!(
        page.len() == 20
            && page
                .iter()
                .all(|customer| customer.persona.persona == Some(persona(3)))
    );
    let listed = customers::list(&store, reach, &query, &kinds, next.as_ref(), 20);
    expect(&store, "persona, page 2", "persona.id: 1, _id: 1", listed).await;

    let index = "{ company_id: 1, _id: 1 }";
    let judged = customers::judge_batch(&store, tenant, Currency::USD, None, 50);
    let last = expect(&store, "judged", index, judged).await.pop().unwrap();
    let judged = customers::judge_batch(&store, tenant, Currency::USD, Some(last.id), 50);
    assert_eq!(expect(&store, "judged on", index, judged).await.len(), 50);
    let exported = async {
        let stream = customers::export(&store, reach, &by(SortKey::Name, false)).await?;
        Ok::<_, crate::StoreError>(
            stream
                .map(|customer| customer.unwrap().id)
                .collect::<Vec<_>>()
                .await,
        )
    };
    assert_eq!(expect(&store, "export", index, exported).await, full.customers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_without_a_filter_reads_no_customer() {
    let (store, full) = three().await;
    let (reach, query) = (Reach::all(full.tenant), by(SortKey::Name, false));

    let (counted, entries) = profiled(&store, customers::count(&store, reach, &query)).await;
    assert_eq!(counted.unwrap().value, u64::try_from(SIZE).unwrap());
    assert_covered(&entries, "{ company_id: 1, _id: 1 }");

    let (shares, entries) = profiled(&store, customers::by_persona(&store, reach, &query)).await;
    let shares = shares.unwrap();
    let sum = |number: fn(&customers::PersonaShare) -> u64| shares.iter().map(number).sum::<u64>();
    assert_eq!(sum(|share| share.customers), u64::try_from(SIZE).unwrap());
    // One in three has none.
    assert!((1..SIZE).contains(&u128::from(sum(|share| share.mrr_known))));
    let (whether_large, by_persona) = entries.split_at(1);
    assert_covered(whether_large, "{ company_id: 1, _id: 1 }");
    assert_covered(
        by_persona,
        "{ company_id: 1, persona.id: 1, _id: 1, facts.m.mrr: 1 }",
    );
}

/// Whether every answer came out of that index alone.
fn assert_covered(entries: &[Document], index: &str) {
    assert!(!entries.is_empty());
    for entry in entries {
        let plan = entry.get_str("planSummary").unwrap();
        assert!(plan.contains("IXSCAN") && plan.contains(index), "{plan}");
        assert!(number(entry, "keysExamined") > 0);
        assert_eq!(number(entry, "docsExamined"), 0, "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_is_found_through_its_indexes() {
    let (store, full) = three().await;
    let (reach, tenant, kinds) = (Reach::all(full.tenant), full.tenant, [].into());
    let some: Vec<_> = full.customers.iter().copied().take(40).collect();
    let one = some[3];

    // A word narrows: what matches it is few enough to be sorted.
    let query = ListQuery {
        search: Some("person39".to_owned()),
        ..by(SortKey::Name, false)
    };
    let (found, entries) = profiled(&store, customers::list(&store, reach, &query, &kinds, None, 25)).await;
    assert!(!found.unwrap().0.is_empty());
    wrong(&entries, "{ company_id: 1, search: 1 }", true).unwrap();

    let found = customers::by_external_id(&store, reach, "ext-42", &kinds);
    assert!(
        expect(&store, "external id", "external_ids: 1", found)
            .await
            .is_some()
    );
    let found = customers::get(&store, reach, one, &kinds);
    assert!(expect(&store, "one", "_id: 1", found).await.is_some());
    let standing = customers::standing(&store, tenant, &some);
    assert_eq!(expect(&store, "standing", "_id: 1", standing).await.len(), 40);
    // The newest entry is read from the customer, the others from the history.
    let (history, entries) = profiled(&store, customers::history(&store, tenant, one, 2)).await;
    assert_eq!(history.unwrap().len(), 2);
    let (of_customers, of_history): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|entry| entry.get_str("ns").unwrap().ends_with(".customers"));
    wrong(&of_customers, "_id: 1", false).unwrap();
    wrong(&of_history, "{ company_id: 1, customer_id: 1, _id: -1 }", false).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn source_records_are_found_through_their_indexes() {
    let (store, full) = three().await;
    let tenant = full.tenant;
    let kinds = [("score".parse().unwrap(), AttributeType::Integer)].into();
    let ids: Vec<String> = (0..30).map(external_id).collect();

    let batch = Which::Batch(full.batch);
    let rows = file_rows::touched(&store, tenant, KIND, batch, &kinds, None, 20);
    let rows = expect(&store, "touched", "{ company_id: 1, cur.b: 1, _id: 1 }", rows).await;
    assert_eq!(rows.len(), 20);
    let more = file_rows::touched(&store, tenant, KIND, batch, &kinds, rows.last(), 20);
    expect(&store, "touched on", "{ company_id: 1, cur.b: 1, _id: 1 }", more).await;
    let rows = file_rows::touched(&store, tenant, KIND, Which::All, &kinds, None, 20);
    let rows = expect(&store, "all", "_id: 1", rows).await;
    let more = file_rows::touched(&store, tenant, KIND, Which::All, &kinds, rows.last(), 20);
    assert_eq!(expect(&store, "all on", "_id: 1", more).await.len(), 20);
    let rows = file_rows::effective(&store, tenant, KIND, &ids, &kinds);
    assert_eq!(expect(&store, "effective", "_id: 1", rows).await.len(), 30);
    let there = file_rows::existing_keys(&store, tenant, KIND, full.batch, &ids);
    assert_eq!(expect(&store, "existing", "_id: 1", there).await.len(), 30);

    let (known, entries) = profiled(&store, customers::count_known(&store, tenant, &ids)).await;
    assert_eq!(known.unwrap(), 30);
    let plan = entries[0].get_str("planSummary").unwrap();
    assert!(plan.contains("external_ids: 1"), "{plan}");
    assert!(number(&entries[0], "docsExamined") <= 30, "{entries:?}");

    let records = api_records::find(&store, tenant, &ids, &kinds);
    assert_eq!(expect(&store, "api", "_id: 1", records).await.len(), 30);
    let records = api_records::page(&store, tenant, &kinds, None, 20);
    let records = expect(&store, "api page", "_id: 1", records).await;
    let more = api_records::page(
        &store,
        tenant,
        &kinds,
        records.last().map(|last| last.external_id.as_str()),
        20,
    );
    assert_eq!(expect(&store, "api page on", "_id: 1", more).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_and_lists_are_read_through_their_indexes() {
    let (store, full) = three().await;
    let tenant = full.tenant;
    let newest = "{ company_id: 1, _id: -1 }";

    let entries = expect(&store, "audit", newest, audit::list(&store, tenant, 10, None)).await;
    let last: Option<AuditEntryId> = entries.last().map(|entry| entry.id);
    assert_eq!(
        expect(&store, "audit on", newest, audit::list(&store, tenant, 10, last))
            .await
            .len(),
        10
    );
    let newest_of_user = "{ company_id: 1, user_id: 1, _id: -1 }";
    let told = notifications::list(&store, tenant, user_id(1), 10, None);
    let told = expect(&store, "notifications", newest_of_user, told).await;
    let last = told.last().map(|notification| notification.id);
    let on = notifications::list(&store, tenant, user_id(1), 10, last);
    let on = expect(&store, "notifications on", newest_of_user, on).await;
    assert_eq!(on.len(), 10);
    let found = expect(&store, "uploads", newest, uploads::list(&store, tenant, 10, None)).await;
    let last: Option<UploadId> = found.last().map(|upload| upload.id);
    assert_eq!(
        expect(
            &store,
            "uploads on",
            newest,
            uploads::list(&store, tenant, 10, last)
        )
        .await
        .len(),
        10
    );
    let any = JobFilter::default();
    let listed = "{ company_id: 1, quiet: 1, _id: -1 }";
    let jobs = store.jobs().list(tenant, &any, 10, None);
    let last = expect(&store, "jobs", listed, jobs)
        .await
        .last()
        .map(|job| job.id);
    let jobs = store.jobs().list(tenant, &any, 10, last);
    assert_eq!(expect(&store, "jobs on", listed, jobs).await.len(), 10);
    let all = JobFilter {
        housekeeping: true,
        ..JobFilter::default()
    };
    let jobs = store.jobs().list(tenant, &all, 10, None);
    assert_eq!(expect(&store, "all jobs", newest, jobs).await.len(), 10);
    let about = JobFilter {
        subject: Some("thing".to_owned()),
        ..JobFilter::default()
    };
    let jobs = store.jobs().list(tenant, &about, 10, None);
    let about = expect(
        &store,
        "jobs about",
        "{ company_id: 1, subject: 1, _id: -1 }",
        jobs,
    )
    .await;
    assert_eq!(about.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_versions_are_read_through_their_indexes() {
    let (store, full) = three().await;
    let tenant = full.tenant;
    expect(
        &store,
        "keys",
        "{ company_id: 1, _id: 1 }",
        api_keys::list(&store, tenant),
    )
    .await;
    let versions = expect(
        &store,
        "versions",
        "_id: 1",
        personas::versions(&store, tenant, 5),
    )
    .await;
    assert_eq!(
        versions.iter().map(|version| version.version).collect::<Vec<_>>(),
        [60, 59, 58, 57, 56]
    );
    let latest = expect(&store, "latest", "_id: 1", personas::latest(&store, tenant)).await;
    assert_eq!(latest.unwrap().version, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_and_what_belongs_to_them_are_read_through_their_indexes() {
    let (store, full) = three().await;
    // The company in the middle.
    let (tenant, id) = (full.tenant, workflow_id(2));
    let newest = "{ company_id: 1, _id: -1 }";

    let reasons = expect(&store, "reasons", "order: 1", reasons::list(&store, tenant)).await;
    assert_eq!(reasons.len(), 21);
    let reason = reasons::get(&store, tenant, &reasons[3].key);
    assert!(expect(&store, "reason", "_id: 1", reason).await.is_some());
    let offers = expect(&store, "offers", newest, offers::list(&store, tenant)).await;
    assert_eq!(offers.len(), 1);
    let listed = workflows::list(&store, tenant, None, 5, None);
    assert_eq!(expect(&store, "workflows", newest, listed).await.len(), 1);
    let got = workflows::get(&store, tenant, id);
    assert!(expect(&store, "workflow", "_id: 1", got).await.is_some());
    let live = workflows::live(&store, tenant, Trigger::CancelIntent);
    let live = expect(&store, "live", "published_at: -1", live).await;
    assert_eq!(live.unwrap().id, id);
    let edits = edits::since(&store, tenant, id, 1, 5);
    let edits = expect(&store, "edits", "_id: 1", edits).await;
    let revisions: Vec<u64> = edits.iter().map(|edit| edit.mark.revision).collect();
    assert_eq!(revisions, [3, 2]);
    let all = versions::list(&store, tenant, id, 2, Some(3));
    let all = expect(&store, "versions", "_id: 1", all).await;
    assert_eq!(
        all.iter().map(|version| version.number).collect::<Vec<_>>(),
        [2, 1]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_an_index_is_noticed() {
    let (store, full) = three().await;
    let customers = store.database().collection::<Document>("customers");
    let ask = async |filter: Document, sort: Document| {
        let run = async {
            customers
                .find(filter)
                .sort(sort)
                .limit(20)
                .await
                .unwrap()
                .try_collect::<Vec<_>>()
                .await
                .unwrap()
        };
        let (found, entries) = profiled(&store, run).await;
        assert!(!found.is_empty());
        entries
    };
    let by_domain = doc! { "domain": "domain3.example" };
    // No index at all, one that leaves a residue, and one that does not give the order.
    assert!(wrong(&ask(by_domain.clone(), doc! {}).await, "", false).is_err());
    let entries = ask(within(full.tenant, by_domain), doc! {}).await;
    assert!(wrong(&entries, "company_id: 1", false).is_err(), "{entries:?}");
    let entries = ask(within(full.tenant, doc! {}), doc! { "domain": 1 }).await;
    assert!(wrong(&entries, "company_id: 1", false).is_err());
    assert!(wrong(&[], "", false).is_err());
}
