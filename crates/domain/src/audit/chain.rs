//! The chain of the audit log: what makes a change of what was written down show.
//!
//! An entry is represented in its chain by a commitment, SHA-256 of a random salt and the entry's bytes. A link holds the
//! commitment, the hash of the link before it, and a hash over all of that. Entry and salt lie beside the chain: both
//! can be erased, and the links still verify. Without the salt nobody finds out by trying what an erased entry said.
//!
//! Invariant: the bytes of an entry are unambiguous. Every text and every list says its length first, so that no two
//! entries have the same bytes; a release that writes down more of an entry takes another [`FORM`].

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Actor, AuditEntry};
use crate::id::{AuditEntryId, CompanyId};

/// How an entry is written as bytes; stands before them.
const FORM: u8 = 1;
/// What is hashed, so that a hash of one thing is never one of another.
const COMMITMENT: &[u8] = b"kale audit commitment 1\0";
const LINK: &[u8] = b"kale audit link 1\0";
const BEGINNING: &[u8] = b"kale audit chain 1\0";

/// 32 random bytes of an entry.
pub type Salt = [u8; 32];

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// As it was kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As it is kept.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

/// In lower-case hexadecimal digits.
impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The text is no head of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number, a colon and 64 hexadecimal digits, such as `42:9f86…`")]
pub struct ParseHeadError;

/// Where a chain ends: how many links it has and the hash of the last. Noted elsewhere, it shows later that none of
/// them was changed or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last link, from 1.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seq, digits) = text.split_once(':').ok_or(ParseHeadError)?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or(ParseHeadError)?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ParseHeadError);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = digits.get(2 * at..2 * at + 2).ok_or(ParseHeadError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_digit| ParseHeadError)?;
        }
        Ok(Self {
            seq,
            hash: Hash(bytes),
        })
    }
}

/// What a chain says of an entry: SHA-256 of its salt and its bytes. `company` is `None` for what belongs to none.
#[must_use]
pub fn commitment(salt: &Salt, company: Option<CompanyId>, entry: &AuditEntry) -> Hash {
    Hash::of(&[COMMITMENT, salt, &bytes(company, entry)])
}

/// An entry as bytes.
#[must_use]
pub fn bytes(company: Option<CompanyId>, entry: &AuditEntry) -> Vec<u8> {
    let mut out = vec![FORM];
    put_id(&mut out, company.map(CompanyId::uuid));
    put_id(&mut out, Some(entry.id.uuid()));
    let (kind, actor) = match &entry.actor {
        Actor::User { id } => (1, Some(id.uuid())),
        Actor::ApiKey { id } => (2, Some(id.uuid())),
        Actor::System => (3, None),
        Actor::Erased => (4, None),
    };
    out.push(kind);
    put_id(&mut out, actor);
    put_text(&mut out, &entry.action.name());
    put_text(&mut out, &entry.target);
    put_map(&mut out, &entry.before);
    put_map(&mut out, &entry.after);
    for known in [&entry.request_id, &entry.ip, &entry.user_agent] {
        out.push(u8::from(known.is_some()));
        put_text(&mut out, known.as_deref().unwrap_or_default());
    }
    out.extend_from_slice(&entry.at.as_millisecond().to_be_bytes());
    out
}

fn put_id(out: &mut Vec<u8>, id: Option<Uuid>) {
    out.push(u8::from(id.is_some()));
    out.extend_from_slice(id.unwrap_or_default().as_bytes());
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    out.extend_from_slice(&length.to_be_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_map(out: &mut Vec<u8>, map: &BTreeMap<String, String>) {
    put_length(out, map.len());
    for (name, value) in map {
        put_text(out, name);
        put_text(out, value);
    }
}

/// A link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1.
    pub seq: u64,
    /// Which entry it stands for.
    pub entry: AuditEntryId,
    /// The hash of the link before it; of the first one, [`beginning`].
    pub prev: Hash,
    /// What it says of the entry.
    pub commitment: Hash,
    /// Over all of the above.
    pub hash: Hash,
}

/// What stands in place of a hash before the first link: another one for each company, so that no chain can be passed
/// off as another's.
#[must_use]
pub fn beginning(company: Option<CompanyId>) -> Hash {
    let mut id = Vec::with_capacity(17);
    put_id(&mut id, company.map(CompanyId::uuid));
    Hash::of(&[BEGINNING, &id])
}

/// The next link after `head`.
#[must_use]
pub fn link(company: Option<CompanyId>, head: Option<Head>, entry: AuditEntryId, commitment: Hash) -> Link {
    let seq = head.map_or(1, |head| head.seq.saturating_add(1));
    let prev = head.map_or_else(|| beginning(company), |head| head.hash);
    Link {
        seq,
        entry,
        prev,
        commitment,
        hash: hash(seq, prev, entry, commitment),
    }
}

fn hash(seq: u64, prev: Hash, entry: AuditEntryId, commitment: Hash) -> Hash {
    Hash::of(&[
        LINK,
        &seq.to_be_bytes(),
        &prev.0,
        entry.uuid().as_bytes(),
        &commitment.0,
    ])
}

/// What is wrong in a chain, by itself or with the entries it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Links are missing.
    Gap {
        /// The first that is missing.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// A link's hash is not that of what it holds.
    Rewritten {
        /// Which link.
        seq: u64,
        /// For which entry it stands now.
        entry: AuditEntryId,
    },
    /// A link does not hold the hash of the one before it.
    Unlinked {
        /// Which link.
        seq: u64,
        /// For which entry it stands.
        entry: AuditEntryId,
    },
    /// An entry is not what it was when its link was made.
    Changed {
        /// Which link.
        seq: u64,
        /// Which entry.
        entry: AuditEntryId,
    },
    /// A link stands for an entry that is not there.
    Missing {
        /// Which link.
        seq: u64,
        /// Which entry.
        entry: AuditEntryId,
    },
    /// An entry was erased, and no entry tells of it.
    Untold {
        /// Which link.
        seq: u64,
        /// Which entry.
        entry: AuditEntryId,
    },
    /// An entry says that it has a link, and no link stands for it.
    Unknown {
        /// Which entry.
        entry: AuditEntryId,
    },
    /// An entry has waited too long for its link.
    Unsealed {
        /// Which entry.
        entry: AuditEntryId,
    },
    /// The chain ends before the link that was noted.
    Truncated {
        /// The number that was noted.
        expected: u64,
        /// Where the chain ends.
        found: u64,
    },
    /// The link that was noted is another one now.
    OtherHead {
        /// Its number.
        seq: u64,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gap { from, to } if from == to => write!(f, "link {from} is missing"),
            Self::Gap { from, to } => write!(f, "links {from} to {to} are missing"),
            Self::Rewritten { seq, entry } => {
                write!(
                    f,
                    "link {seq} ({entry}) was rewritten: its hash is not that of what it holds"
                )
            }
            Self::Unlinked { seq, entry } => {
                write!(f, "link {seq} ({entry}) does not follow the one before it")
            }
            Self::Changed { seq, entry } => write!(f, "entry {seq} ({entry}) was changed"),
            Self::Missing { seq, entry } => write!(f, "entry {seq} ({entry}) is missing"),
            Self::Untold { seq, entry } => {
                write!(f, "entry {seq} ({entry}) was erased, and no entry tells of it")
            }
            Self::Unknown { entry } => write!(f, "entry {entry} is unknown to the chain"),
            Self::Unsealed { entry } => write!(f, "entry {entry} has waited too long for its link"),
            Self::Truncated { expected, found } => {
                write!(
                    f,
                    "the chain ends at {found}, but link {expected} was there before"
                )
            }
            Self::OtherHead { seq } => write!(f, "link {seq} is not the one that was noted"),
        }
    }
}

/// Walks a chain link by link, in order, and says what is wrong with it by itself.
#[derive(Debug, Clone)]
pub struct Walk {
    company: Option<CompanyId>,
    head: Option<Head>,
    expected: Option<Head>,
}

impl Walk {
    /// Before the first link. `expected` is a head that was noted once.
    #[must_use]
    pub const fn new(company: Option<CompanyId>, expected: Option<Head>) -> Self {
        Self {
            company,
            head: None,
            expected,
        }
    }

    /// The last link so far.
    #[must_use]
    pub const fn head(&self) -> Option<Head> {
        self.head
    }

    /// Goes on to the next link. After a flaw it goes on from what the link says, so that one fault is told once.
    pub fn step(&mut self, next: &Link) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let (seq, entry) = (next.seq, next.entry);
        let due = self.head.map_or(1, |head| head.seq.saturating_add(1));
        if seq > due {
            flaws.push(Flaw::Gap {
                from: due,
                to: seq - 1,
            });
        } else {
            let prev = self
                .head
                .map_or_else(|| beginning(self.company), |head| head.hash);
            if seq < due || next.prev != prev {
                flaws.push(Flaw::Unlinked { seq, entry });
            }
        }
        if next.hash != hash(seq, next.prev, entry, next.commitment) {
            flaws.push(Flaw::Rewritten { seq, entry });
        }
        let head = Head { seq, hash: next.hash };
        if self
            .expected
            .is_some_and(|expected| expected.seq == seq && expected != head)
        {
            flaws.push(Flaw::OtherHead { seq });
        }
        self.head = Some(head);
        flaws
    }

    /// After the last link.
    #[must_use]
    pub fn end(&self) -> Option<Flaw> {
        let found = self.head.map_or(0, |head| head.seq);
        let expected = self.expected?.seq;
        (found < expected).then_some(Flaw::Truncated { expected, found })
    }
}

#[cfg(test)]
mod tests;
