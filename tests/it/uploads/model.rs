//! Random files against a map in memory: whatever the order, the batches, the delimiter and the mode, the customers are
//! what the files say.

use std::collections::BTreeMap;

use kale_testkit::{Client, TestApp, TestCompany};
use serde_json::{Map, Value, json};

const KEYS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const COLUMNS: [&str; 4] = ["name", "plan", "team", "score"];
const HISTORIES: u64 = 20;
const TEXTS: [&str; 8] = [
    "",
    "One",
    "two, three",
    "say \"hi\"",
    "line\nbreak",
    "Ä;Ö",
    "=1+1",
    "tab\there",
];

/// `SplitMix64`: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let sides = u64::try_from(from.len()).unwrap();
        &from[usize::try_from(self.roll(sides)).unwrap()]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            let other = self.roll(u64::try_from(end + 1).unwrap());
            all.swap(end, usize::try_from(other).unwrap());
        }
    }
}

/// A row by column; an empty cell is an empty text.
type Row = BTreeMap<&'static str, String>;
/// What each key says by column, empties left out.
type Rows = BTreeMap<String, Row>;

struct File {
    mode: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<(String, Row)>,
}

fn cell(dice: &mut Dice, column: &str) -> String {
    match column {
        "score" if dice.roll(12) == 0 => "many".to_owned(),
        "score" => ["", "0", "7", "-12"][usize::try_from(dice.roll(4)).unwrap()].to_owned(),
        _ => (*dice.pick(&TEXTS)).to_owned(),
    }
}

fn file(dice: &mut Dice) -> File {
    let mode = dice.pick(&["append", "upsert", "upsert", "replace"]);
    let mut columns: Vec<&str> = COLUMNS.into_iter().filter(|_| dice.roll(4) > 0).collect();
    if columns.is_empty() {
        columns.push("name");
    }
    dice.shuffle(&mut columns);
    let rows = (0..=dice.roll(9))
        .map(|_| {
            let row = columns
                .iter()
                .map(|column| (*column, cell(dice, column)))
                .collect();
            ((*dice.pick(&KEYS)).to_owned(), row)
        })
        .collect();
    File { mode, columns, rows }
}

impl File {
    /// As bytes, in some legal way of writing it.
    fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        let delimiter = *dice.pick(&[",", ";", "\t"]);
        let end = *dice.pick(&["\r\n", "\n"]);
        let mut text = format!("id{delimiter}{}{end}", self.columns.join(delimiter));
        for (key, row) in &self.rows {
            text.push_str(key);
            for column in &self.columns {
                let quoted = row[column].replace('"', "\"\"");
                text.push_str(delimiter);
                text.extend(["\"", &quoted, "\""]);
            }
            text.push_str(end);
        }
        if dice.roll(3) == 0 {
            let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
            return [0xff, 0xfe].into_iter().chain(utf16).collect();
        }
        text.into_bytes()
    }

    fn mapping(&self) -> Value {
        let mut columns = Map::new();
        columns.insert("id".to_owned(), json!({ "to": "external_id" }));
        for column in &self.columns {
            let to = match *column {
                "team" => json!({ "to": "attributes.team", "type": "text" }),
                "score" => json!({ "to": "attributes.score", "type": "integer" }),
                field => json!({ "to": field }),
            };
            columns.insert((*column).to_owned(), to);
        }
        json!({ "columns": columns })
    }

    /// The rows that can be taken where those are there, and how many can't.
    fn taken(&self, there: &Rows) -> (Rows, u64) {
        let (mut taken, mut rejected) = (Rows::new(), 0);
        for (key, row) in &self.rows {
            let wrong = row.get("score").is_some_and(|score| score == "many");
            let exists = self.mode == "append" && there.contains_key(key);
            if wrong || exists || taken.contains_key(key) {
                rejected += 1;
            } else {
                taken.insert(key.clone(), row.clone());
            }
        }
        (taken, rejected)
    }

    /// What the rows are after it, and what the import counts.
    fn after(&self, there: &Rows) -> Option<(Rows, Value)> {
        let (taken, rejected) = self.taken(there);
        if taken.is_empty() {
            return None;
        }
        let mut rows = there.clone();
        let (mut added, mut changed, mut unchanged, mut removed) = (0, 0, 0, 0);
        for (key, row) in taken {
            let mut now = match there.get(&key) {
                Some(old) if self.mode == "upsert" => old.clone(),
                _ => Row::new(),
            };
            now.extend(row);
            now.retain(|_, value| !value.is_empty());
            match there.get(&key) {
                None => added += 1,
                Some(old) if *old == now => unchanged += 1,
                Some(_) => changed += 1,
            }
            rows.insert(key, now);
        }
        if self.mode == "replace" {
            let keys: Vec<&String> = self.rows.iter().map(|(key, _)| key).collect();
            rows.retain(|key, _| keys.contains(&key));
            removed = there.keys().filter(|key| !rows.contains_key(*key)).count();
        }
        let counts = json!({
            "added": added, "changed": changed, "unchanged": unchanged, "skipped": rejected, "removed": removed
        });
        Some((rows, counts))
    }
}

/// The customers as rows.
async fn seen(client: &Client) -> Rows {
    let mut rows = Rows::new();
    for line in client.exported().await {
        let customer: Value = serde_json::from_str(&line).unwrap();
        let mut row = Row::new();
        for column in COLUMNS {
            let value = match column {
                "name" | "plan" => &customer[column],
                attribute => &customer["attributes"][attribute],
            };
            match value {
                Value::Null => {}
                Value::String(text) => drop(row.insert(column, text.clone())),
                other => drop(row.insert(column, other.to_string())),
            }
        }
        let key = customer["external_ids"][0].as_str().unwrap().to_owned();
        assert!(
            rows.insert(key, row).is_none(),
            "a customer is there twice: {line}"
        );
    }
    rows
}

async fn imports(
    company: &TestCompany,
    dice: &mut Dice,
    rows: &mut Rows,
    past: &str,
) -> Option<(String, Rows)> {
    let owner = &company.owner;
    let file = file(dice);
    let bytes = file.bytes(dice);
    let told = format!("{past}; then {} {:?}", file.mode, file.rows);
    let id = owner.file_checked(&bytes, file.mode, Some(file.mapping())).await;
    let Some((after, counts)) = file.after(rows) else {
        let refused = owner
            .post(&format!("/uploads/{id}/import"), &json!({ "rejected": "skip" }))
            .await;
        assert_eq!(refused.expect(409).problem(), "nothing-to-import", "{told}");
        return None;
    };
    let job = owner
        .upload_step(&id, "import", &json!({ "rejected": "skip" }))
        .await;
    owner.job_done(&job).await;
    let upload = owner.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"], counts, "{told}");
    assert_eq!(seen(owner).await, after, "{told}");
    Some((id, std::mem::replace(rows, after)))
}

#[actix_web::test]
async fn random_files_in_random_modes_give_what_a_map_in_memory_gives() {
    let app = TestApp::shared();
    for seed in 0..HISTORIES {
        let mut dice = Dice(seed);
        let company = app.company(&format!("History {seed}")).await;
        let (mut rows, mut past) = (Rows::new(), format!("history {seed}"));
        for _ in 0..4 {
            let exported = company.owner.exported().await;
            let Some((id, before)) = imports(&company, &mut dice, &mut rows, &past).await else {
                continue;
            };
            past = format!("{past}; an import that left {rows:?}");
            if dice.roll(3) == 0 {
                company.owner.upload_undone(&id).await;
                assert_eq!(company.owner.exported().await, exported, "{past}; undone");
                rows = before;
                past = format!("{past}; undone");
            }
        }
    }
}

#[actix_web::test]
async fn the_order_and_the_cut_of_files_do_not_matter() {
    let app = TestApp::shared();
    for seed in 100..106 {
        let mut dice = Dice(seed);
        let mut rows: Vec<(String, Row)> = (0..30)
            .map(|number| {
                let row = COLUMNS
                    .into_iter()
                    .map(|column| (column, cell(&mut dice, column)))
                    .collect();
                (format!("k{number}"), row)
            })
            .collect();
        let whole = app.company(&format!("Whole {seed}")).await;
        let cut = app.company(&format!("Cut {seed}")).await;
        let file = |rows: &[(String, Row)]| File {
            mode: "upsert",
            columns: COLUMNS.to_vec(),
            rows: rows.to_vec(),
        };
        let one = file(&rows);
        let bytes = one.bytes(&mut dice);
        whole
            .owner
            .file_imported(&bytes, "upsert", Some(one.mapping()))
            .await;

        dice.shuffle(&mut rows);
        let size = usize::try_from(6 + dice.roll(8)).unwrap();
        for part in rows.chunks(size) {
            let part = file(part);
            if part.after(&Rows::new()).is_some() {
                let bytes = part.bytes(&mut dice);
                cut.owner
                    .file_imported(&bytes, "upsert", Some(part.mapping()))
                    .await;
            }
        }

        assert_eq!(seen(&whole.owner).await, seen(&cut.owner).await, "seed {seed}");
    }
}
