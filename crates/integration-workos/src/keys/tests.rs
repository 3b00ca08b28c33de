use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use kale_http_client::{Destinations, Unlimited};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

const ISSUER: &str = "https://api.workos.com";

struct Signer {
    name: &'static str,
    pair: KeyPair,
}

impl Signer {
    fn new(name: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        Self { name, pair }
    }

    fn public(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA", "kid": self.name, "alg": "RS256", "use": "sig",
            "n": BASE64_URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": BASE64_URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({ "alg": "RS256", "typ": "JWT", "kid": self.name }), claims)
    }
}

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "sub": "user_1", "sid": "session_1", "org_id": "org_1",
        "iat": now().as_second(), "exp": now().as_second() + 300,
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// Keys that are served, as they stand in the list at that moment.
async fn served(signers: &[&Signer]) -> (Keys, Arc<Mutex<Vec<Value>>>, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}/sso/jwks/client_1", listener.local_addr().unwrap());
    let list = Arc::new(Mutex::new(
        signers.iter().map(|signer| signer.public()).collect::<Vec<_>>(),
    ));
    let asked = Arc::new(AtomicU32::new(0));
    let (served, count) = (Arc::clone(&list), Arc::clone(&asked));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let mut buffer = [0; 4096];
            let _read = stream.read(&mut buffer).await.unwrap();
            let keys = served.lock().await.clone();
            let answer = if keys.is_empty() {
                "HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
            } else {
                let body = json!({ "keys": keys }).to_string();
                let length = body.len();
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let client = Client::new(Destinations::PublicAndLoopback, Arc::new(Unlimited)).unwrap();
    let issuers = issuers(&ISSUER.parse().unwrap(), "client_1");
    let keys = Keys::new(client, at.parse().unwrap(), issuers, "client_1".to_owned());
    (keys, list, asked)
}

fn code(outcome: Result<Claims, IntegrationError>) -> String {
    match outcome {
        Err(IntegrationError::Rejected { code }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_of_the_provider_is_read() {
    let signer = Signer::new("a");
    let (keys, _, asked) = served(&[&signer]).await;
    for issuer in [
        ISSUER,
        "https://api.workos.com/",
        "https://api.workos.com/user_management/client_1",
    ] {
        let token = signer.token(&claims(&json!({ "iss": issuer, "client_id": "client_1" })));
        let read = keys.check(&token, now()).await.unwrap();
        assert_eq!((read.sub.as_str(), read.sid.as_str()), ("user_1", "session_1"));
        assert_eq!(read.org_id.as_deref(), Some("org_1"));
        assert_eq!(read.expires_at(), now() + SignedDuration::from_secs(300));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_token_that_says_something_else_is_refused() {
    let signer = Signer::new("a");
    let (keys, ..) = served(&[&signer]).await;
    let second = now().as_second();
    for (change, expected) in [
        (json!({ "iss": "https://evil.example" }), "token_of_others"),
        (json!({ "client_id": "client_2" }), "token_of_others"),
        (json!({ "sub": "" }), "token_of_nobody"),
        (json!({ "sid": "" }), "token_of_nobody"),
        (json!({ "exp": second - 30 }), "token_out_of_time"),
        (json!({ "exp": i64::MIN }), "token_out_of_time"),
        (json!({ "nbf": second + 31 }), "token_out_of_time"),
        (json!({ "exp": "never" }), "token_forged"),
    ] {
        let token = signer.token(&claims(&change));
        assert_eq!(code(keys.check(&token, now()).await), expected, "{change}");
    }
    for change in [json!({ "exp": second - 29 }), json!({ "nbf": second + 30 })] {
        let token = signer.token(&claims(&change));
        assert!(keys.check(&token, now()).await.is_ok());
    }
}

#[tokio::test]
async fn a_token_that_was_signed_otherwise_is_refused() {
    let (signer, other) = (Signer::new("a"), Signer::new("a"));
    let (keys, ..) = served(&[&signer]).await;
    let said = claims(&json!({}));
    let genuine = signer.token(&said);
    assert!(keys.check(&genuine, now()).await.is_ok());

    assert_eq!(code(keys.check(&other.token(&said), now()).await), "token_forged");
    let mut parts: Vec<&str> = genuine.split('.').collect();
    let changed = BASE64_URL_SAFE_NO_PAD.encode(claims(&json!({ "sub": "user_2" })).to_string());
    parts[1] = &changed;
    assert_eq!(code(keys.check(&parts.join("."), now()).await), "token_forged");

    for header in [
        json!({ "alg": "none", "kid": "a" }),
        json!({ "alg": "HS256", "kid": "a" }),
        json!({ "alg": "RS512", "kid": "a" }),
        json!({ "alg": "RS256" }),
    ] {
        let refused = code(keys.check(&signer.sign(&header, &said), now()).await);
        assert!(
            ["token_unsigned", "token_malformed"].contains(&refused.as_str()),
            "{header}: {refused}"
        );
    }
    // The public key as the secret of a symmetric signature: the oldest trick.
    let der = signer.pair.public_key().as_der().unwrap();
    let header = jsonwebtoken::Header {
        kid: Some("a".to_owned()),
        ..Default::default()
    };
    let secret = jsonwebtoken::EncodingKey::from_secret(der.as_ref());
    let confused = jsonwebtoken::encode(&header, &said, &secret).unwrap();
    assert_eq!(code(keys.check(&confused, now()).await), "token_unsigned");
    for text in ["", "a.b.c", "not a token"] {
        assert_eq!(code(keys.check(text, now()).await), "token_malformed");
    }
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_unknown_ones_make_nobody_look_again() {
    let (first, second, strange) = (Signer::new("a"), Signer::new("b"), Signer::new("z"));
    let (keys, list, asked) = served(&[&first]).await;
    let said = claims(&json!({ "exp": now().as_second() + 86_400 }));
    keys.check(&first.token(&said), now()).await.unwrap();

    list.lock().await.push(second.public());
    keys.check(&second.token(&said), now()).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    for _ in 0..20 {
        assert_eq!(
            code(keys.check(&strange.token(&said), now()).await),
            "token_key_unknown"
        );
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let later = now() + COOL_DOWN;
    assert_eq!(
        code(keys.check(&strange.token(&said), later).await),
        "token_key_unknown"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn old_keys_are_read_anew_and_stay_good_while_that_fails() {
    let signer = Signer::new("a");
    let (keys, list, asked) = served(&[&signer]).await;
    let token = signer.token(&claims(&json!({ "exp": now().as_second() + 86_400 })));
    keys.check(&token, now()).await.unwrap();
    let kept = list.lock().await.drain(..).collect::<Vec<_>>();
    keys.check(&token, now() + KEPT).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    list.lock().await.extend(kept);
    keys.check(&token, now() + KEPT).await.unwrap();
    keys.check(&token, now() + KEPT).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    // A key that was taken away opens nothing once the keys are read again.
    list.lock().await.clear();
    list.lock().await.push(Signer::new("b").public());
    assert_eq!(
        code(keys.check(&token, now() + KEPT * 2).await),
        "token_key_unknown"
    );
}
