//! The company's settings and its API keys.

use askama::Template;
use kale_domain::user::UserStatus;

use super::{
    form::{Choice, Field, Problems, Select, Stale},
    parts::{Chip, Empty},
    shell::Shell,
};

/// A page of the settings, as the tabs above each name it.
#[derive(Debug)]
pub struct SettingsTab {
    /// What it is about.
    pub label: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// Whether this is it.
    pub current: bool,
}

/// Name, industry, zone, currency.
#[derive(Debug, Template)]
#[template(path = "settings_general.html", blocks = ["form"])]
pub struct GeneralPage {
    /// What stands around it.
    pub shell: Shell,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// Somebody else changed the settings in between.
    pub stale: Option<Stale>,
    /// The field `name`.
    pub name: Field,
    /// The short name in addresses; can't be changed.
    pub slug: String,
    /// The field `industry`.
    pub industry: Select,
    /// The field `time_zone`.
    pub time_zone: Field,
    /// IANA names offered while typing.
    pub time_zones: Vec<String>,
    /// The field `currency`.
    pub currency: Select,
    /// The boxes `sortable`: attributes the list can be sorted by.
    pub sortable: Vec<Choice>,
    /// What is wrong with them; empty for nothing.
    pub sortable_error: String,
    /// How many may be chosen.
    pub sortable_limit: usize,
    /// The version, for `_etag`.
    pub etag: String,
    /// The pages of the settings that this person may open.
    pub tabs: Vec<SettingsTab>,
}

/// How long people stay signed in.
#[derive(Debug, Template)]
#[template(path = "settings_security.html")]
pub struct SecurityPage {
    /// What stands around it.
    pub shell: Shell,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// Somebody else changed the settings in between.
    pub stale: Option<Stale>,
    /// The field `idle_hours`.
    pub idle: Select,
    /// The field `absolute_hours`.
    pub absolute: Select,
    /// The company's version, for `_etag`.
    pub etag: String,
    /// The pages of the settings that this person may open.
    pub tabs: Vec<SettingsTab>,
}

/// One key.
#[derive(Debug)]
pub struct KeyRow {
    /// The id: `key_…`.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What the token looks like: `kale_…x7Qd`.
    pub hint: String,
    /// What it may do, in words.
    pub permissions: Vec<String>,
    /// Who made it and when.
    pub created: String,
    /// When it last worked; `Never`.
    pub last_used: String,
    /// From when on it works no more; empty for never.
    pub expires: String,
    /// Whether it works.
    pub state: Chip,
    /// Whether it can be revoked.
    pub live: bool,
    /// Whether another can take its place.
    pub may_rotate: bool,
}

/// A permission that may be given.
#[derive(Debug)]
pub struct PermissionChoice {
    /// The name that is sent: `customers.read`.
    pub name: &'static str,
    /// What it allows, in words.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// A key that was just made; never shown again.
#[derive(Debug)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// The secret itself.
    pub token: String,
}

/// The keys.
#[derive(Debug, Template)]
#[template(path = "settings_keys.html", blocks = ["keys"])]
pub struct ApiKeysPage {
    /// What stands around it.
    pub shell: Shell,
    /// The key made by this request.
    pub created: Option<NewKey>,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// The field `name`.
    pub name: Field,
    /// The field `expires`.
    pub expires: Select,
    /// The boxes `permission`.
    pub permissions: Vec<PermissionChoice>,
    /// What is wrong with them; empty for nothing.
    pub permissions_error: String,
    /// The keys, newest first.
    pub keys: Vec<KeyRow>,
    /// What stands in place of keys.
    pub empty: Empty,
    /// The pages of the settings that this person may open.
    pub tabs: Vec<SettingsTab>,
}

/// One viewer secret.
#[derive(Debug)]
pub struct SecretRow {
    /// The id: `vsc_…`.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it looks like: `kale_vsc_…x7Qd`.
    pub hint: String,
    /// Who made it and when.
    pub created: String,
    /// Whether it works.
    pub state: Chip,
    /// Whether it can be revoked.
    pub live: bool,
}

/// The viewer secrets.
#[derive(Debug)]
pub struct ViewerSecrets {
    /// The secret made by this request.
    pub created: Option<NewKey>,
    /// The field `name`.
    pub name: Field,
    /// The secrets, newest first.
    pub secrets: Vec<SecretRow>,
    /// What stands in place of secrets.
    pub empty: Empty,
}

/// How subscribers see their flow, and who signs their tokens.
#[derive(Debug, Template)]
#[template(path = "settings_viewer.html")]
pub struct ViewerPage {
    /// What stands around it.
    pub shell: Shell,
    /// What was wrong with the form that was sent.
    pub problems: Problems,
    /// Somebody else changed the settings in between.
    pub stale: Option<Stale>,
    /// The field `brand_colour`.
    pub brand_colour: Field,
    /// The colour as it is now: `#0e6a4d`.
    pub shown_colour: String,
    /// The field `return_urls`: one on a line.
    pub return_urls: Field,
    /// The field `origins`: one on a line.
    pub origins: Field,
    /// The field `locale`.
    pub locale: Field,
    /// The version, for `_etag`.
    pub etag: String,
    /// The secrets; `None` where this person may not see them.
    pub secrets: Option<ViewerSecrets>,
    /// The pages of the settings that this person may open.
    pub tabs: Vec<SettingsTab>,
}

/// A person of the company.
#[derive(Debug)]
pub struct PersonRow {
    /// The id: `usr_…`.
    pub id: String,
    /// The letters in the place of a picture.
    pub initials: String,
    /// What people call them.
    pub name: String,
    /// Address, and since when or until when.
    pub about: String,
    /// Whether it is whoever looks.
    pub own: bool,
    /// The part they play, in words.
    pub role: &'static str,
    /// The parts they may play; theirs is chosen.
    pub roles: Vec<Choice>,
    /// The version, for `_etag`.
    pub etag: String,
    /// Where they stand, in words.
    pub state: Chip,
    /// Where they stand.
    pub status: UserStatus,
    /// Whether this person may see what they see.
    pub may_impersonate: bool,
}

/// The people of the company, and the form that invites one.
#[derive(Debug, Template)]
#[template(path = "settings_team.html")]
pub struct TeamPage {
    /// What stands around it.
    pub shell: Shell,
    /// Everybody, by name.
    pub people: Vec<PersonRow>,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// The field `name`.
    pub name: Field,
    /// The field `email`.
    pub email: Field,
    /// The field `role`.
    pub role: Select,
    /// The pages of the settings that this person may open.
    pub tabs: Vec<SettingsTab>,
}
