//! Keys that come twice.

use std::collections::{BTreeMap, HashMap};

use crate::{DuplicateKeys, Duplicates};

fn hash(key: u64) -> [u8; 16] {
    // Well spread, so that every bucket is used.
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ key;
    (u128::from(mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9)) << 64 | u128::from(key)).to_be_bytes()
}

async fn search(in_memory: usize, keys: impl Iterator<Item = u64>) -> Duplicates {
    let directory = tempfile::tempdir().unwrap();
    let mut search = DuplicateKeys::with_memory(directory.path(), in_memory);
    for (line, key) in (2..).zip(keys) {
        search.add(hash(key), line).await.unwrap();
    }
    let found = search.finish().await.unwrap();
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        0,
        "files are left"
    );
    found
}

#[tokio::test]
async fn later_rows_of_a_key_are_found_in_memory_and_on_disk() {
    let keys = || (0..40_000_u64).map(|n| if n % 7 == 0 { n / 2 } else { n });
    let mut first = HashMap::new();
    let mut expected = BTreeMap::new();
    for (line, key) in (2..).zip(keys()) {
        if let Some(first) = first.get(&key) {
            expected.insert(line, *first);
        } else {
            first.insert(key, line);
        }
    }
    assert!(expected.len() > 1_000);

    for in_memory in [usize::MAX, 1_000, 0] {
        let found = search(in_memory, keys()).await;

        assert_eq!(
            found.lines().collect::<Vec<_>>(),
            expected.keys().copied().collect::<Vec<u64>>()
        );
        assert_eq!(usize::try_from(found.len()).unwrap(), expected.len());
        assert!(expected.keys().all(|line| found.contains(*line)));
        assert!(!found.contains(2));
        let reported: BTreeMap<u64, u64> = expected.clone().into_iter().take(1_000).collect();
        assert!(
            reported
                .iter()
                .all(|(line, first)| found.first_line(*line) == Some(*first))
        );
    }
}

#[tokio::test]
async fn a_bucket_of_one_key_alone_is_read_in_flat_memory() {
    // 17 MiB of the same key: dealt out again and again without ever getting smaller.
    let found = search(0, std::iter::repeat_n(5, 750_000)).await;

    assert_eq!(found.len(), 749_999);
    assert_eq!(found.first_line(3), Some(2));
}

#[tokio::test]
async fn different_keys_are_no_duplicates() {
    assert!(search(10, 0..5_000).await.is_empty());
}
