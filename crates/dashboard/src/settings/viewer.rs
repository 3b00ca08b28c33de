//! `GET /settings/viewer` and `POST /settings/viewer`: how subscribers see their flow, and who signs their tokens.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    companies::Companies,
    viewer::{NewSettings, Viewer, ViewerError, ViewerSecret, ViewerSettings},
};
use kale_domain::{
    access::Permission,
    error::{Classify as _, ErrorKind, FieldError},
    id::ViewerSecretId,
};
use kale_web::{
    NoQuery, Path, Problem, Required,
    etag::etag,
    permission::{ManageViewer, ManageViewerSecrets},
};

use super::{stale, tabs};
use crate::{
    frame::{Form, Here},
    people::People,
    view::{
        form::{Field, Problems, Stale},
        parts::{Chip, Empty, Link, Tone},
        settings::{NewKey, SecretRow, ViewerPage, ViewerSecrets},
        shell::Section,
    },
    words::{quoted, sentence},
};

const PLACE: &str = "/settings/viewer";

/// What stands in the form.
struct Typed {
    brand_colour: String,
    return_urls: Vec<String>,
    origins: Vec<String>,
    locale: String,
}

impl Typed {
    fn of(settings: &ViewerSettings) -> Self {
        Self {
            brand_colour: settings.brand_colour.to_string(),
            return_urls: settings.return_urls.clone(),
            origins: settings.origins.clone(),
            locale: settings.locale.to_string(),
        }
    }

    /// Addresses and origins stand one on a line.
    fn read(form: &Form) -> Self {
        let lines = |name: &str| {
            let lines = form.get(name).lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        Self {
            brand_colour: form.get("brand_colour").trim().to_owned(),
            return_urls: lines("return_urls"),
            origins: lines("origins"),
            locale: form.get("locale").trim().to_owned(),
        }
    }
}

/// What a request leaves on the page.
#[derive(Default)]
struct Left {
    typed: Option<Typed>,
    wrong: Vec<FieldError>,
    stale: Option<Stale>,
    secret_name: String,
    created: Option<NewKey>,
}

#[tracing::instrument(name = "dashboard.viewer.show", skip_all)]
pub(crate) async fn show(
    here: Here<ManageViewer>,
    viewer: Data<Viewer>,
    companies: Data<Companies>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    answer(&here, &viewer, &companies, StatusCode::OK, Left::default()).await
}

#[tracing::instrument(name = "dashboard.viewer.save", skip_all)]
pub(crate) async fn save(
    here: Here<ManageViewer>,
    viewer: Data<Viewer>,
    companies: Data<Companies>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed::read(&form);
    let new = NewSettings {
        brand_colour: typed.brand_colour.clone(),
        return_urls: typed.return_urls.clone(),
        origins: typed.origins.clone(),
        locale: typed.locale.clone(),
    };
    let saved = viewer
        .set(here.tenant(), here.caller(), form.version()?, new)
        .await;
    let (status, wrong, stale) = match saved {
        Ok(_) => return Ok(here.frame.see_other_saying(PLACE, "Settings saved.", Tone::Leaf)),
        Err(ViewerError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => {
            (StatusCode::PRECONDITION_FAILED, Vec::new(), Some(stale(PLACE)))
        }
        Err(error) => return Err(error.into()),
    };
    let left = Left {
        typed: Some(typed),
        wrong,
        stale,
        ..Left::default()
    };
    answer(&here, &viewer, &companies, status, left).await
}

/// Makes a secret. It stands in this answer and in no other, so that it is no redirect.
#[tracing::instrument(name = "dashboard.viewer.create_secret", skip_all)]
pub(crate) async fn create_secret(
    here: Here<ManageViewerSecrets>,
    viewer: Data<Viewer>,
    companies: Data<Companies>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let name = form.get("name");
    let made = viewer.create_secret(here.tenant(), here.caller(), name).await;
    let (status, left) = match made {
        Ok((secret, token)) => {
            let created = NewKey {
                name: secret.name,
                token: token.reveal().to_owned(),
            };
            let left = Left {
                created: Some(created),
                ..Left::default()
            };
            (StatusCode::OK, left)
        }
        Err(ViewerError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, refused(name, wrong)),
        Err(error @ ViewerError::TooMany) => {
            let wrong = FieldError::new("#/name", error.code(), error.to_string());
            (StatusCode::CONFLICT, refused(name, vec![wrong]))
        }
        Err(error) => return Err(error.into()),
    };
    answer(&here, &viewer, &companies, status, left).await
}

fn refused(name: &str, wrong: Vec<FieldError>) -> Left {
    Left {
        secret_name: name.to_owned(),
        wrong,
        ..Left::default()
    }
}

#[tracing::instrument(name = "dashboard.viewer.revoke_secret", skip_all)]
pub(crate) async fn revoke_secret(
    here: Here<ManageViewerSecrets>,
    viewer: Data<Viewer>,
    Path(id): Path<ViewerSecretId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let secret = viewer.revoke_secret(here.tenant(), here.caller(), id).await?;
    let said = format!("“{}” is revoked.", secret.name);
    Ok(here.frame.see_other_saying(PLACE, said, Tone::Leaf))
}

async fn answer<P: Required>(
    here: &Here<P>,
    viewer: &Viewer,
    companies: &Companies,
    status: StatusCode,
    left: Left,
) -> Result<HttpResponse, Problem> {
    let settings = viewer.settings(here.tenant()).await?;
    let secrets = if here.may(Permission::ManageViewerSecrets) {
        let people = People::of(companies, here.tenant(), here.caller()).await?;
        let all = viewer.secrets(here.tenant()).await?;
        Some(all.iter().map(|secret| row(here, &people, secret)).collect())
    } else {
        None
    };
    let page = page(here, &settings, secrets, left);
    here.frame.page(status, page.render())
}

fn page<P: Required>(
    here: &Here<P>,
    settings: &ViewerSettings,
    secrets: Option<Vec<SecretRow>>,
    left: Left,
) -> ViewerPage {
    let wrong: Vec<FieldError> = left.wrong.iter().map(renamed).collect();
    let problems = Problems::of(&wrong);
    let typed = left.typed.unwrap_or_else(|| Typed::of(settings));
    ViewerPage {
        shell: here.shell(Section::Settings, "Subscriber pages"),
        stale: left.stale,
        brand_colour: Field::new("brand_colour", "Colour of buttons")
            .value(typed.brand_colour)
            .hint("Such as #0e6a4d. White words stand on it, so it has to be dark enough to read them.")
            .error(problems.at("brand_colour")),
        shown_colour: settings.brand_colour.to_string(),
        return_urls: Field::new("return_urls", "Where subscribers may go afterwards")
            .value(typed.return_urls.join("\n"))
            .hint("One https address on a line. A token may name it, or a page below it.")
            .error(problems.at("return_urls")),
        origins: Field::new("origins", "Pages of yours that ask by themselves")
            .value(typed.origins.join("\n"))
            .hint("One origin on a line, such as https://example.com. Only for flows you draw yourself.")
            .error(problems.at("origins")),
        locale: Field::new("locale", "Language")
            .value(typed.locale)
            .hint("For whoever names none, such as en or de-AT")
            .error(problems.at("locale")),
        etag: etag(settings.version),
        secrets: secrets.map(|secrets| ViewerSecrets {
            created: left.created,
            name: Field::new("name", "What it is for")
                .value(left.secret_name)
                .hint("The server that signs with it, such as “Account server”")
                .error(problems.at("name")),
            secrets,
            empty: Empty {
                icon: "key-round",
                text: "No secrets. Your server needs one only to sign tokens itself; an API key can ask for them."
                    .to_owned(),
                action: None,
                other: Some(Link::new("How to let subscribers in", "/docs")),
            },
        }),
        problems,
        tabs: tabs(here, PLACE),
    }
}

/// Addresses are one field of the form, and a list to the use case, which names the one that is wrong.
fn renamed(error: &FieldError) -> FieldError {
    let lists = ["#/return_urls", "#/origins"].into_iter();
    let mut at = lists.filter_map(|list| {
        let at = error.pointer.strip_prefix(list)?.strip_prefix('/')?;
        Some((list, at.parse::<usize>().map_or(0, |at| at.saturating_add(1))))
    });
    let (pointer, which) = match at.next() {
        Some((list, line)) => (list.to_owned(), format!("Line {line}: ")),
        None => (error.pointer.clone(), String::new()),
    };
    let message = sentence(&format!("{which}{}", quoted(&error.message)));
    FieldError::new(pointer, error.code.clone(), message)
}

fn row<P>(here: &Here<P>, people: &People, secret: &ViewerSecret) -> SecretRow {
    let live = secret.revoked_at.is_none();
    SecretRow {
        id: secret.id.to_string(),
        name: secret.name.clone(),
        hint: format!("kale_vsc_…{}", secret.hint),
        created: format!(
            "Made by {}, {}",
            people.name(secret.created_by),
            here.instant(secret.created_at)
        ),
        state: Chip {
            label: if live { "Works" } else { "Revoked" }.to_owned(),
            tone: if live { Tone::Leaf } else { Tone::Plain },
        },
        live,
    }
}
