//! `GET /sign-in`, `POST /sign-in`, `GET /sign-in/mail`: asking for a link.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::access::SignIns;
use kale_domain::{email::Email, sign_in::LINK};
use kale_web::{Gate, Problem, Visitor};

use super::{
    company,
    cookies::{ASKED, Asked, BROWSER, is_nonce},
};
use crate::{
    deps::Provider,
    frame::{Form, Frame, Query, local_path},
    view::{
        form::Field,
        parts::Banner,
        sign_in::{CheckMailPage, SignInPage},
    },
};

/// Asks for the address; whoever is signed in goes where they wanted.
pub(super) async fn show(
    frame: Frame,
    Visitor(caller): Visitor,
    provider: Data<Provider>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::read(request.query_string());
    let next = query.get("next");
    if caller.is_some() {
        return Ok(frame.see_other(local_path(next)));
    }
    if provider.0.is_some() {
        return company::page(&frame, StatusCode::OK, next, None);
    }
    page(&frame, StatusCode::OK, next, Field::default())
}

/// Sends a link. Known and unknown addresses are answered alike.
pub(super) async fn send(
    frame: Frame,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
    provider: Data<Provider>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    if provider.0.is_some() {
        let sorry = "Links are not sent here: people sign in through their company.";
        return company::page(&frame, StatusCode::FORBIDDEN, form.get("next"), Some(sorry));
    }
    let typed = form.get("email").trim();
    let email: Email = match typed.parse() {
        Ok(email) => email,
        Err(_error) => {
            let field = Field::default()
                .value(typed)
                .error("Type an address such as ada@example.com.");
            return page(&frame, StatusCode::UNPROCESSABLE_ENTITY, form.get("next"), field);
        }
    };
    gate.asking(&request, &email)?;
    let secure = frame.door().secure_cookies;
    let kept = BROWSER.read(&request, secure).filter(|nonce| is_nonce(nonce));
    let nonce = kept.unwrap_or_else(frame.door().fresh_nonce);
    sign_ins.ask(&email, &nonce).await?;
    let mut response = frame.see_other("/sign-in/mail");
    BROWSER.write(&mut response, &nonce, secure);
    let asked = Asked {
        email: typed.to_owned(),
        next: next_of(form.get("next")),
    };
    ASKED.write(&mut response, &asked.write(), secure);
    Ok(response)
}

/// Says that mail is on its way, and takes the code from it.
pub(super) async fn sent(frame: Frame, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let secure = frame.door().secure_cookies;
    match ASKED.read(&request, secure) {
        Some(asked) => check_mail(&frame, StatusCode::OK, Asked::read(&asked), "", ""),
        None => Ok(frame.see_other("/sign-in")),
    }
}

/// The page with the field for the code.
pub(super) fn check_mail(
    frame: &Frame,
    status: StatusCode,
    Asked { email, next }: Asked,
    typed: &str,
    wrong: &str,
) -> Result<HttpResponse, Problem> {
    let page = CheckMailPage {
        plain: frame.plain(None, "Check your mail"),
        email,
        code: Some(Field::new("code", "Code from the mail").value(typed).error(wrong)),
        valid_for: format!("{} minutes", LINK.as_mins()),
        next,
        mailbox: frame.door().mailbox.clone(),
    };
    frame.page(status, page.render())
}

pub(super) fn page(
    frame: &Frame,
    status: StatusCode,
    next: &str,
    email: Field,
) -> Result<HttpResponse, Problem> {
    let page = SignInPage {
        plain: frame.plain(None, "Sign in"),
        email: Field {
            name: "email".to_owned(),
            label: "E-mail".to_owned(),
            ..email
        },
        next: next_of(next),
        banner: frame.said().map(|said| Banner {
            text: said.text.clone(),
            tone: said.tone,
            action: None,
        }),
    };
    frame.page(status, page.render())
}

/// Empty for the first page, which is where everybody goes without it.
pub(super) fn next_of(text: &str) -> String {
    Some(local_path(text))
        .filter(|path| *path != "/")
        .unwrap_or_default()
        .to_owned()
}
