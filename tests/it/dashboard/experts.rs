//! Customers are given away from their page and from the list.

use kale_dashboard::routes;
use kale_testkit::{Answer, TestApp};

use super::{
    browser::{Browser, Manner},
    name,
};
use crate::{
    experts::{customers, external_ids},
    team::own_id,
};

#[actix_web::test]
async fn the_page_of_a_customer_and_the_list_say_who_looks_after_whom() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company, 3).await;
    let expert = own_id(&company.expert).await;
    let owner = Browser::of(&company.owner).await;
    let send = async |route: &str, path: &str, fields: &[(&str, &str)]| -> Answer {
        let all = routes();
        let route = all.iter().find(|one| name(one) == route).unwrap();
        owner.ask(route, path, Manner::Page, fields).await
    };

    let page = format!("/customers/{}", ids[0]);
    let tag = company.owner.get(&page).await.header("etag").unwrap();
    let (route, path) = ("POST /customers/{id}/experts", format!("{page}/experts"));
    let fields = [("_etag", tag.as_str()), ("expert", expert.as_str())];
    drop(send(route, &path, &fields).await.expect(303));
    assert_eq!(external_ids(&company.expert, "").await, ["c-0"]);
    // Made of an older version, it says so, and what was ticked is still ticked.
    let late = send(route, &path, &fields).await.expect(412).text();
    let ticked = format!("value=\"{expert}\" checked");
    assert!(
        late.contains("Somebody changed this customer") && late.contains(&ticked),
        "{late}"
    );
    let nobody = [("_etag", "\"v2\""), ("expert", "usr_01h455vb4pex5vsknk084sn02q")];
    let refused = send(route, &path, &nobody).await.expect(422).text();
    assert!(refused.contains("id=\"experts-error\""), "{refused}");

    let route = "POST /customers/experts/assign";
    let fields = [
        ("scope", "ids"),
        ("query", ""),
        ("id", ids[1].as_str()),
        ("expert", expert.as_str()),
    ];
    drop(
        send(route, "/customers/experts/assign", &fields)
            .await
            .expect(303),
    );
    assert_eq!(external_ids(&company.expert, "").await, ["c-0", "c-1"]);
    let fields = [
        ("scope", "filter"),
        ("query", "filter[external_id]=c-2"),
        ("expert", expert.as_str()),
    ];
    drop(
        send(route, "/customers/experts/assign", &fields)
            .await
            .expect(303),
    );
    assert_eq!(external_ids(&company.expert, "").await.len(), 3);

    // The list shows and finds them by it.
    let theirs = format!("/customers?filter[expert]={expert}&columns=expert");
    let list = owner.get(&theirs, Manner::Page).await.expect(200).text();
    assert!(list.contains("Remove filter Looked after by is"), "{list}");
    let nobodys = owner
        .get("/customers?filter[expert]=nobody", Manner::Page)
        .await
        .expect(200)
        .text();
    assert!(nobodys.contains("No customer matches this filter."), "{nobodys}");
    app.stop().await;
}
