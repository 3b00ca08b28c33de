//! `POST /sign-out`

use actix_web::{HttpResponse, web::Data};
use kale_application::access::{SignIns, Who};
use kale_web::{Authenticated, Gate, Problem};

use crate::{
    frame::{Frame, add_cookie},
    view::parts::Tone,
};

/// Ends the sign-in and removes its cookie.
pub(super) async fn sign_out(
    frame: Frame,
    Authenticated(caller): Authenticated,
    gate: Data<Gate>,
    sign_ins: Data<SignIns>,
) -> Result<HttpResponse, Problem> {
    let Who::Person(presence) = &caller.who else {
        return Err(Problem::people_only());
    };
    sign_ins.end(&caller, presence.sign_in.id).await?;
    let mut response = frame.see_other_saying("/sign-in", "You are signed out.", Tone::Leaf);
    add_cookie(&mut response, &gate.removal_cookie());
    Ok(response)
}
