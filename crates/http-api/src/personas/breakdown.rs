//! `GET /personas/breakdown`

use std::collections::BTreeMap;

use actix_web::{get, web::Data, web::Json};
use kale_application::{
    customers::{Customers, ListRequest},
    personas::Personas,
};
use kale_domain::{attribute::AttributeKey, id::PersonaId};
use kale_web::{Allowed, Problem, Query, Required, permission::ReadPersonas};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::view::{PersonaNames, PersonaRef};

/// What to break down by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    attribute: AttributeKey,
}

/// Customers by persona and the values of one attribute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaBreakdown)]
pub(super) struct View {
    /// Which attribute.
    #[schema(example = "churn")]
    attribute: String,
    /// By persona, the most customers first.
    data: Vec<Row>,
}

/// One persona's customers by value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaBreakdownRow)]
pub(super) struct Row {
    /// Which; null is unassigned.
    persona: Option<PersonaRef>,
    /// How many customers.
    customers: u64,
    /// By value, the most customers first.
    values: Vec<Cell>,
}

/// How many customers have one value.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonaBreakdownCell)]
pub(super) struct Cell {
    /// The value as text, in the letters it came in; null where the customer has none. Values that differ in capitals
    /// only are one.
    #[schema(example = "Yes")]
    value: Option<String>,
    /// How many.
    customers: u64,
}

fn rows(
    cells: impl IntoIterator<Item = (Option<PersonaId>, Cell)>,
) -> Vec<(Option<PersonaId>, u64, Vec<Cell>)> {
    let mut by_persona: BTreeMap<Option<PersonaId>, Vec<Cell>> = BTreeMap::new();
    for (persona, cell) in cells {
        by_persona.entry(persona).or_default().push(cell);
    }
    let mut rows: Vec<_> = by_persona
        .into_iter()
        .map(|(persona, mut values)| {
            values.sort_by_key(|cell| std::cmp::Reverse(cell.customers));
            (persona, values.iter().map(|cell| cell.customers).sum(), values)
        })
        .collect();
    rows.sort_by_key(|(_, customers, _)| std::cmp::Reverse(*customers));
    rows
}

/// Counts customers by persona and by the values of one attribute: whether personas tell customers apart.
///
/// At most 1,000 pairs are counted, the most frequent ones.
#[utoipa::path(
    operation_id = "break_personas_down",
    tag = "Personas",
    params(("attribute" = String, Query, description = "The name of an attribute.", example = "churn")),
    responses((status = 200, description = "The counts.", body = View, example = json!({
        "attribute": "churn",
        "data": [{
            "persona": {"id": "per_01h455vb4pex5vsknk084sn02q", "key": "early_monthly", "name": "New and monthly"},
            "customers": 1397, "values": [{"value": "Yes", "customers": 745}, {"value": "No", "customers": 652}]
        }]
    }))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/personas/breakdown")]
#[tracing::instrument(name = "api.personas.breakdown", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadPersonas>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Query(params): Query<Params>,
) -> Result<Json<View>, Problem> {
    let list = customers
        .prepare(allowed.reach(), allowed.company()?, &ListRequest::default())
        .await?;
    let cells = customers
        .by_attribute(allowed.reach(), &list, &params.attribute)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    let cells = cells.into_iter().map(|cell| {
        (
            cell.persona,
            Cell {
                value: cell.value,
                customers: cell.customers,
            },
        )
    });
    let row = |(persona, customers, values): (Option<PersonaId>, u64, Vec<Cell>)| Row {
        persona: persona.map(|id| names.of_id(id)),
        customers,
        values,
    };
    Ok(Json(View {
        attribute: params.attribute.into(),
        data: rows(cells).into_iter().map(row).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_persona_and_its_commonest_value_come_first() {
        let persona: PersonaId = "per_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let cell = |value: &str, customers| Cell {
            value: Some(value.to_owned()),
            customers,
        };

        let rows = rows([
            (None, cell("no", 3)),
            (Some(persona), cell("no", 2)),
            (Some(persona), cell("yes", 5)),
        ]);

        assert_eq!(
            rows,
            [
                (Some(persona), 7, vec![cell("yes", 5), cell("no", 2)]),
                (None, 3, vec![cell("no", 3)])
            ]
        );
    }
}
