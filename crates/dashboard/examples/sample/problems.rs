#![expect(clippy::too_many_lines, reason = "invented data is long and has no branches")]

use kale_dashboard::view::{
    docs::{DocsErrorsPage, DocsPage, ErrorDoc, LicencesPage},
    parts::{Link, Toast, Tone},
    problem::{ErrorPage, NoPermissionPage, ProblemFragment, ToastsFragment},
    shell::Section,
};

use super::{Page, empty, fragment, page, plain, shell};

pub(crate) fn errors(typed: &str) -> Vec<Page> {
    let error = |status, title: &str, detail: &str| ErrorPage {
        plain: plain(title),
        status,
        title: title.to_owned(),
        detail: format!("{detail}{typed}"),
        request_id: "01JD8Q5ZT7N4".to_owned(),
        action: Link::new("Go to Today", "/"),
    };
    vec![
        page(
            "error-404",
            &error(
                404,
                "This page does not exist",
                "It may have been deleted, or it belongs to another company.",
            ),
        ),
        page(
            "error-403",
            &error(
                403,
                "This is not for your role",
                "Ask a retention admin of your company.",
            ),
        ),
        page(
            "error-500",
            &error(
                500,
                "Something broke on our side",
                "Nothing you typed was saved. Try again in a moment; the log has the details under the request below.",
            ),
        ),
        page(
            "no-permission",
            &NoPermissionPage {
                shell: shell(Section::Today, "Audit", vec![], typed),
                empty: empty(
                    "lock",
                    "Only retention admins read the audit log. Ada Okafor is one.",
                    Some(Link::new("Go to Today", "/")),
                    None,
                ),
                request_id: "01JD8Q5ZT7N4".to_owned(),
            },
        ),
        fragment(
            "fragment-problem",
            &ProblemFragment {
                title: "The list could not be loaded.".to_owned(),
                detail: format!("The database did not answer in time.{typed}"),
                request_id: "01JD8Q5ZT7N4".to_owned(),
                retry: "/customers".to_owned(),
            },
        ),
        fragment(
            "fragment-toasts",
            &ToastsFragment {
                toasts: vec![Toast {
                    text: format!("Saved.{typed}"),
                    tone: Tone::Leaf,
                    action: None,
                }],
            },
        ),
        page(
            "docs",
            &DocsPage {
                plain: plain("API"),
                spec: "/openapi.json".to_owned(),
            },
        ),
        page(
            "docs-errors",
            &DocsErrorsPage {
                plain: plain("Errors"),
                errors: [
                    (
                        "unknown-parameter",
                        400,
                        "A parameter is not known here",
                        "The message names it; compare with the description of the route.",
                    ),
                    (
                        "not-signed-in",
                        401,
                        "No credential, or one that is not good any more",
                        "Send a bearer token; make a new key if this one was revoked.",
                    ),
                    (
                        "stale-version",
                        412,
                        "Somebody changed the thing in between",
                        "Read it again, apply your change and send the new version in If-Match.",
                    ),
                    (
                        "validation",
                        422,
                        "The request breaks a rule",
                        "Every place that is wrong stands in `errors` with a pointer.",
                    ),
                ]
                .map(|(code, status, title, advice)| ErrorDoc {
                    code: code.to_owned(),
                    status,
                    title: title.to_owned(),
                    advice: advice.to_owned(),
                })
                .into(),
            },
        ),
        page(
            "licenses",
            &LicencesPage {
                plain: plain("Licences"),
                text: kale_dashboard::assets::licences(),
            },
        ),
    ]
}
