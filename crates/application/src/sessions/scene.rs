//! What a walk is told about the world: the version, the customer, the values of variables in the reader's words.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};
use kale_domain::{
    company::Company,
    customer::Customer,
    id::{CardId, CustomerId, OfferId, WorkflowId},
    metric::Metric,
    subscriber::CustomerRef,
};
use kale_flow::{
    card::CardKind,
    element::ElementKind,
    offer::{Offer, OfferKind},
    receipt::Receipt,
    session::{Session, SessionState},
    show::{Shown, looked_back, view},
    text::Locale,
    tree::CardTree,
    variable::{NAMES, Values},
    version::FlowVersion,
    walk::{Situation, Viewed},
};
use kale_persistence::{Reach, Store, StoreError, Tenant, companies, customers, offers, workflows::versions};
use kale_rules::facts::FactMap;

use super::{
    Seen, SessionError, Sessions,
    preview::preview,
    words::{money, named, written},
};
use crate::customers::{schema, today};

/// A version with what beside it is needed to walk it; remembered for two seconds.
#[derive(Debug)]
pub(super) struct Walkable {
    pub(super) flow: FlowVersion,
    default_locale: Locale,
    /// The company's offer on each offer card.
    offers: BTreeMap<CardId, Offer>,
    /// The cards whose offers make a subscription smaller.
    contracting: BTreeSet<CardId>,
}

/// What one walk is told.
#[derive(Debug)]
pub struct Scene {
    pub(super) version: Arc<Walkable>,
    /// `None` where the customer is gone by now: the walk goes on without what was known.
    pub(super) customer: Option<Customer>,
    company: Company,
    facts: FactMap,
    today: Date,
    values: Values,
    /// What `offer.*` and `preview.*` stand for on each offer card.
    card_values: BTreeMap<CardId, Values>,
    locale: Locale,
    seed: u64,
}

impl Sessions {
    /// The scene of a session.
    pub(super) async fn scene(
        &self,
        reach: Reach,
        company: &Company,
        session: &Session,
    ) -> Result<Scene, SessionError> {
        let tenant = reach.tenant();
        let known = companies::known_attributes(&self.store, tenant).await?;
        let customer = customers::get(&self.store, reach, session.customer, &known.kinds).await?;
        let version = walkable(
            &self.store,
            tenant,
            company,
            session.workflow,
            session.walk.version,
        )
        .await?;
        Ok(Scene::new(&self.store, version, customer, company, session))
    }
}

/// A version, ready to be walked.
pub(super) async fn walkable(
    store: &Store,
    tenant: Tenant,
    company: &Company,
    workflow: WorkflowId,
    number: u32,
) -> Result<Arc<Walkable>, SessionError> {
    versions::known(store, tenant, workflow, number, async |found| {
        let missing = || StoreError::Stale;
        let version = found.ok_or_else(missing)?;
        prepared(
            store,
            tenant,
            company,
            version.number,
            &version.tree,
            version.offers_allowed,
            version.demands.default_locale,
        )
        .await
    })
    .await
    .map_err(SessionError::Store)
}

/// Cards made ready to be walked.
pub(super) async fn prepared(
    store: &Store,
    tenant: Tenant,
    company: &Company,
    number: u32,
    tree: &CardTree,
    offers_allowed: usize,
    default_locale: Locale,
) -> Result<Walkable, StoreError> {
    let attributes = companies::known_attributes(store, tenant).await?;
    let schema = schema(company, &attributes.definitions);
    let offers = offers::list(store, tenant).await?;
    let offers: BTreeMap<OfferId, Offer> = offers.into_iter().map(|offer| (offer.id, offer)).collect();
    let flow = FlowVersion::new(number, tree, &schema, offers_allowed);
    let slots = flow.cards().iter().filter_map(|card| {
        let slot = card.elements.iter().find_map(|element| match &element.kind {
            ElementKind::Offer(slot) => Some(slot),
            _ => None,
        });
        slot.filter(|_| matches!(card.kind, CardKind::Offer(_)))
            .map(|slot| (card.id, slot.clone()))
    });
    let slots: Vec<_> = slots.collect();
    let on_cards = slots.iter().filter_map(|(card, slot)| {
        let offer = offers.get(&slot.offer?)?;
        Some((*card, offer.clone()))
    });
    Ok(Walkable {
        offers: on_cards.collect(),
        contracting: slots
            .iter()
            .filter(|(_, slot)| is_smaller(slot.kind))
            .map(|(card, _)| *card)
            .collect(),
        default_locale,
        flow,
    })
}

/// Whether an offer of that kind leaves less of the subscription. While no billing is asked, a change of plan or of
/// seats in the middle of leaving is taken for one to less: what is kept is never overstated.
const fn is_smaller(kind: OfferKind) -> bool {
    matches!(kind, OfferKind::ChangePlan | OfferKind::ChangeQuantity)
}

impl Scene {
    pub(super) fn new(
        store: &Store,
        version: Arc<Walkable>,
        customer: Option<Customer>,
        company: &Company,
        session: &Session,
    ) -> Self {
        let began = session.started_at.to_zoned(zone(company)).date();
        let card_values = version.offers.iter().map(|(card, offer)| {
            let mut values = offer.terms.values(money);
            values.extend(named("offer.name", Some(offer.name.clone())));
            values.extend(preview(&offer.terms, customer.as_ref(), began));
            (*card, values)
        });
        Self {
            card_values: card_values.collect(),
            facts: customer.as_ref().map(FactMap::of).unwrap_or_default(),
            values: values(company, customer.as_ref()),
            today: today(store, company),
            locale: session.locale.clone(),
            seed: session.seed(),
            company: company.clone(),
            version,
            customer,
        }
    }

    /// The same with a name in place of every value that is not known: `‹customer name›`.
    pub(super) fn with_names_for_values(mut self) -> Self {
        let metrics = Metric::ALL
            .iter()
            .map(|metric| format!("metric.{}", metric.name()));
        for name in NAMES.iter().map(|name| (*name).to_owned()).chain(metrics) {
            let words = name.replace(['.', '_'], " ");
            if let Some((variable, words)) = named(&name, Some(format!("‹{words}›"))) {
                let _known = self.values.entry(variable).or_insert(words);
            }
        }
        self
    }

    /// What the engine is told.
    pub(super) fn situation(&self) -> Situation<'_> {
        self.situation_with(&self.values)
    }

    fn situation_with<'a>(&'a self, values: &'a Values) -> Situation<'a> {
        Situation {
            customer: &self.facts,
            today: self.today,
            values,
            card_values: &self.card_values,
            locale: &self.locale,
            default_locale: &self.version.default_locale,
            contracting: &self.version.contracting,
            seed: self.seed,
        }
    }

    /// What the walker of that session sees.
    pub(super) fn seen(&self, session: Session) -> Seen {
        let values = self.values_of(&session);
        let view = view(&self.version.flow, &session.walk, &self.situation_with(&values));
        Seen { session, view }
    }

    /// The cards that the walker of that session was shown, in order; one that is no longer readable is left out.
    pub(super) fn path(&self, session: &Session) -> Vec<(Viewed, Shown)> {
        let values = self.values_of(session);
        let situation = self.situation_with(&values);
        let viewed = session.walk.viewed.iter();
        let shown = viewed.filter_map(|viewed| {
            let card = looked_back(&self.version.flow, &session.walk, &situation, viewed.card)?;
            Some((*viewed, card))
        });
        shown.collect()
    }

    /// What the variables stand for, with what is known once it has ended.
    fn values_of(&self, session: &Session) -> Values {
        let mut values = self.values.clone();
        if session.state() == SessionState::Completed {
            values.extend(named("receipt.number", Some(receipt_number(session))));
            let receipt = Receipt::of(&self.version.flow, &session.walk);
            // Who took nothing waits for nothing.
            let waits = !receipt.promised.is_empty() || !receipt.handed_off.is_empty();
            let arranges = waits.then(|| self.company.name.clone());
            values.extend(named("receipt.arranged_by", arranges));
            let ended = session.ended_at.map(|at| {
                let zone = zone(&self.company);
                at.to_zoned(zone).strftime("%-d %B %Y, %H:%M %Z").to_string()
            });
            values.extend(named("receipt.time", ended));
        }
        values
    }

    /// Who walks, in a word for staff.
    pub(super) fn label(&self) -> &str {
        self.customer.as_ref().map_or("A customer", Customer::label)
    }
}

/// The number of a receipt: the end of the session's id, which nobody else of the company has.
#[must_use]
pub fn receipt_number(session: &Session) -> String {
    let id = session.id.to_string().to_uppercase();
    id.get(id.len().saturating_sub(10)..)
        .unwrap_or_default()
        .to_owned()
}

fn zone(company: &Company) -> TimeZone {
    TimeZone::get(&company.time_zone).unwrap_or(TimeZone::UTC)
}

/// What is known of everybody, in words.
fn values(company: &Company, customer: Option<&Customer>) -> Values {
    let name = customer.and_then(|customer| customer.name.as_deref());
    let email = customer.and_then(|customer| customer.email.as_ref());
    let email = email.map(|email| email.as_str().to_owned());
    let first = name.and_then(|name| name.split_whitespace().next());
    let metric = |metric: Metric| {
        let value = customer.and_then(|customer| customer.metrics.get(&metric));
        value.map(written)
    };
    let monthly = metric(Metric::BillingIntervalMonths).as_deref() == Some("1");
    let mut all: Values = [
        named("company.name", Some(company.name.clone())),
        named("customer.name", name.map(str::to_owned)),
        named("customer.first_name", first.map(str::to_owned)),
        named("contact.email", email.clone()),
        named("account.billing_email", email),
        named("subscription.plan", metric(Metric::Plan)),
        named("subscription.quantity", metric(Metric::Quantity)),
        named("subscription.price", metric(Metric::Mrr).filter(|_| monthly)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let metrics = customer.into_iter().flat_map(|customer| &customer.metrics);
    all.extend(
        metrics
            .filter_map(|(metric, value)| named(&format!("metric.{}", metric.name()), Some(written(value)))),
    );
    all
}

/// Who a token names.
pub(super) async fn named_customer(
    store: &Store,
    reach: Reach,
    named: &CustomerRef,
) -> Result<Option<Customer>, StoreError> {
    let known = companies::known_attributes(store, reach.tenant()).await?;
    match named {
        CustomerRef::Id(id) => customers::get(store, reach, *id, &known.kinds).await,
        CustomerRef::ExternalId(id) => customers::by_external_id(store, reach, id, &known.kinds).await,
    }
}

/// Whether that customer is within reach.
pub(super) async fn within_reach(store: &Store, reach: Reach, id: CustomerId) -> Result<bool, StoreError> {
    if reach.expert().is_none() {
        return Ok(true);
    }
    let known = companies::known_attributes(store, reach.tenant()).await?;
    Ok(customers::get(store, reach, id, &known.kinds).await?.is_some())
}
