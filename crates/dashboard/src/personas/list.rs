//! `GET /personas`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::personas::{PersonaView, PersonasView};
use kale_domain::{access::Permission, id::PersonaId};
use kale_web::{NoQuery, Problem, etag::etag, permission::ReadPersonas};

use super::{reader::Reader, tags::Tags};
use crate::{
    frame::Here,
    people::People,
    view::{
        format,
        parts::{Empty, Link},
        personas::{PersonaRow, PersonasPage},
        shell::Section,
    },
};

#[tracing::instrument(name = "dashboard.personas.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadPersonas>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let company = here.company()?;
    let view = reader.personas.view(here.reach(), company).await?;
    let tags = Tags::of(view.personas.iter().map(|one| &one.persona));
    let counts = counts(&view);
    let total: u64 = counts.values().sum();
    let may_manage = here.may(Permission::ManagePersonas);
    let most = counts.values().copied().max().unwrap_or_default();
    let page = PersonasPage {
        shell: here.shell(Section::Personas, "Personas"),
        band: (total > 0 && !view.personas.is_empty())
            .then(|| tags.band(&counts, "customers by persona", None)),
        version: version(&here, &reader).await?,
        unassigned: format::number(view.unassigned),
        unassigned_share: format::percent(view.unassigned, total),
        unassigned_width: format::width(view.unassigned, most),
        unassigned_href: tags.customers(None).at("/customers"),
        empty: Empty {
            icon: "id-card",
            text: "No personas yet. A persona is a group of customers that a rule finds.".to_owned(),
            action: None,
            other: may_manage.then(|| Link::new("Start from nothing", "/personas/new")),
        },
        defaults: if may_manage && view.personas.is_empty() {
            format!("Start from the set for {}", company.industry.title())
        } else {
            String::new()
        },
        running: reader.running(&here).await?,
        may_manage,
        may_assign: here.may(Permission::AssignPersonas),
        etag: etag(view.version),
        personas: rows(&view, &tags, total, most),
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

fn counts(view: &PersonasView) -> BTreeMap<Option<PersonaId>, u64> {
    let personas = view
        .personas
        .iter()
        .map(|one| (Some(one.persona.id), one.customers));
    personas.chain([(None, view.unassigned)]).collect()
}

fn rows(view: &PersonasView, tags: &Tags, total: u64, most: u64) -> Vec<PersonaRow> {
    let last = view.personas.len();
    let row = |(place, one): (usize, &PersonaView)| PersonaRow {
        id: one.persona.id.to_string(),
        tag: tags.tag(Some(one.persona.id)),
        category: view
            .categories
            .iter()
            .find(|category| category.key == one.persona.category)
            .map_or_else(
                || one.persona.category.to_string(),
                |category| category.name.clone(),
            ),
        description: one.persona.description.clone(),
        sentence: format!("{}.", one.sentence),
        place: place.to_string(),
        priority: format::number(u64::from(one.persona.priority)),
        count: format::number(one.customers),
        share: format::percent(one.customers, total),
        width: format::width(one.customers, most),
        customers_href: tags.customers(Some(one.persona.id)).at("/customers"),
        enabled: one.persona.enabled,
        waiting: waiting(one.waiting_for.iter().map(String::as_str)),
        first: place == 1,
        last: place == last,
    };
    (1_usize..).zip(&view.personas).map(row).collect()
}

/// What a rule waits for.
pub(super) fn waiting<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names
        .map(|name| name.trim_start_matches("attributes.").replace('_', " "))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("Waits for data: {}.", names.join(", "))
    }
}

async fn version(here: &Here<ReadPersonas>, reader: &Reader) -> Result<String, Problem> {
    let Some(latest) = reader.personas.versions(here.tenant(), 1).await?.pop() else {
        return Ok(String::new());
    };
    let people = People::of(&reader.companies, here.tenant(), here.caller()).await?;
    let by = people.name(latest.by);
    Ok(format!(
        "Version {}, saved {} by {by}",
        latest.version,
        here.instant(latest.at)
    ))
}
