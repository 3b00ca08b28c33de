//! Who takes mails: a mail server, a developer, or nobody.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use kale_application::mail::{Delivery, KeptMails, Outbox, PostOffice};
use kale_config::{MailSettings, Settings, SmtpEncryption, SmtpSettings};
use kale_mailer::{Encryption, Sender, Smtp, SmtpServer, Transport};
use kale_persistence::{Store, access, seal::KeyRing};

/// Who kept mails are said to come from.
const KEPT_FROM: &str = "Kale <kale@kale.example>";

/// What the parts of a process need of mail.
#[derive(Debug)]
pub struct Mail {
    /// Where mails wait.
    pub outbox: Outbox,
    /// What the worker sends with.
    pub post: PostOffice,
    /// Those that are kept, where they are.
    pub kept: Option<KeptMails>,
}

/// Sets it up as the settings say. No mail server is spoken to yet.
pub fn open(settings: &Settings, store: &Store, ring: &Arc<KeyRing>) -> Result<Mail> {
    let kept = || KeptMails::new(store.clone(), Arc::clone(ring), access::operator());
    let (out, kept): (Option<(Arc<dyn Transport>, Sender)>, _) = match &settings.mail {
        MailSettings::Off => (None, None),
        MailSettings::Keep => (Some((Arc::new(kept()), KEPT_FROM.parse()?)), Some(kept())),
        MailSettings::Smtp(settings) => {
            let (server, sender) = smtp(settings)?;
            (Some((Arc::new(server), sender)), None)
        }
    };
    let delivery = if out.is_some() {
        Delivery::On
    } else {
        Delivery::Off
    };
    let base = settings.base_url.as_str();
    Ok(Mail {
        outbox: Outbox::new(
            store.clone(),
            Arc::clone(ring),
            access::operator(),
            base,
            delivery,
        ),
        post: PostOffice {
            store: store.clone(),
            ring: Arc::clone(ring),
            out,
        },
        kept,
    })
}

/// The mail server of the settings and who mails come from.
pub(crate) fn smtp(settings: &SmtpSettings) -> Result<(Smtp, Sender)> {
    let sender: Sender = settings.from.parse().context("KALE_MAIL_FROM can't be used")?;
    let server = SmtpServer {
        host: settings.url.host.clone(),
        port: settings.url.port,
        encryption: match settings.url.encryption {
            SmtpEncryption::Tls => Encryption::Tls,
            SmtpEncryption::StartTls => Encryption::StartTls,
            SmtpEncryption::Plain => Encryption::Plain,
        },
        credentials: settings.url.credentials.clone(),
    };
    let server = Smtp::new(&server, &sender).context("KALE_SMTP_URL can't be used")?;
    Ok((server, sender))
}

/// Says once, at the start of a process that people sign in to, what they will miss.
pub(crate) fn say_if_off(settings: &Settings) {
    if matches!(settings.mail, MailSettings::Off) {
        tracing::warn!(
            "no mail is sent, so nobody can sign in by mail: set KALE_SMTP_URL and KALE_MAIL_FROM, or make links with \
             `kale admin sign-in-link`"
        );
    }
}
