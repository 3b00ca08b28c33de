//! `GET /settings/api-keys`, `POST /settings/api-keys` and `POST /settings/api-keys/{id}/rotate|revoke`

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use jiff::{SignedDuration, Timestamp};
use kale_application::{
    api_keys::{ApiKeyError, ApiKeys, NewApiKey, Rotation},
    companies::Companies,
};
use kale_domain::{
    access::Permission,
    api_key::ApiKey,
    error::{Classify as _, FieldError},
    id::ApiKeyId,
};
use kale_web::{NoQuery, Path, Problem, permission::ManageApiKeys};

use super::tabs;
use crate::{
    frame::{Form, Here},
    people::People,
    view::{
        form::{Choice, Field, Problems, Select},
        parts::{Chip, Empty, Tone},
        settings::{ApiKeysPage, KeyRow, NewKey, PermissionChoice},
        shell::Section,
    },
    words::sentence,
};

/// What stands in the form.
struct Typed {
    name: String,
    expires: String,
    permissions: Vec<String>,
}

#[tracing::instrument(name = "dashboard.api_keys.list", skip_all)]
pub(crate) async fn list(
    here: Here<ManageApiKeys>,
    keys: Data<ApiKeys>,
    companies: Data<Companies>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let page = page(&here, &keys, &companies, &Typed::default(), &[]).await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_keys().render()
        } else {
            page.render()
        }
    })
}

/// Makes a key. Its token stands in this answer and in no other, so that it is no redirect.
#[tracing::instrument(name = "dashboard.api_keys.create", skip_all)]
pub(crate) async fn create(
    here: Here<ManageApiKeys>,
    keys: Data<ApiKeys>,
    companies: Data<Companies>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed {
        name: form.get("name").to_owned(),
        expires: form.get("expires").to_owned(),
        permissions: form.all("permission").map(str::to_owned).collect(),
    };
    let made = match typed.read(here.frame.now()) {
        Ok(new) => keys.create(here.tenant(), here.caller(), new).await,
        Err(wrong) => Err(ApiKeyError::Invalid(wrong)),
    };
    let (status, wrong, created) = match made {
        Ok((key, token)) => {
            let created = NewKey {
                name: key.name,
                token: token.reveal().to_owned(),
            };
            typed = Typed {
                name: String::new(),
                permissions: Vec::new(),
                ..typed
            };
            (StatusCode::OK, Vec::new(), Some(created))
        }
        Err(ApiKeyError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) => return Err(error.into()),
    };
    let mut page = page(&here, &keys, &companies, &typed, &wrong).await?;
    page.created = created;
    here.frame.answer(status, |part| {
        if part {
            page.as_keys().render()
        } else {
            page.render()
        }
    })
}

/// Makes a key that takes the place of another. Its token stands in this answer and in no other.
#[tracing::instrument(name = "dashboard.api_keys.rotate", skip_all)]
pub(crate) async fn rotate(
    here: Here<ManageApiKeys>,
    keys: Data<ApiKeys>,
    companies: Data<Companies>,
    Path(id): Path<ApiKeyId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let rotated = keys
        .rotate(here.tenant(), here.caller(), id, Rotation::default())
        .await;
    let (key, token) = match rotated {
        Ok(made) => made,
        Err(error @ (ApiKeyError::NotReplaceable | ApiKeyError::Invalid(_))) => {
            let why = error.fields().into_iter().map(|wrong| wrong.message).next();
            let said = sentence(&why.unwrap_or_else(|| error.to_string()));
            return Ok(here.frame.see_other_saying("/settings/api-keys", said, Tone::Sun));
        }
        Err(error) => return Err(error.into()),
    };
    let mut page = page(&here, &keys, &companies, &Typed::default(), &[]).await?;
    page.created = Some(NewKey {
        name: key.name,
        token: token.reveal().to_owned(),
    });
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_keys().render()
        } else {
            page.render()
        }
    })
}

#[tracing::instrument(name = "dashboard.api_keys.revoke", skip_all)]
pub(crate) async fn revoke(
    here: Here<ManageApiKeys>,
    keys: Data<ApiKeys>,
    Path(id): Path<ApiKeyId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let key = keys.revoke(here.tenant(), here.caller(), id).await?;
    let said = format!("“{}” is revoked.", key.name);
    Ok(here
        .frame
        .see_other_saying("/settings/api-keys", said, Tone::Leaf))
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            name: String::new(),
            expires: "90".to_owned(),
            permissions: Vec::new(),
        }
    }
}

impl Typed {
    fn read(&self, now: Timestamp) -> Result<NewApiKey, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let days = match self.expires.as_str() {
            "90" => Some(90),
            "365" => Some(365),
            "never" => None,
            _ => {
                wrong.push(FieldError::new(
                    "#/expires",
                    "unknown-value",
                    "Choose how long it works.",
                ));
                None
            }
        };
        let named = |name: &String| Permission::ALL.iter().copied().find(|known| known.name() == name);
        let permissions: BTreeSet<Permission> = self.permissions.iter().filter_map(named).collect();
        if self.permissions.iter().any(|name| named(name).is_none()) {
            wrong.push(FieldError::new(
                "#/permissions",
                "unknown-value",
                "One of the permissions does not exist.",
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let end = |days: i64| now.checked_add(SignedDuration::from_hours(24 * days)).ok();
        Ok(NewApiKey {
            name: self.name.clone(),
            permissions,
            expires_at: days.and_then(end),
        })
    }
}

async fn page(
    here: &Here<ManageApiKeys>,
    keys: &ApiKeys,
    companies: &Companies,
    typed: &Typed,
    wrong: &[FieldError],
) -> Result<ApiKeysPage, Problem> {
    let found = keys.list(here.tenant()).await?;
    let people = People::of(companies, here.tenant(), here.caller()).await?;
    let problems = Problems::of(&named(wrong));
    let choices = [
        ("90", "90 days"),
        ("365", "One year"),
        ("never", "Until it is revoked"),
    ];
    let expires = Field::new("expires", "Works for").value(typed.expires.clone());
    Ok(ApiKeysPage {
        shell: here.shell(Section::Settings, "API keys"),
        created: None,
        name: Field::new("name", "What it is for")
            .value(typed.name.clone())
            .hint("The program that uses it, such as “Nightly sync”")
            .error(problems.at("name")),
        expires: Select::new(
            expires.error(problems.at("expires")),
            choices.map(|(value, label)| Choice::new(value, label)),
        ),
        permissions: grantable(here, typed),
        permissions_error: problems.at("permission"),
        keys: found.iter().map(|key| row(here, &people, key)).collect(),
        empty: Empty {
            icon: "key-round",
            text: "No keys yet. A program needs one to call the API.".to_owned(),
            action: None,
            other: Some(crate::view::parts::Link::new("What the API can do", "/docs")),
        },
        tabs: tabs(here, "/settings/api-keys"),
        problems,
    })
}

/// The use case's names for the fields, as the form's.
fn named(wrong: &[FieldError]) -> Vec<FieldError> {
    let rename = |error: &FieldError| {
        let pointer = match error.pointer.as_str() {
            "#/permissions" => "#/permission".to_owned(),
            "#/expires_at" => "#/expires".to_owned(),
            other => other.to_owned(),
        };
        FieldError::new(pointer, error.code.clone(), sentence(&error.message))
    };
    wrong.iter().map(rename).collect()
}

/// What a key may hold and this person may give away.
fn grantable(here: &Here<ManageApiKeys>, typed: &Typed) -> Vec<PermissionChoice> {
    let all = Permission::ALL
        .iter()
        .filter(|known| known.grantable_to_keys() && here.may(**known));
    all.map(|permission| PermissionChoice {
        name: permission.name(),
        label: words(*permission).to_owned(),
        selected: typed.permissions.iter().any(|name| name == permission.name()),
    })
    .collect()
}

fn row(here: &Here<ManageApiKeys>, people: &People, key: &ApiKey) -> KeyRow {
    let live = key.is_live(here.frame.now());
    let (label, tone) = match (live, key.revoked_at) {
        (true, _) if key.replaced_by.is_some() => ("Replaced", Tone::Sun),
        (true, _) => ("Works", Tone::Leaf),
        (false, Some(_)) => ("Revoked", Tone::Plain),
        (false, None) => ("Over", Tone::Sun),
    };
    KeyRow {
        id: key.id.to_string(),
        name: key.name.clone(),
        hint: format!("kale_key_…{}", key.hint),
        permissions: key
            .permissions
            .iter()
            .map(|permission| words(*permission).to_owned())
            .collect(),
        created: format!(
            "Made by {}, {}",
            people.name(key.created_by),
            here.instant(key.created_at)
        ),
        last_used: key
            .last_used_at
            .map_or_else(|| "never".to_owned(), |at| here.ago(at)),
        expires: key
            .expires_at
            .filter(|_| live)
            .map(|at| here.instant(at))
            .unwrap_or_default(),
        state: Chip {
            label: label.to_owned(),
            tone,
        },
        live,
        may_rotate: live && key.replaced_by.is_none(),
    }
}

/// What a permission allows.
const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ManageInstallation => "Run the installation",
        Permission::ReadCompany => "See the company",
        Permission::ManageCompany => "Change the company",
        Permission::ReadUsers => "See who is in the company",
        Permission::ManageUsers => "Invite, change and remove people",
        Permission::ManageApiKeys => "Make and revoke keys",
        Permission::ReadAudit => "Read the audit log",
        Permission::ReadUploads => "See uploads",
        Permission::ManageUploads => "Upload and import files",
        Permission::ReadCustomers => "See customers",
        Permission::WriteCustomers => "Create and change customers",
        Permission::ExportCustomers => "Take customers out as a file",
        Permission::UseSavedViews => "Keep views",
        Permission::ReadPersonas => "See personas",
        Permission::ManagePersonas => "Change personas",
        Permission::AssignPersonas => "Assign personas",
        Permission::AssignExperts => "Say who looks after which customer",
        Permission::ReadReasons => "See reasons",
        Permission::ManageReasons => "Change reasons",
        Permission::ReadOffers => "See offers",
        Permission::ManageOffers => "Change offers",
        Permission::ReadWorkflows => "See workflows",
        Permission::ManageWorkflows => "Edit and publish workflows",
        Permission::ReadJobs => "See jobs",
        Permission::ManageJobs => "Stop and retry jobs",
        Permission::ManageViewer => "See and change how subscribers see their flow",
        Permission::ManageViewerSecrets => "Make and revoke viewer secrets",
        Permission::ReadSessions => "See sessions",
        Permission::ReadEvents => "See what is told of subscribers",
        Permission::WriteEvents => "Tell what customers do",
        Permission::ReadAnalytics => "See figures",
        Permission::ManageAnalytics => "Have figures counted anew and checked",
        Permission::MintViewerTokens => "Make tokens of subscribers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(expires: &str, permissions: &[&str]) -> Typed {
        Typed {
            name: "Nightly sync".to_owned(),
            expires: expires.to_owned(),
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn a_key_ends_when_the_form_says() {
        let now = Timestamp::UNIX_EPOCH;
        let new = typed("90", &["customers.read"]).read(now).unwrap();
        assert_eq!(new.expires_at.unwrap().to_string(), "1970-04-01T00:00:00Z");
        assert_eq!(new.permissions, BTreeSet::from([Permission::ReadCustomers]));
        assert_eq!(typed("never", &[]).read(now).unwrap().expires_at, None);
    }

    #[test]
    fn a_choice_that_is_not_offered_is_refused() {
        let wrong = typed("forever", &["customers.fly"])
            .read(Timestamp::UNIX_EPOCH)
            .unwrap_err();
        let problems = Problems::of(&named(&wrong));
        assert!(!problems.at("expires").is_empty() && !problems.at("permission").is_empty());
    }
}
