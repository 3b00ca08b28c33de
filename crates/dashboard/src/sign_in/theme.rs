//! `POST /account/theme`

use actix_web::HttpResponse;
use kale_domain::error::FieldError;
use kale_web::{Authenticated, Problem};

use crate::{
    frame::{Form, Frame, THEME, theme_named},
    view::shell::theme_name,
};

/// Keeps how the dashboard looks on this device.
pub(super) async fn choose(frame: Frame, _: Authenticated, form: Form) -> Result<HttpResponse, Problem> {
    let Some(theme) = theme_named(form.get("theme")) else {
        let error = FieldError::new("#/theme", "unknown-value", "a theme is `auto`, `light` or `dark`");
        return Err(Problem::validation(vec![error]));
    };
    let mut response = HttpResponse::NoContent().finish();
    THEME.write(&mut response, theme_name(&theme), frame.door().secure_cookies);
    Ok(response)
}
