//! Random histories against a map in memory.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Document, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    attribute::AttributeValue,
    money::{Currency, Money},
    upload::ImportMode,
};
use proptest::{
    collection::btree_map,
    option,
    prelude::*,
    sample::{select, subsequence},
    strategy::ValueTree as _,
    test_runner::TestRunner,
};

use super::{
    BatchOutcome, File, KIND, RowValues, StoreError, Tenant, Which, fold, keys, live, make_live, next, pages,
    remove_absent, seen, tenant, undo, write,
};
use crate::{Store, scoped::within};

const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const HISTORIES: u128 = 24;

#[derive(Debug, Clone)]
enum Step {
    /// An import in batches of `size`, interrupted after each of these numbers of calls before it comes through; where
    /// `abandoned`, it never does.
    Import {
        file: File,
        size: usize,
        interruptions: Vec<usize>,
        abandoned: bool,
    },
    Undo,
}

fn text() -> impl Strategy<Value = Option<String>> {
    option::of(select(vec!["One", "two", "ÄÖ"]).prop_map(str::to_owned))
}

fn values() -> impl Strategy<Value = RowValues> {
    let amount = option::of((select(vec![0_i64, 500]), select(vec!["USD", "EUR"])));
    (text(), text(), amount, text(), option::of(0_i64..3)).prop_map(
        |(name, plan, amount, contract, score)| RowValues {
            name,
            plan,
            amount: amount.map(|(amount_minor, code)| Money {
                amount_minor,
                currency: code.parse::<Currency>().unwrap(),
            }),
            attributes: [
                contract.map(|text| ("contract".parse().unwrap(), AttributeValue::Text(text))),
                score.map(|number| ("score".parse().unwrap(), AttributeValue::Integer(number))),
            ]
            .into_iter()
            .flatten()
            .collect(),
            ..RowValues::default()
        },
    )
}

fn file() -> impl Strategy<Value = File> {
    let mode = select(vec![
        ImportMode::Append,
        ImportMode::Upsert,
        ImportMode::Upsert,
        ImportMode::Replace,
    ]);
    let fields = subsequence(vec!["name", "plan", "amount"], 0..=3);
    let attributes = subsequence(vec!["contract", "score"], 0..=2);
    let rows = btree_map(select(&KEYS[..]), values(), 0..8);
    (mode, fields, attributes, rows).prop_map(|(mode, fields, attributes, rows)| {
        let file = File::new(mode, &fields, &attributes);
        rows.into_iter().fold(file, |file, (key, values)| {
            let only = only(values, &file);
            file.row(key, only)
        })
    })
}

/// What a file with these columns can say.
fn only(mut values: RowValues, file: &File) -> RowValues {
    let has = |field: &str| file.mapped.fields.contains(field);
    values.name = values.name.filter(|_| has("name"));
    values.plan = values.plan.filter(|_| has("plan"));
    values.amount = values.amount.filter(|_| has("amount"));
    values
        .attributes
        .retain(|key, _| file.mapped.attributes.contains(key));
    values
}

fn step() -> impl Strategy<Value = Step> {
    let import = (
        file(),
        1..5_usize,
        proptest::collection::vec(0..5_usize, 0..3),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(file, size, interruptions, abandoned)| Step::Import {
            file,
            size,
            interruptions,
            abandoned,
        });
    prop_oneof![4 => import, 1 => Just(Step::Undo)]
}

type Rows = BTreeMap<String, RowValues>;

#[derive(Debug, Default)]
struct Model {
    rows: Rows,
    before: Option<Rows>,
    batch: u64,
}

/// What the rows are after a file.
fn after(old: &Rows, file: &File) -> Rows {
    let mut new = if file.mode == ImportMode::Replace {
        Rows::new()
    } else {
        old.clone()
    };
    for (key, said) in &file.rows {
        match (file.mode, old.get(key)) {
            (ImportMode::Append, Some(_)) => {}
            (ImportMode::Upsert, Some(old)) => {
                new.insert(key.clone(), changed(old.clone(), said, file));
            }
            _ => {
                new.insert(key.clone(), said.clone());
            }
        }
    }
    new
}

fn changed(mut old: RowValues, said: &RowValues, file: &File) -> RowValues {
    for field in &file.mapped.fields {
        match *field {
            "name" => old.name.clone_from(&said.name),
            "plan" => old.plan.clone_from(&said.plan),
            "amount" => old.amount = said.amount,
            other => panic!("{other}"),
        }
    }
    for key in &file.mapped.attributes {
        old.attributes.remove(key);
    }
    old.attributes.extend(said.attributes.clone());
    old
}

fn expected(old: &Rows, new: &Rows, file: &File) -> BatchOutcome {
    let mut outcome = BatchOutcome::default();
    for key in file.rows.keys() {
        match old.get(key) {
            None => outcome.added += 1,
            Some(_) if file.mode == ImportMode::Append => outcome.refused += 1,
            Some(old) if Some(old) == new.get(key) => outcome.unchanged += 1,
            Some(_) => outcome.changed += 1,
        }
    }
    outcome
}

async fn raw(store: &Store, tenant: Tenant) -> BTreeMap<String, Document> {
    let rows = store.database().collection::<Document>("file_rows");
    let found: Vec<Document> = rows
        .find(within(tenant, doc! {}))
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    found
        .into_iter()
        .map(|row| (row.get_str("ext").unwrap().to_owned(), row))
        .collect()
}

fn batch(row: &Document) -> i64 {
    row.get_document("cur").unwrap().get_i64("b").unwrap()
}

fn differing(old: &Rows, new: &Rows) -> BTreeSet<String> {
    old.keys()
        .chain(new.keys())
        .filter(|key| old.get(*key) != new.get(*key))
        .cloned()
        .collect()
}

impl Model {
    async fn check(&self, store: &Store, tenant: Tenant) {
        let all = KEYS.map(str::to_owned);
        assert_eq!(seen(store, tenant, &all).await, self.rows);
        let paged = pages(store, tenant, Which::All).await;
        let paged: Rows = paged
            .into_iter()
            .filter_map(|(key, values)| Some((key, values?)))
            .collect();
        assert_eq!(paged, self.rows);
    }

    async fn step(&mut self, store: &Store, tenant: Tenant, step: &Step) {
        match step {
            Step::Undo => self.undo(store, tenant).await,
            Step::Import {
                file,
                size,
                interruptions,
                abandoned,
            } => {
                self.import(store, tenant, file, *size, interruptions, *abandoned)
                    .await;
            }
        }
        self.check(store, tenant).await;
    }

    async fn undo(&mut self, store: &Store, tenant: Tenant) {
        let there = live(store, tenant, KIND).await.unwrap();
        assert_eq!(there.previous.is_some(), self.before.is_some());
        let undone = undo(store, tenant, self.batch).await;
        match self.before.take() {
            None => assert!(matches!(undone, Err(StoreError::Stale))),
            Some(before) => {
                let undone = undone.unwrap();
                // Who reads these derives everything anew that the undo changed.
                let again = pages(store, tenant, Which::Batch(self.batch)).await;
                assert_eq!(keys(&again), differing(&before, &self.rows));
                self.rows = before;
                self.batch = undone.live;
            }
        }
    }

    async fn import(
        &mut self,
        store: &Store,
        tenant: Tenant,
        file: &File,
        size: usize,
        interruptions: &[usize],
        abandoned: bool,
    ) {
        let number = next(store, tenant).await;
        let live = live(store, tenant, KIND).await.unwrap().live;
        fold(store, tenant, KIND, live, number).await.unwrap();
        self.before = None;
        let folded = raw(store, tenant).await;
        assert!(
            folded
                .values()
                .all(|row| !row.contains_key("prev") && batch(row) <= i64::try_from(live).unwrap())
        );
        assert_eq!(
            folded.keys().collect::<Vec<_>>(),
            self.rows.keys().collect::<Vec<_>>()
        );

        for calls in interruptions {
            write(store, tenant, file, number, size, Some(*calls))
                .await
                .unwrap();
            self.check(store, tenant).await;
        }
        if abandoned {
            return;
        }
        let rows = after(&self.rows, file);
        let outcome = write(store, tenant, file, number, size, None).await.unwrap();
        assert_eq!(outcome, expected(&self.rows, &rows, file));
        if file.mode == ImportMode::Replace {
            let gone = self.rows.keys().filter(|key| !rows.contains_key(*key)).count();
            for _ in 0..2 {
                let has = |key: &str| file.rows.contains_key(key);
                let removed = remove_absent(store, tenant, &file.batch(number), has)
                    .await
                    .unwrap();
                assert_eq!(usize::try_from(removed).unwrap(), gone);
            }
        }
        self.check(store, tenant).await;
        make_live(store, tenant, number).await.unwrap();
        make_live(store, tenant, number).await.unwrap();

        let written = pages(store, tenant, Which::Batch(number)).await;
        assert_eq!(
            keys(&written),
            differing(&self.rows, &rows),
            "only what changed is written"
        );
        for (key, row) in raw(store, tenant).await {
            if self.rows.get(&key) == rows.get(&key) {
                assert_eq!(
                    Some(batch(&row)),
                    folded.get(&key).map(batch),
                    "{key} was the same"
                );
            }
        }
        self.before = Some(std::mem::replace(&mut self.rows, rows));
        self.batch = number;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_history_of_imports_shows_what_the_model_says() {
    let store = crate::testing::migrated().await;
    let mut runner = TestRunner::deterministic();
    let history = proptest::collection::vec(step(), 3..9);
    let histories: Vec<Vec<Step>> = (0..HISTORIES)
        .map(|_| history.new_tree(&mut runner).unwrap().current())
        .collect();
    // Each at a company of its own, all at the same time.
    let runs = histories.into_iter().zip(1..).map(|(history, n)| {
        let store = &store;
        async move {
            let mut model = Model::default();
            for step in &history {
                model.step(store, tenant(n), step).await;
            }
            model.batch
        }
    });
    let live = futures::future::join_all(runs).await;
    assert!(live.iter().filter(|batch| **batch > 2).count() > 5, "{live:?}");
}
