//! `GET /sign-in/link/{token}`, `POST /sign-in/link`: opening a link.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::access::{Proof, SignIns, UseError};
use kale_web::{Gate, Path, Problem};

use super::cookies::{BROWSER, come_in};
use crate::{
    frame::{Form, Frame},
    view::sign_in::LinkPage,
};

/// A link that a person asked for in a browser shows a button, so that mail scanners sign nobody in; one that the
/// command line or the demo made signs in at once.
pub(super) async fn open(
    frame: Frame,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
    request: HttpRequest,
    Path(token): Path<String>,
) -> Result<HttpResponse, Problem> {
    match sign_ins.peek(&token).await? {
        None => dead(&frame),
        Some(false) => redeem(&frame, &gate, &sign_ins, &request, &token).await,
        Some(true) => {
            let asked_here = BROWSER.read(&request, frame.door().secure_cookies).is_some();
            page(&frame, StatusCode::OK, token, asked_here, "")
        }
    }
}

/// The button of the link.
pub(super) async fn press(
    frame: Frame,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    redeem(&frame, &gate, &sign_ins, &request, form.get("token")).await
}

async fn redeem(
    frame: &Frame,
    gate: &Gate,
    sign_ins: &SignIns,
    request: &HttpRequest,
    token: &str,
) -> Result<HttpResponse, Problem> {
    gate.at_the_door(request)?;
    let browser = BROWSER.read(request, frame.door().secure_cookies);
    let proof = Proof::Link {
        token,
        browser: browser.as_deref(),
    };
    match sign_ins.redeem(proof, &gate.provenance(request)).await {
        Ok((_, sign_in)) => Ok(come_in(frame, gate, request, &sign_in)),
        Err(UseError::Dead | UseError::WrongCode) => dead(frame),
        Err(UseError::OtherBrowser) => page(frame, StatusCode::FORBIDDEN, String::new(), false, ""),
        Err(UseError::Store(error)) => Err(error.into()),
    }
}

fn dead(frame: &Frame) -> Result<HttpResponse, Problem> {
    let problem = "A link works once and for a quarter of an hour.";
    page(frame, StatusCode::GONE, String::new(), true, problem)
}

fn page(
    frame: &Frame,
    status: StatusCode,
    token: String,
    same_browser: bool,
    problem: &str,
) -> Result<HttpResponse, Problem> {
    let page = LinkPage {
        plain: frame.plain(None, "Sign in"),
        token,
        same_browser,
        problem: problem.to_owned(),
    };
    frame.page(status, page.render())
}
