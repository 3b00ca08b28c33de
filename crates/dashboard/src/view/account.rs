//! What belongs to whoever looks.

use askama::Template;

use super::{
    form::{Field, Problems, Select, Stale},
    shell::Shell,
};

/// A sign-in of theirs.
#[derive(Debug)]
pub struct SignInRow {
    /// The id: `sgn_…`.
    pub id: String,
    /// What they signed in on, in words: `Firefox on Linux`.
    pub device: String,
    /// Whether it is this one.
    pub current: bool,
    /// When it was last used: `6 min ago`.
    pub used: String,
    /// When it began and when it ends.
    pub about: String,
}

/// Name, preferences, sign-ins, and the way out.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// What stands around it.
    pub shell: Shell,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// They were changed in between.
    pub stale: Option<Stale>,
    /// The field `name`.
    pub name: Field,
    /// Where their mail goes; can't be changed.
    pub email: String,
    /// The part they play, in words.
    pub role: &'static str,
    /// The field `theme`.
    pub theme: Select,
    /// Their version, for `_etag`.
    pub etag: String,
    /// Where they are signed in, latest use first.
    pub sign_ins: Vec<SignInRow>,
    /// The company they can leave; none of a Kale admin's.
    pub company: Option<String>,
}
