//! `GET /analytics/workflows/{id}`: one workflow, card by card.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{measures::Measures, personas::Personas};
use kale_domain::id::WorkflowId;
use kale_web::{Path, Problem, Query as Params, permission::ReadAnalytics};

use super::{
    bars, figures,
    overview::{empty, names, parent},
    shares,
    span::{self, problem},
};
use crate::{
    frame::Here,
    view::{
        analytics::AnalyticsPage,
        parts::Link,
        shell::{Section, Shell},
    },
};

#[tracing::instrument(name = "dashboard.analytics.workflow", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadAnalytics>,
    measures: Data<Measures>,
    personas: Data<Personas>,
    Path(id): Path<WorkflowId>,
    Params(params): Params<span::Params>,
) -> Result<HttpResponse, Problem> {
    let asked = params.of(&here)?;
    let (tenant, company) = (here.tenant(), here.company()?);
    let found = measures.workflow(tenant, company, id, &asked.filter).await;
    let found = found.map_err(problem)?;
    let overview = &found.overview;
    let path = format!("workflows/{id}/figures.csv");
    let csv = |table: &str| asked.csv(&path, table);
    let mut bars = vec![
        bars::cards(&found.cards, csv("cards")),
        bars::reasons(&overview.reasons, csv("reasons")),
    ];
    bars.extend(bars::questions(&found.cards, || csv("cards")));
    let versions = found.versions.iter();
    let rows = versions.map(|(number, tally)| (Link::new(format!("Version {number}"), ""), tally.clone()));
    let all: Vec<u32> = found.versions.iter().map(|(number, _)| *number).collect();
    let names = names(&personas, &here).await?;
    let counting = measures.counting(tenant).await?;
    let page = AnalyticsPage {
        shell: Shell {
            crumbs: vec![parent()],
            ..here.shell(Section::Analytics, found.name.as_str())
        },
        title: found.name.clone(),
        about: Some(Link::new("The workflow itself", format!("/workflows/{id}"))),
        span: asked.form(
            &here,
            &format!("/analytics/workflows/{id}"),
            &names,
            &all,
            &counting,
        ),
        empty: empty(overview.total.sessions()),
        story: figures::story(&overview.total),
        days: figures::days(overview, csv("days")),
        bars,
        shares: vec![
            shares::offers(&overview.offers, csv("offers")),
            shares::deflections("versions", "Versions", "Version", rows, csv("versions")),
            shares::personas(overview, &asked, &path),
        ],
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_results().render()
        } else {
            page.render()
        }
    })
}
