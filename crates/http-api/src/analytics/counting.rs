//! `GET /analytics/counting`

use actix_web::{
    get,
    web::{self, Data},
};
use jiff::Timestamp;
use kale_application::measures::{Checked, Measures};
use kale_web::{Allowed, NoQuery, Problem, Required as _, permission::ReadAnalytics};
use serde::Serialize;
use utoipa::ToSchema;

/// How far counting is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Counting)]
pub(crate) struct View {
    /// Whether some sessions have changed since they were counted.
    pending: bool,
    /// Whether everything is being counted anew; until that ends, figures are those of before it.
    rebuilding: bool,
    /// When something was counted last.
    #[schema(value_type = Option<String>, format = DateTime)]
    counted_at: Option<Timestamp>,
    /// What the last comparison with a count from scratch found.
    checked: Option<CheckedView>,
}

/// What a comparison with a count from scratch found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FiguresChecked)]
pub(crate) struct CheckedView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How many sessions there were.
    sessions: u64,
    /// How many of them were still to be counted, which is no difference.
    pending: u64,
    /// How many cells were compared.
    cells: u64,
    /// How many of them differ.
    differing: u64,
    /// Some that differ, in words.
    examples: Vec<String>,
}

impl From<Checked> for CheckedView {
    fn from(checked: Checked) -> Self {
        Self {
            at: checked.at,
            sessions: checked.sessions,
            pending: checked.pending,
            cells: checked.cells,
            differing: checked.differing,
            examples: checked.examples,
        }
    }
}

/// Says how far counting is, and what the last comparison with a count from scratch found.
#[utoipa::path(
    tag = "Analytics",
    operation_id = "read_analytics_counting",
    responses((status = 200, description = "How far it is", body = View, example = json!({
        "pending": false, "rebuilding": false, "counted_at": "2026-11-22T10:00:00Z",
        "checked": { "at": "2026-11-22T09:00:00Z", "sessions": 12_000, "pending": 3, "cells": 3_200, "differing": 0,
            "examples": [] }
    }))),
    extensions(("x-permission" = json!(ReadAnalytics::NAME))),
)]
#[get("/analytics/counting")]
#[tracing::instrument(name = "api.analytics.counting", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadAnalytics>,
    measures: Data<Measures>,
    _: NoQuery,
) -> Result<web::Json<View>, Problem> {
    let counting = measures.counting(caller.tenant()).await?;

    Ok(web::Json(View {
        pending: counting.pending,
        rebuilding: counting.rebuilding,
        counted_at: counting.counted_at,
        checked: counting.checked.map(CheckedView::from),
    }))
}
