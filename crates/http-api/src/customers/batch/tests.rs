use actix_web::test::TestRequest;
use serde_json::json;

use super::*;

fn line(number: usize, text: &str) -> Line {
    Line {
        number,
        text: Some(text.as_bytes().to_vec()),
    }
}

fn wrong(text: &str) -> Vec<(String, String)> {
    let errors = parse(line(1, text)).1.unwrap_err();
    errors
        .into_iter()
        .map(|error| (error.pointer, error.code.into_owned()))
        .collect()
}

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[test]
fn a_line_is_a_customer() {
    let (number, input) = parse(line(
        7,
        r#"{"external_id":"1","mrr":{"amount_minor":5,"currency":"EUR"},"attributes":{"a":null}}"#,
    ));
    let input = input.unwrap();

    assert_eq!(
        (
            number,
            input.external_id.as_str(),
            input.mrr.unwrap().amount_minor
        ),
        (7, "1", 5)
    );
    assert_eq!(input.attributes["a"], Value::Null);
}

#[test]
fn a_line_of_nothing_but_mistakes_does_not_become_a_long_answer() {
    let line: Map<String, Value> = (0..5_000).map(|n| (format!("x{n}"), Value::from(0))).collect();
    assert_eq!(wrong(&Value::Object(line).to_string()).len(), MISTAKES);
}

#[test]
fn every_mistake_of_a_line_is_told_with_its_place() {
    assert_eq!(wrong("{"), [at("#", "malformed-json")]);
    assert_eq!(wrong("[]"), [at("#", "wrong-type")]);
    assert_eq!(
        wrong(r#"{"name":5,"a/b":1,"mrr":{"amount_minor":1,"currency":"XXY"}}"#),
        [
            at("#/external_id", "missing"),
            at("#/a~1b", "unknown-field"),
            at("#/mrr", "wrong-type"),
            at("#/name", "wrong-type"),
        ]
    );
    let (_, too_long) = parse(Line {
        number: 1,
        text: None,
    });
    assert_eq!(too_long.unwrap_err()[0].code, "too-long");
}

#[test]
fn outcomes_come_back_to_their_lines() {
    let parsed = vec![
        parse(line(1, r#"{"external_id":"1"}"#)),
        parse(line(2, "{")),
        parse(line(4, r#"{"external_id":"1"}"#)),
        parse(line(5, r#"{"external_id":"2","email":"no"}"#)),
    ];
    let id: CustomerId = "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let (inputs, places) = split(parsed);
    assert_eq!(inputs.len(), 3);

    let refused = vec![FieldError::new("#/email", "not-an-email", "…")];
    let created = || Ok((UpsertOutcome::Created, id));
    let view = View::new(places, vec![created(), created(), Err(refused)]);

    let statuses: Vec<(usize, &str)> = view.data.iter().map(|line| (line.line, line.status)).collect();
    assert_eq!(
        statuses,
        [(1, "created"), (2, "rejected"), (4, "updated"), (5, "rejected")]
    );
    assert_eq!(
        view.summary,
        Summary {
            created: 1,
            updated: 1,
            rejected: 2
        }
    );
}

#[actix_web::test]
async fn the_answer_is_lines_where_lines_are_asked_for() {
    let view = View {
        data: vec![LineView {
            line: 1,
            status: "rejected",
            id: None,
            errors: Vec::new(),
        }],
        summary: Summary {
            rejected: 1,
            ..Summary::default()
        },
    };
    let body = async |accept: &str| {
        let request = TestRequest::post()
            .insert_header(("Accept", accept))
            .to_http_request();
        let body = answer(&request, &view).unwrap().into_body();
        String::from_utf8(actix_web::body::to_bytes(body).await.unwrap().to_vec()).unwrap()
    };

    assert_eq!(
        body("application/x-ndjson").await,
        "{\"line\":1,\"status\":\"rejected\"}\n"
    );
    let json: Value = serde_json::from_str(&body("*/*").await).unwrap();
    assert_eq!(
        json["summary"],
        json!({ "created": 0, "updated": 0, "rejected": 1 })
    );
}
