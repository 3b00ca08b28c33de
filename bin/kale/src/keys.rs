//! The key ring that seals secrets and signs cursors.
//!
//! A key is made up only where the database has never seen one; a process whose ring lacks a key that the database has
//! seen refuses to start, because it could read nothing that is sealed.

use std::{io::Write as _, path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use kale_config::{SecretKeys, Settings};
use kale_persistence::{
    Store,
    seal::{KeyRing, SealingKey, keys_in_use, ring_check},
};
use zeroize::Zeroizing;

/// The name of the file that holds a key of our own.
const FILE: &str = "secret.key";

/// The ring and the bytes that cursors and form tokens are signed with.
#[derive(Debug)]
pub struct Keys {
    /// The ring.
    pub ring: Arc<KeyRing>,
    /// The same keys for the signatures of cursors and forms.
    pub signing: SecretKeys,
}

/// Reads the ring, makes a key where none was ever used, and checks it against the database.
pub async fn open(settings: &Settings, store: &Store) -> Result<Keys> {
    let keys = match &settings.secret_keys {
        Some(keys) => keys.clone(),
        None => own(&settings.data_dir, store).await?,
    };
    let current = SealingKey::from_bytes(Zeroizing::new(*keys.current().expose()));
    let others = keys
        .iter()
        .filter(|key| key.id() != keys.current().id())
        .map(|key| SealingKey::from_bytes(Zeroizing::new(*key.expose())))
        .collect();
    let ring = KeyRing::new(current, others)?;
    ring_check(store, &ring).await?;
    Ok(Keys {
        ring: Arc::new(ring),
        signing: keys,
    })
}

async fn own(folder: &Path, store: &Store) -> Result<SecretKeys> {
    let file = folder.join(FILE);
    if let Some(keys) = read(&file)? {
        return Ok(keys);
    }
    let used = !keys_in_use(store).await?.is_empty();
    // Another process that starts at the same time may have made one and used it by now.
    if let Some(keys) = read(&file)? {
        return Ok(keys);
    }
    if used {
        anyhow::bail!(
            "the database holds secrets that are sealed with a key which this process does not have; \
             set KALE_SECRET_KEY, or put the key's file at {}",
            file.display()
        );
    }
    if make(&file, &SealingKey::fresh().to_text())? {
        tracing::warn!(
            file = %file.display(),
            "a key was made that seals this installation's secrets: keep a copy of that file, without it they are lost"
        );
    }
    read(&file)?.with_context(|| format!("the key file {} was removed at once", file.display()))
}

fn read(file: &Path) -> Result<Option<SecretKeys>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(SecretKeys::parse(text.trim())?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("the key file {} can't be read", file.display())),
    }
}

/// Makes the file, readable by its owner alone, and whole before it has its name; answers whether it was this process
/// and not another one.
fn make(file: &Path, text: &str) -> Result<bool> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unnamed = file.with_extension(format!("key-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let mut made = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unnamed)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()?;
    let named = std::fs::hard_link(&unnamed, file);
    std::fs::remove_file(&unnamed)?;
    match named {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("the key file {} can't be made", file.display())),
    }
}
