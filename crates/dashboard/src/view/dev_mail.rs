//! Mails that are kept in place of being sent.

use askama::Template;

use super::shell::Plain;

/// One mail of the list.
#[derive(Debug)]
pub struct MailRow {
    /// Where it is shown.
    pub href: String,
    /// What it is about.
    pub subject: String,
    /// Who it is to.
    pub to: String,
    /// When.
    pub at: String,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "dev_mail/list.html")]
pub struct MailboxPage {
    /// Title, theme.
    pub plain: Plain,
    /// Newest first.
    pub mails: Vec<MailRow>,
}

/// One mail.
#[derive(Debug, Template)]
#[template(path = "dev_mail/mail.html")]
pub struct MailPage {
    /// Title, theme.
    pub plain: Plain,
    /// What it is about.
    pub subject: String,
    /// Who it is from.
    pub from: String,
    /// Who it is to.
    pub to: String,
    /// When.
    pub at: String,
    /// Where its HTML is, for the frame.
    pub html: String,
    /// What it says without HTML.
    pub text: String,
}
