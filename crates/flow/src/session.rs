//! A session: one subscriber's walk with everything around it. Its document is the truth; events and figures follow.

use jiff::Timestamp;
use kale_domain::{
    id::{CustomerId, PersonaId, SessionId, WorkflowId},
    money::Money,
    subscriber::Mode,
    workflow::Trigger,
};
use serde::{Deserialize, Serialize};

use crate::{
    effect::Effect,
    event::{SessionEvent, UserEvent, beside_id, event_id, told},
    step::{Action, Step},
    text::Locale,
    version::FlowVersion,
    walk::{
        ABANDONED_AFTER, Applied, EXPIRED_AFTER, Refusal, Situation, Standing, Status, Walk, apply, start,
    },
};

/// Where a session is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// On our own page.
    Hosted,
    /// In a program of the company's.
    Api,
}

impl Channel {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hosted => "hosted",
            Self::Api => "api",
        }
    }
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Somebody walks.
    InProgress,
    /// Nobody has come by for half an hour.
    Abandoned,
    /// Nobody came back for a day. Final.
    Expired,
    /// It has an outcome. Final.
    Completed,
}

impl SessionState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InProgress, Self::Abandoned, Self::Expired, Self::Completed];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Abandoned => "abandoned",
            Self::Expired => "expired",
            Self::Completed => "completed",
        }
    }

    /// Whether nothing changes any more, but for the optional questions of the last page.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Expired | Self::Completed)
    }
}

/// One subscriber's walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// What is walked; the version stands in the walk.
    pub workflow: WorkflowId,
    /// Why they came.
    pub trigger: Trigger,
    /// Whether it counts.
    pub mode: Mode,
    /// Where it began.
    pub channel: Channel,
    /// Who walks.
    pub customer: CustomerId,
    /// Which of their subscriptions, as the company's systems call it.
    pub subscription: Option<String>,
    /// The persona at the start.
    pub persona: Option<PersonaId>,
    /// What the customer paid a month at the start.
    pub mrr_at_stake: Option<Money>,
    /// What is read.
    pub locale: Locale,
    /// Where the subscriber goes afterwards.
    pub return_url: Option<String>,
    /// The walk.
    pub walk: Walk,
    /// How often somebody came back to it.
    pub returns: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When the subscriber last did something.
    pub last_seen_at: Timestamp,
    /// When it ended, or expired.
    pub ended_at: Option<Timestamp>,
    /// Grows by one with every change.
    pub revision: u64,
}

/// A session as it is to be written, and what is told with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The session after the change, still at the revision it was read at.
    pub session: Session,
    /// What happened, in order. The index of each is its position.
    pub effects: Vec<Effect>,
    /// What is told.
    pub events: Vec<UserEvent>,
}

impl Changed {
    /// This change and the next one, as one.
    #[must_use]
    pub fn and(mut self, next: Self) -> Self {
        self.effects.extend(next.effects);
        self.events.extend(next.events);
        Self {
            session: next.session,
            ..self
        }
    }
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// The session changed.
    Changed(Box<Changed>),
    /// The step had been taken before, with the same content: nothing is to be written. The session as it stands by now,
    /// whether anybody has written that down or not.
    Repeated(Box<Session>),
}

/// The step under which what idleness brings about is told: no walk has that many.
const IDLE: u32 = u32::MAX;

impl Session {
    /// Begins the walk of a session whose other values are given: `blank` has any walk.
    pub fn begin(
        blank: Self,
        version: &FlowVersion,
        situation: &Situation<'_>,
        now: Timestamp,
    ) -> Result<Changed, Refusal> {
        let Applied { walk, effects, .. } = start(version, situation)?;
        let session = Self { walk, ..blank };
        Ok(session.changed(effects, 0, now))
    }

    /// Where it stands, as it was written.
    #[must_use]
    pub const fn state(&self) -> SessionState {
        match self.walk.status {
            Status::InProgress { .. } => SessionState::InProgress,
            Status::Abandoned { .. } => SessionState::Abandoned,
            Status::Expired { .. } => SessionState::Expired,
            Status::Completed { .. } => SessionState::Completed,
        }
    }

    /// Where it stands at that time, whether anybody has written it down or not.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> SessionState {
        match (self.state(), Standing::of(self.last_seen_at, now)) {
            (state, _) if state.is_final() => state,
            (_, Standing::Over) => SessionState::Expired,
            (_, Standing::Idle) => SessionState::Abandoned,
            (state, Standing::Fresh) => state,
        }
    }

    /// What idleness made of it by now; `None` where that is what is written.
    #[must_use]
    pub fn idled(&self, now: Timestamp) -> Option<Changed> {
        let is = self.state_at(now);
        if is == self.state() {
            return None;
        }
        let walk = self.walk.clone();
        match is {
            SessionState::Abandoned => {
                let session = Self {
                    walk: walk.abandon().ok()?,
                    ..self.clone()
                };
                Some(session.changed(Vec::new(), IDLE, now))
            }
            SessionState::Expired => {
                let ended = self.last_seen_at.saturating_add(EXPIRED_AFTER);
                let ended = ended.unwrap_or(now);
                let session = Self {
                    walk: walk.expire().ok()?,
                    ended_at: Some(ended),
                    ..self.clone()
                };
                let id = event_id(self.id, IDLE, u32::MAX);
                let event = session.event(SessionEvent::Ended, id, ended, now);
                Some(Changed {
                    session,
                    effects: Vec::new(),
                    events: vec![event],
                })
            }
            SessionState::InProgress | SessionState::Completed => None,
        }
    }

    /// The subscriber says that they leave: what half an hour of silence says, at once. `None` where they have left.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Option<Changed> {
        let walk = self.walk.clone().abandon().ok()?;
        let session = Self { walk, ..self.clone() };
        Some(session.changed(Vec::new(), IDLE, now))
    }

    /// The subscriber looks at it again: an abandoned one goes on. `None` where nothing is to be written.
    #[must_use]
    pub fn come_back(&self, now: Timestamp) -> Option<Changed> {
        if self.state_at(now) != SessionState::Abandoned {
            return None;
        }
        let card = self.walk.current()?;
        let session = Self {
            walk: Walk {
                status: Status::InProgress { card },
                ..self.walk.clone()
            },
            returns: self.returns.saturating_add(1),
            last_seen_at: now,
            ..self.clone()
        };
        let id = event_id(self.id, IDLE, self.returns);
        let event = session.event(SessionEvent::Resumed, id, now, now);
        Some(Changed {
            session,
            effects: vec![Effect::Resumed],
            events: vec![event],
        })
    }

    /// Takes a step. One that comes when the session is over is refused as on one that has ended.
    pub fn step(
        &self,
        version: &FlowVersion,
        step: &Step,
        situation: &Situation<'_>,
        now: Timestamp,
    ) -> Result<Stepped, Refusal> {
        let idled = self.idled(now);
        let walk = idled.as_ref().map_or(&self.walk, |idled| &idled.session.walk);
        let applied = apply(version, walk, step, situation)?;
        if applied.repeated {
            let stands = idled.map_or_else(|| self.clone(), |idled| idled.session);
            return Ok(Stepped::Repeated(Box::new(stands)));
        }
        let returned = u32::from(applied.effects.contains(&Effect::Resumed));
        let session = Self {
            walk: applied.walk,
            returns: self.returns.saturating_add(returned),
            last_seen_at: now,
            ..self.clone()
        };
        let changed = match step.action {
            // It has no number of its own; the revision is another one with every change.
            Action::Follow => {
                let id = |position| beside_id(self.id, self.revision, position);
                session.changed_as(applied.effects, now, id)
            }
            _ => session.changed(applied.effects, step.step, now),
        };
        Ok(Stepped::Changed(Box::new(changed)))
    }

    /// A number that scatters options, the same for the whole session.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let (high, low) = self.id.uuid().as_u64_pair();
        high ^ low
    }

    fn changed(self, effects: Vec<Effect>, step: u32, now: Timestamp) -> Changed {
        let session = self.id;
        self.changed_as(effects, now, |position| event_id(session, step, position))
    }

    fn changed_as(mut self, effects: Vec<Effect>, now: Timestamp, id: impl Fn(u32) -> uuid::Uuid) -> Changed {
        if self.state() == SessionState::Completed && self.ended_at.is_none() {
            self.ended_at = Some(now);
        }
        let events = (0..).zip(&effects).filter_map(|(position, effect)| {
            let (name, card, element, properties) = told(effect)?;
            let event = self.event(name, id(position), now, now);
            Some(UserEvent {
                properties,
                card,
                element,
                ..event
            })
        });
        let events = events.collect();
        Changed {
            session: self,
            effects,
            events,
        }
    }

    fn event(&self, name: SessionEvent, id: uuid::Uuid, at: Timestamp, now: Timestamp) -> UserEvent {
        UserEvent {
            id,
            session: Some(self.id),
            customer: Some(self.customer),
            name: name.name().to_owned(),
            at,
            received_at: now,
            properties: serde_json::Map::new(),
            card: None,
            element: None,
        }
    }
}

/// From when on a session that was last seen now would be abandoned: for whoever sweeps.
#[must_use]
pub fn idle_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(ABANDONED_AFTER).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
