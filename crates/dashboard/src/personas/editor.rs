//! `GET /personas/new` and `GET /personas/{id}`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::personas::{Configuration, PersonaCategory, PersonaError};
use kale_domain::{access::Permission, id::PersonaId, persona::Colour};
use kale_web::{
    NoQuery, Path, Problem,
    etag::etag,
    permission::{ManagePersonas, ReadPersonas},
};
use serde_json::{Value, json};

use super::{
    draft::{Typed, Wrongs, categories},
    preview,
    reader::Reader,
    rows::Rows,
    subjects::Subjects,
};
use crate::{
    frame::Here,
    view::{
        form::{Choice, Field, Problems, Select, Stale},
        parts::Swatch,
        persona_editor::{ColourChoice, PersonaEditorPage, PersonaPreview},
        rule::RuleNode,
        shell::{Crumb, Section, Shell},
    },
};

/// What the editor is filled with.
pub(super) struct Editing {
    /// The configuration as it is.
    pub(super) configuration: Configuration,
    /// Which persona; `None` for a new one.
    pub(super) id: Option<PersonaId>,
    /// What stands in the form.
    pub(super) typed: Typed,
    /// What was wrong with it when it was sent.
    pub(super) wrongs: Wrongs,
    /// Somebody else was faster.
    pub(super) stale: Option<Stale>,
}

#[tracing::instrument(name = "dashboard.personas.new", skip_all)]
pub(crate) async fn new(
    here: Here<ManagePersonas>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let categories = reader.categories(&here, &configuration)?;
    let typed = Typed::new(&configuration, &categories);
    let page = reader
        .editor(&here, Editing::begin(configuration, None, typed))
        .await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_editor().render()
        } else {
            page.render()
        }
    })
}

#[tracing::instrument(name = "dashboard.personas.edit", skip_all)]
pub(crate) async fn edit(
    here: Here<ReadPersonas>,
    reader: Reader,
    Path(id): Path<PersonaId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let persona = configuration.personas.iter().find(|persona| persona.id == id);
    let typed = Typed::of(persona.ok_or_else(Problem::not_found)?)?;
    let page = reader
        .editor(&here, Editing::begin(configuration, Some(id), typed))
        .await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_editor().render()
        } else {
            page.render()
        }
    })
}

impl Editing {
    fn begin(configuration: Configuration, id: Option<PersonaId>, typed: Typed) -> Self {
        Self {
            configuration,
            id,
            typed,
            wrongs: Wrongs::default(),
            stale: None,
        }
    }
}

impl Reader {
    /// The categories to choose from.
    pub(super) fn categories<P>(
        &self,
        here: &Here<P>,
        configuration: &Configuration,
    ) -> Result<Vec<PersonaCategory>, Problem> {
        let industry = here.company()?.industry;
        categories(configuration, || self.personas.industry_defaults(industry))
    }

    /// The editor, with what saving would change.
    pub(super) async fn editor<P>(
        &self,
        here: &Here<P>,
        mut editing: Editing,
    ) -> Result<PersonaEditorPage, Problem> {
        let categories = self.categories(here, &editing.configuration)?;
        let preview = self.previewed(here, &mut editing, &categories).await?;
        let subjects = self.subjects(here).await?;
        let rule = self.rows(here, &editing, &subjects).await?;
        let Editing {
            configuration,
            id,
            typed,
            wrongs,
            stale,
        } = &editing;
        let text = |name: &str, label: &str, value: &str| {
            Field::new(name, label).value(value).error(wrongs.fields.at(name))
        };
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        let title = if id.is_empty() {
            "New persona"
        } else {
            typed.name.as_str()
        };
        Ok(PersonaEditorPage {
            shell: shell(here, title),
            action: if id.is_empty() {
                "/personas".to_owned()
            } else {
                format!("/personas/{id}")
            },
            problems: if stale.is_none() {
                wrongs.fields.clone()
            } else {
                Problems::default()
            },
            stale: stale.clone(),
            name: text("name", "Name", &typed.name),
            description: text("description", "What it means", &typed.description),
            category: Select::new(
                text("category", "Category", &typed.category),
                categories
                    .iter()
                    .map(|category| Choice::new(category.key.to_string(), category.name.clone())),
            ),
            priority: text("priority", "Priority", &typed.priority).hint("The highest is asked first"),
            colours: colours(&typed.colour),
            enabled: typed.enabled,
            rule,
            rule_json: typed.rule.clone(),
            sentence: preview.sentence.clone(),
            subjects: subjects.groups(),
            reason: text("reason", "Why this change", &typed.reason).hint("Stands in the versions"),
            preview,
            may_manage: here.may(Permission::ManagePersonas),
            etag: etag(configuration.version),
            id,
        })
    }

    /// The rule as rows, with what is wrong beside them.
    async fn rows<P>(
        &self,
        here: &Here<P>,
        editing: &Editing,
        subjects: &Subjects,
    ) -> Result<RuleNode, Problem> {
        let rule = editing.typed.rule().unwrap_or_else(|| json!({ "all": [] }));
        let rows = Rows {
            subjects,
            wrong: &editing.wrongs.rule,
            sentences: &BTreeMap::new(),
        };
        let sentences = self.sentences(here, rows.opaque(&rule)).await?;
        let rows = Rows {
            sentences: &sentences,
            ..rows
        };
        Ok(rows.root(&rule))
    }

    /// The preview. Where nothing was known to be wrong yet, what it finds is marked at the rows.
    async fn previewed<P>(
        &self,
        here: &Here<P>,
        editing: &mut Editing,
        categories: &[PersonaCategory],
    ) -> Result<PersonaPreview, Problem> {
        if !editing.wrongs.fields.list.is_empty() {
            return Ok(preview::wrong(&editing.wrongs));
        }
        let mut typed = editing.typed.clone();
        if typed.name.is_empty() {
            "New persona".clone_into(&mut typed.name);
        }
        let found = match typed.draft(&editing.configuration, categories.to_vec(), editing.id)? {
            Ok(drafted) => self.preview(here, &typed, drafted).await?,
            Err(wrongs) => Err(wrongs),
        };
        Ok(match found {
            Ok(preview) => preview,
            Err(wrongs) => {
                let preview = preview::wrong(&wrongs);
                editing.wrongs.rule = wrongs.rule;
                preview
            }
        })
    }

    /// What the parts say that have no rows.
    async fn sentences<P>(
        &self,
        here: &Here<P>,
        parts: Vec<Value>,
    ) -> Result<BTreeMap<String, String>, Problem> {
        let mut sentences = BTreeMap::new();
        for part in parts {
            match self
                .personas
                .check_rule(here.reach(), here.company()?, &part)
                .await
            {
                Ok((sentence, _)) => drop(sentences.insert(part.to_string(), sentence)),
                // Its problem is told above.
                Err(PersonaError::Invalid(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sentences)
    }
}

/// Below the list.
fn shell<P>(here: &Here<P>, title: &str) -> Shell {
    let mut shell = here.shell(Section::Personas, title);
    shell.crumbs = vec![Crumb {
        label: "Personas".to_owned(),
        href: "/personas".to_owned(),
    }];
    shell
}

fn colours(chosen: &str) -> Vec<ColourChoice> {
    Colour::ALL
        .map(|colour| ColourChoice {
            value: colour.name(),
            swatch: Swatch::of(colour, 0),
            selected: colour.name() == chosen,
        })
        .into()
}
