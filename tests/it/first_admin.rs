//! The first Kale admin: made by the link on the console, once.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_application::installation::Setup;
use kale_persistence::access::operator;
use kale_testkit::{Answer, Installation, KaleProcess, TestApp};

use crate::mail::page;

async fn link(app: &TestApp) -> Option<String> {
    let token = Setup::new(app.store().clone())
        .set_up_link(operator())
        .await
        .unwrap();
    token.map(|token| token.reveal().to_owned())
}

async fn look(app: &TestApp, token: &str) -> u16 {
    page(app, Method::GET, &format!("/sign-in/set-up/{token}"), "", "")
        .await
        .code()
}

async fn make(app: &TestApp, token: &str, email: &str) -> Answer {
    let form = format!("token={token}&name=Kim+Ferreira&email={email}");
    page(app, Method::POST, "/sign-in/set-up", "", &form).await
}

#[actix_web::test]
async fn the_link_makes_the_first_admin_once_and_signs_them_in() {
    let app = TestApp::start().await;
    let (first, second) = (link(&app).await.unwrap(), link(&app).await.unwrap());
    assert_eq!((look(&app, &first).await, look(&app, &second).await), (200, 200));
    // What can't be is said, and the link works still.
    assert_eq!(make(&app, &first, "no address").await.code(), 422);
    let nameless = format!("token={first}&name=+&email=kim@kale.example");
    assert_eq!(
        page(&app, Method::POST, "/sign-in/set-up", "", &nameless)
            .await
            .code(),
        422
    );

    let made = make(&app, &first, "kim@kale.example").await;
    assert_eq!(
        (made.code(), made.header("location").as_deref()),
        (303, Some("/sign-in/companies"))
    );
    let cookie = made.header("set-cookie").unwrap();
    let token = cookie.split(';').next().unwrap().strip_prefix("kale=").unwrap();
    let me = app.with_token(token).get("/me").await.expect(200).json();
    assert_eq!(
        (&me["role"], &me["user"]["name"]),
        (&"kale_admin".into(), &"Kim Ferreira".into())
    );

    for dead in [&first, &second] {
        assert_eq!(look(&app, dead).await, 410);
        assert_eq!(make(&app, dead, "eve@kale.example").await.code(), 410);
    }
    assert_eq!(link(&app).await, None);
    app.stop().await;
}

#[actix_web::test]
async fn of_ten_who_use_the_links_at_once_one_becomes_the_admin() {
    let app = TestApp::start().await;
    let links = [link(&app).await.unwrap(), link(&app).await.unwrap()];
    let emails: Vec<String> = (0..10).map(|at| format!("kim{at}@kale.example")).collect();
    let tries = emails
        .iter()
        .enumerate()
        .map(|(at, email)| make(&app, &links[at % 2], email));
    let codes: Vec<u16> = futures::future::join_all(tries)
        .await
        .iter()
        .map(Answer::code)
        .collect();
    assert_eq!(codes.iter().filter(|code| **code == 303).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 410).count(), 9, "{codes:?}");
    app.stop().await;
}

#[actix_web::test]
async fn an_old_or_made_up_link_and_one_beside_an_admin_make_nobody() {
    let app = TestApp::start().await;
    let old = link(&app).await.unwrap();
    app.advance(SignedDuration::from_mins(15));
    for dead in [&old, "kale_set_01h455vb4pex5vsknk084sn02q_x", "x"] {
        assert_eq!(make(&app, dead, "eve@kale.example").await.code(), 410, "{dead}");
    }
    // An admin who was made by the command line closes the door.
    let open = link(&app).await.unwrap();
    let company = app.company("Globex").await;
    let _admin = app.kale_admin(&company).await;
    assert_eq!(make(&app, &open, "eve@kale.example").await.code(), 410);
    assert_eq!(link(&app).await, None);
    app.stop().await;
}

#[actix_web::test]
async fn a_server_prints_the_link_as_long_as_nobody_runs_the_installation() {
    let installation = Installation::start().await;
    let uri = installation.mongod().uri();
    let link = |process: &KaleProcess| {
        let printed = process.log();
        let found = printed
            .lines()
            .find(|line| line.contains("/sign-in/set-up/kale_set_"))?;
        Some(found.trim().to_owned())
    };
    let wait = async |process: &KaleProcess| {
        for _ in 0..100 {
            if link(process).is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        link(process)
    };
    let first = KaleProcess::start(&uri, &installation.data_dir()).await;
    let printed = wait(&first).await.unwrap();
    let path = &printed[printed.find("/sign-in").unwrap()..];
    assert_eq!(first.stranger().get(path).await.code(), 200);
    let words = [
        "admin",
        "create-kale-admin",
        "--email",
        "kim@kale.example",
        "--person",
        "Kim",
    ];
    let (made, said) = KaleProcess::run_to_its_end(&uri, &installation.data_dir(), &words);
    assert!(made, "{said}");

    assert_eq!(first.stranger().get(path).await.code(), 410);
    let second = KaleProcess::start(&uri, &installation.data_dir()).await;
    assert_eq!(wait(&second).await, None);
}
