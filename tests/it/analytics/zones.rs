//! What was counted before the company's time zone changed is of the old one, until all is counted anew.

use kale_testkit::TestApp;
use mongodb::bson::doc;
use serde_json::json;

use super::{all_counted, checked, overview, walked};
use crate::{raw, walking::Walking};

#[actix_web::test]
async fn until_the_figures_are_of_the_new_time_zone_all_of_them_are_of_the_old_one() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    walked(&app, &walking, "C-1", "saved").await;
    all_counted(owner).await;
    let companies = raw::collection(&app, "companies").await;
    let sessions_by_day = async || {
        let seen = overview(owner, "?from=2100-01-01&to=2100-01-02").await;
        let day = |index: usize| seen["days"][index]["figures"]["sessions"].as_u64().unwrap();
        (day(0), day(1))
    };
    // Noon of the first day in UTC is the second day at the far end of the world. What counts anew has not begun.
    let moved = doc! { "$set": { "time_zone": "Pacific/Kiritimati" } };
    assert_eq!(
        companies
            .update_many(doc! {}, moved)
            .await
            .unwrap()
            .modified_count,
        1
    );
    assert_eq!(checked(owner).await["differing"], 0);
    walking.customer("C-2").await;
    walked(&app, &walking, "C-2", "saved").await;
    all_counted(owner).await;
    assert_eq!(sessions_by_day().await, (2, 0));
    assert_eq!(checked(owner).await["differing"], 0);

    let rebuild = owner.post("/analytics/rebuild", &json!({})).await.expect(202);
    owner.job_done(&rebuild.string("/job")).await;
    assert_eq!(sessions_by_day().await, (0, 2));
    assert_eq!(checked(owner).await["differing"], 0);

    // The check does look at days: of another zone these would differ.
    let states = raw::collection(&app, "rollup_states").await;
    let other = doc! { "$set": { "zone": "UTC" } };
    assert_eq!(
        states.update_many(doc! {}, other).await.unwrap().modified_count,
        1
    );
    assert_ne!(checked(owner).await["differing"], 0);
    app.stop().await;
}
