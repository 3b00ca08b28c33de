//! Where a list goes on: opaque, signed, good for the list it came from only.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kale_domain::error::FieldError;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{
    ListParams, Problem,
    signing::{Purpose, Signer},
};

const MAC: usize = 16;
const WALK: usize = 8;
/// Longer than any cursor of ours.
const LONGEST: usize = 4096;

/// Writes and reads cursors. The position inside is not secret, only unforgeable: it holds what the caller has seen.
#[derive(Debug, Clone)]
pub struct Cursors(Signer);

impl Cursors {
    /// With that signer.
    #[must_use]
    pub const fn new(signer: Signer) -> Self {
        Self(signer)
    }

    /// The cursor for what comes after `position` in the list that `params` walks.
    pub fn encode<T: Serialize>(&self, params: &ListParams, position: &T) -> Result<String, Problem> {
        let mut bytes = walk(params)?.to_vec();
        serde_json::to_writer(&mut bytes, position).map_err(|error| Problem::internal(&error))?;
        let mac = self.0.sign(Purpose::Cursor, &bytes);
        bytes.extend(mac.iter().take(MAC));
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position to go on from; `None` for the first page. 400 `invalid-cursor` where the cursor is not ours or
    /// holds no `T`, 400 `cursor-mismatch` where it belongs to another list.
    pub fn decode<T: DeserializeOwned>(&self, params: &ListParams) -> Result<Option<T>, Problem> {
        let Some(text) = &params.cursor else {
            return Ok(None);
        };
        let body = self.body(text).ok_or_else(invalid)?;
        let (of, position) = body.split_at_checked(WALK).ok_or_else(invalid)?;
        if of != walk(params)? {
            let detail = "it came with another route, sorting or filter; begin again without a cursor";
            return Err(Problem::of("cursor-mismatch").detail(detail));
        }
        match serde_json::from_slice(position) {
            Ok(position) => Ok(Some(position)),
            // Signed by an earlier release whose positions looked otherwise.
            Err(_other_shape) => Err(invalid()),
        }
    }

    /// What was signed; `None` where it was not signed by us.
    fn body(&self, text: &str) -> Option<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .filter(|_| text.len() <= LONGEST)?;
        let mac = bytes.split_off(bytes.len().checked_sub(MAC)?);
        self.0
            .verify_short(Purpose::Cursor, &bytes, &mac)
            .then_some(bytes)
    }
}

fn invalid() -> Problem {
    let message =
        "no list of ours answered this; take `page.next_cursor` as it is, or begin again without a cursor";
    let error = FieldError::new("?cursor", "invalid-cursor", message);
    Problem::of("invalid-cursor").detail(message).error(error)
}

/// A fingerprint of what makes two requests walk the same list.
fn walk(params: &ListParams) -> Result<[u8; WALK], Problem> {
    let text = serde_json::to_vec(&params.walk()).map_err(|error| Problem::internal(&error))?;
    let mut short = [0; WALK];
    for (to, from) in short.iter_mut().zip(Sha256::digest(&text)) {
        *to = from;
    }
    Ok(short)
}
