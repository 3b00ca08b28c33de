//! Files of companies: uploads, media, exports.
//!
//! What a file is belongs to the store's documents; here lie only its bytes, under a [`BlobKey`] that begins with the
//! company. A write counts and hashes while it passes through, so that a file of any size takes flat memory, and it is
//! seen whole or not at all: an interrupted one leaves nothing to read.
//!
//! The bytes lie in a local folder. [`Blobs::identity`] tells two servers apart that were given different folders.

mod key;
mod put;
mod read;
mod store;

pub use key::{BlobKey, InvalidKey};
pub use put::{PutError, Stored};
pub use read::{BlobReader, ReadError};
pub use store::{Blobs, StoreError};
