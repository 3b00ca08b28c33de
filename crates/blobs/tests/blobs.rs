//! Blobs in a local folder.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use kale_blobs::{BlobKey, Blobs, PutError, ReadError};
use kale_domain::id::CompanyId;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

/// The SHA-256 of no bytes.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The SHA-256 of `abc`.
const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn company(number: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(number))
}

fn key(id: &str) -> BlobKey {
    BlobKey::new(company(1), "upload", id).unwrap()
}

fn chunks(parts: &[&'static [u8]]) -> impl Stream<Item = io::Result<Bytes>> {
    stream::iter(parts.to_vec()).map(|part| Ok(Bytes::from_static(part)))
}

async fn text(blobs: &Blobs, key: &BlobKey) -> Vec<u8> {
    let mut bytes = Vec::new();
    blobs
        .read(key)
        .await
        .unwrap()
        .read_to_end(&mut bytes)
        .await
        .unwrap();
    bytes
}

/// Every file below a folder, temporary ones too.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_stream_is_counted_hashed_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();

    let stored = blobs
        .put_stream(&key("a"), chunks(&[b"a", b"", b"bc"]), 3)
        .await
        .unwrap();

    assert_eq!((stored.bytes, stored.sha256.as_str()), (3, OF_ABC));
    assert_eq!(text(&blobs, &key("a")).await, b"abc");
    assert!(blobs.exists(&key("a")).await.unwrap());
    assert!(!blobs.exists(&key("b")).await.unwrap());
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    let stored = blobs.put_stream(&key("a"), chunks(&[]), 0).await.unwrap();
    assert_eq!((stored.bytes, stored.sha256.as_str()), (0, OF_NOTHING));
    assert_eq!(text(&blobs, &key("a")).await, b"");
}

#[tokio::test]
async fn a_large_stream_is_stored_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    // 5 MB in pieces that fit no part exactly.
    let whole: Vec<u8> = (0..5_000_011_u32)
        .map(|number| number.to_le_bytes()[usize::from(number % 7 == 0)])
        .collect();
    let pieces: Vec<_> = whole
        .chunks(70_001)
        .map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece)))
        .collect();

    let streamed = blobs
        .put_stream(&key("a"), stream::iter(pieces), 6_000_000)
        .await
        .unwrap();
    let at_once = blobs
        .put_bytes(&key("b"), Bytes::from(whole.clone()))
        .await
        .unwrap();

    assert_eq!(streamed, at_once);
    assert!(text(&blobs, &key("a")).await == whole);
    assert_eq!(blobs.read(&key("a")).await.unwrap().total_bytes(), 5_000_011);
}

#[tokio::test]
async fn a_stream_over_the_limit_is_refused_without_reading_on_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from(vec![7; 100_000])));

    let error = blobs.put_stream(&key("a"), endless, 3_000_000).await.unwrap_err();

    assert!(
        matches!(error, PutError::TooLarge { max_bytes: 3_000_000 }),
        "{error}"
    );
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_broken_stream_leaves_the_old_blob_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    blobs
        .put_bytes(&key("a"), Bytes::from_static(b"old"))
        .await
        .unwrap();
    let broken = stream::iter([Ok(Bytes::from(vec![1; 2_000_000])), Err(io::Error::other("cut"))]);

    let error = blobs.put_stream(&key("a"), broken, u64::MAX).await.unwrap_err();

    assert!(
        matches!(&error, PutError::Source(cause) if cause.to_string() == "cut"),
        "{error}"
    );
    assert_eq!(text(&blobs, &key("a")).await, b"old");
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_cancelled_upload_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    let stalled =
        stream::iter([Ok::<_, io::Error>(Bytes::from(vec![1; 2_000_000]))]).chain(stream::pending());

    let stored = tokio::time::timeout(
        Duration::from_millis(300),
        blobs.put_stream(&key("a"), stalled, u64::MAX),
    )
    .await;

    assert!(stored.is_err(), "the stream never ends");
    // The temporary file is removed in the background.
    for _ in 0..3_000 {
        if files(folder.path()).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn reading_resumes_at_any_byte() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    blobs
        .put_bytes(&key("a"), Bytes::from_static(b"abcdef"))
        .await
        .unwrap();
    for (offset, expected) in [(0, "abcdef"), (4, "ef"), (6, ""), (100, "")] {
        let mut reader = blobs.read_from(&key("a"), offset).await.unwrap();
        let mut rest = String::new();
        reader.read_to_string(&mut rest).await.unwrap();
        assert_eq!((rest.as_str(), reader.total_bytes()), (expected, 6));
    }
}

#[tokio::test]
async fn a_missing_blob_is_told_apart_from_a_failing_store() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    for offset in [0, 5] {
        let error = blobs.read_from(&key("a"), offset).await.unwrap_err();
        assert!(
            matches!(&error, ReadError::NotFound(missing) if *missing == key("a")),
            "{error}"
        );
    }
    // A file where a folder belongs.
    fs::write(folder.path().join(company(1).to_string()), b"x").unwrap();
    assert!(matches!(
        blobs.read(&key("a")).await.unwrap_err(),
        ReadError::Store(_)
    ));
    assert!(blobs.put_bytes(&key("a"), Bytes::new()).await.is_err());
}

#[tokio::test]
async fn deleting_twice_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    blobs
        .put_bytes(&key("a"), Bytes::from_static(b"abc"))
        .await
        .unwrap();
    blobs.delete(&key("a")).await.unwrap();
    blobs.delete(&key("a")).await.unwrap();
    assert!(!blobs.exists(&key("a")).await.unwrap());
}

#[tokio::test]
async fn blobs_are_listed_by_company() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    let other = BlobKey::new(company(2), "media", "b").unwrap();
    blobs.identity(Uuid::from_u128(9)).await.unwrap();
    blobs
        .put_bytes(&key("a"), Bytes::from_static(b"abc"))
        .await
        .unwrap();
    blobs.put_bytes(&other, Bytes::new()).await.unwrap();

    let mut all: Vec<_> = blobs.list(None).try_collect().await.unwrap();
    all.sort();
    let of_one: Vec<_> = blobs.list(Some(company(2))).try_collect().await.unwrap();
    let nothing: Vec<_> = blobs.list(Some(company(3))).try_collect().await.unwrap();

    assert_eq!(all, [(key("a"), 3), (other.clone(), 0)]);
    assert_eq!(of_one, [(other, 0)]);
    assert_eq!(nothing, []);
}

#[tokio::test]
async fn a_folder_keeps_its_first_identity() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Blobs::local(one.path()).unwrap();
    let again = Blobs::local(one.path()).unwrap();
    let other = Blobs::local(two.path()).unwrap();
    let (asked_first, asked_again) = tokio::join!(
        first.identity(Uuid::from_u128(1)),
        again.identity(Uuid::from_u128(2))
    );
    let identity = asked_first.unwrap();
    assert_eq!(asked_again.unwrap(), identity);
    assert_eq!(first.identity(Uuid::from_u128(3)).await.unwrap(), identity);
    assert_eq!(
        other.identity(Uuid::from_u128(4)).await.unwrap(),
        Uuid::from_u128(4)
    );
}
