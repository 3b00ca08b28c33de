//! Companies and people for tests.

use kale_domain::{
    access::Role,
    company::{Company, CompanyStatus, Industry},
    id::{CompanyId, UserId},
    money::Currency,
    sign_in::SignInLimits,
    user::{Theme, User, UserStatus},
};
use uuid::Uuid;

use crate::{Store, StoreError, Tenant, companies, tenant::Installation, users};

pub(crate) fn company_id(n: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn user_id(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn company(store: &Store, n: u128) -> Company {
    Company {
        id: company_id(n),
        name: format!("Company {n}"),
        slug: format!("company-{n}").parse().unwrap(),
        industry: Industry::Saas,
        status: CompanyStatus::Active,
        time_zone: "UTC".to_owned(),
        currency: Currency::USD,
        sortable_attributes: Vec::new(),
        sign_in_limits: SignInLimits::WIDEST,
        created_at: store.now(),
        updated_at: store.now(),
        version: 1,
    }
}

pub(crate) async fn insert_company(store: &Store, company: &Company) {
    store
        .installation_transaction::<_, StoreError>(Installation::new(), async |tx| {
            companies::insert(store, tx, Installation::new(), company).await
        })
        .await
        .unwrap();
}

/// An active user; a Kale admin where there is no company.
pub(crate) fn user(store: &Store, n: u128, company: Option<CompanyId>, role: Role) -> User {
    User {
        id: user_id(n),
        company,
        email: format!("user{n}@example.com").parse().unwrap(),
        name: format!("User {n}"),
        role,
        status: UserStatus::Active,
        theme: Theme::Auto,
        invitation: None,
        created_at: store.now(),
        version: 1,
    }
}

pub(crate) async fn insert_user(store: &Store, user: &User) {
    match user.company {
        Some(company) => store
            .transaction::<_, StoreError>(Tenant::new(company), async |tx| {
                users::insert(store, tx, user).await
            })
            .await
            .unwrap(),
        None => store
            .installation_transaction::<_, StoreError>(Installation::new(), async |tx| {
                users::insert_admin(store, tx, Installation::new(), user).await
            })
            .await
            .unwrap(),
    }
}
