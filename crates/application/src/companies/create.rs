//! Making a company.

use kale_domain::{
    audit::AuditAction,
    company::{Company, CompanyStatus},
    error::FieldError,
    id::CompanyId,
};
use kale_persistence::{Installation, StoreError, access, companies};

use super::{Companies, CompanyError, wrong_name, wrong_time_zone};
use crate::{access::Caller, installation::NewCompany, team::NewMember};

impl Companies {
    /// Makes a company, and invites whoever is to run it: one who is invited as anything but a retention admin could
    /// not.
    pub async fn create(
        &self,
        installation: Installation,
        caller: &Caller,
        new: NewCompany,
        first: NewMember,
    ) -> Result<Company, CompanyError> {
        let mut wrong: Vec<FieldError> = [wrong_name(&new.name), wrong_time_zone(&new.time_zone)]
            .into_iter()
            .flatten()
            .collect();
        wrong.extend(first.wrong().into_iter().map(|field| field.within("admin")));
        if !wrong.is_empty() {
            return Err(CompanyError::Invalid(wrong));
        }
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
