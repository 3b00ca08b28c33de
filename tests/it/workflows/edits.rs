//! Several people edit one draft.

use actix_web::http::Method;
use futures::future::join_all;
use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{edit, made, retitled, tree};

fn message(number: usize) -> Value {
    json!({
        "id": format!("crd_01h455vb4pex5vsknk084sn0{number:02}"), "kind": "message",
        "title": { "en": format!("Card {number}") }
    })
}

fn added(number: usize) -> Value {
    json!({ "op": "add_card", "card": message(number), "at": { "index": 0 } })
}

fn titles(tree: &Value) -> Vec<String> {
    let cards = tree["cards"].as_array().unwrap().iter();
    cards
        .map(|card| card["title"]["en"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[actix_web::test]
async fn two_who_edit_different_cards_both_win_and_two_at_one_card_are_told_of_each_other() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (ada, program) = (&company.owner, &company.program);
    let place = made(ada, "cancel_direct").await;
    let cards = tree(ada, &place).await;

    // Both read revision 0.
    let first = edit(ada, &place, 0, &retitled(&cards, 0, "Hers"))
        .await
        .expect(200);
    assert_eq!(
        (&first.json()["revision"], &first.json()["rebased"]),
        (&json!(1), &json!(false))
    );
    let second = edit(program, &place, 0, &retitled(&cards, 1, "Its"))
        .await
        .expect(200);
    assert_eq!(
        (&second.json()["revision"], &second.json()["rebased"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(titles(&tree(ada, &place).await)[..2], ["Hers", "Its"]);

    let met = edit(program, &place, 0, &retitled(&cards, 0, "Its too"))
        .await
        .expect(412);
    assert_eq!(met.problem(), "tree-changed");
    let said = met.json();
    let name = ada.get("/me").await.string("/user/name");
    assert!(said["detail"].as_str().unwrap().contains(&name), "{said}");
    assert!(
        said["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("update_card"),
        "{said}"
    );
    assert_eq!(titles(&tree(ada, &place).await)[..2], ["Hers", "Its"]);

    // A card that is gone, from the view of somebody who does not know.
    drop(edit(ada, &place, 2, &added(1)).await.expect(200));
    let seen = tree(program, &place).await;
    let delete = json!({ "op": "delete_card", "card": seen["cards"][0]["id"] });
    drop(edit(ada, &place, 3, &delete).await.expect(200));
    let late = edit(program, &place, 3, &retitled(&seen, 0, "Late"))
        .await
        .expect(412);
    assert_eq!(late.problem(), "tree-changed");
    assert!(late.text().contains(&name), "{}", late.text());
    app.stop().await;
}

#[actix_web::test]
async fn eight_at_once_leave_all_their_cards() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let before = titles(&tree(owner, &place).await).len();

    let ops: Vec<Value> = (0..8).map(added).collect();
    let answers = join_all(ops.iter().map(|op| edit(owner, &place, 0, op))).await;

    let mut revisions: Vec<u64> = answers
        .into_iter()
        .map(|answer| answer.expect(200).json()["revision"].as_u64().unwrap())
        .collect();
    revisions.sort_unstable();
    assert_eq!(revisions, (1..=8).collect::<Vec<u64>>());
    let now = tree(owner, &place).await;
    assert_eq!(now["revision"], 8);
    let titles = titles(&now);
    assert_eq!(titles.len(), before + 8);
    assert!((0..8).all(|number| titles.contains(&format!("Card {number}"))));
    app.stop().await;
}

#[actix_web::test]
async fn what_an_operation_can_not_do_is_said_and_changes_nothing() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let cards = tree(owner, &place).await;
    let nobody = "crd_01h455vb4pex5vsknk084sn02q";
    for (base, op, code, problem) in [
        (7, added(1), 412, "unknown-revision"),
        (
            0,
            json!({ "op": "delete_card", "card": nobody }),
            404,
            "not-in-tree",
        ),
        (
            0,
            json!({ "op": "add_card", "card": message(1), "at": { "index": 99 } }),
            422,
            "no-such-place",
        ),
        (
            0,
            json!({ "op": "add_card", "card": cards["cards"][0], "at": { "index": 0 } }),
            422,
            "breaks-tree",
        ),
        (0, json!({ "op": "fly" }), 422, "validation"),
        (
            0,
            json!({ "op": "delete_card", "card": nobody, "now": true }),
            422,
            "validation",
        ),
    ] {
        let refused = edit(owner, &place, base, &op).await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (code, problem.to_owned()),
            "{op}: {}",
            refused.text()
        );
    }
    assert_eq!(tree(owner, &place).await, cards);
    app.stop().await;
}

async fn step(client: &Client, place: &str, verb: &str) -> Value {
    client
        .post(&format!("{place}/{verb}"), &json!({}))
        .await
        .expect(200)
        .json()
}

#[actix_web::test]
async fn everybody_undoes_their_own_edits() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (ada, program) = (&company.owner, &company.program);
    let place = made(ada, "cancel_direct").await;
    let cards = tree(ada, &place).await;
    let refused = ada.post(&format!("{place}/undo"), &json!({})).await.expect(409);
    assert_eq!(refused.problem(), "nothing-to-take-back");
    drop(edit(ada, &place, 0, &added(1)).await.expect(200));
    drop(edit(ada, &place, 1, &added(2)).await.expect(200));
    drop(
        edit(program, &place, 2, &retitled(&cards, 0, "Its"))
            .await
            .expect(200),
    );

    let undone = step(ada, &place, "undo").await;
    assert!(!titles(&undone["tree"]).contains(&"Card 2".to_owned()));
    assert_eq!(
        (&undone["can_undo"], &undone["can_redo"], &undone["revision"]),
        (&json!(true), &json!(true), &json!(4))
    );
    let undone = step(ada, &place, "undo").await;
    assert_eq!(
        (&undone["can_undo"], &undone["can_redo"]),
        (&json!(false), &json!(true))
    );
    assert!(
        titles(&undone["tree"]).contains(&"Its".to_owned()),
        "others' edits stay"
    );
    let redone = step(ada, &place, "redo").await;
    assert!(titles(&redone["tree"]).contains(&"Card 1".to_owned()));
    let redone = step(ada, &place, "redo").await;
    assert!(titles(&redone["tree"]).contains(&"Card 2".to_owned()));
    assert_eq!(redone["can_redo"], false);
    drop(ada.post(&format!("{place}/redo"), &json!({})).await.expect(409));
    let undone = step(program, &place, "undo").await;
    assert!(!titles(&undone["tree"]).contains(&"Its".to_owned()));

    // Where somebody has changed the card since, it is not taken back behind their back.
    let now = tree(ada, &place).await;
    let revision = now["revision"].as_u64().unwrap();
    drop(
        edit(ada, &place, revision, &retitled(&now, 0, "Hers"))
            .await
            .expect(200),
    );
    let again = retitled(&now, 0, "Its again");
    drop(edit(program, &place, revision + 1, &again).await.expect(200));
    let met = ada.post(&format!("{place}/undo"), &json!({})).await.expect(412);
    assert_eq!(met.problem(), "tree-changed");
    assert_eq!(tree(ada, &place).await["revision"], revision + 2);
    app.stop().await;
}

#[actix_web::test]
async fn an_edit_that_is_sent_twice_is_made_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let cards = tree(owner, &place).await;
    let op = json!({ "op": "duplicate_card", "card": cards["cards"][0]["id"] });
    let body = json!({ "base": 0, "op": op });
    let (ops, key) = (format!("{place}/ops"), [("idempotency-key", "once")]);
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(owner.json(Method::POST, &ops, &key, &body).await);
    }
    assert_eq!(answers[0].text(), answers[1].text());
    assert_eq!(
        tree(owner, &place).await["revision"],
        answers[0].json()["revision"]
    );
    app.stop().await;
}
