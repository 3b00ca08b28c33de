//! From what the provider says to a sign-in of ours.

use kale_domain::{
    access::Role,
    audit::{Actor, AuditAction},
    email::Email,
    id::CompanyId,
    id::UserId,
    secret::Token,
    user::{Theme, User, UserStatus},
};
use kale_integrations::identity::{Membership, Person, Session};
use kale_persistence::{
    StoreError, Tenant, Tx, access, companies,
    identity::{
        links,
        sessions::{self, Said},
    },
    sign_ins, users,
};
use secrecy::ExposeSecret as _;

use super::{NoAccess, ProviderSignInError, ProviderSignIns};
use crate::access::Provenance;

impl ProviderSignIns {
    /// Signs in whom the provider vouches for.
    pub(super) async fn admit(
        &self,
        session: &Session,
        membership: &Membership,
        provenance: &Provenance,
    ) -> Result<Token, ProviderSignInError> {
        let person = &session.person;
        let role = self.roles.part(&membership.role).ok_or(NoAccess::UnknownRole)?;
        let email: Email = match person.email.parse() {
            Ok(email) if person.email_verified => email,
            _ => return Err(NoAccess::Unverified.into()),
        };
        let tenant = self.company(&membership.organization).await?;
        let user = self
            .store
            .transaction::<_, ProviderSignInError>(tenant, async |tx| {
                self.let_in(tx, tenant, person, &email, role, provenance).await
            })
            .await?;
        let (sign_in, token) = sign_ins::begin(&self.store, user.id, provenance.device()).await?;
        let said = Said {
            session: &session.id,
            organization: Some(&membership.organization),
            refresh_token: session.refresh_token.expose_secret(),
            fresh_until: session.fresh_until,
        };
        sessions::begin(&self.store, &self.ring, &sign_in, &said).await?;
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let actor = Actor::User { id: user.id };
                tx.audit(provenance.entry(tx, actor, AuditAction::SignedIn, user.id))
                    .await
            })
            .await?;
        Ok(token)
    }

    /// The company that an organization is. One that is not linked yet is linked where whoever runs the installation
    /// wrote the company's id or short name down at the provider, as the organization's external id.
    pub(super) async fn company(&self, organization: &str) -> Result<Tenant, ProviderSignInError> {
        if let Some((tenant, _)) = access::by_organization(&self.store, organization).await? {
            return Ok(tenant);
        }
        let named = self.provider.organization(organization).await?.external_id;
        let named = named.ok_or(NoAccess::UnknownOrganization)?;
        let operator = access::operator();
        let found = match (named.parse::<CompanyId>(), named.parse()) {
            (Ok(id), _) => companies::enter(&self.store, operator, id).await?,
            (_, Ok(slug)) => companies::by_slug(&self.store, operator, &slug).await?,
            _ => None,
        };
        let (tenant, _) = found.ok_or(NoAccess::UnknownOrganization)?;
        let linked = self
            .store
            .transaction::<_, StoreError>(tenant, async |tx| {
                links::link(&self.store, tx, organization).await?;
                let by = Provenance::default();
                tx.audit(by.entry(tx, Actor::System, AuditAction::OrganizationLinked, organization))
                    .await
            })
            .await;
        match linked {
            // Somebody else linked it, or the company is another organization: what is written counts.
            Ok(()) | Err(StoreError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
        let now = access::by_organization(&self.store, organization).await?;
        now.map(|(tenant, _)| tenant)
            .ok_or_else(|| NoAccess::UnknownOrganization.into())
    }

    /// The user that somebody is, as what the provider says they are. By the provider's name of them; before that is
    /// known, by their address, which the provider has confirmed.
    async fn let_in(
        &self,
        tx: &mut Tx,
        tenant: Tenant,
        person: &Person,
        email: &Email,
        role: Role,
        provenance: &Provenance,
    ) -> Result<User, ProviderSignInError> {
        if let Some(known) = links::user_of(&self.store, tx, &person.id).await?
            && let Some(user) = users::get_in(&self.store, tx, known.user).await?
        {
            let user = self.as_said(tx, user, role, known.left, provenance).await?;
            if known.left {
                links::know(&self.store, tx, &person.id, user.id).await?;
            }
            return Ok(user);
        }
        let there = users::by_address(&self.store, tenant, email).await?;
        let user = match there {
            Some(user) => self.as_said(tx, user, role, false, provenance).await?,
            None => self.welcome(tx, tenant, person, email, role, provenance).await?,
        };
        links::know(&self.store, tx, &person.id, user.id).await?;
        Ok(user)
    }

    async fn welcome(
        &self,
        tx: &mut Tx,
        tenant: Tenant,
        person: &Person,
        email: &Email,
        role: Role,
        provenance: &Provenance,
    ) -> Result<User, ProviderSignInError> {
        let name: String = person.name.chars().filter(|c| !c.is_control()).take(80).collect();
        let name = if name.trim().is_empty() {
            email.to_string()
        } else {
            name
        };
        let user = User {
            id: UserId::from_uuid(tx.fresh_id()),
            company: Some(tenant.company()),
            email: email.clone(),
            name: name.trim().chars().take(80).collect(),
            role,
            status: UserStatus::Active,
            theme: Theme::Auto,
            invitation: None,
            created_at: tx.now(),
            version: 1,
        };
        users::insert(&self.store, tx, &user).await?;
        let actor = Actor::User { id: user.id };
        let mut entry = provenance.entry(tx, actor, AuditAction::UserJoined, user.id);
        entry.after.insert("role".to_owned(), role.name().to_owned());
        tx.audit(entry).await?;
        Ok(user)
    }

    /// Somebody who is there, in the role the provider says. Whoever was deactivated here stays so, unless the provider
    /// had sent them away and they return; a new role ends what was signed in under the old one.
    pub(super) async fn as_said(
        &self,
        tx: &mut Tx,
        user: User,
        role: Role,
        returns: bool,
        provenance: &Provenance,
    ) -> Result<User, ProviderSignInError> {
        if user.status == UserStatus::Active && user.role == role {
            return Ok(user);
        }
        let changed = users::vouch_for(&self.store, tx, user.id, role, returns)
            .await?
            .ok_or(NoAccess::Deactivated)?;
        if user.status == UserStatus::Invited {
            let actor = Actor::User { id: user.id };
            tx.audit(provenance.entry(tx, actor, AuditAction::UserJoined, user.id))
                .await?;
        }
        if user.status == UserStatus::Deactivated {
            let entry = provenance.entry(tx, Actor::System, AuditAction::UserReactivated, user.id);
            tx.audit(entry).await?;
        }
        if user.role != role {
            sign_ins::end_all(&self.store, tx, user.id, None).await?;
            let fields = |user: &User| [("role", user.role.name().to_owned())];
            let entry = provenance
                .entry(tx, Actor::System, AuditAction::UserChanged, user.id)
                .changed(fields(&user), fields(&changed));
            tx.audit(entry).await?;
            self.tell_if_nobody_runs(tx, &user).await?;
        }
        Ok(changed)
    }

    /// Tells whoever runs the installation where a change of somebody, already made, leaves nobody who runs their company.
    /// Here people can't do that to themselves; the provider's word counts all the same, since who was sent away there must
    /// not stay in for want of a successor.
    pub(super) async fn tell_if_nobody_runs(
        &self,
        tx: &mut Tx,
        before: &User,
    ) -> Result<(), ProviderSignInError> {
        let Some(company) = before.company else {
            return Ok(());
        };
        if before.role != Role::RetentionAdmin || before.status != UserStatus::Active {
            return Ok(());
        }
        // Two who go at once are counted one after the other.
        companies::hold_people(&self.store, tx).await?;
        if users::active_admins(&self.store, tx).await? > 0 {
            return Ok(());
        }
        tracing::warn!(%company, "the identity provider left a company without an admin");
        let by = Provenance::default();
        let entry = by.entry(tx, Actor::System, AuditAction::CompanyWithoutAdmin, company);
        Ok(tx.audit_of_installation(access::operator(), entry).await?)
    }
}
