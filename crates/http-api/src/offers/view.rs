//! An offer as the API shows it.

use kale_application::offers::Offer;
use kale_domain::id::OfferId;
use kale_web::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An offer. It is recorded where it is accepted, and carried out by a person until billing is connected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct View {
    /// Its identity.
    #[schema(value_type = String, example = "ofr_01h455vb4pex5vsknk084sn02q")]
    id: OfferId,
    /// What staff call it.
    name: String,
    /// `pause`, `change_plan`, `change_quantity`, `apply_discount`, `extend_trial`, `postpone_billing`, `reactivate`,
    /// `refund`, `credit`, `payment_link`, `contact` or `custom`.
    #[schema(example = "apply_discount")]
    kind: &'static str,
    /// The parameters of its kind.
    #[schema(value_type = Object)]
    params: Value,
    /// Whether it can't be offered any more.
    archived: bool,
    /// Grows by one with every change; its `ETag` is `"v"` and this.
    pub(super) version: u64,
}

impl View {
    pub(super) fn new(offer: Offer) -> Result<Self, Problem> {
        let params = offer.terms.params().map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            id: offer.id,
            name: offer.name,
            kind: offer.terms.kind().name(),
            params,
            archived: offer.archived,
            version: offer.version,
        })
    }
}

/// An offer, for the document.
pub(super) fn example() -> Value {
    json!({
        "id": "ofr_01h455vb4pex5vsknk084sn02q", "name": "20 % for three months", "kind": "apply_discount",
        "params": { "percent": 20, "months": 3 }, "archived": false, "version": 1
    })
}
