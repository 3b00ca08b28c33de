//! `GET /settings` and `POST /settings`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    companies::{Companies, CompanyChanges, CompanyError},
    customers::Customers,
};
use kale_domain::{
    attribute::AttributeKey,
    company::{Company, Industry, SORTABLE_ATTRIBUTES},
    error::{Classify as _, ErrorKind, FieldError},
    money::Currency,
};
use kale_web::{NoQuery, Problem, etag::etag, permission::ManageCompany};

use super::{stale, tabs};
use crate::{
    frame::{Form, Here},
    view::{
        form::{Choice, Field, Problems, Select, Stale},
        parts::Tone,
        settings::GeneralPage,
        shell::Section,
    },
    words::sentence,
};

/// The currencies that are offered beside the company's own.
const CURRENCIES: [(&str, &str); 22] = [
    ("AUD", "Australian dollar"),
    ("BRL", "Brazilian real"),
    ("CAD", "Canadian dollar"),
    ("CHF", "Swiss franc"),
    ("CNY", "Chinese yuan"),
    ("CZK", "Czech koruna"),
    ("DKK", "Danish krone"),
    ("EUR", "Euro"),
    ("GBP", "Pound sterling"),
    ("INR", "Indian rupee"),
    ("JPY", "Japanese yen"),
    ("KRW", "South Korean won"),
    ("KWD", "Kuwaiti dinar"),
    ("MXN", "Mexican peso"),
    ("NOK", "Norwegian krone"),
    ("NZD", "New Zealand dollar"),
    ("PLN", "Polish zloty"),
    ("SEK", "Swedish krona"),
    ("SGD", "Singapore dollar"),
    ("TRY", "Turkish lira"),
    ("USD", "US dollar"),
    ("ZAR", "South African rand"),
];

/// What stands in the form.
struct Typed {
    name: String,
    industry: String,
    time_zone: String,
    currency: String,
    sortable: Vec<String>,
}

impl Typed {
    fn of(company: &Company) -> Self {
        Self {
            name: company.name.clone(),
            industry: company.industry.key().to_owned(),
            time_zone: company.time_zone.clone(),
            currency: company.currency.code().to_owned(),
            sortable: company
                .sortable_attributes
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    fn read(form: &Form) -> Self {
        Self {
            name: form.get("name").to_owned(),
            industry: form.get("industry").to_owned(),
            time_zone: form.get("time_zone").trim().to_owned(),
            currency: form.get("currency").to_owned(),
            sortable: form.all("sortable").map(str::to_owned).collect(),
        }
    }

    /// Boxes come in the order of the page. What was sortable before keeps its place, so that saving the form as it is
    /// changes nothing.
    fn keep_order(&mut self, before: &[AttributeKey]) {
        let place = |key: &String| before.iter().position(|known| known.as_str() == key);
        self.sortable.sort_by_key(|key| place(key).unwrap_or(usize::MAX));
    }

    fn changes(&self) -> Result<CompanyChanges, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let industry = Industry::ALL
            .into_iter()
            .find(|industry| industry.key() == self.industry);
        if industry.is_none() {
            wrong.push(FieldError::new(
                "#/industry",
                "unknown-value",
                "Choose an industry of the list.",
            ));
        }
        let currency = self.currency.parse::<Currency>();
        if let Err(error) = currency {
            wrong.push(FieldError::new("#/currency", "unknown-value", error.to_string()));
        }
        let keys = self.sortable.iter().map(|key| key.parse::<AttributeKey>());
        let sortable = keys.collect::<Result<Vec<_>, _>>();
        if let Err(error) = &sortable {
            wrong.push(FieldError::new(
                "#/sortable_attributes",
                "unknown-attribute",
                error.to_string(),
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(CompanyChanges {
            name: Some(self.name.clone()),
            industry,
            time_zone: Some(self.time_zone.clone()),
            currency: currency.ok(),
            sortable_attributes: sortable.ok(),
            sign_in_limits: None,
        })
    }
}

#[tracing::instrument(name = "dashboard.settings.show", skip_all)]
pub(crate) async fn show(
    here: Here<ManageCompany>,
    companies: Data<Companies>,
    customers: Data<Customers>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    // Not the caller's copy of it, which may be some seconds old.
    let company = companies.get(here.tenant()).await?;
    let page = page(&here, &customers, &company, &Typed::of(&company), &[], None).await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_form().render()
        } else {
            page.render()
        }
    })
}

#[tracing::instrument(name = "dashboard.settings.change", skip_all)]
pub(crate) async fn change(
    here: Here<ManageCompany>,
    companies: Data<Companies>,
    customers: Data<Customers>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed::read(&form);
    typed.keep_order(&here.company()?.sortable_attributes);
    let version = form.version()?;
    let changed = match typed.changes() {
        Ok(changes) => {
            companies
                .change(here.reach(), here.caller(), version, changes)
                .await
        }
        Err(wrong) => Err(CompanyError::Invalid(wrong)),
    };
    let (status, wrong, stale) = match changed {
        Ok(_) => {
            return Ok(here
                .frame
                .see_other_saying("/settings", "Settings saved.", Tone::Leaf));
        }
        Err(CompanyError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => (
            StatusCode::PRECONDITION_FAILED,
            Vec::new(),
            Some(stale("/settings")),
        ),
        Err(error) => return Err(error.into()),
    };
    let company = companies.get(here.tenant()).await?;
    let page = page(&here, &customers, &company, &typed, &wrong, stale).await?;
    here.frame.answer(status, |part| {
        if part {
            page.as_form().render()
        } else {
            page.render()
        }
    })
}

async fn page(
    here: &Here<ManageCompany>,
    customers: &Customers,
    company: &Company,
    typed: &Typed,
    wrong: &[FieldError],
    stale: Option<Stale>,
) -> Result<GeneralPage, Problem> {
    let definitions = customers.attributes(here.reach()).await?;
    let problems = Problems::of(&named(wrong));
    let sortable = definitions.iter().map(|definition| {
        let key = definition.key.to_string();
        Choice {
            selected: typed.sortable.contains(&key),
            ..Choice::new(key, definition.label.clone())
        }
    });
    let field =
        |name: &str, label: &str, value: &str| Field::new(name, label).value(value).error(problems.at(name));
    Ok(GeneralPage {
        shell: here.shell(Section::Settings, "Settings"),
        stale,
        name: field("name", "Name", &typed.name),
        slug: company.slug.to_string(),
        industry: Select::new(
            field("industry", "Industry", &typed.industry)
                .hint("Decides which personas are offered to start from"),
            Industry::ALL.map(|industry| Choice::new(industry.key(), industry.title())),
        ),
        time_zone: field("time_zone", "Time zone", &typed.time_zone).hint("Days begin and end here"),
        time_zones: jiff::tz::db().available().map(|name| name.to_string()).collect(),
        currency: Select::new(
            field("currency", "Currency", &typed.currency).hint("Changing it works every amount out again"),
            currencies(company.currency.code()),
        ),
        sortable: sortable.collect(),
        sortable_error: problems.at("sortable"),
        sortable_limit: SORTABLE_ATTRIBUTES,
        etag: etag(company.version),
        tabs: tabs(here, "/settings"),
        problems,
    })
}

/// The use case's names for the fields, as the form's.
fn named(wrong: &[FieldError]) -> Vec<FieldError> {
    let rename = |error: &FieldError| {
        let mut error = error.clone();
        if error.pointer.starts_with("#/sortable_attributes") {
            "#/sortable".clone_into(&mut error.pointer);
        }
        error.message = sentence(&error.message);
        error
    };
    wrong.iter().map(rename).collect()
}

/// The currencies that are offered, with whichever is there already.
pub(crate) fn currencies(own: &str) -> Vec<Choice> {
    let known = CURRENCIES.iter().any(|(code, _)| *code == own);
    let own = (!known).then(|| Choice::new(own, own));
    let listed = CURRENCIES.map(|(code, name)| Choice::new(code, format!("{code}, {name}")));
    own.into_iter().chain(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_on_offer_is_one() {
        for (code, _) in CURRENCIES {
            assert!(code.parse::<Currency>().is_ok(), "{code}");
        }
        assert_eq!(currencies("ISK").len(), CURRENCIES.len() + 1);
        assert_eq!(currencies("EUR").len(), CURRENCIES.len());
    }

    #[test]
    fn what_is_wrong_with_one_box_is_said_at_the_boxes() {
        let wrong = [FieldError::new(
            "#/sortable_attributes/2",
            "duplicate",
            "`tenure` stands twice",
        )];
        assert_eq!(
            Problems::of(&named(&wrong)).at("sortable"),
            "`tenure` stands twice."
        );
    }
}
