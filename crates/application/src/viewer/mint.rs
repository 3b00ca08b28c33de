//! Tokens that a company's server asks for.

use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    error::FieldError,
    id::WorkflowId,
    secret::Token,
    subscriber::{Claims, CustomerRef, LONGEST, Mode, SUBSCRIPTION_CHARS, sign},
    workflow::Trigger,
};
use kale_flow::text::Locale;
use kale_persistence::{
    Reach, StoreError, companies, customers,
    viewer::{handles, secrets, settings},
};
use uuid::Uuid;

use super::{Viewer, ViewerError, settings::allowed};

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
    pub async fn mint(&self, reach: Reach, new: NewToken) -> Result<Minted, ViewerError> {
        let tenant = reach.tenant();
        let mut wrong = Vec::new();
        if !self.has(reach, &new.customer).await? {
            let message = "there is no such customer";
            wrong.push(FieldError::new("#/customer", "unknown-customer", message));
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
        Ok(Minted {
            token: sign(&claims, &secret),
            handle: handles::mint(&self.store, tenant, &claims).await?,
            expires_at: claims.expires_at,
        })
    }

    /// A handle for the holder of a token that was checked: the page it opens.
    pub async fn handle(&self, ticket: &super::Ticket) -> Result<Token, StoreError> {
        handles::mint(&self.store, ticket.tenant(), &ticket.claims).await
    }

    fn fresh_token_id(&self) -> String {
        let id: Uuid = self.store.fresh_id();
        id.to_string()
    }

    async fn has(&self, reach: Reach, customer: &CustomerRef) -> Result<bool, StoreError> {
        let known = companies::known_attributes(&self.store, reach.tenant()).await?;
        let found = match customer {
            CustomerRef::Id(id) => customers::get(&self.store, reach, *id, &known.kinds).await?,
            CustomerRef::ExternalId(id) => {
                customers::by_external_id(&self.store, reach, id, &known.kinds).await?
            }
        };
        Ok(found.is_some())
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
