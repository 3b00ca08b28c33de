//! Every route of the dashboard is asked by everybody, and answers or refuses as the one table of permissions says.

use kale_dashboard::{Needs, Route};
use kale_domain::access::{Permission, Role};
use kale_testkit::{Answer, Client, TestApp};

use super::{
    browser::{Browser, Manner},
    expected, filled, in_order, is_form, name, permission, person,
};
use crate::permissions::{
    everybody, is_asked,
    table::{Cell, Who},
};

/// Where what was asked for ends at the sign-in or at the choice of a company, as it should.
const END_THERE: [&str; 5] = [
    "/account/leave",
    "/account/sign-ins/end",
    "/company/leave",
    "/sign-in/mail",
    "/sign-out",
];

/// A cell of the matrix as it was answered: as a page; and in the other manners too where the table refuses, since a
/// refusal may be asked for again without changing anything.
struct Seen {
    route: Route,
    who: Who,
    answers: Vec<(Manner, Answer)>,
}

/// Ids that nobody has: what is allowed ends as 404.
fn nobodys(behind: &str) -> String {
    let prefix = match behind {
        "api-keys" => "key_",
        "customers" => "cus_",
        "jobs" => "job_",
        "personas" => "per_",
        "saved-views" => "viw_",
        "offers" => "ofr_",
        "reasons" => return "nobody_has_it".to_owned(),
        "secrets" => "vsc_",
        "sessions" => "ses_",
        "uploads" => "upl_",
        "workflows" => "wfl_",
        "versions" => return "99".to_owned(),
        _ => "",
    };
    format!("{prefix}01h455vb4pex5vsknk084sn02q")
}

async fn at_browser(app: &TestApp, who: &Who, client: &Client) -> Browser {
    match who {
        Who::Nobody => Browser::stranger(app),
        Who::Person { .. } => Browser::of(client).await,
        Who::Key(_) => Browser::program(client),
    }
}

/// Where a form says it comes from: before somebody is signed in nothing else speaks for it.
fn from(route: &Route) -> &'static [(&'static str, &'static str)] {
    if route.needs == Needs::Nothing {
        &[("sec-fetch-site", "same-origin")]
    } else {
        &[]
    }
}

/// Whoever asks one of these is nobody from then on.
const ENDING: [&str; 3] = ["/account/leave", "/account/sign-ins/end", "/sign-out"];

async fn matrix(wanted: impl Fn(&Route) -> bool) -> Vec<Seen> {
    let app = TestApp::shared();
    let (ending, staying): (Vec<_>, Vec<_>) = in_order()
        .into_iter()
        .filter(wanted)
        .partition(|route| ENDING.contains(&route.path));
    let mut seen = Vec::new();
    ask_all(&app, staying, &mut seen, |_| true).await;
    // A Kale admin is there twice, in a company and in none, and is out of both at once.
    let outside = |who: &Who| {
        matches!(
            who,
            Who::Person {
                in_company: false,
                ..
            }
        )
    };
    for route in ending {
        ask_all(&app, vec![route.clone()], &mut seen, |who| !outside(who)).await;
        ask_all(&app, vec![route], &mut seen, outside).await;
    }
    app.stop().await;
    seen
}

async fn ask_all(app: &TestApp, routes: Vec<Route>, seen: &mut Vec<Seen>, wanted: impl Fn(&Who) -> bool) {
    if routes.is_empty() {
        return;
    }
    let company = app.company("Globex").await;
    let mut browsers = Vec::new();
    for (who, client) in everybody(app, &company).await {
        if wanted(&who) {
            let browser = at_browser(app, &who, &client).await;
            browsers.push((who, browser));
        }
    }
    for route in routes {
        let path = filled(&route, nobodys);
        for (who, browser) in browsers
            .iter()
            .filter(|(who, _)| is_asked(permission(&route), who))
        {
            let page = browser
                .ask_from(&route, &path, Manner::Page, &[], from(&route))
                .await;
            let mut answers = vec![(Manner::Page, page)];
            if expected(&route, who) != Cell::Allowed {
                for manner in [Manner::Part, Manner::Json] {
                    answers.push((manner, browser.ask(&route, &path, manner, &[]).await));
                }
            }
            seen.push(Seen {
                route: route.clone(),
                who: who.clone(),
                answers,
            });
        }
    }
}

/// Where an answer leads; empty where it stays.
fn leads_to(answer: &Answer) -> String {
    let to = answer.header("location").unwrap_or_default();
    to.split('?').next().unwrap_or_default().to_owned()
}

fn is_whole(answer: &Answer) -> bool {
    answer.text().trim_start().starts_with("<!doctype html>")
}

/// Whether a cell was answered so.
fn agrees(route: &Route, cell: &Cell, manner: Manner, answer: &Answer) -> bool {
    let (status, to) = (answer.code(), leads_to(answer));
    let sent_to = |way: &str| status == 303 && to == way;
    let problem = |code: u16, name: &str| status == code && answer.problem() == name;
    let fragment =
        |code: u16| status == code && !is_whole(answer) && answer.text().contains("role=\"alert\"");
    match (cell, manner) {
        (Cell::Allowed, _) => {
            let turned_away = matches!(to.as_str(), "/sign-in" | "/sign-in/companies");
            !matches!(status, 401 | 403 | 405) && (!turned_away || END_THERE.contains(&route.path))
        }
        (Cell::Unauthenticated, Manner::Page) => sent_to("/sign-in"),
        (Cell::Unauthenticated, Manner::Part) => {
            fragment(401) && answer.header("hx-redirect").as_deref() == Some("/sign-in")
        }
        (Cell::Unauthenticated, Manner::Json) => problem(401, "unauthenticated"),
        (Cell::Lacks(permission), Manner::Page) => {
            // What belongs to no company has no navigation to stand in.
            let words = if is_form(route) || *permission == Permission::ManageInstallation {
                "This is not for your role"
            } else {
                "may open this page."
            };
            status == 403 && is_whole(answer) && answer.text().contains(words)
        }
        (Cell::Lacks(permission), Manner::Json) => {
            problem(403, "forbidden") && answer.text().contains(&format!("`{}`", permission.name()))
        }
        (Cell::Refused("choose-a-company"), Manner::Page) => sent_to("/sign-in/companies"),
        (Cell::Refused(_), Manner::Page) => status == 403 && is_whole(answer),
        (Cell::Lacks(_) | Cell::Refused(_), Manner::Part) => fragment(403),
        (Cell::Refused(code), Manner::Json) => problem(403, code),
    }
}

/// The cells that differ from a table.
fn disagreements(seen: &[Seen], table: impl Fn(&Route, &Who) -> Cell) -> Vec<String> {
    let mut wrong = Vec::new();
    for Seen { route, who, answers } in seen {
        let cell = table(route, who);
        let differing = answers
            .iter()
            .find(|(manner, answer)| !agrees(route, &cell, *manner, answer));
        if let Some((manner, answer)) = differing {
            let text: String = answer.text().chars().take(300).collect();
            wrong.push(format!(
                "{} × {who:?} ({manner:?}): {cell:?}, but {} {} {text}",
                name(route),
                answer.code(),
                leads_to(answer)
            ));
        }
    }
    wrong
}

#[actix_web::test]
async fn every_route_of_the_dashboard_answers_and_refuses_as_the_table_says() {
    let seen = matrix(|_| true).await;

    assert_eq!(disagreements(&seen, expected), Vec::<String>::new());
    let refused = seen
        .iter()
        .filter(|one| expected(&one.route, &one.who) != Cell::Allowed)
        .count();
    assert!(
        seen.len() >= 400 && refused >= 150,
        "{} cells, {refused} refused",
        seen.len()
    );
}

#[actix_web::test]
async fn a_wrong_table_of_the_dashboard_is_seen_cell_by_cell() {
    let seen = matrix(|one| one.needs == Needs::May(Permission::ManagePersonas)).await;
    assert_eq!(disagreements(&seen, expected), Vec::<String>::new());

    let routes = seen.iter().filter(|one| one.who == Who::Nobody).count();
    assert!(routes >= 7, "{routes} routes");
    let too_kind = |route: &Route, who: &Who| match who {
        who if *who == person(Role::RetentionExpert) => Cell::Allowed,
        _ => expected(route, who),
    };
    let too_strict = |route: &Route, who: &Who| match who {
        who if *who == person(Role::RetentionAdmin) => Cell::Lacks(Permission::ManagePersonas),
        _ => expected(route, who),
    };
    let other_name = |route: &Route, who: &Who| match expected(route, who) {
        Cell::Lacks(_) if matches!(who, Who::Key(_)) => Cell::Lacks(Permission::ReadJobs),
        cell => cell,
    };
    let open = |route: &Route, who: &Who| match who {
        Who::Nobody => Cell::Allowed,
        _ => expected(route, who),
    };
    for wrong in [
        disagreements(&seen, too_kind),
        disagreements(&seen, too_strict),
        disagreements(&seen, other_name),
        disagreements(&seen, open),
    ] {
        assert_eq!(wrong.len(), routes, "{wrong:#?}");
    }
}
