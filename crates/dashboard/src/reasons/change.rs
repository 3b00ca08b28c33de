//! `GET /reasons/{key}` and what people change: add, save, archive and bring back.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::reasons::{Reason, ReasonChanges, ReasonError, Reasons};
use kale_domain::{
    error::{Classify as _, ErrorKind, FieldError},
    reason::ReasonKey,
};
use kale_web::{NoQuery, Path, Problem, permission::ManageReasons};

use super::{
    page::{page, stale},
    typed::Typed,
};
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

#[tracing::instrument(name = "dashboard.reasons.blank", skip_all)]
pub(crate) async fn blank(here: Here<ManageReasons>, _: NoQuery) -> Result<HttpResponse, Problem> {
    let page = page(&here, None, &Typed::blank(), &[], None);
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.reasons.show", skip_all)]
pub(crate) async fn show(
    here: Here<ManageReasons>,
    reasons: Data<Reasons>,
    Path(key): Path<ReasonKey>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let reason = reasons.get(here.tenant(), &key).await?;
    let page = page(&here, Some(&reason), &Typed::of(&reason), &[], None);
    here.frame.page(StatusCode::OK, page.render())
}

#[tracing::instrument(name = "dashboard.reasons.add", skip_all)]
pub(crate) async fn add(
    here: Here<ManageReasons>,
    reasons: Data<Reasons>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let typed = Typed::read(&form);
    let added = match typed.new_reason() {
        Ok(new) => reasons.create(here.tenant(), here.caller(), new).await,
        Err(wrong) => Err(ReasonError::Invalid(wrong)),
    };
    let wrong = match added {
        Ok(reason) => {
            let said = format!("“{}” is added.", reason.title);
            return Ok(here.frame.see_other_saying("/reasons", said, Tone::Leaf));
        }
        Err(ReasonError::Invalid(wrong)) => wrong,
        Err(error @ ReasonError::Exists) => {
            vec![FieldError::new("#/key", error.code(), error.to_string())]
        }
        Err(error) => return Err(error.into()),
    };
    let page = page(&here, None, &typed, &wrong, None);
    here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
}

#[tracing::instrument(name = "dashboard.reasons.save", skip_all)]
pub(crate) async fn save(
    here: Here<ManageReasons>,
    reasons: Data<Reasons>,
    Path(key): Path<ReasonKey>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let there = reasons.get(here.tenant(), &key).await?;
    let typed = Typed::read(&form);
    match typed.changes() {
        Ok(changes) => change(&here, &reasons, &there, &form, changes, &typed, "saved").await,
        Err(wrong) => {
            let page = page(&here, Some(&there), &typed, &wrong, None);
            here.frame.page(StatusCode::UNPROCESSABLE_ENTITY, page.render())
        }
    }
}

/// Archives it, or brings it back: the field `archived` says which.
#[tracing::instrument(name = "dashboard.reasons.archive", skip_all)]
pub(crate) async fn archive(
    here: Here<ManageReasons>,
    reasons: Data<Reasons>,
    Path(key): Path<ReasonKey>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let there = reasons.get(here.tenant(), &key).await?;
    let archived = form.is_on("archived");
    let changes = ReasonChanges {
        archived: Some(archived),
        ..ReasonChanges::default()
    };
    let done = if archived { "archived" } else { "back" };
    change(&here, &reasons, &there, &form, changes, &Typed::of(&there), done).await
}

async fn change(
    here: &Here<ManageReasons>,
    reasons: &Reasons,
    there: &Reason,
    form: &Form,
    changes: ReasonChanges,
    typed: &Typed,
    done: &str,
) -> Result<HttpResponse, Problem> {
    let changed = reasons
        .change(here.tenant(), here.caller(), &there.key, form.version()?, changes)
        .await;
    let (status, wrong, theirs) = match changed {
        Ok(reason) => {
            let said = format!("“{}” is {done}.", reason.title);
            return Ok(here.frame.see_other_saying("/reasons", said, Tone::Leaf));
        }
        Err(ReasonError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => (
            StatusCode::PRECONDITION_FAILED,
            Vec::new(),
            Some(stale(&there.key)),
        ),
        Err(error) => return Err(error.into()),
    };
    let now = reasons.get(here.tenant(), &there.key).await?;
    let page = page(here, Some(&now), typed, &wrong, theirs);
    here.frame.page(status, page.render())
}
