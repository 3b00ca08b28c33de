//! `GET /settings/security` and `POST /settings/security`: how long the company's people stay signed in.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::companies::{Companies, CompanyChanges, CompanyError};
use kale_domain::{
    error::{Classify as _, ErrorKind, FieldError},
    sign_in::SignInLimits,
};
use kale_web::{NoQuery, Problem, etag::etag, permission::ManageCompany};

use super::{stale, tabs};
use crate::{
    frame::{Form, Here},
    view::{
        form::{Choice, Field, Problems, Select, Stale},
        format,
        parts::Tone,
        settings::SecurityPage,
        shell::Section,
    },
    words::sentence,
};

const HERE: &str = "/settings/security";

/// What is offered, in hours, beside what holds now.
const IDLE: [u32; 7] = [1, 4, 8, 24, 72, 168, 336];
const ABSOLUTE: [u32; 7] = [8, 12, 24, 168, 336, 720, 2_160];

/// What stands in the form.
struct Typed {
    idle: String,
    absolute: String,
}

impl Typed {
    fn of(limits: SignInLimits) -> Self {
        Self {
            idle: limits.idle_hours().to_string(),
            absolute: limits.absolute_hours().to_string(),
        }
    }

    fn read(form: &Form) -> Self {
        Self {
            idle: form.get("idle_hours").to_owned(),
            absolute: form.get("absolute_hours").to_owned(),
        }
    }

    fn limits(&self) -> Result<SignInLimits, Vec<FieldError>> {
        // What is no number is in no list either.
        let hours = |text: &str| text.parse::<u32>().unwrap_or_default();
        SignInLimits::new(hours(&self.idle), hours(&self.absolute)).map_err(|mut wrong| {
            for error in &mut wrong {
                error.message = sentence(&error.message);
            }
            wrong
        })
    }
}

#[tracing::instrument(name = "dashboard.security.show", skip_all)]
pub(crate) async fn show(
    here: Here<ManageCompany>,
    companies: Data<Companies>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let company = companies.get(here.tenant()).await?;
    let typed = Typed::of(company.sign_in_limits);
    let page = page(&here, company.version, &typed, &[], None);
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.security.change", skip_all)]
pub(crate) async fn change(
    here: Here<ManageCompany>,
    companies: Data<Companies>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed::read(&form);
    let version = form.version()?;
    let changed = match typed.limits() {
        Ok(limits) => {
            let changes = CompanyChanges {
                sign_in_limits: Some(limits),
                ..CompanyChanges::default()
            };
            companies
                .change(here.reach(), here.caller(), version, changes)
                .await
        }
        Err(wrong) => Err(CompanyError::Invalid(wrong)),
    };
    let (status, wrong, stale) = match changed {
        Ok(_) => return Ok(here.frame.see_other_saying(HERE, "Settings saved.", Tone::Leaf)),
        Err(CompanyError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => {
            (StatusCode::PRECONDITION_FAILED, Vec::new(), Some(stale(HERE)))
        }
        Err(error) => return Err(error.into()),
    };
    let company = companies.get(here.tenant()).await?;
    let page = page(&here, company.version, &typed, &wrong, stale);
    here.frame.page(status, page.render())
}

fn page(
    here: &Here<ManageCompany>,
    version: u64,
    typed: &Typed,
    wrong: &[FieldError],
    stale: Option<Stale>,
) -> SecurityPage {
    let problems = Problems::of(wrong);
    let select = |name: &str, label: &str, hint: &str, offered: &[u32], value: &str| {
        let field = Field::new(name, label)
            .value(value)
            .hint(hint)
            .error(problems.at(name));
        Select::new(field, choices(offered, value))
    };
    SecurityPage {
        shell: here.shell(Section::Settings, "Security"),
        stale,
        idle: select(
            "idle_hours",
            "Without use",
            "A sign-in that nobody uses ends after this time",
            &IDLE,
            &typed.idle,
        ),
        absolute: select(
            "absolute_hours",
            "At most",
            "Then everybody signs in again, however much they use it",
            &ABSOLUTE,
            &typed.absolute,
        ),
        etag: etag(version),
        tabs: tabs(here, HERE),
        problems,
    }
}

/// What is offered, and what holds where that is something else.
fn choices(offered: &[u32], value: &str) -> Vec<Choice> {
    let mut all = offered.to_vec();
    all.extend(value.parse::<u32>().ok());
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(|hours| Choice::new(hours.to_string(), in_words(hours)))
        .collect()
}

fn in_words(hours: u32) -> String {
    if hours.is_multiple_of(24) {
        format::count(u64::from(hours / 24), "day", "days")
    } else {
        format::count(u64::from(hours), "hour", "hours")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_now_is_offered_too() {
        let labels = |value: &str| -> Vec<String> {
            let all = choices(&[1, 24, 336], value);
            all.into_iter().map(|choice| choice.label).collect()
        };
        assert_eq!(labels("24"), ["1 hour", "1 day", "14 days"]);
        assert_eq!(labels("30"), ["1 hour", "1 day", "30 hours", "14 days"]);
        assert_eq!(labels("none"), ["1 hour", "1 day", "14 days"]);
    }

    #[test]
    fn whatever_is_offered_is_allowed() {
        for hours in IDLE {
            assert!(SignInLimits::new(hours, 2_160).is_ok(), "{hours}");
        }
        for hours in ABSOLUTE {
            assert!(SignInLimits::new(1, hours).is_ok(), "{hours}");
        }
    }
}
