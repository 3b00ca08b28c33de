//! A browser, as far as routes can tell: cookies instead of tokens, forms instead of JSON.

use actix_web::http::{Method, header::CONTENT_TYPE};
use kale_dashboard::Route;
use kale_testkit::{Answer, Client, TestApp, multipart};

use super::is_form;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A whole page.
    Page,
    /// A part of one, as htmx asks.
    Part,
    /// JSON, as our own scripts ask.
    Json,
}

impl Manner {
    pub(crate) const ALL: [Self; 3] = [Self::Page, Self::Part, Self::Json];

    const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Page => &[("accept", "text/html,application/xhtml+xml")],
            Self::Part => &[
                ("accept", "text/html"),
                ("hx-request", "true"),
                ("hx-request-type", "partial"),
            ],
            Self::Json => &[("accept", "application/json")],
        }
    }
}

/// Fields that are enough for every form to get as far as looking for what it is about.
const FIELDS: [(&str, &str); 10] = [
    ("name", "Some"),
    ("_etag", "\"v1\""),
    ("direction", "up"),
    ("persona", "unassigned"),
    ("rejected", "stop"),
    ("mode", "upsert"),
    ("columns.0.header", "id"),
    ("columns.0.to", "external_id"),
    ("scope", "ids"),
    ("tags", "none"),
];

/// Somebody at a browser; or a program, which is answered at the same addresses.
#[derive(Clone)]
pub(crate) struct Browser {
    http: awc::Client,
    base: String,
    /// The header that says who it is.
    who: Option<(&'static str, String)>,
    /// The token its pages carry; empty where it has no pages.
    pub(crate) csrf: String,
}

impl Browser {
    fn new(base: &str, who: Option<(&'static str, String)>, csrf: String) -> Self {
        let http = awc::Client::builder()
            .timeout(std::time::Duration::from_mins(1))
            .disable_redirects()
            .finish();
        Self {
            http,
            base: base.to_owned(),
            who,
            csrf,
        }
    }

    /// That of nobody.
    pub(crate) fn stranger(app: &TestApp) -> Self {
        Self::new(app.url(), None, String::new())
    }

    /// That of a person who is signed in.
    pub(crate) async fn of(person: &Client) -> Self {
        let csrf = person.get("/me").await.expect(200).string("/csrf_token");
        let cookie = format!("kale={}", person.token());
        Self::new(person.base(), Some(("cookie", cookie)), csrf)
    }

    /// What a program asks with.
    pub(crate) fn program(program: &Client) -> Self {
        let bearer = format!("Bearer {}", program.token());
        Self::new(program.base(), Some(("authorization", bearer)), String::new())
    }

    /// The same without the token of its pages, or with another.
    pub(crate) fn with_csrf(&self, csrf: &str) -> Self {
        Self {
            csrf: csrf.to_owned(),
            ..self.clone()
        }
    }

    /// Asks a route at a path of it; a form is sent with `more` before the fields that every form gets.
    pub(crate) async fn ask(
        &self,
        route: &Route,
        path: &str,
        manner: Manner,
        more: &[(&str, &str)],
    ) -> Answer {
        self.ask_from(route, path, manner, more, &[]).await
    }

    /// The same, with headers that say where the request comes from.
    pub(crate) async fn ask_from(
        &self,
        route: &Route,
        path: &str,
        manner: Manner,
        more: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = manner.headers().to_vec();
        all.extend_from_slice(headers);
        if !is_form(route) {
            return self.send(route.method.clone(), path, &all, Vec::new()).await;
        }
        if route.path == "/data/uploads" {
            // The token of a form with a file comes as a header: nobody reads so far into the form to find it.
            let (content, body) = multipart("customers.csv", b"id\n1\n");
            all.push(("content-type", content.as_str()));
            if !self.csrf.is_empty() {
                all.push(("x-csrf-token", self.csrf.as_str()));
            }
            return self.send(Method::POST, path, &all, body).await;
        }
        all.push(("content-type", "application/x-www-form-urlencoded"));
        let mut fields = more.to_vec();
        fields.extend(
            FIELDS
                .iter()
                .filter(|(name, _)| more.iter().all(|(known, _)| known != name)),
        );
        if !self.csrf.is_empty() {
            fields.push(("csrf", self.csrf.as_str()));
        }
        self.send(Method::POST, path, &all, encoded(&fields)).await
    }

    /// Opens an address.
    pub(crate) async fn get(&self, path: &str, manner: Manner) -> Answer {
        self.send(Method::GET, path, manner.headers(), Vec::new()).await
    }

    /// Sends a request. Two equal ones have equal answers: both have one name in the log. Of a live stream only the
    /// head is read, since it does not end.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some((name, value)) = &self.who {
            request = request.insert_header((*name, value.as_str()));
        }
        request = request.insert_header(("x-request-id", "the-same"));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request.send_body(body).await.unwrap();
        let kind = response.headers().get(CONTENT_TYPE).cloned();
        let endless = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let body = if endless {
            Vec::new().into()
        } else {
            response.body().limit(16 * 1024 * 1024).await.unwrap()
        };
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body,
        }
    }
}

fn encoded(fields: &[(&str, &str)]) -> Vec<u8> {
    let word = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", word(name), word(value)))
        .collect();
    pairs.join("&").into_bytes()
}
