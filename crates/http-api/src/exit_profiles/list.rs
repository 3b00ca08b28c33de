//! `GET /exit-profiles`

use actix_web::{get, web::Json};
use kale_application::workflows::{ExitProfile, Workflows};
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadWorkflows};
use serde::Serialize;
use utoipa::ToSchema;

/// What a market asks of a cancel flow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExitProfile)]
pub(super) struct View {
    /// Its immutable name.
    #[schema(example = "de")]
    key: String,
    /// Where the rules come from, for people.
    source: String,
    /// The day they were last looked at.
    #[schema(example = "2026-11-22")]
    as_of: String,
    /// What has to hold beyond the cards, which no check can see.
    duties: Vec<Duty>,
}

/// Something that has to hold beyond the cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExitDuty)]
pub(super) struct Duty {
    /// Its immutable name.
    #[schema(example = "public_entry")]
    key: String,
    /// What has to hold.
    says: String,
}

impl From<ExitProfile> for View {
    fn from(profile: ExitProfile) -> Self {
        let duties = profile.duties().map(|(key, says)| Duty {
            key: key.to_owned(),
            says: says.to_owned(),
        });
        Self {
            duties: duties.collect(),
            as_of: profile.as_of.to_string(),
            key: profile.key,
            source: profile.source,
        }
    }
}

/// Lists the exit profiles. `base` always holds; the others hold where a workflow names them. They are no legal advice:
/// counsel decides which apply.
#[utoipa::path(
    operation_id = "list_exit_profiles",
    tag = "Workflows",
    responses((status = 200, description = "All of them, `base` first.", body = Page<View>, example = json!({
        "data": [{"key": "base", "source": "House rules", "as_of": "2026-11-22",
            "duties": [{"key": "receipt", "says": "Whoever cancels gets a receipt."}]}],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/exit-profiles")]
#[tracing::instrument(name = "api.exit_profiles.list", skip_all)]
pub(crate) async fn handle(_: Allowed<ReadWorkflows>, _: NoQuery) -> Result<Json<Page<View>>, Problem> {
    let found = Workflows::exit_profiles()?;
    Ok(Json(Page::new(found.into_iter().map(View::from).collect(), None)))
}
