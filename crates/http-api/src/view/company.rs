//! A company.

use jiff::Timestamp;
use kale_domain::{
    attribute::AttributeKey,
    company::{Company, Industry},
    id::CompanyId,
    money::Currency,
    sign_in::SignInLimits,
};
use kale_web::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A company.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Company)]
pub(crate) struct CompanyView {
    /// Its identity.
    #[schema(value_type = String, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    pub(crate) id: CompanyId,
    /// What people call it.
    pub(crate) name: String,
    /// Its short name in addresses.
    #[schema(example = "northwind")]
    pub(crate) slug: String,
    /// What it does.
    #[schema(value_type = String, example = "telecom")]
    pub(crate) industry: Industry,
    /// `active`, `suspended` or `deleted`.
    #[schema(example = "active")]
    pub(crate) status: &'static str,
    /// When all that it owns is purged, where it is deleted; until then a Kale admin can resume it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) purge_at: Option<Timestamp>,
    /// The IANA time zone its days are counted in.
    #[schema(example = "America/New_York")]
    pub(crate) time_zone: String,
    /// The currency its money metrics are in, ISO 4217.
    #[schema(value_type = String, example = "USD")]
    pub(crate) currency: Currency,
    /// The attributes the customer list can be sorted by.
    #[schema(value_type = Vec<String>, example = json!(["tenure"]))]
    pub(crate) sortable_attributes: Vec<AttributeKey>,
    /// How long its people stay signed in.
    pub(crate) sign_in_limits: LimitsView,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
    /// Grows by one with every change; the `ETag` is made from it.
    pub(crate) version: u64,
}

/// How long the people of a company stay signed in.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = SignInLimits)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsView {
    /// How many hours a sign-in lasts without use: 1 to 336 (14 days), never more than `absolute_hours`.
    #[schema(minimum = 1, maximum = 336, example = 336)]
    idle_hours: u32,
    /// How many hours a sign-in lasts at most: 1 to 2,160 (90 days).
    #[schema(minimum = 1, maximum = 2160, example = 2160)]
    absolute_hours: u32,
}

impl LimitsView {
    /// What was asked for; what is wrong with it stands under `sign_in_limits`.
    pub(crate) fn read(self) -> Result<SignInLimits, Problem> {
        SignInLimits::new(self.idle_hours, self.absolute_hours).map_err(|mut wrong| {
            for error in &mut wrong {
                error.pointer = error.pointer.replacen("#/", "#/sign_in_limits/", 1);
            }
            Problem::validation(wrong)
        })
    }
}

impl From<SignInLimits> for LimitsView {
    fn from(limits: SignInLimits) -> Self {
        Self {
            idle_hours: limits.idle_hours(),
            absolute_hours: limits.absolute_hours(),
        }
    }
}

/// The fields that lists can be narrowed to.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "name",
    "slug",
    "industry",
    "status",
    "purge_at",
    "time_zone",
    "currency",
    "sortable_attributes",
    "sign_in_limits",
    "created_at",
    "updated_at",
    "version",
];

impl From<Company> for CompanyView {
    fn from(company: Company) -> Self {
        Self {
            id: company.id,
            name: company.name,
            slug: company.slug.into(),
            industry: company.industry,
            status: company.status.name(),
            purge_at: company.status.purge_at(),
            time_zone: company.time_zone,
            currency: company.currency,
            sortable_attributes: company.sortable_attributes,
            sign_in_limits: company.sign_in_limits.into(),
            created_at: company.created_at,
            updated_at: company.updated_at,
            version: company.version,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use kale_domain::company::CompanyStatus;
    use serde_json::json;

    use super::*;

    pub(crate) fn company() -> Company {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        Company {
            id: "cmp_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            name: "Northwind Mobile".to_owned(),
            slug: "northwind".parse().unwrap(),
            industry: Industry::Telecom,
            status: CompanyStatus::Active,
            time_zone: "America/New_York".to_owned(),
            currency: "USD".parse().unwrap(),
            sortable_attributes: vec!["tenure".parse().unwrap()],
            sign_in_limits: SignInLimits::WIDEST,
            created_at: at,
            updated_at: at,
            version: 3,
        }
    }

    #[test]
    fn a_company_is_shown_with_texts_that_clients_can_send_back() {
        let shown = serde_json::to_value(CompanyView::from(company())).unwrap();

        assert_eq!(
            shown,
            json!({
                "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
                "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York", "currency": "USD",
                "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2023-11-14T22:13:20Z",
                "updated_at": "2023-11-14T22:13:20Z", "version": 3
            })
        );
        let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| FIELDS.contains(&name.as_str())) && names.len() == FIELDS.len());
    }
}
