mod tampering;

use std::sync::Arc;

use bson::Bson;
use futures::{TryStreamExt as _, future::join_all};
use kale_domain::{
    audit::chain::{Flaw, Head},
    id::CompanyId,
};

use super::*;
use crate::{
    StoreError,
    tenant::Installation,
    testing::{TestClock, migrated, migrated_at},
};

fn tenant() -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(7)))
}

fn company() -> ChainOf {
    ChainOf::Company(tenant())
}

fn entry(tx: &Tx, action: AuditAction, target: &str) -> AuditEntry {
    AuditEntry {
        id: AuditEntryId::from_uuid(tx.fresh_id()),
        actor: Actor::System,
        action,
        target: target.to_owned(),
        before: BTreeMap::from([("name".to_owned(), "Acme".to_owned())]),
        after: BTreeMap::from([("name".to_owned(), "Globex".to_owned())]),
        request_id: None,
        ip: Some("192.0.2.7".to_owned()),
        user_agent: None,
        at: tx.now(),
    }
}

async fn write(store: &Store, count: usize) {
    for number in 0..count {
        let target = format!("thing {number}");
        store
            .transaction::<_, StoreError>(tenant(), async |tx| {
                let entry = entry(tx, AuditAction::CompanyChanged, &target);
                tx.audit(entry).await
            })
            .await
            .unwrap();
    }
}

async fn seal_all(store: &Store) -> u64 {
    let mut sealed = 0;
    loop {
        match seal(store, Installation::new()).await.unwrap() {
            0 => return sealed,
            some => sealed += some,
        }
    }
}

/// A sealed chain of so many entries, and the ids of these.
async fn sealed(count: usize) -> (Store, Vec<AuditEntryId>) {
    let store = migrated().await;
    write(&store, count).await;
    assert_eq!(seal_all(&store).await, u64::try_from(count).unwrap());
    let mut ids: Vec<_> = list(&store, tenant(), 100, None).await.unwrap();
    ids.reverse();
    (store, ids.into_iter().map(|entry| entry.id).collect())
}

async fn flaws(store: &Store, expected: Option<Head>) -> Vec<Flaw> {
    verify(store, company(), expected).await.unwrap().flaws
}

fn raw(store: &Store, name: &str) -> mongodb::Collection<Document> {
    store.database().collection(name)
}

/// Changes an entry behind everybody's back.
async fn tamper(store: &Store, id: AuditEntryId, update: Document) {
    let filter = doc! { "_id": value::uuid(id.uuid()) };
    let changed = raw(store, "audit").update_one(filter, update).await.unwrap();
    assert_eq!(changed.modified_count, 1);
}

async fn tamper_link(store: &Store, seq: i64, update: Document) {
    let links = raw(store, "audit_chain");
    let changed = links.update_one(doc! { "seq": seq }, update).await.unwrap();
    assert_eq!(changed.modified_count, 1);
}

async fn links_of(store: &Store) -> Vec<Document> {
    let links = raw(store, "audit_chain");
    let found = links.find(doc! {}).sort(doc! { "seq": 1 }).await.unwrap();
    found.try_collect().await.unwrap()
}

async fn erased(store: &Store, id: AuditEntryId) -> bool {
    store
        .transaction::<_, StoreError>(tenant(), async |tx| {
            let telling = entry(tx, AuditAction::AuditErased, &id.to_string());
            let told_by = telling.id;
            tx.audit(telling).await?;
            erase(store, tx, id, told_by).await
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_sealed_log_verifies_and_nothing_is_sealed_twice() {
    let (store, ids) = sealed(5).await;
    assert!(!is_waiting(&store, Installation::new()).await.unwrap());
    assert_eq!(seal_all(&store).await, 0);
    let verified = verify(&store, company(), None).await.unwrap();
    assert_eq!((verified.links, verified.wrong), (5, 0));
    let known = head(&store, company()).await.unwrap().unwrap().head;
    assert_eq!(verified.head, Some(known));
    assert_eq!(known.seq, 5);
    let order: Vec<Uuid> = links_of(&store)
        .await
        .iter()
        .map(|link| match link.get("entry") {
            Some(Bson::Binary(id)) => Uuid::from_slice(&id.bytes).unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, ids.iter().map(|id| id.uuid()).collect::<Vec<_>>());

    write(&store, 2).await;
    assert!(is_waiting(&store, Installation::new()).await.unwrap());
    assert_eq!(verify(&store, company(), None).await.unwrap().waiting, 2);
    seal_all(&store).await;
    // What was noted before is still where it was.
    assert_eq!(flaws(&store, Some(known)).await, []);
}

#[tokio::test]
async fn what_belongs_to_no_company_has_a_chain_of_its_own() {
    let store = migrated().await;
    write(&store, 3).await;
    store
        .installation_transaction::<_, StoreError>(Installation::new(), async |tx| {
            let entry = entry(tx, AuditAction::UserCreated, "somebody");
            tx.audit(entry).await
        })
        .await
        .unwrap();
    assert_eq!(seal_all(&store).await, 4);
    for (chain, links) in [(company(), 3), (ChainOf::Installation(Installation::new()), 1)] {
        let verified = verify(&store, chain, None).await.unwrap();
        assert_eq!((verified.links, verified.wrong), (links, 0));
    }
}

#[tokio::test]
async fn many_sealers_at_once_make_one_chain() {
    let store = migrated().await;
    write(&store, 40).await;
    let sealers = (0..6).map(|_| seal(&store, Installation::new()));
    let sealed: u64 = join_all(sealers).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(sealed + seal_all(&store).await, 40);
    let verified = verify(&store, company(), None).await.unwrap();
    assert_eq!((verified.links, verified.flaws), (40, vec![]));
}

#[tokio::test]
async fn an_entry_that_an_older_release_wrote_is_sealed_too() {
    let (store, _) = sealed(1).await;
    write(&store, 1).await;
    let change = doc! { "$unset": { "salt": "" } };
    raw(&store, "audit")
        .update_one(doc! { "seq": null }, change)
        .await
        .unwrap();
    assert_eq!(seal_all(&store).await, 1);
    assert_eq!(flaws(&store, None).await, []);
}

#[tokio::test]
async fn an_entry_that_can_not_be_read_is_left_for_a_release_that_can() {
    let (store, _) = sealed(1).await;
    write(&store, 3).await;
    let change = doc! { "$set": { "action": "flown" } };
    raw(&store, "audit")
        .update_one(doc! { "seq": null, "target": "thing 1" }, change)
        .await
        .unwrap();
    assert_eq!(seal_all(&store).await, 2);
    assert_eq!(verify(&store, company(), None).await.unwrap().waiting, 1);
}

#[tokio::test]
async fn an_erased_entry_leaves_a_chain_that_verifies() {
    let (store, ids) = sealed(4).await;
    assert!(erased(&store, ids[1]).await);
    assert!(!erased(&store, ids[1]).await, "it was erased before");
    seal_all(&store).await;
    let verified = verify(&store, company(), None).await.unwrap();
    assert_eq!((verified.erased, &verified.flaws), (1, &vec![]));
    let entries = list(&store, tenant(), 100, None).await.unwrap();
    let gone = entries.iter().find(|entry| entry.id == ids[1]).unwrap();
    assert_eq!(
        (&gone.actor, gone.target.as_str(), &gone.ip),
        (&Actor::Erased, "", &None)
    );
    assert!(gone.before.is_empty() && gone.after.is_empty());
    // Nothing of it is left.
    let kept = raw(&store, "audit")
        .find_one(doc! { "erased_by": { "$ne": null } })
        .await;
    let kept = kept.unwrap().unwrap().to_string();
    assert!(
        !kept.contains("Globex") && !kept.contains("thing") && !kept.contains("salt"),
        "{kept}"
    );

    // The entry that tells of it can't be erased, nor one that has no link yet.
    let telling = entries
        .iter()
        .find(|entry| entry.action == AuditAction::AuditErased)
        .unwrap();
    assert!(!erased(&store, telling.id).await);
    write(&store, 1).await;
    let newest = list(&store, tenant(), 1, None).await.unwrap().remove(0);
    assert!(!erased(&store, newest.id).await);
}

#[tokio::test]
async fn an_entry_that_nobody_seals_is_told_after_a_while() {
    let clock: Arc<TestClock> = TestClock::new();
    let store = migrated_at(&clock).await;
    write(&store, 1).await;
    let entry = list(&store, tenant(), 1, None).await.unwrap().remove(0).id;
    assert_eq!(flaws(&store, None).await, []);
    clock.advance(600);
    assert_eq!(flaws(&store, None).await, [Flaw::Unsealed { entry }]);
}

#[tokio::test]
async fn no_token_of_ours_gets_into_an_entry() {
    let store = migrated().await;
    for prefix in ["kale_sgn_", "kale_lnk_", "kale_key_", "kale_vsc_"] {
        let token = format!("{prefix}01h455vb4pex5vsknk084sn02q_secretsecret");
        store
            .transaction::<_, StoreError>(tenant(), async |tx| {
                let mut entry = entry(tx, AuditAction::CompanyChanged, &token);
                entry.after.insert("name".to_owned(), format!("is {token}"));
                entry.before.insert(token.clone(), String::new());
                entry.user_agent = Some(token.clone());
                entry.request_id = Some(token.clone());
                tx.audit(entry).await
            })
            .await
            .unwrap();
    }
    let kept: Vec<Document> = raw(&store, "audit")
        .find(doc! {})
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let kept = format!("{kept:?}");
    assert!(
        kept.contains("[redacted]") && !kept.contains("secretsecret"),
        "{kept}"
    );
    // What is no token stays as it is.
    assert!(kept.contains("Acme") && kept.contains("192.0.2.7"), "{kept}");
}

#[tokio::test]
async fn the_log_is_narrowed_by_time() {
    let clock: Arc<TestClock> = TestClock::new();
    let store = migrated_at(&clock).await;
    let mut times = Vec::new();
    for _ in 0..4 {
        write(&store, 1).await;
        times.push(store.now());
        clock.advance(86_400);
    }
    let filter = AuditFilter {
        from: Some(times[1]),
        until: Some(times[3]),
        ..AuditFilter::default()
    };
    let found = find(&store, ChainOf::Company(tenant()), &filter, 10, None)
        .await
        .unwrap();
    let at: Vec<_> = found.iter().map(|entry| entry.at).collect();
    assert_eq!(at, [times[2], times[1]]);
    // The next page stays within it.
    let rest = find(&store, ChainOf::Company(tenant()), &filter, 10, Some(found[0].id))
        .await
        .unwrap();
    assert_eq!(rest.len(), 1);
    let exported: Vec<_> = export(&store, tenant(), &filter)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(exported, found);
}
