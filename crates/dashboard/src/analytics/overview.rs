//! `GET /analytics`: all workflows together.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{measures::Measures, personas::Personas};
use kale_domain::id::PersonaId;
use kale_web::{Problem, Query as Params, permission::ReadAnalytics};

use super::{
    bars, figures, shares,
    span::{self, problem},
};
use crate::{
    frame::Here,
    view::{
        analytics::AnalyticsPage,
        parts::{Empty, Link},
        shell::{Crumb, Section},
    },
};

#[tracing::instrument(name = "dashboard.analytics.overview", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadAnalytics>,
    measures: Data<Measures>,
    personas: Data<Personas>,
    Params(params): Params<span::Params>,
) -> Result<HttpResponse, Problem> {
    params.refuse_version()?;
    let asked = params.of(&here)?;
    let (tenant, company) = (here.tenant(), here.company()?);
    let overview = measures
        .overview(tenant, company, &asked.filter)
        .await
        .map_err(problem)?;
    let (_, workflows) = measures
        .workflows(tenant, company, &asked.filter)
        .await
        .map_err(problem)?;
    let names = names(&personas, &here).await?;
    let counting = measures.counting(tenant).await?;
    let csv = |table: &str| asked.csv("overview.csv", table);
    let rows = workflows.into_iter().map(|row| {
        let name = row.name.unwrap_or_else(|| "A workflow that is gone".to_owned());
        (Link::new(name, asked.of_workflow(row.id)), row.tally)
    });
    let page = AnalyticsPage {
        shell: here.shell(Section::Analytics, "Analytics"),
        title: "Analytics".to_owned(),
        about: None,
        span: asked.form(&here, "/analytics", &names, &[], &counting),
        empty: empty(overview.total.sessions()),
        story: figures::story(&overview.total),
        days: figures::days(&overview, csv("days")),
        bars: vec![bars::reasons(&overview.reasons, csv("reasons"))],
        shares: vec![
            shares::deflections(
                "workflows",
                "Workflows",
                "Workflow",
                rows,
                asked.csv("workflows.csv", ""),
            ),
            shares::offers(&overview.offers, csv("offers")),
            shares::personas(&overview, &asked, "overview.csv"),
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

/// The personas there are to choose from.
pub(super) async fn names(
    personas: &Personas,
    here: &Here<ReadAnalytics>,
) -> Result<Vec<(PersonaId, String)>, Problem> {
    let configuration = personas.names(here.tenant()).await?;
    let all = configuration.personas.iter();
    Ok(all.map(|persona| (persona.id, persona.name.clone())).collect())
}

/// The way up to this page.
pub(super) fn parent() -> Crumb {
    Crumb {
        label: Section::Analytics.label().to_owned(),
        href: Section::Analytics.href().to_owned(),
    }
}

/// What stands where nobody walked.
pub(super) fn empty(sessions: u64) -> Option<Empty> {
    (sessions == 0).then(|| Empty {
        icon: "chart-column",
        text: "Nobody has walked a workflow in these days. What becomes of those who do is counted here within seconds."
            .to_owned(),
        action: None,
        other: Some(Link::new("Workflows", "/workflows")),
    })
}
