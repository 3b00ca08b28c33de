//! Tokens that a company's server asks for.

use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    audit::AuditAction,
    error::FieldError,
    id::{CustomerId, WorkflowId},
    secret::Token,
    subscriber::{Claims, CustomerRef, LONGEST, Mode, SUBSCRIPTION_CHARS, sign},
    workflow::Trigger,
};
use kale_flow::text::Locale;
use kale_persistence::{
    Reach, StoreError, Tenant, companies, customers,
    viewer::{handles, secrets, settings},
    workflows,
};
use uuid::Uuid;

use super::{Viewer, ViewerError, settings::allowed};
use crate::access::Caller;

/// A token as somebody wishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Who the subscriber is.
    pub customer: CustomerRef,
    /// Which of their subscriptions.
    pub subscription: Option<String>,
    /// The workflow to walk; absent: the live one of the trigger.
    pub workflow: Option<WorkflowId>,
    /// Why they come.
    pub trigger: Trigger,
    /// Whether it counts.
    pub mode: Mode,
    /// Where they go afterwards.
    pub return_url: Option<String>,
    /// What they read.
    pub locale: Option<String>,
}

/// A token and the page it opens.
#[derive(Debug, Clone)]
pub struct Minted {
    /// For programs.
    pub token: Token,
    /// For a browser: `/f/{handle}`.
    pub handle: Token,
    /// Until when both may begin a session.
    pub expires_at: Timestamp,
}

impl Viewer {
    /// Makes a token of a customer within reach, signed by the installation for this company.
    pub async fn mint(&self, reach: Reach, caller: &Caller, new: NewToken) -> Result<Minted, ViewerError> {
        let tenant = reach.tenant();
        let mut wrong = Vec::new();
        let customer = self.named(reach, &new.customer).await?;
        if customer.is_none() {
            let message = "there is no such customer";
            wrong.push(FieldError::new("#/customer", "unknown-customer", message));
        }
        if let Some(workflow) = new.workflow
            && workflows::get(&self.store, tenant, workflow).await?.is_none()
        {
            let message = "there is no such workflow";
            wrong.push(FieldError::new("#/workflow", "unknown-workflow", message));
        }
        if new.trigger == Trigger::Manual {
            let message = "a subscriber comes by `cancel_intent` or `api`";
            wrong.push(FieldError::new("#/trigger", "not-for-subscribers", message));
        }
        let names = |name: &String| (1..=SUBSCRIPTION_CHARS).contains(&name.chars().count());
        if new.subscription.as_ref().is_some_and(|name| !names(name)) {
            let message = format!("1 to {SUBSCRIPTION_CHARS} characters");
            wrong.push(FieldError::new("#/subscription", "length", message));
        }
        if let Some(Err(error)) = new.locale.as_ref().map(|text| text.parse::<Locale>()) {
            wrong.push(FieldError::new("#/locale", "no-locale", error.to_string()));
        }
        let settings = settings::get(&self.store, tenant).await?;
        let return_url = new.return_url.as_ref().map(|url| allowed(&settings, url));
        if return_url == Some(None) {
            let message = "the viewer settings list no address that this one is below";
            wrong.push(FieldError::new("#/return_url", "not-allowed", message));
        }
        if !wrong.is_empty() {
            return Err(ViewerError::Invalid(wrong));
        }
        // Whole seconds, as the token says them.
        let now = self.store.now();
        let issued_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let claims = Claims {
            company: tenant.company(),
            customer: new.customer,
            subscription: new.subscription,
            workflow: new.workflow,
            trigger: new.trigger,
            mode: new.mode,
            return_url: return_url.flatten(),
            locale: new.locale,
            issued_at,
            expires_at: later(issued_at, LONGEST),
            token_id: self.fresh_token_id(),
        };
        let secret = secrets::own(&self.store, tenant, &self.ring).await?;
        self.written_down(caller, tenant, customer, &claims).await?;
        Ok(Minted {
            token: sign(&claims, &secret),
            handle: handles::mint(&self.store, tenant, &claims, None).await?,
            expires_at: claims.expires_at,
        })
    }

    /// A handle for the holder of a token that was checked: the page it opens.
    pub async fn handle(&self, ticket: &super::Ticket) -> Result<Token, StoreError> {
        handles::mint(&self.store, ticket.tenant(), &ticket.claims, ticket.signed_by()).await
    }

    fn fresh_token_id(&self) -> String {
        let id: Uuid = self.store.fresh_id();
        id.to_string()
    }

    /// Somebody was let in: who, by whom, for what. Written before the token exists.
    async fn written_down(
        &self,
        caller: &Caller,
        tenant: Tenant,
        customer: Option<CustomerId>,
        claims: &Claims,
    ) -> Result<(), StoreError> {
        let Some(customer) = customer else { return Ok(()) };
        self.store
            .transaction(tenant, async |tx| {
                let mut entry = caller.entry(tx, AuditAction::ViewerTokenMinted, customer);
                let said = [
                    ("trigger", Some(claims.trigger.name().to_owned())),
                    ("mode", Some(claims.mode.name().to_owned())),
                    ("workflow", claims.workflow.map(|workflow| workflow.to_string())),
                ];
                let said = said
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)));
                entry.after = said.collect();
                tx.audit(entry).await
            })
            .await
    }

    async fn named(&self, reach: Reach, customer: &CustomerRef) -> Result<Option<CustomerId>, StoreError> {
        let known = companies::known_attributes(&self.store, reach.tenant()).await?;
        let found = match customer {
            CustomerRef::Id(id) => customers::get(&self.store, reach, *id, &known.kinds).await?,
            CustomerRef::ExternalId(id) => {
                customers::by_external_id(&self.store, reach, id, &known.kinds).await?
            }
        };
        Ok(found.map(|customer| customer.id))
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
