//! `GET` and `POST /workflows/{id}/settings`: what a workflow is beside its cards.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::workflows::{Locale, Trigger, Workflow, WorkflowChanges, WorkflowError, Workflows};
use kale_domain::{
    error::{Classify as _, ErrorKind, FieldError},
    id::WorkflowId,
};
use kale_web::{NoQuery, Path, Problem, etag::etag, permission::ManageWorkflows};

use super::{gallery::crumb, reader::Reader, words};
use crate::{
    frame::{Form, Here},
    view::{
        form::{Choice, Field, Problems, Select, Stale},
        parts::Tone,
        shell::{Crumb, Section},
        workflows::{ProfileChoice, WorkflowSettingsPage},
    },
    words::{quoted, sentence},
};

/// What stands in the form.
struct Typed {
    name: String,
    trigger: String,
    locale: String,
    locales: String,
    profiles: BTreeSet<String>,
}

impl Typed {
    fn of(workflow: &Workflow) -> Self {
        let demands = &workflow.demands;
        let locales: Vec<&str> = demands.locales.iter().map(Locale::as_str).collect();
        Self {
            name: workflow.name.clone(),
            trigger: workflow.trigger.name().to_owned(),
            locale: demands.default_locale.to_string(),
            locales: locales.join(", "),
            profiles: demands.exit_profiles.clone(),
        }
    }

    fn read(form: &Form) -> Self {
        Self {
            name: form.get("name").to_owned(),
            trigger: form.get("trigger").to_owned(),
            locale: form.get("default_locale").trim().to_owned(),
            locales: form.get("locales").to_owned(),
            profiles: form.all("exit_profiles").map(str::to_owned).collect(),
        }
    }

    fn changes(&self) -> Result<WorkflowChanges, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut locale = |text: &str, pointer: &'static str| -> Option<Locale> {
            let parsed = text.parse::<Locale>();
            if let Err(error) = &parsed {
                wrong.push(FieldError::new(pointer, "invalid-locale", error.to_string()));
            }
            parsed.ok()
        };
        let default_locale = locale(&self.locale, "#/default_locale");
        let others = self.locales.split([',', ' ']).filter(|text| !text.is_empty());
        let others: BTreeSet<Locale> = others.filter_map(|text| locale(text, "#/locales")).collect();
        let trigger = Trigger::ALL.into_iter().find(|one| one.name() == self.trigger);
        if wrong.is_empty() {
            Ok(WorkflowChanges {
                name: Some(self.name.clone()),
                trigger,
                default_locale,
                locales: Some(others),
                exit_profiles: Some(self.profiles.clone()),
            })
        } else {
            Err(wrong)
        }
    }
}

#[tracing::instrument(name = "dashboard.workflows.settings", skip_all)]
pub(crate) async fn show(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let workflow = reader.workflows.get(here.tenant(), id).await?;
    let page = page(&here, &workflow, &Typed::of(&workflow), &[], None)?;
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.workflows.change", skip_all)]
pub(crate) async fn save(
    here: Here<ManageWorkflows>,
    reader: Reader,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let workflow = reader.workflows.get(here.tenant(), id).await?;
    let version = form.version()?;
    let typed = Typed::read(&form);
    let changes = match typed.changes() {
        Ok(changes) => changes,
        Err(wrong) => {
            let page = page(&here, &workflow, &typed, &wrong, None)?;
            return here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render());
        }
    };
    let changed = reader
        .workflows
        .change(here.tenant(), here.caller(), id, version, changes)
        .await;
    match changed {
        Ok(_) => {
            let place = format!("/workflows/{id}");
            Ok(here.frame.see_other_saying(
                place,
                "Saved. It holds for what is published from now on.",
                Tone::Leaf,
            ))
        }
        Err(WorkflowError::Invalid(wrong)) => {
            let page = page(&here, &workflow, &typed, &wrong, None)?;
            here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
        }
        Err(error) if error.kind() == ErrorKind::Stale => {
            let workflow = reader.workflows.get(here.tenant(), id).await?;
            let stale = Stale {
                text: "Somebody changed these settings in between.".to_owned(),
                theirs: format!("/workflows/{id}/settings"),
            };
            let page = page(&here, &workflow, &typed, &[], Some(stale))?;
            here.frame.page(StatusCode::PRECONDITION_FAILED, page.render())
        }
        Err(error) => Err(error.into()),
    }
}

fn page(
    here: &Here<ManageWorkflows>,
    workflow: &Workflow,
    typed: &Typed,
    wrong: &[FieldError],
    stale: Option<Stale>,
) -> Result<WorkflowSettingsPage, Problem> {
    let mut problems = Problems::of(wrong);
    for problem in &mut problems.list {
        problem.message = sentence(&quoted(&problem.message));
    }
    let field =
        |name: &str, label: &str, value: &str| Field::new(name, label).value(value).error(problems.at(name));
    let mut shell = here.shell(Section::Workflows, "Settings");
    shell.crumbs = vec![crumb(), workflow_crumb(workflow)];
    let profiles = Workflows::exit_profiles()?
        .into_iter()
        .map(|profile| ProfileChoice {
            label: words::profile_label(&profile.key),
            chosen: profile.key == "base" || typed.profiles.contains(&profile.key),
            always: profile.key == "base",
            source: sentence(&profile.source),
            key: profile.key,
        });
    Ok(WorkflowSettingsPage {
        shell,
        id: workflow.id.to_string(),
        etag: etag(workflow.version),
        stale,
        name: field("name", "Name", &typed.name).hint("Only your team reads it"),
        trigger: Select::new(
            field("trigger", "What starts a session", &typed.trigger),
            Trigger::ALL.map(|one| Choice::new(one.name(), words::trigger_label(one))),
        ),
        locale: field("default_locale", "Language", &typed.locale).hint("Has to be complete: en, de, pt-BR"),
        locales: field("locales", "Other languages", &typed.locales)
            .hint("With commas; their gaps are listed"),
        profiles: profiles.collect(),
        problems,
    })
}

/// The way back to a workflow.
pub(super) fn workflow_crumb(workflow: &Workflow) -> Crumb {
    Crumb {
        label: workflow.name.clone(),
        href: format!("/workflows/{}", workflow.id),
    }
}
