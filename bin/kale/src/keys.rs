//! The key ring that seals secrets and signs cursors.
//!
//! A key is made up only where the database has never seen one; a process whose ring lacks a key that the database has
//! seen refuses to start, because it could read nothing that is sealed.

use std::{io::Write as _, path::Path};

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
    pub ring: KeyRing,
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
    Ok(Keys { ring, signing: keys })
}

async fn own(folder: &Path, store: &Store) -> Result<SecretKeys> {
    let file = folder.join(FILE);
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(SecretKeys::parse(text.trim())?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if !keys_in_use(store).await?.is_empty() {
                anyhow::bail!(
                    "the database holds secrets that are sealed with a key which this process does not have; \
                     set KALE_SECRET_KEY, or put the key's file at {}",
                    file.display()
                );
            }
            let key = SealingKey::fresh();
            write(&file, &key.to_text())?;
            tracing::warn!(
                file = %file.display(),
                "a key was made that seals this installation's secrets: keep a copy of that file, without it they are lost"
            );
            Ok(SecretKeys::parse(&key.to_text())?)
        }
        Err(error) => Err(error).with_context(|| format!("the key file {} can't be read", file.display())),
    }
}

/// Readable by its owner alone.
fn write(file: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut made = options.write(true).create_new(true).mode(0o600).open(file)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()?;
    Ok(())
}
