//! `/installation/companies`: making, suspending, resuming and deleting companies.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use jiff::tz::TimeZone;
use kale_application::companies::{Companies, CompanyError, WantedCompany};
use kale_domain::{
    company::{Company, CompanyStatus, Industry, KeptDays},
    error::FieldError,
    id::CompanyId,
    money::Currency,
};
use kale_web::{InstallationAdmin, NoQuery, Path, Problem};

use crate::{
    frame::{Form, Frame},
    settings::currencies,
    view::{
        form::{Choice, Field, Problems, Select},
        format,
        installation::{CompanyRow, InstallationPage},
        parts::{Banner, Chip, Tone},
    },
};

const HERE: &str = "/installation/companies";

/// What stands in the form.
struct Typed {
    name: String,
    slug: String,
    industry: String,
    time_zone: String,
    currency: String,
    admin_email: String,
    admin_name: String,
}

#[tracing::instrument(name = "dashboard.installation.companies", skip_all)]
pub(super) async fn list(
    frame: Frame,
    admin: InstallationAdmin,
    companies: Data<Companies>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let typed = Typed {
        name: String::new(),
        slug: String::new(),
        industry: Industry::Saas.key().to_owned(),
        time_zone: "UTC".to_owned(),
        currency: "USD".to_owned(),
        admin_email: String::new(),
        admin_name: String::new(),
    };
    let page = page(&frame, &admin, &companies, &typed, &[]).await?;
    frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.installation.create", skip_all)]
pub(super) async fn create(
    frame: Frame,
    admin: InstallationAdmin,
    companies: Data<Companies>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed {
        name: form.get("name").to_owned(),
        slug: form.get("slug").trim().to_owned(),
        industry: form.get("industry").to_owned(),
        time_zone: form.get("time_zone").trim().to_owned(),
        currency: form.get("currency").to_owned(),
        admin_email: form.get("admin.email").trim().to_owned(),
        admin_name: form.get("admin.name").to_owned(),
    };
    let wrong = match typed.read() {
        Ok(wanted) => match companies.create(admin.installation, &admin.caller, wanted).await {
            Ok(made) => {
                let said = format!("{} is made. {} is invited.", made.name, typed.admin_name.trim());
                return Ok(frame.see_other_saying(HERE, said, Tone::Leaf));
            }
            Err(CompanyError::Invalid(wrong)) => wrong,
            Err(taken @ CompanyError::Taken(_)) => {
                vec![FieldError::new("#/slug", "taken", taken.to_string())]
            }
            Err(error) => return Err(error.into()),
        },
        Err(wrong) => wrong,
    };
    let page = page(&frame, &admin, &companies, &typed, &wrong).await?;
    frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
}

#[tracing::instrument(name = "dashboard.installation.suspend", skip_all)]
pub(super) async fn suspend(
    frame: Frame,
    admin: InstallationAdmin,
    companies: Data<Companies>,
    Path(id): Path<CompanyId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let company = companies
        .suspend(admin.installation, &admin.caller, id, form.get("reason"))
        .await?;
    let said = format!("{} is suspended.", company.name);
    Ok(frame.see_other_saying(HERE, said, Tone::Leaf))
}

#[tracing::instrument(name = "dashboard.installation.resume", skip_all)]
pub(super) async fn resume(
    frame: Frame,
    admin: InstallationAdmin,
    companies: Data<Companies>,
    Path(id): Path<CompanyId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let company = companies.resume(admin.installation, &admin.caller, id).await?;
    let said = format!("{} goes on.", company.name);
    Ok(frame.see_other_saying(HERE, said, Tone::Leaf))
}

#[tracing::instrument(name = "dashboard.installation.delete", skip_all)]
pub(super) async fn delete(
    frame: Frame,
    admin: InstallationAdmin,
    companies: Data<Companies>,
    Path(id): Path<CompanyId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let days = form.get("keep_days").parse::<u32>().ok();
    let Some(days) = days.and_then(|days| KeptDays::try_from(days).ok()) else {
        let message = format!("Choose 0 to {} days.", KeptDays::MOST);
        return Err(Problem::validation(vec![FieldError::new(
            "#/keep_days",
            "unknown-value",
            message,
        )]));
    };
    let company = companies
        .delete(admin.installation, &admin.caller, id, days)
        .await?;
    let said = format!("{} is deleted.", company.name);
    Ok(frame.see_other_saying(HERE, said, Tone::Leaf))
}

impl Typed {
    fn read(&self) -> Result<WantedCompany, Vec<FieldError>> {
        let industry = Industry::ALL.into_iter().find(|one| one.key() == self.industry);
        match (industry, self.currency.parse::<Currency>()) {
            (Some(industry), Ok(currency)) => Ok(WantedCompany {
                name: self.name.clone(),
                slug: self.slug.clone(),
                industry,
                time_zone: self.time_zone.clone(),
                currency,
                admin_email: self.admin_email.clone(),
                admin_name: self.admin_name.clone(),
            }),
            (industry, currency) => {
                let no_industry = industry.is_none().then(|| {
                    FieldError::new("#/industry", "unknown-value", "Choose an industry of the list.")
                });
                let no_currency = currency
                    .err()
                    .map(|error| FieldError::new("#/currency", "unknown-value", error.to_string()));
                Err(no_industry.into_iter().chain(no_currency).collect())
            }
        }
    }
}

async fn page(
    frame: &Frame,
    admin: &InstallationAdmin,
    companies: &Companies,
    typed: &Typed,
    wrong: &[FieldError],
) -> Result<InstallationPage, Problem> {
    let mut all = companies.list(admin.installation).await?;
    all.sort_by_key(|company| company.name.to_lowercase());
    let problems = Problems::of(wrong);
    let field =
        |name: &str, label: &str, value: &str| Field::new(name, label).value(value).error(problems.at(name));
    Ok(InstallationPage {
        plain: frame.plain(Some(&admin.caller), "Companies"),
        said: frame.said().map(|said| Banner {
            text: said.text.clone(),
            tone: said.tone,
            action: None,
        }),
        companies: all.iter().map(row).collect(),
        name: field("name", "Name", &typed.name),
        slug: field("slug", "Short name", &typed.slug)
            .hint("In addresses: lower-case letters, digits and dashes. It never changes."),
        industry: Select::new(
            field("industry", "Industry", &typed.industry),
            Industry::ALL.map(|industry| Choice::new(industry.key(), industry.title())),
        ),
        time_zone: field("time_zone", "Time zone", &typed.time_zone),
        time_zones: jiff::tz::db().available().map(|name| name.to_string()).collect(),
        currency: Select::new(
            field("currency", "Currency", &typed.currency),
            currencies(&typed.currency),
        ),
        admin_name: field("admin.name", "Who runs it", &typed.admin_name)
            .hint("They are invited as the first retention admin."),
        admin_email: field("admin.email", "Their e-mail", &typed.admin_email),
        problems,
    })
}

fn row(company: &Company) -> CompanyRow {
    let (label, tone) = match company.status {
        CompanyStatus::Active => ("Works".to_owned(), Tone::Leaf),
        CompanyStatus::Suspended => ("Suspended".to_owned(), Tone::Sun),
        CompanyStatus::Deleted { purge_at } => {
            let day = format::date(purge_at.to_zoned(TimeZone::UTC).date());
            (format!("Deleted, removed on {day}"), Tone::Stem)
        }
    };
    let since = format::date(company.created_at.to_zoned(TimeZone::UTC).date());
    CompanyRow {
        id: company.id.to_string(),
        initials: format::initials(&company.name),
        name: company.name.clone(),
        about: format!("{}, {}, since {since}", company.slug, company.industry.title()),
        state: Chip { label, tone },
        active: company.status == CompanyStatus::Active,
        deleted: company.status.purge_at().is_some(),
    }
}
