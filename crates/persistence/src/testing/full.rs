//! One of everything a company can own.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::AttributeDefinition,
    audit::{Actor, AuditAction, AuditEntry},
    id::{ApiKeyId, AuditEntryId, CustomerId, JobId, NotificationId, PersonaId, SavedViewId, UploadId},
    money::Money,
    notification::{Notification, NotificationKind, Severity},
    persona::{AssignedBy, PersonaState},
    saved_view::SavedView,
    upload::{ImportMode, Upload, UploadKind, UploadState, UploadedFile},
};
use serde_json::json;
use uuid::Uuid;

use super::people::{company, company_id, insert_company, insert_user, user, user_id};
use crate::{
    Store, StoreError, Tenant, Tx, api_keys,
    api_records::{self, ApiRecord},
    companies,
    customers::{self, Change, Derived, PersonaMove},
    file_rows::{self, Batch, IncomingRow, MappedColumns, RowValues},
    jobs::NewJob,
    personas::{self, PersonaVersion},
    saved_views, uploads,
};
use kale_domain::{
    access::Role,
    metric::{Metric, MetricValue},
    money::Currency,
};

pub(crate) const KIND: UploadKind = UploadKind::CustomerData;

/// What a company was filled with.
pub(crate) struct Full {
    pub(crate) tenant: Tenant,
    pub(crate) customers: Vec<CustomerId>,
    pub(crate) upload: Upload,
    pub(crate) view: SavedView,
    pub(crate) key: ApiKeyId,
    pub(crate) job: JobId,
    pub(crate) batch: u64,
}

pub(crate) fn persona(n: u128) -> PersonaId {
    PersonaId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn external_id(n: u128) -> String {
    format!("ext-{n}")
}

/// Ids of different companies alternate, so that a read which leaves its company finds others' at once.
fn id_of(company: u128, n: u128) -> Uuid {
    Uuid::from_u128((n << 32) + company)
}

pub(crate) fn derived(company: u128, n: u128) -> Derived {
    let slot = |name: &str| name.parse().unwrap();
    let amount = i64::try_from(n % 50).unwrap() * 100;
    Derived {
        id: CustomerId::from_uuid(id_of(company, n)),
        external_ids: vec![external_id(n)],
        name: Some(format!("Name{:03} Person{}", n % 200, n % 97)),
        email: Some(format!("person{n}@example.com").parse().unwrap()),
        domain: Some(format!("domain{}.example", n % 7)),
        lifecycle: None,
        tier: None,
        locale: None,
        metrics: if n.is_multiple_of(3) {
            BTreeMap::new()
        } else {
            let mrr = Money {
                amount_minor: amount,
                currency: Currency::USD,
            };
            [(Metric::Mrr, MetricValue::Money(mrr))].into()
        },
        currency: Currency::USD,
        attributes: ["score", "level", "depth"]
            .into_iter()
            .map(|key| (slot(key), kale_domain::attribute::AttributeValue::Integer(amount)))
            .collect(),
        sortable: ["score", "level", "depth"].map(slot).to_vec(),
        links: Vec::new(),
        applied: [1; 16],
    }
}

pub(crate) fn upload(store: &Store, company: u128, n: u128) -> Upload {
    Upload {
        id: UploadId::from_uuid(id_of(company, n)),
        kind: KIND,
        file: UploadedFile {
            name: "customers.csv".to_owned(),
            bytes: 1,
            sha256: "00".to_owned(),
        },
        state: UploadState::Received,
        profile: None,
        suggestion: None,
        mapping: None,
        by: None,
        created_at: store.now(),
        updated_at: store.now(),
        version: 1,
    }
}

/// Fills company `n` with `size` of everything that there are many of.
pub(crate) async fn fill(store: &Store, n: u128, size: u128) -> Full {
    let tenant = Tenant::new(company_id(n));
    insert_company(store, &company(store, n)).await;
    insert_user(
        store,
        &user(store, 100 + n, Some(company_id(n)), Role::RetentionAdmin),
    )
    .await;
    let customers = people(store, tenant, n, size).await;
    let batch = rows(store, tenant, size).await;
    let records: Vec<ApiRecord> = (0..size)
        .map(|n| ApiRecord {
            external_id: external_id(n),
            values: RowValues::default(),
            created_at: store.now(),
        })
        .collect();
    api_records::upsert(store, tenant, &records).await.unwrap();
    let view = view(store, n);
    let (key, job) = small(store, tenant, n, size, &view).await;
    super::flows::fill(store, tenant, n).await;
    super::walks::fill(store, tenant, n).await;
    store.settle().await.unwrap();
    Full {
        tenant,
        customers,
        upload: upload(store, n, 0),
        view,
        key,
        job,
        batch,
    }
}

async fn people(store: &Store, tenant: Tenant, n: u128, size: u128) -> Vec<CustomerId> {
    let changes: Vec<Change> = (0..size)
        .map(|at| Change {
            derived: derived(n, at),
            persona: None,
            exists: false,
        })
        .collect();
    customers::write(store, tenant, &changes).await.unwrap();
    let ids: Vec<CustomerId> = changes.iter().map(|change| change.derived.id).collect();
    for step in 1..4_u128 {
        let by = AssignedBy::Rule {
            version: 1,
            as_of: store.now(),
        };
        let moves: Vec<PersonaMove> = (0..)
            .zip(&ids)
            .filter(|(at, _)| at % 10 > 0)
            .map(|(at, id)| PersonaMove {
                customer: *id,
                from: None,
                to: PersonaState {
                    persona: Some(persona((at + step) % 5)),
                    by: Some(by.clone()),
                    since: store.now(),
                },
            })
            .collect();
        customers::move_all(store, tenant, &moves).await.unwrap();
    }
    ids
}

/// Two batches, the second one smaller.
async fn rows(store: &Store, tenant: Tenant, size: u128) -> u64 {
    let mut live = 0;
    for (name, size) in [("first", size), ("second", size / 4)] {
        let number = store
            .transaction::<_, StoreError>(tenant, async |tx| file_rows::allocate(store, tx, KIND).await)
            .await
            .unwrap();
        file_rows::fold(store, tenant, KIND, live, number).await.unwrap();
        let row = |n: u128| IncomingRow {
            external_id: external_id(n),
            hash: [u8::try_from(number).unwrap(); 16],
            values: RowValues {
                name: Some(name.to_owned()),
                ..RowValues::default()
            },
        };
        let batch = Batch {
            number,
            kind: KIND,
            mode: ImportMode::Upsert,
            mapped: MappedColumns::default(),
        };
        file_rows::write_batch(store, tenant, &batch, (0..size).map(row).collect())
            .await
            .unwrap();
        let upload = UploadId::from_uuid(Uuid::from_u128(1));
        store
            .transaction(tenant, async |tx| {
                file_rows::publish(store, tx, KIND, number, upload).await
            })
            .await
            .unwrap();
        live = number;
    }
    live
}

fn view(store: &Store, n: u128) -> SavedView {
    SavedView {
        id: SavedViewId::from_uuid(id_of(n, 0)),
        owner: user_id(1),
        shared: true,
        name: "All".to_owned(),
        query: String::new(),
        columns: Vec::new(),
        created_at: store.now(),
        version: 1,
    }
}

fn notification(tx: &Tx, company: u128, n: u128) -> Notification {
    Notification {
        id: NotificationId::from_uuid(id_of(company, n)),
        user: user_id(1),
        kind: NotificationKind::System,
        severity: Severity::Info,
        title: "Something happened".to_owned(),
        body: String::new(),
        link: "/today".to_owned(),
        dedupe_key: format!("something:{n}"),
        created_at: tx.now(),
        read_at: None,
    }
}

async fn small(store: &Store, tenant: Tenant, n: u128, size: u128, view: &SavedView) -> (ApiKeyId, JobId) {
    let definition = AttributeDefinition {
        key: "score".parse().unwrap(),
        label: "Score".to_owned(),
        kind: kale_domain::attribute::AttributeType::Integer,
    };
    store
        .transaction::<_, StoreError>(tenant, async |tx| {
            let mut made = None;
            for at in 0..size.min(60) {
                uploads::insert(store, tx, &upload(store, n, at)).await?;
                tx.audit(AuditEntry {
                    id: AuditEntryId::from_uuid(id_of(n, at)),
                    actor: Actor::System,
                    action: AuditAction::CompanyChanged,
                    target: "company".to_owned(),
                    before: BTreeMap::new(),
                    after: BTreeMap::new(),
                    request_id: None,
                    ip: None,
                    user_agent: None,
                    at: tx.now(),
                })
                .await?;
                tx.notify(notification(tx, n, at)).await?;
                let version = PersonaVersion {
                    version: u64::try_from(at + 1).unwrap_or(1),
                    configuration: "{}".to_owned(),
                    by: None,
                    note: None,
                    at: tx.now(),
                };
                personas::add(store, tx, &version).await?;
                let (key, _) = api_keys::create(store, tx, "CI", [].into(), None, None).await?;
                let job = NewJob::new("work", &json!({}))?
                    .of(tenant.company())
                    .about(if at % 4 == 0 { "thing" } else { "other" });
                made = Some((key.id, tx.enqueue(job).await?.id()));
            }
            saved_views::insert(store, tx, view).await?;
            companies::define_attributes(store, tx, std::slice::from_ref(&definition)).await?;
            Ok(made)
        })
        .await
        .unwrap()
        .unwrap()
}
