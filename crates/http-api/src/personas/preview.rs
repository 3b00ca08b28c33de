//! `POST /personas/preview`

use actix_web::{post, web::Data, web::Json as Answer};
use kale_application::personas::{Configuration, Personas, Preview};
use kale_domain::id::PersonaId;
use kale_web::{Allowed, Json, NoQuery, Problem, Required, permission::ManagePersonas};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{BODY_BYTES, DraftBody, KeyAndName, draft_example};

/// What a draft would do.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonasPreview)]
pub(super) struct View {
    /// How many customers there are.
    customers: u64,
    /// How many of them a person has locked, so that they stay.
    locked: u64,
    /// How many customers would move.
    moves: u64,
    /// By persona: those of the draft first, then those that it drops, then unassigned.
    personas: Vec<Share>,
    /// Who would move, most first.
    moved: Vec<Moved>,
}

/// One persona's customers, now and then.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonaPreviewShare)]
pub(super) struct Share {
    /// Which; null is unassigned.
    persona: Option<KeyAndName>,
    /// How many customers it has.
    before: u64,
    /// How many it would have.
    after: u64,
}

/// Customers that would go from one persona to another.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonaPreviewMove)]
pub(super) struct Moved {
    /// Where they are; null is unassigned.
    from: Option<KeyAndName>,
    /// Where they would go; null is unassigned.
    to: Option<KeyAndName>,
    /// How many.
    customers: u64,
}

impl View {
    fn new(preview: &Preview, now: &Configuration) -> Self {
        let known = [&preview.configuration, now];
        let named = |id: Option<PersonaId>| id.and_then(|id| KeyAndName::of(id, &known));
        let count = |counts: &std::collections::BTreeMap<Option<PersonaId>, u64>, id| {
            counts.get(&id).copied().unwrap_or_default()
        };
        let drafted: Vec<PersonaId> = preview
            .configuration
            .personas
            .iter()
            .map(|persona| persona.id)
            .collect();
        let dropped = now
            .personas
            .iter()
            .map(|persona| persona.id)
            .filter(|id| !drafted.contains(id));
        let listed: Vec<PersonaId> = drafted.iter().copied().chain(dropped).collect();
        let share = |id| Share {
            persona: named(Some(id)),
            before: count(&preview.before, Some(id)),
            after: count(&preview.after, Some(id)),
        };
        let mut personas: Vec<Share> = listed.iter().copied().map(share).collect();
        // Customers of a persona that neither has any more wait for the next assignment: they have none.
        let rest = |counts: &std::collections::BTreeMap<Option<PersonaId>, u64>| {
            counts
                .iter()
                .filter(|(id, _)| id.is_none_or(|id| !listed.contains(&id)))
                .map(|(_, count)| count)
                .sum()
        };
        personas.push(Share {
            persona: None,
            before: rest(&preview.before),
            after: rest(&preview.after),
        });
        let moved = preview.moved.iter();
        let moved = moved.map(|cell| Moved {
            from: named(cell.from),
            to: named(cell.to),
            customers: cell.customers,
        });
        Self {
            customers: preview.customers,
            locked: preview.locked,
            moves: preview.moved.iter().map(|cell| cell.customers).sum(),
            personas,
            moved: moved.collect(),
        }
    }
}

/// Judges every customer with a draft and says who would move. Nothing is changed.
#[utoipa::path(
    operation_id = "preview_personas",
    tag = "Personas",
    request_body(content = DraftBody, example = json!(draft_example())),
    responses((status = 200, description = "What it would do.", body = View, example = json!({
        "customers": 7043, "locked": 12, "moves": 301,
        "personas": [
            {"persona": {"key": "early_monthly", "name": "New and monthly"}, "before": 1096, "after": 1397},
            {"persona": null, "before": 5947, "after": 5646}
        ],
        "moved": [{"from": null, "to": {"key": "early_monthly", "name": "New and monthly"}, "customers": 301}]
    }))),
    extensions(("x-permission" = json!(ManagePersonas::NAME))),
)]
#[post("/personas/preview")]
#[tracing::instrument(name = "api.personas.preview", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManagePersonas>,
    personas: Data<Personas>,
    _: NoQuery,
    Json(body): Json<DraftBody, BODY_BYTES>,
) -> Result<Answer<View>, Problem> {
    let preview = personas
        .preview(allowed.reach(), allowed.company()?, &body.document())
        .await?;
    let now = personas.configuration(allowed.tenant()).await?;
    Ok(Answer(View::new(&preview, &now)))
}
