//! The pages: a card, the end, and the few that say one thing.

mod card;
mod element;
mod ended;
mod leaving;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;
use kale_application::{
    sessions::{CallAction, Mode, NoSession, Seen, Shown, View},
    viewer::ViewerSettings,
};
use kale_domain::{error::FieldError, id::ElementId};
use kale_web::Problem;

use crate::{
    form::Form,
    style::{Style, framed, style},
    words::{Words, words},
};

/// What stands around a card.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    pub(crate) words: &'static Words,
    pub(crate) company: &'a str,
    pub(crate) settings: &'a ViewerSettings,
    pub(crate) handle: &'a str,
    pub(crate) secret: String,
}

/// What was wrong with the post before.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// What is wrong with which answer.
    pub(crate) errors: Vec<FieldError>,
    /// What was typed, so that nothing is lost.
    pub(crate) typed: Option<Form>,
    /// What is said above the card.
    pub(crate) notice: Option<&'static str>,
}

impl Faults {
    /// Only something to say.
    pub(crate) fn notice(text: &'static str) -> Self {
        Self {
            notice: Some(text),
            ..Self::default()
        }
    }
}

/// A page that says one thing.
#[derive(Debug, Template)]
#[template(path = "flow/plain.html")]
struct PlainPage<'a> {
    words: &'static Words,
    sheet: &'a str,
    company: &'a str,
    title: &'a str,
    text: &'a str,
    request_id: &'a str,
}

/// What a page says that says one thing.
#[derive(Debug)]
pub(crate) struct Plain<'a> {
    pub(crate) words: &'static Words,
    pub(crate) company: &'a str,
    pub(crate) title: &'a str,
    pub(crate) text: String,
    /// Which request it was, where something broke.
    pub(crate) request_id: &'a str,
}

impl Plain<'_> {
    /// The answer.
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        settings: &ViewerSettings,
    ) -> Result<HttpResponse, Problem> {
        let style = style(settings.brand_colour);
        let page = PlainPage {
            words: self.words,
            sheet: &style.sheet,
            company: self.company,
            title: self.title,
            text: &self.text,
            request_id: self.request_id,
        };
        html(status, &style, page.render())
    }
}

/// What the walker sees now.
pub(crate) fn seen(
    status: StatusCode,
    around: &Around<'_>,
    seen: &Seen,
    faults: &Faults,
) -> Result<HttpResponse, Problem> {
    drawn(status, &style(around.settings.brand_colour), around, seen, faults)
}

/// What a subscriber would see, for a frame of the dashboard: the same page, which sends nothing.
pub(crate) fn in_frame(
    company: &str,
    settings: &ViewerSettings,
    seen: &Seen,
) -> Result<HttpResponse, Problem> {
    let around = Around {
        words: words(Some(&seen.session.locale)),
        company,
        settings,
        handle: "",
        secret: String::new(),
    };
    let style = framed(settings.brand_colour);
    drawn(StatusCode::OK, &style, &around, seen, &Faults::default())
}

fn drawn(
    status: StatusCode,
    style: &Style,
    around: &Around<'_>,
    seen: &Seen,
    faults: &Faults,
) -> Result<HttpResponse, Problem> {
    let test = seen.session.mode == Mode::Test;
    match &seen.view {
        View::Card { card } => {
            let page = card::CardPage::new(around, &style.sheet, &seen.session, card, faults, test);
            html(status, style, page.render())
        }
        View::Ended {
            outcome,
            page,
            receipt,
        } => {
            let page = ended::EndedPage::new(
                around,
                &style.sheet,
                &seen.session,
                (*outcome, receipt),
                page.as_deref(),
                faults,
                test,
            );
            html(status, style, page.render())
        }
        View::Expired => {
            let plain = Plain {
                words: around.words,
                company: around.company,
                title: around.words.ended,
                text: around.words.expired.to_owned(),
                request_id: "",
            };
            plain.answer(StatusCode::OK, around.settings)
        }
    }
}

/// The page that leads to where a call to action of the present card points; nothing where there is no such call.
pub(crate) fn leaving(
    around: &Around<'_>,
    seen: &Seen,
    call: ElementId,
) -> Option<Result<HttpResponse, Problem>> {
    let (View::Card { card } | View::Ended { page: Some(card), .. }) = &seen.view else {
        return None;
    };
    let element = card.elements.iter().find(|element| element.id == call)?;
    let url = element.action.as_ref().and_then(CallAction::url)?;
    let style = style(around.settings.brand_colour);
    let page = leaving::LeavingPage::new(around, &style.sheet, url);
    Some(html(StatusCode::OK, &style, page.render()))
}

/// Whether a card has a call to action that opens a page.
fn has_calls(card: &Shown) -> bool {
    let mut actions = card.elements.iter().filter_map(|one| one.action.as_ref());
    actions.any(|action| action.url().is_some())
}

/// That there is no session.
pub(crate) fn nothing(
    words: &'static Words,
    company: &str,
    settings: &ViewerSettings,
    why: NoSession,
) -> Result<HttpResponse, Problem> {
    let plain = Plain {
        words,
        company,
        title: words.nothing,
        text: match why {
            NoSession::NoLiveWorkflow => words.no_flow(company),
            NoSession::UnknownCustomer => words.unknown(company),
        },
        request_id: "",
    };
    plain.answer(StatusCode::OK, settings)
}

fn html(status: StatusCode, style: &Style, page: askama::Result<String>) -> Result<HttpResponse, Problem> {
    let page = page.map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, style.policy.as_str()))
        .body(page))
}
