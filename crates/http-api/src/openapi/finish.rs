//! What follows from facts of an operation: its security, its problems, the line about its permission.

use std::collections::BTreeMap;

use kale_web::{
    Problem, ProblemDocument, catalogue,
    permission::{EXTENSION, PUBLIC, SIGNED_IN, SUBSCRIBER},
};
use serde_json::Value;
use utoipa::openapi::{
    ContentBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, Parameter, ParameterIn},
    security::SecurityRequirement,
};

pub(super) const BEARER: &str = "bearer";
pub(super) const COOKIE: &str = "cookie";
pub(super) const SUBSCRIBER_TOKEN: &str = "subscriber";
/// The extension of an operation that a subscriber may use, too, for what is their own.
const OWN: &str = "x-subscriber";
/// The extension with the codes of problems that only this operation has.
pub(super) const PROBLEMS: &str = "x-problems";

/// The shared problem responses: the name of the component, and the problem that stands as its example.
const SHARED: &[(u16, &str, &str)] = &[
    (400, "Malformed", "unknown-parameter"),
    (401, "Unauthenticated", "unauthenticated"),
    (403, "Forbidden", "forbidden"),
    (404, "NotFound", "not-found"),
    (408, "TooSlow", "request-timeout"),
    (409, "Conflict", "conflict"),
    (412, "Stale", "stale-version"),
    (413, "TooLarge", "too-large"),
    (415, "UnsupportedMediaType", "unsupported-media-type"),
    (422, "Invalid", "validation"),
    (428, "PreconditionRequired", "precondition-required"),
    (429, "RateLimited", "rate-limited"),
    (500, "Internal", "internal"),
    (503, "Unavailable", "unavailable"),
];

/// Completes every operation and adds the shared responses.
pub(super) fn finish(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let in_path = path.contains('{');
        for operation in operations(item) {
            complete(operation, in_path);
        }
        if let Some(read) = &mut item.get {
            may_be_unchanged(read);
        }
    }
    let components = document.components.get_or_insert_default();
    for (status, name, code) in SHARED {
        components
            .responses
            .insert((*name).to_owned(), RefOr::T(shared(*status, code)));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

fn complete(operation: &mut Operation, in_path: bool) {
    let public = who_may(operation);
    let has = |place: ParameterIn, name: &str| {
        let mut all = operation.parameters.iter().flatten();
        all.any(|one| matches!(one, RefOr::T(one) if one.parameter_in == place && one.name == name))
    };
    let if_match = has(ParameterIn::Header, "If-Match");
    let idempotent = has(ParameterIn::Header, "Idempotency-Key");
    let with_body = operation.request_body.is_some();
    let facts = [
        (true, &[400, 500, 503][..]),
        (!public, &[401, 403, 429]),
        (in_path, &[404]),
        (with_body, &[408, 413, 415, 422]),
        (if_match, &[412, 428]),
        (idempotent, &[409, 422]),
    ];
    let mut statuses: Vec<u16> = facts
        .iter()
        .filter(|(holds, _)| *holds)
        .flat_map(|(_, all)| *all)
        .copied()
        .collect();
    statuses.extend(
        own_problems(operation)
            .iter()
            .filter_map(|code| catalogue::find(code))
            .map(|known| known.status),
    );
    for status in statuses {
        if let Some((_, name, _)) = SHARED.iter().find(|(known, _, _)| *known == status) {
            let response = RefOr::Ref(Ref::from_response_name(*name));
            operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert(response);
        }
    }
}

/// States security and the line about the permission; answers whether the operation needs no caller.
fn who_may(operation: &mut Operation) -> bool {
    let permission = text(operation, EXTENSION).unwrap_or_default();
    let public = permission == PUBLIC;
    let own = operation
        .extensions
        .as_ref()
        .is_some_and(|all| all.contains_key(OWN));
    let schemes: &[&str] = match permission.as_str() {
        PUBLIC => &[],
        SUBSCRIBER => &[SUBSCRIBER_TOKEN],
        _ if own => &[BEARER, COOKIE, SUBSCRIBER_TOKEN],
        _ => &[BEARER, COOKIE],
    };
    let required = schemes
        .iter()
        .map(|scheme| SecurityRequirement::new::<_, [String; 0], String>(*scheme, []));
    operation.security = Some(required.collect());
    let line = match permission.as_str() {
        PUBLIC => "Needs no sign-in.".to_owned(),
        SIGNED_IN => "For everybody who is signed in.".to_owned(),
        SUBSCRIBER => "Needs a subscriber's token.".to_owned(),
        named if own => format!("Needs the permission `{named}`, or the subscriber's own token."),
        named => format!("Needs the permission `{named}`."),
    };
    let said = operation
        .description
        .take()
        .filter(|said| !said.trim().is_empty());
    operation.description = Some(said.map_or_else(|| line.clone(), |said| format!("{said}\n\n{line}")));
    public
}

/// A read that takes `If-None-Match` may answer 304. One that answers an `ETag` need not: where counts change without a
/// version, the tag is for `If-Match` alone.
fn may_be_unchanged(read: &mut Operation) {
    let asks = |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.name == "If-None-Match");
    if read.parameters.iter().flatten().any(asks) {
        let unchanged = ResponseBuilder::new()
            .description("It is still at the version of `If-None-Match`")
            .build();
        read.responses
            .responses
            .insert("304".to_owned(), RefOr::T(unchanged));
    }
}

/// The codes that an operation lists as its own.
pub(super) fn own_problems(operation: &Operation) -> Vec<String> {
    let listed = operation
        .extensions
        .as_ref()
        .and_then(|all| all.get(PROBLEMS))
        .and_then(Value::as_array);
    listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn text(operation: &Operation, extension: &str) -> Option<String> {
    Some(
        operation
            .extensions
            .as_ref()?
            .get(extension)?
            .as_str()?
            .to_owned(),
    )
}

fn shared(status: u16, code: &'static str) -> Response {
    let problem = Problem::of(code);
    let example = serde_json::to_value(ProblemDocument::new(&problem, "01h455vb4pex5vsknk084sn02q")).ok();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDocument")))
        .example(example)
        .build();
    let known: BTreeMap<&str, &str> = catalogue::catalogue()
        .iter()
        .filter(|one| one.status == status)
        .map(|one| (one.code, one.title))
        .collect();
    let listed: Vec<String> = known
        .iter()
        .map(|(code, title)| format!("`{code}`: {title}."))
        .collect();
    ResponseBuilder::new()
        .description(listed.join(" "))
        .content("application/problem+json", content)
        .build()
}
