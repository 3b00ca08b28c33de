//! Figures as CSV.

use actix_web::{HttpResponse, http::header};
use kale_application::{
    measures::{Rate, Tally},
    sessions::{Outcome, SessionState},
};
use kale_tabular::CsvWriter;

/// The heads of [`cells`].
pub(super) fn heads() -> Vec<String> {
    let mut heads = vec!["sessions".to_owned()];
    heads.extend(SessionState::ALL.map(|state| state.name().to_owned()));
    heads.extend(Outcome::ALL.map(|outcome| outcome.name().to_owned()));
    let rate = ["n", "hits", "rate", "low", "high"];
    heads.extend(rate.map(|name| format!("immediate_deflection_{name}")));
    heads
}

/// A row of figures. A rate that does not exist is an empty cell.
pub(super) fn cells(tally: &Tally) -> Vec<String> {
    let mut cells = vec![tally.sessions().to_string()];
    cells.extend(SessionState::ALL.map(|state| tally.state(state).to_string()));
    cells.extend(Outcome::ALL.map(|outcome| tally.outcome(outcome).to_string()));
    let deflection = tally.immediate_deflection();
    cells.extend([deflection.n.to_string(), deflection.hits.to_string()]);
    cells.extend(rate(deflection));
    cells
}

/// A rate and its bounds; empty cells where there is none.
pub(super) fn rate(rate: Rate) -> [String; 3] {
    let share = rate.share;
    let bounds = [
        share.map(|share| share.value),
        share.map(|share| share.low),
        share.map(|share| share.high),
    ];
    bounds.map(|value| value.map_or_else(String::new, |value| format!("{value:.4}")))
}

/// The answer with a file of that name.
pub(super) fn file(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> HttpResponse {
    let mut csv = CsvWriter::new();
    for row in rows {
        csv.record(row);
    }
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(csv.take())
}
