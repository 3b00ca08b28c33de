//! Whether mail is sent, and by which server.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

/// The names of the schemes, for whoever typed another.
const EXAMPLE: &str = "such as smtps://user:password@mail.example.com or smtp://mail.example.com:587";

/// What becomes of mails.
#[derive(Debug, Clone, Default)]
pub enum MailSettings {
    /// None is sent: people sign in by links of the command line.
    #[default]
    Off,
    /// They are kept for a developer to look at, on this machine only.
    Keep,
    /// A mail server takes them.
    Smtp(SmtpSettings),
}

/// A mail server and who mails come from.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server.
    pub url: SmtpUrl,
    /// The sender: `kale@example.com` or `Kale <kale@example.com>`.
    pub from: String,
}

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// TLS after the greeting, or no mail (`smtp://`).
    StartTls,
    /// None; only for a server on this machine.
    Plain,
}

/// The address of a mail server. `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct SmtpUrl {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub encryption: SmtpEncryption,
    /// The user and the password, where it wants them.
    pub credentials: Option<(String, SecretString)>,
}

impl SmtpUrl {
    /// Reads the address. No message repeats a part of it, because it holds a password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Ok(url) = Url::parse(text) else {
            return Err(format!("is no address of a mail server, {EXAMPLE}"));
        };
        let (local, host) = match url.host() {
            Some(Host::Ipv4(address)) => (address.is_loopback(), address.to_string()),
            Some(Host::Ipv6(address)) => (address.is_loopback(), address.to_string()),
            Some(Host::Domain(name)) => name.parse::<std::net::IpAddr>().map_or_else(
                |_is_a_name| (name == "localhost", name.to_owned()),
                |address| (address.is_loopback(), address.to_string()),
            ),
            None => return Err(format!("names no host, {EXAMPLE}")),
        };
        if host.is_empty() {
            return Err(format!("names no host, {EXAMPLE}"));
        }
        let encryption = encryption(&url, local)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("must end after the port, but for `?tls=required` or `?tls=none`".to_owned());
        }
        let port = url.port().unwrap_or(match encryption {
            SmtpEncryption::Tls => 465,
            SmtpEncryption::StartTls => 587,
            SmtpEncryption::Plain => 25,
        });
        Ok(Self {
            host,
            port,
            encryption,
            credentials: credentials(&url)?,
        })
    }
}

fn encryption(url: &Url, local: bool) -> Result<SmtpEncryption, String> {
    match (url.scheme(), url.query()) {
        ("smtps", None | Some("tls=required")) => Ok(SmtpEncryption::Tls),
        ("smtp", Some("tls=required")) => Ok(SmtpEncryption::StartTls),
        ("smtp", None) if !local => Ok(SmtpEncryption::StartTls),
        ("smtp", None | Some("tls=none")) if local => Ok(SmtpEncryption::Plain),
        ("smtp", Some("tls=none")) => {
            Err("may be without TLS only for a server on this machine; leave `tls=none` away".to_owned())
        }
        ("smtp" | "smtps", _) => {
            Err("may end with `?tls=required`, or on this machine `?tls=none`, and nothing else".to_owned())
        }
        _ => Err(format!("must begin with smtp:// or smtps://, {EXAMPLE}")),
    }
}

fn credentials(url: &Url) -> Result<Option<(String, SecretString)>, String> {
    let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_says_less) => Err("has a user or password that is no UTF-8".to_owned()),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err("has a password and no user".to_owned()),
        (_, None) => Err("has a user and no password; write `user:password@`".to_owned()),
        (user, Some(password)) => Ok(Some((decoded(user)?, decoded(password)?.into()))),
    }
}

/// A sender's text: one line with one address. Whether the address can be used is the mailer's to say.
pub(crate) fn sender(text: &str) -> Result<String, String> {
    let address = match (text.split_once('<'), text.strip_suffix('>')) {
        (Some((_, rest)), Some(_)) => rest.trim_end_matches('>'),
        (None, None) => text,
        _ => "",
    };
    let fits = address
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !address.contains(char::is_whitespace)
        && !text.contains(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{}` is no sender, such as kale@example.com or Kale <kale@example.com>",
            text.escape_debug()
        ))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn an_address_says_how_the_way_is_protected() {
        use SmtpEncryption::{Plain, StartTls, Tls};
        for (text, host, port, encryption) in [
            ("smtps://mail.example.com", "mail.example.com", 465, Tls),
            ("smtps://mail.example.com:2465", "mail.example.com", 2465, Tls),
            ("smtp://mail.example.com", "mail.example.com", 587, StartTls),
            (
                "smtp://mail.example.com:25?tls=required",
                "mail.example.com",
                25,
                StartTls,
            ),
            ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Plain),
            ("smtp://localhost", "localhost", 25, Plain),
            ("smtp://[::1]:1025?tls=none", "::1", 1025, Plain),
            ("smtp://localhost?tls=required", "localhost", 587, StartTls),
        ] {
            let url = SmtpUrl::parse(text).unwrap();
            assert_eq!(
                (url.host.as_str(), url.port, url.encryption),
                (host, port, encryption),
                "{text}"
            );
            assert!(url.credentials.is_none());
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_not_shown() {
        let url = SmtpUrl::parse("smtps://kale%40example.com:p%3A%2Fw%2B+d@mail.example.com").unwrap();
        assert!(!format!("{url:?}").contains("p:/w"));
        let (user, password) = url.credentials.unwrap();
        assert_eq!(
            (user.as_str(), password.expose_secret()),
            ("kale@example.com", "p:/w++d")
        );
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        for text in [
            "mail.example.com",
            "https://anna:hunter2@mail.example.com",
            "smtp://anna:hunter2@mail.example.com?tls=none",
            "smtp://anna:hunter2@10.0.0.1:25?tls=none",
            "smtp://anna:hunter2@mail.example.com/path",
            "smtp://anna:hunter2@mail.example.com?tls=maybe",
            "smtps://anna:hunter2@localhost?tls=none",
            "smtp://hunter2@mail.example.com",
            "smtp://:hunter2@mail.example.com",
            "smtp://",
            "smtps://anna:hunter2@",
        ] {
            let error = SmtpUrl::parse(text).unwrap_err();
            assert!(
                !error.contains("hunter2") && !error.contains("anna"),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn a_sender_is_one_line_with_one_address() {
        for text in ["kale@example.com", "Kale <kale@example.com>"] {
            assert_eq!(sender(text).unwrap(), text);
        }
        for text in [
            "",
            "Kale",
            "Kale <kale>",
            "a@b@c",
            "a b@c",
            "Kale <a@b",
            "a@b\r\nBcc: c@d",
        ] {
            assert!(sender(text).is_err(), "{text:?}");
        }
    }
}
