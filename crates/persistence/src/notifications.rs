//! Notifications (`notifications`, indexes `{company_id, user_id, dedupe_key}` unique and `{company_id, user_id, _id: -1}`),
//! written inside the transaction of what they tell.

use bson::{DateTime, doc};
use kale_domain::{
    id::{NotificationId, UserId},
    notification::{Notification, NotificationKind, Severity},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    scoped::{Scoped, within},
    store::{INTERACTIVE, Store},
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    user_id: bson::Uuid,
    kind: NotificationKind,
    severity: Severity,
    title: String,
    body: String,
    link: String,
    dedupe_key: String,
    created_at: DateTime,
    #[serde(default)]
    read_at: Option<DateTime>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "notifications")
}

/// Adds one, unless the user was told already.
pub(crate) async fn insert(store: &Store, tx: &mut Tx, notification: &Notification) -> Result<()> {
    let told = doc! {
        "user_id": value::uuid(notification.user.uuid()),
        "dedupe_key": &notification.dedupe_key,
    };
    let new = doc! {
        "_id": value::uuid(notification.id.uuid()),
        "kind": bson::serialize_to_bson(&notification.kind)?,
        "severity": bson::serialize_to_bson(&notification.severity)?,
        "title": &notification.title,
        "body": &notification.body,
        "link": &notification.link,
        "created_at": value::date(notification.created_at),
        "read_at": notification.read_at.map(value::date),
    };
    let filter = within(tx.tenant(), told);
    let written = records(store)
        .raw()
        .update_one(filter, doc! { "$setOnInsert": new })
        .upsert(true)
        .session(tx.session())
        .await;
    tx.note(written).map(drop)
}

/// A user's notifications, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    user: UserId,
    limit: u32,
    before: Option<NotificationId>,
) -> Result<Vec<Notification>> {
    let mut filter = doc! { "user_id": value::uuid(user.uuid()) };
    if let Some(id) = before {
        filter.insert("_id", doc! { "$lt": value::uuid(id.uuid()) });
    }
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "user_id": 1, "_id": -1 })
        .limit(i64::from(limit))
        .max_time(INTERACTIVE)
        .build();
    let found = records(store).find(tenant, filter, options).await?;
    Ok(found.into_iter().map(Notification::from).collect())
}

/// Removes what a user was told.
pub async fn forget(store: &Store, tx: &mut Tx, user: UserId) -> Result<()> {
    let filter = within(tx.tenant(), doc! { "user_id": value::uuid(user.uuid()) });
    let gone = records(store)
        .raw()
        .delete_many(filter)
        .session(tx.session())
        .await;
    tx.note(gone).map(drop)
}

impl From<Record> for Notification {
    fn from(record: Record) -> Self {
        Self {
            id: NotificationId::from_uuid(value::from_uuid(record.id)),
            user: UserId::from_uuid(value::from_uuid(record.user_id)),
            kind: record.kind,
            severity: record.severity,
            title: record.title,
            body: record.body,
            link: record.link,
            dedupe_key: record.dedupe_key,
            created_at: value::timestamp(record.created_at),
            read_at: record.read_at.map(value::timestamp),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use uuid::Uuid;

    use super::*;
    use crate::{StoreError, testing, testing::people::company_id};

    const USER: UserId = UserId::from_uuid(Uuid::from_u128(7));

    fn told(tx: &Tx, key: &str) -> Notification {
        Notification {
            id: NotificationId::from_uuid(tx.fresh_id()),
            user: USER,
            kind: NotificationKind::UploadFinished,
            severity: Severity::Warning,
            title: "customers.csv is imported".to_owned(),
            body: "2 added".to_owned(),
            link: "/data".to_owned(),
            dedupe_key: key.to_owned(),
            created_at: tx.now(),
            read_at: None,
        }
    }

    async fn keys(store: &Store, tenant: Tenant) -> Vec<String> {
        let list = list(store, tenant, USER, 10, None).await.unwrap();
        list.into_iter().map(|one| one.dedupe_key).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_transaction_tells_is_told_when_it_commits_and_not_before() {
        let store = testing::store().await;
        let tenant = Tenant::new(company_id(1));
        let refused: Result<()> = store
            .transaction(tenant, async |tx| {
                tx.notify(told(tx, "never")).await?;
                Err(StoreError::LeaseLost)
            })
            .await;
        assert!(matches!(refused, Err(StoreError::LeaseLost)));
        assert!(keys(&store, tenant).await.is_empty());

        let mut sent = None;
        store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let notification = told(tx, "once");
                sent = Some(notification.clone());
                tx.notify(notification).await
            })
            .await
            .unwrap();
        let stored = list(&store, tenant, USER, 10, None).await.unwrap();
        assert_eq!(stored, [sent.unwrap()]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_happened_once_is_told_once_however_many_tell_it() {
        let store = testing::migrated().await;
        let tenant = Tenant::new(company_id(1));
        let tell = async || {
            store
                .transaction::<_, StoreError>(tenant, async |tx| tx.notify(told(tx, "once")).await)
                .await
        };
        for told in join_all((0..8).map(|_| tell())).await {
            told.unwrap();
        }
        assert_eq!(keys(&store, tenant).await, ["once"]);
    }
}
