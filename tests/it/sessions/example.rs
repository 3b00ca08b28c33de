use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The token of a customer who wants to cancel, good for 15 minutes to begin with. `unique` differs every time: a UUID.
pub(crate) fn subscriber_token(
    company: &str,
    secret: &str,
    customer: &str,
    now: u64,
    unique: &str,
) -> Option<String> {
    let payload = serde_json::json!({
        "company": company,
        "customer": { "external_id": customer },
        "trigger": "cancel_intent",
        "mode": "live",
        "iat": now,
        "exp": now + 900,
        "jti": unique,
    });
    let signed = format!("kale1.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
