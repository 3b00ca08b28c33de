//! The demo's sessions: subscribers who walk its workflow, through the API as a company's own program would let them,
//! with the demo's clock put back to when they came.

use actix_web::http::Method;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};

use super::{
    client::{Api, text},
    clock::DemoClock,
};

/// How many there are.
const SESSIONS: u64 = 300;
/// Over how many days they are spread.
const DAYS: u64 = 60;
/// How many subscribers the file has; each is known by the number of its row.
const SUBSCRIBERS: u64 = 7_043;
/// No number of rows that two sessions share: it has no divisor in common with theirs.
const STRIDE: u64 = 4_421;
/// The most steps of one; each walk of this workflow is shorter.
const MOST_STEPS: usize = 40;

/// Plays those that are not there yet. The clock is the machine's again afterwards, whatever happened.
pub(super) async fn play(api: &Api, clock: &DemoClock) -> Result<()> {
    let there = count(api).await?;
    let played = async {
        for number in there..SESSIONS {
            Subscriber::of(number, clock.present()).walk(api, clock).await?;
        }
        anyhow::Ok(())
    };
    let played = played.await;
    clock.catch_up();
    played
}

/// How many there are, as far as it matters.
async fn count(api: &Api) -> Result<u64> {
    let mut found = 0;
    let mut path = "/sessions?limit=200".to_owned();
    while found < SESSIONS {
        let page = api.get(&path).await?.body;
        let here = page.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        found += u64::try_from(here)?;
        match page.pointer("/page/next_cursor").and_then(Value::as_str) {
            Some(cursor) => path = format!("/sessions?limit=200&cursor={cursor}"),
            None => break,
        }
    }
    Ok(found)
}

/// One who walks: who, when, and what chance lets them do. The same number always does the same.
struct Subscriber {
    row: u64,
    at: Timestamp,
    chance: Chance,
}

impl Subscriber {
    fn of(number: u64, present: Timestamp) -> Self {
        let mut chance = Chance(StdRng::seed_from_u64(number));
        // One in each of as many parts of these days, the last of them at least an hour ago.
        let part = (DAYS * 24 - 1) * 3_600 / SESSIONS;
        let ago = 3_600 + part * (SESSIONS - 1 - number.min(SESSIONS - 1)) + chance.below(part);
        let ago = SignedDuration::from_secs(i64::try_from(ago).unwrap_or_default());
        Self {
            row: number * STRIDE % SUBSCRIBERS + 1,
            at: present.checked_sub(ago).unwrap_or(present),
            chance,
        }
    }

    async fn walk(mut self, api: &Api, clock: &DemoClock) -> Result<()> {
        clock.put_to(self.at);
        let wish = json!({
            "customer": { "external_id": self.row.to_string() }, "trigger": "cancel_intent", "mode": "live"
        });
        let token = api.json(Method::POST, "/viewer/tokens", &[], &wish).await?;
        let subscriber = api.holding(text(&token.body, "/token")?);
        let mut seen = subscriber
            .json(Method::POST, "/sessions", &[], &json!({}))
            .await?
            .body;
        let place = format!("/sessions/{}", text(&seen, "/session/id")?);
        for _ in 0..MOST_STEPS {
            if seen.get("receipt").is_some() {
                return Ok(());
            }
            let pause = 6 + self.chance.below(50);
            self.at = self
                .at
                .checked_add(SignedDuration::from_secs(i64::try_from(pause)?))?;
            clock.put_to(self.at);
            let Some(step) = self.step(&seen) else {
                subscriber
                    .json(Method::POST, &format!("{place}/end"), &[], &json!({}))
                    .await?;
                return Ok(());
            };
            let path = format!("{place}/steps");
            seen = subscriber.json(Method::POST, &path, &[], &step).await?.body;
        }
        Ok(())
    }

    /// What they do on the card they see; `None`: they go away.
    fn step(&mut self, seen: &Value) -> Option<Value> {
        let card = seen.get("card")?;
        let kind = card.get("kind").and_then(Value::as_str).unwrap_or_default();
        let answers = self.answers(card);
        let action = match (kind, self.chance.below(100)) {
            (_, 0..=7) => return None,
            ("offer", 8..=45) | ("hand_off", 8..=55) => "accept",
            ("offer", 46..=88) | ("hand_off", 56..=90) | ("confirm", 80..) => "decline",
            ("question" | "message", 8..=93) => "next",
            ("confirm", _) => "cancel",
            (_, 97..) if offers(card, "back") => "back",
            _ => "cancel",
        };
        Some(json!({
            "step": seen.pointer("/session/step")?, "card": card.get("id")?, "action": action, "answers": answers
        }))
    }

    /// An answer to every choice, the first options more often than the last, and to some questions a few words. Half of
    /// the calls to action are followed.
    fn answers(&mut self, card: &Value) -> Map<String, Value> {
        let mut answers = Map::new();
        for element in card
            .get("elements")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let Some(id) = element.get("id").and_then(Value::as_str) else {
                continue;
            };
            let options = element.get("options").and_then(Value::as_array);
            if let Some(options) = options.filter(|options| !options.is_empty()) {
                let most = u64::try_from(options.len()).unwrap_or(1);
                let (one, other) = (self.chance.below(most), self.chance.below(most));
                let chosen = usize::try_from(one.min(other)).unwrap_or_default();
                if let Some(option) = options.get(chosen).and_then(|option| option.get("id")) {
                    answers.insert(id.to_owned(), option.clone());
                }
            } else if element.get("kind").is_some_and(|kind| kind == "call_to_action") {
                if self.chance.below(2) == 0 {
                    answers.insert(id.to_owned(), json!(true));
                }
            } else if element.get("kind").is_some_and(|kind| kind == "long_text") {
                let words = usize::try_from(self.chance.below(4)).unwrap_or_default();
                if let Some(words) = WORDS.get(words) {
                    answers.insert(id.to_owned(), json!(words));
                }
            }
        }
        answers
    }
}

/// What they write.
const WORDS: [&str; 3] = [
    "The line drops in the evening.",
    "Streaming stops every few minutes.",
    "Nobody answered my last two calls.",
];

fn offers(card: &Value, action: &str) -> bool {
    let actions = card.get("actions").and_then(Value::as_array);
    actions.is_some_and(|actions| actions.iter().any(|one| one == action))
}

/// Chance from a seed.
struct Chance(StdRng);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0.random_range(..end.max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_walks_twice_and_all_of_them_came_within_the_days() {
        let present: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let all: Vec<Subscriber> = (0..SESSIONS)
            .map(|number| Subscriber::of(number, present))
            .collect();
        let rows: BTreeSet<u64> = all.iter().map(|one| one.row).collect();
        assert_eq!(rows.len(), 300);
        assert!(rows.iter().all(|row| (1..=SUBSCRIBERS).contains(row)));
        assert!(all.is_sorted_by_key(|one| one.at));
        let ago = |one: &Subscriber| present.duration_since(one.at).as_hours();
        assert!((58 * 24..60 * 24).contains(&ago(&all[0])), "{}", ago(&all[0]));
        assert!((1..7).contains(&ago(&all[299])), "{}", ago(&all[299]));
    }
}
