//! One customer: its page, the drawer beside the list, and what people change about it.

mod change;
mod facts;
mod peek;
mod show;
mod why;

use kale_domain::access::Permission::{AssignExperts, AssignPersonas, ReadCustomers, WriteCustomers};

use crate::routes::{Needs::May, Routes};

/// The routes.
pub(super) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/customers/{id}", May(ReadCustomers), show::show)
        .get("/customers/{id}/peek", May(ReadCustomers), peek::show)
        .post("/customers/{id}/persona", May(AssignPersonas), change::assign)
        .post(
            "/customers/{id}/persona/unlock",
            May(AssignPersonas),
            change::unlock,
        )
        .post("/customers/{id}/experts", May(AssignExperts), change::experts)
        .post("/customers/{id}/tags", May(WriteCustomers), change::tags);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use kale_domain::{
        attribute::AttributeValue,
        customer::Customer,
        metric::{Metric, MetricValue},
        money::{Currency, Money},
        persona::{AssignedBy, PersonaState},
    };

    use crate::customers::personas::tests::id;

    pub(crate) fn ada() -> Customer {
        let at = "2026-11-22T13:05:00Z".parse().unwrap();
        let mrr = Money {
            amount_minor: 2_985,
            currency: Currency::USD,
        };
        Customer {
            id: "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            external_ids: vec!["7590-VHVEG".to_owned()],
            name: Some("Ada Lovelace".to_owned()),
            email: Some("ada@example.com".parse().unwrap()),
            domain: None,
            lifecycle: None,
            tier: None,
            locale: None,
            persona: PersonaState {
                persona: Some(id(3)),
                by: Some(AssignedBy::Rule {
                    version: 4,
                    as_of: at,
                }),
                since: at,
            },
            metrics: BTreeMap::from([
                (Metric::Mrr, MetricValue::Money(mrr)),
                (Metric::Plan, MetricValue::Text("Team".to_owned())),
            ]),
            attributes: BTreeMap::from([
                ("tenure".parse().unwrap(), AttributeValue::Integer(1)),
                (
                    "contract".parse().unwrap(),
                    AttributeValue::Text("Month-to-month".to_owned()),
                ),
            ]),
            tags: vec!["vip".to_owned()],
            experts: vec![],
            created_at: at,
            updated_at: at,
            version: 3,
        }
    }
}
