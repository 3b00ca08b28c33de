//! `GET /reasons`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::reasons::{Reason, ReasonCategory, Reasons};
use kale_domain::access::Permission;
use kale_web::{NoQuery, Problem, permission::ReadReasons};

use super::NEW;
use crate::{
    frame::Here,
    view::{
        reasons::{ReasonGroup, ReasonRow, ReasonText, ReasonsPage},
        shell::Section,
    },
};

#[tracing::instrument(name = "dashboard.reasons.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadReasons>,
    reasons: Data<Reasons>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let all = reasons.list(here.tenant()).await?;
    let may_manage = here.may(Permission::ManageReasons);
    let groups = ReasonCategory::ALL.into_iter().filter_map(|category| {
        let of = all.iter().filter(|reason| reason.category == category);
        let reasons: Vec<ReasonRow> = of.map(row).collect();
        (!reasons.is_empty()).then(|| ReasonGroup {
            key: category.name(),
            label: category_label(category),
            reasons,
        })
    });
    let page = ReasonsPage {
        shell: here.shell(Section::Reasons, "Reasons"),
        groups: groups.collect(),
        add: may_manage.then(|| NEW.to_owned()),
        may_manage,
    };
    here.frame.page(StatusCode::OK, page.render())
}

fn row(reason: &Reason) -> ReasonRow {
    let follow = reason.follow_up.all().filter(|(_, text)| !text.trim().is_empty());
    let codes = reason
        .provider_codes
        .iter()
        .filter(|(_, codes)| !codes.is_empty());
    let codes = codes.map(|(provider, codes)| format!("{}: {}", provider.name(), codes.join(", ")));
    ReasonRow {
        key: reason.key.to_string(),
        title: reason.title.clone(),
        texts: reason.text.all().map(text).collect(),
        follow_ups: follow.map(text).collect(),
        codes: codes.collect::<Vec<_>>().join(" · "),
        archived: reason.archived,
    }
}

fn text((locale, text): (&kale_application::workflows::Locale, &str)) -> ReasonText {
    ReasonText {
        locale: locale.to_string(),
        text: text.to_owned(),
    }
}

/// What a category is called.
pub(super) const fn category_label(category: ReasonCategory) -> &'static str {
    match category {
        ReasonCategory::Price => "Price",
        ReasonCategory::Use => "Use",
        ReasonCategory::Product => "Product",
        ReasonCategory::Service => "Service",
        ReasonCategory::Market => "Market",
        ReasonCategory::Life => "Life",
        ReasonCategory::Trust => "Trust",
        ReasonCategory::Other => "Other",
    }
}
