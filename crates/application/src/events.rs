//! Events: what programs tell of customers, and what the viewer tells from inside a session.
//!
//! An event is known by its id: told twice, by whomever and however often, it stands once. What is told of a customer
//! outside of any session is use of the company's product and is counted by day.

mod read;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kale_domain::{
    company::Company,
    error::FieldError,
    id::{CustomerId, SessionId},
};
pub use kale_flow::event::UserEvent;
pub use kale_persistence::events::{EventFilter, EventPosition};
use kale_persistence::{Reach, Store, StoreError, Tenant, customers, events, sessions};
use serde_json::Value;

use self::read::{Draft, read};
use crate::{
    measures::Waker,
    sessions::{SessionError, Sessions},
    viewer::Ticket,
};

/// How many events one batch has at most.
pub const MOST: usize = 500;
/// How many customers of an expert are looked at.
const ASSIGNED: u32 = 20_000;

/// Telling and reading events.
#[derive(Debug, Clone)]
pub struct Events {
    store: Store,
    sessions: Sessions,
    waker: Waker,
}

/// Who tells.
#[derive(Debug, Clone)]
pub enum Teller {
    /// A subscriber, of their own session.
    Subscriber(Box<Ticket>),
    /// The company's own programs.
    Company(Tenant, Box<Company>),
}

/// What came of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// New events.
    pub accepted: u64,
    /// Events that had been told before.
    pub duplicates: u64,
    /// What is wrong with those that were not taken, by their place in the batch; pointers lead into the event.
    pub rejected: Vec<(usize, FieldError)>,
}

/// Where a teller stands.
struct Side {
    tenant: Tenant,
    zone: TimeZone,
    /// The session of a subscriber, and whose it is.
    session: Option<(SessionId, CustomerId)>,
}

impl Events {
    /// Over that store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            sessions: Sessions::new(store.clone()),
            waker: Waker::new(store.clone()),
            store,
        }
    }

    /// Takes what is right of these, in one write; says what is wrong with the others.
    pub async fn tell(&self, teller: &Teller, told: Vec<Value>) -> Result<Taken, SessionError> {
        let side = self.side(teller).await?;
        let now = self.store.now();
        let mut taken = Taken::default();
        let mut drafts = Vec::with_capacity(told.len());
        for (index, event) in told.into_iter().enumerate() {
            match read(event, now) {
                Ok(draft) => drafts.push((index, draft)),
                Err(wrong) => taken.rejected.push((index, wrong)),
            }
        }
        let known = self.known(side.tenant, &drafts).await?;
        let mut events = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts {
            match side.placed(draft, &known, now) {
                Ok(event) => events.push(event),
                Err(wrong) => taken.rejected.push((index, wrong)),
            }
        }
        taken.rejected.sort_by_key(|(index, _)| *index);
        let told = events::tell(&self.store, side.tenant, &events).await?;
        if told.accepted > 0 {
            self.waker.changed(side.tenant);
        }
        taken.accepted = told.accepted;
        taken.duplicates = told.duplicates;
        Ok(taken)
    }

    async fn side(&self, teller: &Teller) -> Result<Side, SessionError> {
        Ok(match teller {
            Teller::Subscriber(ticket) => {
                let session = self.sessions.served(ticket).await?;
                Side {
                    tenant: ticket.tenant(),
                    zone: zone(&ticket.company),
                    session: Some((session.id, session.customer)),
                }
            }
            Teller::Company(tenant, company) => Side {
                tenant: *tenant,
                zone: zone(company),
                session: None,
            },
        })
    }

    async fn known(&self, tenant: Tenant, drafts: &[(usize, Draft)]) -> Result<Known, StoreError> {
        let customers: BTreeSet<CustomerId> = drafts.iter().filter_map(|(_, draft)| draft.customer).collect();
        let sessions: BTreeSet<SessionId> = drafts.iter().filter_map(|(_, draft)| draft.session).collect();
        let (customers, sessions) = futures::future::try_join(
            customers::known(&self.store, tenant, &customers),
            sessions::walkers(&self.store, tenant, &sessions),
        )
        .await?;
        Ok(Known { customers, sessions })
    }

    /// The events within reach, newest first; `before` continues after the last one of a page.
    pub async fn list(
        &self,
        reach: Reach,
        mut filter: EventFilter,
        limit: u32,
        before: Option<EventPosition>,
    ) -> Result<Vec<UserEvent>, StoreError> {
        filter.among = customers::assigned(&self.store, reach, ASSIGNED).await?;
        events::list(&self.store, reach.tenant(), &filter, limit, before).await
    }
}

/// What there is of what a batch names.
struct Known {
    customers: BTreeSet<CustomerId>,
    sessions: std::collections::BTreeMap<SessionId, CustomerId>,
}

fn zone(company: &Company) -> TimeZone {
    TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC)
}

impl Side {
    /// The event, and the day it counts on where it is use of the product.
    fn placed(
        &self,
        draft: Draft,
        known: &Known,
        now: Timestamp,
    ) -> Result<(UserEvent, Option<Date>), FieldError> {
        let session = match (self.session, draft.session) {
            (Some((own, _)), Some(named)) if named != own => return Err(no_session()),
            (Some(own), _) => Some(own),
            (None, Some(named)) => {
                let walker = known.sessions.get(&named).ok_or_else(no_session)?;
                Some((named, *walker))
            }
            (None, None) => None,
        };
        let customer = match (session, draft.customer) {
            (Some((_, walker)), Some(named)) if named != walker => return Err(no_customer()),
            (Some((_, walker)), _) => walker,
            (None, Some(named)) if known.customers.contains(&named) => named,
            (None, Some(_)) => return Err(no_customer()),
            (None, None) => {
                let message = "name the customer it happened to";
                return Err(FieldError::new("/customer", "missing", message));
            }
        };
        read::name_fits(&draft.name, session.is_some())?;
        let day = draft.at.to_zoned(self.zone.clone()).date();
        let event = UserEvent {
            id: draft.id,
            session: session.map(|(id, _)| id),
            customer: Some(customer),
            name: draft.name,
            at: draft.at,
            received_at: now,
            properties: draft.properties,
            card: None,
            element: None,
        };
        Ok((event, session.is_none().then_some(day)))
    }
}

fn no_session() -> FieldError {
    FieldError::new("/session", "unknown-session", "there is no such session")
}

fn no_customer() -> FieldError {
    FieldError::new("/customer", "unknown-customer", "there is no such customer")
}
