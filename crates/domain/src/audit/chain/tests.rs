use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    audit::AuditAction,
    id::{ApiKeyId, UserId},
};

fn id(number: u128) -> AuditEntryId {
    AuditEntryId::from_uuid(Uuid::from_u128(number))
}

const COMPANY: Option<CompanyId> = Some(CompanyId::from_uuid(Uuid::from_u128(7)));

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        (0..4_u128).prop_map(|number| Actor::User {
            id: UserId::from_uuid(Uuid::from_u128(number))
        }),
        (0..4_u128).prop_map(|number| Actor::ApiKey {
            id: ApiKeyId::from_uuid(Uuid::from_u128(number))
        }),
        Just(Actor::System),
        Just(Actor::Erased),
    ]
}

/// Few and short texts, so that two that differ often would be the same when put behind each other.
fn map() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[ab]{0,2}", "[ab]{0,2}", 0..3)
}

prop_compose! {
    fn entry()(
        number in 0..3_u128,
        actor in actor(),
        action in prop_oneof![Just(AuditAction::SignedIn), Just(AuditAction::SignedOut)],
        target in "[ab]{0,2}",
        before in map(),
        after in map(),
        (request_id, ip, user_agent) in (
            prop::option::of("[ab]{0,2}"), prop::option::of("[ab]{0,2}"), prop::option::of("[ab]{0,2}"),
        ),
        at in 0..3_i64,
    ) -> AuditEntry {
        let at = Timestamp::from_millisecond(at).unwrap();
        AuditEntry { id: id(number), actor, action, target, before, after, request_id, ip, user_agent, at }
    }
}

/// A chain of so many links.
fn chain(length: u128) -> Vec<Link> {
    let mut head = None;
    (1..=length)
        .map(|number| {
            let committed = Hash::of(&[&number.to_be_bytes()]);
            let next = link(COMPANY, head, id(number), committed);
            head = Some(Head {
                seq: next.seq,
                hash: next.hash,
            });
            next
        })
        .collect()
}

fn flaws(links: &[Link], expected: Option<Head>) -> Vec<Flaw> {
    let mut walk = Walk::new(COMPANY, expected);
    let mut found: Vec<Flaw> = links.iter().flat_map(|link| walk.step(link)).collect();
    found.extend(walk.end());
    found
}

fn head(link: &Link) -> Head {
    Head {
        seq: link.seq,
        hash: link.hash,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_entries_that_differ_anywhere_have_different_bytes(one in entry(), other in entry()) {
        prop_assert_eq!(one == other, bytes(COMPANY, &one) == bytes(COMPANY, &other));
    }

    #[test]
    fn whatever_is_changed_changes_the_commitment(one in entry(), other in entry(), bit in 0..256_usize) {
        let salt = [9; 32];
        let committed = commitment(&salt, COMPANY, &one);
        prop_assert_eq!(one == other, committed == commitment(&salt, COMPANY, &other));
        let mut salted = salt;
        salted[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(committed, commitment(&salted, COMPANY, &one));
        prop_assert_ne!(committed, commitment(&salt, None, &one));
    }

    #[test]
    fn a_link_whose_number_entry_or_hashes_are_changed_is_found(
        at in 0..6_usize, field in 0..5_u8, bit in 0..256_usize,
    ) {
        let mut links = chain(6);
        let flip = |hash: Hash| {
            let mut bytes = hash.bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            Hash::from_bytes(bytes)
        };
        prop_assert_eq!(flaws(&links, None), []);
        let link = &mut links[at];
        match field {
            0 => link.seq ^= 1 << (bit % 32),
            1 => link.entry = id(1_000),
            2 => link.prev = flip(link.prev),
            3 => link.commitment = flip(link.commitment),
            _ => link.hash = flip(link.hash),
        }
        prop_assert_ne!(flaws(&links, None), []);
    }

    #[test]
    fn links_in_another_order_or_left_out_are_found(one in 0..6_usize, other in 0..6_usize) {
        prop_assume!(one != other);
        let mut swapped = chain(6);
        swapped.swap(one, other);
        prop_assert_ne!(flaws(&swapped, None), []);
        let mut fewer = chain(6);
        let last = head(&fewer[5]);
        fewer.remove(one);
        prop_assert_ne!(flaws(&fewer, Some(last)), []);
    }
}

#[test]
fn each_fault_has_its_name() {
    let links = chain(4);
    let last = head(&links[3]);
    let without = |at: usize| {
        let mut links = links.clone();
        links.remove(at);
        links
    };
    assert_eq!(flaws(&without(1), None), [Flaw::Gap { from: 2, to: 2 }]);
    assert_eq!(flaws(&links[..3], None), []);
    assert_eq!(
        flaws(&links[..3], Some(last)),
        [Flaw::Truncated {
            expected: 4,
            found: 3
        }]
    );
    assert_eq!(flaws(&links, Some(last)), []);
    let other = Head {
        hash: beginning(None),
        ..head(&links[1])
    };
    assert_eq!(flaws(&links, Some(other)), [Flaw::OtherHead { seq: 2 }]);
    // Whoever rewrites a link and its hash too has to rewrite all that follow.
    let mut rewritten = links.clone();
    rewritten[1] = link(COMPANY, Some(head(&links[0])), id(2), beginning(None));
    assert_eq!(flaws(&rewritten, None), [Flaw::Unlinked { seq: 3, entry: id(3) }]);
    // The chain of one company is not that of another.
    let mut walk = Walk::new(None, None);
    assert_eq!(walk.step(&links[0]), [Flaw::Unlinked { seq: 1, entry: id(1) }]);
}

#[test]
fn the_bytes_of_an_entry_never_change() {
    let entry = AuditEntry {
        id: id(1),
        actor: Actor::System,
        action: AuditAction::CompanyChanged,
        target: "cmp".to_owned(),
        before: BTreeMap::new(),
        after: BTreeMap::from([("name".to_owned(), "Acme".to_owned())]),
        request_id: None,
        ip: None,
        user_agent: None,
        at: Timestamp::from_second(1_700_000_000).unwrap(),
    };
    let hash = Hash::of(&[&bytes(COMPANY, &entry)]);
    assert_eq!(
        hash.to_string(),
        "d0c73f7aa979f7700f304901419a3291e4dae4e578a58deaf6e3060727a0b465"
    );
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let head = head(&chain(3)[2]);
    assert_eq!(head.to_string().parse(), Ok(head));
    for text in [
        "",
        "3",
        "0:00",
        "3:xyz",
        &format!("0:{}", head.hash),
        &format!("3:{}é", "a".repeat(62)),
    ] {
        assert_eq!(text.parse::<Head>(), Err(ParseHeadError), "{text}");
    }
}
