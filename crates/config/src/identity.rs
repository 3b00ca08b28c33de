//! Who says who people are.

use secrecy::SecretString;

use crate::{BaseUrl, settings::Reading};

/// Where WorkOS is.
const WORKOS: &str = "https://api.workos.com";
/// What belongs to it beside the client and its key.
const MORE: [&str; 3] = ["workos_base_url", "workos_webhook_secret", "workos_roles"];

/// Who says who people are.
#[derive(Debug, Clone, Default)]
pub enum IdentitySettings {
    /// This installation, by links in mails.
    #[default]
    Local,
    /// WorkOS.
    WorkOs(WorkOsSettings),
}

/// What this installation is to WorkOS. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct WorkOsSettings {
    /// Where it is.
    pub base_url: BaseUrl,
    /// The client: `client_…`.
    pub client_id: String,
    /// The client's secret: `sk_…`.
    pub api_key: SecretString,
    /// What its calls are signed with: one, or two while one takes the other's place.
    pub webhook_secrets: Vec<SecretString>,
    /// What its roles are here: `admin=retention_admin,member=retention_expert`. `None` is that.
    pub roles: Option<String>,
}

impl Reading {
    /// Settings of WorkOS without `identity = workos` are kept for the day it is switched on, and not looked at.
    pub(crate) fn identity(&mut self) -> IdentitySettings {
        let chosen = self.parsed("identity", |text| match text {
            "local" => Ok(false),
            "workos" => Ok(true),
            _ => Err(format!("`{text}` is neither `local` nor `workos`")),
        });
        if chosen != Some(true) {
            for name in MORE.into_iter().chain(["workos_client_id", "workos_api_key"]) {
                self.layers.found.remove(name);
            }
            return IdentitySettings::Local;
        }
        let client_id = self.needed("workos_client_id", "client_01ABC", |text| {
            let fits = text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
            if fits {
                Ok(text.to_owned())
            } else {
                Err(format!("`{text}` is no client of WorkOS"))
            }
        });
        // Not repeated: it is a secret.
        let api_key = self.needed("workos_api_key", "sk_live_abc", |text| {
            let fits = text.bytes().all(|b| b.is_ascii_graphic());
            if fits {
                Ok(SecretString::from(text))
            } else {
                Err("holds what no key holds".to_owned())
            }
        });
        let base_url = self.parsed("workos_base_url", |text| {
            let url: BaseUrl = text.parse().map_err(|error| format!("{error}"))?;
            if url.is_https() || url.is_loopback() {
                Ok(url)
            } else {
                Err("must be https: only an emulator on this machine may be without".to_owned())
            }
        });
        let base_url = base_url.or_else(|| WORKOS.parse().ok());
        let webhook_secrets = self.parsed("workos_webhook_secret", |text| {
            let secrets = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let secrets: Vec<SecretString> = secrets.map(SecretString::from).collect();
            if secrets.len() <= 2 {
                Ok(secrets)
            } else {
                Err("names more than two secrets".to_owned())
            }
        });
        let roles = self.parsed("workos_roles", |text| Ok(text.to_owned()));
        match (client_id, api_key, base_url) {
            (Some(client_id), Some(api_key), Some(base_url)) => IdentitySettings::WorkOs(WorkOsSettings {
                base_url,
                client_id,
                api_key,
                webhook_secrets: webhook_secrets.unwrap_or_default(),
                roles,
            }),
            // What is missing was noted, and ends the start.
            _ => IdentitySettings::Local,
        }
    }

    fn needed<T>(
        &mut self,
        name: &str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.layers.found.contains_key(name) {
            self.layers.problem(
                name,
                format!("is missing: `identity = workos` needs it, such as {example}"),
            );
            return None;
        }
        self.parsed(name, parse)
    }
}
