//! Background work, looked at and followed.

use kale_testkit::TestApp;
use serde_json::json;

#[actix_web::test]
async fn a_job_is_listed_shown_and_followed_to_its_end() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let upload = company.import(b"id,name\n1,Ada\n", None).await;

    let list = company
        .owner
        .get(&format!("/jobs?filter[subject]={upload}&filter[state]=succeeded"))
        .await
        .expect(200)
        .json();
    let kinds: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"import_upload"), "{kinds:?}");
    let job = list["data"][0]["id"].as_str().unwrap();
    let shown = company
        .owner
        .get(&format!("/jobs/{job}"))
        .await
        .expect(200)
        .json();
    assert_eq!(shown, list["data"][0]);

    let events = company
        .owner
        .get(&format!("/jobs/{job}/events"))
        .await
        .expect(200);
    assert_eq!(
        events.header("content-type").as_deref(),
        Some("text/event-stream")
    );
    let names: Vec<String> = events
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("event: ").map(str::to_owned))
        .collect();
    assert_eq!(names, ["snapshot", "done"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_job_that_has_ended_is_neither_cancelled_nor_tried_again() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let started = company
        .owner
        .post("/personas/recompute", &json!({}))
        .await
        .expect(202);
    let job = started.string("/job");
    assert_eq!(started.header("location").unwrap(), format!("/api/v1/jobs/{job}"));
    company.owner.job_done(&job).await;

    for act in ["cancel", "retry"] {
        let refused = company
            .owner
            .post(&format!("/jobs/{job}/{act}"), &json!({}))
            .await
            .expect(409);
        assert_eq!(refused.problem(), "wrong-state", "{act}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_expert_sees_no_job_of_others_and_can_not_tell_them_from_none() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let job = company
        .owner
        .post("/personas/recompute", &json!({}))
        .await
        .expect(202)
        .string("/job");
    for place in [
        format!("/jobs/{job}"),
        "/jobs/job_01h455vb4pex5vsknk084sn02q".to_owned(),
        format!("/jobs/{job}/events"),
        "/jobs".to_owned(),
    ] {
        let refused = company.expert.get(&place).await.expect(403);
        assert!(refused.text().contains("jobs.read"), "{place}");
    }
    drop(
        company
            .expert
            .get(&format!("/api/v1/live?topics=jobs:{job}"))
            .await
            .expect(403),
    );
    drop(company.expert.get("/api/v1/live?topics=jobs").await.expect(403));
    assert_eq!(
        company
            .owner
            .get("/api/v1/live?topics=everything")
            .await
            .expect(400)
            .problem(),
        "invalid-parameter"
    );
    app.stop().await;
}
