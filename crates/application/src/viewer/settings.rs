//! How subscribers see their flow.

use std::sync::Arc;

use kale_domain::{audit::AuditAction, error::FieldError};
use kale_flow::{
    text::Locale,
    viewer::{Colour, ENOUGH, ViewerSettings},
};
use kale_persistence::{StoreError, Tenant, access, viewer::settings};
use url::Url;

use super::{Viewer, ViewerError};
use crate::access::Caller;

/// How many addresses to come back to a company may list.
const RETURN_URLS: usize = 20;
/// How many origins.
const ORIGINS: usize = 20;

/// Settings as somebody wishes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSettings {
    /// The colour of the buttons that go on, `#0e6a4d`.
    pub brand_colour: String,
    /// Where subscribers may be sent afterwards.
    pub return_urls: Vec<String>,
    /// Which pages may ask for sessions and events themselves.
    pub origins: Vec<String>,
    /// What is read by whoever names no language.
    pub locale: String,
}

impl Viewer {
    /// The settings of a company, as they are now.
    pub async fn settings(&self, tenant: Tenant) -> Result<ViewerSettings, StoreError> {
        settings::get(&self.store, tenant).await
    }

    /// The settings of a subscriber's company, for showing a page: at most two seconds old.
    pub async fn settings_seen(&self, ticket: &super::Ticket) -> Result<Arc<ViewerSettings>, StoreError> {
        settings::known(&self.store, ticket.tenant()).await
    }

    /// Whether a page of that origin may be told what a subscriber's token opens: the company of the token lists it.
    /// Where no token opens anything, whether any company does, so that a page learns why it was refused.
    pub async fn may_read(&self, ticket: Option<&super::Ticket>, origin: &str) -> Result<bool, StoreError> {
        match ticket {
            Some(ticket) => {
                let settings = self.settings_seen(ticket).await?;
                Ok(settings.origins.iter().any(|listed| listed == origin))
            }
            None => access::lists_origin(&self.store, origin).await,
        }
    }

    /// Replaces them; [`StoreError::Stale`] where they are no longer at `version`.
    pub async fn set(
        &self,
        tenant: Tenant,
        caller: &Caller,
        version: u64,
        new: NewSettings,
    ) -> Result<ViewerSettings, ViewerError> {
        let wished = checked(&new, version).map_err(ViewerError::Invalid)?;
        let before = self.settings(tenant).await?;
        self.store
            .transaction(tenant, async |tx| {
                let after = settings::put(&self.store, tx, &wished).await?;
                let entry = caller.entry(tx, AuditAction::ViewerSettingsChanged, tenant.company());
                tx.audit(entry.changed(fields(&before), fields(&after))).await?;
                Ok(after)
            })
            .await
    }
}

fn fields(settings: &ViewerSettings) -> [(&'static str, String); 4] {
    [
        ("origins", settings.origins.join(" ")),
        ("brand_colour", settings.brand_colour.to_string()),
        ("return_urls", settings.return_urls.join(" ")),
        ("locale", settings.locale.to_string()),
    ]
}

fn checked(new: &NewSettings, version: u64) -> Result<ViewerSettings, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let colour = new.brand_colour.parse::<Colour>();
    match &colour {
        Err(error) => wrong.push(FieldError::new("#/brand_colour", "no-colour", error.to_string())),
        Ok(colour) if !colour.carries_white() => {
            // Rounded down, so that a colour that just fails is not said to have enough.
            let has = (colour.contrast(Colour::WHITE) * 100.0).floor() / 100.0;
            let message = format!(
                "white words on {colour} have a contrast of {has:.2} : 1, and need {ENOUGH} : 1; choose a darker colour"
            );
            wrong.push(FieldError::new("#/brand_colour", "low-contrast", message));
        }
        Ok(_) => {}
    }
    let locale = new.locale.parse::<Locale>();
    if let Err(error) = &locale {
        wrong.push(FieldError::new("#/locale", "no-locale", error.to_string()));
    }
    if new.return_urls.len() > RETURN_URLS {
        let message = format!("at most {RETURN_URLS} addresses");
        wrong.push(FieldError::new("#/return_urls", "too-many", message));
    }
    let mut return_urls = Vec::new();
    for (at, text) in new.return_urls.iter().enumerate() {
        match address(text).filter(|url| url.query().is_none() && url.fragment().is_none()) {
            Some(url) => return_urls.push(String::from(url)),
            None => wrong.push(FieldError::new(
                format!("#/return_urls/{at}"),
                "no-address",
                "expected an https address without query, such as https://example.com/account",
            )),
        }
    }
    let origins = origins(&new.origins, &mut wrong);
    match (colour, locale) {
        (Ok(brand_colour), Ok(locale)) if wrong.is_empty() => Ok(ViewerSettings {
            brand_colour,
            return_urls,
            origins,
            locale,
            version,
        }),
        _ => Err(wrong),
    }
}

/// Origins in the spelling that browsers send, each once.
fn origins(wished: &[String], wrong: &mut Vec<FieldError>) -> Vec<String> {
    if wished.len() > ORIGINS {
        let message = format!("at most {ORIGINS} origins");
        wrong.push(FieldError::new("#/origins", "too-many", message));
    }
    let mut listed: Vec<String> = Vec::new();
    for (at, text) in wished.iter().enumerate() {
        let bare = |url: &Url| url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        match address(text).filter(bare) {
            Some(url) => listed.push(url.origin().ascii_serialization()),
            None => wrong.push(FieldError::new(
                format!("#/origins/{at}"),
                "no-origin",
                "expected an https origin without a path, such as https://example.com",
            )),
        }
    }
    listed.sort();
    listed.dedup();
    listed
}

/// An address that a browser may be sent to: https, or http on the machine itself, without a password.
fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= 500)?;
    let host = url.host_str()?;
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    (scheme && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The address in its one spelling, if the settings allow to go there.
pub(crate) fn allowed(settings: &ViewerSettings, text: &str) -> Option<String> {
    let url = address(text)?;
    let begins = |listed: &String| {
        let Ok(listed) = Url::parse(listed) else {
            return false;
        };
        let folder = listed.path().trim_end_matches('/');
        let rest = url.path().strip_prefix(folder);
        url.origin() == listed.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let listed = settings.return_urls.iter().any(begins);
    listed.then(|| String::from(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(return_urls: &[&str]) -> Result<ViewerSettings, Vec<FieldError>> {
        let new = NewSettings {
            brand_colour: "#0e6a4d".to_owned(),
            return_urls: return_urls.iter().map(|&url| url.to_owned()).collect(),
            origins: Vec::new(),
            locale: "en".to_owned(),
        };
        checked(&new, 0)
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let new = NewSettings {
            brand_colour: "#ffd500".to_owned(),
            return_urls: vec!["https://example.com".to_owned(), "javascript:alert(1)".to_owned()],
            origins: vec!["https://example.com/account".to_owned(), "null".to_owned()],
            locale: "English".to_owned(),
        };
        let wrong = checked(&new, 0).unwrap_err();
        let told: Vec<(&str, &str)> = wrong
            .iter()
            .map(|one| (one.pointer.as_str(), one.code.as_ref()))
            .collect();
        assert_eq!(
            told,
            [
                ("#/brand_colour", "low-contrast"),
                ("#/locale", "no-locale"),
                ("#/return_urls/1", "no-address"),
                ("#/origins/0", "no-origin"),
                ("#/origins/1", "no-origin")
            ]
        );
        assert!(wrong[0].message.contains("1.4"), "{}", wrong[0].message);
    }

    #[test]
    fn an_address_to_come_back_to_is_https_without_a_password() {
        for good in [
            "https://example.com",
            "https://example.com:8443/a/b",
            "http://127.0.0.1:3000/x",
        ] {
            assert!(settings(&[good]).is_ok(), "{good}");
        }
        for wrong in [
            "http://example.com",
            "ftp://example.com",
            "//example.com",
            "/account",
            "https://ada:pw@example.com",
            "https://example.com/?a=1",
            "https://example.com/#x",
            "data:text/html,x",
            "https://",
        ] {
            assert!(settings(&[wrong]).is_err(), "{wrong}");
        }
        assert!(settings(&["https://example.com"; 21]).is_err());
    }

    #[test]
    fn an_origin_stands_as_browsers_send_it() {
        let listed = |texts: &[&str]| {
            let wished: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            let mut wrong = Vec::new();
            let listed = origins(&wished, &mut wrong);
            (listed, wrong.len())
        };
        let same = [
            "https://Example.com:443",
            "https://example.com/",
            "https://example.com",
        ];
        assert_eq!(listed(&same), (vec!["https://example.com".to_owned()], 0));
        assert_eq!(listed(&["http://localhost:3000"]).0, ["http://localhost:3000"]);
        for wrong in [
            "*",
            "null",
            "http://example.com",
            "https://example.com/a",
            "https://a@example.com",
            "example.com",
        ] {
            assert_eq!(listed(&[wrong]), (Vec::new(), 1), "{wrong}");
        }
        assert_eq!(listed(&["https://example.com"; 21]).1, 1);
    }

    #[test]
    fn one_may_go_below_a_listed_address_and_nowhere_else() {
        let settings = settings(&["https://example.com/account", "https://other.example/"]).unwrap();
        let may = |url: &str| allowed(&settings, url).is_some();
        for good in [
            "https://example.com/account",
            "https://example.com/account/",
            "https://example.com/account/plan?done=1#top",
            "https://EXAMPLE.com:443/account",
            "https://other.example/anything",
        ] {
            assert!(may(good), "{good}");
        }
        for wrong in [
            "https://example.com/",
            "https://example.com/accounts",
            "https://example.com/account/../admin",
            "https://example.com.evil.example/account",
            "https://example.com@evil.example/account",
            "https://example.com:8443/account",
            "http://example.com/account",
            "https://sub.other.example/",
            "javascript:alert(1)//https://example.com/account",
        ] {
            assert!(!may(wrong), "{wrong}");
        }
    }
}
