//! Beginning a session, or coming back to one.

use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    customer::Customer,
    id::{SessionId, WorkflowId},
    metric::{Metric, MetricValue},
};
use kale_flow::{
    session::{Changed, Channel, Session, SessionState},
    text::Locale,
    walk::{Status, Walk},
    workflow::WorkflowState,
};
use kale_persistence::{
    StoreError, events,
    sessions::{self, Served, Whose},
    viewer::settings,
    workflows,
};

use super::{
    Seen, SessionError, Sessions,
    notices::Notices,
    scene::{Scene, named_customer, walkable},
};
use crate::viewer::{Ticket, allowed};

/// How long after its end a session is shown to those whose token it served.
const SHOWN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What came of beginning.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// A new session.
    New(Box<Seen>),
    /// The one that was there: the token's own, or the customer's open one.
    There(Box<Seen>),
    /// None, and nothing is wrong.
    Nothing(NoSession),
}

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSession {
    /// No workflow is live for this.
    NoLiveWorkflow,
    /// The company's customers don't have that one.
    UnknownCustomer,
}

impl NoSession {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoLiveWorkflow => "no_live_workflow",
            Self::UnknownCustomer => "unknown_customer",
        }
    }
}

/// What a token comes to.
#[derive(Debug)]
pub(super) enum Way {
    /// The session that it serves.
    Own(Box<Session>),
    /// The one that its customer has open; it may be over without anybody having written that down.
    Open(Box<Session>, Box<Customer>),
    /// None yet: one of this customer's may begin.
    Fresh(Box<Customer>),
    /// None, and nothing is wrong.
    Nothing(NoSession),
}

impl Sessions {
    /// Begins the session of a token, or comes back to the one it serves, or to the one its customer has open.
    ///
    /// `reader` is what a browser asks for; the token's own language counts more.
    pub async fn start(
        &self,
        ticket: &Ticket,
        channel: Channel,
        reader: Option<Locale>,
    ) -> Result<Begun, SessionError> {
        // Where somebody began or changed it in between, it is there on the second look.
        let attempt = async || self.attempt_start(ticket, channel, reader.as_ref()).await;
        self.store.retried(SessionError::is_lost_race, attempt).await
    }

    async fn attempt_start(
        &self,
        ticket: &Ticket,
        channel: Channel,
        reader: Option<&Locale>,
    ) -> Result<Begun, SessionError> {
        let now = self.store.now();
        match self.way(ticket, ticket.claims.may_begin(now)).await? {
            Way::Own(session) => self.come_back(ticket, *session, false).await,
            Way::Open(session, _) if session.state_at(now) == SessionState::Expired => {
                self.write_over(ticket, &session).await
            }
            Way::Open(session, _) => self.come_back(ticket, *session, true).await,
            Way::Nothing(why) => Ok(Begun::Nothing(why)),
            Way::Fresh(customer) => {
                let id = SessionId::from_uuid(self.store.fresh_id());
                match self.unbegun(ticket, *customer, id, channel, reader).await? {
                    Some((scene, begun)) => {
                        let session = self.insert(ticket, &scene, begun).await?;
                        Ok(Begun::New(Box::new(scene.seen(session))))
                    }
                    None => Ok(Begun::Nothing(NoSession::NoLiveWorkflow)),
                }
            }
        }
    }

    /// What a token comes to. `may_begin`: whether it is in time to begin a session.
    pub(super) async fn way(&self, ticket: &Ticket, may_begin: bool) -> Result<Way, SessionError> {
        let (tenant, claims) = (ticket.tenant(), &ticket.claims);
        match sessions::served(&self.store, tenant, claims).await? {
            Served::Another => return Err(SessionError::Refused),
            Served::Session(session) => {
                return self
                    .still_shown(*session)
                    .map(|session| Way::Own(Box::new(session)));
            }
            Served::Nothing if !may_begin => return Err(SessionError::Refused),
            Served::Nothing => {}
        }
        let Some(customer) = named_customer(&self.store, ticket.reach(), &claims.customer).await? else {
            return Ok(Way::Nothing(NoSession::UnknownCustomer));
        };
        let whose = Whose {
            customer: customer.id,
            subscription: claims.subscription.as_deref(),
            mode: claims.mode,
        };
        let open = match claims.workflow {
            Some(workflow) => sessions::open(&self.store, tenant, whose, workflow).await?,
            None => sessions::newest_open(&self.store, tenant, whose, claims.trigger).await?,
        };
        let customer = Box::new(customer);
        Ok(match open {
            Some(session) => Way::Open(Box::new(session), customer),
            None => Way::Fresh(customer),
        })
    }

    /// Writes down that a session is over, which nobody has done yet; on the next look there is none open.
    pub(super) async fn write_over<T>(&self, ticket: &Ticket, session: &Session) -> Result<T, SessionError> {
        let scene = self.scene(ticket.reach(), &ticket.company, session).await?;
        if let Some(changed) = session.idled(self.store.now()) {
            self.write(ticket.tenant(), &scene, &changed).await?;
        }
        Err(StoreError::Stale.into())
    }

    /// The workflow to walk, and its version.
    async fn live(&self, ticket: &Ticket) -> Result<Option<(WorkflowId, u32)>, SessionError> {
        let (tenant, claims) = (ticket.tenant(), &ticket.claims);
        let found = match claims.workflow {
            Some(id) => workflows::get(&self.store, tenant, id).await?,
            None => workflows::live(&self.store, tenant, claims.trigger).await?,
        };
        Ok(found.and_then(|workflow| match workflow.state {
            WorkflowState::Live { version } => Some((workflow.id, version)),
            _ => None,
        }))
    }

    /// A session that has not begun.
    async fn blank(
        &self,
        ticket: &Ticket,
        id: SessionId,
        customer: &Customer,
        (workflow, number): (WorkflowId, u32),
        channel: Channel,
        reader: Option<&Locale>,
    ) -> Result<Session, SessionError> {
        let (claims, now) = (&ticket.claims, self.store.now());
        let settings = settings::known(&self.store, ticket.tenant()).await?;
        let told = [claims.locale.as_deref(), customer.locale.as_deref()];
        let told = told.into_iter().flatten().find_map(|text| text.parse().ok());
        let locale = told
            .or_else(|| reader.cloned())
            .unwrap_or_else(|| settings.locale.clone());
        let mrr = customer.metrics.get(&Metric::Mrr);
        Ok(Session {
            id,
            workflow,
            trigger: claims.trigger,
            mode: claims.mode,
            channel,
            customer: customer.id,
            subscription: claims.subscription.clone(),
            persona: customer.persona.persona,
            mrr_at_stake: mrr.and_then(|value| match value {
                MetricValue::Money(amount) => Some(*amount),
                _ => None,
            }),
            locale,
            return_url: claims
                .return_url
                .as_deref()
                .and_then(|url| allowed(&settings, url)),
            walk: not_walked(number),
            returns: 0,
            started_at: now,
            last_seen_at: now,
            ended_at: None,
            revision: 1,
        })
    }

    /// A session as it would begin now, which nobody has written down; `None` where no workflow is live.
    pub(super) async fn unbegun(
        &self,
        ticket: &Ticket,
        customer: Customer,
        id: SessionId,
        channel: Channel,
        reader: Option<&Locale>,
    ) -> Result<Option<(Scene, Changed)>, SessionError> {
        let Some((workflow, number)) = self.live(ticket).await? else {
            return Ok(None);
        };
        let company = &ticket.company;
        let version = walkable(&self.store, ticket.tenant(), company, workflow, number).await?;
        let blank = self
            .blank(ticket, id, &customer, (workflow, number), channel, reader)
            .await?;
        let scene = Scene::new(&self.store, version, Some(customer), company, &blank);
        let begun = Session::begin(blank, &scene.version.flow, &scene.situation(), self.store.now());
        let begun = begun.map_err(|refusal| SessionError::Broken(refusal.into()))?;
        Ok(Some((scene, begun)))
    }

    /// Writes a new session with what follows from its beginning, and from its first step where that is in it.
    pub(super) async fn insert(
        &self,
        ticket: &Ticket,
        scene: &Scene,
        begun: Changed,
    ) -> Result<Session, SessionError> {
        let tenant = ticket.tenant();
        let notices = Notices::of(&self.store, tenant, scene, &begun).await?;
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                sessions::insert(&self.store, tx, &begun.session, &ticket.claims).await?;
                events::add(&self.store, tx, &begun.events).await?;
                notices.tell(tx).await
            })
            .await?;
        self.waker.changed(tenant);
        Ok(begun.session)
    }

    /// Goes on with a session that is there. A token that it does not know yet serves it from now on.
    pub(super) async fn come_back(
        &self,
        ticket: &Ticket,
        session: Session,
        is_new_token: bool,
    ) -> Result<Begun, SessionError> {
        let (tenant, now) = (ticket.tenant(), self.store.now());
        let scene = self.scene(ticket.reach(), &ticket.company, &session).await?;
        let changed = session.come_back(now).or_else(|| session.idled(now));
        let bind = is_new_token.then_some(&ticket.claims);
        let changed = match (changed, bind) {
            (None, None) => return Ok(Begun::There(Box::new(scene.seen(session)))),
            (Some(changed), _) => changed,
            (None, Some(_)) => Changed {
                session,
                effects: Vec::new(),
                events: Vec::new(),
            },
        };
        let session = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let session = sessions::write(&self.store, tx, &changed.session, bind).await?;
                events::add(&self.store, tx, &changed.events).await?;
                Ok(session)
            })
            .await?;
        self.waker.changed(tenant);
        Ok(Begun::There(Box::new(scene.seen(session))))
    }

    /// The session that this token serves, if it is that one.
    pub(super) async fn own(&self, ticket: &Ticket, id: SessionId) -> Result<Session, SessionError> {
        let session = self.served(ticket).await?;
        if session.id == id {
            Ok(session)
        } else {
            Err(SessionError::NotFound)
        }
    }

    /// The session that this token serves.
    pub(crate) async fn served(&self, ticket: &Ticket) -> Result<Session, SessionError> {
        match sessions::served(&self.store, ticket.tenant(), &ticket.claims).await? {
            Served::Another => Err(SessionError::Refused),
            Served::Nothing if !ticket.claims.may_begin(self.store.now()) => Err(SessionError::Refused),
            Served::Nothing => Err(SessionError::NotFound),
            Served::Session(session) => self.still_shown(*session),
        }
    }

    /// A token serves its session until that is over, and a day longer: for the receipt, and for posts sent twice.
    fn still_shown(&self, session: Session) -> Result<Session, SessionError> {
        let now = self.store.now();
        let over = match session.state_at(now) {
            SessionState::Completed => session.ended_at,
            SessionState::Expired => session
                .last_seen_at
                .checked_add(kale_flow::walk::EXPIRED_AFTER)
                .ok(),
            SessionState::InProgress | SessionState::Abandoned => None,
        };
        let shown = |over: Timestamp| now.duration_since(over) < SHOWN_AFTER;
        if over.is_none_or(shown) {
            Ok(session)
        } else {
            Err(SessionError::Refused)
        }
    }
}

/// What a walk is before it begins: the engine replaces it.
fn not_walked(version: u32) -> Walk {
    let nowhere = kale_domain::id::CardId::from_uuid(uuid::Uuid::nil());
    Walk {
        version,
        step: 0,
        status: Status::InProgress { card: nowhere },
        trail: Vec::new(),
        viewed: Vec::new(),
        answers: std::collections::BTreeMap::new(),
        decisions: std::collections::BTreeMap::new(),
        offers: Vec::new(),
        last: None,
    }
}
