use super::*;

fn refused(query: &str) -> Vec<(String, String)> {
    match ListRequest::parse(query) {
        Err(CustomerError::BadQuery(wrong)) => wrong
            .into_iter()
            .map(|error| (error.pointer, error.code.into_owned()))
            .collect(),
        other => panic!("{query}: {other:?}"),
    }
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[test]
fn what_belongs_to_the_list_is_taken_and_the_rest_handed_back() {
    let query =
        "filter%5Battributes.contract%5D=Two+year&q=+ada%20l+&limit=5&sort=-mrr&filter[mrr][gte]=1000";

    let (request, rest) = ListRequest::parse(query).unwrap();

    let term = |name: &str, op: &str, value: &str| FilterTerm {
        name: name.to_owned(),
        op: op.to_owned(),
        value: value.to_owned(),
    };
    assert_eq!(
        request.filters,
        [
            term("attributes.contract", "eq", "Two year"),
            term("mrr", "gte", "1000")
        ]
    );
    assert_eq!(
        (request.search.as_deref(), request.sort.as_deref()),
        (Some("ada l"), Some("-mrr"))
    );
    assert_eq!(rest, [("limit".to_owned(), "5".to_owned())]);
}

#[test]
fn an_empty_query_is_everybody() {
    assert_eq!(
        ListRequest::parse("").unwrap(),
        (ListRequest::default(), Vec::new())
    );
    assert_eq!(ListRequest::parse("?&q=%20").unwrap().0, ListRequest::default());
}

#[test]
fn a_filter_that_can_be_read_two_ways_is_refused() {
    assert_eq!(
        refused("filter[mrr]=1&filter[mrr]=2"),
        one("?filter[mrr]", "duplicate")
    );
    assert_eq!(
        refused("filter[mrr]=1&filter[mrr][eq]=2"),
        one("?filter[mrr][eq]", "duplicate")
    );
    assert_eq!(refused("limit=1&limit=2"), one("?limit", "duplicate"));
    assert_eq!(
        refused("filter[tier][is_set]=false"),
        one("?filter[tier][is_set]", "value-not-allowed")
    );
}

#[test]
fn a_filter_without_a_name_an_operator_or_a_value_is_refused() {
    for broken in [
        "filter[]=1",
        "filter[a][]=1",
        "filter[a=1",
        "filter[a]b=1",
        "filter[a][b][c]=1",
    ] {
        assert_eq!(refused(broken)[0].1, "malformed", "{broken}");
    }
    assert_eq!(refused("filter[plan]="), one("?filter[plan]", "empty"));
    assert!(ListRequest::parse("filter[plan][is_not_set]=").is_ok());
}

#[test]
fn broken_escapes_are_refused() {
    for broken in ["q=%", "q=%4", "q=%zz", "q=%ff", "q=%00", "%=1"] {
        assert_eq!(refused(broken)[0].1, "malformed", "{broken}");
    }
}

#[test]
fn an_export_takes_no_page() {
    assert!(ListRequest::parse_only("filter[tier]=gold&q=a&sort=name").is_ok());
    assert!(matches!(
        ListRequest::parse_only("limit=5"),
        Err(CustomerError::BadQuery(_))
    ));
}

#[test]
fn the_order_of_filters_does_not_make_another_list() {
    let text = |query: &str| ListRequest::parse(query).unwrap().0.canonical();

    assert_eq!(
        text("filter[a]=1&filter[b]=2"),
        text("sort=name&filter[b]=2&filter[a][eq]=1")
    );
    assert_ne!(text("filter[a]=1"), text("filter[a]=2"));
    assert_ne!(text("filter[a]=1"), text("filter[a][ne]=1"));
    assert_ne!(text("sort=name"), text("sort=-name"));
    assert_ne!(text("q=a"), text(""));
}
