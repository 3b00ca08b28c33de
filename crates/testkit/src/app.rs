//! The application under test: what `main` starts, on port 0, on a database of its own.

use std::{
    num::NonZeroU32,
    sync::{Arc, OnceLock},
};

use jiff::SignedDuration;
use kale::server::{self, Parts, Running};
use kale_application::{
    access::{Proof, Provenance},
    installation::{NewUser, Setup},
    mail::Outbox,
};
use kale_config::{Flags, Settings};
use kale_domain::{access::Role, id::UserId, secret::Token};
use kale_persistence::{Sources, Store, access};

use crate::{Client, Emulator, TestClock, TestCompany, clock::SeededIds, mongod};

/// The server, its worker and its database.
pub struct TestApp(Held);

enum Held {
    Own(Box<Started>),
    Shared(&'static Started),
}

struct Started {
    running: Running,
    clock: Arc<TestClock>,
    folder: tempfile::TempDir,
}

impl Started {
    async fn on(mongodb_uri: &str, requests_per_second: NonZeroU32, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::with(
            mongodb_uri,
            requests_per_second,
            more,
            folder,
            SeededIds::default(),
            TestClock::new(),
        )
        .await
    }

    async fn with(
        mongodb_uri: &str,
        requests_per_second: NonZeroU32,
        more: &[(&str, &str)],
        folder: tempfile::TempDir,
        ids: SeededIds,
        clock: Arc<TestClock>,
    ) -> Self {
        // The first one of the process counts; the others are the same.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let flags = Flags {
            mongodb_uri: Some(mongodb_uri.to_owned().into()),
            listen: Some("127.0.0.1:0".to_owned()),
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let more = more
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let mut settings = Settings::read(&flags, more, None).unwrap();
        settings.requests_per_second = requests_per_second;
        let sources = Sources {
            clock: Arc::<TestClock>::clone(&clock),
            ids: Arc::new(ids),
        };
        let parts = Parts {
            serve: true,
            work: true,
        };
        let running = server::start(&mut settings, parts, sources).await.unwrap();
        Self {
            running,
            clock,
            folder,
        }
    }
}

impl TestApp {
    /// Starts it.
    pub async fn start() -> Self {
        Self::start_on(&mongod::fresh_database()).await
    }

    /// The one that tests share who need nothing but companies of their own; started at the first call. Whoever moves
    /// the clock, stops it or looks at everything in it starts another.
    #[must_use]
    pub fn shared() -> Self {
        static APP: OnceLock<Started> = OnceLock::new();
        Self(Held::Shared(APP.get_or_init(|| {
            let (sender, started) = std::sync::mpsc::channel();
            // What it stands on lives as long as this thread, so that no test takes it away from the others.
            drop(std::thread::spawn(move || {
                actix_web::rt::System::new().block_on(async move {
                    sender
                        .send(Started::on(&mongod::fresh_database(), NonZeroU32::MAX, &[]).await)
                        .unwrap();
                    std::future::pending::<()>().await;
                });
            }));
            started.recv().unwrap()
        })))
    }

    /// Starts it on that database.
    pub async fn start_on(mongodb_uri: &str) -> Self {
        Self(Held::Own(Box::new(
            Started::on(mongodb_uri, NonZeroU32::MAX, &[]).await,
        )))
    }

    /// Starts a second server of the same installation: on the same database, with the same key.
    pub async fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = "secret.key";
        std::fs::copy(self.data_dir().join(key), folder.path().join(key)).unwrap();
        let ids = SeededIds::from(1 << 40);
        let clock = TestClock::new();
        let started = Started::with(self.mongodb_uri(), NonZeroU32::MAX, &[], folder, ids, clock).await;
        Self(Held::Own(Box::new(started)))
    }

    /// Starts one that signs people in through that emulator, whose tokens go by the machine's clock.
    pub async fn start_through(emulator: &Emulator) -> Self {
        let (database, folder) = (mongod::fresh_database(), tempfile::tempdir().unwrap());
        Self::through(emulator, &database, folder, SeededIds::default()).await
    }

    /// Starts a second server of the same installation, through the same emulator.
    pub async fn beside_through(&self, emulator: &Emulator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = "secret.key";
        std::fs::copy(self.data_dir().join(key), folder.path().join(key)).unwrap();
        Self::through(emulator, self.mongodb_uri(), folder, SeededIds::from(1 << 40)).await
    }

    async fn through(emulator: &Emulator, database: &str, folder: tempfile::TempDir, ids: SeededIds) -> Self {
        let (clock, variables) = (TestClock::at_present(), emulator.variables());
        let started = Started::with(database, NonZeroU32::MAX, &variables, folder, ids, clock).await;
        Self(Held::Own(Box::new(started)))
    }

    /// Starts one that lets through so many requests a second of each caller; all others let through any number.
    pub async fn start_limited(requests_per_second: u32) -> Self {
        let database = mongod::fresh_database();
        let limit = NonZeroU32::new(requests_per_second).unwrap();
        Self(Held::Own(Box::new(Started::on(&database, limit, &[]).await)))
    }

    /// Starts it with those variables; mail is off without any.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        let database = mongod::fresh_database();
        Self(Held::Own(Box::new(
            Started::on(&database, NonZeroU32::MAX, variables).await,
        )))
    }

    const fn started(&self) -> &Started {
        match &self.0 {
            Held::Own(started) => started,
            Held::Shared(started) => started,
        }
    }

    const fn running(&self) -> &Running {
        &self.started().running
    }

    /// Whether other tests have companies in it.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self.0, Held::Shared(_))
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.running().url
    }

    /// Its store, for looking behind the API.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.running().store
    }

    /// Where its mails wait.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.running().outbox
    }

    /// The address of its database, for faults planted behind the product's back.
    #[must_use]
    pub fn mongodb_uri(&self) -> &str {
        &self.running().mongodb_uri
    }

    /// Its folder of local data.
    #[must_use]
    pub fn data_dir(&self) -> &std::path::Path {
        self.started().folder.path()
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        assert!(!self.is_shared(), "other tests live by this clock");
        self.started().clock.advance(by);
    }

    /// A client that is nobody.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// A client with that bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(self.url(), Some(token.to_owned()))
    }

    /// A new company with its people.
    pub async fn company(&self, name: &str) -> TestCompany {
        TestCompany::create(self, name).await
    }

    /// A new Kale admin, twice signed in: in no company, and in that one.
    pub async fn kale_admin(&self, company: &TestCompany) -> (Client, Client) {
        let new = NewUser {
            email: format!("kim@{}.example", company.id.to_string().replace('_', "-"))
                .parse()
                .unwrap(),
            name: "Kim".to_owned(),
            role: Role::KaleAdmin,
        };
        let setup = Setup::new(self.store().clone());
        let user = setup.create_user(access::operator(), None, new).await.unwrap();
        let (outside, inside) = (self.signed_in(user.id).await, self.signed_in(user.id).await);
        let enter = format!("/companies/{}/enter", company.id);
        drop(inside.post(&enter, &serde_json::json!({})).await.expect(200));
        (outside, inside)
    }

    /// A link that signs that user in, once.
    pub async fn link(&self, user: UserId) -> Token {
        self.running()
            .sign_ins
            .mint(access::operator(), user)
            .await
            .unwrap()
    }

    /// A client that is signed in as that user.
    pub async fn signed_in(&self, user: UserId) -> Client {
        let sign_ins = &self.running().sign_ins;
        let link = sign_ins.mint(access::operator(), user).await.unwrap();
        let proof = Proof::Link {
            token: link.reveal(),
            browser: None,
        };
        let (_, token) = sign_ins.redeem(proof, &Provenance::default()).await.unwrap();
        Client::new(self.url(), Some(token.reveal().to_owned()))
    }

    /// Stops it in order, unless others share it.
    pub async fn stop(self) {
        if let Held::Own(started) = self.0 {
            started.running.stop().await.unwrap();
        }
    }
}
