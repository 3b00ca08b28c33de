//! Where sealed values stand.

use kale_domain::id::CompanyId;
use uuid::Uuid;

use super::Place;

/// A field of the database that holds sealed values. There is no other way to a [`Place`]: whoever seals something new
/// names it here, and so a rotation of keys reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What a sign-in through a provider needs when it comes back.
    IdentityAttempt,
    /// What refreshes a session at a provider.
    IdentityRefreshToken,
    /// A mail that is kept for a developer.
    KeptMail,
    /// A mail that waits to be sent.
    OutboxMail,
    /// A secret that signs tokens of subscribers.
    ViewerSecret,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::IdentityAttempt,
        Self::IdentityRefreshToken,
        Self::KeptMail,
        Self::OutboxMail,
        Self::ViewerSecret,
    ];

    /// The collection.
    #[must_use]
    pub const fn collection(self) -> &'static str {
        match self {
            Self::IdentityAttempt => "identity_attempts",
            Self::IdentityRefreshToken => "identity_sessions",
            Self::KeptMail => "kept_mails",
            Self::OutboxMail => "outbox",
            Self::ViewerSecret => "viewer_secrets",
        }
    }

    /// The name of the field in a document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeptMail => "letter",
            Self::IdentityAttempt | Self::OutboxMail => "content",
            Self::IdentityRefreshToken => "refresh_token",
            Self::ViewerSecret => "secret",
        }
    }

    /// The field of a company's document. `document` is the document's id: the bytes of a UUID, or a natural key.
    pub fn of(self, company: CompanyId, document: &(impl AsRef<[u8]> + ?Sized)) -> Place<'_> {
        Place::new(company, document, self.name())
    }

    /// The field of a document that belongs to no company.
    pub fn of_installation(self, document: &(impl AsRef<[u8]> + ?Sized)) -> Place<'_> {
        self.of(CompanyId::from_uuid(Uuid::nil()), document)
    }
}
