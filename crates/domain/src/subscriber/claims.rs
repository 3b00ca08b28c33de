//! The payload of a token.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Claims, CustomerRef, EXTERNAL_ID_CHARS, LONGEST, Mode, RETURN_URL_CHARS, SUBSCRIPTION_CHARS};
use crate::{
    id::{CompanyId, CustomerId, WorkflowId},
    workflow::Trigger,
};

/// As it is written. Times are seconds since 1970, as in other signed tokens.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    company: CompanyId,
    customer: WrittenCustomer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subscription: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workflow: Option<WorkflowId>,
    trigger: Trigger,
    mode: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    iat: i64,
    exp: i64,
    jti: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCustomer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<CustomerId>,
}

/// The claims of a payload; `None` where it breaks a rule that no honest writer breaks.
pub(super) fn read(json: &[u8]) -> Option<Claims> {
    let written: Written = serde_json::from_slice(json).ok()?;
    let claims = Claims {
        company: written.company,
        customer: match (written.customer.external_id, written.customer.id) {
            (Some(external_id), None) => CustomerRef::ExternalId(external_id),
            (None, Some(id)) => CustomerRef::Id(id),
            _ => return None,
        },
        subscription: written.subscription,
        workflow: written.workflow,
        trigger: written.trigger,
        mode: written.mode,
        return_url: written.return_url,
        locale: written.locale,
        issued_at: Timestamp::from_second(written.iat).ok()?,
        expires_at: Timestamp::from_second(written.exp).ok()?,
        token_id: written.jti,
    };
    is_sound(&claims).then_some(claims)
}

/// The payload of claims.
pub(super) fn write(claims: &Claims) -> Vec<u8> {
    let (external_id, id) = match &claims.customer {
        CustomerRef::ExternalId(external_id) => (Some(external_id.clone()), None),
        CustomerRef::Id(id) => (None, Some(*id)),
    };
    let written = Written {
        company: claims.company,
        customer: WrittenCustomer { external_id, id },
        subscription: claims.subscription.clone(),
        workflow: claims.workflow,
        trigger: claims.trigger,
        mode: claims.mode,
        return_url: claims.return_url.clone(),
        locale: claims.locale.clone(),
        iat: claims.issued_at.as_second(),
        exp: claims.expires_at.as_second(),
        jti: claims.token_id.clone(),
    };
    // Text and numbers always can be written; an empty payload opens nothing.
    serde_json::to_vec(&written).unwrap_or_default()
}

fn is_sound(claims: &Claims) -> bool {
    let lasts = claims.expires_at.duration_since(claims.issued_at);
    let fits = |text: &Option<String>, longest: usize| {
        let legal = |text: &String| (1..=longest).contains(&text.chars().count());
        text.as_ref().is_none_or(legal)
    };
    let named = match &claims.customer {
        CustomerRef::ExternalId(id) => (1..=EXTERNAL_ID_CHARS).contains(&id.chars().count()),
        CustomerRef::Id(_) => true,
    };
    let unique = (16..=64).contains(&claims.token_id.len())
        && claims
            .token_id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    lasts > SignedDuration::ZERO
        && lasts <= LONGEST
        && claims.trigger != Trigger::Manual
        && named
        && unique
        && fits(&claims.subscription, SUBSCRIPTION_CHARS)
        && fits(&claims.return_url, RETURN_URL_CHARS)
        && fits(&claims.locale, 35)
}
