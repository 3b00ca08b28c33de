use serde_json::json;

use super::*;

const PERSONA: &str = "per_01h455vb4pex5vsknk084sn02q";

fn customer(persona: PersonaState) -> Customer {
    Customer {
        id: "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
        external_ids: vec!["7590".to_owned()],
        name: None,
        email: Some("ada@example.com".parse().unwrap()),
        domain: None,
        lifecycle: Some(Lifecycle::PastDue),
        tier: None,
        locale: None,
        persona,
        metrics: BTreeMap::from([
            (
                Metric::Mrr,
                MetricValue::Money(Money {
                    amount_minor: 2985,
                    currency: "USD".parse().unwrap(),
                }),
            ),
            (Metric::Plan, MetricValue::Text("Team".to_owned())),
        ]),
        attributes: BTreeMap::from([
            (
                "charges".parse().unwrap(),
                AttributeValue::Number("29.850".parse().unwrap()),
            ),
            (
                "signup".parse().unwrap(),
                AttributeValue::Date("2024-03-18".parse().unwrap()),
            ),
        ]),
        tags: vec!["vip".to_owned()],
        experts: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 3,
    }
}

fn nobody() -> Configuration {
    Configuration {
        version: 5,
        categories: Vec::new(),
        personas: Vec::new(),
    }
}

fn names(id: PersonaId) -> PersonaNames {
    let early = json!({
        "id": id, "category": "all", "key": "early", "name": "Early days", "description": "", "colour": "leaf",
        "priority": 1, "rule": { "metric": "mrr", "op": "gt", "value": 0 }, "enabled": true
    });
    PersonaNames::of(Configuration {
        personas: vec![serde_json::from_value(early).unwrap()],
        ..nobody()
    })
}

#[test]
fn values_are_typed_json() {
    let view = CustomerView::new(
        customer(PersonaState::unassigned(Timestamp::UNIX_EPOCH)),
        &PersonaNames::of(nobody()),
    );
    let json = serde_json::to_value(&view).unwrap();

    assert_eq!(
        json["attributes"],
        json!({ "charges": 29.85, "signup": "2024-03-18" })
    );
    assert_eq!(json["mrr"], json!({ "amount_minor": 2985, "currency": "USD" }));
    assert_eq!(json["metrics"]["plan"], "Team");
    assert_eq!(
        (&json["plan"], &json["lifecycle"]),
        (&json!("Team"), &json!("past_due"))
    );
    assert_eq!(json["created_at"], "1970-01-01T00:00:00Z");
    let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut fields = FIELDS.to_vec();
    fields.sort_unstable();
    assert_eq!(names.len(), fields.len(), "{names:?}");
    assert!(names.iter().all(|name| fields.contains(name)));
}

#[test]
fn a_decision_by_hand_shows_its_reason_and_its_lock() {
    let id = PERSONA.parse::<PersonaId>().unwrap();
    let by = AssignedBy::Manual {
        user: None,
        reason: Some("asked for it".to_owned()),
    };
    let state = PersonaState {
        persona: Some(id),
        by: Some(by),
        since: Timestamp::UNIX_EPOCH,
    };

    let (persona, unassigned) = persona(&state, &names(id));

    assert_eq!(unassigned, None);
    assert_eq!(
        serde_json::to_value(persona).unwrap(),
        json!({
            "id": id.to_string(), "key": "early", "name": "Early days", "by": "manual", "locked": true,
            "since": "1970-01-01T00:00:00Z", "reason": "asked for it"
        })
    );
}

#[test]
fn nobody_in_a_persona_says_whether_a_rule_or_a_person_decided_so() {
    let state = |by| PersonaState {
        persona: None,
        by,
        since: Timestamp::UNIX_EPOCH,
    };
    let rule = AssignedBy::Rule {
        version: 1,
        as_of: Timestamp::UNIX_EPOCH,
    };
    let manual = AssignedBy::Manual {
        user: None,
        reason: None,
    };

    for (by, word, locked) in [
        (None, None, false),
        (Some(rule), Some("rule"), false),
        (Some(manual), Some("manual"), true),
    ] {
        let (persona, unassigned) = persona(&state(by), &PersonaNames::of(nobody()));
        assert_eq!(persona, None);
        assert_eq!(
            unassigned.map(|none| (none.by, none.locked)),
            Some((word, locked))
        );
    }
}

#[test]
fn a_deleted_persona_keeps_its_id_and_has_no_name() {
    let id = PERSONA.parse::<PersonaId>().unwrap();

    assert_eq!(
        PersonaNames::of(nobody()).of_id(id),
        PersonaRef {
            id,
            key: None,
            name: None
        }
    );
}
