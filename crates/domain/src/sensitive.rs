//! Attributes no rule or model may use: they say who somebody is, not how we serve them.

use crate::fold::fold;

/// What such an attribute would tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitive {
    /// How old somebody is.
    Age,
    /// Gender or sex.
    Gender,
    /// State of health.
    Health,
    /// Religion or belief.
    Religion,
    /// Ethnic origin or nationality.
    Ethnicity,
    /// Sexual orientation.
    Orientation,
    /// A disability.
    Disability,
    /// Family status.
    Family,
}

impl Sensitive {
    /// The word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Gender => "gender",
            Self::Health => "health",
            Self::Religion => "religion",
            Self::Ethnicity => "ethnicity",
            Self::Orientation => "sexual orientation",
            Self::Disability => "disability",
            Self::Family => "family status",
        }
    }
}

/// The words in a column's name that give a sensitive attribute away, each a whole word of the name.
const WORDS: &[(Sensitive, &[&str])] = &[
    (
        Sensitive::Age,
        &[
            "age",
            "birthday",
            "birthdate",
            "dob",
            "born",
            "senior",
            "senior_citizen",
            "birth_date",
            "date_of_birth",
        ],
    ),
    (Sensitive::Gender, &["gender", "sex", "female", "male"]),
    (
        Sensitive::Health,
        &[
            "health",
            "medical",
            "illness",
            "diagnosis",
            "pregnant",
            "pregnancy",
        ],
    ),
    (Sensitive::Religion, &["religion", "religious", "faith", "church"]),
    (
        Sensitive::Ethnicity,
        &["ethnicity", "ethnic", "race", "racial", "nationality"],
    ),
    (
        Sensitive::Orientation,
        &["orientation", "sexuality", "lgbt", "lgbtq"],
    ),
    (Sensitive::Disability, &["disability", "disabled", "handicap"]),
    (
        Sensitive::Family,
        &[
            "married",
            "marital",
            "marital_status",
            "partner",
            "dependents",
            "dependants",
            "children",
            "spouse",
            "family_status",
        ],
    ),
];

/// What an attribute of that name would tell, if it is one that rules may not use.
///
/// The words of the name are compared whole (`page` is not `age`, `health_score` is our own word and allowed).
#[must_use]
pub fn sensitive(name: &str) -> Option<Sensitive> {
    let folded = fold(name);
    if matches!(
        folded.as_str(),
        "health_score" | "customer_health" | "account_age" | "account_age_days"
    ) {
        return None;
    }
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let joined = words.join("_");
    WORDS
        .iter()
        .find(|(_, names)| names.iter().any(|name| joined == *name || words.contains(name)))
        .map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telco_columns_about_the_person_are_found() {
        for name in ["female", "senior_citizen", "partner", "dependents"] {
            assert!(sensitive(name).is_some(), "{name}");
        }
        for name in [
            "tenure",
            "contract",
            "payment_method",
            "monthly_charges",
            "streaming_tv",
            "package",
            "page_views",
        ] {
            assert_eq!(sensitive(name), None, "{name}");
        }
    }

    #[test]
    fn spelling_does_not_hide_it() {
        for name in [
            "Date of birth",
            "customer-gender",
            "MARITAL STATUS",
            "Has Children",
        ] {
            assert!(sensitive(name).is_some(), "{name}");
        }
    }
}
