//! A mail in words: as HTML and as plain text, with everything that goes into its head.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use kale_domain::{access::Role, email::Email, sign_in::LINK};
use lettre::{
    Message,
    message::{Mailbox, MultiPart, SinglePart, header::ContentType},
};

use crate::{Code, Invitation, Mail, MessageId, SendError, Sender, SignIn};

/// A mail that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name among letters.
    pub id: MessageId,
    /// Who it is from.
    pub from: Sender,
    /// Who it is to.
    pub to: Email,
    /// What it is about.
    pub subject: String,
    /// For programs that show HTML.
    pub html: String,
    /// For those that don't.
    pub text: String,
}

/// Why a mail has no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A name has a line break or another control character, which could end a line of the mail's head.
    #[error("a name in the mail has a line break or another control character")]
    NotOneLine,
    /// The template failed.
    #[error("the mail could not be written")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "email/sign_in.html")]
struct SignInHtml<'a> {
    subject: &'a str,
    preview: String,
    button: &'static str,
    place: &'a str,
    link: &'a str,
    code: Option<&'a str>,
    valid_for: &'a str,
}

#[derive(Template)]
#[template(path = "email/sign_in.txt")]
struct SignInText<'a> {
    place: &'a str,
    link: &'a str,
    code: Option<&'a str>,
    valid_for: &'a str,
}

#[derive(Template)]
#[template(path = "email/invitation.html")]
struct InvitationHtml<'a> {
    subject: &'a str,
    preview: String,
    button: &'static str,
    company: &'a str,
    invited_by: &'a str,
    role: &'static str,
    link: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "email/invitation.txt")]
struct InvitationText<'a> {
    company: &'a str,
    invited_by: &'a str,
    role: &'static str,
    link: &'a str,
    until: &'a str,
}

impl Letter {
    /// Writes a mail out. `key` names it: the same key makes the same Message-ID.
    pub fn write(mail: &Mail, key: &str, from: &Sender) -> Result<Self, LetterError> {
        let (subject, html, text) = match mail {
            Mail::SignIn(mail) => sign_in(mail)?,
            Mail::Invitation(mail) => invitation(mail)?,
        };
        Ok(Self {
            id: MessageId::of(key, from),
            from: from.clone(),
            to: mail.to().clone(),
            subject,
            html,
            text,
        })
    }

    /// As mail programs exchange it. The boundary of its parts comes from its name, so that it is the same each time.
    pub(crate) fn message(&self, at: Timestamp) -> Result<Message, SendError> {
        let to: Mailbox = match self.to.as_str().parse() {
            Ok(to) => to,
            Err(_repeats_it) => return Err(SendError::Unsendable("mail servers don't take this address")),
        };
        let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
        let parts = MultiPart::alternative()
            .boundary(self.id.name())
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        let built = Message::builder()
            .message_id(Some(self.id.to_string()))
            .date(at.into())
            .from(self.from.mailbox().clone())
            .to(to)
            .subject(self.subject.as_str())
            .multipart(parts);
        match built {
            Ok(message) => Ok(message),
            Err(_repeats_it) => Err(SendError::Unsendable("no mail can be made of this address")),
        }
    }
}

type Words = (String, String, String);

fn sign_in(mail: &SignIn) -> Result<Words, LetterError> {
    let place = mail.company.as_deref().unwrap_or("Kale");
    one_line(place)?;
    let subject = format!("Sign in to {place}");
    let valid_for = format!("{} minutes", LINK.as_mins());
    let link = mail.link.reveal();
    let code = mail.code.as_ref().map(Code::reveal);
    let html = SignInHtml {
        subject: &subject,
        preview: format!("The link works once, for {valid_for}."),
        button: "Sign in",
        place,
        link,
        code,
        valid_for: &valid_for,
    };
    let text = SignInText {
        place,
        link,
        code,
        valid_for: &valid_for,
    };
    let (html, text) = (html.render()?, text.render()?);
    Ok((subject, html, text))
}

fn invitation(mail: &Invitation) -> Result<Words, LetterError> {
    let (company, invited_by) = (mail.company.as_str(), mail.invited_by.as_str());
    one_line(company)?;
    one_line(invited_by)?;
    let subject = format!("{invited_by} invites you to {company}");
    let until = day(mail.expires_at, &mail.time_zone);
    let role = part_played(mail.role);
    let link = mail.link.reveal();
    let html = InvitationHtml {
        subject: &subject,
        preview: format!("As {role}, until {until}."),
        button: "Accept the invitation",
        company,
        invited_by,
        role,
        link,
        until: &until,
    };
    let text = InvitationText {
        company,
        invited_by,
        role,
        link,
        until: &until,
    };
    let (html, text) = (html.render()?, text.render()?);
    Ok((subject, html, text))
}

/// What goes into the head of a mail, or near it, is one line.
fn one_line(name: &str) -> Result<(), LetterError> {
    if name.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(LetterError::NotOneLine);
    }
    Ok(())
}

/// A role inside a sentence: `a retention expert`.
const fn part_played(role: Role) -> &'static str {
    match role {
        Role::KaleAdmin => "a Kale admin",
        Role::RetentionAdmin => "a retention admin",
        Role::RetentionExpert => "a retention expert",
    }
}

/// `Tuesday, 8 December 2026`. A time zone that nobody knows is UTC: a day off is better than no mail.
fn day(at: Timestamp, time_zone: &str) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%A, %-d %B %Y").to_string()
}

#[cfg(test)]
mod tests;
