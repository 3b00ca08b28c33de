//! `GET /sessions/{id}`: a walk again, step by step.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::sessions::{Receipt, Replay, Session, SessionState, View, receipt_number};
use kale_domain::{
    access::Permission,
    id::{OfferId, SessionId, WorkflowId},
    reason::ReasonKey,
};
use kale_web::{NoQuery, Path, Problem, permission::ReadSessions};

use super::{
    path::{moments, offer_name},
    reader::Reader,
    words,
};
use crate::{
    customers::personas::PersonaTags,
    frame::Here,
    view::{
        customer::Fact,
        format,
        parts::Link,
        sessions::{PassedReceipt, SessionPage},
        shell::{Crumb, Section},
    },
    workflows::{outcome_label, trigger_label},
};

#[tracing::instrument(name = "dashboard.sessions.show", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadSessions>,
    reader: Reader,
    Path(id): Path<SessionId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let replay = reader.sessions.replay(here.reach(), here.company()?, id).await?;
    let session = &replay.seen.session;
    let names = Names {
        customer: reader
            .customers(&here, &[session.customer])
            .await?
            .remove(&session.customer),
        workflows: reader.workflows(&here).await?.into_iter().collect(),
        offers: reader.offers(&here).await?,
        reasons: reader.reasons(&here).await?,
        personas: PersonaTags::of(&*reader.personas.names(here.tenant()).await?),
    };
    let page = page(&here, &replay, &names);
    here.frame.page(StatusCode::OK, page.render())
}

/// What turns ids into names.
struct Names {
    /// `None` where the customer is gone, or the reader may not see customers.
    customer: Option<String>,
    workflows: BTreeMap<WorkflowId, String>,
    offers: BTreeMap<OfferId, String>,
    reasons: BTreeMap<ReasonKey, String>,
    personas: PersonaTags,
}

fn page(here: &Here<ReadSessions>, replay: &Replay, names: &Names) -> SessionPage {
    let session = &replay.seen.session;
    let customer = names.customer.clone().unwrap_or_else(|| "A customer".to_owned());
    let mut shell = here.shell(Section::Sessions, customer.clone());
    shell.crumbs = vec![Crumb {
        label: "Sessions".to_owned(),
        href: "/sessions".to_owned(),
    }];
    let workflow = names.workflows.get(&session.workflow);
    SessionPage {
        shell,
        summary: summary(here, session),
        chips: words::chips(session),
        moments: moments(replay, &names.offers),
        receipt: match &replay.seen.view {
            View::Ended { receipt, .. } => Some(receipt_of(here, session, receipt, names)),
            _ => None,
        },
        customer_page: (names.customer.is_some() && here.may(Permission::ReadCustomers))
            .then(|| Link::new("Customer", format!("/customers/{}", session.customer))),
        workflow_page: workflow.map(|name| Link::new(name, format!("/workflows/{}", session.workflow))),
        facts: facts(here, session, names),
        customer,
    }
}

/// `Began 22 Nov 2026, 14:05 and was cancelled after 4 min 20 s.`
fn summary(here: &Here<ReadSessions>, session: &Session) -> String {
    let began = here.instant(session.started_at);
    let until = |at: jiff::Timestamp| format::duration(at.duration_since(session.started_at));
    match session.state() {
        SessionState::Completed => {
            let outcome = session
                .walk
                .outcome()
                .map_or("completed", outcome_label)
                .to_lowercase();
            let took = until(session.ended_at.unwrap_or(session.last_seen_at));
            format!("Began {began}. Ended after {took}: {outcome}.")
        }
        SessionState::InProgress => format!("Began {began}, and goes on."),
        SessionState::Abandoned | SessionState::Expired => {
            format!(
                "Began {began}. The last step came after {}.",
                until(session.last_seen_at)
            )
        }
    }
}

fn receipt_of(
    here: &Here<ReadSessions>,
    session: &Session,
    receipt: &Receipt,
    names: &Names,
) -> PassedReceipt {
    let outcome = receipt
        .outcome
        .map(|outcome| Fact::new("Outcome", outcome_label(outcome)));
    let at = session.ended_at.map(|at| Fact::new("Decided", here.instant(at)));
    let reasons = receipt.reasons.iter().map(|key| {
        let title = names.reasons.get(key).cloned();
        Fact::new("Reason", title.unwrap_or_else(|| key.to_string()))
    });
    let promised = receipt
        .promised
        .iter()
        .map(|offer| Fact::new("Promised", offer_name(offer.kind, offer.offer, &names.offers)));
    let handed = (!receipt.handed_off.is_empty()).then(|| Fact::new("A person", "was asked to take over"));
    PassedReceipt {
        number: receipt_number(session),
        facts: outcome
            .into_iter()
            .chain(at)
            .chain(reasons)
            .chain(promised)
            .chain(handed)
            .collect(),
    }
}

fn facts(here: &Here<ReadSessions>, session: &Session, names: &Names) -> Vec<Fact> {
    let stake = session.mrr_at_stake.map(format::money);
    let subscription = session.subscription.as_ref();
    let persona = session.persona.map(|id| names.personas.tag(Some(id), false).name);
    let returns = (session.returns > 0)
        .then(|| format::count(u64::from(session.returns), "time", "times"))
        .map(|times| Fact::new("Came back", times));
    let always = [
        Fact::new("At stake a month", stake.unwrap_or_else(|| "–".to_owned())),
        Fact::new("Version walked", session.walk.version.to_string()),
        Fact::new("Why they came", trigger_label(session.trigger)),
        Fact::new("Where", words::channel_label(session.channel)),
        Fact::new(
            "Persona at the start",
            persona.unwrap_or_else(|| "Unassigned".to_owned()),
        ),
        Fact::new("Language", session.locale.to_string()),
        Fact::new("Last step", here.instant(session.last_seen_at)),
    ];
    always
        .into_iter()
        .chain(subscription.map(|name| Fact::new("Subscription", name)))
        .chain(returns)
        .chain([Fact::new("Session", session.id.to_string())])
        .collect()
}
