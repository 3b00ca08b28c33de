//! Signing in through an identity provider: what was begun ([`attempts`]), the sessions there that sign-ins stand on
//! ([`sessions`]), who is who ([`links`]), and how far its events were read ([`events`]).

pub mod attempts;
pub mod events;
pub mod links;
pub mod sessions;

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    error::StoreError,
    seal::{KeyRing, Place, SealError, Sealed},
};

fn seal(ring: &KeyRing, place: Place<'_>, content: &impl Serialize) -> Result<Sealed, SealError> {
    let written = serde_json::to_vec(content).map(Zeroizing::new);
    let written = written.map_err(|error| StoreError::corrupt("sign-in through a provider", error))?;
    ring.seal(place, &written)
}

fn open<T: DeserializeOwned>(ring: &KeyRing, place: Place<'_>, sealed: &Sealed) -> Result<T, SealError> {
    let content = ring.open(place, sealed)?;
    let read = serde_json::from_slice(&content);
    read.map_err(|error| StoreError::corrupt("sign-in through a provider", error).into())
}
