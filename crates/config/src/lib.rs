//! The settings of a process, typed, read once.
//!
//! A setting is taken from the first place that has it: command-line flag, environment variable, file, default. Every
//! mistake in all of them is reported at once, so that an installation is corrected in one go. A secret can also be
//! read from a file that `KALE_…_FILE` names, and never appears in an error or in `Debug`.
//!
//! | variable | key in the file | default |
//! |---|---|---|
//! | `KALE_MONGODB_URI`, `…_FILE` | `mongodb_uri` | none: a local `mongod` is run |
//! | `KALE_LISTEN` | `listen` | `127.0.0.1:8080` |
//! | `KALE_ADMIN_LISTEN` | `admin_listen` | none: no listener for metrics |
//! | `KALE_BASE_URL` | `base_url` | `http://` and the address it listens on |
//! | `KALE_DATA_DIR` | `data_dir` | `kale-data` |
//! | `KALE_SECRET_KEY`, `…_FILE` | `secret_key` | none: the key in the data folder |
//! | `KALE_ALLOWED_ORIGINS` | `allowed_origins` | none; separated by commas, in the file also a list |
//! | `KALE_LOG` | `log` | `info` |
//! | `KALE_LOG_FORMAT` | `log_format` | `json`; or `pretty` |
//! | `KALE_REQUESTS_PER_SECOND` | `requests_per_second` | 100: of each caller, in bursts of ten seconds' worth |
//! | `KALE_TRUSTED_PROXIES` | `trusted_proxies` | none; addresses and networks, separated by commas, in the file also a list |
//! | `KALE_SMTP_URL`, `…_FILE` | `smtp_url` | none: no mail is sent |
//! | `KALE_MAIL_FROM` | `mail_from` | none; needed with a mail server |
//! | `KALE_MAIL` | `mail` | none; `keep` keeps mails for a developer, on this machine only |
//! | `KALE_IDENTITY` | `identity` | `local`; or `workos` |
//! | `KALE_WORKOS_CLIENT_ID` | `workos_client_id` | none; needed with `workos` |
//! | `KALE_WORKOS_API_KEY`, `…_FILE` | `workos_api_key` | none; needed with `workos` |
//! | `KALE_WORKOS_BASE_URL` | `workos_base_url` | `https://api.workos.com`; or an emulator on this machine |
//! | `KALE_WORKOS_WEBHOOK_SECRET`, `…_FILE` | `workos_webhook_secret` | none: no call of WorkOS is taken; two, separated by a comma, while one takes the other's place |
//! | `KALE_WORKOS_ROLES` | `workos_roles` | `admin=retention_admin,member=retention_expert` |
//! | `KALE_MONGOD` | `mongod` | none: found on the PATH, in the cache, or fetched |
//!
//! An empty value counts as absent, because a compose file can't unset a variable.

mod error;
mod identity;
mod layers;
mod mail;
mod origin;
mod secret_key;
mod settings;

pub use error::{ConfigError, Problem};
pub use identity::{IdentitySettings, WorkOsSettings};
pub use layers::Flags;
pub use mail::{MailSettings, SmtpEncryption, SmtpSettings, SmtpUrl};
pub use origin::{BaseUrl, InvalidUrl, Origin};
pub use secret_key::{InvalidKey, SecretKey, SecretKeys};
pub use settings::{LogFormat, Settings};
