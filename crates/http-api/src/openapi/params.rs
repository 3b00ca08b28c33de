//! Parameters that many operations take, as the document describes them. The extractors of `kale-web` read them.

use utoipa::IntoParams;

/// What every list takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by ListSpec")]
pub(crate) struct PageParams {
    /// How many things on a page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<u16>,
    /// Where to go on: `page.next_cursor` of the page before, as it is.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// For lists that can be narrowed to some fields of each thing.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by ListSpec")]
pub(crate) struct FieldsParam {
    /// The fields to answer, separated by commas; `id` always comes along.
    #[param(min_length = 1, example = "id")]
    fields: Option<String>,
}

/// For changes of something that has a version.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here, read by IfMatch")]
pub(crate) struct IfMatchHeader {
    /// The `ETag` that you read, so that nobody's change is lost.
    #[param(rename = "If-Match", pattern = "^\"[!#-~]*\"$", example = "\"v3\"")]
    if_match: String,
}

/// For requests that make something or act.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here, read by Idempotent")]
pub(crate) struct IdempotencyKeyHeader {
    /// A fresh key per request. The same request sent again with it within 24 hours acts once and answers the same.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "3f1c1f0a-7a52-4f6e-9f0b-0f4f2f2f8a11"
    )]
    idempotency_key: Option<String>,
}
