//! `GET /sign-in/company`, `GET /sign-in/callback`, `POST /sign-in/organization`: through a company's own sign-in.
//!
//! The provider's page is only ever gone to by a link: the policy of our pages lets no form end elsewhere.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::Data,
};
use askama::Template as _;
use kale_application::identity::{Finished, NoAccess, ProviderSignInError};
use kale_domain::{email::Email, secret::Token};
use kale_web::{Gate, Problem};
use url::Url;

use super::{ask::next_of, cookies::STATE};
use crate::{
    deps::Provider,
    frame::{Form, Frame, Query, add_cookie, local_path},
    view::{
        format,
        parts::{Banner, Tone},
        sign_in::{CompanySignInPage, LeavingPage, NoAccessPage, OrganizationChoice, OrganizationsPage},
    },
};

/// Takes browsers on without a script.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Sends a browser to the provider, with what ties the answer to it.
pub(super) async fn begin(
    frame: Frame,
    provider: Data<Provider>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let provider = provider.there()?;
    let query = Query::read(request.query_string());
    let email: Option<Email> = query.get("email").parse().ok();
    let begun = provider
        .begin(&next_of(query.get("next")), email.as_ref().map(Email::as_str))
        .await?;
    let mut response = frame.see_other(begun.url.as_str());
    STATE.write(&mut response, begun.state.reveal(), frame.door().secure_cookies);
    Ok(response)
}

/// Takes what the provider says.
pub(super) async fn come_back(
    frame: Frame,
    gate: Data<Gate>,
    provider: Data<Provider>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let provider = provider.there()?;
    let query = Query::read(request.query_string());
    let bound = STATE.read(&request, frame.door().secure_cookies);
    if query.get("code").is_empty() {
        // The provider's own words are not repeated: anybody may write an address.
        return page(
            &frame,
            StatusCode::OK,
            "",
            Some("You were not signed in. Try it again."),
        );
    }
    let provenance = gate.provenance(&request);
    let finished = provider
        .finish(
            query.get("state"),
            bound.as_deref(),
            query.get("code"),
            &provenance,
        )
        .await;
    answer(&frame, &gate, finished)
}

/// Takes the choice of an organization.
pub(super) async fn choose(
    frame: Frame,
    gate: Data<Gate>,
    provider: Data<Provider>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    let provider = provider.there()?;
    let bound = STATE.read(&request, frame.door().secure_cookies);
    let state = bound.clone().unwrap_or_default();
    let provenance = gate.provenance(&request);
    let finished = provider
        .choose(&state, bound.as_deref(), form.get("organization"), &provenance)
        .await;
    answer(&frame, &gate, finished)
}

fn answer(
    frame: &Frame,
    gate: &Gate,
    finished: Result<Finished, ProviderSignInError>,
) -> Result<HttpResponse, Problem> {
    match finished {
        Ok(Finished::SignedIn { token, next }) => {
            let mut response = frame.see_other(local_path(&next));
            add_cookie(&mut response, &gate.cookie(&token));
            STATE.remove(&mut response, frame.door().secure_cookies);
            Ok(response)
        }
        Ok(Finished::Choose { state, organizations }) => {
            let choice = |one: (String, String)| OrganizationChoice {
                id: one.0,
                initials: format::initials(&one.1),
                name: one.1,
            };
            let named = organizations.into_iter().map(|one| (one.id, one.name));
            ask_which(frame, &state, named.map(choice).collect())
        }
        Err(ProviderSignInError::Stale) => page(
            frame,
            StatusCode::GONE,
            "",
            Some("That took too long, or was begun in another browser. Try it again."),
        ),
        Err(ProviderSignInError::NoAccess(why)) => no_access(frame, why),
        Err(error) => Err(error.into()),
    }
}

fn ask_which(
    frame: &Frame,
    state: &Token,
    organizations: Vec<OrganizationChoice>,
) -> Result<HttpResponse, Problem> {
    let page = OrganizationsPage {
        plain: frame.plain(None, "Choose a company"),
        organizations,
    };
    let mut response = frame.page(StatusCode::OK, page.render())?;
    STATE.write(&mut response, state.reveal(), frame.door().secure_cookies);
    Ok(response)
}

fn no_access(frame: &Frame, why: NoAccess) -> Result<HttpResponse, Problem> {
    let (title, detail) = match why {
        NoAccess::NoMembership => (
            "You are not in a company here",
            "Your company's administrator can add you. Then sign in again.",
        ),
        NoAccess::UnknownOrganization => (
            "Your company is not set up here",
            "Ask whoever runs Kale to set it up. Then sign in again.",
        ),
        NoAccess::UnknownRole => (
            "Your role has no access here",
            "Your company's administrator can give you one that has. Then sign in again.",
        ),
        NoAccess::Unverified => (
            "Confirm your address first",
            "Your company's sign-in has not confirmed your e-mail address yet. Then sign in again.",
        ),
        NoAccess::Deactivated => (
            "Your access was taken away",
            "A retention admin of your company can give it back.",
        ),
    };
    let page = NoAccessPage {
        plain: frame.plain(None, title),
        title,
        detail,
    };
    frame.page(StatusCode::FORBIDDEN, page.render())
}

/// The page that leads to the provider.
pub(super) fn page(
    frame: &Frame,
    status: StatusCode,
    next: &str,
    remark: Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    let said = frame.said().map(|said| Banner {
        text: said.text.clone(),
        tone: said.tone,
        action: None,
    });
    let remark = remark.map(|text| Banner {
        text: text.to_owned(),
        tone: Tone::Sun,
        action: None,
    });
    let page = CompanySignInPage {
        plain: frame.plain(None, "Sign in"),
        begin: Query::default()
            .with("next", next_of(next))
            .at("/sign-in/company"),
        banner: remark.or(said),
    };
    frame.page(status, page.render())
}

/// Takes a browser that has just signed out on to the provider.
pub(super) fn leaving(frame: &Frame, on: &Url) -> Result<HttpResponse, Problem> {
    let page = LeavingPage {
        plain: frame.plain(None, "Signed out"),
        on: on.to_string(),
    };
    let mut response = frame.page(StatusCode::OK, page.render())?;
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={on}")) {
        response.headers_mut().insert(REFRESH, value);
    }
    Ok(response)
}
