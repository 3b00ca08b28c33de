//! The page of one reason.

use kale_application::reasons::{Reason, ReasonCategory};
use kale_domain::{error::FieldError, reason::ReasonKey};
use kale_web::{etag::etag, permission::ManageReasons};

use super::{
    list::category_label,
    typed::{PROVIDERS, Typed},
};
use crate::{
    frame::Here,
    view::{
        form::{Choice, Field, Problems, Select, Stale},
        reasons::{ReasonPage, TextRow},
        shell::{Crumb, Section},
    },
    words::{quoted, sentence},
};

/// The page of a reason, or of one to be added.
pub(super) fn page(
    here: &Here<ManageReasons>,
    reason: Option<&Reason>,
    typed: &Typed,
    wrong: &[FieldError],
    stale: Option<Stale>,
) -> ReasonPage {
    let problems = Problems::of(&renamed(wrong));
    let title = reason.map_or("New reason", |reason| reason.title.as_str());
    let mut shell = here.shell(Section::Reasons, title);
    shell.crumbs = vec![Crumb {
        label: "Reasons".to_owned(),
        href: "/reasons".to_owned(),
    }];
    let field =
        |name: &str, label: &str, value: &str| Field::new(name, label).value(value).error(problems.at(name));
    let rows = typed.texts.iter().enumerate().map(|(row, words)| TextRow {
        locale: field(&format!("texts.{row}.locale"), "Language", &words.locale),
        text: field(
            &format!("texts.{row}.text"),
            "What a subscriber reads",
            &words.text,
        ),
        follow_up: field(
            &format!("texts.{row}.follow_up"),
            "What may be asked next",
            &words.follow_up,
        ),
    });
    let codes = PROVIDERS.map(|(provider, label)| {
        let name = provider.name();
        let value = typed.codes.get(name).map_or("", String::as_str);
        field(&format!("codes.{name}"), label, value)
    });
    let categories = ReasonCategory::ALL.map(|one| Choice::new(one.name(), category_label(one)));
    ReasonPage {
        shell,
        title: title.to_owned(),
        key: reason.map(|reason| reason.key.to_string()).unwrap_or_default(),
        archived: reason.is_some_and(|reason| reason.archived),
        etag: etag(reason.map_or(0, |reason| reason.version)),
        new_key: field("key", "Key", &typed.key)
            .hint("Small letters, digits and underscores, such as price_too_high. It never changes: figures of years stand on it."),
        name: field("title", "Title", &typed.title).hint("What your team reads"),
        category: Select::new(field("category", "About", &typed.category), categories),
        order: field("order", "Place", &typed.order).hint("The lowest comes first"),
        texts: rows.collect(),
        codes: codes.into(),
        problems,
        stale,
    }
}

/// The fields of the use case as those of the form.
fn renamed(wrong: &[FieldError]) -> Vec<FieldError> {
    let rename = |error: &FieldError| {
        let pointer = match error.pointer.as_str() {
            "#/text" => "#/texts/0/text".to_owned(),
            "#/follow_up" => "#/texts/0/follow_up".to_owned(),
            other => other.replace("#/provider_codes/", "#/codes/"),
        };
        FieldError::new(pointer, error.code.clone(), sentence(&quoted(&error.message)))
    };
    wrong.iter().map(rename).collect()
}

pub(super) fn stale(key: &ReasonKey) -> Stale {
    Stale {
        text: "Somebody changed this reason in between.".to_owned(),
        theirs: format!("/reasons/{key}"),
    }
}
