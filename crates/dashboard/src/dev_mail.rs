//! `GET /dev/mail`, `GET /dev/mail/{name}`, `GET /dev/mail/{name}/html`: mails that are kept in place of being sent.
//!
//! They are mounted only where mails are kept, which the settings allow only a server that nobody but its own machine
//! reaches: whoever opens a page here can read everybody's sign-in links.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue},
    },
    web::Data,
};
use askama::Template as _;
use jiff::tz::TimeZone;
use kale_application::mail::{KeptLetter, KeptMails};
use kale_web::{NoQuery, Path, Problem, Visitor};

use crate::{
    frame::Frame,
    routes::{Needs, Routes},
    view::{
        dev_mail::{MailPage, MailRow, MailboxPage},
        format,
    },
};

/// Where the mailbox is.
pub const MAILBOX: &str = "/dev/mail";

/// A mail brings its own style, nothing else, and stands in a frame of ours; its links open the whole window.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-top-navigation-by-user-activation",
);

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/dev/mail", Needs::Nothing, list)
        .get("/dev/mail/{name}", Needs::Nothing, show)
        .get("/dev/mail/{name}/html", Needs::Nothing, html);
}

#[tracing::instrument(name = "dashboard.dev_mail.list", skip_all)]
async fn list(
    frame: Frame,
    Visitor(reader): Visitor,
    mails: Data<KeptMails>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let row = |letter: KeptLetter| MailRow {
        href: format!("{MAILBOX}/{}", letter.name),
        at: format::ago(letter.at, frame.now(), &TimeZone::UTC),
        subject: letter.subject,
        to: letter.to,
    };
    let page = MailboxPage {
        plain: frame.plain(reader.as_ref(), "Mailbox"),
        mails: mails.list().await?.into_iter().map(row).collect(),
    };
    frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.dev_mail.show", skip_all)]
async fn show(
    frame: Frame,
    Visitor(reader): Visitor,
    mails: Data<KeptMails>,
    Path(name): Path<String>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let letter = mails.get(&name).await?.ok_or_else(Problem::not_found)?;
    let page = MailPage {
        plain: frame.plain(reader.as_ref(), letter.subject.as_str()),
        html: format!("{MAILBOX}/{}/html", letter.name),
        at: format::ago(letter.at, frame.now(), &TimeZone::UTC),
        subject: letter.subject,
        from: letter.from,
        to: letter.to,
        text: letter.text,
    };
    frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.dev_mail.html", skip_all)]
async fn html(mails: Data<KeptMails>, Path(name): Path<String>, _: NoQuery) -> Result<HttpResponse, Problem> {
    let letter = mails.get(&name).await?.ok_or_else(Problem::not_found)?;
    let framed = letter
        .html
        .replacen("<head>", "<head>\n<base target=\"_top\">", 1);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(framed))
}
