//! A card of a draft as a subscriber would see it. Nobody walks: nothing is kept, told or counted.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kale_domain::{
    company::Company,
    id::{CardId, CustomerId, SessionId},
    subscriber::Mode,
};
use kale_flow::{
    answer::Answers,
    card::CardKind,
    session::{Channel, Session},
    walk::{Afterthought, Status, Walk},
    workflow::{Draft, Workflow},
};
use kale_persistence::Tenant;

use super::{
    Seen, SessionError, Sessions,
    scene::{Scene, prepared},
};

impl Sessions {
    /// What a subscriber would see on a card of a draft; `None` where there is no such card, or nobody ever sees it.
    pub async fn of_draft(
        &self,
        tenant: Tenant,
        company: &Company,
        draft: &Draft,
        card: CardId,
    ) -> Result<Option<Seen>, SessionError> {
        let Some(card) = draft.tree.card(card) else {
            return Ok(None);
        };
        let status = match &card.kind {
            CardKind::Jump(_) => return Ok(None),
            CardKind::Outcome(end) => Status::Completed {
                outcome: end.outcome,
                page: Some(card.id),
                afterthought: Afterthought::Closed,
            },
            _ => Status::InProgress { card: card.id },
        };
        let locale = &draft.workflow.demands.default_locale;
        let walkable = prepared(
            &self.store,
            tenant,
            company,
            0,
            &draft.tree,
            usize::MAX,
            locale.clone(),
        )
        .await?;
        let session = stood(&draft.workflow, card.id, status, self.store.now());
        let scene = Scene::new(&self.store, Arc::new(walkable), None, company, &session);
        Ok(Some(scene.with_names_for_values().seen(session)))
    }
}

/// The session of nobody, who stands on that card.
fn stood(workflow: &Workflow, card: CardId, status: Status, now: Timestamp) -> Session {
    let nobody = workflow.id.uuid();
    Session {
        id: SessionId::from_uuid(nobody),
        workflow: workflow.id,
        trigger: workflow.trigger,
        mode: Mode::Test,
        channel: Channel::Hosted,
        customer: CustomerId::from_uuid(nobody),
        subscription: None,
        persona: None,
        mrr_at_stake: None,
        locale: workflow.demands.default_locale.clone(),
        return_url: None,
        walk: Walk {
            version: 0,
            step: 1,
            status,
            trail: vec![card],
            viewed: Vec::new(),
            answers: Answers::new(),
            decisions: BTreeMap::new(),
            offers: Vec::new(),
            last: None,
        },
        returns: 0,
        started_at: now,
        last_seen_at: now,
        ended_at: matches!(status, Status::Completed { .. }).then_some(now),
        revision: 0,
    }
}
