//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kale_config::Flags;
use kale_domain::{audit::chain::Head, id::AuditEntryId};

/// Customer retention, as one self-hosted server.
#[derive(Debug, Parser)]
#[command(name = "kale", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the dashboard.
    Serve(Common),
    /// Do background work.
    Worker(Common),
    /// Serve and do background work in one process; without a database address, on a local one of its own.
    All(Common),
    /// Show the product on real customers: starts a local database, fills it, serves, prints sign-in links. With
    /// `--identity workos` people sign in through WorkOS's emulator, which it brings along by npm.
    Demo(Demo),
    /// Bring the database to this version's indexes and rules.
    Migrate(Migrate),
    /// Set up companies and people, and check the audit log.
    Admin(Admin),
    /// Check settings, database, key ring and blob folder, and say what is wrong.
    Doctor(Common),
    /// Print the OpenAPI document.
    Openapi,
}

/// What every command takes. Each has an environment variable of its own; `KALE_SECRET_KEY` has no flag on purpose.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// A TOML file of settings.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The address of the replica set (`KALE_MONGODB_URI`).
    #[arg(long)]
    pub mongodb_uri: Option<String>,
    /// Where HTTP is served, such as 127.0.0.1:8080 (`KALE_LISTEN`).
    #[arg(long)]
    pub listen: Option<String>,
    /// Where browsers reach this installation (`KALE_BASE_URL`).
    #[arg(long)]
    pub base_url: Option<String>,
    /// The folder of local data (`KALE_DATA_DIR`).
    #[arg(long)]
    pub data_dir: Option<PathBuf>,
    /// The filter of log lines (`KALE_LOG`).
    #[arg(long)]
    pub log: Option<String>,
    /// Who says who people are: `local` or `workos` (`KALE_IDENTITY`).
    #[arg(long)]
    pub identity: Option<String>,
}

impl Common {
    /// As overrides of the settings.
    #[must_use]
    pub fn flags(&self) -> Flags {
        Flags {
            mongodb_uri: self.mongodb_uri.clone().map(Into::into),
            data_dir: self.data_dir.clone(),
            listen: self.listen.clone(),
            base_url: self.base_url.clone(),
            log: self.log.clone(),
            identity: self.identity.clone(),
            ..Flags::default()
        }
    }
}

/// `kale demo`.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// Print one line of JSON when ready.
    #[arg(long)]
    pub json: bool,
}

/// `kale migrate`.
#[derive(Debug, Clone, Args)]
pub struct Migrate {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// Only say what would be done.
    #[arg(long)]
    pub plan: bool,
}

/// `kale admin`.
#[derive(Debug, Clone, Args)]
pub struct Admin {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub action: AdminAction,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminAction {
    /// Companies and people.
    #[command(flatten)]
    People(PeopleAction),
    /// Print a new link for somebody who is invited, where no mail is sent; the one before works no more.
    InvitationLink(InvitationLink),
    /// Compare the audit log with its chain; says what is wrong, and fails where something is.
    VerifyAudit(VerifyAudit),
    /// Seal all secrets anew with the key that now stands in front, in the background; the keys before are then needed
    /// no more.
    RotateKeys,
    /// Erase what an entry of the audit log said. That it was there, and that it was erased, stays.
    EraseAuditEntry(EraseAuditEntry),
}

/// `kale admin verify-audit`.
#[derive(Debug, Clone, Args)]
pub struct VerifyAudit {
    /// The short name of a company, for its chain alone.
    #[arg(long)]
    pub company: Option<String>,
    /// Only the chain of what belongs to no company.
    #[arg(long, conflicts_with = "company")]
    pub installation: bool,
    /// A head of that chain that was noted once, as `number:hash`.
    #[arg(long)]
    pub expect_head: Option<Head>,
}

/// `kale admin erase-audit-entry`.
#[derive(Debug, Clone, Args)]
pub struct EraseAuditEntry {
    /// The short name of its company; without it the entry is one of the installation.
    #[arg(long)]
    pub company: Option<String>,
    /// Its id.
    #[arg(long)]
    pub entry: AuditEntryId,
}

/// What to set up.
#[derive(Debug, Clone, Subcommand)]
pub enum PeopleAction {
    /// Make a company with its first retention admin; prints a sign-in link.
    CreateCompany {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// Its short name in addresses.
        #[arg(long)]
        slug: String,
        /// What it does: saas, media, telecom, commerce, fintech, education, fitness or `b2b_services`.
        #[arg(long, default_value = "saas")]
        industry: String,
        /// The e-mail address of the first retention admin.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        person: String,
    },
    /// Make a Kale admin; prints a sign-in link.
    CreateKaleAdmin {
        /// Their e-mail address.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        person: String,
    },
    /// Print a sign-in link for every user of an address.
    SignInLink {
        /// The address.
        #[arg(long)]
        email: String,
    },
}

/// `kale admin invitation-link`.
#[derive(Debug, Clone, Args)]
pub struct InvitationLink {
    /// The short name of the company.
    #[arg(long)]
    pub company: String,
    /// The address of whoever is invited.
    #[arg(long)]
    pub email: String,
}
