//! Who may do what: one table, Permission × Role.

use serde::{Deserialize, Serialize};

/// The part somebody plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation; acts inside a company only while switched into it.
    KaleAdmin,
    /// Owns one company.
    RetentionAdmin,
    /// Looks after the customers assigned to them.
    RetentionExpert,
}

impl Role {
    /// Those that people of a company may give: a Kale admin is made by whoever runs the installation.
    pub const OF_COMPANIES: [Self; 2] = [Self::RetentionAdmin, Self::RetentionExpert];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KaleAdmin => "kale_admin",
            Self::RetentionAdmin => "retention_admin",
            Self::RetentionExpert => "retention_expert",
        }
    }

    /// All of them, most powerful first.
    pub const ALL: [Self; 3] = [Self::KaleAdmin, Self::RetentionAdmin, Self::RetentionExpert];

    /// The word for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::KaleAdmin => "Kale admin",
            Self::RetentionAdmin => "Retention admin",
            Self::RetentionExpert => "Retention expert",
        }
    }
}

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $wire:literal: $($role:ident)|+, $key:literal;)+) => {
        /// One thing that may be allowed. API keys hold a set of these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$meta])* #[serde(rename = $wire)] $name,)+
        }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }

            /// The roles that have it.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),+]),+ }
            }

            /// Whether an API key may hold it.
            #[must_use]
            pub const fn grantable_to_keys(self) -> bool {
                match self { $(Self::$name => $key),+ }
            }
        }
    };
}

permissions! {
    /// See and change what belongs to no company.
    ManageInstallation = "installation.manage": KaleAdmin, false;
    /// See the company's name and settings.
    ReadCompany = "company.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Change the company's settings.
    ManageCompany = "company.manage": KaleAdmin | RetentionAdmin, false;
    /// See who is in the company.
    ReadUsers = "users.read": KaleAdmin | RetentionAdmin, true;
    /// Invite people, change what they may do, and remove them.
    ManageUsers = "users.manage": KaleAdmin | RetentionAdmin, false;
    /// See, make and revoke API keys.
    ManageApiKeys = "api_keys.manage": KaleAdmin | RetentionAdmin, false;
    /// Read the audit log.
    ReadAudit = "audit.read": KaleAdmin | RetentionAdmin, true;
    /// See uploaded files, their mapping and report.
    ReadUploads = "uploads.read": KaleAdmin | RetentionAdmin, true;
    /// Upload, map, import and undo files.
    ManageUploads = "uploads.manage": KaleAdmin | RetentionAdmin, true;
    /// See customers (an expert: the assigned ones).
    ReadCustomers = "customers.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Create and change customers.
    WriteCustomers = "customers.write": KaleAdmin | RetentionAdmin, true;
    /// Take customers out as a file.
    ExportCustomers = "customers.export": KaleAdmin | RetentionAdmin, true;
    /// Keep views of the customer list.
    UseSavedViews = "saved_views.use": KaleAdmin | RetentionAdmin | RetentionExpert, false;
    /// See personas and their rules.
    ReadPersonas = "personas.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Change persona rules.
    ManagePersonas = "personas.manage": KaleAdmin | RetentionAdmin, true;
    /// Put customers into personas by hand and start assignments.
    AssignPersonas = "personas.assign": KaleAdmin | RetentionAdmin, true;
    /// Say who looks after which customer.
    AssignExperts = "experts.assign": KaleAdmin | RetentionAdmin, true;
    /// See the catalogue of reasons.
    ReadReasons = "reasons.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Add, change and archive reasons.
    ManageReasons = "reasons.manage": KaleAdmin | RetentionAdmin, true;
    /// See offers.
    ReadOffers = "offers.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Make, change and archive offers.
    ManageOffers = "offers.manage": KaleAdmin | RetentionAdmin, true;
    /// See templates, workflows and their versions.
    ReadWorkflows = "workflows.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Make, edit, publish, pause and archive workflows.
    ManageWorkflows = "workflows.manage": KaleAdmin | RetentionAdmin, true;
    /// See and change how subscribers see their flow.
    ManageViewer = "viewer.manage": KaleAdmin | RetentionAdmin, true;
    /// See, make and revoke the secrets that sign tokens of subscribers.
    ManageViewerSecrets = "viewer_secrets.manage": KaleAdmin | RetentionAdmin, false;
    /// Make tokens of subscribers.
    MintViewerTokens = "viewer_tokens.mint": KaleAdmin | RetentionAdmin, true;
    /// See sessions (an expert: those of the assigned customers).
    ReadSessions = "sessions.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// See what is told of subscribers (an expert: of the assigned customers).
    ReadEvents = "events.read": KaleAdmin | RetentionAdmin | RetentionExpert, true;
    /// Tell what customers do.
    WriteEvents = "events.write": KaleAdmin | RetentionAdmin, true;
    /// See figures.
    ReadAnalytics = "analytics.read": KaleAdmin | RetentionAdmin, true;
    /// Have figures counted anew and checked.
    ManageAnalytics = "analytics.manage": KaleAdmin | RetentionAdmin, true;
    /// See background work.
    ReadJobs = "jobs.read": KaleAdmin | RetentionAdmin, true;
    /// Cancel and retry background work.
    ManageJobs = "jobs.manage": KaleAdmin | RetentionAdmin, true;
}

impl Permission {
    /// Whether that role has it.
    #[must_use]
    pub fn allows(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kale_admin_may_do_everything() {
        assert!(Permission::ALL.iter().all(|p| p.allows(Role::KaleAdmin)));
    }

    #[test]
    fn an_expert_has_no_more_than_an_admin() {
        for permission in Permission::ALL {
            assert!(
                !permission.allows(Role::RetentionExpert) || permission.allows(Role::RetentionAdmin),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn no_key_may_make_keys_or_reach_the_installation() {
        assert!(!Permission::ManageApiKeys.grantable_to_keys());
        assert!(!Permission::ManageUsers.grantable_to_keys());
        assert!(!Permission::ManageInstallation.grantable_to_keys());
    }
}
