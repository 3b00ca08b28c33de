//! No form of the dashboard is taken without the token of the page it stands on.

use kale_dashboard::{Needs, Route};
use kale_testkit::TestApp;

use super::{
    NO_IDS,
    browser::{Browser, Manner},
    filled, in_order, is_form, name,
};
use crate::isolation::things::Things;

/// The forms of a company's people.
fn forms() -> Vec<Route> {
    let mut all = in_order();
    all.retain(is_form);
    all
}

/// The forms, at one's own things, that were not refused as coming from elsewhere.
async fn taken(browser: &Browser, own: &Things, headers: &[(&str, &str)]) -> Vec<String> {
    let mut taken = Vec::new();
    for route in forms() {
        let path = filled(&route, |behind| {
            if NO_IDS.contains(&behind) {
                "1".to_owned()
            } else {
                own.id(behind).to_owned()
            }
        });
        let page = browser.ask_from(&route, &path, Manner::Page, &[], headers).await;
        let json = browser.ask_from(&route, &path, Manner::Json, &[], headers).await;
        let refused = page.code() == 403
            && page.text().contains("The request came from another site")
            && json.code() == 403
            && json.problem() == "cross-site";
        if !refused {
            taken.push(name(&route));
        }
    }
    taken
}

#[actix_web::test]
async fn no_form_is_taken_from_another_site() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let own = Things::make(&company, "globex").await;
    let owner = Browser::of(&company.owner).await;
    let expert = Browser::of(&company.expert).await;
    let before = own.state(&company).await;
    assert!(forms().len() >= 30, "{:#?}", forms());

    for (csrf, headers) in [
        ("", &[][..]),
        ("made-up", &[][..]),
        (expert.csrf.as_str(), &[][..]),
        ("", &[("sec-fetch-site", "cross-site")][..]),
        ("", &[("origin", "https://evil.example")][..]),
        ("", &[("sec-fetch-site", "same-site"), ("origin", app.url())][..]),
    ] {
        let forged = owner.with_csrf(csrf);
        assert_eq!(
            taken(&forged, &own, headers).await,
            Vec::<String>::new(),
            "{csrf} {headers:?}"
        );
    }
    assert_eq!(own.state(&company).await, before);
    app.stop().await;
}

#[actix_web::test]
async fn every_form_is_taken_with_its_token() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let own = Things::make(&company, "globex").await;
    let owner = Browser::of(&company.owner).await;

    // Before somebody is signed in no page has a token to carry: those are taken from our own origin alone.
    let mut with_token = taken(&owner, &own, &[]).await;
    with_token.extend(
        taken(
            &Browser::stranger(&app),
            &own,
            &[("sec-fetch-site", "same-origin")],
        )
        .await,
    );
    let missing: Vec<String> = forms()
        .iter()
        .map(name)
        .filter(|form| !with_token.contains(form))
        .collect();
    assert_eq!(missing, Vec::<String>::new());

    let strangers: Vec<String> = forms()
        .iter()
        .filter(|one| one.needs == Needs::Nothing)
        .map(name)
        .collect();
    assert_eq!(
        strangers,
        [
            "POST /sign-in",
            "POST /sign-in/code",
            "POST /sign-in/link",
            "POST /sign-in/invitation",
            "POST /sign-in/set-up",
            "POST /sign-in/organization"
        ]
    );
    app.stop().await;
}
