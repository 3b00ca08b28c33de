//! Moves between personas leave a trace, once, and none is made against a person's decision.

use bson::doc;
use kale_domain::{
    id::{CustomerId, PersonaId},
    money::Currency,
    persona::{AssignedBy, PersonaState},
};
use uuid::Uuid;

use super::{at, customer_id, named, new, put, tenant};
use crate::{
    Reach, Store, StoreError,
    customers::{
        Change, Judged, PersonaMove, get, history, judge_batch, move_all, move_judged,
        persona::{entries, standing_entry},
        record::records,
        set_persona,
    },
    testing,
};

fn persona(n: u128) -> PersonaId {
    PersonaId::from_uuid(Uuid::from_u128(n))
}

fn by_rule(n: u128, second: i64) -> PersonaState {
    let by = AssignedBy::Rule {
        version: 1,
        as_of: at(second),
    };
    PersonaState {
        persona: Some(persona(n)),
        by: Some(by),
        since: at(second),
    }
}

fn to(customer: CustomerId, state: PersonaState) -> PersonaMove {
    PersonaMove {
        customer,
        from: None,
        to: state,
    }
}

async fn lock(store: &Store, id: CustomerId, n: u128) {
    let by = AssignedBy::Manual {
        user: None,
        reason: None,
    };
    let state = PersonaState {
        persona: Some(persona(n)),
        by: Some(by),
        since: at(5),
    };
    let reach = Reach::all(tenant(1));
    store
        .transaction::<_, StoreError>(tenant(1), async |tx| {
            set_persona(store, tx, reach, id, &state, &[].into()).await
        })
        .await
        .unwrap()
        .unwrap();
}

async fn now(store: &Store, id: CustomerId) -> PersonaState {
    get(store, Reach::all(tenant(1)), id, &[].into())
        .await
        .unwrap()
        .unwrap()
        .persona
}

async fn trace(store: &Store, id: CustomerId) -> Vec<(Option<PersonaId>, Option<PersonaId>)> {
    let changes = history(store, tenant(1), id, 50).await.unwrap();
    changes
        .into_iter()
        .map(|change| (change.from, change.to))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_leaves_one_trace_however_often_it_is_made() {
    let store = testing::migrated().await;
    let id = customer_id(1);
    put(&store, tenant(1), &[new(named(1, "Ada"))]).await;

    for _ in 0..2 {
        move_all(&store, tenant(1), &[to(id, by_rule(1, 10))])
            .await
            .unwrap();
    }
    for _ in 0..2 {
        move_all(&store, tenant(1), &[to(id, by_rule(2, 20))])
            .await
            .unwrap();
    }

    assert_eq!(now(&store, id).await, by_rule(2, 20));
    assert_eq!(
        trace(&store, id).await,
        [(Some(persona(1)), Some(persona(2))), (None, Some(persona(1)))]
    );
    assert_eq!(
        get(&store, Reach::all(tenant(1)), id, &[].into())
            .await
            .unwrap()
            .unwrap()
            .version,
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_moves_nobody_whom_a_person_locked_in_between() {
    let store = testing::migrated().await;
    let id = customer_id(1);
    put(&store, tenant(1), &[new(named(1, "Ada"))]).await;
    lock(&store, id, 3).await;

    // Both ways were decided before the person came.
    move_all(&store, tenant(1), &[to(id, by_rule(1, 10))])
        .await
        .unwrap();
    let change = Change {
        derived: named(1, "Ada Lovelace"),
        persona: Some(by_rule(2, 10)),
        exists: true,
    };
    put(&store, tenant(1), &[change]).await;

    let customer = get(&store, Reach::all(tenant(1)), id, &[].into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(customer.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(customer.persona.persona, Some(persona(3)));
    assert!(customer.persona.is_locked());
    assert_eq!(trace(&store, id).await, [(None, Some(persona(3)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn deriving_a_customer_anew_moves_it_with_a_trace() {
    let store = testing::migrated().await;
    let id = customer_id(1);
    let first = Change {
        persona: Some(by_rule(1, 10)),
        ..new(named(1, "Ada"))
    };
    put(&store, tenant(1), &[first]).await;
    let change = Change {
        derived: named(1, "Ada"),
        persona: Some(by_rule(2, 20)),
        exists: true,
    };
    put(&store, tenant(1), std::slice::from_ref(&change)).await;
    // The refresh also says it the other way round.
    move_all(&store, tenant(1), &[to(id, by_rule(2, 20))])
        .await
        .unwrap();

    assert_eq!(now(&store, id).await, by_rule(2, 20));
    assert_eq!(trace(&store, id).await, [(Some(persona(1)), Some(persona(2)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_customers_than_one_command_takes_are_moved() {
    let store = testing::migrated().await;
    let customers: Vec<Change> = (0..2_600).map(|n| new(named(n, "Ada"))).collect();
    put(&store, tenant(1), &customers).await;
    let moves: Vec<PersonaMove> = (0..2_600).map(|n| to(customer_id(n), by_rule(1, 10))).collect();
    move_all(&store, tenant(1), &moves).await.unwrap();

    let judged = judged(&store).await;
    assert_eq!(judged.len(), 2_600);
    assert!(
        judged
            .iter()
            .all(|customer| customer.persona == Some(persona(1)) && customer.judged && !customer.locked)
    );
    assert_eq!(trace(&store, customer_id(2_599)).await.len(), 1);
}

async fn judged(store: &Store) -> Vec<Judged> {
    judge_batch(store, tenant(1), Currency::USD, None, 5_000)
        .await
        .unwrap()
}

/// What a move that is interrupted half way has done: the entry of the state that it would have ended is copied.
async fn interrupted(store: &Store, id: CustomerId) {
    let filter = crate::scoped::within(tenant(1), doc! { "_id": crate::value::uuid(id.uuid()) });
    let record = records(store).raw().find_one(filter).await.unwrap().unwrap();
    let entry = standing_entry(tenant(1), id, &record.persona).unwrap();
    entries(store).raw().insert_one(entry).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_interrupted_is_made_again_and_told_once() {
    let store = testing::migrated().await;
    let (ada, bob) = (customer_id(1), customer_id(2));
    put(&store, tenant(1), &[new(named(1, "Ada")), new(named(2, "Bob"))]).await;
    let first = [to(ada, by_rule(1, 10)), to(bob, by_rule(1, 10))];
    move_all(&store, tenant(1), &first).await.unwrap();

    interrupted(&store, ada).await;
    interrupted(&store, bob).await;
    for id in [ada, bob] {
        assert_eq!(now(&store, id).await, by_rule(1, 10));
        assert_eq!(trace(&store, id).await, [(None, Some(persona(1)))]);
    }

    // By a rule again, and by a person.
    move_all(&store, tenant(1), &[to(ada, by_rule(2, 20))])
        .await
        .unwrap();
    lock(&store, bob, 2).await;
    for id in [ada, bob] {
        assert_eq!(
            trace(&store, id).await,
            [(Some(persona(1)), Some(persona(2))), (None, Some(persona(1)))]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_moved_or_locked_since_it_was_judged_is_looked_at_again() {
    let store = testing::migrated().await;
    let customers: Vec<Change> = (0..3).map(|n| new(named(n, "Ada"))).collect();
    put(&store, tenant(1), &customers).await;
    let judged = judged(&store).await;
    move_all(&store, tenant(1), &[to(customer_id(1), by_rule(7, 10))])
        .await
        .unwrap();
    lock(&store, customer_id(2), 3).await;

    let moves: Vec<(&Judged, PersonaState)> =
        judged.iter().map(|customer| (customer, by_rule(1, 20))).collect();
    move_judged(&store, tenant(1), &moves).await.unwrap();

    assert_eq!(trace(&store, customer_id(0)).await, [(None, Some(persona(1)))]);
    assert_eq!(
        trace(&store, customer_id(1)).await,
        [(Some(persona(7)), Some(persona(1))), (None, Some(persona(7)))]
    );
    assert_eq!(now(&store, customer_id(1)).await, by_rule(1, 20));
    assert_eq!(trace(&store, customer_id(2)).await, [(None, Some(persona(3)))]);
    assert!(now(&store, customer_id(2)).await.is_locked());
}

#[tokio::test(flavor = "multi_thread")]
async fn movers_that_meet_leave_a_history_without_a_gap() {
    const CUSTOMERS: u128 = 40;
    let store = testing::migrated().await;
    let customers: Vec<Change> = (0..CUSTOMERS).map(|n| new(named(n, "Ada"))).collect();
    put(&store, tenant(1), &customers).await;

    let movers = (1..5).map(|mover| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0..6 {
                let state = by_rule(mover, i64::try_from(mover * 100 + round).unwrap());
                let moves: Vec<PersonaMove> = (0..CUSTOMERS)
                    .map(|n| to(customer_id(n), state.clone()))
                    .collect();
                // Others may be faster eight times: then whoever asked tries again.
                while let Err(error) = move_all(&store, tenant(1), &moves).await {
                    assert!(matches!(error, StoreError::Stale), "{error:?}");
                }
            }
        })
    });
    for mover in movers.collect::<Vec<_>>() {
        mover.await.unwrap();
    }
    store.settle().await.unwrap();

    let mut steps = 0;
    for n in 0..CUSTOMERS {
        let trace = trace(&store, customer_id(n)).await;
        assert_eq!(trace[0].1, now(&store, customer_id(n)).await.persona);
        for (later, earlier) in trace.iter().zip(&trace[1..]) {
            assert_eq!(later.0, earlier.1, "{trace:?}");
        }
        assert_eq!(trace.last().unwrap().0, None);
        steps += trace.len();
    }
    assert!(steps > 4 * 40, "{steps}");
}
