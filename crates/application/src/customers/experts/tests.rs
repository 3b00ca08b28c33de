use uuid::Uuid;

use super::*;

fn customers(count: u128) -> Vec<CustomerId> {
    (0..count)
        .map(|n| CustomerId::from_uuid(Uuid::from_u128(n)))
        .collect()
}

fn experts(count: u128) -> Vec<UserId> {
    (0..count)
        .map(|n| UserId::from_uuid(Uuid::from_u128(n)))
        .collect()
}

fn sizes(shares: &BTreeMap<Vec<UserId>, Vec<CustomerId>>, experts: &[UserId]) -> Vec<usize> {
    let of = |expert: &UserId| shares.get(&vec![*expert]).map_or(0, Vec::len);
    experts.iter().map(of).collect()
}

#[test]
fn together_everybody_gets_everybody() {
    let (customers, experts) = (customers(3), experts(2));
    let shares = shared(&customers, &experts, Sharing::Together, BTreeMap::new());
    assert_eq!(shares, BTreeMap::from([(experts, customers)]));
}

#[test]
fn who_has_the_fewest_gets_the_next() {
    let experts = experts(3);
    let loads = BTreeMap::from([(experts[0], 5), (experts[1], 1)]);
    let shares = shared(&customers(9), &experts, Sharing::Load, loads);
    // Five and none, one and four, none and five.
    assert_eq!(sizes(&shares, &experts), [0, 4, 5]);
}

#[test]
fn nobody_named_takes_them_out_of_all_hands() {
    for sharing in [Sharing::Together, Sharing::RoundRobin, Sharing::Load] {
        let shares = shared(&customers(2), &[], sharing, BTreeMap::new());
        assert_eq!(
            shares,
            BTreeMap::from([(Vec::new(), customers(2))]),
            "{sharing:?}"
        );
    }
}

#[test]
fn each_customer_is_in_one_share_and_turns_are_even() {
    for (customer, expert) in (0..40).flat_map(|all| (1..7).map(move |people| (all, people))) {
        let (all, people) = (customers(customer), experts(expert));
        for sharing in [Sharing::RoundRobin, Sharing::Load] {
            let shares = shared(&all, &people, sharing, BTreeMap::new());
            let mut back: Vec<CustomerId> = shares.values().flatten().copied().collect();
            back.sort_unstable();
            assert_eq!(back, all);
            let sizes = sizes(&shares, &people);
            let spread = sizes.iter().max().unwrap_or(&0) - sizes.iter().min().unwrap_or(&0);
            assert!(spread <= 1, "{sizes:?}");
        }
    }
}
