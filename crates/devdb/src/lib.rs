//! Finds or fetches a real `mongod` and runs it as a one-node replica set.
//!
//! The demo, the one-machine installation and every test run on the same server that production runs on; there is no
//! fake store. Three rules shape this crate:
//!
//! - **The server dies with its parent.** On Linux through the parent-death signal, elsewhere through a watchdog
//!   ([`ParentDeath`]), both without `unsafe`.
//! - **A former run never blocks the next one.** A stale pid file is ignored, an orphan is ended, and a server that
//!   belongs to a living process is left alone and named in the error.
//! - **No driver.** Only `kale-persistence` may use the MongoDB driver, so the replica set is initiated with a few
//!   commands spoken by hand.
//!
//! Every function here blocks; call it from `spawn_blocking` inside an async program. The crate runs on Unix.

mod bson;
mod child;
mod error;
mod fetch;
mod find;
mod former;
mod mongod;
mod replica;
mod wire;

pub use child::ParentDeath;
pub use error::DevdbError;
pub use find::{Lookup, MongodBinary, Origin, find};
pub use mongod::{Mongod, StartOptions};
