//! What is changed behind the product's back is found and named.

use super::*;

#[tokio::test]
async fn an_erasure_behind_the_logs_back_is_found() {
    let (store, ids) = sealed(3).await;
    let change =
        doc! { "$unset": { "salt": "", "before": "" }, "$set": { "erased_by": value::uuid(ids[2].uuid()) } };
    tamper(&store, ids[1], change).await;
    let entry = ids[1];
    assert_eq!(flaws(&store, None).await, [Flaw::Untold { seq: 2, entry }]);
}

#[tokio::test]
async fn each_change_of_an_entry_is_found_and_named() {
    for change in [
        doc! { "$set": { "after.name": "Glober" } },
        doc! { "$set": { "after.name2": "" } },
        doc! { "$unset": { "before.name": "" } },
        doc! { "$set": { "target": "thing 3" } },
        doc! { "$set": { "actor": { "kind": "erased" } } },
        doc! { "$set": { "action": "user_changed" } },
        doc! { "$set": { "action": "flown" } },
        doc! { "$set": { "ip": "192.0.2.8" } },
        doc! { "$set": { "user_agent": "" } },
        doc! { "$set": { "request_id": "" } },
        doc! { "$set": { "at": DateTime::from_millis(1) } },
        doc! { "$set": { "salt": binary(&[1; 32]) } },
        doc! { "$unset": { "salt": "" } },
        doc! { "$set": { "seq": 3_i64 } },
        doc! { "$unset": { "seq": "" } },
    ] {
        let (store, ids) = sealed(4).await;
        tamper(&store, ids[1], change.clone()).await;
        let entry = ids[1];
        assert_eq!(
            flaws(&store, None).await,
            [Flaw::Changed { seq: 2, entry }],
            "{change}"
        );
    }
}

#[tokio::test]
async fn an_entry_that_is_removed_moved_or_planted_is_found_and_named() {
    let (store, ids) = sealed(4).await;
    let entry = ids[2];
    let elsewhere = doc! { "$set": { "company_id": value::uuid(Uuid::from_u128(8)) } };
    tamper(&store, entry, elsewhere).await;
    assert_eq!(flaws(&store, None).await, [Flaw::Missing { seq: 3, entry }]);
    let other = ChainOf::Company(Tenant::new(CompanyId::from_uuid(Uuid::from_u128(8))));
    let there = verify(&store, other, None).await.unwrap();
    assert_eq!(there.flaws, [Flaw::Unknown { entry }]);

    let (store, ids) = sealed(4).await;
    let entry = ids[2];
    let filter = doc! { "_id": value::uuid(entry.uuid()) };
    let mut copy = raw(&store, "audit")
        .find_one_and_delete(filter)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(flaws(&store, None).await, [Flaw::Missing { seq: 3, entry }]);
    let planted = AuditEntryId::from_uuid(Uuid::from_u128(99));
    copy.insert("_id", value::uuid(planted.uuid()));
    raw(&store, "audit").insert_one(copy).await.unwrap();
    assert_eq!(
        flaws(&store, None).await,
        [Flaw::Missing { seq: 3, entry }, Flaw::Unknown { entry: planted }]
    );
}

#[tokio::test]
async fn each_change_of_the_chain_is_found_and_named() {
    // A link is removed.
    let (store, ids) = sealed(5).await;
    raw(&store, "audit_chain")
        .delete_one(doc! { "seq": 3_i64 })
        .await
        .unwrap();
    assert_eq!(
        flaws(&store, None).await,
        [Flaw::Gap { from: 3, to: 3 }, Flaw::Unknown { entry: ids[2] }]
    );

    // A hash is written anew.
    let (store, ids) = sealed(5).await;
    tamper_link(&store, 3, doc! { "$set": { "hash": binary(&[1; 32]) } }).await;
    assert_eq!(
        flaws(&store, None).await,
        [
            Flaw::Rewritten {
                seq: 3,
                entry: ids[2]
            },
            Flaw::Unlinked {
                seq: 4,
                entry: ids[3]
            }
        ]
    );
}

#[tokio::test]
async fn what_changes_its_place_is_found_and_named() {
    // Two links change their places.
    let (store, ids) = sealed(5).await;
    let links = links_of(&store).await;
    let held = |link: &Document| {
        let entry = link.get("entry").cloned().unwrap();
        let commitment = link.get("commitment").cloned().unwrap();
        doc! { "$set": { "entry": entry, "commitment": commitment } }
    };
    raw(&store, "audit_chain")
        .delete_one(doc! { "seq": 2_i64 })
        .await
        .unwrap();
    tamper_link(&store, 3, held(&links[1])).await;
    let mut second = links[1].clone();
    second.insert("entry", links[2].get("entry").cloned());
    second.insert("commitment", links[2].get("commitment").cloned());
    raw(&store, "audit_chain").insert_one(second).await.unwrap();
    let found = flaws(&store, None).await;
    for flaw in [
        Flaw::Rewritten {
            seq: 2,
            entry: ids[2],
        },
        Flaw::Rewritten {
            seq: 3,
            entry: ids[1],
        },
    ] {
        assert!(found.contains(&flaw), "{found:?}");
    }

    // Two entries change what they say.
    let (store, ids) = sealed(3).await;
    let of = |number| doc! { "$set": { "target": format!("thing {number}") } };
    tamper(&store, ids[0], of(1)).await;
    tamper(&store, ids[1], of(0)).await;
    assert_eq!(
        flaws(&store, None).await,
        [
            Flaw::Changed {
                seq: 1,
                entry: ids[0]
            },
            Flaw::Changed {
                seq: 2,
                entry: ids[1]
            }
        ]
    );
}

#[tokio::test]
async fn an_end_that_is_cut_off_shows_where_the_head_was_noted() {
    let (store, ids) = sealed(5).await;
    let noted = head(&store, company()).await.unwrap().unwrap().head;
    raw(&store, "audit_chain")
        .delete_many(doc! { "seq": { "$gt": 3_i64 } })
        .await
        .unwrap();
    for id in &ids[3..] {
        raw(&store, "audit")
            .delete_one(doc! { "_id": value::uuid(id.uuid()) })
            .await
            .unwrap();
    }
    // Nobody can see it who has noted nothing.
    assert_eq!(flaws(&store, None).await, []);
    let truncated = Flaw::Truncated {
        expected: 5,
        found: 3,
    };
    assert_eq!(flaws(&store, Some(noted)).await, [truncated]);
    // And when the chain has grown again.
    write(&store, 2).await;
    seal_all(&store).await;
    assert_eq!(flaws(&store, Some(noted)).await, [Flaw::OtherHead { seq: 5 }]);
}
