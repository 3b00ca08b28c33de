//! A browser that goes from us to the provider and back.

use std::collections::BTreeMap;

use actix_web::http::Method;
use kale_testkit::{Answer, Emulator, TestApp};

/// Somebody at a browser, with its cookies.
pub(crate) struct Browser {
    http: awc::Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn of(app: &TestApp) -> Self {
        Self {
            http: awc::Client::builder().disable_redirects().finish(),
            base: app.url().to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page of ours.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    /// Sends a form from a page of ours.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, form).await
    }

    async fn send(&mut self, method: Method, path: &str, form: &str) -> Answer {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .insert_header(("accept", "text/html"))
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("cookie", cookies.join("; ")));
        let mut response = request.send_body(form.to_owned()).await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.body().await.unwrap(),
        }
    }

    /// Goes to the provider as somebody; answers the address it leads back to.
    pub(crate) async fn away(&mut self, emulator: &Emulator, email: &str, next: &str) -> String {
        let begun = self
            .get(&format!("/sign-in/company?email={email}&next={next}"))
            .await;
        let to = begun.expect(303).header("location").unwrap();
        emulator.leads_to(&to).await
    }

    /// Signs in as somebody; answers where that leads, or the page that says why not.
    pub(crate) async fn sign_in(&mut self, emulator: &Emulator, email: &str) -> Answer {
        let back = self.away(emulator, email, "").await;
        self.get(&back).await
    }

    /// The token of the sign-in it keeps.
    pub(crate) fn token(&self) -> &str {
        &self.cookies["kale"]
    }

    /// Keeps that cookie.
    pub(crate) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// What it keeps under that name.
    pub(crate) fn kept(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}
