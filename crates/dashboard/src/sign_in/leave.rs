//! `POST /sign-out`

use actix_web::{HttpResponse, web::Data};
use kale_application::access::{SignIns, Who};
use kale_web::{Gate, Leaving, Problem};

use super::company;
use crate::{
    deps::Provider,
    frame::{Frame, add_cookie},
    view::parts::Tone,
};

/// Ends the sign-in and removes its cookie; where a company's own sign-in made it, that one ends, too.
pub(super) async fn sign_out(
    frame: Frame,
    Leaving(caller): Leaving,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Problem> {
    let Who::Person(presence) = &caller.who else {
        return Err(Problem::people_only());
    };
    let stood = match &provider.0 {
        Some(provider) => provider.leave(presence.sign_in.id).await?,
        None => None,
    };
    sign_ins.end(&caller, presence.sign_in.id).await?;
    let mut response = match stood {
        Some(on) => company::leaving(&frame, &on)?,
        None => frame.see_other_saying("/sign-in", "You are signed out.", Tone::Leaf),
    };
    add_cookie(&mut response, &gate.removal_cookie());
    Ok(response)
}
