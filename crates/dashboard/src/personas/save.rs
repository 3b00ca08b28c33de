//! `POST /personas` and `POST /personas/{id}`: the whole configuration is saved, with one persona changed.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::personas::{Configuration, PersonaError};
use kale_domain::{
    error::{Classify as _, ErrorKind},
    id::PersonaId,
};
use kale_web::{NoQuery, Path, Problem, permission::ManagePersonas};

use super::{
    draft::{Typed, Wrongs},
    editor::Editing,
    reader::Reader,
};
use crate::{
    frame::{Form, Here},
    people::People,
    view::{form::Stale, parts::Tone},
};

#[tracing::instrument(name = "dashboard.personas.create", skip_all)]
pub(crate) async fn create(
    here: Here<ManagePersonas>,
    reader: Reader,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    save(&here, &reader, None, &form).await
}

#[tracing::instrument(name = "dashboard.personas.change", skip_all)]
pub(crate) async fn change(
    here: Here<ManagePersonas>,
    reader: Reader,
    Path(id): Path<PersonaId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    save(&here, &reader, Some(id), &form).await
}

/// What came of it.
enum Outcome {
    Wrong(Wrongs),
    Stale,
}

async fn save(
    here: &Here<ManagePersonas>,
    reader: &Reader,
    id: Option<PersonaId>,
    form: &Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed::read(form);
    let version = form.version()?;
    let configuration = reader.personas.configuration(here.tenant()).await?;
    if id.is_some_and(|id| !configuration.personas.iter().any(|persona| persona.id == id)) {
        return Err(Problem::not_found());
    }
    match attempt(here, reader, id, &typed, version, &configuration).await? {
        None => {
            Ok(here
                .frame
                .see_other_saying("/personas", "Saved. The rules are being applied.", Tone::Leaf))
        }
        Some(Outcome::Wrong(wrongs)) => {
            let editing = Editing {
                configuration,
                id,
                typed,
                wrongs,
                stale: None,
            };
            again(here, reader, editing, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Some(Outcome::Stale) => {
            let editing = Editing {
                // With the version that is there now, so that saving again wins.
                configuration: reader.personas.configuration(here.tenant()).await?,
                id,
                typed,
                wrongs: Wrongs::default(),
                stale: Some(Stale {
                    text: who_was_faster(here, reader).await?,
                    theirs: id.map_or_else(|| "/personas".to_owned(), |id| format!("/personas/{id}")),
                }),
            };
            again(here, reader, editing, StatusCode::PRECONDITION_FAILED).await
        }
    }
}

async fn who_was_faster(here: &Here<ManagePersonas>, reader: &Reader) -> Result<String, Problem> {
    let Some(latest) = reader.personas.versions(here.tenant(), 1).await?.pop() else {
        return Ok("Somebody changed the personas in between.".to_owned());
    };
    let people = People::of(&reader.companies, here.tenant(), here.caller()).await?;
    Ok(format!(
        "{} changed the personas {}.",
        people.name(latest.by),
        here.ago(latest.at)
    ))
}

/// `None` where it was saved.
async fn attempt(
    here: &Here<ManagePersonas>,
    reader: &Reader,
    id: Option<PersonaId>,
    typed: &Typed,
    version: u64,
    configuration: &Configuration,
) -> Result<Option<Outcome>, Problem> {
    if configuration.version != version {
        return Ok(Some(Outcome::Stale));
    }
    let categories = reader.categories(here, configuration)?;
    let drafted = match typed.draft(configuration, categories, id)? {
        Ok(drafted) => drafted,
        Err(wrongs) => return Ok(Some(Outcome::Wrong(wrongs))),
    };
    let json = drafted.document.clone().into_json()?;
    let note = Some(typed.reason.clone()).filter(|reason| !reason.is_empty());
    let saved = reader
        .personas
        .save(here.reach(), here.company()?, here.caller(), version, &json, note);
    match saved.await {
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::Stale => Ok(Some(Outcome::Stale)),
        Err(error @ PersonaError::Invalid(_)) => {
            Ok(Some(Outcome::Wrong(Wrongs::of(error, &drafted.document)?)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(
    here: &Here<ManagePersonas>,
    reader: &Reader,
    editing: Editing,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let page = reader.editor(here, editing).await?;
    here.frame.answer(status, |part| {
        if part {
            page.as_editor().render()
        } else {
            page.render()
        }
    })
}
