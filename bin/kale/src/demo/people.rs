//! The demo's company, its people and its key.

use anyhow::Result;
use kale_application::installation::{NewCompany, NewUser, Setup};
use kale_domain::{
    access::Role,
    company::Industry,
    email::Email,
    id::{CompanyId, UserId},
    money::Currency,
    secret::Token,
};
use kale_persistence::{Installation, Tenant, access};

use crate::server::Running;

/// What the demo's company is called.
pub(super) const COMPANY: &str = "Harbour Telecom";
/// And in addresses.
pub(super) const SLUG: &str = "harbour-telecom";

/// Somebody of the demo.
#[derive(Clone, Copy)]
pub(super) struct Somebody {
    pub(super) email: &'static str,
    pub(super) name: &'static str,
    role: Role,
}

const ADMIN: Somebody = Somebody {
    email: "kim.ferreira@kale.example",
    name: "Kim Ferreira",
    role: Role::KaleAdmin,
};
pub(super) const OWNER: Somebody = Somebody {
    email: "ada.okafor@harbour.example",
    name: "Ada Okafor",
    role: Role::RetentionAdmin,
};
pub(super) const EXPERT: Somebody = Somebody {
    email: "maya.lindqvist@harbour.example",
    name: "Maya Lindqvist",
    role: Role::RetentionExpert,
};

/// Who is in the demo, and how they get in.
#[derive(Debug)]
pub struct Demo {
    /// The company.
    pub company: CompanyId,
    /// A link that signs the Kale admin in.
    pub kale_admin: Token,
    /// A link that signs the retention admin in.
    pub retention_admin: Token,
    /// A link that signs the retention expert in.
    pub retention_expert: Token,
    /// A key for programs.
    pub api_key: Token,
}

/// Finds or makes them. The key and the links are new at every start: of older ones only hashes are kept.
pub(super) async fn prepare(running: &Running) -> Result<Demo> {
    let setup = Setup::new(running.store.clone());
    let operator = access::operator();
    let slug = SLUG.parse()?;
    let (tenant, company) = match setup.company(operator, &slug).await? {
        Some(found) => found,
        None => {
            let new = NewCompany {
                name: COMPANY.to_owned(),
                slug,
                industry: Industry::Telecom,
                time_zone: "America/Los_Angeles".to_owned(),
                currency: Currency::USD,
            };
            setup.create_company(operator, new).await?
        }
    };
    let link = async |somebody: Somebody| {
        let user = person(&setup, operator, tenant, somebody).await?;
        anyhow::Ok(running.sign_ins.mint(operator, user).await?)
    };
    let kale_admin = link(ADMIN).await?;
    let retention_admin = link(OWNER).await?;
    let retention_expert = link(EXPERT).await?;
    let api_key = setup.replace_api_key(operator, tenant, "Demo").await?;
    Ok(Demo {
        company: company.id,
        kale_admin,
        retention_admin,
        retention_expert,
        api_key,
    })
}

async fn person(setup: &Setup, operator: Installation, tenant: Tenant, somebody: Somebody) -> Result<UserId> {
    let (email, role): (Email, _) = (somebody.email.parse()?, somebody.role);
    let found = setup.users_of(&email).await?;
    if let Some(user) = found.into_iter().find(|user| user.role == role) {
        return Ok(user.id);
    }
    let home = (role != Role::KaleAdmin).then_some(tenant);
    let new = NewUser {
        email,
        name: somebody.name.to_owned(),
        role,
    };
    let user = setup.create_user(operator, home, new).await?;
    Ok(user.id)
}
