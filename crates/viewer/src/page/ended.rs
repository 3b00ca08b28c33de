//! The page of a session that has an outcome: what the workflow says of it, and the receipt.

use askama::Template;
use kale_application::sessions::{Outcome, Receipt, Session, Shown, receipt_number};

use super::{
    Around, Faults,
    element::{Drawn, Kind, drawn},
    has_calls,
};
use crate::words::Words;

/// How it ended.
#[derive(Debug, Template)]
#[template(path = "flow/ended.html")]
pub(super) struct EndedPage<'a> {
    words: &'static Words,
    sheet: &'a str,
    company: &'a str,
    test: bool,
    handle: &'a str,
    secret: &'a str,
    session: String,
    step: u32,
    notice: &'a str,
    title: &'a str,
    elements: Vec<Drawn<'a>>,
    version: u32,
    /// The card that is shown; empty where the workflow says nothing of the end.
    card: String,
    /// Whether its optional questions may still be answered.
    asks: bool,
    /// Whether it has calls to action that open a page.
    calls: bool,
    outcome: &'static str,
    number: String,
    time: String,
    agreed: Vec<String>,
    return_url: &'a str,
}

impl<'a> EndedPage<'a> {
    pub(super) fn new(
        around: &'a Around<'_>,
        sheet: &'a str,
        session: &'a Session,
        (outcome, receipt): (Outcome, &Receipt),
        page: Option<&'a Shown>,
        faults: &'a Faults,
        test: bool,
    ) -> Self {
        let words = around.words;
        let mut agreed: Vec<String> = receipt
            .promised
            .iter()
            .map(|promised| words.arranged(promised.kind, around.company))
            .collect();
        if !receipt.handed_off.is_empty() {
            agreed.push(words.person.to_owned());
        }
        let asks = page.is_some_and(|page| !page.actions.is_empty());
        let mut elements = page.map_or_else(Vec::new, |page| drawn(&page.elements, faults, words));
        if !asks {
            // What was asked is answered, and what can't be answered is not asked.
            elements.retain(|element| {
                matches!(element.kind, Kind::Heading(_) | Kind::Text(_) | Kind::Call { .. })
            });
        }
        Self {
            words,
            sheet,
            company: around.company,
            test,
            handle: around.handle,
            secret: &around.secret,
            session: session.id.to_string(),
            step: session.walk.step,
            notice: faults.notice.unwrap_or_default(),
            title: page.map_or(words.outcome_of(outcome), |page| page.title.as_str()),
            elements,
            version: session.walk.version,
            card: page.map(|page| page.id.to_string()).unwrap_or_default(),
            asks,
            calls: page.is_some_and(has_calls),
            outcome: words.outcome_of(outcome),
            number: receipt_number(session),
            time: session
                .ended_at
                .map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
                .unwrap_or_default(),
            agreed,
            return_url: session.return_url.as_deref().unwrap_or_default(),
        }
    }
}
