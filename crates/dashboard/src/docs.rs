//! `/docs`, `/docs/errors` and `/licences`: for everybody, signed in or not.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use askama::Template as _;
use kale_web::{NoQuery, Problem, Visitor, catalogue};

use crate::{
    assets,
    frame::Frame,
    routes::{Needs, Routes},
    view::docs::{DocsErrorsPage, DocsPage, ErrorDoc, LicencesPage},
};

/// Swagger UI writes style sheets and pictures of its own into the page; its scripts come from here like all others.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/docs/errors", Needs::Nothing, errors)
        .get("/docs", Needs::Nothing, docs)
        .get("/licences", Needs::Nothing, licences)
        .get("/licenses", Needs::Nothing, licenses);
}

#[tracing::instrument(name = "dashboard.docs.api", skip_all)]
async fn docs(frame: Frame, Visitor(reader): Visitor, _: NoQuery) -> Result<HttpResponse, Problem> {
    let page = DocsPage {
        plain: frame.plain(reader.as_ref(), "API"),
        spec: "/openapi.json".to_owned(),
    };
    let mut response = frame.page(StatusCode::OK, page.render())?;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

#[tracing::instrument(name = "dashboard.docs.errors", skip_all)]
async fn errors(frame: Frame, Visitor(reader): Visitor, _: NoQuery) -> Result<HttpResponse, Problem> {
    let page = DocsErrorsPage {
        plain: frame.plain(reader.as_ref(), "Errors"),
        errors: catalogue::catalogue()
            .iter()
            .map(|known| ErrorDoc {
                code: known.code.to_owned(),
                status: known.status,
                title: known.title.to_owned(),
                advice: known.explanation.to_owned(),
            })
            .collect(),
    };
    frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.docs.licences", skip_all)]
async fn licences(frame: Frame, Visitor(reader): Visitor, _: NoQuery) -> Result<HttpResponse, Problem> {
    let page = LicencesPage {
        plain: frame.plain(reader.as_ref(), "Licences"),
        text: assets::licences(),
    };
    frame.page(StatusCode::OK, page.render())
}

/// The same word, spelled the other way.
async fn licenses(frame: Frame, _: NoQuery) -> HttpResponse {
    frame.see_other("/licences")
}
