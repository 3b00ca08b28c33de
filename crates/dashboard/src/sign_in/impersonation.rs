//! `POST /impersonation/end`: a Kale admin sees their own again.

use actix_web::{HttpResponse, web::Data};
use kale_application::access::{SignIns, Who};
use kale_web::{Leaving, Problem};

use crate::{frame::Frame, view::parts::Tone};

/// Back to the people of the company, where it began; nothing happens where nobody was impersonated.
pub(super) async fn end(
    frame: Frame,
    Leaving(caller): Leaving,
    sign_ins: Data<SignIns>,
) -> Result<HttpResponse, Problem> {
    if let Who::Program(_) = &caller.who {
        return Err(Problem::people_only());
    }
    let Some(whom) = caller.impersonated_by().map(|_| caller.name().to_owned()) else {
        return Ok(frame.see_other("/"));
    };
    sign_ins.stop_impersonating(&caller).await?;
    let said = format!("You see your own again, no longer what {whom} sees.");
    Ok(frame.see_other_saying("/settings/team", said, Tone::Leaf))
}
