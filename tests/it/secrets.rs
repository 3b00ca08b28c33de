//! No secret is written where it could be read: each that comes up in a day of an installation is looked for in every log
//! line, answer, figure and document, and in the files of the database, which compresses none of them here.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use actix_web::http::Method;
use kale_domain::access::Role;
use kale_testkit::{Answer, Client, Installation, KaleProcess};
use mongodb::bson::{RawDocumentBuf, doc};
use serde_json::json;

/// A mail server's password, which is never there to take it.
const PASSWORD: &str = "planted-smtp-password-93afc1";
/// What a client that is set up wrongly sends at places where nothing secret belongs.
const ASTRAY: &str = "kale_key_01h455vb4pex5vsknk084sn02q_plantedplantedplantedplantedplantedplanted0";

const UNCOMPRESSED: [&str; 4] = [
    "--wiredTigerCollectionBlockCompressor",
    "none",
    "--wiredTigerJournalCompressor",
    "none",
];

/// What is secret, by what it is.
type Secrets = BTreeMap<&'static str, String>;

/// Which of them stand in these bytes.
fn found(secrets: &Secrets, bytes: &[u8]) -> Vec<&'static str> {
    let stands = |secret: &str| memchr::memmem::find(bytes, secret.as_bytes()).is_some();
    secrets
        .iter()
        .filter(|(_, secret)| stands(secret))
        .map(|(name, _)| *name)
        .collect()
}

fn secret_of(token: &str) -> String {
    // What stands before is an id, which is no secret; the secret itself is longer, and may have a `_` anywhere.
    token[token.len() - 20..].to_owned()
}

/// A port that nobody listens on, for a listener to come.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends what a client that is set up wrongly sends: a secret where none belongs. Its answers.
async fn astray(client: &Client) -> Vec<Answer> {
    let mut answers = Vec::new();
    let path = format!("/customers?filter[name]={ASTRAY}");
    answers.push(client.get(&path).await);
    answers.push(client.get(&format!("/customers/{ASTRAY}")).await);
    let body = json!({ "external_id": "c-1", ASTRAY: ASTRAY });
    answers.push(client.post("/customers", &body).await);
    let headers = [("user-agent", ASTRAY), ("x-request-id", ASTRAY)];
    answers.push(client.send(Method::GET, "/me", &headers, "").await);
    answers.push(client.holding(ASTRAY).get("/me").await);
    answers.push(client.get(&format!("/sign-in/link/{ASTRAY}")).await);
    answers
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

/// Where secrets stand in documents: `collection: secret`.
async fn in_documents(uri: &str, secrets: &Secrets) -> Vec<String> {
    let client = mongodb::Client::with_uri_str(uri).await.unwrap();
    let database = client.database("kale");
    let mut hits = Vec::new();
    for name in database.list_collection_names().await.unwrap() {
        let all = database.collection::<RawDocumentBuf>(&name);
        let mut all = all.find(doc! {}).await.unwrap();
        while all.advance().await.unwrap() {
            let stands = found(secrets, all.current().as_bytes());
            hits.extend(stands.into_iter().map(|secret| format!("{name}: {secret}")));
        }
    }
    hits
}

/// Where secrets stand in files: `file: secret`.
fn in_files(folder: &Path, secrets: &Secrets) -> Vec<String> {
    let mut hits = Vec::new();
    for path in files(folder) {
        let stands = found(secrets, &std::fs::read(&path).unwrap());
        hits.extend(
            stands
                .into_iter()
                .map(|secret| format!("{}: {secret}", path.display())),
        );
    }
    hits
}

#[actix_web::test]
async fn a_secret_stands_in_no_log_answer_figure_document_or_file() {
    let installation = Installation::start_with(&UNCOMPRESSED).await;
    let (uri, folder) = (installation.mongod().uri(), installation.data_dir());
    let (tenant, key) = installation.company("acme").await;
    let metrics = format!("127.0.0.1:{}", free_port());
    let variables = [
        ("KALE_LOG", "trace"),
        ("KALE_SMTP_URL", &format!("smtp://kale:{PASSWORD}@127.0.0.1:9")),
        ("KALE_MAIL_FROM", "Kale <kale@acme.example>"),
        ("KALE_ADMIN_LISTEN", &metrics),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut server = KaleProcess::launch_with(&uri, &folder, &variables);
    server.ready().await;
    let program = server.with_token(&key);
    let mut secrets = Secrets::new();
    let mut keep = |name, text: String| drop(secrets.insert(name, text));
    keep("the password of the mail server", PASSWORD.to_owned());
    keep("a key that went astray", secret_of(ASTRAY));
    keep("an API key", secret_of(&key));
    let ring = std::fs::read_to_string(folder.join("secret.key")).unwrap();
    keep("the key ring", ring.trim().to_owned());

    // A person signs in, as a browser and as a program, and makes whatever is secret.
    let setup = kale_application::installation::Setup::new(installation.store().clone());
    let user = kale_application::installation::NewUser {
        email: "ada@acme.example".parse().unwrap(),
        name: "Ada".to_owned(),
        role: Role::RetentionAdmin,
    };
    let operator = kale_persistence::access::operator();
    let user = setup.create_user(operator, Some(tenant), user).await.unwrap();
    let link = async || {
        let minted = kale_persistence::sign_ins::mint_link(installation.store(), user.id, None).await;
        minted.unwrap().token.reveal().to_owned()
    };
    let (used, unused) = (link().await, link().await);
    let wanted = json!({ "grant": "link", "token": used });
    let pair = server.stranger().post("/auth/token", &wanted).await.expect(200);
    keep("a link that was used", secret_of(&used));
    keep("a link that was not used", secret_of(&unused));
    keep("an access token", secret_of(&pair.string("/access_token")));
    let refresh = json!({ "refresh_token": pair.string("/refresh_token") });
    let next = server
        .stranger()
        .post("/auth/refresh", &refresh)
        .await
        .expect(200);
    keep(
        "a refresh token that was exchanged",
        secret_of(&pair.string("/refresh_token")),
    );
    keep("a refresh token", secret_of(&next.string("/refresh_token")));
    let owner = server.with_token(&next.string("/access_token"));
    let wanted = json!({ "name": "Sync", "permissions": ["customers.read"] });
    let made = owner.post("/api-keys", &wanted).await.expect(201);
    keep("a second API key", secret_of(&made.string("/token")));
    let made = owner
        .post("/viewer/secrets", &json!({ "name": "Shop" }))
        .await
        .expect(201);
    keep("a viewer secret", secret_of(&made.string("/secret")));
    program
        .file_imported(&crate::faults::file(3), "upsert", None)
        .await;
    let wish = json!({ "customer": { "external_id": "c-0" }, "trigger": "cancel_intent", "mode": "live" });
    let minted = program.post("/viewer/tokens", &wish).await.expect(201);
    keep(
        "a subscriber's token",
        minted.string("/token").rsplit('.').next().unwrap().to_owned(),
    );
    keep(
        "a handle",
        minted.string("/url").rsplit('/').next().unwrap().to_owned(),
    );
    let invited = json!({ "email": "bo@acme.example", "name": "Bo", "role": "retention_expert" });
    drop(owner.post("/users", &invited).await.expect(201));
    drop(
        server
            .stranger()
            .post("/auth/local/link", &json!({ "email": "ada@acme.example" }))
            .await,
    );
    let mut said: Vec<String> = Vec::new();
    for client in [&owner, &program, &server.stranger()] {
        said.extend(astray(client).await.iter().map(Answer::text));
    }
    // The mails are tried, in vain.
    super::faults::pause(3_000).await;
    let figures = awc::Client::default()
        .get(format!("http://{metrics}/metrics"))
        .send()
        .await;
    let figures = figures.unwrap().body().limit(10_000_000).await.unwrap();
    server.terminate();
    assert!(server.ended(std::time::Duration::from_mins(1)).await.is_some());
    let secrets = secrets;

    assert!(!figures.is_empty());
    assert_eq!(found(&secrets, &figures), [""; 0]);
    let log = server.log();
    assert!(log.len() > 10_000, "it says much: {}", log.len());
    let told: Vec<&str> = log
        .lines()
        .filter(|line| !found(&secrets, line.as_bytes()).is_empty())
        .collect();
    assert_eq!(told, [""; 0]);
    // Whoever sent it is told what they sent; nobody is told anything else.
    let hits = found(&secrets, said.join("\n").as_bytes());
    assert_eq!(hits, ["a key that went astray"]);
    assert_eq!(in_documents(&uri, &secrets).await, [""; 0]);

    // The control: one that is planted is found in a document and, when the database has ended, in its files.
    let database = mongodb::Client::with_uri_str(&uri)
        .await
        .unwrap()
        .database("kale");
    let planted = doc! { "text": &secrets["an API key"] };
    assert_eq!(
        in_files(&folder, &secrets),
        [format!("{}: the key ring", folder.join("secret.key").display())]
    );
    let stored = folder.parent().unwrap().join("mongodb");
    installation.mongod().stop().unwrap();
    assert_eq!(in_files(&stored, &secrets), [""; 0]);
    installation.mongod().restart().unwrap();
    drop(database.collection("planted").insert_one(planted).await.unwrap());
    assert_eq!(in_documents(&uri, &secrets).await, ["planted: an API key"]);
    installation.mongod().stop().unwrap();
    assert!(!in_files(&stored, &secrets).is_empty());
}
