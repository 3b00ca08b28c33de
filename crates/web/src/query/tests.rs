use actix_web::{FromRequest as _, test::TestRequest};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::{Cursors, signing::tests::signer};

const SPEC: ListSpec = ListSpec {
    route: "GET /customers",
    sorts: &["name", "created_at", "attributes.*"],
    default_sort: "-created_at",
    filters: &[
        ("persona", &[Op::Eq, Op::Ne, Op::Exists]),
        ("mrr", &[Op::Eq, Op::Gte, Op::Lt]),
        ("attributes.*", &[Op::Eq, Op::Contains]),
    ],
    fields: &["id", "name", "mrr"],
    includes: &["count"],
    search: true,
    others: &["as_of"],
};

fn refused(query: &str) -> (String, String) {
    let problem = SPEC.parse(query).unwrap_err();
    assert_eq!(problem.status().as_u16(), 400, "{query}");
    let pointer = problem
        .fields()
        .first()
        .map(|field| field.pointer.clone())
        .unwrap_or_default();
    (problem.code().to_owned(), pointer)
}

fn filter(name: &str, op: Op, values: &[&str]) -> Filter {
    Filter {
        name: name.to_owned(),
        op,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

#[test]
fn a_list_without_parameters_has_its_defaults() {
    let params = SPEC.parse("").unwrap();
    assert_eq!(params.limit, 50);
    assert_eq!(
        params.sort,
        Sort {
            field: "created_at".to_owned(),
            descending: true
        }
    );
    assert!(params.filters.is_empty() && params.q.is_none() && params.fields.wants("anything"));
}

#[test]
fn every_part_of_the_grammar_is_read() {
    let params = SPEC
        .parse(
            "limit=200&sort=-attributes.tenure&fields=name&include=count&q=+m%C3%BCller+&as_of=2026-01-01\
             &filter[persona]=a,b&filter[mrr][gte]=1000&filter%5Bmrr%5D%5Blt%5D=5000&filter[attributes.city][contains]=a,b",
        )
        .unwrap();

    assert_eq!(
        (params.limit, params.q.as_deref(), params.other("as_of")),
        (200, Some("müller"), Some("2026-01-01"))
    );
    assert_eq!(
        params.sort,
        Sort {
            field: "attributes.tenure".to_owned(),
            descending: true
        }
    );
    assert!(params.includes("count") && !params.includes("all"));
    assert_eq!(
        params.filters,
        [
            filter("attributes.city", Op::Contains, &["a,b"]),
            filter("mrr", Op::Gte, &["1000"]),
            filter("mrr", Op::Lt, &["5000"]),
            filter("persona", Op::Eq, &["a", "b"]),
        ]
    );
}

#[test]
fn a_comma_inside_a_value_is_written_with_a_backslash() {
    let params = SPEC.parse(r"filter[persona][in]=a\,b,c%5C%5C").unwrap();
    assert_eq!(params.filters, [filter("persona", Op::Eq, &["a,b", r"c\"])]);
}

#[test]
fn what_a_list_does_not_take_is_refused_by_name() {
    for (query, code, pointer) in [
        ("page=2", "unknown-parameter", "?page"),
        ("filter[$where]=1", "unknown-parameter", "?filter[$where]"),
        ("filter[company_id]=1", "unknown-parameter", "?filter[company_id]"),
        (
            "filter[attributes.]=1",
            "unknown-parameter",
            "?filter[attributes.]",
        ),
        ("filter[mrr][$ne]=1", "invalid-parameter", "?filter[mrr][$ne]"),
        (
            "filter[mrr][contains]=1",
            "invalid-parameter",
            "?filter[mrr][contains]",
        ),
        (
            "filter[mrr][gte][lt]=1",
            "unknown-parameter",
            "?filter[mrr][gte][lt]",
        ),
        ("filter[persona]=a,,b", "invalid-parameter", "?filter[persona]"),
        (
            "filter[persona][exists]=yes",
            "invalid-parameter",
            "?filter[persona][exists]",
        ),
        ("sort=password", "invalid-parameter", "?sort"),
        ("sort=--name", "invalid-parameter", "?sort"),
        ("fields=name,secret", "invalid-parameter", "?fields"),
        ("include=everything", "invalid-parameter", "?include"),
        ("limit=10&limit=20", "duplicate-parameter", "?limit"),
        (
            "filter[mrr]=1&filter[mrr][eq]=2",
            "duplicate-parameter",
            "?filter[mrr][eq]",
        ),
    ] {
        assert_eq!(refused(query), (code.to_owned(), pointer.to_owned()), "{query}");
    }
    for limit in ["0", "201", "-1", "+5", "1.0", "", "99999999999"] {
        assert_eq!(refused(&format!("limit={limit}")).1, "?limit", "{limit}");
    }
    for broken in ["q=%ff", "q=%2", "q=%zz", "q=%00"] {
        assert_eq!(refused(broken).0, "malformed", "{broken}");
    }
}

#[test]
fn a_refusal_lists_what_is_allowed() {
    let problem = SPEC.parse("offset=3").unwrap_err();
    let detail = problem.explanation().unwrap().to_owned();
    for name in ["`offset`", "`limit`", "`as_of`", "`filter[mrr]`"] {
        assert!(detail.contains(name), "{name} in {detail}");
    }
    let problem = SPEC.parse("filter[contract]=monthly").unwrap_err();
    let detail = problem.explanation().unwrap();
    assert!(detail.ends_with("as `filter[attributes.contract]`"), "{detail}");
}

#[test]
fn a_projection_keeps_the_id() {
    let params = SPEC.parse("fields=name").unwrap();
    let thing = json!({ "id": 1, "name": "a", "mrr": 5 });
    assert_eq!(
        params.fields.apply(&thing).unwrap(),
        json!({ "id": 1, "name": "a" })
    );
    assert!(!params.fields.wants("mrr"));
    assert_eq!(Fields::default().apply(&thing).unwrap(), thing);
}

#[test]
fn a_cursor_goes_on_in_the_list_it_came_from() {
    let cursors = Cursors::new(signer());
    let first = SPEC.parse("sort=name&filter[mrr][gte]=5&limit=10").unwrap();
    let cursor = cursors.encode(&first, &("anna", 7)).unwrap();

    let again = |query: &str| {
        cursors.decode::<(String, u32)>(&SPEC.parse(&format!("{query}&cursor={cursor}")).unwrap())
    };
    assert_eq!(
        again("limit=99&filter[mrr][gte]=5&sort=name").unwrap(),
        Some(("anna".to_owned(), 7))
    );
    assert_eq!(cursors.decode::<(String, u32)>(&first).unwrap(), None);
    for other in [
        "sort=-name&filter[mrr][gte]=5",
        "sort=name&filter[mrr][gte]=6",
        "sort=name",
        "sort=name&filter[mrr][gte]=5&q=x",
    ] {
        assert_eq!(again(other).unwrap_err().code(), "cursor-mismatch", "{other}");
    }
    let elsewhere = ListSpec {
        route: "GET /jobs",
        ..SPEC
    };
    let elsewhere = elsewhere
        .parse(&format!("sort=name&filter[mrr][gte]=5&cursor={cursor}"))
        .unwrap();
    assert_eq!(
        cursors.decode::<(String, u32)>(&elsewhere).unwrap_err().code(),
        "cursor-mismatch"
    );
}

#[test]
fn a_cursor_that_was_touched_is_no_cursor() {
    let cursors = Cursors::new(signer());
    let list = SPEC.parse("").unwrap();
    let cursor = cursors.encode(&list, &1).unwrap();
    let decode = |text: &str| {
        let list = ListParams {
            cursor: Some(text.to_owned()),
            ..list.clone()
        };
        cursors.decode::<u32>(&list).map_err(|problem| problem.code())
    };

    assert_eq!(decode(&cursor), Ok(Some(1)));
    for place in 0..cursor.len() {
        let mut touched = cursor.clone().into_bytes();
        touched[place] = if touched[place] == b'A' { b'B' } else { b'A' };
        assert!(decode(&String::from_utf8(touched).unwrap()).is_err(), "{place}");
    }
    for strange in [
        "",
        "A",
        "!",
        &"A".repeat(100),
        &"A".repeat(5000),
        &cursor[..cursor.len() - 2],
    ] {
        assert_eq!(decode(strange), Err("invalid-cursor"), "{strange}");
    }
    let other_shape = ListParams {
        cursor: Some(cursor.clone()),
        ..list.clone()
    };
    assert_eq!(
        cursors.decode::<Vec<u8>>(&other_shape).unwrap_err().code(),
        "invalid-cursor"
    );
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    days: u8,
}

#[actix_web::test]
async fn routes_that_are_no_lists_are_as_strict() {
    let ask = async |uri: &str| {
        let request = TestRequest::get().uri(uri).to_http_request();
        let read = Query::<Params>::extract(&request).await;
        read.map(|query| query.0.days)
            .map_err(|problem| (problem.code(), problem.fields()[0].pointer.clone()))
    };

    assert_eq!(ask("/?days=7").await, Ok(7));
    assert_eq!(
        ask("/?days=7&x=1").await,
        Err(("unknown-parameter", "?x".to_owned()))
    );
    assert_eq!(
        ask("/?days=7&days=8").await,
        Err(("duplicate-parameter", "?days".to_owned()))
    );
    assert_eq!(ask("/").await, Err(("invalid-parameter", "?days".to_owned())));
    assert_eq!(ask("/?days=900").await.unwrap_err().0, "invalid-parameter");

    let some = TestRequest::get().uri("/?a=1").to_http_request();
    assert_eq!(
        NoQuery::extract(&some).await.unwrap_err().code(),
        "unknown-parameter"
    );
    assert!(
        NoQuery::extract(&TestRequest::get().uri("/").to_http_request())
            .await
            .is_ok()
    );
}
