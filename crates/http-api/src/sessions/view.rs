//! A session as it is answered.

use jiff::Timestamp;
use kale_application::sessions::{Outcome, Receipt, Seen, Session, SessionState, View, receipt_number};
use kale_domain::{
    id::{CardId, CustomerId, ElementId, OfferId, PersonaId, SessionId, WorkflowId},
    reason::ReasonKey,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::card::{self, CardView};

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    /// Its identity.
    #[schema(value_type = String, example = "ses_01h455vb4pex5vsknk084sn02q")]
    pub(super) id: SessionId,
    /// `in_progress`, `abandoned`, `expired` or `completed`.
    #[schema(value_type = String, example = "in_progress")]
    state: &'static str,
    /// The number of the step expected next.
    #[schema(value_type = i64, minimum = 1, example = 1)]
    step: u32,
    /// How it ended, once it is completed.
    #[schema(value_type = Option<String>, example = json!(null))]
    outcome: Option<&'static str>,
    /// The workflow.
    #[schema(value_type = String, example = "wfl_01h455vb4pex5vsknk084sn02q")]
    workflow: WorkflowId,
    /// The version it walks.
    #[schema(value_type = i64, minimum = 1, example = 3)]
    version: u32,
    /// `live`, or `test`, which is never counted.
    #[schema(value_type = String, example = "live")]
    mode: &'static str,
    /// Why the subscriber came.
    #[schema(value_type = String, example = "cancel_intent")]
    trigger: &'static str,
    /// Where it began: `hosted` or `api`.
    #[schema(value_type = String, example = "api")]
    channel: &'static str,
    /// Who walks.
    #[schema(value_type = String, example = "cus_01h455vb4pex5vsknk084sn02q")]
    customer: CustomerId,
    /// Which of their subscriptions, as the company's systems call it.
    subscription: Option<String>,
    /// The persona at the start.
    #[schema(value_type = Option<String>, example = "per_01h455vb4pex5vsknk084sn02q")]
    persona: Option<PersonaId>,
    /// What is read.
    #[schema(example = "en")]
    locale: String,
    /// Where the subscriber goes afterwards.
    return_url: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When the subscriber last did something.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// When it ended, or expired.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

/// A session and what its walker sees.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Walk)]
pub(super) struct WalkView {
    /// The session; `null` where there is none.
    session: Option<SessionView>,
    /// Why there is none: `no_live_workflow` or `unknown_customer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    reason: Option<&'static str>,
    /// The present card; once the session has ended, the card that says so, if the workflow has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardView>,
    /// What was decided, exactly, once the session is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptView>,
}

/// What a completed session comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
struct ReceiptView {
    /// Its number, to quote.
    #[schema(example = "SN02Q7K4PE")]
    number: String,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// How it ended.
    #[schema(value_type = Option<String>, example = "saved")]
    outcome: Option<&'static str>,
    /// The offers whose promise stands. None where the subscriber cancelled after all. They are recorded here, and
    /// carried out by the company.
    promised: Vec<PromisedView>,
    /// The cards on which a person was asked to take over.
    #[schema(value_type = Vec<String>)]
    handed_off: Vec<CardId>,
    /// The reasons given.
    #[schema(value_type = Vec<String>, example = json!(["too_expensive"]))]
    reasons: Vec<ReasonKey>,
}

/// An offer that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Promised)]
struct PromisedView {
    /// On which card.
    #[schema(value_type = String, example = "crd_01h455vb4pex5vsknk084sn02q")]
    card: CardId,
    /// In which element.
    #[schema(value_type = String, example = "elm_01h455vb4pex5vsknk084sn02q")]
    element: ElementId,
    /// What kind it is.
    #[schema(value_type = String, example = "pause")]
    kind: &'static str,
    /// The company's offer.
    #[schema(value_type = Option<String>, example = "ofr_01h455vb4pex5vsknk084sn02q")]
    offer: Option<OfferId>,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            state: session.state().name(),
            step: session.walk.step,
            outcome: session.walk.outcome().map(Outcome::name),
            workflow: session.workflow,
            version: session.walk.version,
            mode: session.mode.name(),
            trigger: session.trigger.name(),
            channel: session.channel.name(),
            customer: session.customer,
            subscription: session.subscription.clone(),
            persona: session.persona,
            locale: session.locale.to_string(),
            return_url: session.return_url.clone(),
            started_at: session.started_at,
            last_seen_at: session.last_seen_at,
            ended_at: session.ended_at,
        }
    }
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self::from(&session)
    }
}

impl WalkView {
    /// That there is none.
    pub(super) const fn nothing(reason: &'static str) -> Self {
        Self {
            session: None,
            reason: Some(reason),
            card: None,
            receipt: None,
        }
    }
}

impl From<Seen> for WalkView {
    fn from(seen: Seen) -> Self {
        let session = SessionView::from(&seen.session);
        let (card, receipt) = match seen.view {
            View::Card { card } => (Some(*card), None),
            View::Ended { page, receipt, .. } => {
                (page.map(|page| *page), Some(receipt_view(&seen.session, receipt)))
            }
            View::Expired => (None, None),
        };
        Self {
            session: Some(session),
            reason: None,
            card: card.map(CardView::from),
            receipt,
        }
    }
}

fn receipt_view(session: &Session, receipt: Receipt) -> ReceiptView {
    debug_assert_eq!(session.state(), SessionState::Completed);
    ReceiptView {
        number: receipt_number(session),
        at: session.ended_at,
        outcome: receipt.outcome.map(Outcome::name),
        promised: receipt
            .promised
            .into_iter()
            .map(|promised| PromisedView {
                card: promised.card,
                element: promised.element,
                kind: promised.kind.name(),
                offer: promised.offer,
            })
            .collect(),
        handed_off: receipt.handed_off,
        reasons: receipt.reasons,
    }
}

/// A session as examples show it.
pub(super) fn example() -> Value {
    json!({
        "id": "ses_01h455vb4pex5vsknk084sn02q", "state": "in_progress", "step": 1, "outcome": null,
        "workflow": "wfl_01h455vb4pex5vsknk084sn02q", "version": 3, "mode": "live", "trigger": "cancel_intent",
        "channel": "api", "customer": "cus_01h455vb4pex5vsknk084sn02q", "subscription": null,
        "persona": "per_01h455vb4pex5vsknk084sn02q", "locale": "en", "return_url": "https://example.com/account",
        "started_at": "2026-11-14T12:00:00Z", "last_seen_at": "2026-11-14T12:00:00Z", "ended_at": null
    })
}

/// A walk as examples show it.
pub(super) fn walk_example() -> Value {
    json!({ "session": example(), "card": card::example() })
}

/// A walk that has ended, as examples show it.
pub(super) fn ended_example() -> Value {
    let mut session = example();
    if let Some(fields) = session.as_object_mut() {
        fields.insert("state".to_owned(), json!("completed"));
        fields.insert("step".to_owned(), json!(3));
        fields.insert("outcome".to_owned(), json!("saved"));
        fields.insert("ended_at".to_owned(), json!("2026-11-14T12:01:00Z"));
    }
    json!({
        "session": session,
        "receipt": {
            "number": "SN02Q7K4PE", "at": "2026-11-14T12:01:00Z", "outcome": "saved",
            "promised": [{
                "card": "crd_01h455vb4pex5vsknk084sn02q", "element": "elm_01h455vb4pex5vsknk084sn02q",
                "kind": "pause", "offer": "ofr_01h455vb4pex5vsknk084sn02q"
            }],
            "handed_off": [], "reasons": ["too_expensive"]
        }
    })
}
