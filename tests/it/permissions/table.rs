//! What the table of permissions says about one operation and one caller.

use std::collections::BTreeSet;

use kale_domain::access::{Permission, Role};
use kale_testkit::Operation;
use kale_web::permission::{PUBLIC, SIGNED_IN, SUBSCRIBER};

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Without a credential.
    Nobody,
    /// A person, in a company or in none.
    Person { role: Role, in_company: bool },
    /// A program whose key holds these.
    Key(BTreeSet<Permission>),
}

/// What they should meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Anything but 401 and 403.
    Allowed,
    /// 401.
    Unauthenticated,
    /// 403 that names the permission.
    Lacks(Permission),
    /// 403 with this code.
    Refused(&'static str),
}

/// What the table says.
pub(crate) fn expected(operation: &Operation, who: &Who) -> Cell {
    let named = operation.permission.as_deref().unwrap();
    if named == PUBLIC {
        return Cell::Allowed;
    }
    // Everybody here holds a credential of another kind.
    if *who == Who::Nobody || named == SUBSCRIBER {
        return Cell::Unauthenticated;
    }
    if named == SIGNED_IN {
        let program = matches!(who, Who::Key(_));
        return if program && operation.people_only {
            Cell::Refused("people-only")
        } else {
            Cell::Allowed
        };
    }
    let permission = *Permission::ALL.iter().find(|one| one.name() == named).unwrap();
    let (may, in_company) = match who {
        Who::Nobody => (false, false),
        Who::Person { role, in_company } => (permission.allows(*role), *in_company),
        Who::Key(held) => (held.contains(&permission), true),
    };
    // What belongs to no company, and a company's own page, are there for Kale admins outside of any.
    let outside = permission == Permission::ManageInstallation || operation.id == "read_company";
    match (may, in_company || outside) {
        (false, _) => Cell::Lacks(permission),
        (true, false) => Cell::Refused("choose-a-company"),
        (true, true) => Cell::Allowed,
    }
}
