//! What was published stays what it was.

use actix_web::http::Method;
use kale_application::workflows::{Trigger, Workflows};
use kale_testkit::TestApp;
use serde_json::{Value, json};

use super::{edit, made, publish, retitled, tree};

#[actix_web::test]
async fn a_published_version_never_changes_and_an_old_one_is_published_once_more() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let cards = tree(owner, &place).await;
    drop(publish(owner, &place, 0).await.expect(200));
    let version = |number: u32| format!("{place}/versions/{number}");
    let first = owner.get(&version(1)).await.expect(200).json();
    assert_eq!((&first["tree"], &first["note"]), (&cards, &json!("From 0")));

    drop(
        edit(owner, &place, 0, &retitled(&cards, 0, "Another title"))
            .await
            .expect(200),
    );
    drop(publish(owner, &place, 1).await.expect(200));
    assert_eq!(owner.get(&version(1)).await.expect(200).json(), first);
    let diff = |before: &str, after: &str| format!("{place}/versions/{before}/diff/{after}");
    let different = owner.get(&diff("1", "2")).await.expect(200).json();
    assert_eq!(
        (
            &different["cards"][0]["id"],
            &different["cards"][0]["after"]["content"]["title"]["en"]
        ),
        (&cards["cards"][0]["id"], &json!("Another title"))
    );
    let same = json!({ "cards": [], "branches": [], "elements": [] });
    assert_eq!(owner.get(&diff("2", "draft")).await.expect(200).json(), same);

    let back = json!({ "to": 1, "note": "Too odd" });
    let back = owner
        .post(&format!("{place}/rollback"), &back)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&back["state"], &back["current"], &back["latest"]),
        (&json!("live"), &json!(3), &json!(3))
    );
    let third = owner.get(&version(3)).await.expect(200).json();
    assert_eq!(
        (&third["tree"]["cards"], &third["rolled_back_to"]),
        (&first["tree"]["cards"], &json!(1))
    );
    assert_eq!(owner.get(&diff("1", "3")).await.expect(200).json(), same);
    assert_eq!(
        tree(owner, &place).await["cards"][0]["title"]["en"],
        "Another title",
        "the draft stays"
    );
    let listed = owner
        .get(&format!("{place}/versions?limit=2"))
        .await
        .expect(200)
        .json();
    let numbers: Vec<&Value> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["number"])
        .collect();
    assert_eq!(numbers, [3, 2]);
    let next = listed["page"]["next_cursor"].as_str().unwrap();
    let rest = owner
        .get(&format!("{place}/versions?limit=2&cursor={next}"))
        .await
        .expect(200)
        .json();
    assert_eq!(rest["data"][0]["number"], 1);

    for path in [
        version(4),
        version(0),
        diff("1", "4"),
        diff("01", "2"),
        diff("draft", "latest"),
    ] {
        drop(owner.get(&path).await.expect(404));
    }
    let nowhere = owner
        .post(&format!("{place}/rollback"), &json!({ "to": 9 }))
        .await
        .expect(422);
    assert_eq!(nowhere.json()["errors"][0]["pointer"], "#/to");
    app.stop().await;
}

#[actix_web::test]
async fn what_somebody_edited_meanwhile_is_not_published_unseen() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let cards = tree(owner, &place).await;
    drop(
        edit(&company.program, &place, 0, &retitled(&cards, 0, "Its"))
            .await
            .expect(200),
    );
    let met = publish(owner, &place, 0).await.expect(412);
    assert_eq!(met.problem(), "tree-changed");
    assert!(met.text().contains("Tests"), "{}", met.text());
    assert_eq!(owner.get(&place).await.json()["latest"], 0);

    // Of several who publish the same at once, one makes the version and all are answered with it; so is a later one.
    let tries = (0..6).map(|_| publish(owner, &place, 1));
    let answers = futures::future::join_all(tries).await;
    for answer in answers {
        assert_eq!(answer.expect(200).json()["current"], 1);
    }
    let again = publish(owner, &place, 1).await.expect(200).json();
    let back = json!({ "to": 1 });
    let rolled = owner
        .post(&format!("{place}/rollback"), &back)
        .await
        .expect(200)
        .json();
    for seen in [&again, &rolled] {
        assert_eq!((&seen["current"], &seen["latest"]), (&json!(1), &json!(1)));
    }
    let listed = owner.get(&format!("{place}/versions")).await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let audit = owner.get("/audit").await.expect(200).text();
    assert_eq!(audit.matches("workflow_published").count(), 1, "{audit}");
    // What is asked of its cards is part of a version: with other languages it is another one.
    let etag = owner.get(&place).await.header("etag").unwrap();
    let more = json!({ "locales": ["en", "de"] });
    let changed = owner
        .json(Method::PATCH, &place, &[("if-match", &etag)], &more)
        .await;
    drop(changed.expect(200));
    assert_eq!(publish(owner, &place, 1).await.expect(200).json()["current"], 2);
    app.stop().await;
}

#[actix_web::test]
async fn sessions_find_the_live_workflow_of_their_trigger_ready_to_be_walked() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let workflows = Workflows::new(app.store().clone());
    let live = async || {
        let found = workflows
            .live(company.tenant, Trigger::CancelIntent)
            .await
            .unwrap();
        found.map(|workflow| format!("/workflows/{}", workflow.id))
    };
    assert_eq!(live().await, None);
    let first = made(owner, "cancel_direct").await;
    drop(publish(owner, &first, 0).await.expect(200));
    assert_eq!(live().await.as_ref(), Some(&first));
    let second = made(owner, "cancel_direct").await;
    drop(publish(owner, &second, 0).await.expect(200));
    assert_eq!(live().await, Some(second.clone()), "the one published last");
    drop(
        owner
            .post(&format!("{second}/pause"), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(live().await, Some(first));

    let settings = kale_persistence::companies::get(app.store(), company.tenant)
        .await
        .unwrap();
    let id = second.rsplit('/').next().unwrap().parse().unwrap();
    let version = workflows
        .walkable(company.tenant, &settings, id, 1)
        .await
        .unwrap();
    let cards = tree(owner, &second).await;
    assert_eq!(
        version.cards()[0].id.to_string(),
        cards["cards"][0]["id"].as_str().unwrap()
    );
    assert!(
        workflows
            .walkable(company.tenant, &settings, id, 2)
            .await
            .is_err()
    );
    app.stop().await;
}
