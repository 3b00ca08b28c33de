use serde_json::json;

use super::*;

#[test]
fn a_mapping_reads_as_partners_send_it_and_shows_every_field() {
    let sent = json!({
        "mode": "append",
        "columns": {
            "id": { "to": "external_id", "type": "text", "format": null, "currency": null },
            "fee": { "to": "amount", "type": "money", "format": "1.234,56", "currency": "EUR" },
            "x": { "to": "attributes.seats", "type": "integer", "format": null, "currency": null }
        },
        "row_number_as": "external_id"
    });

    let document: MappingDocument = serde_json::from_value(sent.clone()).unwrap();
    let mapping = Mapping::from(document);

    assert_eq!(
        mapping.columns["x"].to,
        Target::Attribute("seats".parse().unwrap())
    );
    assert_eq!(
        serde_json::to_value(MappingDocument::from(mapping)).unwrap(),
        sent
    );
}

#[test]
fn a_type_or_a_field_that_does_not_exist_is_refused() {
    let read = |column: serde_json::Value| {
        serde_json::from_value::<MappingDocument>(json!({ "mode": "upsert", "columns": { "a": column } }))
            .is_ok()
    };

    assert!(read(json!({ "to": "ignore" })));
    assert!(!read(json!({ "to": "nowhere" })));
    assert!(!read(json!({ "to": "name", "type": "string" })));
    assert!(!read(json!({ "to": "name", "kind": "text" })));
    assert!(!read(json!({ "to": "amount", "currency": "XYZ" })));
}
