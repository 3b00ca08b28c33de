//! Who says who people are: the only place that names a provider.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use kale_application::identity::{ProviderSignIns, Roles};
use kale_config::{IdentitySettings, Settings, WorkOsSettings};
use kale_integration_workos::WorkOs;
use kale_persistence::{Store, seal::KeyRing};

/// The provider of the settings; `None` where this installation says it itself. Nothing is asked yet.
pub(crate) fn open(
    settings: &Settings,
    store: &Store,
    ring: &Arc<KeyRing>,
) -> Result<Option<ProviderSignIns>> {
    let workos = match &settings.identity {
        IdentitySettings::Local => return Ok(None),
        IdentitySettings::WorkOs(workos) => workos,
    };
    let (provider, roles) = provider(workos)?;
    let base = settings.base_url.as_str().parse().context("the base URL")?;
    Ok(Some(ProviderSignIns::new(
        store.clone(),
        Arc::clone(ring),
        Arc::new(provider),
        roles,
        base,
    )))
}

/// WorkOS as the settings say, and what its roles are here.
fn provider(settings: &WorkOsSettings) -> Result<(WorkOs, Roles)> {
    let roles = match &settings.roles {
        Some(text) => text.parse().context("KALE_WORKOS_ROLES can't be used")?,
        None => Roles::default(),
    };
    let base_url = settings.base_url.as_str().parse();
    let workos = WorkOs::new(kale_integration_workos::Settings {
        base_url: base_url.context("KALE_WORKOS_BASE_URL can't be used")?,
        client_id: settings.client_id.clone(),
        api_key: settings.api_key.clone(),
        webhook_secrets: settings.webhook_secrets.clone(),
    });
    Ok((workos.context("WorkOS can't be spoken to")?, roles))
}
