//! `GET /sign-in/set-up/{token}`, `POST /sign-in/set-up`: making the first Kale admin.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::installation::{FirstError, Setup};
use kale_domain::email::Email;
use kale_web::{Gate, Path, Problem};

use crate::{
    frame::{Form, Frame, add_cookie},
    view::{
        form::Field,
        sign_in::{FirstAdmin, SetUpPage},
    },
};

/// Looking makes nobody anything.
pub(super) async fn open(
    frame: Frame,
    setup: Data<Setup>,
    Path(token): Path<String>,
) -> Result<HttpResponse, Problem> {
    if !setup.opens_set_up(&token).await? {
        return page(&frame, StatusCode::GONE, String::new(), None);
    }
    let empty = fields(Field::default(), Field::default());
    page(&frame, StatusCode::OK, token, Some(empty))
}

/// The button.
pub(super) async fn make(
    frame: Frame,
    gate: Data<Gate>,
    setup: Data<Setup>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, Problem> {
    gate.require_same_origin(&request)?;
    gate.at_the_door(&request)?;
    let (token, name, address) = (form.get("token"), form.get("name"), form.get("email").trim());
    let again = |wrong_name: &str, wrong_address: &str| {
        let name = Field::default().value(name).error(wrong_name);
        let address = Field::default().value(address).error(wrong_address);
        let fields = fields(name, address);
        page(
            &frame,
            StatusCode::UNPROCESSABLE_ENTITY,
            token.to_owned(),
            Some(fields),
        )
    };
    if !setup.opens_set_up(token).await? {
        return page(&frame, StatusCode::GONE, String::new(), None);
    }
    let email: Email = match address.parse() {
        Ok(email) => email,
        Err(_error) => return again("", "Type an address such as ada@example.com."),
    };
    match setup
        .make_first(token, &email, name, &gate.provenance(&request))
        .await
    {
        Ok(sign_in) => {
            let mut response = frame.see_other("/sign-in/companies");
            add_cookie(&mut response, &gate.cookie(&sign_in));
            Ok(response)
        }
        Err(FirstError::Dead) => page(&frame, StatusCode::GONE, String::new(), None),
        Err(FirstError::Name(wrong)) => again(&wrong.message, ""),
        Err(FirstError::Store(error)) => Err(error.into()),
    }
}

fn fields(name: Field, email: Field) -> FirstAdmin {
    FirstAdmin {
        name: Field {
            name: "name".to_owned(),
            label: "Your name".to_owned(),
            ..name
        },
        email: Field {
            name: "email".to_owned(),
            label: "E-mail".to_owned(),
            ..email
        },
    }
}

fn page(
    frame: &Frame,
    status: StatusCode,
    token: String,
    first: Option<FirstAdmin>,
) -> Result<HttpResponse, Problem> {
    let page = SetUpPage {
        plain: frame.plain(None, "Set up Kale"),
        token,
        first,
    };
    frame.page(status, page.render())
}
