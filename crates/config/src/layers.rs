//! Where a setting comes from: flags over environment over file over defaults.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use config::{Config, File, FileFormat, Value, ValueKind};
use secrecy::SecretString;

use crate::error::Problem;

/// The names of all settings, as keys of the file; the variable is `KALE_` and the name in capitals.
pub(crate) const NAMES: [&str; 21] = [
    "mongodb_uri",
    "listen",
    "admin_listen",
    "base_url",
    "data_dir",
    "secret_key",
    "allowed_origins",
    "log",
    "log_format",
    "mongod",
    "requests_per_second",
    "trusted_proxies",
    "smtp_url",
    "mail_from",
    "mail",
    "identity",
    "workos_client_id",
    "workos_api_key",
    "workos_base_url",
    "workos_webhook_secret",
    "workos_roles",
];
/// Those that can also be read from a file named by `KALE_…_FILE`.
const SECRETS: [&str; 5] = [
    "mongodb_uri",
    "secret_key",
    "smtp_url",
    "workos_api_key",
    "workos_webhook_secret",
];

/// What the command line sets; `None` leaves a setting to the layers below. There is no flag for the secret key,
/// because every user of a machine can read the arguments of its processes.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--mongodb-uri`
    pub mongodb_uri: Option<SecretString>,
    /// `--listen`
    pub listen: Option<String>,
    /// `--admin-listen`
    pub admin_listen: Option<String>,
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--allowed-origins`
    pub allowed_origins: Option<String>,
    /// `--log`
    pub log: Option<String>,
    /// `--log-format`
    pub log_format: Option<String>,
    /// `--mongod`
    pub mongod: Option<PathBuf>,
    /// `--identity`
    pub identity: Option<String>,
}

/// One setting's text and where it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) text: String,
    pub(crate) place: String,
}

/// All settings that are set anywhere, merged.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    pub(crate) found: BTreeMap<&'static str, Found>,
    pub(crate) problems: Vec<Problem>,
    /// Variables that look like settings and are none.
    pub(crate) unknown: Vec<String>,
}

impl Layers {
    /// Merges the places, the weakest first.
    pub(crate) fn merge(flags: &Flags, env: &BTreeMap<String, String>, file: Option<&Path>) -> Self {
        let mut layers = Self::default();
        if let Some(path) = file {
            layers.add_file(path);
        }
        layers.add_env(env);
        layers.add_flags(flags);
        layers
    }

    pub(crate) fn problem(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem {
            place: place.into(),
            message: message.into(),
        });
    }

    fn set(&mut self, name: &'static str, text: String, place: String) {
        if !text.trim().is_empty() {
            self.found.insert(name, Found { text, place });
        }
    }

    fn add_file(&mut self, path: &Path) {
        let place = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.problem(place, format!("can't be read: {error}")),
        };
        let parsed = Config::builder()
            .add_source(File::from_str(&text, FileFormat::Toml))
            .build()
            .and_then(Config::try_deserialize::<BTreeMap<String, Value>>);
        let values = match parsed {
            Ok(values) => values,
            Err(error) => return self.problem(place, not_toml(&error.to_string())),
        };
        for (key, value) in values {
            let place = format!("`{key}` in {place}");
            let Some(name) = NAMES.into_iter().find(|name| *name == key) else {
                let known = NAMES.join(", ");
                self.problem(place, format!("is not a setting; there are {known}"));
                continue;
            };
            match plain(value) {
                Some(text) => self.set(name, text, place),
                None => self.problem(place, "must be a text"),
            }
        }
    }

    fn add_env(&mut self, env: &BTreeMap<String, String>) {
        let mut unknown: Vec<String> = env
            .keys()
            .filter(|key| key.starts_with("KALE_"))
            .cloned()
            .collect();
        for name in NAMES {
            let variable = format!("KALE_{}", name.to_uppercase());
            unknown.retain(|key| *key != variable);
            let text = env.get(&variable).filter(|text| !text.trim().is_empty());
            if SECRETS.contains(&name) {
                let file_variable = format!("{variable}_FILE");
                unknown.retain(|key| *key != file_variable);
                if let Some(path) = env.get(&file_variable).filter(|path| !path.trim().is_empty()) {
                    if text.is_some() {
                        self.problem(
                            file_variable,
                            format!("is set together with {variable}; set one of them"),
                        );
                    } else {
                        self.add_secret_file(name, file_variable, path);
                    }
                    continue;
                }
            }
            if let Some(text) = text {
                self.set(name, text.clone(), variable);
            }
        }
        self.unknown = unknown;
    }

    fn add_secret_file(&mut self, name: &'static str, variable: String, path: &str) {
        match fs::read_to_string(path.trim()) {
            // A file written by an editor ends with a line break.
            Ok(text) if !text.trim().is_empty() => self.set(name, text.trim().to_owned(), variable),
            Ok(_empty) => self.problem(variable, format!("names {path}, which is empty")),
            Err(error) => self.problem(variable, format!("names {path}, which can't be read: {error}")),
        }
    }

    fn add_flags(&mut self, flags: &Flags) {
        use secrecy::ExposeSecret;

        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        for (name, text) in [
            (
                "mongodb_uri",
                flags
                    .mongodb_uri
                    .as_ref()
                    .map(|uri| uri.expose_secret().to_owned()),
            ),
            ("listen", flags.listen.clone()),
            ("admin_listen", flags.admin_listen.clone()),
            ("base_url", flags.base_url.clone()),
            ("data_dir", path(&flags.data_dir)),
            ("allowed_origins", flags.allowed_origins.clone()),
            ("log", flags.log.clone()),
            ("log_format", flags.log_format.clone()),
            ("mongod", path(&flags.mongod)),
            ("identity", flags.identity.clone()),
        ] {
            if let Some(text) = text {
                self.set(name, text, format!("--{}", name.replace('_', "-")));
            }
        }
    }
}

/// A value of the file as the text that a variable would have; a list of texts is joined by commas.
fn plain(value: Value) -> Option<String> {
    match value.kind {
        ValueKind::String(text) => Some(text),
        ValueKind::Array(values) => {
            let texts: Option<Vec<String>> = values.into_iter().map(plain).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

/// What is said of a file that is not TOML: only the place, because the parser repeats the line, which may hold a
/// secret.
fn not_toml(said: &str) -> String {
    let place = said
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("TOML parse error "));
    format!(
        "is not TOML{}; write settings as `listen = \"127.0.0.1:8080\"`",
        place.map(|place| format!(" {place}")).unwrap_or_default()
    )
}
