//! Signing in: without passwords, by a link or a code that comes by mail.

use askama::Template;

use super::{form::Field, parts::Banner, shell::Plain};

/// Asks for the e-mail address.
#[derive(Debug, Template)]
#[template(path = "sign_in/email.html")]
pub struct SignInPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// The field `email`.
    pub email: Field,
    /// Where to go afterwards; empty for the first page.
    pub next: String,
    /// A remark above the form: signed out, link expired.
    pub banner: Option<Banner>,
}

/// Leads to a company's own sign-in.
#[derive(Debug, Template)]
#[template(path = "sign_in/company.html")]
pub struct CompanySignInPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// Where the way begins.
    pub begin: String,
    /// A remark above it: signed out, begin again.
    pub banner: Option<Banner>,
}

/// An organization of somebody who belongs to several.
#[derive(Debug)]
pub struct OrganizationChoice {
    /// What is sent.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Two letters for it.
    pub initials: String,
}

/// Asks which organization, before anybody is signed in.
#[derive(Debug, Template)]
#[template(path = "sign_in/organizations.html")]
pub struct OrganizationsPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What may be chosen.
    pub organizations: Vec<OrganizationChoice>,
}

/// Says why the company's sign-in let nobody in, and what to do.
#[derive(Debug, Template)]
#[template(path = "sign_in/no_access.html")]
pub struct NoAccessPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What happened.
    pub title: &'static str,
    /// What to do.
    pub detail: &'static str,
}

/// Leads on to the provider, which ends its session, too.
#[derive(Debug, Template)]
#[template(path = "sign_in/leaving.html")]
pub struct LeavingPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// Where the session is ended.
    pub on: String,
}

/// Says that mail is on its way and takes the code from it, where it has one.
#[derive(Debug, Template)]
#[template(path = "sign_in/check_mail.html")]
pub struct CheckMailPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// The address the mail went to, as typed.
    pub email: String,
    /// The field `code`, where the mail has one.
    pub code: Option<Field>,
    /// How long it works: `15 minutes`.
    pub valid_for: String,
    /// Where to go afterwards; empty for the first page.
    pub next: String,
    /// The address of the mail catcher of a demo, where there is one.
    pub mailbox: Option<String>,
}

/// Where the link in the mail leads: one button, so that mail scanners sign nobody in.
#[derive(Debug, Template)]
#[template(path = "sign_in/link.html")]
pub struct LinkPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What the link carried.
    pub token: String,
    /// Whether this browser asked for the link; else the code has to be typed where it was asked for.
    pub same_browser: bool,
    /// Why the link does not work any more; empty where it does.
    pub problem: String,
}

/// Where an invitation leads: who asks whom into which company, and a button.
#[derive(Debug, Template)]
#[template(path = "sign_in/invitation.html")]
pub struct InvitationPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What the link carried.
    pub token: String,
    /// `None` where it works no more.
    pub invited: Option<Joining>,
}

/// What somebody joins.
#[derive(Debug)]
pub struct Joining {
    /// The company.
    pub company: String,
    /// Who invited them, where that is still known.
    pub by: Option<String>,
    /// Their address.
    pub email: String,
    /// The part they are to play, in words.
    pub role: &'static str,
    /// What people are to call them.
    pub name: Field,
}

/// Where the link of the console leads: who is to be the first Kale admin.
#[derive(Debug, Template)]
#[template(path = "sign_in/set_up.html")]
pub struct SetUpPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What the link carried.
    pub token: String,
    /// `None` where it works no more.
    pub first: Option<FirstAdmin>,
}

/// Who is to be the first Kale admin.
#[derive(Debug)]
pub struct FirstAdmin {
    /// What people are to call them.
    pub name: Field,
    /// Where their mail goes.
    pub email: Field,
}

/// One company of somebody who belongs to several.
#[derive(Debug)]
pub struct CompanyChoice {
    /// The id that is sent: `cmp_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Two letters for it.
    pub initials: String,
    /// The person's role there.
    pub role: &'static str,
    /// When they were last there; empty for never.
    pub last_seen: String,
}

/// Asks which company.
#[derive(Debug, Template)]
#[template(path = "sign_in/companies.html")]
pub struct CompaniesPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// The signed-in address.
    pub email: String,
    /// What may be chosen.
    pub companies: Vec<CompanyChoice>,
    /// Where to go afterwards; empty for the first page.
    pub next: String,
}
