//! Signing out at the provider, too.

use kale_domain::id::SignInId;
use kale_integrations::IntegrationError;
use kale_persistence::{StoreError, identity::sessions};
use url::Url;

use super::ProviderSignIns;

impl ProviderSignIns {
    /// Where a browser goes that has just signed out here, to end its session at the provider; `None` where the sign-in
    /// stood on none. Call it before the sign-in is ended: nobody asks for it afterwards.
    pub async fn leave(&self, sign_in: SignInId) -> Result<Option<Url>, StoreError> {
        let stood = sessions::end(&self.store, sign_in).await?;
        let back = self.at("/sign-in");
        Ok(stood.map(|stood| self.provider.logout_url(&stood.session, &back)))
    }

    /// Ends the session at the provider that a sign-in stands on, without a browser. It is tried once: what stays there
    /// opens nothing here.
    pub async fn revoke(&self, sign_in: SignInId) -> Result<(), StoreError> {
        let Some(stood) = sessions::end(&self.store, sign_in).await? else {
            return Ok(());
        };
        if let Err(error) = self.provider.revoke(&stood.session).await {
            let error: IntegrationError = error;
            tracing::warn!(%error, "a session could not be ended at the identity provider");
        }
        Ok(())
    }
}
