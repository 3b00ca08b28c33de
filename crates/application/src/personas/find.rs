//! A persona by what people call it.

use kale_domain::{error::FieldError, id::PersonaId};
use kale_persistence::Tenant;

use super::{configuration::Personas, error::PersonaError};

impl Personas {
    /// The persona of that key or id; an error at `pointer` that lists the keys where there is none.
    pub async fn find(&self, tenant: Tenant, name: &str, pointer: &str) -> Result<PersonaId, PersonaError> {
        let known = Self::ids_by_key(&self.store, tenant).await?;
        let by_id = || {
            name.parse()
                .ok()
                .filter(|id| known.values().any(|known| known == id))
        };
        known.get(name).copied().or_else(by_id).ok_or_else(|| {
            let keys: Vec<&str> = known.keys().map(String::as_str).collect();
            let name: String = name.chars().take(60).collect();
            let message = format!("`{name}` is no persona here; there are {}", keys.join(", "));
            PersonaError::Invalid(vec![FieldError::new(pointer, "unknown-persona", message)])
        })
    }
}
