//! `GET /analytics/definitions`: what every figure means.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::measures::definitions;
use kale_web::{NoQuery, Problem, permission::ReadAnalytics};

use super::overview::parent;
use crate::{
    frame::Here,
    view::{
        analytics::{DefinitionsPage, Meaning},
        shell::{Section, Shell},
    },
};

#[tracing::instrument(name = "dashboard.analytics.definitions", skip_all)]
pub(crate) async fn handle(here: Here<ReadAnalytics>, _: NoQuery) -> Result<HttpResponse, Problem> {
    let page = DefinitionsPage {
        shell: Shell {
            crumbs: vec![parent()],
            ..here.shell(Section::Analytics, "How each figure is defined")
        },
        meanings: definitions()
            .iter()
            .map(|figure| Meaning {
                key: figure.key,
                name: figure.name,
                definition: figure.definition,
                formula: figure.formula,
                source: figure.source,
            })
            .collect(),
    };
    here.frame.page(StatusCode::OK, page.render())
}
