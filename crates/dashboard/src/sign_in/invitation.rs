//! `GET /sign-in/invitation/{token}`, `POST /sign-in/invitation`: joining a company.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::team::{Invited, JoinError, Team};
use kale_domain::access::Role;
use kale_web::{Gate, Path, Problem};

use super::company;
use crate::{
    frame::{Form, Frame, add_cookie},
    view::{
        form::Field,
        sign_in::{InvitationPage, Joining},
    },
};

/// Looking joins nobody: mail scanners open links, too.
pub(super) async fn open(
    frame: Frame,
    team: Data<Team>,
    Path(token): Path<String>,
) -> Result<HttpResponse, Problem> {
    show(&frame, &team, token, None, "").await
}

/// The button.
pub(super) async fn join(
    frame: Frame,
    gate: Data<Gate>,
    team: Data<Team>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    let (token, name) = (form.get("token"), form.get("name"));
    let joined = team.join(token, Some(name), &gate.provenance(&request)).await;
    match joined {
        Ok((_, sign_in)) => {
            let mut response = frame.see_other("/");
            add_cookie(&mut response, &gate.cookie(&sign_in));
            Ok(response)
        }
        Err(JoinError::Invalid(wrong)) => {
            let message = wrong.first().map_or("", |one| one.message.as_ref());
            show(&frame, &team, token.to_owned(), Some(name), message).await
        }
        Err(JoinError::Elsewhere) => {
            let remark = "Your company says who you are: sign in there, and you are in.";
            company::page(&frame, StatusCode::FORBIDDEN, "", Some(remark))
        }
        Err(JoinError::Dead) => page(&frame, StatusCode::GONE, String::new(), None),
        Err(JoinError::Store(error)) => Err(error.into()),
    }
}

async fn show(
    frame: &Frame,
    team: &Team,
    token: String,
    name: Option<&str>,
    wrong: &str,
) -> Result<HttpResponse, Problem> {
    let Some(invited) = team.look(&token).await? else {
        return page(frame, StatusCode::GONE, String::new(), None);
    };
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(frame, status, token, Some(joining(&invited, name, wrong)))
}

fn joining(invited: &Invited, name: Option<&str>, wrong: &str) -> Joining {
    let name = name.unwrap_or(&invited.user.name);
    Joining {
        company: invited.company.name.clone(),
        by: invited.by.clone(),
        email: invited.user.email.to_string(),
        role: part(invited.user.role),
        name: Field::new("name", "Your name").value(name).error(wrong),
    }
}

fn part(role: Role) -> &'static str {
    match role {
        Role::KaleAdmin => "a Kale admin",
        Role::RetentionAdmin => "a retention admin",
        Role::RetentionExpert => "a retention expert",
    }
}

fn page(
    frame: &Frame,
    status: StatusCode,
    token: String,
    invited: Option<Joining>,
) -> Result<HttpResponse, Problem> {
    let page = InvitationPage {
        plain: frame.plain(None, "Join"),
        token,
        invited,
    };
    frame.page(status, page.render())
}
