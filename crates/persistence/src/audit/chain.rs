//! The links of a chain (`audit_chain`, key `company ‖ number`; unique index `{company_id, entry}`), so that no number
//! and no entry has two.

use bson::{Binary, Bson, DateTime, Document, doc};
use jiff::Timestamp;
use kale_domain::{
    audit::chain::{Hash, Head, Link},
    id::{AuditEntryId, CompanyId},
};
use mongodb::Collection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{COLLECTION, binary};
use crate::{
    error::{Result, StoreError},
    scoped::COMPANY,
    store::Store,
    tenant::{Installation, Tenant},
    value,
};

/// The length of a number in a key.
const TAIL: usize = 8;

/// Whose chain.
#[derive(Debug, Clone, Copy)]
pub enum ChainOf {
    /// A company's.
    Company(Tenant),
    /// That of what belongs to no company.
    Installation(Installation),
}

impl ChainOf {
    /// The company, where it is one's.
    #[must_use]
    pub const fn company(self) -> Option<CompanyId> {
        match self {
            Self::Company(tenant) => Some(tenant.company()),
            Self::Installation(_) => None,
        }
    }
}

/// Where a chain ends, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedHead {
    /// Its last link.
    pub head: Head,
    /// When that was made.
    pub at: Timestamp,
}

/// A link as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LinkRecord {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: Option<bson::Uuid>,
    seq: i64,
    prev: Binary,
    commitment: Binary,
    hash: Binary,
    entry: bson::Uuid,
    sealed_at: DateTime,
}

impl LinkRecord {
    pub(super) fn new(company: Option<CompanyId>, link: &Link, at: Timestamp) -> Self {
        let seq = value::signed(link.seq);
        Self {
            id: value::key(owner(company), &seq.to_be_bytes()),
            company_id: company.map(|company| value::uuid(company.uuid())),
            seq,
            prev: binary(&link.prev.bytes()),
            commitment: binary(&link.commitment.bytes()),
            hash: binary(&link.hash.bytes()),
            entry: value::uuid(link.entry.uuid()),
            sealed_at: value::date(at),
        }
    }

    pub(super) fn link(&self) -> Result<Link> {
        Ok(Link {
            seq: value::unsigned(self.seq, "audit link")?,
            entry: AuditEntryId::from_uuid(value::from_uuid(self.entry)),
            prev: hash(&self.prev)?,
            commitment: hash(&self.commitment)?,
            hash: hash(&self.hash)?,
        })
    }

    fn head(&self) -> Result<SealedHead> {
        let link = self.link()?;
        Ok(SealedHead {
            head: Head {
                seq: link.seq,
                hash: link.hash,
            },
            at: value::timestamp(self.sealed_at),
        })
    }
}

fn hash(bytes: &Binary) -> Result<Hash> {
    let bytes = bytes.bytes.as_slice().try_into();
    bytes
        .map(Hash::from_bytes)
        .map_err(|error| StoreError::corrupt("audit link", error))
}

/// What stands for no company in a key.
fn owner(company: Option<CompanyId>) -> Uuid {
    company.map_or(Uuid::nil(), CompanyId::uuid)
}

pub(super) fn links<T: Send + Sync>(store: &Store) -> Collection<T> {
    store.database().collection("audit_chain")
}

/// The log itself, of companies and of the installation.
pub(super) fn entries<T: Send + Sync>(store: &Store) -> Collection<T> {
    store.database().collection(COLLECTION)
}

/// `filter`, for the entries or links of this company, or of none.
pub(super) fn of(company: Option<CompanyId>, mut filter: Document) -> Document {
    let company = company.map(|company| value::uuid(company.uuid()));
    filter.insert(COMPANY, company);
    filter
}

/// All links of a chain, along their keys.
pub(super) fn all(company: Option<CompanyId>) -> Document {
    let (first, last) = value::keys(owner(company), TAIL);
    of(company, doc! { "_id": { "$gte": first, "$lte": last } })
}

/// The last link of a chain; `None` where it has none yet.
pub async fn head(store: &Store, of: ChainOf) -> Result<Option<SealedHead>> {
    let last = links::<LinkRecord>(store)
        .find_one(all(of.company()))
        .sort(doc! { "_id": -1 })
        .await?;
    last.map(|last| last.head()).transpose()
}
