//! The only unscoped reads: each takes a credential and answers whose data it opens.

mod changes;
mod set_up;
mod subscriber;

pub use self::changes::{Following, follow};
pub use self::set_up::{by_set_up_link, mint_set_up_link, use_set_up_links};
pub use self::subscriber::{Ticket, by_subscriber_token, by_viewer_handle};

use bson::doc;
use futures::TryStreamExt as _;
use kale_domain::{
    access::{Permission, Role},
    api_key::ApiKey,
    company::{Company, CompanyStatus},
    email::Email,
    fold::fold,
    id::{CompanyId, UserId},
    sign_in::{SignIn, SignInLimits},
    user::{User, UserStatus},
};
use mongodb::Collection;

use crate::{
    api_keys, companies,
    error::Result,
    identity,
    sign_ins::{self, Link, Offered, Pair},
    store::Store,
    tenant::{Installation, Reach, Tenant},
    token::{self, Kind},
    users, value, viewer,
};

/// Whether any company lets pages of that origin ask for its subscribers' sessions. Answers no more than that.
pub async fn lists_origin(store: &Store, origin: &str) -> Result<bool> {
    viewer::settings::lists_origin(store, origin).await
}

/// A person who is signed in, and what they reach.
#[derive(Debug, Clone)]
pub struct Presence {
    /// Their sign-in.
    pub sign_in: SignIn,
    /// Who they are, or whom they impersonate.
    pub user: User,
    /// The Kale admin who sees what that user sees, and changes nothing meanwhile.
    pub impersonated_by: Option<User>,
    /// The company they work in; a Kale admin has one only while switched in.
    pub company: Option<Company>,
    reach: Option<Reach>,
}

impl Presence {
    /// The customers they reach; `None` for a Kale admin who is not switched in.
    #[must_use]
    pub const fn reach(&self) -> Option<Reach> {
        self.reach
    }

    /// What belongs to no company, for Kale admins.
    #[must_use]
    pub fn installation(&self) -> Option<Installation> {
        (self.user.role == Role::KaleAdmin).then(Installation::new)
    }

    /// How long sign-ins of that user last.
    #[must_use]
    pub fn sign_in_limits(&self) -> SignInLimits {
        limits(self.user.company, self.company.as_ref())
    }

    /// Whether their role has that permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        permission.allows(self.user.role)
    }
}

/// A program that holds a key, and what it reaches.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    /// The key.
    pub key: ApiKey,
    /// Whose.
    pub company: Company,
    reach: Reach,
}

impl KeyHolder {
    /// The customers it reaches: all of the company's.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }
}

fn users(store: &Store) -> Collection<users::Record> {
    store.database().collection("users")
}

async fn user(store: &Store, id: UserId) -> Result<Option<User>> {
    let found = users(store)
        .find_one(doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    let user = found.map(User::try_from).transpose()?;
    Ok(user.filter(|user| user.status == UserStatus::Active))
}

/// Who a sign-in's token belongs to; `None` where it opens nothing (any more).
pub async fn by_sign_in(store: &Store, token: &str) -> Result<Option<Presence>> {
    match sign_ins::by_token(store, token).await? {
        Some(sign_in) => presence(store, sign_in).await,
        None => Ok(None),
    }
}

/// Who an access token belongs to; `None` where it opens nothing (any more).
pub async fn by_access_token(store: &Store, token: &str) -> Result<Option<Presence>> {
    match sign_ins::by_access(store, token).await? {
        Some(sign_in) => presence(store, sign_in).await,
        None => Ok(None),
    }
}

/// What came of a refresh token, and whose sign-in it is.
#[derive(Debug, Clone)]
pub enum Refresh {
    /// The next pair.
    Next(Box<Pair>, Box<Presence>),
    /// It was exchanged before: the sign-in has to end. With it the company whose log tells of it; none of a Kale admin's.
    Reused(SignIn, Option<Tenant>),
    /// It opens nothing.
    Dead,
}

/// Exchanges a refresh token for the next pair.
pub async fn by_refresh_token(store: &Store, token: &str) -> Result<Refresh> {
    let offer = match sign_ins::offered(store, token).await? {
        Offered::Good(offer) => offer,
        Offered::Reused(sign_in) => return reused(store, sign_in).await,
        Offered::Dead => return Ok(Refresh::Dead),
    };
    let sign_in = offer.sign_in.clone();
    // Before the exchange, which counts as a use.
    let Some(mut presence) = presence(store, sign_in.clone()).await? else {
        return Ok(Refresh::Dead);
    };
    let Some(pair) = offer.exchange(store).await? else {
        return reused(store, sign_in).await;
    };
    presence.sign_in = pair.sign_in.clone();
    Ok(Refresh::Next(Box::new(pair), Box::new(presence)))
}

async fn reused(store: &Store, sign_in: SignIn) -> Result<Refresh> {
    let user = user(store, sign_in.user).await?;
    let company = user.and_then(|user| user.company);
    Ok(Refresh::Reused(sign_in, company.map(Tenant::new)))
}

async fn presence(store: &Store, mut sign_in: SignIn) -> Result<Option<Presence>> {
    let Some(own) = user(store, sign_in.user).await? else {
        return Ok(None);
    };
    let own_company = own.company;
    let (user, impersonated_by) = match impersonated(store, &sign_in, &own).await? {
        Some(other) => (other, Some(own)),
        None => {
            // What has run out stays in the record until the next one.
            sign_in.impersonating = None;
            (own, None)
        }
    };
    let company_id = user.company.or(sign_in.acting_in);
    let company = match company_id {
        Some(id) => companies::read(store, id)
            .await?
            .filter(|company| company.status == CompanyStatus::Active),
        None => None,
    };
    // A user of a company that is gone or suspended has nowhere to be.
    if user.company.is_some() && company.is_none() {
        return Ok(None);
    }
    let limits = limits(own_company, company.as_ref());
    if sign_in.expires_at(limits) <= store.now() {
        return Ok(None);
    }
    let reach = company.as_ref().map(|company| {
        let tenant = Tenant::new(company.id);
        match user.role {
            Role::KaleAdmin | Role::RetentionAdmin => Reach::all(tenant),
            Role::RetentionExpert => Reach::assigned_to(tenant, user.id),
        }
    });
    Ok(Some(Presence {
        sign_in,
        user,
        impersonated_by,
        company,
        reach,
    }))
}

/// A company's limits hold for its own people: a Kale admin who has entered it is none of them.
fn limits(own: Option<CompanyId>, company: Option<&Company>) -> SignInLimits {
    let company = company.filter(|company| own == Some(company.id));
    company.map_or(SignInLimits::WIDEST, |company| company.sign_in_limits)
}

/// Whom a Kale admin impersonates with that sign-in: somebody who is active in the company they are in, until it runs out.
async fn impersonated(store: &Store, sign_in: &SignIn, own: &User) -> Result<Option<User>> {
    let Some(whom) = sign_in.impersonating.filter(|whom| store.now() < whom.until) else {
        return Ok(None);
    };
    let found = user(store, whom.user).await?;
    let there = found.filter(|user| {
        user.company.is_some() && user.company == sign_in.acting_in && user.version == whom.version
    });
    Ok(there.filter(|_| own.role == Role::KaleAdmin))
}

/// Who an API key belongs to; `None` where it opens nothing (any more).
pub async fn by_api_key(store: &Store, token: &str) -> Result<Option<KeyHolder>> {
    let Some((company_id, key)) = api_keys::by_token(store, token).await? else {
        return Ok(None);
    };
    let company = companies::read(store, company_id).await?;
    Ok(company
        .filter(|company| company.status == CompanyStatus::Active)
        .map(|company| KeyHolder {
            key,
            company,
            reach: Reach::all(Tenant::new(company_id)),
        }))
}

/// The active users of that address, one a company (and one more for a Kale admin).
pub async fn by_email(store: &Store, email: &Email) -> Result<Vec<User>> {
    let filter = doc! { "email_key": fold(email.as_str()) };
    let found: Vec<users::Record> = users(store).find(filter).limit(50).await?.try_collect().await?;
    let all: Vec<User> = found.into_iter().map(User::try_from).collect::<Result<_>>()?;
    Ok(all
        .into_iter()
        .filter(|user| user.status == UserStatus::Active)
        .collect())
}

/// An invitation that works, and whose company it leads into.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Who is invited.
    pub user: User,
    /// The company.
    pub company: Company,
    /// What whoever invited them is called; `None` where they are gone or a program.
    pub by: Option<String>,
    tenant: Tenant,
}

impl Invited {
    /// The company's data.
    #[must_use]
    pub const fn tenant(&self) -> Tenant {
        self.tenant
    }
}

/// The invitation of that token; `None` where it is unknown, used, replaced or too old, or the company takes nobody in.
pub async fn by_invitation(store: &Store, token: &str) -> Result<Option<Invited>> {
    let Some((id, hash)) = token::read(Kind::Invitation, token) else {
        return Ok(None);
    };
    let found = users(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    let Some(record) = found.filter(|record| {
        let kept = record.invitation.as_ref();
        kept.is_some_and(|kept| token::same(&kept.hash.bytes, &hash))
    }) else {
        return Ok(None);
    };
    let user = User::try_from(record)?;
    let works =
        user.status == UserStatus::Invited && user.invitation.is_some_and(|one| store.now() < one.expires_at);
    let (true, Some(id)) = (works, user.company) else {
        return Ok(None);
    };
    let company = companies::read(store, id).await?;
    let Some(company) = company.filter(|company| company.status == CompanyStatus::Active) else {
        return Ok(None);
    };
    let by = match user.invitation.and_then(|one| one.by) {
        Some(by) => self::user(store, by).await?.map(|by| by.name),
        None => None,
    };
    Ok(Some(Invited {
        tenant: Tenant::new(id),
        user,
        company,
        by,
    }))
}

/// The company that an organization of the identity provider is; `None` where it is none, or none that takes anybody in.
/// Whoever calls this has the provider's word for it.
pub async fn by_organization(store: &Store, organization: &str) -> Result<Option<(Tenant, Company)>> {
    let Some(id) = identity::links::company_of(store, organization).await? else {
        return Ok(None);
    };
    let company = companies::read(store, id).await?;
    Ok(company
        .filter(|company| company.status == CompanyStatus::Active)
        .map(|company| (Tenant::new(id), company)))
}

/// Uses a sign-in link up.
pub async fn by_link(store: &Store, token: &str, browser: Option<&str>) -> Result<Link> {
    sign_ins::use_link(store, token, browser).await
}

/// Uses the sign-in link up whose code was typed by whoever asked for it.
pub async fn by_code(store: &Store, code: &str, nonce: &str) -> Result<Link> {
    sign_ins::use_code(store, code, nonce).await
}

/// The installation itself, for the command line: whoever runs the program owns the database anyway.
#[must_use]
pub const fn operator() -> Installation {
    Installation::new()
}

/// The tenant of a company that is about to be made, for the transaction that makes it.
#[must_use]
pub const fn of_new_company(_: Installation, id: CompanyId) -> Tenant {
    Tenant::new(id)
}

/// The tenant of a company that the command line names.
pub async fn by_operator(store: &Store, _: Installation, id: CompanyId) -> Result<Option<Reach>> {
    let company = companies::read(store, id).await?;
    Ok(company.map(|company| Reach::all(Tenant::new(company.id))))
}

#[cfg(test)]
mod tests;
