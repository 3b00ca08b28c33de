//! The hosted flow as a browser without scripts walks it.

mod calls;
mod looking;

use actix_web::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::join_all;
use jiff::SignedDuration;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::walking::{Walking, choice, payload, price, signed, words};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PAGE: (&str, &str) = ("accept", "text/html");

/// Text as a form sends it.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let bytes = text.bytes().map(|b| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        });
        bytes.collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split_once('"').unwrap().0
}

/// What the form of a page posts.
fn filled<'a>(page: &'a str, action: &'a str, more: &[(&'a str, &'a str)]) -> String {
    let mut fields: Vec<(&str, &str)> = ["session", "version", "secret", "step", "card"]
        .iter()
        .map(|name| (*name, hidden(page, name)))
        .collect();
    fields.push(("action", action));
    fields.extend_from_slice(more);
    encoded(&fields)
}

/// A browser that holds nothing but an address.
struct Browser {
    http: Client,
    place: String,
}

impl Browser {
    fn at(app: &TestApp, url: &str) -> Self {
        Self {
            http: app.stranger(),
            place: url.replace(app.url(), ""),
        }
    }

    async fn look(&self) -> Answer {
        self.http.send(Method::GET, &self.place, &[PAGE], "").await
    }

    async fn page(&self) -> String {
        let answer = self.look().await.expect(200);
        checked(&answer);
        answer.text()
    }

    async fn post(&self, body: String) -> Answer {
        self.http
            .send(
                Method::POST,
                &format!("{}/steps", self.place),
                &[FORM, PAGE],
                body,
            )
            .await
    }

    /// Presses a button; the page that comes.
    async fn press(&self, page: &str, action: &str, more: &[(&str, &str)]) -> String {
        let answer = self.post(filled(page, action, more)).await.expect(303);
        assert_eq!(answer.header("location").as_deref(), Some(self.place.as_str()));
        self.page().await
    }
}

/// What holds of every page: its style is the one that its policy names, and there is nothing else to load or run.
fn checked(answer: &Answer) {
    let page = answer.text();
    let sheet = page
        .split_once("<style>")
        .unwrap()
        .1
        .split_once("</style>")
        .unwrap()
        .0;
    assert!(sheet.len() < 6_000);
    let hash = STANDARD.encode(Sha256::digest(sheet.as_bytes()));
    let policy = answer.header("content-security-policy").unwrap();
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    );
    for never in ["<script", "style=\"", "onclick", "src=", "<link"] {
        assert!(!page.contains(never), "{never} in {page}");
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

async fn minted(walking: &Walking, app: &TestApp) -> Browser {
    Browser::at(app, &walking.minted("C-1", "live").await.string("/url"))
}

#[actix_web::test]
async fn a_subscriber_walks_to_the_receipt_without_a_script() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let settings =
        json!({ "brand_colour": "#0b5fff", "return_urls": ["https://example.com/account"], "locale": "en" });
    let none = [("if-match", "\"v0\"")];
    drop(
        walking
            .company
            .owner
            .json(Method::PUT, "/viewer/settings", &none, &settings)
            .await
            .expect(200),
    );
    let wish = json!({
        "customer": { "external_id": "C-1" }, "trigger": "cancel_intent", "mode": "test",
        "return_url": "https://example.com/account?from=kale"
    });
    let made = walking
        .company
        .program
        .post("/viewer/tokens", &wish)
        .await
        .expect(201);
    let browser = Browser::at(&app, &made.string("/url"));

    let page = browser.page().await;
    for part in [
        "Why are you leaving, Ada?",
        "Step 1 of ",
        "--brand:#0b5fff",
        "Test",
        ">Continue</button>",
        ">Skip</button>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let answers = [
        (format!("o:{}", choice()), price()),
        (format!("t:{}", words()), "Too <dear>".to_owned()),
    ];
    let more: Vec<(&str, &str)> = answers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let offer = browser.press(&page, "next", &more).await;
    assert!(
        offer.contains("We pause for 3 months, until 1 April 2100."),
        "{offer}"
    );
    // Taking and not taking are buttons of one size; the way out is on the page.
    for button in [
        "<button name=\"action\" value=\"accept\" class=\"go\">Pause</button>",
        "<button name=\"action\" value=\"decline\" formnovalidate>No thanks</button>",
        "value=\"cancel\" formnovalidate>",
    ] {
        assert!(offer.contains(button), "{button} in {offer}");
    }
    // Going back shows what was answered.
    let back = browser.press(&offer, "back", &[]).await;
    assert!(
        back.contains(&format!("value=\"{}\" checked", price())) && back.contains("Too &#60;dear&#62;"),
        "{back}"
    );
    let offer = browser.press(&back, "next", &more).await;
    let ended = browser.press(&offer, "accept", &[]).await;
    for part in [
        "Your subscription goes on.",
        "This will be arranged by Globex.",
        "A pause. Globex will arrange it.",
        "2100-01-01 12:00 UTC",
        "href=\"https://example.com/account?from=kale\"",
    ] {
        assert!(ended.contains(part), "{part} in {ended}");
    }
    assert_eq!(browser.page().await, ended);
    app.stop().await;
}

#[actix_web::test]
async fn every_card_has_the_way_out_and_it_takes_one_post_to_the_confirm_card() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let first = browser.page().await;
    let message = browser.press(&first, "skip", &[]).await;
    for page in [&first, &message] {
        assert!(
            page.contains("<div class=\"leave\"><button name=\"action\" value=\"cancel\" formnovalidate>"),
            "{page}"
        );
    }
    let confirm = browser.press(&message, "cancel", &[]).await;
    assert!(confirm.contains("<h1>Cancel your subscription</h1>"), "{confirm}");
    let ended = browser.press(&confirm, "cancel", &[]).await;
    assert!(
        ended.contains("Your cancellation is recorded.") && ended.contains(">Send</button>"),
        "{ended}"
    );
    let reason = ended.split_once("type=\"radio\" name=\"").unwrap().1;
    let (name, rest) = reason.split_once("\" value=\"").unwrap();
    let value = rest.split_once('"').unwrap().0;
    let thanked = browser.press(&ended, "next", &[(name, value)]).await;
    assert!(
        !thanked.contains("<form")
            && !thanked.contains("<input")
            && thanked.contains("Your cancellation is recorded."),
        "{thanked}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn who_took_nothing_is_not_told_that_anything_will_be_arranged() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let confirm = browser.press(&browser.page().await, "cancel", &[]).await;
    let ended = browser.press(&confirm, "decline", &[]).await;
    assert!(ended.contains("Your subscription goes on."), "{ended}");
    assert!(!ended.contains("arrange"), "{ended}");
    app.stop().await;
}

#[actix_web::test]
async fn a_double_click_shows_the_same_page_and_a_second_tab_where_it_stands() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    let body = filled(&page, "next", &[]);
    let all = join_all((0..6).map(|_| browser.post(body.clone()))).await;
    for answer in all {
        drop(answer.expect(303));
    }
    let next = browser.page().await;
    assert!(next.contains("One more thing"));

    let late = browser.post(filled(&page, "cancel", &[])).await.expect(409);
    checked(&late);
    assert!(late.text().contains("You went on in another window.") && late.text().contains("One more thing"));
    assert_eq!(hidden(&late.text(), "step"), hidden(&next, "step"));
    app.stop().await;
}

#[actix_web::test]
async fn an_answer_that_cannot_be_taken_is_told_beside_it_and_nothing_is_lost() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    let (choice, words) = (format!("o:{}", choice()), format!("t:{}", words()));
    let wrong = [
        (choice.as_str(), "opt_01h455vb4pex5vsknk084sn02q"),
        (words.as_str(), "My own \"words\""),
    ];
    let told = browser.post(filled(&page, "next", &wrong)).await.expect(422);
    checked(&told);
    for part in [
        "role=\"alert\"",
        "Please answer this in another way.",
        "My own &#34;words&#34;",
        "aria-invalid=\"true\"",
    ] {
        assert!(told.text().contains(part), "{part} in {}", told.text());
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_token_is_exchanged_for_an_address_and_a_wrong_one_for_nothing() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let (id, secret) = walking.secret().await;
    let token = signed(&payload(&walking.company, 1), &secret);
    let enter = async |token: &str| {
        let from = [
            FORM,
            PAGE,
            ("origin", "https://example.com"),
            ("sec-fetch-site", "cross-site"),
        ];
        app.stranger()
            .send(Method::POST, "/f", &from, encoded(&[("token", token)]))
            .await
    };
    let mut places = Vec::new();
    for _ in 0..2 {
        let place = enter(&token).await.expect(303).header("location").unwrap();
        let browser = Browser::at(&app, &place);
        places.push(hidden(&browser.page().await, "session").to_owned());
        // Looking uses nothing up.
        drop(browser.page().await);
    }
    assert_eq!(places[0], places[1]);
    let place = enter(&token).await.expect(303).header("location").unwrap();
    let walker = Browser::at(&app, &place);
    let begun = walker.page().await;
    drop(walker.press(&begun, "skip", &[]).await);
    // A revoked secret ends the addresses too that its tokens were exchanged for; those of the API go on.
    let place = enter(&token).await.expect(303).header("location").unwrap();
    let (signed_by_it, made_by_us) = (Browser::at(&app, &place), minted(&walking, &app).await);
    let page = signed_by_it.page().await;
    let owner = &walking.company.owner;
    drop(owner.delete(&format!("/viewer/secrets/{id}")).await.expect(200));
    let revoked = [
        signed_by_it.look().await,
        signed_by_it.post(filled(&page, "next", &[])).await,
    ];
    assert_eq!(hidden(&made_by_us.page().await, "session"), places[0]);

    let mut said = Vec::new();
    let refused = [
        enter("").await,
        enter(&token[..token.len() - 1]).await,
        enter(&signed(&payload(&walking.company, 2), "guessed")).await,
        Browser::at(&app, "/f/AAAAAAAAAAAAAAAAAAAAAA").look().await,
        Browser::at(&app, "/f/short").look().await,
    ];
    for answer in refused.into_iter().chain(revoked) {
        let answer = answer.expect(401);
        checked(&answer);
        let id = answer.header("x-request-id").unwrap();
        said.push(answer.text().replace(&id, ""));
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn only_a_page_of_the_session_itself_can_post_a_step() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    walking.customer("C-2").await;
    let browser = minted(&walking, &app).await;
    let other = Browser::at(&app, &walking.minted("C-2", "live").await.string("/url"));
    let (page, others) = (browser.page().await, other.page().await);
    let own = hidden(&page, "secret");
    let (without, foreign) = (
        page.replace(own, ""),
        page.replace(own, hidden(&others, "secret")),
    );
    for (body, code) in [
        (filled(&without, "next", &[]), 403),
        (filled(&foreign, "next", &[]), 403),
        // A session that this address does not open.
        (filled(&others, "next", &[]), 401),
        ("action=next".to_owned(), 400),
        (String::new(), 400),
    ] {
        checked(&browser.post(body).await.expect(code));
    }
    assert_eq!(browser.page().await, page);
    app.stop().await;
}

#[actix_web::test]
async fn an_address_begins_within_a_quarter_of_an_hour_and_leads_back_for_a_day() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    walking.customer("C-2").await;
    let late = Browser::at(&app, &walking.minted("C-2", "live").await.string("/url"));
    let browser = minted(&walking, &app).await;
    let page = browser.page().await;
    let message = browser.press(&page, "next", &[]).await;
    app.advance(SignedDuration::from_mins(15));
    drop(late.http.get(&late.place).await.expect(401));
    app.advance(SignedDuration::from_hours(20));
    assert_eq!(browser.page().await, message);
    app.advance(SignedDuration::from_hours(25));
    assert!(browser.page().await.contains("Nobody went on here for a day"));
    app.advance(SignedDuration::from_hours(25));
    drop(browser.http.get(&browser.place).await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn a_browser_that_guesses_begins_nothing_and_a_reader_gets_their_language() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let browser = minted(&walking, &app).await;
    let guess = [("sec-purpose", "prefetch")];
    drop(
        browser
            .http
            .send(Method::GET, &browser.place, &guess, "")
            .await
            .expect(503),
    );
    assert_eq!(
        walking.company.owner.get("/sessions").await.json()["data"],
        json!([])
    );
    let german = [("accept-language", "de-AT,de;q=0.9")];
    let page = browser
        .http
        .send(Method::GET, &browser.place, &german, "")
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("<html lang=\"de\">") && page.contains("Schritt 1 von "),
        "{page}"
    );
    drop(
        walking
            .company
            .owner
            .post(&format!("{}/pause", walking.place), &json!({}))
            .await
            .expect(200),
    );
    walking.customer("C-2").await;
    let none = Browser::at(&app, &walking.minted("C-2", "live").await.string("/url"));
    assert!(none.page().await.contains("Please ask Globex directly."));
    app.stop().await;
}
