use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    id::{CompanyId, CustomerId, WorkflowId},
    subscriber::{CustomerRef, LONGEST, Mode, SKEW},
    workflow::Trigger,
};

const SECRET: &[u8] = b"kale_vsc_01h455vb4pex5vsknk084sn02q_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U";
const OTHER: &[u8] = b"kale_vsc_01h455vb4pex5vsknk084sn02q_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q";

fn made_at() -> Timestamp {
    "2026-11-14T12:00:00Z".parse().unwrap()
}

fn claims() -> Claims {
    Claims {
        company: CompanyId::from_uuid(Uuid::from_u128(1)),
        customer: CustomerRef::ExternalId("7590-VHVEG".to_owned()),
        subscription: Some("sub_1".to_owned()),
        workflow: Some(WorkflowId::from_uuid(Uuid::from_u128(2))),
        trigger: Trigger::CancelIntent,
        mode: Mode::Live,
        return_url: Some("https://example.com/account".to_owned()),
        locale: Some("de".to_owned()),
        issued_at: made_at(),
        expires_at: made_at() + LONGEST,
        token_id: "0193a1b2-c3d4-7000-8000-000000000001".to_owned(),
    }
}

fn opened(token: &str, secrets: &[&[u8]]) -> Option<Claims> {
    let (by, claims) = Unverified::read(token)?.verify(secrets.iter().copied().enumerate())?;
    assert_eq!(secrets[by], SECRET, "whoever signed is named");
    Some(claims)
}

/// A token over any payload, signed rightly.
fn signed(payload: &str) -> String {
    let signed = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = mac(SECRET, signed.as_bytes()).unwrap().finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_token_says_what_was_signed_to_whoever_has_the_secret() {
    let mut bare = claims();
    bare.customer = CustomerRef::Id(CustomerId::from_uuid(Uuid::from_u128(3)));
    bare.subscription = None;
    bare.workflow = None;
    bare.return_url = None;
    bare.locale = None;
    bare.mode = Mode::Test;
    bare.trigger = Trigger::Api;
    for claims in [claims(), bare] {
        let token = sign(&claims, SECRET);
        assert_eq!(opened(token.reveal(), &[SECRET]), Some(claims.clone()));
        assert_eq!(opened(token.reveal(), &[OTHER, SECRET]), Some(claims.clone()));
        assert_eq!(opened(token.reveal(), &[SECRET, OTHER]), Some(claims));
        assert_eq!(opened(token.reveal(), &[OTHER]), None);
        assert_eq!(opened(token.reveal(), &[]), None);
    }
}

#[test]
fn the_signature_is_plain_hmac_sha256_over_what_stands_before_it() {
    // Made with another implementation: see docs/viewer.md.
    let payload = concat!(
        r#"{"company":"cmp_01h455vb4pex5vsknk084sn02q","customer":{"external_id":"7590-VHVEG"},"#,
        r#""trigger":"cancel_intent","mode":"live","iat":1794650400,"exp":1794651300,"#,
        r#""jti":"0193a1b2-c3d4-7000-8000-000000000001"}"#
    );
    assert!(signed(payload).ends_with(VECTOR), "{}", signed(payload));
    assert!(opened(&signed(payload), &[SECRET]).is_some());
}

const VECTOR: &str = ".A2shYaN8Dlbudp8Dq9iha20PXfYCtcmDhTGsZw5Gbds";

#[test]
fn a_token_begins_a_session_from_when_it_was_made_to_its_end() {
    let claims = claims();
    let begins = |seconds: i64| claims.may_begin(made_at() + SignedDuration::from_secs(seconds));
    assert!(begins(0) && begins(15 * 60 - 1));
    assert!(!begins(15 * 60));
    // The clock of the company's server may be a little ahead.
    assert!(begins(-SKEW.as_secs()) && !begins(-SKEW.as_secs() - 1));
}

#[test]
fn a_payload_that_no_honest_writer_makes_opens_nothing_however_it_is_signed() {
    let good = serde_json::json!({
        "company": "cmp_01h455vb4pex5vsknk084sn02q", "customer": { "external_id": "1" },
        "trigger": "cancel_intent", "mode": "live", "iat": 1_794_650_400, "exp": 1_794_651_300,
        "jti": "0193a1b2-c3d4-7000",
    });
    assert!(opened(&signed(&good.to_string()), &[SECRET]).is_some());
    let changes = [
        ("company", serde_json::json!("cus_01h455vb4pex5vsknk084sn02q")),
        ("customer", serde_json::json!({})),
        ("customer", serde_json::json!({ "external_id": "" })),
        (
            "customer",
            serde_json::json!({ "external_id": "1", "id": "cus_01h455vb4pex5vsknk084sn02q" }),
        ),
        ("customer", serde_json::json!({ "$ne": null })),
        ("trigger", serde_json::json!("manual")),
        ("trigger", serde_json::json!("whim")),
        ("mode", serde_json::json!("preview")),
        ("subscription", serde_json::json!("")),
        ("subscription", serde_json::json!({ "$gt": "" })),
        ("workflow", serde_json::json!("crd_01h455vb4pex5vsknk084sn02q")),
        ("exp", serde_json::json!(1_794_650_400)),
        ("exp", serde_json::json!(1_794_651_301)),
        ("exp", serde_json::json!(i64::MAX)),
        ("iat", serde_json::json!("2026-11-14T10:00:00Z")),
        ("iat", serde_json::json!(i64::MIN)),
        ("jti", serde_json::json!("short")),
        ("jti", serde_json::json!("with a space and more")),
        ("jti", serde_json::json!("x".repeat(65))),
        ("admin", serde_json::json!(true)),
    ];
    for (name, value) in changes {
        let mut altered = good.clone();
        altered[name] = value.clone();
        assert_eq!(
            opened(&signed(&altered.to_string()), &[SECRET]),
            None,
            "{name}: {value}"
        );
    }
    for missing in ["company", "customer", "trigger", "mode", "iat", "exp", "jti"] {
        let mut altered = good.clone();
        let _gone = altered.as_object_mut().unwrap().remove(missing);
        assert_eq!(
            opened(&signed(&altered.to_string()), &[SECRET]),
            None,
            "{missing}"
        );
    }
    for payload in ["", "null", "[]", "\"\"", "{", &"[".repeat(3_000)] {
        assert_eq!(opened(&signed(payload), &[SECRET]), None);
    }
}

#[test]
fn a_token_has_one_spelling() {
    let token = sign(&claims(), SECRET).reveal().to_owned();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    // 32 bytes fill 43 characters but for two bits: the others of those spellings are refused.
    let last = signature.chars().last().unwrap();
    let spellings = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in spellings.chars().filter(|other| *other != last) {
        let altered = format!("{signed}.{}{other}", &signature[..42]);
        assert_eq!(opened(&altered, &[SECRET]), None, "{other}");
    }
    for altered in [
        format!("{token}="),
        format!("{token}."),
        format!(" {token}"),
        format!("{token}\n"),
        token.replacen("kale1.", "kale2.", 1),
        token.replacen("kale1.", "", 1),
        token.replacen("kale1.", "KALE1.", 1),
        signed.to_owned(),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..42]),
        format!("{}{token}", "a".repeat(MAX_CHARS)),
        String::new(),
        ".".to_owned(),
        "kale1..".to_owned(),
    ] {
        assert_eq!(opened(&altered, &[SECRET]), None, "{altered}");
    }
}

/// `SplitMix64`: enough chance for a million signatures, at no cost.
struct Scatter(u64);

impl Scatter {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[test]
fn a_million_random_signatures_open_nothing() {
    let token = sign(&claims(), SECRET).reveal().to_owned();
    let (signed, _) = token.rsplit_once('.').unwrap();
    let ready = mac(SECRET, signed.as_bytes()).unwrap();
    let mut scatter = Scatter(20_261_114);
    let mut signature = [0_u8; 40];
    for _ in 0..1_000_000 {
        for chunk in signature.chunks_mut(8) {
            chunk.copy_from_slice(&scatter.next().to_le_bytes());
        }
        assert!(ready.clone().verify_slice(&signature[..SIGNATURE_BYTES]).is_err());
    }
    // Of other lengths and through the whole way, as many as are cheap.
    for _ in 0..2_000 {
        for chunk in signature.chunks_mut(8) {
            chunk.copy_from_slice(&scatter.next().to_le_bytes());
        }
        let length = usize::from(signature[39] % 40);
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature[..length]));
        assert_eq!(opened(&forged, &[SECRET]), None);
    }
    assert!(opened(&token, &[SECRET]).is_some());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", tail in "[A-Za-z0-9_.-]{0,80}") {
        let _read = Unverified::read(&text);
        let _read = Unverified::read(&format!("kale1.{tail}"));
        let token = format!("kale1.{text}.{tail}");
        prop_assert!(opened(&token, &[SECRET]).is_none());
    }

    #[test]
    fn any_change_of_a_character_closes_it(at in 0_usize..400, to in "[A-Za-z0-9_.-]") {
        let token = sign(&claims(), SECRET).reveal().to_owned();
        let at = at % token.len();
        prop_assume!(token[at..=at] != to);
        let altered = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assert_eq!(opened(&altered, &[SECRET]), None);
    }

    #[test]
    fn any_payload_is_read_or_refused(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let signed = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&payload));
        let signature = mac(SECRET, signed.as_bytes()).unwrap().finalize().into_bytes();
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        prop_assert!(opened(&token, &[SECRET]).is_none());
    }
}
