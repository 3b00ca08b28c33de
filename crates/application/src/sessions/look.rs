//! Looking at sessions: the walker at their own, staff at those within their reach.

use jiff::Timestamp;
use kale_domain::{
    company::Company,
    id::{CardId, SessionId},
};
use kale_flow::{
    event::{SessionEvent, UserEvent},
    session::Session,
    show::Shown,
    walk::Viewed,
};
use kale_persistence::{
    Reach, events,
    sessions::{self, SessionFilter},
};

use super::{
    Seen, SessionError, Sessions,
    scene::{Scene, within_reach},
};
use crate::viewer::Ticket;

/// How many customers of an expert are looked at.
const ASSIGNED: u32 = 20_000;

/// A session and everything that happened in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What its walker sees now.
    pub seen: Seen,
    /// The cards that were shown, in order.
    pub path: Vec<Passed>,
    /// What happened, in order.
    pub events: Vec<UserEvent>,
}

/// A card that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    /// The number of the step that was expected when it was shown.
    pub step: u32,
    /// When it was shown, where that is told.
    pub at: Option<Timestamp>,
    /// Whether the walker came to it by going back.
    pub is_return: bool,
    /// The card in the walker's words, with what was answered on it last.
    pub card: Shown,
}

impl Sessions {
    /// The session that this token serves, as its walker sees it. Nothing is written: who looks does not come back.
    pub async fn read_own(&self, ticket: &Ticket, id: SessionId) -> Result<Seen, SessionError> {
        let session = self.own(ticket, id).await?;
        let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
        let now = self.store.now();
        let session = session.idled(now).map_or(session, |changed| changed.session);
        Ok(scene.seen(session))
    }

    /// A session within reach, as its walker sees it.
    pub async fn read(&self, reach: Reach, company: &Company, id: SessionId) -> Result<Seen, SessionError> {
        let (session, scene) = self.within(reach, company, id).await?;
        Ok(scene.seen(session))
    }

    /// A session within reach, with everything that happened in it.
    pub async fn replay(
        &self,
        reach: Reach,
        company: &Company,
        id: SessionId,
    ) -> Result<Replay, SessionError> {
        let (session, scene) = self.within(reach, company, id).await?;
        let events = events::of_session(&self.store, reach.tenant(), id).await?;
        let path = path(scene.path(&session), &events);
        let seen = scene.seen(session);
        Ok(Replay { seen, path, events })
    }

    /// A session within reach, and what its walker is told.
    async fn within(
        &self,
        reach: Reach,
        company: &Company,
        id: SessionId,
    ) -> Result<(Session, Scene), SessionError> {
        let found = sessions::get(&self.store, reach.tenant(), id).await?;
        let session = found.ok_or(SessionError::NotFound)?;
        if !within_reach(&self.store, reach, session.customer).await? {
            return Err(SessionError::NotFound);
        }
        let scene = self.scene(reach, company, &session).await?;
        Ok((session, scene))
    }

    /// The sessions within reach, newest first; `before` continues after the last one of a page.
    pub async fn list(
        &self,
        reach: Reach,
        mut filter: SessionFilter,
        limit: u32,
        before: Option<SessionId>,
    ) -> Result<Vec<Session>, SessionError> {
        filter.among = kale_persistence::customers::assigned(&self.store, reach, ASSIGNED).await?;
        Ok(sessions::list(&self.store, reach.tenant(), &filter, limit, before).await?)
    }
}

/// The cards in order, each with when it was shown. Going back leads to the card before on the way there.
fn path(shown: Vec<(Viewed, Shown)>, events: &[UserEvent]) -> Vec<Passed> {
    let views = events
        .iter()
        .filter(|event| event.name == SessionEvent::CardViewed.name());
    let mut times = views.map(|event| event.at);
    let mut way: Vec<CardId> = Vec::new();
    let passed = shown.into_iter().map(|(viewed, card)| {
        let before = way.len().checked_sub(2).and_then(|index| way.get(index));
        let is_return = before == Some(&viewed.card);
        if is_return {
            way.pop();
        } else {
            way.push(viewed.card);
        }
        Passed {
            step: viewed.step,
            at: times.next(),
            is_return,
            card,
        }
    });
    passed.collect()
}
