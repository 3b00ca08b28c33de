//! What stands in the way of publishing.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    company::Company,
    id::{OfferId, WorkflowId},
    reason::ReasonKey,
};
use kale_flow::{
    check::{Against, OfferState, check},
    defaults::exit_profiles,
    fair_exit::{ExitProfile, fair_exit, offers_allowed},
    offer::Offer,
    problem::Problem,
    reason::Reason,
    text::Locale,
    tree::CardTree,
    workflow::{Demands, Draft},
};
use kale_persistence::{Tenant, companies, offers};

use super::{Workflows, error::WorkflowError};
use crate::{customers::schema, reasons::Reasons};

/// What the checks say of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The revision they looked at.
    pub revision: u64,
    /// What they found, in document order.
    pub problems: Vec<Problem>,
}

impl Judged {
    /// Whether nothing they found refuses publishing.
    #[must_use]
    pub fn publishable(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// A tree that was looked at.
pub(super) struct Looked {
    pub(super) problems: Vec<Problem>,
    pub(super) offers_allowed: usize,
    /// What it was checked against.
    pub(super) reasons: BTreeSet<ReasonKey>,
    /// The same.
    pub(super) offers: BTreeMap<OfferId, OfferState>,
}

/// The reasons that may be given.
pub(super) fn in_use(reasons: Vec<Reason>) -> BTreeSet<ReasonKey> {
    let used = reasons.into_iter().filter(|reason| !reason.archived);
    used.map(|reason| reason.key).collect()
}

/// How the offers stand.
pub(super) fn states(offers: Vec<Offer>) -> BTreeMap<OfferId, OfferState> {
    offers
        .into_iter()
        .map(|offer| (offer.id, offer.state()))
        .collect()
}

impl Workflows {
    /// The exit profiles there are, `base` first.
    pub fn exit_profiles() -> Result<Vec<ExitProfile>, WorkflowError> {
        Ok(exit_profiles()?)
    }

    /// Checks the draft. At the size limit this takes a quarter of a second: not for every key press.
    pub async fn problems(
        &self,
        tenant: Tenant,
        company: &Company,
        id: WorkflowId,
    ) -> Result<Judged, WorkflowError> {
        let draft = self.draft(tenant, id).await?;
        self.judged(tenant, company, &draft).await
    }

    /// The same for a draft that was read before.
    pub async fn judged(
        &self,
        tenant: Tenant,
        company: &Company,
        draft: &Draft,
    ) -> Result<Judged, WorkflowError> {
        let revision = draft.workflow.revision;
        let looked = self
            .look(
                tenant,
                company,
                draft.workflow.demands.clone(),
                draft.tree.clone(),
            )
            .await?;
        Ok(Judged {
            revision,
            problems: looked.problems,
        })
    }

    /// Runs the checks and the fair exit, away from the threads that answer requests.
    pub(super) async fn look(
        &self,
        tenant: Tenant,
        company: &Company,
        demands: Demands,
        tree: CardTree,
    ) -> Result<Looked, WorkflowError> {
        let attributes = companies::attributes(&self.store, tenant).await?;
        let schema = schema(company, &attributes);
        let reasons = Reasons::new(self.store.clone()).list(tenant).await?;
        let reasons = in_use(reasons);
        let offers = states(offers::list(&self.store, tenant).await?);
        let profiles = in_force(exit_profiles()?, &demands);
        let look = move || {
            let locales: Vec<Locale> = demands.locales.into_iter().collect();
            let against = Against {
                schema: &schema,
                default_locale: &demands.default_locale,
                locales: &locales,
                reasons: &reasons,
                offers: Some(&offers),
            };
            let mut problems = check(&tree, &against);
            problems.extend(fair_exit(&tree, &profiles));
            let layout = tree.layout();
            problems.sort_by_key(|problem| problem.card.and_then(|card| layout.number(card)));
            Looked {
                problems,
                offers_allowed: offers_allowed(&profiles),
                reasons,
                offers,
            }
        };
        tokio::task::spawn_blocking(look)
            .await
            .map_err(|error| WorkflowError::Broken(error.into()))
    }
}

/// The profiles that have to hold.
fn in_force(all: Vec<ExitProfile>, demands: &Demands) -> Vec<ExitProfile> {
    all.into_iter()
        .filter(|profile| profile.key == "base" || demands.exit_profiles.contains(&profile.key))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_always_holds_and_the_others_where_they_are_asked_for() {
        let keys = |demands: &Demands| -> Vec<String> {
            let profiles = in_force(exit_profiles().unwrap(), demands);
            profiles.into_iter().map(|profile| profile.key).collect()
        };
        let mut demands = Demands::default();
        assert_eq!(keys(&demands), ["base"]);
        demands.exit_profiles.insert("uk_2027".to_owned());
        assert_eq!(keys(&demands), ["base", "uk_2027"]);
    }
}
