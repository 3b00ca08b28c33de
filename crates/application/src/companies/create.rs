//! Making a company.

use kale_domain::{
    access::Role,
    audit::AuditAction,
    company::{Company, CompanyStatus, Industry, Slug},
    email::Email,
    error::FieldError,
    id::CompanyId,
    money::Currency,
    sign_in::SignInLimits,
};
use kale_persistence::{Installation, StoreError, access, companies};

use super::{Companies, CompanyError, wrong_name, wrong_time_zone};
use crate::{
    access::Caller,
    installation::NewCompany,
    team::{self, NewMember},
};

/// A company that somebody wants, as it was typed.
#[derive(Debug, Clone)]
pub struct WantedCompany {
    /// What people call it: 1 to 120 characters.
    pub name: String,
    /// Its short name in addresses.
    pub slug: String,
    /// What it does.
    pub industry: Industry,
    /// An IANA time zone.
    pub time_zone: String,
    /// The currency of its money metrics.
    pub currency: Currency,
    /// The address of whoever is invited to run it.
    pub admin_email: String,
    /// What people call them: 1 to 80 characters.
    pub admin_name: String,
}

impl WantedCompany {
    fn read(self) -> Result<(NewCompany, NewMember), Vec<FieldError>> {
        let (slug, email) = (self.slug.parse::<Slug>(), self.admin_email.parse::<Email>());
        let mut wrong: Vec<FieldError> = [wrong_name(&self.name), wrong_time_zone(&self.time_zone)]
            .into_iter()
            .flatten()
            .collect();
        if let Err(error) = slug {
            wrong.push(FieldError::new("#/slug", "no-slug", error.to_string()));
        }
        if let Err(error) = &email {
            wrong.push(FieldError::new("#/admin/email", "no-email", error.to_string()));
        }
        wrong.extend(team::wrong_name(&self.admin_name).map(|field| field.within("admin")));
        match (slug, email) {
            (Ok(slug), Ok(email)) if wrong.is_empty() => Ok((
                NewCompany {
                    name: self.name,
                    slug,
                    industry: self.industry,
                    time_zone: self.time_zone,
                    currency: self.currency,
                },
                NewMember {
                    email,
                    name: self.admin_name,
                    role: Role::RetentionAdmin,
                },
            )),
            _ => Err(wrong),
        }
    }
}

impl Companies {
    /// Makes a company, and invites whoever is to run it.
    pub async fn create(
        &self,
        installation: Installation,
        caller: &Caller,
        wanted: WantedCompany,
    ) -> Result<Company, CompanyError> {
        let (new, first) = wanted.read().map_err(CompanyError::Invalid)?;
        let now = self.store.now();
        let company = Company {
            id: CompanyId::from_uuid(self.store.fresh_id()),
            name: new.name.trim().to_owned(),
            slug: new.slug,
            industry: new.industry,
            status: CompanyStatus::Active,
            time_zone: new.time_zone,
            currency: new.currency,
            sortable_attributes: Vec::new(),
            sign_in_limits: SignInLimits::WIDEST,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let tenant = access::of_new_company(installation, company.id);
        let made = self
            .store
            .transaction::<_, CompanyError>(tenant, async |tx| {
                companies::insert(&self.store, tx, installation, &company).await?;
                let mut entry = caller.entry(tx, AuditAction::CompanyCreated, company.id);
                entry.after.insert("slug".to_owned(), company.slug.to_string());
                tx.audit_of_installation(installation, entry).await?;
                self.team.invite_into(tx, &company, caller, &first).await?;
                Ok(())
            })
            .await;
        match made {
            // Nobody can be in a company that is not there yet: it is the short name.
            Err(CompanyError::Store(StoreError::Duplicate)) => Err(CompanyError::Taken(company.slug)),
            Err(error) => Err(error),
            Ok(()) => Ok(company),
        }
    }
}
