//! `GET /sessions`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::sessions::{Mode, Session, SessionFilter, SessionState};
use kale_domain::id::{CustomerId, SessionId, WorkflowId};
use kale_web::{Problem, Query as Asked, permission::ReadSessions};
use serde::Deserialize;

use super::{reader::Reader, words};
use crate::{
    frame::{Here, Query},
    view::{
        form::{Choice, Field, Select},
        format,
        parts::{Empty, Link, Pager},
        sessions::{SessionRow, SessionsPage},
        shell::Section,
    },
};

/// How many stand on a page.
const PAGE: u32 = 50;

/// Forms send what is not chosen as an empty text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    #[serde(default)]
    workflow: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    customer: String,
    cursor: Option<SessionId>,
}

#[tracing::instrument(name = "dashboard.sessions.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadSessions>,
    reader: Reader,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let filter = params.filter()?;
    let narrowed = filter != SessionFilter::default();
    let about = filter.customer;
    let mut found = reader
        .sessions
        .list(here.reach(), filter, PAGE + 1, params.cursor)
        .await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let mut ids: Vec<CustomerId> = found
        .iter()
        .map(|session| session.customer)
        .chain(about)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let names = Names {
        customers: reader.customers(&here, &ids).await?,
        workflows: reader.workflows(&here).await?,
    };
    let page = SessionsPage {
        shell: here.shell(Section::Sessions, "Sessions"),
        workflow: workflows(&params.workflow, &names),
        state: states(&params.state),
        mode: modes(&params.mode),
        customer: params.customer.clone(),
        about: about.map_or_else(String::new, |id| names.customer(id)),
        sessions: found.iter().map(|session| row(&here, &names, session)).collect(),
        empty: empty(narrowed),
        pager: pager(&params, &found, more),
        clear: if narrowed {
            "/sessions".to_owned()
        } else {
            String::new()
        },
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

/// What turns ids into names.
struct Names {
    customers: BTreeMap<CustomerId, String>,
    workflows: Vec<(WorkflowId, String)>,
}

impl Names {
    fn customer(&self, id: CustomerId) -> String {
        self.customers
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "A customer".to_owned())
    }

    fn workflow(&self, id: WorkflowId) -> &str {
        let known = self.workflows.iter().find(|(known, _)| *known == id);
        known.map_or("A workflow", |(_, name)| name.as_str())
    }
}

impl Params {
    fn filter(&self) -> Result<SessionFilter, Problem> {
        let state = SessionState::ALL
            .into_iter()
            .find(|state| state.name() == self.state);
        let mode = [Mode::Live, Mode::Test]
            .into_iter()
            .find(|mode| mode.name() == self.mode);
        Ok(SessionFilter {
            workflow: id("workflow", &self.workflow)?,
            customer: id("customer", &self.customer)?,
            state: known("state", &self.state, state)?,
            mode: known("mode", &self.mode, mode)?,
            among: None,
        })
    }

    fn query(&self) -> Query {
        Query::default()
            .with("workflow", self.workflow.as_str())
            .with("state", self.state.as_str())
            .with("mode", self.mode.as_str())
            .with("customer", self.customer.as_str())
    }
}

fn id<T: std::str::FromStr>(name: &str, text: &str) -> Result<Option<T>, Problem> {
    known(name, text, text.parse().ok())
}

/// Nothing where nothing was asked; a refusal where nobody knows what was asked.
fn known<T>(name: &str, text: &str, value: Option<T>) -> Result<Option<T>, Problem> {
    if text.is_empty() || value.is_some() {
        Ok(value.filter(|_| !text.is_empty()))
    } else {
        Err(Problem::of("invalid-parameter").detail(format!("`{name}` has a value that nobody knows")))
    }
}

fn row(here: &Here<ReadSessions>, names: &Names, session: &Session) -> SessionRow {
    SessionRow {
        id: session.id.to_string(),
        customer: names.customer(session.customer),
        workflow: format!(
            "{}, version {}",
            names.workflow(session.workflow),
            session.walk.version
        ),
        channel: words::channel_label(session.channel),
        at_stake: session.mrr_at_stake.map(format::money).unwrap_or_default(),
        chips: words::chips(session),
        started: here.instant(session.started_at),
    }
}

fn workflows(current: &str, names: &Names) -> Select {
    let all = names
        .workflows
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name));
    let choices = [Choice::new("", "Any workflow")].into_iter().chain(all);
    Select::new(Field::new("workflow", "Workflow").value(current), choices)
}

fn states(current: &str) -> Select {
    let all = SessionState::ALL.map(|state| Choice::new(state.name(), words::state_label(state)));
    let choices = [Choice::new("", "Any state")].into_iter().chain(all);
    Select::new(Field::new("state", "State").value(current), choices)
}

fn modes(current: &str) -> Select {
    let choices = [("", "Live and test"), ("live", "Live"), ("test", "Test")];
    let choices = choices.map(|(value, label)| Choice::new(value, label));
    Select::new(Field::new("mode", "Mode").value(current), choices)
}

fn pager(params: &Params, shown: &[Session], more: bool) -> Pager {
    if params.cursor.is_none() && !more {
        return Pager::default();
    }
    let last = shown.last().map(|session| session.id.to_string());
    let count = u64::try_from(shown.len()).unwrap_or(0);
    let next = params.query().with("cursor", last.unwrap_or_default());
    Pager {
        summary: format!(
            "{} on this page, newest first",
            format::count(count, "session", "sessions")
        ),
        restarts: params.cursor.is_some(),
        previous: params.cursor.map(|_| params.query().at("/sessions")),
        next: more.then(|| next.at("/sessions")),
    }
}

fn empty(narrowed: bool) -> Empty {
    if narrowed {
        return Empty {
            icon: "play",
            text: "No session is like that.".to_owned(),
            action: None,
            other: Some(Link::new("All sessions", "/sessions")),
        };
    }
    Empty {
        icon: "play",
        text: "No sessions yet. One begins when a subscriber opens a published workflow.".to_owned(),
        action: Some(Link::new("Workflows", "/workflows")),
        other: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_narrowed_by_what_the_form_offers() {
        let params = |state: &str, mode: &str, workflow: &str| Params {
            state: state.to_owned(),
            mode: mode.to_owned(),
            workflow: workflow.to_owned(),
            ..Params::default()
        };
        assert_eq!(params("", "", "").filter().unwrap(), SessionFilter::default());
        let narrowed = params("abandoned", "test", "wfl_01h455vb4pex5vsknk084sn02q");
        let filter = narrowed.filter().unwrap();
        assert_eq!(
            (filter.state, filter.mode, filter.workflow.is_some()),
            (Some(SessionState::Abandoned), Some(Mode::Test), true)
        );
        for (state, mode, workflow) in [("over", "", ""), ("", "both", ""), ("", "", "cus_1")] {
            let refused = params(state, mode, workflow).filter().unwrap_err();
            assert_eq!(refused.code(), "invalid-parameter");
        }
    }
}
