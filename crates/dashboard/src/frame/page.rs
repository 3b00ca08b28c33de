//! The frame of one request: what it asks for, who looks, and how it is answered.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, ContentEncoding, HeaderValue},
    },
    web::Data,
};
use jiff::{Timestamp, tz::TimeZone};
use kale_application::access::{Caller, Who};
use kale_domain::{access::Role, clock::Clock, company::Company, user::Theme};
use kale_web::{Gate, Problem, RequestId};

use super::{cookie::Keep, said};
use crate::{
    deps::Door,
    view::{
        parts::{Toast, Tone},
        problem::ToastsFragment,
        shell::{Plain, Section, Shell, theme_name},
    },
};

/// What a page needs to know of its request.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    gate: Data<Gate>,
    door: Data<Door>,
    now: Timestamp,
    part: bool,
    theme: Option<Theme>,
    toasts: Vec<Toast>,
    request_id: String,
}

impl Frame {
    /// The present instant.
    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether htmx asks for a part of the page; else the answer is the whole page.
    pub(crate) const fn wants_part(&self) -> bool {
        self.part
    }

    /// What the log knows this request by.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// What the request before left to say.
    pub(crate) fn said(&self) -> Option<&Toast> {
        self.toasts.first()
    }

    /// How people come in.
    pub(crate) fn door(&self) -> &Door {
        &self.door
    }

    /// What stands around a page of somebody who is signed in.
    pub(crate) fn shell(&self, caller: &Caller, section: Section, title: impl Into<String>) -> Shell {
        let (user, email, role, theme) = match &caller.who {
            Who::Person(presence) => {
                let user = &presence.user;
                (
                    user.name.clone(),
                    user.email.to_string(),
                    user.role.title(),
                    user.theme,
                )
            }
            Who::Program(holder) => (holder.key.name.clone(), String::new(), "API key", Theme::Auto),
        };
        let admin = is_kale_admin(caller);
        Shell {
            title: title.into(),
            section,
            crumbs: Vec::new(),
            nav: match caller.company() {
                Some(_) => Shell::navigation(|permission| caller.may(permission), |_| (String::new(), false)),
                None => Vec::new(),
            },
            company: caller
                .company()
                .map(|company| company.name.clone())
                .unwrap_or_default(),
            may_switch: admin,
            acting: admin && caller.company().is_some(),
            impersonated_until: impersonated_until(caller),
            user,
            email,
            role,
            theme: self.theme.unwrap_or(theme),
            csrf: self.csrf(caller),
            toasts: self.toasts.clone(),
        }
    }

    /// What a page without navigation needs; `caller` where somebody is signed in.
    pub(crate) fn plain(&self, caller: Option<&Caller>, title: impl Into<String>) -> Plain {
        let theme = match caller.map(|caller| &caller.who) {
            Some(Who::Person(presence)) => presence.user.theme,
            _ => Theme::Auto,
        };
        Plain {
            title: title.into(),
            theme: self.theme.unwrap_or(theme),
            csrf: caller.map(|caller| self.csrf(caller)).unwrap_or_default(),
        }
    }

    fn csrf(&self, caller: &Caller) -> String {
        self.gate.csrf().token(caller).unwrap_or_default()
    }

    /// Answers the page, or its part where htmx asks for one: `render` is told which (`true` is the part).
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        render: impl FnOnce(bool) -> askama::Result<String>,
    ) -> Result<HttpResponse, Problem> {
        if self.part {
            self.fragment(status, render(true))
        } else {
            self.page(status, render(false))
        }
    }

    /// Answers a whole page, whatever was asked for.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        html: askama::Result<String>,
    ) -> Result<HttpResponse, Problem> {
        let html = html.map_err(|error| Problem::internal(&error))?;
        Ok(self.html(status, html))
    }

    /// Answers a fragment, and what the last request left to say.
    pub(crate) fn fragment(
        &self,
        status: StatusCode,
        html: askama::Result<String>,
    ) -> Result<HttpResponse, Problem> {
        let mut html = html.map_err(|error| Problem::internal(&error))?;
        if !self.toasts.is_empty() {
            let toasts = ToastsFragment {
                toasts: self.toasts.clone(),
            };
            html.push_str(&askama::Template::render(&toasts).map_err(|error| Problem::internal(&error))?);
        }
        Ok(self.html(status, html))
    }

    fn html(&self, status: StatusCode, html: String) -> HttpResponse {
        let mut response = html_answer(status, html);
        if !self.toasts.is_empty() {
            said::forget(&mut response, self.door.secure_cookies);
        }
        response
    }

    /// Answers `303`: read that address. It has to be one of ours.
    #[expect(clippy::unused_self, reason = "all answers of a page are asked of its frame")]
    pub(crate) fn see_other(&self, to: impl AsRef<str>) -> HttpResponse {
        see_other(to.as_ref())
    }

    /// Answers `303`, and the page that is read then says what happened.
    pub(crate) fn see_other_saying(
        &self,
        to: impl AsRef<str>,
        text: impl Into<String>,
        tone: Tone,
    ) -> HttpResponse {
        let mut response = see_other(to.as_ref());
        said::leave(&mut response, &text.into(), tone, self.door.secure_cookies);
        response
    }
}

/// A document or fragment that belongs to one person.
pub(super) fn html_answer(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        // Never compressed: a page holds its form token beside words of the address, and sizes would tell (BREACH).
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((
            header::VARY,
            HeaderValue::from_static("HX-Request, HX-Request-Type"),
        ))
        .body(html)
}

/// `303` to an address of ours.
pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .finish()
}

/// The theme chosen on this device; it counts before the person's own.
pub(crate) const THEME: Keep = Keep {
    name: "kale_theme",
    minutes: 365 * 24 * 60,
};

/// The theme of that word.
pub(crate) fn theme_named(word: &str) -> Option<Theme> {
    [Theme::Auto, Theme::Light, Theme::Dark]
        .into_iter()
        .find(|theme| theme_name(theme) == word)
}

/// Whether this is a Kale admin, who chooses a company.
pub(crate) fn is_kale_admin(caller: &Caller) -> bool {
    matches!(&caller.who, Who::Person(presence) if presence.user.role == Role::KaleAdmin)
}

/// The zone a company reads its days in.
pub(crate) fn zone(company: &Company) -> TimeZone {
    TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC)
}

/// htmx says `partial` where it replaces a part; without scripts, and when it restores a page, nobody says so.
fn asks_for_part(request: &HttpRequest) -> bool {
    let is = |name: &str, word: &str| {
        request
            .headers()
            .get(name)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(word.as_bytes()))
    };
    is("hx-request", "true") && is("hx-request-type", "partial")
}

impl FromRequest for Frame {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let gate = request.app_data::<Data<Gate>>();
        let door = request.app_data::<Data<Door>>();
        let clock = request.app_data::<Data<dyn Clock>>();
        let (Some(gate), Some(door), Some(clock)) = (gate, door, clock) else {
            tracing::error!("a page is served without what pages stand on");
            return ready(Err(Problem::of("internal")));
        };
        ready(Ok(Self {
            now: clock.now(),
            part: asks_for_part(request),
            theme: THEME
                .read(request, door.secure_cookies)
                .and_then(|word| theme_named(&word)),
            toasts: said::read(request, door.secure_cookies),
            request_id: RequestId::of(request)
                .map(|id| id.as_str().to_owned())
                .unwrap_or_default(),
            gate: gate.clone(),
            door: door.clone(),
        }))
    }
}

/// Until when a Kale admin sees what this person sees: `14:30`.
fn impersonated_until(caller: &Caller) -> Option<String> {
    let (Who::Person(presence), Some(company)) = (&caller.who, caller.company()) else {
        return None;
    };
    let until = presence.sign_in.impersonating?.until.to_zoned(zone(company));
    Some(until.strftime("%H:%M").to_string())
}
