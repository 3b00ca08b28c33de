//! Sessions: a subscriber's walk, begun with a token, taken step by step, come back to, ended.
//!
//! The session's document is the truth. Every change is a compare-and-set on its revision, inside one transaction with
//! the events it brings about and what staff are told.

mod draft;
mod error;
mod look;
mod notices;
mod page;
mod preview;
mod scene;
mod start;
mod sweep;
mod words;

use kale_domain::id::SessionId;
pub use kale_domain::subscriber::Mode;
pub use kale_flow::{
    card::Look,
    element::{CallAction, SecureUrl},
    event::{SessionEvent, UserEvent},
    offer::OfferKind,
    outcome::Outcome,
    receipt::Receipt,
    session::{Changed, Channel, Session, SessionState, Stepped},
    show::{Progress, Shown, ShownElement, ShownOption, View},
    step::{Action, Step},
    text::Locale,
    walk::{Decision, OfferShown, Refusal, Viewed},
};
pub use kale_persistence::sessions::SessionFilter;
use kale_persistence::{Store, StoreError, Tenant, events, sessions};

use self::notices::Notices;
pub use self::{
    error::SessionError,
    look::{Passed, Replay},
    page::{Opened, PagePost, PageStep},
    scene::{Scene, receipt_number},
    start::{Begun, NoSession},
    sweep::{SweepSessions, Swept, sweep, sweep_sessions},
};
use crate::{measures::Waker, viewer::Ticket};

/// Walking workflows.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
    waker: Waker,
}

/// What a walker sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The session, as it stands now.
    pub session: Session,
    /// The present card, or how it ended.
    pub view: View,
}

impl Sessions {
    /// Over that store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let waker = Waker::new(store.clone());
        Self { store, waker }
    }

    /// Takes a step in the session that this token serves.
    ///
    /// The step last taken, posted again with the same content, writes nothing and answers the same. Any other step that
    /// is not the expected one is [`SessionError::Step`], with the session as it stands.
    pub async fn step(&self, ticket: &Ticket, id: SessionId, step: &Step) -> Result<Seen, SessionError> {
        // Where somebody changed it in between, the step may be one that was taken, on the second look.
        let attempt = async || self.attempt(ticket, id, step).await;
        self.store.retried(SessionError::is_lost_race, attempt).await
    }

    async fn attempt(&self, ticket: &Ticket, id: SessionId, step: &Step) -> Result<Seen, SessionError> {
        let session = self.own(ticket, id).await?;
        let now = self.store.now();
        let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
        match session.step(&scene.version.flow, step, &scene.situation(), now) {
            Ok(Stepped::Repeated(session)) => Ok(scene.seen(*session)),
            Ok(Stepped::Changed(changed)) => {
                let session = self.write(ticket.tenant(), &scene, &changed).await?;
                Ok(scene.seen(session))
            }
            Err(refusal) => {
                let session = match session.idled(now) {
                    Some(changed) => self.write(ticket.tenant(), &scene, &changed).await?,
                    None => session,
                };
                Err(SessionError::Step {
                    refusal,
                    seen: Box::new(scene.seen(session)),
                })
            }
        }
    }

    /// The subscriber leaves: abandoned at once, not only after half an hour. Again, and after the end, it is the same.
    pub async fn leave(&self, ticket: &Ticket, id: SessionId) -> Result<Seen, SessionError> {
        let attempt = async || {
            let session = self.own(ticket, id).await?;
            let now = self.store.now();
            let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
            let Some(changed) = session.idled(now).or_else(|| session.left(now)) else {
                return Ok(scene.seen(session));
            };
            let written = self.write(ticket.tenant(), &scene, &changed).await?;
            Ok(scene.seen(written))
        };
        self.store.retried(SessionError::is_lost_race, attempt).await
    }

    /// Writes a change with what follows from it; [`StoreError::Stale`] where somebody was faster.
    async fn write(&self, tenant: Tenant, scene: &Scene, changed: &Changed) -> Result<Session, SessionError> {
        let notices = Notices::of(&self.store, tenant, scene, changed).await?;
        let session = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let session = sessions::write(&self.store, tx, &changed.session, None).await?;
                events::add(&self.store, tx, &changed.events).await?;
                notices.tell(tx).await?;
                Ok(session)
            })
            .await?;
        self.waker.changed(tenant);
        Ok(session)
    }
}
