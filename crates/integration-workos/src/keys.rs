//! The keys that access tokens are signed with, and what a token has to say.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kale_http_client::{Client, Request, Url};
use kale_integrations::IntegrationError;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{read, rejected, wire};

/// How long keys are taken as they were.
const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// How often a key that nobody knows makes us look again.
const COOL_DOWN: SignedDuration = SignedDuration::from_mins(5);
/// How far the two clocks may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// The only way of signing that is read.
const ALGORITHM: Algorithm = Algorithm::RS256;

/// The keys of a client, and who may have signed with them.
pub(crate) struct Keys {
    client: Client,
    at: Url,
    issuers: Vec<String>,
    client_id: String,
    kept: Mutex<Option<Kept>>,
}

/// Keys by their names.
type Known = Arc<BTreeMap<String, DecodingKey>>;

struct Kept {
    keys: Known,
    read_at: Timestamp,
    /// When a name that is not among them last made us look.
    looked_at: Option<Timestamp>,
}

/// What an access token says.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    pub(crate) sub: String,
    pub(crate) sid: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    pub(crate) org_id: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
}

/// Who may have issued a token of that client.
pub(crate) fn issuers(base: &Url, client_id: &str) -> Vec<String> {
    let base = base.as_str().trim_end_matches('/');
    vec![
        base.to_owned(),
        format!("{base}/"),
        format!("{base}/user_management/{client_id}"),
    ]
}

impl Keys {
    pub(crate) fn new(client: Client, at: Url, issuers: Vec<String>, client_id: String) -> Self {
        Self {
            client,
            at,
            issuers,
            client_id,
            kept: Mutex::new(None),
        }
    }

    /// What a token says, once it is sure that it was said to us, and holds now.
    pub(crate) async fn check(&self, token: &str, now: Timestamp) -> Result<Claims, IntegrationError> {
        let Ok(header) = jsonwebtoken::decode_header(token) else {
            return Err(rejected("token_malformed"));
        };
        // Whatever else a token says about how it is to be read is not listened to.
        let (ALGORITHM, Some(name)) = (header.alg, header.kid) else {
            return Err(rejected("token_unsigned"));
        };
        let key = self.key(&name, now).await?;
        let mut rules = Validation::new(ALGORITHM);
        // Times are compared below, with the clock of the installation.
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let Ok(read) = jsonwebtoken::decode::<Claims>(token, &key, &rules) else {
            return Err(rejected("token_forged"));
        };
        self.hold(&read.claims, now)?;
        Ok(read.claims)
    }

    fn hold(&self, claims: &Claims, now: Timestamp) -> Result<(), IntegrationError> {
        let ours = claims
            .client_id
            .as_ref()
            .is_none_or(|client| *client == self.client_id);
        if !self.issuers.contains(&claims.iss) || !ours {
            return Err(rejected("token_of_others"));
        }
        if claims.sub.is_empty() || claims.sid.is_empty() {
            return Err(rejected("token_of_nobody"));
        }
        let begins = claims.nbf.map_or(Timestamp::MIN, at);
        let (earliest, latest) = (now.saturating_sub(LEEWAY), now.saturating_add(LEEWAY));
        let earliest = earliest.unwrap_or(Timestamp::MIN);
        let latest = latest.unwrap_or(Timestamp::MAX);
        if at(claims.exp) <= earliest || begins > latest {
            return Err(rejected("token_out_of_time"));
        }
        Ok(())
    }

    /// The key of that name. Keys are read every ten minutes, and once more for a name that is new, though not again
    /// within five minutes: names that nobody knows cost WorkOS nothing.
    async fn key(&self, name: &str, now: Timestamp) -> Result<DecodingKey, IntegrationError> {
        let mut kept = self.kept.lock().await;
        let unknown = || rejected("token_key_unknown");
        let mut looks = false;
        if let Some(held) = kept.as_ref() {
            let is_new = now.duration_since(held.read_at) < KEPT;
            match held.keys.get(name) {
                Some(key) if is_new => return Ok(key.clone()),
                Some(_) => {}
                None => {
                    let cold = |at| now.duration_since(at) < COOL_DOWN;
                    if held.looked_at.is_some_and(cold) {
                        return Err(unknown());
                    }
                    looks = true;
                }
            }
        }
        let before = kept.take();
        let looked_at = before.as_ref().and_then(|before| before.looked_at);
        let looked_at = if looks { Some(now) } else { looked_at };
        let read = self.fetch().await;
        let (keys, read_at, failed) = match (read, before) {
            (Ok(keys), _) => (keys, now, None),
            // Those that were good a while ago are better than none, and asked for again by the next one.
            (Err(error), Some(before)) => (before.keys, before.read_at, Some(error)),
            (Err(error), None) => return Err(error),
        };
        let key = keys.get(name).cloned();
        *kept = Some(Kept {
            keys,
            read_at,
            looked_at,
        });
        match (key, failed) {
            (Some(key), _) => Ok(key),
            (None, Some(error)) => Err(error),
            (None, None) => Err(unknown()),
        }
    }

    async fn fetch(&self) -> Result<Known, IntegrationError> {
        let answer = self.client.ask(&Request::get(self.at.clone())).await?;
        if !answer.is_success() {
            return Err(wire::refusal(&answer));
        }
        let set: KeySet = read(&answer)?;
        let mut keys = BTreeMap::new();
        for key in set.keys {
            let signs = key.usage.as_deref().is_none_or(|usage| usage == "sig")
                && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
                && key.kty == "RSA";
            if let (true, Some(name), Some(n), Some(e)) = (signs, key.kid, key.n, key.e)
                && let Ok(key) = DecodingKey::from_rsa_components(&n, &e)
            {
                keys.insert(name, key);
            }
        }
        Ok(Arc::new(keys))
    }
}

impl Claims {
    /// Until when it holds.
    pub(crate) fn expires_at(&self) -> Timestamp {
        at(self.exp)
    }
}

/// A time of a token; one that is none lies at the end it is nearest to.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests;
