//! Settings as they are shown.

use kale_application::viewer::ViewerSettings;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How a company's subscribers see their flow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ViewerSettings)]
pub(super) struct SettingsView {
    /// The colour of the buttons that go on; white words stand on it.
    #[schema(example = "#0e6a4d")]
    brand_colour: String,
    /// Where subscribers may be sent afterwards: the beginning of an address, up to a whole part of its path.
    #[schema(example = json!(["https://example.com/account"]))]
    return_urls: Vec<String>,
    /// Which pages may ask for sessions and events themselves, with a subscriber's token.
    #[schema(example = json!(["https://example.com"]))]
    origins: Vec<String>,
    /// What is read by whoever names no language.
    #[schema(example = "en")]
    locale: String,
    /// Grows by one with every change; 0 while nothing was set.
    #[schema(value_type = i64, minimum = 0)]
    pub(super) version: u64,
}

impl From<ViewerSettings> for SettingsView {
    fn from(settings: ViewerSettings) -> Self {
        Self {
            brand_colour: settings.brand_colour.to_string(),
            return_urls: settings.return_urls,
            origins: settings.origins,
            locale: settings.locale.to_string(),
            version: settings.version,
        }
    }
}

/// Settings as examples show them.
pub(super) fn example() -> Value {
    json!({
        "brand_colour": "#0e6a4d", "return_urls": ["https://example.com/account"],
        "origins": ["https://example.com"], "locale": "en", "version": 3
    })
}
