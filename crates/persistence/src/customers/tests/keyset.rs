//! Pages of any size give the list in its order, whatever happens in front of the cursor.

use bson::doc;
use jiff::Timestamp;
use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    customer::Customer,
    fold::fold,
    id::{CustomerId, PersonaId, UserId},
    metric::{Metric, MetricValue},
    money::Currency,
    persona::{AssignedBy, PersonaState},
};
use kale_rules::{arbitrary, evaluate::evaluate, facts::FactMap};
use proptest::{prelude::any, test_runner::TestRunner};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{derived, give_to, put, query, sample, tenant};
use crate::{
    Reach, Store,
    customers::{Change, Derived, ListQuery, Position, Sort, SortKey, list},
    testing,
};

/// A value the list is sorted by, in the database's order of types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(Decimal),
    Text(String),
    Id(Uuid),
    Bool(bool),
    Instant(Timestamp),
    Day(jiff::civil::Date),
}

const SLOTS: [&str; 3] = ["score", "contract", "since"];

fn key(sort: SortKey, customer: &Customer) -> Option<Key> {
    match sort {
        SortKey::Name => {
            let email = customer.email.as_ref().map(ToString::to_string);
            let label = customer
                .name
                .clone()
                .or(email)
                .or(customer.external_ids.first().cloned())
                .unwrap_or_default();
            Some(Key::Text(fold(&label)))
        }
        SortKey::CreatedAt => Some(Key::Instant(customer.created_at)),
        SortKey::Mrr => match customer.metrics.get(&Metric::Mrr)? {
            MetricValue::Money(money) => Some(Key::Number(money.amount_minor.into())),
            _ => None,
        },
        SortKey::Persona => customer.persona.persona.map(|id| Key::Id(id.uuid())),
        SortKey::Attribute(slot) => {
            let name: AttributeKey = SLOTS[slot].parse().unwrap();
            Some(match customer.attributes.get(&name)? {
                AttributeValue::Text(text) | AttributeValue::Country(text) => Key::Text(fold(text)),
                AttributeValue::Number(number) => Key::Number(*number),
                AttributeValue::Integer(number) => Key::Number((*number).into()),
                AttributeValue::Money(money) => Key::Number(money.amount_minor.into()),
                AttributeValue::Boolean(flag) => Key::Bool(*flag),
                AttributeValue::Date(date) => Key::Day(*date),
            })
        }
    }
}

/// Where a customer stands in the list: those without a value last, in either direction.
fn before(sort: Sort, a: &Customer, b: &Customer) -> std::cmp::Ordering {
    let (x, y) = (key(sort.key, a), key(sort.key, b));
    x.is_none().cmp(&y.is_none()).then_with(|| {
        let order = (x, a.id.uuid()).cmp(&(y, b.id.uuid()));
        if sort.descending { order.reverse() } else { order }
    })
}

fn sorted(sort: Sort, mut customers: Vec<Customer>) -> Vec<CustomerId> {
    customers.sort_by(|a, b| before(sort, a, b));
    customers.into_iter().map(|customer| customer.id).collect()
}

fn sorts() -> Vec<Sort> {
    let keys = [
        SortKey::Name,
        SortKey::CreatedAt,
        SortKey::Mrr,
        SortKey::Persona,
        SortKey::Attribute(0),
        SortKey::Attribute(1),
        SortKey::Attribute(2),
    ];
    keys.into_iter()
        .flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
        .collect()
}

/// Random customers of a few personas, written now.
async fn more(store: &Store, runner: &mut TestRunner, count: usize) -> Vec<Customer> {
    let now = store.now();
    let customers: Vec<Customer> = (0..count)
        .map(|_| {
            let id = CustomerId::from_uuid(Uuid::from_u128(sample(runner, &any::<u128>())));
            let mut customer = sample(runner, &arbitrary::customer(id));
            customer.metrics.retain(
                |_, value| !matches!(value, MetricValue::Money(money) if money.currency != Currency::USD),
            );
            let persona = sample(runner, &(0..4_u128));
            let persona = (persona > 0).then(|| PersonaId::from_uuid(Uuid::from_u128(persona)));
            let by = Some(AssignedBy::Rule {
                version: 1,
                as_of: now,
            });
            Customer {
                created_at: now,
                tags: Vec::new(),
                persona: PersonaState {
                    persona,
                    by,
                    since: now,
                },
                ..customer
            }
        })
        .collect();
    let changes: Vec<Change> = customers
        .iter()
        .map(|customer| Change {
            derived: Derived {
                sortable: SLOTS.map(|slot| slot.parse().unwrap()).to_vec(),
                ..derived(customer)
            },
            persona: Some(customer.persona.clone()),
            exists: false,
        })
        .collect();
    put(store, tenant(1), &changes).await;
    customers
}

/// A page, whose position goes over the wire.
async fn page(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    after: Option<Position>,
    limit: usize,
) -> (Vec<CustomerId>, Option<Position>) {
    let (customers, next) = list(store, reach, query, &[].into(), after.as_ref(), limit)
        .await
        .unwrap();
    assert!(customers.len() <= limit);
    let next = next.map(|next| {
        let text = serde_json::to_string(&next).unwrap();
        let back: Position = serde_json::from_str(&text).unwrap();
        assert_eq!(back, next);
        back
    });
    (customers.into_iter().map(|customer| customer.id).collect(), next)
}

async fn walk(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    mut after: Option<Position>,
    runner: &mut TestRunner,
) -> Vec<CustomerId> {
    let mut all = Vec::new();
    loop {
        let limit = sample(runner, &(1..40_usize));
        let (ids, next) = page(store, reach, query, after, limit).await;
        all.extend(ids);
        let Some(next) = next else { return all };
        after = Some(next);
    }
}

async fn crowd(store: &Store, clock: &testing::TestClock, runner: &mut TestRunner) -> Vec<Customer> {
    let mut customers = Vec::new();
    for _ in 0..4 {
        customers.extend(more(store, runner, 40).await);
        clock.advance(60);
    }
    customers
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_give_the_whole_list_in_its_order() {
    let clock = testing::TestClock::new();
    let store = testing::migrated_at(&clock).await;
    let mut runner = TestRunner::deterministic();
    let customers = crowd(&store, &clock, &mut runner).await;
    let expert = UserId::from_uuid(Uuid::from_u128(7));
    let theirs: Vec<CustomerId> = customers.iter().step_by(3).map(|customer| customer.id).collect();
    give_to(&store, tenant(1), &theirs, expert).await;
    let reaches = [Reach::all(tenant(1)), Reach::assigned_to(tenant(1), expert)];

    let mut listed = 0;
    for sort in sorts() {
        for reach in reaches {
            let within = |customer: &&Customer| reach.expert().is_none() || theirs.contains(&customer.id);
            let all: Vec<Customer> = customers.iter().filter(within).cloned().collect();
            let plain = ListQuery { sort, ..query(None) };
            assert_eq!(
                walk(&store, reach, &plain, None, &mut runner).await,
                sorted(sort, all.clone()),
                "{sort:?}"
            );

            let expression = sample(&mut runner, &arbitrary::expression());
            let personas = vec![None, Some(PersonaId::from_uuid(Uuid::from_u128(2)))];
            let matching = |customer: &Customer| {
                personas.contains(&customer.persona.persona)
                    && evaluate(&expression, &FactMap::of(customer), arbitrary::TODAY).matches()
            };
            let some: Vec<Customer> = all.into_iter().filter(matching).collect();
            listed += some.len();
            let narrow = ListQuery {
                sort,
                personas: Some(personas.clone()),
                ..query(Some(expression.clone()))
            };
            assert_eq!(
                walk(&store, reach, &narrow, None, &mut runner).await,
                sorted(sort, some),
                "{sort:?} {expression:#?}"
            );
        }
    }
    assert!(listed > 100, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_in_front_of_a_cursor_moves_nothing() {
    let clock = testing::TestClock::new();
    let store = testing::migrated_at(&clock).await;
    let reach = Reach::all(tenant(1));
    let mut runner = TestRunner::deterministic();
    let mut customers = crowd(&store, &clock, &mut runner).await;

    let mut in_front = 0;
    for sort in sorts() {
        let query = ListQuery { sort, ..query(None) };
        let limit = sample(&mut runner, &(20..120_usize));
        let (ids, next) = page(&store, reach, &query, None, limit).await;
        let last = ids.last().unwrap();
        let last = customers
            .iter()
            .find(|customer| customer.id == *last)
            .unwrap()
            .clone();

        let new = more(&store, &mut runner, 12).await;
        clock.advance(60);
        in_front += new.iter().filter(|new| before(sort, new, &last).is_lt()).count();
        customers.extend(new);
        let behind: Vec<Customer> = customers
            .iter()
            .filter(|customer| before(sort, customer, &last).is_gt())
            .cloned()
            .collect();

        assert_eq!(
            walk(&store, reach, &query, next, &mut runner).await,
            sorted(sort, behind),
            "{sort:?}"
        );
    }
    assert!(in_front > 20, "{in_front}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experts_list_reads_their_own_customers_only() {
    let clock = testing::TestClock::new();
    let store = testing::migrated_at(&clock).await;
    let mut runner = TestRunner::deterministic();
    let customers = crowd(&store, &clock, &mut runner).await;
    let expert = UserId::from_uuid(Uuid::from_u128(7));
    give_to(&store, tenant(1), &[customers[3].id, customers[90].id], expert).await;
    let reach = Reach::assigned_to(tenant(1), expert);

    let command = doc! { "explain": {
        "count": "customers", "query": query(None).filter(reach).unwrap(),
    }, "verbosity": "executionStats" };
    let explained = store.database().run_command(command).await.unwrap();
    let stats = explained.get_document("executionStats").unwrap();
    let read = stats.get_i32("totalKeysExamined").unwrap();
    assert!(read <= 3, "{explained}");

    let (ids, next) = page(&store, reach, &query(None), None, 10).await;
    assert_eq!((ids.len(), next), (2, None));
}
