use kale_integrations::identity::{Happening, Verifier};

use super::*;

fn workos() -> WorkOs {
    WorkOs::new(Settings {
        base_url: "https://api.workos.com".parse().unwrap(),
        client_id: "client_1".to_owned(),
        api_key: "sk_secret".to_owned().into(),
        webhook_secrets: Vec::new(),
    })
    .unwrap()
}

#[test]
fn the_way_to_sign_in_carries_the_challenge_and_not_the_verifier() {
    let verifier = Verifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let url = workos().authorization_url(&Authorization {
        return_to: &"https://kale.example/sign-in/callback".parse().unwrap(),
        state: "st&te",
        verifier: &verifier,
        organization: Some("org_1"),
        email: Some("ada+1@northwind.example"),
    });
    assert!(
        url.as_str()
            .starts_with("https://api.workos.com/user_management/authorize?"),
        "{url}"
    );
    let said: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "client_1"),
        ("redirect_uri", "https://kale.example/sign-in/callback"),
        ("provider", "authkit"),
        ("state", "st&te"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
        ("organization_id", "org_1"),
        ("login_hint", "ada+1@northwind.example"),
    ];
    let expected: Vec<(String, String)> = expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    assert_eq!(said, expected);
    assert!(!url.as_str().contains("dBjf") && !url.as_str().contains("sk_secret"));
}

#[test]
fn the_way_out_names_the_session_whatever_is_in_its_name() {
    let back = "https://kale.example/sign-in".parse().unwrap();
    let url = workos().logout_url("session_1&return_to=https://evil.example", &back);
    let said: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(said[0].1, "session_1&return_to=https://evil.example");
    assert_eq!(said[1], ("return_to".to_owned(), back.to_string()));
    assert_eq!(
        workos().at(&["organizations", "../users?x"], []).path(),
        "/organizations/..%2Fusers%3Fx"
    );
}

#[test]
fn no_debug_shows_the_secret() {
    assert!(!format!("{:?}", workos()).contains("sk_secret"));
}

#[test]
fn an_event_says_what_to_look_at_and_an_unknown_one_is_no_error() {
    let read = |text: &str| Event::from(serde_json::from_str::<wire::Event>(text).unwrap()).what;
    let changed = r#"{"id":"event_1","event":"organization_membership.deleted","data":{"user_id":"user_1","organization_id":"org_1"}}"#;
    assert_eq!(
        read(changed),
        Happening::MembershipChanged {
            person: "user_1".to_owned(),
            organization: "org_1".to_owned()
        }
    );
    let gone = r#"{"id":"event_1","event":"user.deleted","data":{"id":"user_1"}}"#;
    assert_eq!(
        read(gone),
        Happening::PersonDeleted {
            person: "user_1".to_owned()
        }
    );
    for text in [
        r#"{"id":"event_1","event":"something.new","data":[]}"#,
        r#"{"id":"event_1","event":"user.deleted"}"#,
        r#"{"id":"event_1","event":"organization_membership.created","data":{"user_id":7}}"#,
    ] {
        assert_eq!(read(text), Happening::Other, "{text}");
    }
}
