//! `POST /account/sign-ins/end` and `POST /account/sign-ins/{id}/end`

use actix_web::{HttpResponse, web::Data};
use kale_application::access::SignIns;
use kale_domain::id::SignInId;
use kale_web::{Gate, NoQuery, Path, Person, Problem};

use super::HERE;
use crate::{
    frame::{Frame, add_cookie},
    view::parts::Tone,
};

#[tracing::instrument(name = "dashboard.account.end_sign_in", skip_all)]
pub(crate) async fn end(
    frame: Frame,
    Person { caller, .. }: Person,
    sign_ins: Data<SignIns>,
    Path(id): Path<SignInId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    if sign_ins.end(&caller, id).await? {
        Ok(frame.see_other_saying(HERE, "That sign-in has ended.", Tone::Leaf))
    } else {
        Err(Problem::not_found())
    }
}

#[tracing::instrument(name = "dashboard.account.end_all_sign_ins", skip_all)]
pub(crate) async fn end_all(
    frame: Frame,
    Person { caller, .. }: Person,
    sign_ins: Data<SignIns>,
    gate: Data<Gate>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    sign_ins.end_all(&caller).await?;
    let mut response = frame.see_other_saying("/sign-in", "You are signed out everywhere.", Tone::Leaf);
    add_cookie(&mut response, &gate.removal_cookie());
    Ok(response)
}
