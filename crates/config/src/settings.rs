//! The settings, and how their texts become types.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use secrecy::SecretString;

use crate::{
    BaseUrl, ConfigError, Flags, IdentitySettings, Origin, SecretKeys,
    layers::{Found, Layers},
    mail::{MailSettings, SmtpSettings, SmtpUrl, sender},
};

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const DEFAULT_DATA_DIR: &str = "kale-data";
const DEFAULT_LOG: &str = "info";
const DEFAULT_REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    #[default]
    Json,
    /// Plain text, for people.
    Pretty,
}

/// Everything a process is told from outside. `Debug` is safe to log: secrets are redacted.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The replica set to use; `None` runs a local `mongod` in the data folder. Begins with `mongodb://` or
    /// `mongodb+srv://`.
    pub mongodb_uri: Option<SecretString>,
    /// Where HTTP is served; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where metrics are served, never to the public; `None` serves none.
    pub admin_listen: Option<SocketAddr>,
    /// Where browsers reach this installation.
    pub base_url: BaseUrl,
    /// The folder of local data: blobs, a generated key, the local `mongod`.
    pub data_dir: PathBuf,
    /// The ring of keys; `None` uses the key in the data folder.
    pub secret_keys: Option<SecretKeys>,
    /// Whose pages may read what the API answers to a token, besides the origins that a company lists for its subscribers.
    pub allowed_origins: Vec<Origin>,
    /// How many requests a second each caller may send in the long run.
    pub requests_per_second: NonZeroU32,
    /// Whose `X-Forwarded-For` is believed; any other's is ignored.
    pub trusted_proxies: Vec<IpNet>,
    /// What becomes of mails.
    pub mail: MailSettings,
    /// Who says who people are.
    pub identity: IdentitySettings,
    /// The filter of log lines, such as `info,kale_jobs=debug`.
    pub log: String,
    /// What a log line looks like.
    pub log_format: LogFormat,
    /// The `mongod` to run; `None` looks for one.
    pub mongod: Option<PathBuf>,
    /// The text of `PATH`, where programs are looked for.
    pub search_path: Option<OsString>,
    /// The folder for what can be fetched again: `$XDG_CACHE_HOME/kale`, `$HOME/.cache/kale`, or `cache` in the data
    /// folder.
    pub cache_dir: PathBuf,
    base_url_is_default: bool,
    unknown: Vec<String>,
}

impl Settings {
    /// Reads all settings; `file` is an optional TOML file and must exist if named. Fails with every mistake at once.
    pub fn read(
        overrides: &Flags,
        env: impl Iterator<Item = (String, String)>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let env: BTreeMap<String, String> = env.collect();
        let layers = Layers::merge(overrides, &env, file);
        Reading { layers }.finish(&env)
    }

    /// [`Settings::read`] with the environment of this process: the only place that reads it.
    pub fn from_process(overrides: &Flags, file: Option<&Path>) -> Result<Self, ConfigError> {
        let unicode = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            // Lossy, so that a broken setting is refused by its own check and not passed over.
            Some((name, value.to_string_lossy().into_owned()))
        });
        Self::read(overrides, unicode, file)
    }

    /// Tells where the listener really listens, which replaces a base URL that was not set. Needed with port 0.
    pub fn listening_on(&mut self, address: SocketAddr) {
        self.listen = address;
        if self.base_url_is_default {
            self.base_url = BaseUrl::of_listener(address);
        }
    }

    /// Whether cookies carry `Secure`: always, except over http on this machine, where browsers of some makers would
    /// drop them.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.base_url.is_https() || !self.base_url.is_loopback()
    }

    /// What works but is probably not meant, for the log of the start.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self
            .unknown
            .iter()
            .map(|name| format!("the variable {name} is not a setting and is ignored"))
            .collect();
        if !self.base_url.is_https() && !self.base_url.is_loopback() {
            warnings.push(format!(
                "the base URL {} is neither https nor this machine: browsers will not keep the sign-in. Set \
                 KALE_BASE_URL to the https address that people use",
                self.base_url
            ));
        }
        warnings
    }
}

/// Turns texts into types, collecting what can't be.
pub(crate) struct Reading {
    pub(crate) layers: Layers,
}

impl Reading {
    fn finish(mut self, env: &BTreeMap<String, String>) -> Result<Settings, ConfigError> {
        let mongodb_uri = self.mongodb_uri();
        let listen = self.address("listen").unwrap_or(DEFAULT_LISTEN);
        let admin_listen = self.address("admin_listen");
        let base_url = self.parsed("base_url", |text| {
            text.parse().map_err(|error| format!("{error}"))
        });
        let data_dir = self
            .path("data_dir")
            .unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR));
        let secret_keys = self.parsed("secret_key", |text| {
            SecretKeys::parse(text).map_err(|error| error.to_string())
        });
        let allowed_origins = self.origins();
        let requests_per_second = self.parsed("requests_per_second", |text| {
            text.parse().map_err(|_says_less: std::num::ParseIntError| {
                format!("`{text}` is not a whole number of at least 1")
            })
        });
        let trusted_proxies = self.networks();
        let log = self
            .parsed("log", |text| Ok(text.to_owned()))
            .unwrap_or_else(|| DEFAULT_LOG.to_owned());
        let log_format = self.parsed("log_format", log_format).unwrap_or_default();
        let mongod = self.path("mongod");
        let here = listen.ip().is_loopback() && base_url.as_ref().is_none_or(BaseUrl::is_loopback);
        let mail = self.mail(here);
        let identity = self.identity();
        if admin_listen.is_some_and(|admin| admin == listen && admin.port() != 0) {
            self.layers.problem(
                "admin_listen",
                "is the address of `listen`; metrics need an address of their own",
            );
        }
        if !self.layers.problems.is_empty() {
            return Err(ConfigError {
                problems: self.layers.problems,
            });
        }
        Ok(Settings {
            base_url_is_default: base_url.is_none(),
            base_url: base_url.unwrap_or_else(|| BaseUrl::of_listener(listen)),
            cache_dir: cache_dir(env, &data_dir),
            search_path: env.get("PATH").map(OsString::from),
            unknown: self.layers.unknown,
            mongodb_uri,
            listen,
            admin_listen,
            data_dir,
            secret_keys,
            allowed_origins,
            requests_per_second: requests_per_second.unwrap_or(DEFAULT_REQUESTS_PER_SECOND),
            trusted_proxies,
            mail,
            identity,
            log,
            log_format,
            mongod,
        })
    }

    /// The parsed text of a setting; a text that can't be parsed is noted with its place.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Found { text, place } = self.layers.found.remove(name)?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.layers.problem(place, message);
                None
            }
        }
    }

    fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.parsed(name, |text| Ok(PathBuf::from(text)))
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.parsed(name, |text| {
            text.parse().map_err(|_says_less: std::net::AddrParseError| {
                format!("`{text}` is not an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080")
            })
        })
    }

    fn mongodb_uri(&mut self) -> Option<SecretString> {
        self.parsed("mongodb_uri", |text| {
            if text.starts_with("mongodb://") || text.starts_with("mongodb+srv://") {
                return Ok(SecretString::from(text));
            }
            // Not repeated: it holds a password.
            Err(
                "must begin with mongodb:// or mongodb+srv://, such as mongodb://host:27017/?replicaSet=rs0"
                    .to_owned(),
            )
        })
    }

    /// `here` says that nobody but this machine reaches the server.
    fn mail(&mut self, here: bool) -> MailSettings {
        let named = self.layers.found.contains_key("mail_from");
        let wanted = self.layers.found.contains_key("smtp_url");
        let url = self.parsed("smtp_url", SmtpUrl::parse);
        let from = self.parsed("mail_from", sender);
        let kept = self.parsed("mail", |text| match text {
            "keep" if wanted => Err("keeps mails, but `smtp_url` sends them; set one of the two".to_owned()),
            "keep" if !here => Err(
                "keeps mails where everybody who reaches the server can read them: it must listen on this machine \
                 only, and so must its base URL"
                    .to_owned(),
            ),
            "keep" => Ok(()),
            _ => Err(format!("`{text}` is not `keep`, the only value")),
        });
        if wanted && !named {
            self.layers.problem(
                "mail_from",
                "is missing: with `smtp_url` it says who mails come from, such as Kale <kale@example.com>",
            );
        }
        match (url, from, kept) {
            (Some(url), Some(from), _) => MailSettings::Smtp(SmtpSettings { url, from }),
            (_, _, Some(())) => MailSettings::Keep,
            _ => MailSettings::Off,
        }
    }

    fn networks(&mut self) -> Vec<IpNet> {
        let Some(Found { text, place }) = self.layers.found.remove("trusted_proxies") else {
            return Vec::new();
        };
        let mut networks = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match network(part) {
                Some(network) => networks.push(network),
                None => self.layers.problem(
                    place.clone(),
                    format!("`{part}` is neither an address nor a network such as 10.0.0.0/8"),
                ),
            }
        }
        networks
    }

    fn origins(&mut self) -> Vec<Origin> {
        let Some(Found { text, place }) = self.layers.found.remove("allowed_origins") else {
            return Vec::new();
        };
        let mut origins: Vec<Origin> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(origin) if origins.contains(&origin) => {}
                Ok(origin) => origins.push(origin),
                Err(error) => self.layers.problem(place.clone(), format!("{error}")),
            }
        }
        origins
    }
}

/// A network such as 10.0.0.0/8, or one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)))
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "json" => Ok(LogFormat::Json),
        "pretty" => Ok(LogFormat::Pretty),
        _ => Err(format!("`{text}` is neither `json` nor `pretty`")),
    }
}

fn cache_dir(env: &BTreeMap<String, String>, data_dir: &Path) -> PathBuf {
    let folder = |name: &str| {
        env.get(name)
            .filter(|text| text.starts_with('/'))
            .map(PathBuf::from)
    };
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .map_or_else(|| data_dir.join("cache"), |cache| cache.join("kale"))
}
