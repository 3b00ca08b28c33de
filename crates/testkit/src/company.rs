//! A company with its people.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::Method;
use kale_application::installation::{NewCompany, NewUser, Setup};
use kale_domain::{access::Role, company::Industry, id::CompanyId, money::Currency};
use kale_persistence::{Tenant, access};
use serde_json::{Value, json};

use crate::{Answer, Client, TestApp, multipart};

/// A company and clients for each role in it.
pub struct TestCompany {
    /// Its identity.
    pub id: CompanyId,
    /// The way to its data, for looking behind the API.
    pub tenant: Tenant,
    /// Its retention admin.
    pub owner: Client,
    /// A retention expert of it.
    pub expert: Client,
    /// A program with a key that may do everything a key may.
    pub program: Client,
}

/// Short names are unique in an installation.
static NUMBER: AtomicU64 = AtomicU64::new(1);

impl TestCompany {
    pub(crate) async fn create(app: &TestApp, name: &str) -> Self {
        let setup = Setup::new(app.store().clone());
        let operator = access::operator();
        let slug: String = name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let slug = if app.is_shared() {
            format!("{slug}-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
        } else {
            slug
        };
        let new = NewCompany {
            name: name.to_owned(),
            slug: slug.parse().unwrap(),
            industry: Industry::Telecom,
            time_zone: "UTC".to_owned(),
            currency: Currency::USD,
        };
        let (tenant, company) = setup.create_company(operator, new).await.unwrap();
        let mut clients = Vec::new();
        for role in [Role::RetentionAdmin, Role::RetentionExpert] {
            let email = format!(
                "{}@{slug}.example",
                if role == Role::RetentionAdmin {
                    "ada"
                } else {
                    "maya"
                }
            );
            let user = NewUser {
                email: email.parse().unwrap(),
                name: format!("{role:?}"),
                role,
            };
            let user = setup.create_user(operator, Some(tenant), user).await.unwrap();
            clients.push(app.signed_in(user.id).await);
        }
        let key = setup.replace_api_key(operator, tenant, "Tests").await.unwrap();
        let program = Client::new(app.url(), Some(key.reveal().to_owned()));
        let [owner, expert] = <[Client; 2]>::try_from(clients).ok().unwrap();
        Self {
            id: company.id,
            tenant,
            owner,
            expert,
            program,
        }
    }

    /// A program with a key that may do just that.
    pub async fn program_with(&self, app: &TestApp, permissions: &[&str]) -> Client {
        let key = json!({ "name": "Some", "permissions": permissions });
        let made = self.owner.post("/api-keys", &key).await.expect(201);
        app.with_token(&made.string("/token"))
    }

    /// Uploads a file; answers the whole answer.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let (content, body) = multipart(name, bytes);
        self.owner
            .send(
                Method::POST,
                "/uploads/customer-data",
                &[("content-type", &content)],
                body,
            )
            .await
    }

    /// Uploads, maps, checks and imports a file, with the suggested mapping unless one is given; answers the upload's
    /// id.
    pub async fn import(&self, bytes: &[u8], mapping: Option<Value>) -> String {
        let id = self
            .upload("customers.csv", bytes)
            .await
            .expect(202)
            .string("/id");
        let profiled = self.owner.upload_is(&id, "awaiting_mapping").await;
        let mapping = mapping.unwrap_or_else(|| profiled["suggestion"].clone());
        let _mapped = self
            .owner
            .put(&format!("/uploads/{id}/mapping"), &mapping)
            .await
            .expect(200);
        let _job = self
            .owner
            .post(&format!("/uploads/{id}/validate"), &json!({}))
            .await
            .expect(202);
        self.owner.upload_is(&id, "validated").await;
        let started = self
            .owner
            .post(&format!("/uploads/{id}/import"), &json!({ "rejected": "skip" }))
            .await
            .expect(202);
        let location = started.header("location").unwrap();
        self.owner.job_done(location.rsplit('/').next().unwrap()).await;
        id
    }
}
