//! `GET /account`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use jiff::tz::TimeZone;
use kale_application::access::{Presence, SignIns};
use kale_domain::{error::FieldError, sign_in::SignIn, user::Theme};
use kale_web::{NoQuery, Person, Problem, etag::etag};
use woothee::parser::Parser;

use crate::{
    frame::{Frame, zone},
    view::{
        account::{AccountPage, SignInRow},
        form::{Choice, Field, Problems, Select, Stale},
        format,
        shell::{Section, theme_name},
    },
};

/// What a request leaves on the page.
#[derive(Default)]
pub(super) struct Left {
    /// The name as it was typed.
    pub(super) name: Option<String>,
    /// What is wrong with the form.
    pub(super) wrong: Vec<FieldError>,
    /// That they were changed in between.
    pub(super) stale: Option<Stale>,
}

#[tracing::instrument(name = "dashboard.account.show", skip_all)]
pub(crate) async fn show(
    frame: Frame,
    person: Person,
    sign_ins: Data<SignIns>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    answer(&frame, &person, &sign_ins, StatusCode::OK, Left::default()).await
}

pub(super) async fn answer(
    frame: &Frame,
    person: &Person,
    sign_ins: &SignIns,
    status: StatusCode,
    left: Left,
) -> Result<HttpResponse, Problem> {
    let presence = &person.presence;
    let user = &presence.user;
    let problems = Problems::of(&left.wrong);
    let name = left.name.as_deref().unwrap_or(&user.name);
    let listed = sign_ins.list(presence).await?;
    let page = AccountPage {
        shell: frame.shell(&person.caller, Section::Account, "Your account"),
        name: Field::new("name", "Name")
            .value(name)
            .hint("What your colleagues see")
            .error(problems.at("name")),
        email: user.email.to_string(),
        role: user.role.title(),
        theme: Select::new(
            Field::new("theme", "Colours")
                .value(theme_name(&user.theme))
                .hint("On every device you sign in on"),
            THEMES.map(|(theme, label)| Choice::new(theme_name(&theme), label)),
        ),
        etag: etag(user.version),
        sign_ins: listed
            .iter()
            .map(|sign_in| row(frame, presence, sign_in))
            .collect(),
        company: presence
            .company
            .as_ref()
            .filter(|company| user.company == Some(company.id))
            .map(|company| company.name.clone()),
        problems,
        stale: left.stale,
    };
    frame.page(status, page.render())
}

const THEMES: [(Theme, &str); 3] = [
    (Theme::Auto, "As the device says"),
    (Theme::Light, "Light"),
    (Theme::Dark, "Dark"),
];

fn row(frame: &Frame, presence: &Presence, sign_in: &SignIn) -> SignInRow {
    let zone = presence.company.as_ref().map_or(TimeZone::UTC, zone);
    let began = format::instant(sign_in.created_at, &zone);
    let ends = format::instant(sign_in.expires_at(presence.sign_in_limits()), &zone);
    SignInRow {
        id: sign_in.id.to_string(),
        device: device(&sign_in.device),
        current: sign_in.id == presence.sign_in.id,
        used: format::ago(sign_in.last_seen_at, frame.now(), &zone),
        about: format!("Since {began}. Ends {ends} unless it is used."),
    }
}

/// A browser in words, `Chrome on Linux`; what calls itself something else, as it does.
fn device(named: &str) -> String {
    let known = Parser::new().parse(named);
    match known {
        Some(known) if known.category != "crawler" && known.os != "UNKNOWN" && known.name != "UNKNOWN" => {
            format!("{} on {}", known.name, known.os)
        }
        _ if named.trim().is_empty() => "Unknown device".to_owned(),
        _ => named.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_people_name_it() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(device(firefox), "Firefox on Windows 10");
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Linux");
        assert_eq!(device("nightly export"), "nightly export");
        assert_eq!(device(" "), "Unknown device");
    }
}
