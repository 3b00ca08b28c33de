//! `POST /account` and `POST /account/preferences`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kale_application::{
    access::SignIns,
    team::{OwnChanges, Team, TeamError},
};
use kale_domain::error::{Classify as _, ErrorKind, FieldError};
use kale_web::{NoQuery, Person, Problem};

use super::{
    HERE,
    page::{self, Left},
};
use crate::{
    frame::{Form, Frame, THEME, theme_named},
    view::{form::Stale, parts::Tone},
};

#[tracing::instrument(name = "dashboard.account.name", skip_all)]
pub(crate) async fn name(
    frame: Frame,
    person: Person,
    team: Data<Team>,
    sign_ins: Data<SignIns>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let changes = OwnChanges {
        name: Some(form.get("name").to_owned()),
        theme: None,
    };
    let changed = team
        .change_own(&person.caller, &person.presence, form.version()?, changes)
        .await;
    let (status, wrong, stale) = match changed {
        Ok(user) => {
            let said = format!("You are called {} now.", user.name);
            return Ok(frame.see_other_saying(HERE, said, Tone::Leaf));
        }
        Err(TeamError::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        Err(error) if error.kind() == ErrorKind::Stale => {
            let stale = Stale {
                text: "Somebody changed your account in between.".to_owned(),
                theirs: HERE.to_owned(),
            };
            (StatusCode::PRECONDITION_FAILED, Vec::new(), Some(stale))
        }
        Err(error) => return Err(error.into()),
    };
    let left = Left {
        name: Some(form.get("name").to_owned()),
        wrong,
        stale,
    };
    page::answer(&frame, &person, &sign_ins, status, left).await
}

#[tracing::instrument(name = "dashboard.account.preferences", skip_all)]
pub(crate) async fn preferences(
    frame: Frame,
    person: Person,
    team: Data<Team>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let Some(theme) = theme_named(form.get("theme")) else {
        let wrong = FieldError::new("#/theme", "unknown-value", "Choose colours of the list.");
        return Err(Problem::validation(vec![wrong]));
    };
    let changes = OwnChanges {
        name: None,
        theme: Some(theme),
    };
    match team
        .change_own(&person.caller, &person.presence, form.version()?, changes)
        .await
    {
        Ok(_) => {
            let mut response = frame.see_other_saying(HERE, "Kept.", Tone::Leaf);
            // What was chosen for this device would go before it.
            THEME.remove(&mut response, frame.door().secure_cookies);
            Ok(response)
        }
        Err(error) if error.kind() == ErrorKind::Stale => {
            let said = "Nothing was changed. Somebody changed your account in between.";
            Ok(frame.see_other_saying(HERE, said, Tone::Sun))
        }
        Err(error) => Err(error.into()),
    }
}
