//! `POST /saved-views`, `/saved-views/{id}`, `/saved-views/{id}/delete`: kept ways of looking at the list.

use actix_web::{HttpResponse, web::Data};
use kale_application::saved_views::{SavedViewError, SavedViews, ViewInput};
use kale_domain::{
    error::{Classify as _, ErrorKind},
    id::{SavedViewId, UserId},
};
use kale_web::{Path, Problem, permission::UseSavedViews};

use super::address::Address;
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
};

/// What belongs to the form itself.
const OWN: [&str; 2] = ["name", "shared"];

fn user(here: &Here<UseSavedViews>) -> Result<UserId, Problem> {
    here.caller().user().ok_or_else(Problem::people_only)
}

/// The list the form was posted from.
fn address(form: &Form) -> Address {
    Address::of(&form.kept(&OWN)).first()
}

fn input(form: &Form, address: &Address) -> ViewInput {
    ViewInput {
        name: form.get("name").to_owned(),
        shared: form.is_on("shared"),
        query: address.query(),
        columns: address.columns.clone(),
    }
}

/// Keeps the present list as a view.
#[tracing::instrument(name = "dashboard.saved_views.create", skip_all)]
pub(super) async fn create(
    here: Here<UseSavedViews>,
    saved_views: Data<SavedViews>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let address = address(&form);
    let kept = saved_views
        .create(here.tenant(), here.caller(), user(&here)?, input(&form, &address))
        .await;
    match kept {
        Ok(view) => {
            let said = format!("The view “{}” is kept.", view.name);
            Ok(here
                .frame
                .see_other_saying(Address::of_view(&view).href(), said, Tone::Leaf))
        }
        Err(error) => refused(&here, &address, error),
    }
}

/// Changes a view to the present list.
#[tracing::instrument(name = "dashboard.saved_views.change", skip_all)]
pub(super) async fn change(
    here: Here<UseSavedViews>,
    saved_views: Data<SavedViews>,
    Path(id): Path<SavedViewId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let address = address(&form);
    let (user, version) = (user(&here)?, form.version()?);
    let kept = saved_views
        .change(
            here.tenant(),
            here.caller(),
            user,
            id,
            version,
            input(&form, &address),
        )
        .await;
    match kept {
        Ok(view) => {
            let said = format!("The view “{}” is saved.", view.name);
            Ok(here
                .frame
                .see_other_saying(Address::of_view(&view).href(), said, Tone::Leaf))
        }
        Err(error) => refused(&here, &address, error),
    }
}

/// Removes a view.
#[tracing::instrument(name = "dashboard.saved_views.delete", skip_all)]
pub(super) async fn delete(
    here: Here<UseSavedViews>,
    saved_views: Data<SavedViews>,
    Path(id): Path<SavedViewId>,
    _: Form,
) -> Result<HttpResponse, Problem> {
    saved_views
        .delete(here.tenant(), here.caller(), user(&here)?, id)
        .await?;
    Ok(here
        .frame
        .see_other_saying(Address::default().href(), "The view is deleted.", Tone::Leaf))
}

/// Back to the list as it was: its form is small, and what was typed into it is the name alone.
fn refused(
    here: &Here<UseSavedViews>,
    address: &Address,
    error: SavedViewError,
) -> Result<HttpResponse, Problem> {
    let said = match &error {
        SavedViewError::Invalid(wrong) => {
            let wrong: Vec<&str> = wrong.iter().map(|error| error.message.as_str()).collect();
            format!("The view was not kept: {}.", wrong.join("; "))
        }
        _ if error.kind() == ErrorKind::Stale => {
            "The view was changed elsewhere in between. Nothing was saved; look at it and save again."
                .to_owned()
        }
        _ => return Err(error.into()),
    };
    Ok(here.frame.see_other_saying(address.href(), said, Tone::Stem))
}
