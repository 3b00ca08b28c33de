//! What was published: read, compared, and made ready to be walked.

use std::{str::FromStr, sync::Arc};

use kale_domain::{company::Company, id::WorkflowId};
use kale_flow::{
    diff::{Diff, diff},
    tree::CardTree,
    version::FlowVersion,
    workflow::Published,
};
use kale_persistence::{
    Tenant, companies,
    workflows::versions::{self, VersionHead},
};

use super::{Workflows, error::WorkflowError};
use crate::customers::schema;

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A version, by its number.
    Version(u32),
    /// The draft.
    Draft,
}

/// The text names neither a version nor the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of a version, or `draft`")]
pub struct ParseSideError;

impl FromStr for Side {
    type Err = ParseSideError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "draft" {
            return Ok(Self::Draft);
        }
        let number: u32 = text.parse().map_err(|_no_number| ParseSideError)?;
        // One spelling only.
        if number.to_string() == text {
            Ok(Self::Version(number))
        } else {
            Err(ParseSideError)
        }
    }
}

impl Workflows {
    /// The versions of a workflow, newest first; `before` continues after the last one of a page.
    pub async fn versions(
        &self,
        tenant: Tenant,
        id: WorkflowId,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<VersionHead>, WorkflowError> {
        let _there = self.get(tenant, id).await?;
        Ok(versions::list(&self.store, tenant, id, limit, before).await?)
    }

    /// One version with its cards.
    pub async fn version(
        &self,
        tenant: Tenant,
        id: WorkflowId,
        number: u32,
    ) -> Result<Published, WorkflowError> {
        let found = versions::get(&self.store, tenant, id, number).await?;
        found.ok_or(WorkflowError::NotFound)
    }

    /// What is different between two versions, or a version and the draft.
    pub async fn diff(
        &self,
        tenant: Tenant,
        id: WorkflowId,
        before: Side,
        after: Side,
    ) -> Result<Diff, WorkflowError> {
        let before = self.side(tenant, id, before).await?;
        let after = self.side(tenant, id, after).await?;
        Ok(diff(&before, &after))
    }

    async fn side(&self, tenant: Tenant, id: WorkflowId, side: Side) -> Result<CardTree, WorkflowError> {
        Ok(match side {
            Side::Draft => self.draft(tenant, id).await?.tree,
            Side::Version(number) => self.version(tenant, id, number).await?.tree,
        })
    }

    /// A version ready to be walked; remembered for two seconds.
    pub async fn walkable(
        &self,
        tenant: Tenant,
        company: &Company,
        id: WorkflowId,
        number: u32,
    ) -> Result<Arc<FlowVersion>, WorkflowError> {
        versions::known(&self.store, tenant, id, number, async |found| {
            let version = found.ok_or(WorkflowError::NotFound)?;
            let attributes = companies::known_attributes(&self.store, tenant).await?;
            let schema = schema(company, &attributes.definitions);
            Ok(FlowVersion::new(
                version.number,
                &version.tree,
                &schema,
                version.offers_allowed,
            ))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_a_number_or_the_draft() {
        assert_eq!("draft".parse(), Ok(Side::Draft));
        assert_eq!("12".parse(), Ok(Side::Version(12)));
        for wrong in ["", "01", "+1", "-1", "Draft", "4294967296"] {
            assert_eq!(wrong.parse::<Side>(), Err(ParseSideError), "{wrong}");
        }
    }
}
