//! WorkOS's own emulator beside the demo, so that signing in through a company can be looked at without an account there.
//! It ends with the demo and forgets everything, so that the demo's data are thrown away, too.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use actix_web::http::Method;
use anyhow::{Context as _, Result, ensure};
use kale_config::{IdentitySettings, WorkOsSettings};
use serde_json::{Value, json};
use tokio::{
    fs,
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::{
    client::{Api, text},
    people::{COMPANY, EXPERT, OWNER, SLUG, Somebody},
};

/// What starts it: the same that the tests sign in through.
const SCRIPT: &str = include_str!("../../../../tests/identity/emulate.js");

/// What npm is to install, to the byte.
const PACKAGES: [(&str, &str); 2] = [
    (
        "package.json",
        include_str!("../../../../tests/identity/package.json"),
    ),
    (
        "package-lock.json",
        include_str!("../../../../tests/identity/package-lock.json"),
    ),
];

/// A running emulator.
pub struct Emulator {
    /// It ends when its input does, which this process holds.
    _child: Child,
    url: String,
    api_key: String,
}

impl Emulator {
    /// Starts it; the first time it is fetched into the cache by npm.
    pub async fn start(cache: &Path) -> Result<Self> {
        let folder = installed(cache).await?;
        let mut child = Command::new("node")
            .arg("emulate.js")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node could not be started; install Node 20 or newer")?;
        let output = child.stdout.take().context("the emulator has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        let ready: Value = serde_json::from_str(&line).context("the emulator did not start")?;
        Ok(Self {
            _child: child,
            url: text(&ready, "/url")?.to_owned(),
            api_key: text(&ready, "/apiKey")?.to_owned(),
        })
    }

    /// The settings of a server that signs people in through it.
    pub fn settings(&self) -> Result<IdentitySettings> {
        Ok(IdentitySettings::WorkOs(WorkOsSettings {
            base_url: self.url.parse().context("the emulator's address")?,
            client_id: "client_of_the_demo".to_owned(),
            api_key: self.api_key.clone().into(),
            webhook_secrets: Vec::new(),
            roles: None,
        }))
    }

    /// Has it know the demo's company as an organization, and its people.
    pub(super) async fn introduce(&self) -> Result<()> {
        let api = Api::at(&self.url, &self.api_key);
        let new = json!({ "name": COMPANY, "external_id": SLUG });
        let organization = make(&api, "/organizations", new).await?;
        for (somebody, role) in [(OWNER, "admin"), (EXPERT, "member")] {
            join(&api, &somebody, &organization, role).await?;
        }
        Ok(())
    }
}

async fn join(api: &Api, somebody: &Somebody, organization: &str, role: &str) -> Result<()> {
    let (first, last) = somebody.name.split_once(' ').unwrap_or((somebody.name, ""));
    let new = json!({
        "email": somebody.email, "first_name": first, "last_name": last, "email_verified": true,
    });
    let person = make(api, "/user_management/users", new).await?;
    let new = json!({ "user_id": person, "organization_id": organization, "role_slug": role });
    make(api, "/user_management/organization_memberships", new)
        .await
        .map(drop)
}

/// Makes something there; answers its name.
async fn make(api: &Api, path: &str, new: Value) -> Result<String> {
    let made = api.json(Method::POST, path, &[], &new).await?;
    Ok(text(&made.body, "/id")?.to_owned())
}

/// The folder it runs in, with all of it there. The script comes last, so that where it is nothing is missing.
async fn installed(cache: &Path) -> Result<PathBuf> {
    let folder = cache.join("workos-emulator");
    let script = folder.join("emulate.js");
    let mut missing = fs::read_to_string(&script).await.ok().as_deref() != Some(SCRIPT);
    for (name, wanted) in PACKAGES {
        missing |= fs::read_to_string(folder.join(name)).await.ok().as_deref() != Some(wanted);
    }
    if missing {
        fs::create_dir_all(&folder).await?;
        for (name, wanted) in PACKAGES {
            fs::write(folder.join(name), wanted).await?;
        }
        let installed = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .await
            .context("npm could not be started; install Node 20 or newer")?;
        ensure!(installed.success(), "npm could not install WorkOS's emulator");
        fs::write(script, SCRIPT).await?;
    }
    Ok(folder)
}
