//! Web addresses: where this installation is reached, and who may embed it.

use std::{fmt, net::SocketAddr, str::FromStr};

use url::{Host, Url};

/// The text is not a plain web address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not of the form `https://host` or `https://host:port`, with http or https and nothing after the host"
)]
pub struct InvalidUrl(String);

/// Scheme, host and port, such as `https://app.example.com`; written as browsers send it in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// Its text, without a slash at the end and without a default port.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(parse(text)?.origin().ascii_serialization()))
    }
}

/// Where browsers reach this installation. Links in pages and e-mails begin with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    origin: Origin,
    loopback: bool,
}

impl BaseUrl {
    /// The address of a process that nothing stands in front of.
    #[must_use]
    pub fn of_listener(listen: SocketAddr) -> Self {
        Self {
            // The default port is left out, as in every other origin.
            origin: Origin(match listen.port() {
                80 if listen.is_ipv6() => format!("http://[{}]", listen.ip()),
                80 => format!("http://{}", listen.ip()),
                _ => format!("http://{listen}"),
            }),
            loopback: listen.ip().is_loopback(),
        }
    }

    /// Its text, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.origin.as_str()
    }

    /// As the origin that browsers send.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The full address of a path that begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Whether it begins with `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.as_str().starts_with("https:")
    }

    /// Whether its host is this machine: `localhost` or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origin.fmt(f)
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = parse(text)?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        Ok(Self {
            origin: Origin(url.origin().ascii_serialization()),
            loopback,
        })
    }
}

fn parse(text: &str) -> Result<Url, InvalidUrl> {
    let invalid = || InvalidUrl(shown(text));
    let Ok(url) = Url::parse(text) else {
        return Err(invalid());
    };
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(invalid()) }
}

/// The text without what may be a password before the `@`.
fn shown(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        for (text, expected) in [
            ("https://App.Example.com", "https://app.example.com"),
            ("https://app.example.com:443/", "https://app.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), expected);
        }
    }

    #[test]
    fn anything_but_scheme_host_and_port_is_refused() {
        for text in [
            "*",
            "null",
            "app.example.com",
            "ftp://example.com",
            "https://example.com/path",
            "https://example.com/?a=1",
            "https://example.com/#a",
            "https://",
            "javascript:alert(1)",
        ] {
            assert_eq!(text.parse::<Origin>().unwrap_err(), InvalidUrl(text.to_owned()));
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let error = "https://anna:hunter2@example.com"
            .parse::<BaseUrl>()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("…@example.com") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn this_machine_is_recognised_in_every_form() {
        for text in [
            "http://localhost:1",
            "http://a.localhost",
            "http://127.1.2.3",
            "https://[::1]",
        ] {
            assert!(text.parse::<BaseUrl>().unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://0.0.0.0:1",
            "http://localhost.example.com",
            "http://10.0.0.1",
        ] {
            assert!(!text.parse::<BaseUrl>().unwrap().is_loopback(), "{text}");
        }
    }

    #[test]
    fn the_address_of_a_listener_reads_like_a_given_one() {
        for text in [
            "127.0.0.1:8080",
            "127.0.0.1:80",
            "[::1]:80",
            "[::1]:8080",
            "0.0.0.0:9",
        ] {
            let listener = BaseUrl::of_listener(text.parse().unwrap());
            assert_eq!(format!("http://{text}").parse::<BaseUrl>().unwrap(), listener);
        }
    }
}
