//! WorkOS's own emulator, as a process that ends with the test.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use actix_web::http::Method;
use serde_json::{Value, json};

/// What its answers and ours are signed with in tests.
const WEBHOOK_SECRET: &str = "whsec_of_tests";

/// A WorkOS of one test.
pub struct Emulator {
    child: Child,
    url: String,
    api_key: String,
    http: awc::Client,
}

/// The folder with what is installed, once a process.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/identity");
        if !folder.join("node_modules/workos").is_dir() {
            let installed = Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder)
                .status();
            let installed =
                installed.unwrap_or_else(|error| panic!("npm is needed; install Node 20 or newer: {error}"));
            assert!(installed.success(), "WorkOS's emulator could not be installed");
        }
        folder
    })
}

/// Runs a script of that folder with an input; answers what it says.
#[must_use]
pub fn node(script: &str, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Emulator {
    /// Starts an empty one.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new("node")
            .arg("emulate.js")
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        assert!(said.unwrap() > 0, "the emulator said nothing");
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            url: ready["url"].as_str().unwrap().to_owned(),
            api_key: ready["apiKey"].as_str().unwrap().to_owned(),
            http: awc::Client::builder().disable_redirects().finish(),
        }
    }

    /// The variables of a server that signs people in through it.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, &str); 5] {
        [
            ("KALE_IDENTITY", "workos"),
            ("KALE_WORKOS_CLIENT_ID", "client_of_tests"),
            ("KALE_WORKOS_API_KEY", &self.api_key),
            ("KALE_WORKOS_BASE_URL", &self.url),
            ("KALE_WORKOS_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ]
    }

    /// What its calls are signed with.
    #[must_use]
    pub const fn webhook_secret(&self) -> &'static str {
        WEBHOOK_SECRET
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks it as whoever runs the installation; fails where it says no.
    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method.clone(), format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.api_key);
        let mut answer = if body.is_null() {
            request.send().await.unwrap()
        } else {
            request.send_json(body).await.unwrap()
        };
        let text = answer.body().await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {text:?}");
        serde_json::from_slice(&text).unwrap_or(Value::Null)
    }

    /// Makes somebody with a confirmed address; answers their name there.
    pub async fn person(&self, email: &str) -> String {
        let new =
            json!({ "email": email, "first_name": "Ada", "last_name": "Okafor", "email_verified": true });
        let made = self.ask(Method::POST, "/user_management/users", &new).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Makes an organization that says it is the company of that id or short name.
    pub async fn organization(&self, name: &str, external_id: &str) -> String {
        let new = json!({ "name": name, "external_id": external_id });
        let made = self.ask(Method::POST, "/organizations", &new).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Lets somebody belong to an organization; answers the membership's name.
    pub async fn member(&self, person: &str, organization: &str, role: &str) -> String {
        let new = json!({ "user_id": person, "organization_id": organization, "role_slug": role });
        let path = "/user_management/organization_memberships";
        let made = self.ask(Method::POST, path, &new).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Opens an address of it without following where it leads; answers that.
    pub async fn leads_to(&self, address: &str) -> String {
        assert!(address.starts_with(&self.url), "{address}");
        let answer = self.http.get(address).send().await.unwrap();
        let to = answer
            .headers()
            .get("location")
            .map(|to| to.to_str().unwrap().to_owned());
        to.unwrap_or_else(|| panic!("{address} leads nowhere: {}", answer.status()))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Only a process that ended by itself can't be killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
