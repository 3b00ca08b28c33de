//! What waits to be sent.

use std::sync::Arc;

use jiff::Timestamp;
use kale_domain::{email::Email, id::JobId, sign_in::LINK};
use kale_jobs::Job as _;
use kale_mailer::{Link, Mail};
use kale_persistence::{
    Installation, Store, Tx,
    jobs::Enqueued,
    outbox,
    seal::{KeyRing, SealError},
    sign_ins::Browser,
};
use serde::{Deserialize, Serialize};

use super::SendMail;

/// Whether anybody takes mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server does, or they are kept.
    On,
    /// Nobody does: nothing is put into the outbox.
    Off,
}

/// Takes mails inside any transaction. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbox {
    store: Store,
    ring: Arc<KeyRing>,
    installation: Installation,
    base: Arc<str>,
    delivery: Delivery,
}

/// What is kept, sealed, until it is sent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Content {
    /// Somebody asked for a link. Whether anybody has that address is found out by the job, so that asking takes the
    /// same for all.
    Asked {
        /// Who they say they are.
        email: Email,
        /// Which browser the links will work in.
        browser: Browser,
        /// Where this installation is reached.
        base: String,
    },
    /// Mails, each with the key that names it.
    Ready {
        /// Those that were not sent yet.
        mails: Vec<(String, Mail)>,
    },
}

impl Outbox {
    /// The outbox of an installation that is reached there.
    #[must_use]
    pub fn new(
        store: Store,
        ring: Arc<KeyRing>,
        installation: Installation,
        base: &str,
        delivery: Delivery,
    ) -> Self {
        Self {
            store,
            ring,
            installation,
            base: base.trim_end_matches('/').into(),
            delivery,
        }
    }

    /// Whether anybody takes mails.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// The whole address of a path of this installation that begins with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> Link {
        Link::new(format!("{}{path}", self.base))
    }

    /// Has a mail sent when the transaction has committed; answers its job, `None` where no mail is sent at all.
    ///
    /// The key names the mail: while one of that key waits, a second is not made, and two of one key have the same
    /// Message-ID, so that mail programs show one. A mail that is to be sent again needs another key.
    pub async fn enqueue(&self, tx: &mut Tx, key: &str, mail: Mail) -> Result<Option<JobId>, SealError> {
        let expires_at = mail.expires_at();
        let content = Content::Ready {
            mails: vec![(key.to_owned(), mail)],
        };
        self.put(tx, key, &content, expires_at).await
    }

    /// Has sign-in links sent to whoever has that address, for that browser. Does the same where nobody has it.
    pub(crate) async fn ask_for_links(&self, email: &Email, nonce: &str) -> Result<(), SealError> {
        if self.delivery == Delivery::Off {
            return Ok(());
        }
        let content = Content::Asked {
            email: email.clone(),
            browser: Browser::of(nonce),
            base: self.base.to_string(),
        };
        let key = format!("sign_in:{}", self.store.fresh_id());
        let expires_at = self.store.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
        self.store
            .installation_transaction(self.installation, async |tx| {
                self.put(tx, &key, &content, expires_at).await.map(drop)
            })
            .await
    }

    async fn put(
        &self,
        tx: &mut Tx,
        key: &str,
        content: &Content,
        expires_at: Timestamp,
    ) -> Result<Option<JobId>, SealError> {
        if self.delivery == Delivery::Off {
            return Ok(None);
        }
        let job = SendMail { key: key.to_owned() };
        let job = match tx.company() {
            Some(company) => job.of(company)?,
            None => job.of_installation()?,
        };
        Ok(Some(match tx.enqueue(job.unless_active(key)).await? {
            Enqueued::Existing(id) => id,
            Enqueued::New(id) => {
                outbox::put(&self.store, tx, &self.ring, id, content, expires_at).await?;
                id
            }
        }))
    }
}
