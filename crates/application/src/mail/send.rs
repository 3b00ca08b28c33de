//! Sending what waits.

use std::sync::Arc;

use jiff::Timestamp;
use kale_domain::{company::CompanyStatus, email::Email, sign_in::LINK};
use kale_jobs::{Job, JobError, Lease};
use kale_mailer::{Code, Letter, LetterError, Link, Mail, SendError, Sender, SignIn, Transport};
use kale_persistence::{
    Store, Tx, access, companies, outbox,
    seal::{KeyRing, SealError},
    sign_ins::{self, Browser},
};
use serde::{Deserialize, Serialize};

use super::outbox::Content;

/// Sends what waits under this job's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMail {
    /// Names the mail.
    pub key: String,
}

impl Job for SendMail {
    const KIND: &'static str = "mail";
    /// Over four hours of a mail server that does not answer.
    const MAX_ATTEMPTS: u32 = 24;
    const HOUSEKEEPING: bool = true;
}

/// What sending stands on.
#[derive(Debug, Clone)]
pub struct PostOffice {
    /// Where mails wait.
    pub store: Store,
    /// What they are sealed with.
    pub ring: Arc<KeyRing>,
    /// Who takes them, and who they come from; `None` where nobody is set up.
    pub out: Option<(Arc<dyn Transport>, Sender)>,
}

/// Runs [`SendMail`].
pub async fn send_mail(post: &PostOffice, job: SendMail, lease: &Lease) -> Result<(), JobError> {
    let Some((transport, sender)) = &post.out else {
        return Err(JobError::retry(
            "this worker has no mail server; set KALE_SMTP_URL for it, too",
        ));
    };
    let mut mails = post.ready(&job.key, lease).await?;
    while let Some((key, mail)) = mails.first() {
        lease.check()?;
        let now = post.store.now();
        if mail.expires_at() <= now {
            return Err(JobError::fail("its link ended before a mail server took it"));
        }
        let letter = Letter::write(mail, key, sender).map_err(unwritten)?;
        transport.send(&letter, now).await.map_err(unsent)?;
        mails.remove(0);
        if !mails.is_empty() {
            post.keep(&mails, lease).await?;
        }
    }
    // Between the server's yes and this write the process may be killed: then the mail is sent again, under its name.
    post.within(lease, async |tx| {
        outbox::erase(&post.store, tx, lease.fence()).await?;
        Ok(lease.complete_in(tx).await?)
    })
    .await
}

impl PostOffice {
    /// The mails that were not sent yet.
    async fn ready(&self, key: &str, lease: &Lease) -> Result<Vec<(String, Mail)>, JobError> {
        let found = outbox::read(&self.store, &self.ring, lease.fence()).await?;
        let content = found.ok_or_else(|| JobError::fail("its link ended before a mail server took it"))?;
        match content {
            Content::Ready { mails } => Ok(mails),
            Content::Asked { email, browser, base } => {
                // Kept before the first is sent, so that another try sends the same links.
                let mails = self.links(key, lease, &email, &browser, &base).await?;
                self.keep(&mails, lease).await?;
                Ok(mails)
            }
        }
    }

    /// A mail for every account of that address; none where nobody has it.
    async fn links(
        &self,
        key: &str,
        lease: &Lease,
        email: &Email,
        browser: &Browser,
        base: &str,
    ) -> Result<Vec<(String, Mail)>, JobError> {
        let installation = lease.installation()?;
        let mut mails = Vec::new();
        for user in access::by_email(&self.store, email).await? {
            let company = match user.company {
                None => None,
                Some(id) => match companies::enter(&self.store, installation, id).await? {
                    Some((_, company)) if company.status == CompanyStatus::Active => Some(company.name),
                    // It lets nobody in.
                    _ => continue,
                },
            };
            let expires_at = self.store.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
            let minted = sign_ins::mint_link(&self.store, user.id, Some(browser)).await?;
            let mail = Mail::SignIn(SignIn {
                // As it is kept, not as it was typed.
                to: user.email,
                company,
                link: Link::new(format!("{base}/sign-in/link/{}", minted.token.reveal())),
                code: minted.code.map(|code| Code::new(code.reveal().to_owned())),
                expires_at,
            });
            mails.push((format!("{key}:{}", user.id), mail));
        }
        Ok(mails)
    }

    /// Writes down what is still to be sent.
    async fn keep(&self, mails: &[(String, Mail)], lease: &Lease) -> Result<(), JobError> {
        let content = Content::Ready {
            mails: mails.to_vec(),
        };
        self.within(lease, async |tx| {
            lease.hold(tx).await?;
            outbox::replace(&self.store, tx, &self.ring, lease.fence(), &content).await
        })
        .await
    }

    /// A transaction of whoever the job belongs to.
    async fn within(
        &self,
        lease: &Lease,
        work: impl AsyncFnMut(&mut Tx) -> Result<(), SealError>,
    ) -> Result<(), JobError> {
        let done = match lease.tenant() {
            Ok(tenant) => self.store.transaction(tenant, work).await,
            Err(_of_the_installation) => {
                let installation = lease.installation()?;
                self.store.installation_transaction(installation, work).await
            }
        };
        Ok(done?)
    }
}

fn unwritten(error: LetterError) -> JobError {
    JobError::fail(error)
}

fn unsent(error: SendError) -> JobError {
    match error {
        SendError::NotNow { .. } => JobError::retry(error),
        SendError::Refused { .. } | SendError::Unsendable(_) => JobError::fail(error),
    }
}
