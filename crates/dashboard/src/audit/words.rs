//! What was done, in words.

use kale_domain::audit::AuditAction;

/// Everything that can have been done, in the order of the list.
pub(super) const ACTIONS: [AuditAction; 67] = [
    AuditAction::CompanyCreated,
    AuditAction::CompanyChanged,
    AuditAction::CompanySuspended,
    AuditAction::CompanyResumed,
    AuditAction::CompanyDeleted,
    AuditAction::CompanyPurged,
    AuditAction::CompanyEntered,
    AuditAction::CompanyLeft,
    AuditAction::UserCreated,
    AuditAction::UserChanged,
    AuditAction::UserInvited,
    AuditAction::UserInvitedAgain,
    AuditAction::UserJoined,
    AuditAction::InvitationRevoked,
    AuditAction::UserDeactivated,
    AuditAction::UserReactivated,
    AuditAction::UserDeleted,
    AuditAction::UserLeft,
    AuditAction::SignedIn,
    AuditAction::SignedOut,
    AuditAction::SignInRevoked,
    AuditAction::SignedOutEverywhere,
    AuditAction::RefreshTokenReused,
    AuditAction::ApiKeyCreated,
    AuditAction::ApiKeyRevoked,
    AuditAction::ApiKeyRotated,
    AuditAction::UploadReceived,
    AuditAction::UploadMapped,
    AuditAction::UploadImported,
    AuditAction::UploadUndone,
    AuditAction::UploadCancelled,
    AuditAction::CustomerCreated,
    AuditAction::CustomerChanged,
    AuditAction::CustomersExported,
    AuditAction::PersonasChanged,
    AuditAction::PersonaAssigned,
    AuditAction::PersonasReassigned,
    AuditAction::ExpertsAssigned,
    AuditAction::JobCancelled,
    AuditAction::ImpersonationStarted,
    AuditAction::ImpersonationEnded,
    AuditAction::JobRetried,
    AuditAction::SavedViewCreated,
    AuditAction::SavedViewChanged,
    AuditAction::SavedViewDeleted,
    AuditAction::ReasonCreated,
    AuditAction::ReasonChanged,
    AuditAction::OfferCreated,
    AuditAction::OfferChanged,
    AuditAction::WorkflowCreated,
    AuditAction::WorkflowChanged,
    AuditAction::WorkflowEdited,
    AuditAction::WorkflowPublished,
    AuditAction::WorkflowPaused,
    AuditAction::WorkflowResumed,
    AuditAction::WorkflowArchived,
    AuditAction::WorkflowRolledBack,
    AuditAction::ViewerSettingsChanged,
    AuditAction::ViewerSecretCreated,
    AuditAction::ViewerSecretRevoked,
    AuditAction::FiguresCounted,
    AuditAction::ViewerTokenMinted,
    AuditAction::AuditExported,
    AuditAction::AuditErased,
    AuditAction::KeysRotated,
    AuditAction::OrganizationLinked,
    AuditAction::CompanyWithoutAdmin,
];

/// After a name: `Ada Okafor changed the company`.
#[expect(clippy::too_many_lines, reason = "a table: one line an action")]
pub(super) const fn of(action: AuditAction) -> &'static str {
    match action {
        AuditAction::CompanyCreated
        | AuditAction::CustomerCreated
        | AuditAction::OfferCreated
        | AuditAction::WorkflowCreated => "created",
        AuditAction::CompanySuspended => "suspended",
        AuditAction::CompanyDeleted => "deleted the company",
        AuditAction::CompanyPurged => "purged all that belonged to",
        AuditAction::CompanyEntered => "entered",
        AuditAction::CompanyLeft => "left",
        AuditAction::UserCreated | AuditAction::ReasonCreated => "added",
        AuditAction::UserChanged
        | AuditAction::CustomerChanged
        | AuditAction::SavedViewChanged
        | AuditAction::ReasonChanged
        | AuditAction::OfferChanged => "changed",
        AuditAction::CompanyChanged | AuditAction::WorkflowChanged => "changed the settings of",
        AuditAction::WorkflowEdited => "edited",
        AuditAction::WorkflowPublished => "published",
        AuditAction::WorkflowPaused => "paused",
        AuditAction::CompanyResumed | AuditAction::WorkflowResumed => "resumed",
        AuditAction::WorkflowArchived => "archived",
        AuditAction::WorkflowRolledBack => "rolled back",
        AuditAction::UserInvited => "invited",
        AuditAction::UserInvitedAgain => "sent a new invitation to",
        AuditAction::UserJoined => "accepted the invitation of",
        AuditAction::InvitationRevoked => "took back the invitation of",
        AuditAction::UserDeactivated => "deactivated",
        AuditAction::UserReactivated => "reactivated",
        AuditAction::UserDeleted => "removed",
        AuditAction::UserLeft => "left for good:",
        AuditAction::SignedIn => "signed in",
        AuditAction::SignedOut => "signed out",
        AuditAction::SignInRevoked => "ended a sign-in",
        AuditAction::SignedOutEverywhere => "signed out everywhere",
        AuditAction::RefreshTokenReused => "lost a sign-in, since its refresh token was used twice:",
        AuditAction::ApiKeyCreated => "made the API key",
        AuditAction::ApiKeyRevoked => "revoked the API key",
        AuditAction::ApiKeyRotated => "replaced the API key",
        AuditAction::UploadReceived => "uploaded",
        AuditAction::UploadMapped => "mapped the columns of",
        AuditAction::UploadImported => "imported",
        AuditAction::UploadUndone => "took back the import of",
        AuditAction::UploadCancelled => "cancelled",
        AuditAction::CustomersExported | AuditAction::AuditExported => "exported",
        AuditAction::PersonasChanged => "saved",
        AuditAction::PersonaAssigned => "assigned a persona to",
        AuditAction::PersonasReassigned => "reassigned",
        AuditAction::ExpertsAssigned => "said who looks after",
        AuditAction::JobCancelled => "stopped",
        AuditAction::JobRetried => "tried again",
        AuditAction::ImpersonationStarted => "began to impersonate",
        AuditAction::ImpersonationEnded => "stopped impersonating",
        AuditAction::SavedViewCreated => "kept",
        AuditAction::SavedViewDeleted => "deleted",
        AuditAction::ViewerSettingsChanged => "changed the viewer settings of",
        AuditAction::ViewerSecretCreated => "made the viewer secret",
        AuditAction::ViewerSecretRevoked => "revoked the viewer secret",
        AuditAction::FiguresCounted => "had figures counted by",
        AuditAction::ViewerTokenMinted => "made a subscriber’s token for",
        AuditAction::AuditErased => "erased what was said in",
        AuditAction::KeysRotated => "sealed every secret anew with the key",
        AuditAction::OrganizationLinked => "linked the organization",
        AuditAction::CompanyWithoutAdmin => "left without an admin",
    }
}

/// What the filter calls it: it stands alone there.
pub(super) fn alone(action: AuditAction) -> String {
    let words = action.name().replace('_', " ").replace("api key", "API key");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name() {
        for action in ACTIONS {
            assert_eq!(AuditAction::named(&action.name()), Some(action));
            assert!(!of(action).is_empty());
        }
        assert_eq!(AuditAction::named("company_flown"), None);
        assert_eq!(alone(AuditAction::ApiKeyCreated), "API key created");
    }
}
