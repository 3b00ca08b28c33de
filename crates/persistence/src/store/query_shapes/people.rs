//! People and how they come in.

use kale_domain::{access::Role, sign_in::SignInLimits, user::User};

use super::{expect, profiled, three, wrong};
use crate::{
    access, sign_ins,
    testing::people::{company_id, insert_user, user, user_id},
    users,
};

#[tokio::test(flavor = "multi_thread")]
async fn people_and_how_they_come_in_are_read_through_their_indexes() {
    let (store, full) = three().await;
    // Another company's person has the same address as one here.
    for (n, company) in [(1, 2), (2, 2), (3, 2), (4, 3)] {
        let user = user(&store, 500 + n, Some(company_id(company)), Role::RetentionExpert);
        let email = if n == 4 {
            "user501@example.com"
        } else {
            user.email.as_str()
        };
        let user = User {
            email: email.parse().unwrap(),
            ..user
        };
        insert_user(&store, &user).await;
        for _ in 0..3 {
            sign_ins::begin(&store, user.id, "Firefox").await.unwrap();
            let browser = sign_ins::Browser::of(&format!("{n:022}"));
            sign_ins::mint_link(&store, user.id, Some(&browser))
                .await
                .unwrap();
        }
    }
    let email = "user501@example.com".parse().unwrap();
    let company_email = "{ company_id: 1, email_key: 1 }";
    let found = users::by_address(&store, full.tenant, &email);
    assert_eq!(
        expect(&store, "by address", company_email, found)
            .await
            .unwrap()
            .id,
        user_id(501)
    );
    let everywhere = access::by_email(&store, &email);
    assert_eq!(
        expect(&store, "everywhere", "{ email_key: 1 }", everywhere)
            .await
            .len(),
        2
    );

    // People of a company and sign-ins of a person are few: those are put in order when they are read.
    let (people, entries) = profiled(&store, users::list(&store, full.tenant)).await;
    wrong(&entries, company_email, true).unwrap();
    assert_eq!(people.unwrap().len(), 4);
    let own = sign_ins::list(&store, user_id(501), SignInLimits::WIDEST);
    let (own, entries) = profiled(&store, own).await;
    wrong(&entries, "{ user_id: 1 }", true).unwrap();
    assert_eq!(own.unwrap().len(), 3);
    let typed = access::by_code(&store, "000000", "0000000000000000000001");
    let (_, entries) = profiled(&store, typed).await;
    let asked = entries.first().map(std::slice::from_ref).unwrap_or_default();
    wrong(asked, "{ browser: 1 }", false).unwrap();
}
