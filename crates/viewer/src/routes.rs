//! `POST /f`, `GET /f/{handle}`, `POST /f/{handle}/steps`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web::{self, Data, ServiceConfig},
};
use kale_application::{
    sessions::{Locale, Opened, PagePost, PageStep, Refusal, Seen, SessionError, Sessions},
    viewer::{Ticket, Viewer, ViewerSettings},
};
use kale_web::{Gate, NoQuery, Problem};

use crate::{
    form::{Form, Posted},
    page::{self, Around, Faults},
    words::{Words, words},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/f", web::post().to(enter))
        .route("/f/{handle}", web::get().to(show))
        .route("/f/{handle}/steps", web::post().to(step));
}

/// Takes a token out of a form and leads to its page.
async fn enter(
    viewer: Data<Viewer>,
    sessions: Data<Sessions>,
    request: HttpRequest,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let ticket = viewer.ticket(form.get("token")).await?;
    let ticket = ticket.ok_or_else(refused)?;
    // What would open nothing gets no address.
    let reader = reader(request.headers());
    let opened = sessions.look(&ticket, reader.as_ref()).await;
    drop(opened.map_err(unreachable_step)?);
    let handle = viewer.handle(&ticket).await?;
    Ok(see_other(handle.reveal()))
}

/// Shows the present card, or the first one of a walk that begins with its first step. Looking changes nothing.
async fn show(
    viewer: Data<Viewer>,
    sessions: Data<Sessions>,
    gate: Data<Gate>,
    handle: web::Path<String>,
    request: HttpRequest,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    if is_prefetch(request.headers()) {
        // A browser that guesses where somebody might go has not come.
        return Ok(HttpResponse::ServiceUnavailable().finish());
    }
    let ticket = opened(&viewer, &handle).await?;
    let settings = viewer.settings_seen(&ticket).await?;
    let reader = reader(request.headers());
    let opened = sessions.look(&ticket, reader.as_ref()).await;
    match opened.map_err(unreachable_step)? {
        Opened::Walk(seen) => {
            let around = around(&ticket, &settings, &gate, &handle, &seen.session);
            page::seen(StatusCode::OK, &around, &seen, &Faults::default())
        }
        Opened::Nothing(why) => page::nothing(words(reader.as_ref()), &ticket.company.name, &settings, why),
    }
}

/// Takes a step and leads to the page that shows what came of it. The first step begins the session. A call to action
/// that is followed is answered with a page that leads away: what a form posts to may not (`form-action`), and its reader
/// learns where it goes.
async fn step(
    viewer: Data<Viewer>,
    sessions: Data<Sessions>,
    gate: Data<Gate>,
    handle: web::Path<String>,
    request: HttpRequest,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let ticket = opened(&viewer, &handle).await?;
    let Posted {
        session,
        version,
        secret,
        step,
    } = form.posted()?;
    if !gate.csrf().is_token_of_session(session, &secret) {
        return Err(Problem::of("cross-site"));
    }
    let reader = reader(request.headers());
    let post = PagePost {
        session,
        version,
        step,
        reader: reader.clone(),
    };
    let taken = sessions.step_on_page(&ticket, &post).await;
    let settings = viewer.settings_seen(&ticket).await?;
    let around = |seen: &Seen| around(&ticket, &settings, &gate, &handle, &seen.session);
    match taken {
        Ok(PageStep::Taken(seen)) => {
            let left = form
                .followed()
                .and_then(|call| page::leaving(&around(&seen), &seen, call));
            left.unwrap_or_else(|| Ok(see_other(&handle)))
        }
        Ok(PageStep::Nothing(why)) => {
            page::nothing(words(reader.as_ref()), &ticket.company.name, &settings, why)
        }
        Ok(PageStep::Renewed(seen)) => {
            let around = around(&seen);
            let faults = Faults::notice(around.words.renewed);
            page::seen(StatusCode::CONFLICT, &around, &seen, &faults)
        }
        Err(SessionError::Step { refusal, seen }) => {
            let around = around(&seen);
            let (status, faults) = faults(refusal, form, around.words)?;
            page::seen(status, &around, &seen, &faults)
        }
        Err(other) => Err(unreachable_step(other)),
    }
}

/// What a refused step is told with.
fn faults(refusal: Refusal, form: Form, words: &Words) -> Result<(StatusCode, Faults), Problem> {
    match refusal {
        Refusal::Answers(errors) => {
            let faults = Faults {
                errors,
                typed: Some(form),
                notice: None,
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, faults))
        }
        refusal @ (Refusal::AnotherVersion { .. } | Refusal::DeadEnd) => Err(refusal.into()),
        Refusal::TooManySteps => Ok((StatusCode::CONFLICT, Faults::notice(words.only_cancel))),
        _ => Ok((StatusCode::CONFLICT, Faults::notice(words.elsewhere))),
    }
}

fn around<'a>(
    ticket: &'a Ticket,
    settings: &'a ViewerSettings,
    gate: &Gate,
    handle: &'a str,
    session: &kale_application::sessions::Session,
) -> Around<'a> {
    Around {
        words: words(Some(&session.locale)),
        company: &ticket.company.name,
        settings,
        handle,
        secret: gate.csrf().token_of_session(session.id),
    }
}

async fn opened(viewer: &Viewer, handle: &str) -> Result<Ticket, Problem> {
    viewer.ticket_of_handle(handle).await?.ok_or_else(refused)
}

/// A token or handle that opens nothing (any more): one answer, whatever was wrong.
fn refused() -> Problem {
    Problem::of("link-dead")
}

/// A refusal while beginning is that of a link; a refused step is shown where it was posted.
fn unreachable_step(error: SessionError) -> Problem {
    match error {
        SessionError::Refused | SessionError::NotFound => refused(),
        other => other.into(),
    }
}

fn see_other(handle: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/f/{handle}")))
        .finish()
}

/// The first language of a browser that is one.
fn reader(headers: &HeaderMap) -> Option<Locale> {
    let wished = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut tags = wished
        .split(',')
        .map(|one| one.split(';').next().unwrap_or(one).trim());
    tags.find_map(|tag| tag.parse().ok())
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains("prefetch") || value.contains("prerender"))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let request = TestRequest::get().insert_header((name, value)).to_http_request();
        request.headers().clone()
    }

    #[test]
    fn the_first_language_that_is_one_is_read() {
        let read = |value| reader(&headers("accept-language", value)).map(|locale| locale.to_string());
        assert_eq!(read("de-AT,de;q=0.9,en;q=0.8"), Some("de-AT".to_owned()));
        assert_eq!(read("*, fr;q=0.5"), Some("fr".to_owned()));
        assert_eq!(read("*"), None);
    }

    #[test]
    fn a_browser_that_guesses_is_told_apart_from_one_that_comes() {
        assert!(is_prefetch(&headers("sec-purpose", "prefetch;prerender")));
        assert!(is_prefetch(&headers("purpose", "prefetch")));
        assert!(!is_prefetch(&headers("sec-fetch-dest", "document")));
    }
}
