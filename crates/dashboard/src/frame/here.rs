//! Who looks at a page of the company, with what they may do there.

use actix_web::{
    FromRequest, HttpRequest, ResponseError as _, dev::Payload, error::InternalError, http::StatusCode,
};
use askama::Template as _;
use futures::{FutureExt as _, future::LocalBoxFuture};
use jiff::{Timestamp, tz::TimeZone};
use kale_application::{Reach, Tenant, access::Caller};
use kale_domain::{
    access::{Permission, Role},
    company::Company,
};
use kale_web::{Allowed, Authenticated, Problem, Required};

use super::page::{Frame, zone};
use crate::view::{
    format,
    parts::{Empty, Link},
    problem::NoPermissionPage,
    shell::{Section, Shell},
};

/// Somebody who has the permission that `P` stands for, in a company, and the frame of what they see.
///
/// Whoever lacks it gets a page that says so with the navigation around it, or a problem where a part was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Here<P> {
    /// Who, allowed what.
    pub(crate) allowed: Allowed<P>,
    /// How the answer is framed.
    pub(crate) frame: Frame,
}

impl<P> Here<P> {
    /// Who.
    pub(crate) const fn caller(&self) -> &Caller {
        &self.allowed.caller
    }

    /// Whether they may do that too.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.allowed.caller.may(permission)
    }

    /// The customers they may see.
    pub(crate) const fn reach(&self) -> Reach {
        self.allowed.reach()
    }

    /// The company's data.
    pub(crate) const fn tenant(&self) -> Tenant {
        self.allowed.tenant()
    }

    /// The company they work in.
    pub(crate) fn company(&self) -> Result<&Company, Problem> {
        self.allowed.company()
    }

    /// What stands around a page.
    pub(crate) fn shell(&self, section: Section, title: impl Into<String>) -> Shell {
        self.frame.shell(&self.allowed.caller, section, title)
    }

    /// The zone the company reads its days in.
    pub(crate) fn zone(&self) -> TimeZone {
        self.allowed.caller.company().map_or(TimeZone::UTC, zone)
    }

    /// An instant in words: `6 min ago`.
    pub(crate) fn ago(&self, at: Timestamp) -> String {
        format::ago(at, self.frame.now(), &self.zone())
    }

    /// An instant in the company's zone: `22 Nov 2026, 14:05`.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        format::instant(at, &self.zone())
    }
}

impl<P: Required> FromRequest for Here<P> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let frame = Frame::extract(&request).await?;
            match Allowed::<P>::extract(&request).await {
                Ok(allowed) => Ok(Self { allowed, frame }),
                Err(problem) if shows_a_page(&request, &frame, &problem) => {
                    let Authenticated(caller) = Authenticated::extract(&request).await?;
                    Err(no_permission(
                        &frame,
                        &caller,
                        request.path(),
                        P::PERMISSION,
                        &problem,
                    ))
                }
                Err(problem) => Err(problem.into()),
            }
        }
        .boxed_local()
    }
}

/// Programs that take no HTML are told in JSON, as everywhere.
fn shows_a_page(request: &HttpRequest, frame: &Frame, problem: &Problem) -> bool {
    let accept = request
        .headers()
        .get("accept")
        .and_then(|value| value.to_str().ok());
    problem.code() == "forbidden"
        && request.method().is_safe()
        && !frame.wants_part()
        && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn no_permission(
    frame: &Frame,
    caller: &Caller,
    path: &str,
    missing: Permission,
    problem: &Problem,
) -> actix_web::Error {
    let page = NoPermissionPage {
        shell: frame.shell(caller, section_of(path), "No permission"),
        empty: Empty {
            icon: "lock",
            text: who_may(missing),
            action: Some(Link::new("Go to Today", "/")),
            other: None,
        },
        request_id: frame.request_id().to_owned(),
    };
    let response = match frame.page(StatusCode::FORBIDDEN, page.render()) {
        Ok(response) => response,
        Err(broken) => broken.error_response(),
    };
    InternalError::from_response(problem.to_string(), response).into()
}

/// Who can help. A Kale admin may do everything and is nobody's colleague, so they are named only where nobody else is.
fn who_may(missing: Permission) -> String {
    let colleagues = missing.roles().iter().filter(|role| **role != Role::KaleAdmin);
    let titles: Vec<String> = colleagues
        .map(|role| format!("{}s", role.title().to_lowercase()))
        .collect();
    if titles.is_empty() {
        "Only Kale admins may open this page.".to_owned()
    } else {
        format!(
            "Only {} may open this page. Ask one of them.",
            titles.join(" and ")
        )
    }
}

/// The part of the dashboard an address belongs to.
fn section_of(path: &str) -> Section {
    let all = [
        Section::Customers,
        Section::Sessions,
        Section::Workflows,
        Section::Reasons,
        Section::Offers,
        Section::Analytics,
        Section::Personas,
        Section::Data,
        Section::Jobs,
        Section::Audit,
        Section::Settings,
    ];
    all.into_iter()
        .find(|section| path.starts_with(section.href()))
        .unwrap_or(Section::Today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_for_somebody_says_for_whom_it_is() {
        assert_eq!(
            who_may(Permission::ReadAudit),
            "Only retention admins may open this page. Ask one of them."
        );
        assert_eq!(
            who_may(Permission::ManageInstallation),
            "Only Kale admins may open this page."
        );
    }

    #[test]
    fn an_address_lights_its_part_of_the_navigation() {
        assert_eq!(section_of("/settings/api-keys"), Section::Settings);
        assert_eq!(section_of("/"), Section::Today);
    }
}
