//! Problems as subscribers see them: a small page that says what to do.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use kale_application::viewer::ViewerSettings;
use kale_web::{ProblemPage, Surface};

use crate::{page::Plain, words::words};

/// What answers that are no pages may do in a browser: nothing.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// The viewer as the edge knows it.
#[must_use]
pub fn surface() -> Surface {
    Surface::html("/f", POLICY, show)
}

fn show(page: &ProblemPage<'_>) -> HttpResponse {
    let words = words(None);
    let (title, text) = match page.problem.code() {
        "link-dead" | "not-found" => (words.dead, words.dead_text),
        _ => (words.broken, words.broken_text),
    };
    let plain = Plain {
        words,
        company: "",
        title,
        text: text.to_owned(),
        request_id: page.request_id,
    };
    plain
        .answer(page.problem.status(), &ViewerSettings::default())
        .unwrap_or_else(|_told| {
            HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR)
                .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
                .body(title)
        })
}
