use serde_json::json;

use super::*;

fn refused(query: &str) -> (&'static str, String) {
    let problem = read(query).unwrap_err();
    (
        problem.code(),
        problem
            .fields()
            .first()
            .map(|error| error.pointer.clone())
            .unwrap_or_default(),
    )
}

#[test]
fn a_page_and_what_it_is_a_page_of_are_told_apart() {
    let query = read("filter[mrr][gte]=1000&limit=7&fields=name,mrr&include=count&q=ada").unwrap();

    assert_eq!(query.page.limit, 7);
    assert!(query.page.includes("count"));
    assert_eq!(
        query
            .page
            .fields
            .apply(&json!({"id": 1, "name": 2, "tags": 3}))
            .unwrap(),
        json!({"id": 1, "name": 2})
    );
    assert_eq!(
        (query.request.filters.len(), query.request.search.as_deref()),
        (1, Some("ada"))
    );
}

#[test]
fn a_parameter_nobody_knows_is_named() {
    assert_eq!(refused("limt=5"), ("unknown-parameter", "?limt".to_owned()));
    assert_eq!(refused("list=x"), ("unknown-parameter", "?list".to_owned()));
    assert_eq!(refused("limit=500"), ("invalid-parameter", "?limit".to_owned()));
    assert_eq!(
        refused("fields=password"),
        ("invalid-parameter", "?fields".to_owned())
    );
    assert_eq!(
        refused("filter[a]=1&filter[a]=2"),
        ("duplicate-parameter", "?filter[a]".to_owned())
    );
}

#[test]
fn another_filter_is_another_list_for_a_cursor() {
    let list = |query: &str| read(query).unwrap().page.other(LIST).map(str::to_owned);

    assert_eq!(list("filter[a]=1&limit=5"), list("limit=9&filter[a][eq]=1"));
    assert_ne!(list("filter[a]=1"), list("filter[a]=2"));
    assert_ne!(list("sort=-mrr"), list("sort=mrr"));
}

#[test]
fn a_filter_in_a_body_is_wrong_at_its_field() {
    let errors = |text| {
        let problem = in_body(Some(text)).unwrap_err();
        assert_eq!(problem.code(), "validation");
        problem.fields().to_vec()
    };

    assert_eq!(errors("limit=5")[0].pointer, "#/filter");
    assert!(errors("filter[a]=")[0].message.starts_with("filter[a]: "));
    assert!(in_body(Some("filter[attributes.contract]=Two year&q=ada")).is_ok());
    assert_eq!(in_body(None).unwrap(), ListRequest::default());
}
