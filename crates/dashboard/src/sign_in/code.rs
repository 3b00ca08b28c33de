//! `POST /sign-in/code`: typing the code of a mail in the browser that asked for it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use kale_application::access::{Proof, SignIns, UseError};
use kale_web::{Gate, Problem};

use super::{
    ask::{check_mail, page},
    cookies::{ASKED, Asked, BROWSER, come_in},
};
use crate::{
    frame::{Form, Frame},
    view::form::Field,
};

/// Signs in with a code.
pub(super) async fn typed(
    frame: Frame,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    gate.at_the_door(&request)?;
    let typed = form.get("code").trim();
    // People type it as they read it: `402 913`.
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    let browser = BROWSER.read(&request, frame.door().secure_cookies);
    let proof = Proof::Code {
        code: &code,
        browser: browser.as_deref().unwrap_or_default(),
    };
    match sign_ins.redeem(proof, &gate.provenance(&request)).await {
        Ok((_, sign_in)) => Ok(come_in(&frame, &gate, &request, &sign_in)),
        Err(UseError::Store(error)) => Err(error.into()),
        Err(UseError::WrongCode | UseError::Dead | UseError::OtherBrowser) => {
            refused(&frame, &request, typed)
        }
    }
}

fn refused(frame: &Frame, request: &HttpRequest, typed: &str) -> Result<HttpResponse, Problem> {
    let wrong = "This code is wrong or works no more. After five wrong ones, ask for a new mail.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    match ASKED.read(request, frame.door().secure_cookies) {
        Some(asked) => check_mail(frame, status, Asked::read(&asked), typed, wrong),
        // Nobody asked here, or too long ago.
        None => page(
            frame,
            status,
            "",
            Field::default().error("Ask for a mail first: its code works here for a quarter of an hour."),
        ),
    }
}
