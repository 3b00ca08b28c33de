//! A company whose subscribers can walk: a customer, and a live workflow with a question, an offer and a message before
//! the way out.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kale_domain::id::{BranchId, CardId, ElementId, OptionId};
use kale_testkit::{Answer, Client, TestApp, TestCompany};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

/// A company with a live workflow and the customer `C-1`.
pub(crate) struct Walking {
    pub(crate) company: TestCompany,
    /// Where the workflow is.
    pub(crate) place: String,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_a1b2_0000_7000_8000_0000_0000_0000 + number)
}

fn card(number: u128) -> String {
    CardId::from_uuid(id(number)).to_string()
}

fn element(number: u128) -> String {
    ElementId::from_uuid(id(number)).to_string()
}

/// The reason that leads to the offer.
pub(crate) fn price() -> String {
    OptionId::from_uuid(id(21)).to_string()
}

/// The choice of the question.
pub(crate) fn choice() -> String {
    element(20)
}

/// The words of the question.
pub(crate) fn words() -> String {
    element(23)
}

/// The card that offers a pause.
pub(crate) fn offer_card() -> String {
    card(30)
}

fn question(outcome: &Value, offer: &str) -> Value {
    let option = |number: u128, text: &str, reason: &str| json!({ "id": OptionId::from_uuid(id(number)), "text": { "en": text }, "reason": reason });
    json!({
        "id": card(10), "kind": "question", "title": { "en": "Why are you leaving, {{customer.first_name|\"dear reader\"}}?" },
        "settings": { "next": { "en": "Continue" }, "skip": { "en": "Skip" } },
        "elements": [
            { "id": choice(), "kind": "single_choice", "config": {
                "label": { "en": "The main reason" },
                "options": [option(21, "It costs too much", "price_too_high"), option(22, "Something else", "other")] } },
            { "id": words(), "kind": "short_text", "config": { "label": { "en": "In your own words" } } },
        ],
        "branches": [{
            "id": BranchId::from_uuid(id(31)),
            "when": { "answer": choice(), "op": "eq", "value": price() },
            "cards": [{
                "id": offer_card(), "kind": "offer", "title": { "en": "Take a break" },
                "settings": { "accept": { "en": "Pause" }, "decline": { "en": "No thanks" } },
                "elements": [
                    { "id": element(32), "kind": "text", "config": {
                        "text": { "en": "We pause for {{offer.months}} months, until {{preview.resume_on}}." } } },
                    { "id": element(33), "kind": "offer", "config": { "kind": "pause", "offer": offer } },
                ],
                "branches": [{
                    "id": BranchId::from_uuid(id(34)),
                    "when": { "decision": offer_card(), "op": "eq", "value": "accepted" },
                    "cards": [{ "id": card(35), "kind": "jump", "settings": { "to": outcome } }]
                }]
            }]
        }]
    })
}

impl Walking {
    /// Makes it.
    pub(crate) async fn new(app: &TestApp) -> Self {
        Self::of(app.company("Globex").await).await
    }

    /// The same in a company that is there.
    pub(crate) async fn of(company: TestCompany) -> Self {
        let customer = json!({ "external_id": "C-1", "name": "Ada Okafor" });
        drop(company.program.post("/customers", &customer).await.expect(201));
        let owner = &company.owner;
        let offer = json!({ "name": "Break", "kind": "pause", "params": { "months": 3 } });
        let offer = owner.post("/offers", &offer).await.expect(201).string("/id");
        let body = json!({ "template": "cancel_direct" });
        let made = owner.post("/workflows", &body).await.expect(201);
        let place = format!("/workflows/{}", made.string("/id"));
        let tree = owner.get(&format!("{place}/tree")).await.expect(200).json();
        let outcome = tree["tree"]["cards"][1]["id"].clone();
        let message = json!({
            "id": card(40), "kind": "message", "title": { "en": "One more thing" },
            "settings": { "next": { "en": "Continue" } },
            "elements": [{ "id": element(41), "kind": "text", "config": { "text": { "en": "Thank you." } } }]
        });
        for (base, card) in (0..).zip([message, question(&outcome, &offer)]) {
            let op = json!({ "op": "add_card", "card": card, "at": { "branch": null, "index": 0 } });
            let edit = json!({ "base": base, "op": op });
            drop(owner.post(&format!("{place}/ops"), &edit).await.expect(200));
        }
        let walking = Self { company, place };
        walking.publish(2).await;
        walking
    }

    /// Publishes the draft.
    pub(crate) async fn publish(&self, revision: u64) {
        let body = json!({ "revision": revision });
        let path = format!("{}/publish", self.place);
        drop(self.company.owner.post(&path, &body).await.expect(200));
    }

    /// Publishes it with another title on its first card.
    pub(crate) async fn renewed(&self) {
        let owner = &self.company.owner;
        let draft = owner
            .get(&format!("{}/tree", self.place))
            .await
            .expect(200)
            .json();
        let (card, base) = (&draft["tree"]["cards"][0], draft["revision"].as_u64().unwrap());
        let face = json!({
            "kind": card["kind"], "settings": card["settings"], "title": { "en": "What is wrong?" }
        });
        let op = json!({ "op": "update_card", "card": card["id"], "face": face });
        let edit = json!({ "base": base, "op": op });
        drop(
            owner
                .post(&format!("{}/ops", self.place), &edit)
                .await
                .expect(200),
        );
        self.publish(base + 1).await;
    }

    /// A token that the API makes.
    pub(crate) async fn minted(&self, customer: &str, mode: &str) -> Answer {
        let body =
            json!({ "customer": { "external_id": customer }, "trigger": "cancel_intent", "mode": mode });
        self.company
            .program
            .post("/viewer/tokens", &body)
            .await
            .expect(201)
    }

    /// A client with a fresh token of the customer.
    pub(crate) async fn subscriber(&self, app: &TestApp) -> Client {
        app.with_token(&self.minted("C-1", "live").await.string("/token"))
    }

    /// Another customer.
    pub(crate) async fn customer(&self, external_id: &str) {
        let customer = json!({ "external_id": external_id });
        drop(
            self.company
                .program
                .post("/customers", &customer)
                .await
                .expect(201),
        );
    }

    /// A viewer secret: its id and itself.
    pub(crate) async fn secret(&self) -> (String, String) {
        let name = json!({ "name": "Account server" });
        let made = self
            .company
            .owner
            .post("/viewer/secrets", &name)
            .await
            .expect(201);
        (made.string("/viewer_secret/id"), made.string("/secret"))
    }
}

/// What a company's own server writes into a token, at noon of the first day of 2100.
pub(crate) fn payload(company: &TestCompany, number: u32) -> Value {
    json!({
        "company": company.id, "customer": { "external_id": "C-1" }, "trigger": "cancel_intent", "mode": "live",
        "iat": 4_102_488_000_u64, "exp": 4_102_488_900_u64, "jti": format!("token-of-the-test-{number}")
    })
}

/// What it signs.
pub(crate) fn signed(payload: &Value, secret: &str) -> String {
    let signed = format!("kale1.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Begins, or comes back.
pub(crate) async fn start(subscriber: &Client) -> Answer {
    subscriber.post("/sessions", &json!({})).await
}

/// A step as it is posted, on the card of the last answer.
pub(crate) fn post(seen: &Value, action: &str, answers: Value) -> Value {
    let mut body = json!({ "step": seen["session"]["step"], "card": seen["card"]["id"], "action": action });
    body["answers"] = answers;
    body
}

/// Takes a step.
pub(crate) async fn step(subscriber: &Client, seen: &Value, body: &Value) -> Answer {
    let id = seen["session"]["id"].as_str().unwrap();
    subscriber.post(&format!("/sessions/{id}/steps"), body).await
}

/// Takes a step that has to be taken; what is seen then.
pub(crate) async fn go(subscriber: &Client, seen: &Value, action: &str, answers: Value) -> Value {
    step(subscriber, seen, &post(seen, action, answers))
        .await
        .expect(200)
        .json()
}
