//! Looking at sessions: the walker at their own, staff at those within their reach.

use kale_domain::{company::Company, id::SessionId};
use kale_flow::{event::UserEvent, session::Session};
use kale_persistence::{
    Reach, events,
    sessions::{self, SessionFilter},
};

use super::{Seen, SessionError, Sessions, scene::within_reach};
use crate::viewer::Ticket;

/// How many customers of an expert are looked at.
const ASSIGNED: u32 = 20_000;

/// A session and everything that happened in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What its walker sees now.
    pub seen: Seen,
    /// What happened, in order.
    pub events: Vec<UserEvent>,
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
        let found = sessions::get(&self.store, reach.tenant(), id).await?;
        let session = found.ok_or(SessionError::NotFound)?;
        if !within_reach(&self.store, reach, session.customer).await? {
            return Err(SessionError::NotFound);
        }
        let scene = self.scene(reach, company, &session).await?;
        Ok(scene.seen(session))
    }

    /// A session within reach, with everything that happened in it.
    pub async fn replay(
        &self,
        reach: Reach,
        company: &Company,
        id: SessionId,
    ) -> Result<Replay, SessionError> {
        let seen = self.read(reach, company, id).await?;
        let events = events::of_session(&self.store, reach.tenant(), id).await?;
        Ok(Replay { seen, events })
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
