//! A company can't find out by its pages either that another one's things exist: every route × every parameter of its
//! path, generated from the table of routes; every page that lists; every id that a form or an address may name.

use actix_web::http::Method;
use kale_dashboard::{Needs, Route, routes};
use kale_testkit::{Answer, TestApp, TestCompany};
use serde_json::Value;

use super::{
    NO_IDS,
    browser::{Browser, Manner},
    expected, in_order, name, parameters, unknown,
};
use crate::{
    isolation::{
        bare, callers, leaks,
        things::{Things, fresh},
    },
    permissions::table::{Cell, Who},
    raw,
};

/// One question: a route with somebody else's id at one of its parameters, and the same with an id that nobody has.
struct Asked {
    name: String,
    may: bool,
    answer: Answer,
    control: Answer,
}

/// Everything of an answer that tells one from another; two requests of a test have the same id.
fn whole(answer: &Answer) -> (u16, Value, String, Option<String>) {
    let (code, json) = bare(answer);
    let text = if json.is_null() {
        answer.text()
    } else {
        String::new()
    };
    (code, json, text, answer.header("location"))
}

async fn browsers(company: &TestCompany) -> Vec<(Who, Browser)> {
    let mut all = Vec::new();
    for (who, client) in callers(company) {
        let browser = match who {
            Who::Key(_) => Browser::program(&client),
            _ => Browser::of(&client).await,
        };
        all.push((who, browser));
    }
    all
}

/// The path with that id at one parameter and own ids at the others.
fn path(route: &Route, at: usize, id: &str, own: &Things) -> String {
    let mut path = route.path.to_owned();
    for (index, (behind, parameter)) in parameters(route).iter().enumerate() {
        let value = if index == at { id } else { own.id(behind) };
        path = path.replacen(parameter, value, 1);
    }
    path
}

/// Asks every route for the things that `of` has, as everybody of `by`.
async fn walk(by: &[(Who, Browser)], manners: &[Manner], of: &Things, own: &Things) -> Vec<Asked> {
    let mut all = Vec::new();
    for route in in_order() {
        let parameters = parameters(&route).into_iter().enumerate();
        for (at, (behind, _)) in parameters.filter(|(_, (behind, _))| !NO_IDS.contains(behind)) {
            let id = of.id(behind);
            let (asked, control) = (path(&route, at, id, own), path(&route, at, &fresh(id), own));
            for (who, browser) in by {
                for manner in manners {
                    all.push(Asked {
                        name: format!("{} {who:?} {manner:?}", name(&route)),
                        may: expected(&route, who) == Cell::Allowed,
                        control: browser.ask(&route, &control, *manner, &[]).await,
                        answer: browser.ask(&route, &asked, *manner, &[]).await,
                    });
                }
            }
        }
    }
    all
}

/// The answers that tell something: that are another than the one for an id that nobody has, or no 404 (403 for those
/// who may not ask at all), or that hold a word of the others.
fn telling<'a>(asked: &'a [Asked], needles: &[String]) -> Vec<&'a Asked> {
    let tells = |one: &&Asked| {
        let code = if one.may { 404 } else { 403 };
        one.answer.code() != code || whole(&one.answer) != whole(&one.control) || leaks(&one.answer, needles)
    };
    asked.iter().filter(tells).collect()
}

fn said(telling: &[&Asked]) -> Vec<String> {
    let say = |one: &&Asked| {
        let text: String = one.answer.text().chars().take(200).collect();
        format!("{}: {} {text}", one.name, one.answer.code())
    };
    telling.iter().map(say).collect()
}

#[actix_web::test]
async fn the_things_of_another_company_have_no_page_and_no_form() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let (theirs, own) = (
        Things::make(&quartz, "quartz").await,
        Things::make(&globex, "globex").await,
    );
    assert_eq!(
        unknown(&routes(), &theirs),
        Vec::<String>::new(),
        "no test knows an id for these"
    );
    let before = theirs.state(&quartz).await;

    let asked = walk(&browsers(&globex).await, &Manner::ALL, &theirs, &own).await;

    assert_eq!(said(&telling(&asked, &theirs.needles)), Vec::<String>::new());
    let not_found = asked.iter().filter(|one| one.answer.code() == 404).count();
    assert!(not_found >= 100, "only {not_found} cells");
    assert_eq!(theirs.state(&quartz).await, before);
    app.stop().await;
}

#[actix_web::test]
async fn the_same_walk_over_things_of_ones_own_tells_at_every_step() {
    let app = TestApp::shared();
    let globex = app.company("Globex").await;
    let own = Things::make(&globex, "globex").await;

    let owner = [browsers(&globex).await.remove(0)];
    let asked = walk(&owner, &[Manner::Page], &own, &own).await;

    let missing: Vec<&str> = asked
        .iter()
        .filter(|one| one.answer.code() == 404)
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    // What Kale admins do with a company is not for its own people.
    let (outside, asked): (Vec<_>, Vec<_>) = asked
        .into_iter()
        .partition(|one| one.name.contains(" /installation/") || one.name.contains("/impersonate"));
    assert!(outside.iter().all(|one| one.answer.code() == 403));
    let told = telling(&asked, &[]).len();
    assert_eq!(told, asked.len());
    assert!(told >= 22, "{told} cells");
    app.stop().await;
}

#[actix_web::test]
async fn a_route_of_the_dashboard_that_the_test_knows_no_id_for_fails_it() {
    let app = TestApp::shared();
    let things = Things::make(&app.company("Quartz").await, "quartz").await;
    let more = |path| Route {
        method: Method::GET,
        path,
        needs: Needs::SignedIn,
    };
    let mut all = routes();
    all.extend([more("/widgets/{id}"), more("/customers/{id}/notes/{note}")]);

    assert_eq!(
        unknown(&all, &things),
        [
            "GET /widgets/{id} {id}",
            "GET /customers/{id}/notes/{note} {note}"
        ]
    );
    app.stop().await;
}

/// What pages can be asked for beside nothing.
const QUERIES: [&str; 7] = [
    "/customers?q=quartz",
    "/customers?filter[external_id]=quartz-1",
    "/customers?filter[tag]=quartz",
    "/customers/export.csv?q=quartz",
    "/customers/filter-form?add_field=persona",
    "/personas/table?by=tag",
    "/audit?action=",
];

/// What gives their things away, without the words that were asked for, which a page may repeat.
fn names(theirs: &Things) -> Vec<String> {
    let ids = theirs.needles.iter().filter(|one| one.contains('_')).cloned();
    let called = [
        "quartz one",
        "quartz two",
        "fans of quartz",
        "quartz view",
        "quartz key",
        "quartz flow",
        "one@quartz.example",
    ];
    ids.chain(called.map(str::to_owned)).collect()
}

/// The pages in which one of these sees something of the other company.
async fn seen(by: &[(Who, Browser)], needles: &[String]) -> Vec<String> {
    let table = routes();
    let without_id = table
        .iter()
        .filter(|one| one.method == Method::GET && parameters(one).is_empty());
    let mut seen = Vec::new();
    for path in QUERIES.into_iter().chain(without_id.map(|one| one.path)) {
        for (who, browser) in by {
            for manner in [Manner::Page, Manner::Part] {
                if leaks(&browser.get(path, manner).await, needles) {
                    seen.push(format!("{path} {who:?} {manner:?}"));
                }
            }
        }
    }
    seen
}

#[actix_web::test]
async fn no_page_shows_anything_of_another_company_and_a_planted_leak_is_seen() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let theirs = Things::make(&quartz, "quartz").await;
    drop(Things::make(&globex, "globex").await);
    let needles = names(&theirs);

    let strangers = browsers(&globex).await;
    assert_eq!(seen(&strangers, &needles).await, Vec::<String>::new());
    // The same pages show their own company all of it, so that nothing above is empty by mistake.
    let own = seen(&browsers(&quartz).await[..1], &needles).await;
    for page in [
        "/ ",
        "/customers ",
        "/customers?q",
        "/customers/export.csv ",
        "/data ",
        "/jobs ",
        "/personas ",
        "/workflows ",
        "/sessions ",
        "/reasons ",
        "/offers ",
        "/settings/viewer ",
        "/settings/api-keys ",
        "/audit ",
        "/audit/export.csv ",
    ] {
        assert!(own.iter().any(|one| one.starts_with(page)), "{page} in {own:#?}");
    }

    raw::plant_customer(&app, quartz.id, globex.id).await;

    let planted = seen(&strangers[..1], &needles).await;
    for page in [
        "/customers Person",
        "/customers?q=quartz",
        "/customers/export.csv Person",
    ] {
        assert!(
            planted.iter().any(|one| one.starts_with(page)),
            "{page} in {planted:#?}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn ids_of_another_company_in_a_form_or_an_address_name_nothing() {
    let app = TestApp::shared();
    let (quartz, globex) = (app.company("Quartz").await, app.company("Globex").await);
    let (theirs, own) = (
        Things::make(&quartz, "quartz").await,
        Things::make(&globex, "globex").await,
    );
    let before = theirs.state(&quartz).await;
    let owner = Browser::of(&globex.owner).await;
    let route = |wanted: &str| routes().into_iter().find(|one| name(one) == wanted).unwrap();
    let customer = format!("/customers/{}/persona", own.id("customers"));

    for (wanted, path, field, id, code) in [
        (
            "POST /customers/export",
            "/customers/export",
            "id",
            theirs.id("customers"),
            404,
        ),
        (
            "POST /customers/{id}/persona",
            customer.as_str(),
            "persona",
            theirs.persona_key.as_str(),
            422,
        ),
        (
            "POST /customers/{id}/persona",
            customer.as_str(),
            "persona",
            theirs.persona.as_str(),
            422,
        ),
        (
            "POST /personas",
            "/personas",
            "persona",
            theirs.persona.as_str(),
            0,
        ),
        (
            "POST /personas/preview",
            "/personas/preview",
            "persona",
            theirs.persona.as_str(),
            0,
        ),
        (
            "POST /sign-in/companies",
            "/sign-in/companies",
            "company",
            theirs.id("companies"),
            403,
        ),
    ] {
        let strange = fresh(id);
        for manner in Manner::ALL {
            let answer = owner.ask(&route(wanted), path, manner, &[(field, id)]).await;
            let control = owner
                .ask(&route(wanted), path, manner, &[(field, &strange)])
                .await;
            assert!(code == 0 || answer.code() == code, "{wanted}: {}", answer.code());
            let (status, _, text, to) = whole(&answer);
            // It repeats the word that was sent, and says nothing else.
            let as_sent = (status, text.replace(id, &strange), to);
            let (status, _, text, to) = whole(&control);
            assert_eq!(as_sent, (status, text, to), "{wanted} {manner:?}");
        }
    }
    for (address, id) in [
        ("/customers?view=", "saved-views"),
        ("/audit?target=", "customers"),
        ("/jobs?state=", "jobs"),
    ] {
        let strange = fresh(theirs.id(id));
        for manner in Manner::ALL {
            let answer = owner.get(&format!("{address}{}", theirs.id(id)), manner).await;
            let control = owner.get(&format!("{address}{strange}"), manner).await;
            assert_eq!(answer.code(), control.code(), "{address}");
            assert_eq!(
                answer.text().replace(theirs.id(id), &strange),
                control.text(),
                "{address} {manner:?}"
            );
        }
    }
    assert_eq!(theirs.state(&quartz).await, before);
    app.stop().await;
}
