//! `POST /customers/batch`

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::header,
    post,
    web::{Data, Payload},
};
use futures::StreamExt as _;
use kale_application::customers::{CustomerInput, Customers, UpsertOutcome};
use kale_domain::{error::FieldError, id::CustomerId};
use kale_web::{Allowed, IDLE, NoQuery, Problem, Required, paced, permission::WriteCustomers};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    body::CustomerFields,
    ndjson::{LINE_BYTES, Line, Lines, is_ndjson},
};

/// What came of every line.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CustomerBatch)]
pub(super) struct View {
    /// By line.
    data: Vec<LineView>,
    /// Counted.
    summary: Summary,
}

/// What came of one line.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CustomerBatchLine)]
pub(super) struct LineView {
    /// Where it stands in the request, from 1.
    line: usize,
    /// `created`, `updated` or `rejected`.
    #[schema(example = "created")]
    status: &'static str,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "cus_01h455vb4pex5vsknk084sn02q")]
    id: Option<CustomerId>,
    /// What is wrong with the line; pointers lead into it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    errors: Vec<FieldError>,
}

/// How many lines came to what.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CustomerBatchSummary)]
pub(super) struct Summary {
    created: u64,
    updated: u64,
    rejected: u64,
}

/// How many mistakes of a line are told: whoever made more made the same one again.
const MISTAKES: usize = 20;

type Wrong = Vec<FieldError>;
type Parsed = (usize, Result<CustomerInput, Wrong>);
/// A line, and what is wrong with it where it is not carried out.
type Place = (usize, Option<Wrong>);
type Outcome = Result<(UpsertOutcome, CustomerId), Wrong>;

/// Creates or changes many customers: one JSON object a line, as `POST /customers` takes it.
///
/// At most 1,000 lines and 10 MB. What is absent in a line is left as it was. A broken line is rejected and stops no
/// other one. Sending the lines again changes nothing. With `Accept: application/x-ndjson` the answer is the lines of
/// `data`.
#[utoipa::path(
    operation_id = "put_customers",
    tag = "Customers",
    request_body(
        content = String, content_type = "application/x-ndjson",
        example = "{\"external_id\":\"1\",\"name\":\"Ada\"}\n{\"external_id\":\"2\",\"attributes\":{\"seats\":45}}\n"
    ),
    responses((status = 200, description = "What came of every line.", body = View, example = json!({
        "data": [
            {"line": 1, "status": "created", "id": "cus_01h455vb4pex5vsknk084sn02q"},
            {"line": 2, "status": "rejected", "errors": [
                {"pointer": "#/email", "code": "not-an-email",
                    "message": "expected an e-mail address such as ada@example.com"}
            ]}
        ],
        "summary": {"created": 1, "updated": 0, "rejected": 1}
    }))),
    extensions(("x-permission" = json!(WriteCustomers::NAME))),
)]
#[post("/customers/batch")]
#[tracing::instrument(name = "api.customers.batch", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<WriteCustomers>,
    customers: Data<Customers>,
    _: NoQuery,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let company = allowed.company()?;
    let (inputs, places) = split(receive(&request, body).await?);
    let outcomes = customers
        .upsert_many(allowed.reach(), company, &allowed.caller, inputs)
        .await?;
    answer(&request, &View::new(places, outcomes))
}

async fn receive(request: &HttpRequest, body: Payload) -> Result<Vec<Parsed>, Problem> {
    if !is_ndjson(request.content_type()) {
        return Err(Problem::of("unsupported-media-type").detail("the body has to be `application/x-ndjson`"));
    }
    if request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding != "identity")
    {
        return Err(Problem::of("unsupported-media-type").detail("a compressed body is not read here"));
    }
    let mut lines = Lines::default();
    let mut parsed = Vec::new();
    let mut pieces = std::pin::pin!(paced(body, IDLE));
    while let Some(piece) = pieces.next().await {
        parsed.extend(lines.push(&piece?)?.into_iter().map(parse));
    }
    parsed.extend(lines.finish()?.map(parse));
    Ok(parsed)
}

/// A line as a customer, or everything that is wrong with it.
fn parse(line: Line) -> Parsed {
    let one =
        |pointer: &str, code: &'static str, message: String| vec![FieldError::new(pointer, code, message)];
    let input = match line.text {
        None => Err(one(
            "#",
            "too-long",
            format!("a line has at most {LINE_BYTES} bytes"),
        )),
        Some(text) => match serde_json::from_slice(&text) {
            Ok(Value::Object(fields)) => input(fields),
            Ok(_) => Err(one("#", "wrong-type", "expected a JSON object".to_owned())),
            Err(error) => Err(one(
                "#",
                "malformed-json",
                format!("column {}: {error}", error.column()),
            )),
        },
    };
    (line.number, input)
}

fn input(mut fields: Map<String, Value>) -> Result<CustomerInput, Wrong> {
    let mut wrong = Vec::new();
    let external_id = match fields.remove("external_id") {
        Some(Value::String(text)) => text,
        Some(_) => {
            wrong.push(FieldError::new("#/external_id", "wrong-type", "expected a text"));
            String::new()
        }
        None => {
            wrong.push(FieldError::new(
                "#/external_id",
                "missing",
                "`external_id` is missing",
            ));
            String::new()
        }
    };
    // One field at a time, so that each mistake is told with its place; by name, whatever order a map keeps.
    let by_name: BTreeMap<&String, &Value> = fields.iter().collect();
    for (name, value) in by_name {
        if wrong.len() >= MISTAKES {
            break;
        }
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        if let Err(error) = serde_json::from_value::<CustomerFields>(Value::Object(alone)) {
            let name: String = name.chars().take(60).collect();
            let pointer = format!("#/{}", name.replace('~', "~0").replace('/', "~1"));
            let message = error.to_string();
            let code = if message.starts_with("unknown field") {
                "unknown-field"
            } else {
                "wrong-type"
            };
            wrong.push(FieldError::new(pointer, code, message));
        }
    }
    match serde_json::from_value::<CustomerFields>(Value::Object(fields)) {
        Ok(fields) if wrong.is_empty() => Ok(fields.of(external_id)),
        _ => Err(wrong),
    }
}

/// The inputs to carry out, and for every line whether it is one of them.
fn split(parsed: Vec<Parsed>) -> (Vec<CustomerInput>, Vec<Place>) {
    let mut inputs = Vec::new();
    let places = parsed.into_iter().map(|(line, input)| match input {
        Ok(input) => {
            inputs.push(input);
            (line, None)
        }
        Err(wrong) => (line, Some(wrong)),
    });
    let places = places.collect();
    (inputs, places)
}

impl View {
    /// Puts the outcomes, which are in the order of the lines that could be read, back to their lines.
    fn new(places: Vec<Place>, outcomes: Vec<Outcome>) -> Self {
        let mut outcomes = outcomes.into_iter();
        let mut seen = BTreeSet::new();
        let mut summary = Summary::default();
        let mut data = Vec::with_capacity(places.len());
        for (line, wrong) in places {
            let outcome = wrong.map_or_else(|| outcomes.next().unwrap_or_else(|| Err(Vec::new())), Err);
            data.push(match outcome {
                // A second line about a customer that the first one created.
                Ok((outcome, id)) if seen.insert(id) && outcome == UpsertOutcome::Created => {
                    summary.created += 1;
                    LineView {
                        line,
                        status: "created",
                        id: Some(id),
                        errors: Vec::new(),
                    }
                }
                Ok((_, id)) => {
                    summary.updated += 1;
                    LineView {
                        line,
                        status: "updated",
                        id: Some(id),
                        errors: Vec::new(),
                    }
                }
                Err(errors) => {
                    summary.rejected += 1;
                    LineView {
                        line,
                        status: "rejected",
                        id: None,
                        errors,
                    }
                }
            });
        }
        Self { data, summary }
    }
}

fn answer(request: &HttpRequest, view: &View) -> Result<HttpResponse, Problem> {
    let accepted = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok());
    if !accepted.flat_map(|value| value.split(',')).any(is_ndjson) {
        return Ok(HttpResponse::Ok().json(view));
    }
    let mut lines = Vec::new();
    for line in &view.data {
        serde_json::to_writer(&mut lines, line).map_err(|error| Problem::internal(&error))?;
        lines.push(b'\n');
    }
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .body(lines))
}
