//! `GET /gallery` and `GET /gallery/{key}`: what a workflow can begin as.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::{templates::BuiltIn, workflows::Locale};
use kale_domain::{access::Permission, error::FieldError};
use kale_web::{NoQuery, Path, Problem, permission::ReadWorkflows};

use super::{outline::Outline, reader::Reader};
use crate::{
    frame::Here,
    view::{
        form::{Field, Problems},
        format,
        shell::{Crumb, Section},
        workflows::{GalleryPage, LeftOut, TemplatePage, TemplateRow},
    },
    words::{quoted, sentence},
};

#[tracing::instrument(name = "dashboard.gallery.list", skip_all)]
pub(crate) async fn list(
    here: Here<ReadWorkflows>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let page = gallery(&here, &reader, "", &[])?;
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.gallery.preview", skip_all)]
pub(crate) async fn preview(
    here: Here<ReadWorkflows>,
    reader: Reader,
    Path(key): Path<String>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let template = reader.templates.get(&key)?;
    let name = template.title.clone();
    let page = template_page(&here, template, &name, &[]);
    here.frame.page(StatusCode::OK, page.render())
}

/// The way back to the list.
pub(super) fn crumb() -> Crumb {
    Crumb {
        label: "Workflows".to_owned(),
        href: "/workflows".to_owned(),
    }
}

fn problems(wrong: &[FieldError]) -> Problems {
    let mut problems = Problems::of(wrong);
    for problem in &mut problems.list {
        problem.message = sentence(&problem.message);
    }
    problems
}

fn name_field(name: &str, problems: &Problems) -> Field {
    let field = Field::new("name", "Name").value(name);
    field.hint("Only your team reads it").error(problems.at("name"))
}

/// All templates, with the form that starts from nothing.
pub(super) fn gallery<P>(
    here: &Here<P>,
    reader: &Reader,
    name: &str,
    wrong: &[FieldError],
) -> Result<GalleryPage, Problem> {
    let mut shell = here.shell(Section::Workflows, "Templates");
    shell.crumbs = vec![crumb()];
    let row = |template: BuiltIn| TemplateRow {
        cards: cards(&template),
        left_out: left_out(&template),
        key: template.key,
        title: template.title,
        summary: template.summary,
    };
    let problems = problems(wrong);
    Ok(GalleryPage {
        shell,
        templates: reader.templates.list()?.into_iter().map(row).collect(),
        name: name_field(name, &problems),
        problems,
        may_manage: here.may(Permission::ManageWorkflows),
    })
}

fn cards(template: &BuiltIn) -> String {
    let count = u64::try_from(template.tree.all().len()).unwrap_or(u64::MAX);
    format::count(count, "card", "cards")
}

fn left_out(template: &BuiltIn) -> String {
    match template.left_out.len() {
        0 => String::new(),
        1 => "1 part comes later".to_owned(),
        many => format!("{many} parts come later"),
    }
}

/// One template with its cards.
pub(super) fn template_page<P>(
    here: &Here<P>,
    template: BuiltIn,
    name: &str,
    wrong: &[FieldError],
) -> TemplatePage {
    let mut shell = here.shell(Section::Workflows, template.title.clone());
    let templates = Crumb {
        label: "Templates".to_owned(),
        href: "/gallery".to_owned(),
    };
    shell.crumbs = vec![crumb(), templates];
    let outline = Outline {
        tree: &template.tree,
        locale: &Locale::english(),
    };
    let left = template.left_out.iter().map(|left| LeftOut {
        what: quoted(&sentence(&left.what)),
        why: quoted(&sentence(&left.why)),
    });
    let reasons = template.reasons.iter();
    let problems = problems(wrong);
    TemplatePage {
        shell,
        outline: outline.lane(),
        cards: cards(&template),
        left_out: left.collect(),
        reasons: reasons.map(|key| key.as_str().replace('_', " ")).collect(),
        name: name_field(name, &problems),
        problems,
        may_manage: here.may(Permission::ManageWorkflows),
        key: template.key,
        title: template.title,
        summary: template.summary,
    }
}
