//! Users (`users`, unique `{company_id, email_key}`, index `{email_key}` for signing in). Who is invited carries the hash
//! of the invitation, so that a second one takes the place of the first and the answer takes it away.

use bson::{Binary, Bson, DateTime, Document, doc};
use jiff::Timestamp;
use kale_domain::{
    access::Role,
    email::Email,
    fold::fold,
    id::{CompanyId, UserId},
    secret::Token,
    user::{INVITATION, Invitation, Theme, User, UserStatus},
};
use mongodb::options::{FindOptions, ReturnDocument};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::{Installation, Tenant},
    token::{self, Kind},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InvitationRecord {
    pub(crate) hash: Binary,
    by: Option<bson::Uuid>,
    expires_at: DateTime,
    /// What the company's identity provider calls its own, where it carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    there: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "_id")]
    pub(crate) id: bson::Uuid,
    pub(crate) company_id: Option<bson::Uuid>,
    email: Email,
    pub(crate) email_key: String,
    name: String,
    role: Role,
    status: UserStatus,
    #[serde(default)]
    theme: Theme,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invitation: Option<InvitationRecord>,
    created_at: DateTime,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "users")
}

/// A new user of the transaction's company.
pub async fn insert(store: &Store, tx: &mut Tx, user: &User) -> Result<()> {
    records(store).insert(tx, &Record::from(user)).await
}

/// A new user who is invited; the token is shown to nobody else. [`StoreError::Duplicate`] where the company has somebody
/// of that address.
pub async fn invite(store: &Store, tx: &mut Tx, user: &User) -> Result<(User, Token)> {
    let (token, invitation) = minted(tx, user.id, user.invitation.and_then(|one| one.by));
    let record = Record {
        invitation: Some(invitation),
        ..Record::from(user)
    };
    records(store).insert(tx, &record).await?;
    Ok((User::try_from(record)?, token))
}

/// Invites somebody again who has not answered: the token before opens nothing any more. `None` where nobody of that
/// identity is invited.
pub async fn invite_again(
    store: &Store,
    tx: &mut Tx,
    id: UserId,
    by: Option<UserId>,
) -> Result<Option<(User, Token)>> {
    let (token, invitation) = minted(tx, id, by);
    let filter = doc! { "_id": value::uuid(id.uuid()), "status": UserStatus::Invited.name() };
    // What the provider calls it stays: it is sent again there.
    let change = doc! {
        "$set": {
            "invitation.hash": invitation.hash,
            "invitation.by": invitation.by,
            "invitation.expires_at": invitation.expires_at,
        },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated
        .map(|record| Ok((User::try_from(record)?, token)))
        .transpose()
}

/// Keeps what the company's identity provider calls the invitation of somebody; `false` where they are not invited (any
/// more).
pub async fn invited_there(store: &Store, tx: &mut Tx, id: UserId, invitation: &str) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "status": UserStatus::Invited.name() };
    let change = doc! { "$set": { "invitation.there": invitation } };
    let updated = records(store).update_in(tx, filter, change).await?;
    Ok(updated.is_some())
}

/// What the company's identity provider calls the invitation of somebody.
pub async fn invitation_there(store: &Store, tx: &mut Tx, id: UserId) -> Result<Option<String>> {
    let found = records(store)
        .find_one_in(tx, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    Ok(found
        .and_then(|record| record.invitation)
        .and_then(|invitation| invitation.there))
}

fn minted(tx: &Tx, id: UserId, by: Option<UserId>) -> (Token, InvitationRecord) {
    let (token, hash) = token::mint(Kind::Invitation, id.uuid());
    let expires_at = tx.now().saturating_add(INVITATION).unwrap_or(Timestamp::MAX);
    let invitation = InvitationRecord {
        hash: value::binary(hash),
        by: by.map(|by| value::uuid(by.uuid())),
        expires_at: value::date(expires_at),
        there: None,
    };
    (token, invitation)
}

/// Takes an invitation up: whoever holds the token is active under that name. `None` where the invitation is used,
/// replaced or too old; of two at once, one gets it.
pub async fn join(store: &Store, tx: &mut Tx, token: &Token, name: &str) -> Result<Option<User>> {
    let Some((id, hash)) = token::read(Kind::Invitation, token.reveal()) else {
        return Ok(None);
    };
    let filter = doc! {
        "_id": value::uuid(id),
        "status": UserStatus::Invited.name(),
        "invitation.hash": value::binary(hash),
        "invitation.expires_at": { "$gt": value::date(tx.now()) },
    };
    let change = doc! {
        "$set": { "name": name, "status": UserStatus::Active.name() },
        "$unset": { "invitation": "" },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.map(User::try_from).transpose()
}

/// Lets somebody in whom the company's identity provider vouches for, in that role: whoever is invited has answered by
/// it. `None` where nobody of that identity is there, or they were deactivated and not by the provider's word.
pub async fn vouch_for(
    store: &Store,
    tx: &mut Tx,
    id: UserId,
    role: Role,
    returns: bool,
) -> Result<Option<User>> {
    let mut filter = doc! { "_id": value::uuid(id.uuid()) };
    if !returns {
        filter.insert("status", doc! { "$ne": UserStatus::Deactivated.name() });
    }
    let change = doc! {
        "$set": { "role": role.name(), "status": UserStatus::Active.name() },
        "$unset": { "invitation": "" },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.map(User::try_from).transpose()
}

/// One user of the transaction's company.
pub async fn get_in(store: &Store, tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    let found = records(store)
        .find_one_in(tx, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(User::try_from).transpose()
}

/// Who has that address in the company.
pub async fn by_address(store: &Store, tenant: Tenant, email: &Email) -> Result<Option<User>> {
    let found = records(store)
        .find_one(tenant, doc! { "email_key": fold(email.as_str()) })
        .await?;
    found.map(User::try_from).transpose()
}

/// Writes name, role, status and theme as they are now; [`StoreError::Stale`] where the user is no longer at
/// `user.version`.
pub async fn update(store: &Store, tx: &mut Tx, user: &User) -> Result<User> {
    let (filter, change) = changed(user)?;
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(User::try_from)
}

fn changed(user: &User) -> Result<(Document, Document)> {
    let filter = doc! { "_id": value::uuid(user.id.uuid()), "version": value::signed(user.version) };
    let change = doc! {
        "$set": {
            "name": &user.name,
            "role": user.role.name(),
            "status": user.status.name(),
            "theme": bson::serialize_to_bson(&user.theme)?,
        },
        "$inc": { "version": 1_i64 },
    };
    Ok((filter, change))
}

/// Removes a user with everything that says who they are; `false` where there is none, or no longer at that version.
pub async fn remove(store: &Store, tx: &mut Tx, user: &User) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(user.id.uuid()), "version": value::signed(user.version) };
    records(store).delete_in(tx, filter).await
}

/// How many active retention admins the company has. Whoever decides by it calls
/// [`companies::hold_people`](crate::companies::hold_people) first, so that no two decide at once.
pub async fn active_admins(store: &Store, tx: &mut Tx) -> Result<usize> {
    let filter = doc! { "role": Role::RetentionAdmin.name(), "status": UserStatus::Active.name() };
    // More than two make no difference to anybody.
    let options = FindOptions::builder().limit(2).build();
    Ok(records(store).find_in(tx, filter, options).await?.len())
}

/// The active retention admin who has been there longest, if there is one.
pub async fn an_active_admin(store: &Store, tx: &mut Tx) -> Result<Option<UserId>> {
    let filter = doc! { "role": Role::RetentionAdmin.name(), "status": UserStatus::Active.name() };
    let options = FindOptions::builder().sort(doc! { "_id": 1 }).limit(1).build();
    let found = records(store).find_in(tx, filter, options).await?;
    let first = found.into_iter().next();
    Ok(first.map(|record| UserId::from_uuid(value::from_uuid(record.id))))
}

/// A new user who belongs to no company: a Kale admin.
pub async fn insert_admin(store: &Store, tx: &mut Tx, _: Installation, user: &User) -> Result<()> {
    records(store)
        .insert(
            tx,
            &Record {
                company_id: None,
                ..Record::from(user)
            },
        )
        .await
}

/// A Kale admin.
pub async fn admin_in(store: &Store, tx: &mut Tx, _: Installation, id: UserId) -> Result<Option<User>> {
    let filter = of_no_company(doc! { "_id": value::uuid(id.uuid()) });
    let found = records(store).raw().find_one(filter).session(tx.session()).await;
    tx.note(found)?.map(User::try_from).transpose()
}

/// The same as [`update`] for a Kale admin.
pub async fn update_admin(store: &Store, tx: &mut Tx, _: Installation, user: &User) -> Result<User> {
    let (filter, change) = changed(user)?;
    let updated = records(store)
        .raw()
        .find_one_and_update(of_no_company(filter), change)
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    tx.note(updated)?
        .ok_or(StoreError::Stale)
        .and_then(User::try_from)
}

fn of_no_company(mut filter: Document) -> Document {
    filter.insert("company_id", Bson::Null);
    filter
}

/// Everybody of a company, by name.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<User>> {
    let options = FindOptions::builder()
        .sort(doc! { "name": 1 })
        .limit(1_000)
        .build();
    let found = records(store).find(tenant, doc! {}, options).await?;
    found.into_iter().map(User::try_from).collect()
}

/// One user of a company.
pub async fn get(store: &Store, tenant: Tenant, id: UserId) -> Result<Option<User>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(User::try_from).transpose()
}

impl From<&User> for Record {
    fn from(user: &User) -> Self {
        Self {
            id: value::uuid(user.id.uuid()),
            company_id: user.company.map(|company| value::uuid(company.uuid())),
            email: user.email.clone(),
            email_key: fold(user.email.as_str()),
            name: user.name.clone(),
            role: user.role,
            status: user.status,
            theme: user.theme,
            invitation: None,
            created_at: value::date(user.created_at),
            version: value::signed(user.version),
        }
    }
}

impl TryFrom<Record> for User {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: UserId::from_uuid(value::from_uuid(record.id)),
            company: record
                .company_id
                .map(|company| CompanyId::from_uuid(value::from_uuid(company))),
            email: record.email,
            name: record.name,
            role: record.role,
            status: record.status,
            theme: record.theme,
            invitation: record.invitation.map(|one| Invitation {
                by: one.by.map(|by| UserId::from_uuid(value::from_uuid(by))),
                expires_at: value::timestamp(one.expires_at),
            }),
            created_at: value::timestamp(record.created_at),
            version: value::unsigned(record.version, "user")?,
        })
    }
}
