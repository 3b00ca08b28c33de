//! An authenticated caller: a person or a program.

use std::sync::Arc;

use kale_domain::{
    access::Permission,
    audit::{Actor, AuditAction, AuditEntry},
    company::Company,
    id::{AuditEntryId, SignInId, UserId},
    user::User,
};
use kale_persistence::{
    Installation, Reach, Tenant, Tx,
    access::{KeyHolder, Presence},
};

/// Who is calling.
#[derive(Debug, Clone)]
pub enum Who {
    /// A person who is signed in.
    Person(Arc<Presence>),
    /// A program that holds a key.
    Program(Arc<KeyHolder>),
}

/// The request that something came with, for the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Its id.
    pub request_id: Option<String>,
    /// The address it came from.
    pub ip: Option<String>,
    /// What program sent it, as it calls itself.
    pub user_agent: Option<String>,
}

impl Provenance {
    /// An entry of the audit log about something that came with this request; with none, where no request brought it.
    #[must_use]
    pub fn entry(
        &self,
        tx: &Tx,
        actor: Actor,
        action: AuditAction,
        target: impl std::fmt::Display,
    ) -> AuditEntry {
        AuditEntry {
            id: AuditEntryId::from_uuid(tx.fresh_id()),
            actor,
            action,
            target: target.to_string(),
            before: std::collections::BTreeMap::new(),
            after: std::collections::BTreeMap::new(),
            request_id: self.request_id.clone(),
            ip: self.ip.clone(),
            user_agent: self.user_agent.clone(),
            at: tx.now(),
        }
    }

    /// What the client calls itself, as a sign-in shows it; empty where it says nothing.
    pub(crate) fn device(&self) -> &str {
        self.user_agent.as_deref().unwrap_or_default()
    }
}

/// An authenticated caller and the request it came with.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// With which request.
    pub provenance: Provenance,
}

impl Caller {
    /// Whether it may do that.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match &self.who {
            Who::Person(presence) => presence.may(permission),
            Who::Program(holder) => holder.key.permissions.contains(&permission),
        }
    }

    /// The customers it reaches; `None` for a Kale admin who is in no company.
    #[must_use]
    pub fn reach(&self) -> Option<Reach> {
        match &self.who {
            Who::Person(presence) => presence.reach(),
            Who::Program(holder) => Some(holder.reach()),
        }
    }

    /// Its company's data.
    #[must_use]
    pub fn tenant(&self) -> Option<Tenant> {
        self.reach().map(Reach::tenant)
    }

    /// The company it works in.
    #[must_use]
    pub fn company(&self) -> Option<&Company> {
        match &self.who {
            Who::Person(presence) => presence.company.as_ref(),
            Who::Program(holder) => Some(&holder.company),
        }
    }

    /// What belongs to no company, for Kale admins.
    #[must_use]
    pub fn installation(&self) -> Option<Installation> {
        match &self.who {
            Who::Person(presence) => presence.installation(),
            Who::Program(_) => None,
        }
    }

    /// The person, where it is one.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match &self.who {
            Who::Person(presence) => Some(presence.user.id),
            Who::Program(_) => None,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::Person(presence) => &presence.user.name,
            Who::Program(holder) => &holder.key.name,
        }
    }

    /// The sign-in it came with, where it is a person.
    #[must_use]
    pub fn sign_in(&self) -> Option<SignInId> {
        match &self.who {
            Who::Person(presence) => Some(presence.sign_in.id),
            Who::Program(_) => None,
        }
    }

    /// The Kale admin who sees what this person sees, and changes nothing meanwhile.
    #[must_use]
    pub fn impersonated_by(&self) -> Option<&User> {
        match &self.who {
            Who::Person(presence) => presence.impersonated_by.as_ref(),
            Who::Program(_) => None,
        }
    }

    /// How the audit log names it: whoever it really is.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Person(presence) => Actor::User {
                id: presence.sign_in.user,
            },
            Who::Program(holder) => Actor::ApiKey { id: holder.key.id },
        }
    }

    /// An entry of the audit log about something this caller does.
    #[must_use]
    pub fn entry(&self, tx: &Tx, action: AuditAction, target: impl std::fmt::Display) -> AuditEntry {
        self.provenance.entry(tx, self.actor(), action, target)
    }
}
