//! What Kale admins see of the whole installation.

use askama::Template;

use super::{
    form::{Field, Problems, Select},
    parts::{Banner, Chip},
    shell::Plain,
};

/// Every company, and the form that makes one.
#[derive(Debug, Template)]
#[template(path = "installation/companies.html")]
pub struct InstallationPage {
    /// Title, theme, token.
    pub plain: Plain,
    /// What the request before did.
    pub said: Option<Banner>,
    /// The companies, by name.
    pub companies: Vec<CompanyRow>,
    /// What is wrong with the form.
    pub problems: Problems,
    /// The field `name`.
    pub name: Field,
    /// The field `slug`.
    pub slug: Field,
    /// The field `industry`.
    pub industry: Select,
    /// The field `time_zone`.
    pub time_zone: Field,
    /// What the browser offers for it.
    pub time_zones: Vec<String>,
    /// The field `currency`.
    pub currency: Select,
    /// The field `admin.email`.
    pub admin_email: Field,
    /// The field `admin.name`.
    pub admin_name: Field,
}

/// One company.
#[derive(Debug, Clone)]
pub struct CompanyRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The letters in its place of a picture.
    pub initials: String,
    /// `northwind, Telecom, since 3 Oct 2026`.
    pub about: String,
    /// Where it stands.
    pub state: Chip,
    /// Whether everything works.
    pub active: bool,
    /// Whether it can be brought back only until a day.
    pub deleted: bool,
}
