//! Reading figures: sums of roll-ups, with the names of what they speak of.

mod cards;

use std::collections::BTreeMap;

use jiff::{Span, civil::Date};
use kale_domain::{
    company::Company,
    error::{Classify, ErrorKind, FieldError},
    id::{OfferId, PersonaId, WorkflowId},
    reason::ReasonKey,
};
use kale_flow::session::Channel;
use kale_measures::{
    cell::Numbers,
    tally::{OfferTally, ReasonTally, Tally},
};
use kale_persistence::{StoreError, Tenant, offers, reasons, rollups, rollups::RollupFilter, workflows};

pub use self::cards::{AnswerFigures, CardFigures, ElementFigures};
use super::Measures;
use crate::{customers::today, personas::Personas};

/// How many days are read at most.
const MOST_DAYS: i64 = 400;
/// How many days are read where nobody says.
const USUAL_DAYS: i64 = 30;
/// How many workflows are named at most.
const WORKFLOWS: u32 = 1_000;

/// What to read; what is absent does not narrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnalyticsFilter {
    /// From this day on, in the company's zone; else the last 30 days.
    pub from: Option<Date>,
    /// Up to this day; else today.
    pub to: Option<Date>,
    /// Of this persona; `Some(None)`: of none.
    pub persona: Option<Option<PersonaId>>,
    /// Of this version.
    pub version: Option<u32>,
    /// Of this channel.
    pub channel: Option<Channel>,
}

/// Why figures can't be read.
#[derive(Debug, thiserror::Error)]
pub enum AnalyticsError {
    /// Those days can't be asked for.
    #[error("{}", .0.message)]
    Days(FieldError),
    /// There is no such workflow.
    #[error("there is no such workflow")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Classify for AnalyticsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Days(_) => ErrorKind::Malformed,
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Days(_) => "invalid-parameter",
            Self::NotFound => "not-found",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Days(error) => vec![error.clone()],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which, in the company's zone.
    pub day: Date,
    /// Its figures.
    pub tally: Tally,
}

/// The figures of something that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTally<I> {
    /// Which.
    pub id: I,
    /// What staff call it; `None` where it is gone.
    pub name: Option<String>,
    /// Its figures.
    pub tally: Tally,
}

/// What became of those who gave a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct ReasonFigures {
    /// Which.
    pub key: ReasonKey,
    /// What staff call it.
    pub title: Option<String>,
    /// How many sessions, and how they ended.
    pub tally: ReasonTally,
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferFigures {
    /// Which.
    pub offer: OfferId,
    /// What staff call it.
    pub name: Option<String>,
    /// In how many sessions what.
    pub tally: OfferTally,
}

/// The figures of a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// From this day on.
    pub from: Date,
    /// Up to this day.
    pub to: Date,
    /// All of it.
    pub total: Tally,
    /// Each day, also those on which nothing was.
    pub days: Vec<Day>,
    /// By the persona at the start, the most sessions first.
    pub personas: Vec<NamedTally<Option<PersonaId>>>,
    /// The reasons, the most frequent first.
    pub reasons: Vec<ReasonFigures>,
    /// The offers, the most shown first.
    pub offers: Vec<OfferFigures>,
}

/// One workflow among others.
pub type WorkflowRow = NamedTally<WorkflowId>;

/// The figures of one workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkflowFigures {
    /// Which.
    pub workflow: WorkflowId,
    /// What staff call it.
    pub name: String,
    /// Its figures.
    pub overview: Overview,
    /// By version, the newest first.
    pub versions: Vec<(u32, Tally)>,
    /// What became of sessions at each card, in the order of the newest version.
    pub cards: Vec<CardFigures>,
}

impl Measures {
    /// The figures of all workflows.
    pub async fn overview(
        &self,
        tenant: Tenant,
        company: &Company,
        filter: &AnalyticsFilter,
    ) -> Result<Overview, AnalyticsError> {
        let filter = self.filter(company, filter, None)?;
        let numbers = rollups::read(&self.store, tenant, &filter).await?;
        self.summed(tenant, &filter, &numbers).await
    }

    /// The days and the figures of each workflow that had a session or is there, the most sessions first.
    pub async fn workflows(
        &self,
        tenant: Tenant,
        company: &Company,
        filter: &AnalyticsFilter,
    ) -> Result<((Date, Date), Vec<WorkflowRow>), AnalyticsError> {
        let filter = self.filter(company, filter, None)?;
        let numbers = rollups::read(&self.store, tenant, &filter).await?;
        let mut tallies = grouped(&numbers, |place| place.workflow);
        let mut rows = Vec::new();
        for workflow in workflows::list(&self.store, tenant, None, WORKFLOWS, None).await? {
            rows.push(NamedTally {
                id: workflow.id,
                name: Some(workflow.name),
                tally: tallies.remove(&workflow.id).unwrap_or_default(),
            });
        }
        rows.extend(tallies.into_iter().map(|(id, tally)| NamedTally {
            id,
            name: None,
            tally,
        }));
        rows.sort_by_key(|row| (std::cmp::Reverse(row.tally.sessions()), row.id));
        Ok(((filter.from, filter.to), rows))
    }

    /// The figures of one workflow, card by card.
    pub async fn workflow(
        &self,
        tenant: Tenant,
        company: &Company,
        id: WorkflowId,
        filter: &AnalyticsFilter,
    ) -> Result<WorkflowFigures, AnalyticsError> {
        let filter = self.filter(company, filter, Some(id))?;
        let workflow = workflows::get(&self.store, tenant, id).await?;
        let workflow = workflow.ok_or(AnalyticsError::NotFound)?;
        let numbers = rollups::read(&self.store, tenant, &filter).await?;
        let overview = self.summed(tenant, &filter, &numbers).await?;
        let by_version = grouped(&numbers, |place| place.version);
        let met: Vec<u32> = by_version.keys().rev().copied().collect();
        let cards = self.cards(tenant, id, &met, &overview.total).await?;
        Ok(WorkflowFigures {
            workflow: id,
            name: workflow.name,
            overview,
            versions: by_version.into_iter().rev().collect(),
            cards,
        })
    }

    fn filter(
        &self,
        company: &Company,
        asked: &AnalyticsFilter,
        workflow: Option<WorkflowId>,
    ) -> Result<RollupFilter, AnalyticsError> {
        let to = asked.to.unwrap_or_else(|| today(&self.store, company));
        let usual = to.saturating_sub(Span::new().days(USUAL_DAYS - 1));
        let from = asked.from.unwrap_or(usual);
        let wrong = |message: String| AnalyticsError::Days(FieldError::new("?from", "out-of-range", message));
        if from > to {
            return Err(wrong("`from` is not after `to`".to_owned()));
        }
        if from < to.saturating_sub(Span::new().days(MOST_DAYS - 1)) {
            return Err(wrong(format!("at most {MOST_DAYS} days are read at once")));
        }
        Ok(RollupFilter {
            workflow,
            from,
            to,
            persona: asked.persona,
            version: asked.version,
            channel: asked.channel,
        })
    }

    async fn summed(
        &self,
        tenant: Tenant,
        filter: &RollupFilter,
        numbers: &Numbers,
    ) -> Result<Overview, AnalyticsError> {
        let mut total = Tally::default();
        for cells in numbers.values() {
            total.add_all(cells);
        }
        let mut by_day = grouped(numbers, |place| place.day);
        let days = std::iter::successors(Some(filter.from), |day| day.tomorrow().ok());
        let days = days.take_while(|day| *day <= filter.to).map(|day| Day {
            day,
            tally: by_day.remove(&day).unwrap_or_default(),
        });
        let days = days.collect();
        Ok(Overview {
            from: filter.from,
            to: filter.to,
            days,
            personas: self.personas(tenant, numbers).await?,
            reasons: self.reasons(tenant, &total).await?,
            offers: self.offers(tenant, &total).await?,
            total,
        })
    }

    async fn personas(
        &self,
        tenant: Tenant,
        numbers: &Numbers,
    ) -> Result<Vec<NamedTally<Option<PersonaId>>>, StoreError> {
        let configuration = Personas::new(self.store.clone()).configuration(tenant).await?;
        let all = configuration.personas.into_iter();
        let names: BTreeMap<PersonaId, String> = all.map(|persona| (persona.id, persona.name)).collect();
        let by_persona = grouped(numbers, |place| place.persona);
        let mut rows: Vec<_> = by_persona
            .into_iter()
            .map(|(id, tally)| NamedTally {
                id,
                name: id.and_then(|id| names.get(&id).cloned()),
                tally,
            })
            .collect();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.tally.sessions()), row.id));
        Ok(rows)
    }

    async fn reasons(&self, tenant: Tenant, total: &Tally) -> Result<Vec<ReasonFigures>, StoreError> {
        let all = reasons::list(&self.store, tenant).await?.into_iter();
        let titles: BTreeMap<ReasonKey, String> = all.map(|reason| (reason.key, reason.title)).collect();
        let mut rows: Vec<ReasonFigures> = total
            .reasons()
            .into_iter()
            .map(|(key, tally)| ReasonFigures {
                key: key.clone(),
                title: titles.get(key).cloned(),
                tally,
            })
            .collect();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.tally.sessions), row.key.clone()));
        Ok(rows)
    }

    async fn offers(&self, tenant: Tenant, total: &Tally) -> Result<Vec<OfferFigures>, StoreError> {
        let all = offers::list(&self.store, tenant).await?.into_iter();
        let names: BTreeMap<OfferId, String> = all.map(|offer| (offer.id, offer.name)).collect();
        let mut rows: Vec<OfferFigures> = total
            .offers()
            .into_iter()
            .map(|(offer, tally)| OfferFigures {
                offer,
                name: names.get(&offer).cloned(),
                tally,
            })
            .collect();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.tally.shown), row.offer));
        Ok(rows)
    }
}

/// Sums by something of their place.
fn grouped<K: Ord>(numbers: &Numbers, by: impl Fn(&super::Place) -> K) -> BTreeMap<K, Tally> {
    let mut groups: BTreeMap<K, Tally> = BTreeMap::new();
    for (place, cells) in numbers {
        groups.entry(by(place)).or_default().add_all(cells);
    }
    groups
}
