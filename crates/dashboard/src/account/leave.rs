//! `POST /account/leave`

use actix_web::{HttpResponse, web::Data};
use kale_application::team::{Team, TeamError};
use kale_web::{Gate, NoQuery, Person, Problem};

use super::HERE;
use crate::{
    frame::{Frame, add_cookie},
    view::parts::Tone,
    words::sentence,
};

/// Leaves the company for good.
#[tracing::instrument(name = "dashboard.account.leave", skip_all)]
pub(crate) async fn leave(
    frame: Frame,
    person: Person,
    team: Data<Team>,
    gate: Data<Gate>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    match team.leave(&person.caller, &person.presence).await {
        Ok(()) => {
            let mut response = frame.see_other_saying("/sign-in", "You have left.", Tone::Leaf);
            add_cookie(&mut response, &gate.removal_cookie());
            Ok(response)
        }
        Err(error @ (TeamError::LastAdmin | TeamError::NoMember)) => {
            let said = format!("Nothing was changed. {}", sentence(&error.to_string()));
            Ok(frame.see_other_saying(HERE, said, Tone::Sun))
        }
        Err(error) => Err(error.into()),
    }
}
