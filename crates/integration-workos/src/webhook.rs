//! Whether a call comes from WorkOS: `WorkOS-Signature: t=<milliseconds>, v1=<hex of HMAC-SHA256 over "t.body">`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How far the two clocks may be apart, either way.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(3);

/// Whether one of the secrets signed that body, now. Without a secret nothing is genuine.
pub(crate) fn is_genuine<'a>(
    secrets: impl Iterator<Item = &'a str>,
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> bool {
    let Some((stamp, signature)) = parts(header) else {
        return false;
    };
    let Some(at) = stamp
        .parse()
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
    else {
        return false;
    };
    if now.duration_since(at).abs() > TOLERANCE {
        return false;
    }
    let mut genuine = false;
    // Every secret is tried, so that the time tells nothing about which.
    for secret in secrets.filter(|secret| !secret.is_empty()) {
        genuine |= sign(secret, stamp, body).is_some_and(|own| own.ct_eq(&signature).into());
    }
    genuine
}

fn sign(secret: &str, stamp: &str, body: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(stamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize().into_bytes().into())
}

/// The stamp and the signature. A part that is not known could weaken what is checked, and is refused.
fn parts(header: &str) -> Option<(&str, [u8; 32])> {
    let (mut stamp, mut signature) = (None, None);
    for part in header.split(',') {
        let (name, value) = part.trim().split_once('=')?;
        let place = match name {
            "t" => &mut stamp,
            "v1" => &mut signature,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(signature?, &mut bytes).ok()?;
    Some((stamp?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the official library for Node makes of the secret `secret`, the time 1700000000000 and the body `body`.
    const OFFICIAL: &str =
        "t=1700000000000, v1=32850522003ebbce01a416e5d5df8ec8354a96e921cac7d0ebbaeef5732bdaea";

    fn judged(secrets: &[&str], header: &str, body: &str, ms: i64) -> bool {
        let now = Timestamp::from_millisecond(ms).unwrap();
        is_genuine(secrets.iter().copied(), header, body.as_bytes(), now)
    }

    #[test]
    fn what_the_official_library_signs_is_genuine_within_three_minutes_either_way() {
        let at = 1_700_000_000_000;
        for skew in [0, 179_000, -179_000, 180_000, -180_000] {
            assert!(judged(&["secret"], OFFICIAL, "body", at + skew), "{skew}");
        }
        for skew in [181_000, -181_000, 3_600_000, -3_600_000] {
            assert!(!judged(&["secret"], OFFICIAL, "body", at + skew), "{skew}");
        }
    }

    #[test]
    fn two_secrets_count_while_one_takes_the_others_place_and_none_opens_nothing() {
        let at = 1_700_000_000_000;
        assert!(judged(&["new", "secret"], OFFICIAL, "body", at));
        assert!(!judged(&["new"], OFFICIAL, "body", at));
        assert!(!judged(&[], OFFICIAL, "body", at));
        assert!(!judged(&[""], OFFICIAL, "body", at));
    }

    #[test]
    fn what_is_not_the_bytes_that_were_signed_is_refused() {
        let at = 1_700_000_000_000;
        let signature = "32850522003ebbce01a416e5d5df8ec8354a96e921cac7d0ebbaeef5732bdaea";
        for header in [
            String::new(),
            "t=1700000000000".to_owned(),
            format!("v1={signature}"),
            format!("t=1700000000,v1={signature}"),
            format!("t=1700000000001,v1={signature}"),
            format!("t=1700000000000,v1={}", &signature[..62]),
            format!("t=1700000000000,v1={signature},v2=00"),
            format!("t=1700000000000,v1={signature},v1={signature}"),
            format!("t=1700000000000,v1={}", signature.replacen('3', "4", 1)),
        ] {
            assert!(!judged(&["secret"], &header, "body", at), "{header}");
        }
        assert!(!judged(&["secret"], OFFICIAL, "body ", at));
    }
}
