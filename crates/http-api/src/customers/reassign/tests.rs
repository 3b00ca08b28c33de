use serde_json::{Value, json};

use super::*;

fn wish(body: Value) -> Result<Wish, (String, String)> {
    let body: Body = serde_json::from_value(body).unwrap();
    body.wish().map_err(|mut wrong| {
        let error = wrong.remove(0);
        (error.pointer, error.code.into_owned())
    })
}

fn wrong(body: Value) -> (String, String) {
    wish(body).unwrap_err()
}

#[test]
fn null_is_unassigned_and_left_out_is_a_mistake() {
    let id = "cus_01h455vb4pex5vsknk084sn02q";

    assert_eq!(
        wish(json!({"ids": [id], "persona": null})),
        Ok(Wish::ByHand {
            named: Named::Ids(vec![id.parse().unwrap()]),
            persona: None,
            reason: None
        })
    );
    assert_eq!(
        wrong(json!({"ids": [id]})),
        ("#/persona".to_owned(), "missing".to_owned())
    );
}

#[test]
fn exactly_one_thing_says_who_is_moved() {
    let filter = |persona: Option<&str>| Wish::ByHand {
        named: Named::Filter("q=ada".to_owned()),
        persona: persona.map(str::to_owned),
        reason: None,
    };

    assert_eq!(
        wish(json!({"filter": "q=ada", "persona": "early"})),
        Ok(filter(Some("early")))
    );
    assert_eq!(wrong(json!({"persona": "early"})).0, "#/ids");
    assert_eq!(
        wrong(json!({"persona": "early", "ids": [], "filter": ""})).0,
        "#/filter"
    );
    assert_eq!(wish(json!({"by": "rules"})), Ok(Wish::Rules));
    assert_eq!(wrong(json!({"by": "rules", "persona": null})).0, "#/persona");
    assert!(serde_json::from_value::<Body>(json!({"by": "dice"})).is_err());
}

#[test]
fn more_than_a_thousand_ids_are_refused() {
    let ids = vec!["cus_01h455vb4pex5vsknk084sn02q"; 1_001];

    assert_eq!(
        wrong(json!({"ids": ids, "persona": null})),
        ("#/ids".to_owned(), "too-many".to_owned())
    );
}
