use jiff::SignedDuration;
use kale_domain::id::{CompanyId, JobId};
use uuid::Uuid;

use super::*;
use crate::{
    access, identity,
    jobs::Fence,
    kept_mails, outbox,
    seal::{RingState, SealingKey, ring_check},
    sign_ins, testing,
    viewer::secrets,
};

fn ring(current: u8, others: &[u8]) -> KeyRing {
    KeyRing::new(key(current), others.iter().map(|byte| key(*byte)).collect()).unwrap()
}

fn key(byte: u8) -> SealingKey {
    SealingKey::from_bytes([byte; 32].into())
}

fn id(byte: u8) -> String {
    key(byte).fingerprint().id().to_owned()
}

const JOB: u128 = 77;

/// One value in each field that holds sealed ones, and the company of those that have one.
async fn fill(store: &Store, ring: &KeyRing) -> crate::tenant::Tenant {
    let tenant = crate::tenant::Tenant::new(testing::people::company_id(1));
    let later = store.now().saturating_add(SignedDuration::from_hours(1)).unwrap();
    identity::attempts::begin(store, ring, "state", &"asked")
        .await
        .unwrap();
    let (sign_in, _) = sign_ins::begin(store, testing::people::user_id(1), "")
        .await
        .unwrap();
    let said = identity::sessions::Said {
        session: "session",
        organization: None,
        refresh_token: "refresh",
        fresh_until: later,
    };
    identity::sessions::begin(store, ring, &sign_in, &said)
        .await
        .unwrap();
    kept_mails::keep(store, access::operator(), ring, "a@kale", &"kept", store.now())
        .await
        .unwrap();
    secrets::own(store, tenant, ring).await.unwrap();
    store
        .transaction::<_, SealError>(tenant, async |tx| {
            let job = JobId::from_uuid(Uuid::from_u128(JOB));
            outbox::put(store, tx, ring, job, &"waits", later).await
        })
        .await
        .unwrap();
    tenant
}

async fn rotate(store: &Store, ring: &KeyRing) -> Result<Resealed, SealError> {
    reseal(store, access::operator(), ring, |_| Ok(())).await
}

#[tokio::test]
async fn after_a_rotation_the_new_key_alone_opens_every_field() {
    let store = testing::migrated().await;
    ring_check(&store, &ring(1, &[])).await.unwrap();
    let tenant = fill(&store, &ring(1, &[])).await;
    let own = secrets::own(&store, tenant, &ring(1, &[])).await.unwrap();
    let rotating = ring(2, &[1]);
    ring_check(&store, &rotating).await.unwrap();
    let before = old_seals(&store, access::operator(), &rotating).await.unwrap();
    assert_eq!(
        before,
        BTreeMap::from([(id(1), u64::try_from(Field::ALL.len()).unwrap())])
    );

    let done = rotate(&store, &rotating).await.unwrap();

    assert_eq!(done.values, u64::try_from(Field::ALL.len()).unwrap());
    assert_eq!(done.forgotten, [id(1)]);
    assert!(
        old_seals(&store, access::operator(), &rotating)
            .await
            .unwrap()
            .is_empty()
    );
    let alone = ring(2, &[]);
    assert_eq!(ring_check(&store, &alone).await.unwrap(), RingState::Known);
    let kept = kept_mails::get::<String>(&store, access::operator(), &alone, "a@kale");
    assert_eq!(kept.await.unwrap().unwrap().letter, "kept");
    let asked: Option<String> = identity::attempts::take(&store, &alone, "state").await.unwrap();
    assert_eq!(asked.as_deref(), Some("asked"));
    let held = Fence {
        job: JobId::from_uuid(Uuid::from_u128(JOB)),
        token: 1,
    };
    let waits: Option<String> = outbox::read(&store, &alone, held).await.unwrap();
    assert_eq!(waits.as_deref(), Some("waits"));
    assert_eq!(*secrets::own(&store, tenant, &alone).await.unwrap(), *own);
    assert_eq!(
        rotate(&store, &alone).await.unwrap(),
        Resealed::default(),
        "again is nothing"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_value_of_a_key_that_is_missing_ends_the_rotation_and_no_key_is_forgotten() {
    let store = testing::migrated().await;
    ring_check(&store, &ring(1, &[])).await.unwrap();
    fill(&store, &ring(9, &[])).await;
    let rotating = ring(2, &[1]);
    ring_check(&store, &rotating).await.unwrap();

    let refused = rotate(&store, &rotating).await;

    assert!(matches!(refused, Err(SealError::UnknownKey { id: named }) if named == id(9)));
    assert_eq!(keys_in_use(&store).await.unwrap().len(), 2);
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_value_at_another_place_is_refused_by_a_rotation_too() {
    let store = testing::migrated().await;
    let tenant = fill(&store, &ring(1, &[])).await;
    // A secret of one company, copied to another.
    let secrets = store.database().collection::<Document>("viewer_secrets");
    let mut moved = secrets.find_one(doc! {}).await.unwrap().unwrap();
    let other = CompanyId::from_uuid(Uuid::from_u128(4242));
    assert_ne!(other, tenant.company());
    moved.insert("_id", value::uuid(Uuid::from_u128(5)));
    moved.insert("company_id", value::uuid(other.uuid()));
    secrets.insert_one(moved).await.unwrap();

    let refused = rotate(&store, &ring(2, &[1])).await;

    assert!(matches!(refused, Err(SealError::Forged)), "{refused:?}");
    store.drop_database().await.unwrap();
}
