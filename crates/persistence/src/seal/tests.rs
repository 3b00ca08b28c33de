use kale_domain::id::CompanyId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::testing;

fn company(number: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(number))
}

fn key(byte: u8) -> SealingKey {
    SealingKey::from_bytes([byte; 32].into())
}

fn ring(current: u8, others: &[u8]) -> KeyRing {
    KeyRing::new(key(current), others.iter().map(|byte| key(*byte)).collect()).unwrap()
}

fn id(byte: u8) -> String {
    key(byte).fingerprint().id().to_owned()
}

proptest! {
    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_at_its_place(
        plaintext in prop::collection::vec(any::<u8>(), 0..200),
        document in prop::collection::vec(any::<u8>(), 0..40),
        field in "[a-z_]{1,12}",
        other_document in prop::collection::vec(any::<u8>(), 0..40),
        other_field in "[a-z_]{1,12}",
    ) {
        let place = Place::new(company(1), &document, &field);
        let sealed = ring(1, &[]).seal(place, &plaintext).unwrap();

        prop_assert_eq!(ring(2, &[1]).open(place, &sealed).unwrap().to_vec(), plaintext);
        let foreign = Place::new(company(2), &document, &field);
        prop_assert!(matches!(ring(1, &[]).open(foreign, &sealed), Err(SealError::Forged)));
        if (&other_document, &other_field) != (&document, &field) {
            let moved = Place::new(company(1), &other_document, &other_field);
            prop_assert!(matches!(ring(1, &[]).open(moved, &sealed), Err(SealError::Forged)));
        }
        let other_key = ring(2, &[]);
        let unknown = matches!(other_key.open(place, &sealed), Err(SealError::UnknownKey { id: named }) if named == id(1));
        prop_assert!(unknown);
    }

    #[test]
    fn a_changed_byte_is_found(plaintext in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let place = Place::new(company(1), "document", "field");
        let text = ring(1, &[]).seal(place, &plaintext).unwrap().to_string();
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let Ok(changed) = String::from_utf8(bytes) else {
            return Ok(());
        };

        let opened = changed.parse().and_then(|sealed| ring(1, &[]).open(place, &sealed).map(|_| ()));
        prop_assert!(opened.is_err(), "{} was {}", changed, text);
    }

    #[test]
    fn a_sealed_value_survives_its_text(plaintext in prop::collection::vec(any::<u8>(), 0..60)) {
        let sealed = ring(1, &[]).seal(Place::new(company(1), "document", "field"), &plaintext).unwrap();

        prop_assert_eq!(sealed.to_string().parse::<Sealed>().unwrap(), sealed);
    }
}

#[test]
fn the_same_value_never_seals_to_the_same_text() {
    let place = Place::new(company(1), "document", "field");

    assert_ne!(
        ring(1, &[]).seal(place, b"secret").unwrap(),
        ring(1, &[]).seal(place, b"secret").unwrap()
    );
}

#[test]
fn document_and_field_can_not_trade_letters() {
    let sealed = ring(1, &[])
        .seal(Place::new(company(1), "ab", "c"), b"secret")
        .unwrap();

    assert!(matches!(
        ring(1, &[]).open(Place::new(company(1), "a", "bc"), &sealed),
        Err(SealError::Forged)
    ));
}

#[test]
fn a_value_written_by_an_older_release_still_opens() {
    // Computed by another implementation of AES-256-GCM, with the nonce 00 01 … 0b.
    let text = "v1.3c8ab9c7c1b6.AAECAwQFBgcICQoLyM3KUkWNcibP4KIhUnkVhrMJQFbIq_IxrQ";
    let sealed: Sealed = text.parse().unwrap();

    let opened = ring(1, &[])
        .open(
            Place::new(company(7), &Uuid::from_u128(8), "credentials"),
            &sealed,
        )
        .unwrap();

    assert_eq!(opened.as_slice(), b"sk_test_1");
    assert_eq!(sealed.to_string(), text);
}

#[test]
fn resealing_moves_a_value_to_the_current_key_once() {
    let place = Place::new(company(1), "document", "field");
    let old = ring(1, &[]).seal(place, b"secret").unwrap();
    let rotating = ring(2, &[1]);

    let new = rotating.reseal(place, &old).unwrap().unwrap();

    assert_eq!(new.key_id(), id(2));
    assert_eq!(ring(2, &[]).open(place, &new).unwrap().as_slice(), b"secret");
    assert_eq!(rotating.reseal(place, &new).unwrap(), None);
}

#[test]
fn what_is_not_a_sealed_value_is_refused() {
    let long = "A".repeat(40);
    for text in [
        "",
        "v1",
        "v1.k",
        "v1.k.",
        "v1.k.AAAA",
        "v1.k.!",
        &format!("v2.k.{long}"),
        &format!("v1..{long}"),
    ] {
        assert!(
            matches!(text.parse::<Sealed>(), Err(SealError::Malformed)),
            "{text}"
        );
    }
    assert!(matches!(
        format!("v1.k.{long}.x").parse::<Sealed>(),
        Err(SealError::Malformed)
    ));
    assert!(format!("v1.k.{long}").parse::<Sealed>().is_ok());
}

#[test]
fn a_key_survives_its_file() {
    let fresh = SealingKey::fresh();

    let read = SealingKey::parse(&format!("{}\n", *fresh.to_text())).unwrap();

    assert_eq!(read.fingerprint(), fresh.fingerprint());
    assert_ne!(fresh.fingerprint(), SealingKey::fresh().fingerprint());
    for text in [
        "",
        "abc",
        &"A".repeat(42),
        &"A".repeat(44),
        &"!".repeat(43),
        &"A".repeat(4000),
    ] {
        assert!(
            matches!(SealingKey::parse(text), Err(SealError::MalformedKey)),
            "{text}"
        );
    }
}

#[test]
fn a_key_stands_in_a_ring_once() {
    assert!(
        matches!(KeyRing::new(key(1), vec![key(2), key(1)]), Err(SealError::RepeatedKey { id: named }) if named == id(1))
    );
}

#[test]
fn neither_key_nor_ring_prints_its_secret() {
    let text = key(1).to_text();

    let printed = format!("{:?} {:?} {:?}", key(1), ring(1, &[2]), key(1).fingerprint());

    assert!(!printed.contains(text.as_str()));
    assert!(!printed.contains("1, 1, 1"));
    assert_eq!(
        format!("{:?}", ring(1, &[2])),
        format!("[{:?}, {:?}]", id(1), id(2))
    );
}

#[test]
fn a_token_has_forty_three_letters_and_is_never_repeated() {
    let (first, second) = (secret::fresh_secret(), secret::fresh_secret());

    assert_eq!(first.len(), 43);
    assert_ne!(first, second);
    assert!(secret::same(
        &secret::hash_secret(&first),
        &secret::hash_secret(&first)
    ));
    assert!(!secret::same(
        &secret::hash_secret(&first),
        &secret::hash_secret(&second)
    ));
    // `printf abc | sha256sum`
    assert!(hex::encode(secret::hash_secret("abc")).starts_with("ba7816bf8f01cfea"));
}

#[tokio::test]
async fn a_database_is_bound_to_the_first_ring() {
    let store = testing::store().await;
    assert_eq!(keys_in_use(&store).await.unwrap(), []);

    assert_eq!(
        ring_check(&store, &ring(1, &[])).await.unwrap(),
        RingState::FirstUse
    );
    assert_eq!(
        ring_check(&store, &ring(1, &[9])).await.unwrap(),
        RingState::Known
    );

    let error = ring_check(&store, &ring(2, &[])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the database holds secrets sealed with {}, which this process does not have; start it with the secret \
             key of the process that sealed them (KALE_SECRET_KEY, KALE_SECRET_KEY_FILE, or the key file in its data \
             folder)",
            id(1)
        )
    );
    assert_eq!(
        keys_in_use(&store).await.unwrap(),
        [key(1).fingerprint().clone()],
        "the refused ring left no trace"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_rotated_key_is_needed_until_it_is_forgotten() {
    let store = testing::store().await;
    ring_check(&store, &ring(1, &[])).await.unwrap();
    let rotating = ring(2, &[1]);

    assert_eq!(ring_check(&store, &rotating).await.unwrap(), RingState::Known);
    let refused = ring_check(&store, &ring(2, &[])).await;
    assert!(matches!(refused, Err(SealError::ForeignRing { missing }) if missing == [id(1)]));
    let refused = ring_check(&store, &ring(1, &[])).await;
    assert!(matches!(refused, Err(SealError::ForeignRing { missing }) if missing == [id(2)]));

    assert!(matches!(
        forget_key(&store, &rotating, &id(2)).await,
        Err(SealError::CurrentKey { .. })
    ));
    assert!(forget_key(&store, &rotating, &id(1)).await.unwrap());
    assert!(!forget_key(&store, &rotating, &id(1)).await.unwrap());
    assert_eq!(ring_check(&store, &ring(2, &[])).await.unwrap(), RingState::Known);
    store.drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_fresh_rings_on_an_empty_database_one_passes() {
    let store = testing::store().await;

    let checks = (1..=10).map(|byte| {
        let store = store.clone();
        tokio::spawn(async move { ring_check(&store, &ring(byte, &[])).await.is_ok() })
    });
    let passed = futures::future::join_all(checks)
        .await
        .into_iter()
        .filter(|check| *check.as_ref().unwrap())
        .count();

    assert_eq!(passed, 1);
    assert_eq!(keys_in_use(&store).await.unwrap().len(), 1);
    store.drop_database().await.unwrap();
}
