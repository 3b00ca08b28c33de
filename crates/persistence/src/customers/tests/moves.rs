//! Moves between personas leave a trace, once, and none is made against a person's decision.

use kale_domain::{
    id::{CustomerId, PersonaId},
    persona::{AssignedBy, PersonaState},
};
use uuid::Uuid;

use super::{at, customer_id, named, new, put, tenant};
use crate::{
    Reach, Store, StoreError,
    customers::{Change, PersonaMove, get, history, move_all, set_persona},
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
async fn more_customers_than_one_transaction_takes_are_moved() {
    let store = testing::migrated().await;
    let customers: Vec<Change> = (0..2_100).map(|n| new(named(n, "Ada"))).collect();
    put(&store, tenant(1), &customers).await;
    let moves: Vec<PersonaMove> = (0..2_100).map(|n| to(customer_id(n), by_rule(1, 10))).collect();
    move_all(&store, tenant(1), &moves).await.unwrap();

    let judged =
        crate::customers::judge_batch(&store, tenant(1), kale_domain::money::Currency::USD, None, 5_000)
            .await
            .unwrap();
    assert_eq!(judged.len(), 2_100);
    assert!(
        judged
            .iter()
            .all(|customer| customer.persona == Some(persona(1)) && customer.judged && !customer.locked)
    );
    assert_eq!(trace(&store, customer_id(2_099)).await.len(), 1);
}
