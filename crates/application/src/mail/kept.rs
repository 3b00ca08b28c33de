//! Mails that are kept in place of being sent, for a developer or a demo on one machine.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;
use kale_mailer::{Letter, SendError, Transport};
use kale_persistence::{
    Installation, Store,
    kept_mails::{self, Kept},
    seal::{KeyRing, SealError},
};
use serde::{Deserialize, Serialize};

/// Keeps mails, and shows them to whoever asks: only for a server that nobody but its developer reaches.
#[derive(Debug, Clone)]
pub struct KeptMails {
    store: Store,
    ring: Arc<KeyRing>,
    installation: Installation,
}

/// A mail that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLetter {
    /// Its name, for addresses: 32 hexadecimal digits.
    pub name: String,
    /// Who it is from.
    pub from: String,
    /// Who it is to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// For programs that show HTML.
    pub html: String,
    /// For those that don't.
    pub text: String,
    /// When it was kept.
    pub at: Timestamp,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Words {
    from: String,
    to: String,
    subject: String,
    html: String,
    text: String,
}

impl KeptMails {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store, ring: Arc<KeyRing>, installation: Installation) -> Self {
        Self {
            store,
            ring,
            installation,
        }
    }

    /// The newest ones, newest first.
    pub async fn list(&self) -> Result<Vec<KeptLetter>, SealError> {
        let kept = kept_mails::list(&self.store, self.installation, &self.ring).await?;
        Ok(kept.into_iter().map(read).collect())
    }

    /// The one of that name.
    pub async fn get(&self, name: &str) -> Result<Option<KeptLetter>, SealError> {
        let kept = kept_mails::get(&self.store, self.installation, &self.ring, name).await?;
        Ok(kept.map(read))
    }

    async fn keep(&self, letter: &Letter, at: Timestamp) -> Result<(), SealError> {
        let words = Words {
            from: letter.from.to_string(),
            to: letter.to.to_string(),
            subject: letter.subject.clone(),
            html: letter.html.clone(),
            text: letter.text.clone(),
        };
        let name = letter.id.name();
        kept_mails::keep(&self.store, self.installation, &self.ring, name, &words, at).await
    }
}

impl Transport for KeptMails {
    fn send<'a>(&'a self, letter: &'a Letter, at: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        async move {
            self.keep(letter, at).await.map_err(|error| SendError::NotNow {
                reason: format!("the mail can't be kept: {error}"),
            })
        }
        .boxed()
    }
}

fn read(kept: Kept<Words>) -> KeptLetter {
    let words = kept.letter;
    KeptLetter {
        name: kept.name,
        from: words.from,
        to: words.to,
        subject: words.subject,
        html: words.html,
        text: words.text,
        at: kept.at,
    }
}
