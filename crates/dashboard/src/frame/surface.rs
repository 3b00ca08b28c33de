//! Problems as people see them: a page, a fragment, or the way to the sign-in.

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use askama::Template as _;
use kale_domain::user::Theme;
use kale_web::{Problem, ProblemPage, Surface};

use super::{
    address::Query,
    page::{html_answer, see_other},
};
use crate::{
    view::{
        parts::Link,
        problem::{ErrorPage, ProblemFragment},
        shell::Plain,
    },
    words::sentence,
};

/// What pages may do in a browser: everything comes from this origin, and no script stands in a page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// Where htmx takes the whole page.
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// The dashboard as the edge knows it: every path that is no other surface's.
#[must_use]
pub fn surface() -> Surface {
    Surface::html("/", POLICY, show)
}

fn show(page: &ProblemPage<'_>) -> HttpResponse {
    if let Some(to) = elsewhere(page) {
        return see_other(&to);
    }
    let html = if page.htmx {
        fragment(page).render()
    } else {
        whole(page).render()
    };
    match html {
        Ok(html) => {
            let mut response = html_answer(page.problem.status(), html);
            if page.htmx && page.problem.code() == "unauthenticated" {
                // The page around the fragment is of no use to a stranger.
                response
                    .headers_mut()
                    .insert(HX_REDIRECT, HeaderValue::from_static("/sign-in"));
            }
            response
        }
        Err(error) => {
            tracing::error!(error = %error, "the page of a problem could not be rendered");
            HttpResponse::build(page.problem.status()).finish()
        }
    }
}

/// Where a person goes first: to the sign-in, or to choose a company. Only a page can be gone back to.
fn elsewhere(page: &ProblemPage<'_>) -> Option<String> {
    if page.htmx {
        return None;
    }
    let next = if page.method == Method::GET && page.target != "/" {
        page.target
    } else {
        ""
    };
    let way = match page.problem.code() {
        "unauthenticated" => "/sign-in",
        "choose-a-company" => "/sign-in/companies",
        _ => return None,
    };
    Some(Query::default().with("next", next).at(way))
}

fn whole(page: &ProblemPage<'_>) -> ErrorPage {
    let (title, detail) = words(page.problem);
    ErrorPage {
        plain: Plain {
            title: title.clone(),
            theme: Theme::Auto,
            csrf: String::new(),
        },
        status: page.problem.status().as_u16(),
        title,
        detail,
        request_id: page.request_id.to_owned(),
        action: Link::new("Go to Today", "/"),
    }
}

fn fragment(page: &ProblemPage<'_>) -> ProblemFragment {
    let (title, detail) = words(page.problem);
    let status = page.problem.status();
    let retry = match page.problem.code() {
        "unauthenticated" => "/sign-in",
        "choose-a-company" => "/sign-in/companies",
        _ if page.method == Method::GET
            && (status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS) =>
        {
            page.target
        }
        _ => "",
    };
    ProblemFragment {
        title: format!("{}.", title.trim_end_matches('.')),
        detail,
        request_id: page.request_id.to_owned(),
        retry: retry.to_owned(),
    }
}

/// What happened, and what to do.
fn words(problem: &Problem) -> (String, String) {
    let fixed = |title: &str, detail: &str| (title.to_owned(), detail.to_owned());
    match problem.code() {
        "not-found" => fixed(
            "This page does not exist",
            "It may have been deleted, or it belongs to another company.",
        ),
        "forbidden" => fixed(
            "This is not for your role",
            "Ask a retention admin of your company.",
        ),
        "unauthenticated" => fixed("You are signed out", "Sign in, then do it again."),
        "cross-site" => fixed(
            "The request came from another site",
            "Nothing was changed. Go back, load the page again and repeat it.",
        ),
        "method-not-allowed" => fixed(
            "Nothing is here to open",
            "This address only takes what a form sends.",
        ),
        _ if problem.status().is_server_error() => match problem.status() {
            StatusCode::SERVICE_UNAVAILABLE => fixed(
                "Not available just now",
                "Nothing you typed was saved. Try again in a moment.",
            ),
            _ => fixed(
                "Something broke on our side",
                "Nothing you typed was saved. Try again in a moment; the log has the details under the request below.",
            ),
        },
        _ => (problem.title().to_owned(), detail(problem)),
    }
}

/// The detail, else what is wrong where.
fn detail(problem: &Problem) -> String {
    let fields: Vec<&str> = problem
        .fields()
        .iter()
        .map(|field| field.message.as_str())
        .collect();
    if fields.is_empty() {
        problem.explanation().map(sentence).unwrap_or_default()
    } else {
        sentence(&fields.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::LOCATION;

    use super::*;

    fn shown(problem: &Problem, method: &Method, target: &str, htmx: bool) -> HttpResponse {
        show(&ProblemPage {
            problem,
            request_id: "req1",
            method,
            target,
            htmx,
        })
    }

    #[test]
    fn a_stranger_is_sent_to_sign_in_and_comes_back() {
        let answer = shown(
            &Problem::unauthenticated(),
            &Method::GET,
            "/customers?q=a&sort=-mrr",
            false,
        );
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            answer.headers().get(LOCATION).unwrap(),
            "/sign-in?next=%2Fcustomers%3Fq%3Da%26sort%3D-mrr"
        );

        let posted = shown(
            &Problem::unauthenticated(),
            &Method::POST,
            "/customers/export",
            false,
        );
        assert_eq!(posted.headers().get(LOCATION).unwrap(), "/sign-in");
    }

    #[test]
    fn a_part_of_a_page_is_answered_by_a_part() {
        let answer = shown(&Problem::unauthenticated(), &Method::GET, "/customers", true);
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers().get(HX_REDIRECT).unwrap(), "/sign-in");
    }

    #[actix_web::test]
    async fn a_page_of_a_problem_names_the_request() {
        let answer = shown(&Problem::of("internal"), &Method::GET, "/customers", false);
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        assert!(html.contains("req1") && html.contains("<!doctype html>"));
    }
}
