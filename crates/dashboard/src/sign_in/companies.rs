//! `GET` and `POST /sign-in/companies`, `POST /company/leave`: the company a Kale admin acts in.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    access::{SignIns, Who},
    companies::Companies,
};
use kale_domain::{access::Role, company::Company, id::CompanyId};
use kale_web::{Authenticated, InstallationAdmin, Problem};

use super::ask::next_of;
use crate::{
    frame::{Form, Frame, Query, is_kale_admin, local_path},
    view::{
        format,
        sign_in::{CompaniesPage, CompanyChoice},
    },
};

/// Asks which company. Everybody else is in their only one.
pub(super) async fn show(
    frame: Frame,
    Authenticated(caller): Authenticated,
    companies: Data<Companies>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::read(request.query_string());
    let (Some(installation), true) = (caller.installation(), is_kale_admin(&caller)) else {
        return Ok(frame.see_other(local_path(query.get("next"))));
    };
    let Who::Person(presence) = &caller.who else {
        return Err(Problem::people_only());
    };
    let page = CompaniesPage {
        plain: frame.plain(Some(&caller), "Choose a company"),
        email: presence.user.email.to_string(),
        companies: choices(companies.list(installation).await?),
        next: next_of(query.get("next")),
    };
    frame.page(StatusCode::OK, page.render())
}

fn choices(mut companies: Vec<Company>) -> Vec<CompanyChoice> {
    companies.sort_by_key(|company| company.name.to_lowercase());
    let choice = |company: Company| CompanyChoice {
        id: company.id.to_string(),
        initials: format::initials(&company.name),
        name: company.name,
        role: Role::KaleAdmin.title(),
        last_seen: String::new(),
    };
    companies.into_iter().map(choice).collect()
}

/// Switches a Kale admin into a company.
pub(super) async fn enter(
    frame: Frame,
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let company: CompanyId = match form.get("company").parse() {
        Ok(id) => id,
        Err(_names_nothing) => return Err(Problem::not_found()),
    };
    if !sign_ins
        .act_in(admin.installation, &admin.caller, Some(company))
        .await?
    {
        return Err(Problem::not_found());
    }
    Ok(frame.see_other(local_path(form.get("next"))))
}

/// Switches a Kale admin out of the company they act in.
pub(super) async fn leave(
    frame: Frame,
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
) -> Result<HttpResponse, Problem> {
    sign_ins.act_in(admin.installation, &admin.caller, None).await?;
    Ok(frame.see_other("/sign-in/companies"))
}
