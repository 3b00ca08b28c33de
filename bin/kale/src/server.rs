//! A running installation: what `main` starts, and what tests start in the same way.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::ServerHandle,
    middleware::{Compress, from_fn},
    web::Data,
};
use anyhow::{Context as _, Result};
use kale_application::{
    access::{Callers, SignIns},
    api_keys::ApiKeys,
    audit::AuditLog,
    companies::Companies,
    customers::Customers,
    events::Events,
    identity::ProviderSignIns,
    installation::Setup,
    live::Live,
    mail::{KeptMails, Outbox},
    measures::Measures,
    offers::Offers,
    personas::Personas,
    reasons::Reasons,
    saved_views::SavedViews,
    sessions::Sessions,
    team::Team,
    uploads::Uploads,
    viewer::Viewer,
    work::Work,
    workflows::Workflows,
};
use kale_blobs::Blobs;
use kale_config::Settings;
use kale_dashboard::{Door, Picture, Provider};
use kale_devdb::Mongod;
use kale_domain::clock::Clock;
use kale_persistence::{Sources, Store, access::Following, blob_folder};
use kale_web::{
    Csrf, Cursors, Drain, Edge, Gate, Limits, Methods, Readiness, Signer, Surface, answer_origins,
    know_caller,
};
use utoipa_actix_web::AppExt as _;
use uuid::Uuid;

use crate::{
    database::{self, Database},
    idempotency::StoredAnswers,
    identity,
    keys::{self, Keys},
    mail::{self, Mail},
    metrics,
    worker::{self, Handlers},
};

/// How long requests have to end when the process is asked to.
const GRACE: Duration = Duration::from_secs(8);
/// How long jobs have; then they get 3 s to give their leases back, so that all of it fits into 10 s.
const WORK_GRACE: Duration = Duration::from_secs(6);
/// How many connections one process holds open.
const CONNECTIONS: usize = 4_096;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Whether it serves HTTP.
    pub serve: bool,
    /// Whether it does background work.
    pub work: bool,
}

/// A running installation. Ask it to [`stop`](Running::stop): dropping it ends everything at once.
#[derive(Debug)]
pub struct Running {
    /// Where it is reached.
    pub url: String,
    /// The address of its database.
    pub mongodb_uri: String,
    /// Its store.
    pub store: Store,
    /// Its sign-ins, to mint links.
    pub sign_ins: SignIns,
    /// Where mails wait to be sent.
    pub outbox: Outbox,
    drain: Drain,
    _following: Following,
    server: Option<ServerHandle>,
    worker: Option<kale_jobs::Handle>,
    mongod: Option<Arc<Mongod>>,
}

/// Opens the database, migrates it, checks the key ring, and starts the parts of this process.
pub async fn start(settings: &mut Settings, parts: Parts, sources: Sources) -> Result<Running> {
    std::fs::create_dir_all(&settings.data_dir)
        .with_context(|| format!("the data folder {} can't be made", settings.data_dir.display()))?;
    let Database { store, uri, mongod } = database::open(settings, sources).await?;
    database::migrate(&store).await?;
    let keys = keys::open(settings, &store).await?;
    let blobs = Blobs::local(&settings.data_dir.join("blobs"))?;
    let folder = blobs.identity(store.fresh_id()).await?;
    let drain = Drain::default();
    let listener = parts
        .serve
        .then(|| std::net::TcpListener::bind(settings.listen))
        .transpose();
    let listener = listener.with_context(|| format!("{} can't be listened on", settings.listen))?;
    if let Some(listener) = &listener {
        settings.listening_on(listener.local_addr()?);
    }
    let mail = mail::open(settings, &store, &keys.ring)?;
    let provider = identity::open(settings, &store, &keys.ring)?;
    if parts.serve && provider.is_none() {
        mail::say_if_off(settings);
    }
    let people = People::new(&store, &mail, provider);
    let following = people.callers.follow();
    let handlers = Handlers {
        blobs: blobs.clone(),
        post: mail.post.clone(),
        identity: people.provider.clone(),
    };
    let worker = parts
        .work
        .then(|| worker::start(&store, &handlers, worker::Options::of(&settings.listen)))
        .transpose()?;
    if let Some(admin) = settings.admin_listen {
        metrics::serve(admin)?;
    }
    let server = match listener {
        Some(listener) => {
            let site = Site::new(settings, &store, &blobs, &keys, &people, drain.clone(), folder);
            Some(serve(site, listener)?)
        }
        None => None,
    };
    let url = settings.base_url.as_str().trim_end_matches('/').to_owned();
    Ok(Running {
        url,
        mongodb_uri: uri,
        store,
        sign_ins: people.sign_ins,
        outbox: mail.outbox,
        drain,
        _following: following,
        server,
        worker,
        mongod,
    })
}

impl Running {
    /// The local database, where it is ours.
    #[must_use]
    pub const fn mongod(&self) -> Option<&Arc<Mongod>> {
        self.mongod.as_ref()
    }

    /// Says at `/readyz` that this process goes away, and goes on answering: whoever spreads requests over several
    /// processes has time to see it.
    pub fn begin_leaving(&self) {
        self.drain.begin();
    }

    /// Says so at `/readyz`, lets requests and jobs end, gives leases back, stops the local database.
    pub async fn stop(self) -> Result<()> {
        self.begin_leaving();
        // At the same time: neither waits for the other's slowest.
        let requests = async {
            if let Some(server) = self.server {
                server.stop(true).await;
            }
        };
        let jobs = async {
            match self.worker {
                Some(worker) => worker.shutdown(WORK_GRACE).await,
                None => Ok(()),
            }
        };
        let ((), jobs) = tokio::join!(requests, jobs);
        jobs?;
        drop(self.store);
        if let Some(mongod) = self.mongod {
            tokio::task::spawn_blocking(move || mongod.stop()).await??;
        }
        Ok(())
    }
}

/// What every worker thread of the server builds its routes from.
#[derive(Clone)]
struct Site {
    edge: Edge,
    web: kale_web::Deps,
    api: kale_http_api::Deps,
    dashboard: kale_dashboard::Deps,
    viewer: kale_viewer::Deps,
    readiness: Readiness,
}

impl Site {
    fn new(
        settings: &Settings,
        store: &Store,
        blobs: &Blobs,
        keys: &Keys,
        people: &People,
        drain: Drain,
        folder: Uuid,
    ) -> Self {
        let signer = Signer::new(&keys.signing);
        let csrf = Csrf::new(signer.clone());
        let authenticate: Arc<Callers> = Arc::clone(&people.callers);
        let limits = Limits::new(settings.requests_per_second, settings.trusted_proxies.clone());
        let gate = Gate::new(
            authenticate,
            csrf,
            limits,
            &settings.base_url,
            settings.secure_cookies(),
        )
        .open_to(settings.allowed_origins.clone());
        let (pinged, asked) = (store.clone(), store.clone());
        let ready = Readiness::new(drain.clone()).check("database", move || {
            let store = pinged.clone();
            async move { store.ping().await.map_err(|error| error.to_string()) }
        });
        let ready = ready.check("blobs", move || {
            let store = asked.clone();
            async move {
                match blob_folder::is_ours(&store, folder).await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err("another folder of blobs belongs to this database".to_owned()),
                    Err(error) => Err(error.to_string()),
                }
            }
        });
        let sources = store.sources();
        let public_url = settings.base_url.as_str().trim_end_matches('/').to_owned();
        let viewer = Viewer::new(store.clone(), Arc::clone(&keys.ring));
        let api = use_cases(store, blobs, people, drain.clone(), viewer, public_url);
        Self {
            viewer: kale_viewer::Deps {
                viewer: api.viewer.clone(),
                sessions: api.sessions.clone(),
            },
            dashboard: dashboard(
                &api,
                Setup::new(store.clone()),
                people,
                Arc::clone(&sources.clock),
                settings.secure_cookies(),
            ),
            edge: Edge::new(&settings.base_url, drain, sources.clock, sources.ids)
                .surface(kale_dashboard::surface())
                .surface(kale_viewer::surface())
                .surface(Surface::json("/api"))
                .surface(Surface::json("/openapi.json"))
                .surface(Surface::json("/healthz"))
                .surface(Surface::json("/readyz")),
            web: kale_web::Deps {
                gate,
                cursors: Cursors::new(signer),
                idempotency: Arc::new(StoredAnswers(store.clone())),
            },
            api,
            readiness: ready,
        }
    }
}

/// How people come in: one memory of who they are, and what stands on it.
struct People {
    callers: Arc<Callers>,
    sign_ins: SignIns,
    provider: Option<ProviderSignIns>,
    team: Team,
    kept: Option<KeptMails>,
}

impl People {
    fn new(store: &Store, mail: &Mail, provider: Option<ProviderSignIns>) -> Self {
        let standing = provider.as_ref().map(ProviderSignIns::standing);
        let callers = Arc::new(Callers::new(store.clone()).standing_on(standing));
        let (outbox, elsewhere) = (&mail.outbox, provider.is_some());
        Self {
            sign_ins: SignIns::new(store.clone(), Arc::clone(&callers), outbox.clone()).elsewhere(elsewhere),
            team: Team::new(store.clone(), Arc::clone(&callers), outbox.clone()).elsewhere(elsewhere),
            provider,
            kept: mail.kept.clone(),
            callers,
        }
    }
}

/// Every use case, over one store.
fn use_cases(
    store: &Store,
    blobs: &Blobs,
    people: &People,
    drain: Drain,
    viewer: Viewer,
    public_url: String,
) -> kale_http_api::Deps {
    let callers = &people.callers;
    kale_http_api::Deps {
        sign_ins: people.sign_ins.clone(),
        provider: people.provider.clone(),
        fresh_nonce: kale_persistence::sign_ins::fresh_browser_nonce,
        api_keys: ApiKeys::new(store.clone(), Arc::clone(callers)),
        audit: AuditLog::new(store.clone()),
        companies: Companies::new(store.clone(), Arc::clone(callers), people.team.clone()),
        team: people.team.clone(),
        customers: Customers::new(store.clone()),
        personas: Personas::new(store.clone()),
        saved_views: SavedViews::new(store.clone()),
        reasons: Reasons::new(store.clone()),
        offers: Offers::new(store.clone()),
        workflows: Workflows::new(store.clone()),
        uploads: Uploads::new(store.clone(), blobs.clone()),
        viewer,
        sessions: Sessions::new(store.clone()),
        events: Events::new(store.clone()),
        measures: Measures::new(store.clone()),
        public_url,
        work: Work::new(store.clone()),
        live: Live::start(store),
        drain,
    }
}

/// The dashboard stands on the same use cases as the API.
fn dashboard(
    api: &kale_http_api::Deps,
    setup: Setup,
    people: &People,
    clock: Arc<dyn Clock>,
    secure_cookies: bool,
) -> kale_dashboard::Deps {
    kale_dashboard::Deps {
        clock,
        setup,
        door: Door {
            fresh_nonce: api.fresh_nonce,
            secure_cookies,
            mailbox: people.kept.is_some().then(|| kale_dashboard::MAILBOX.to_owned()),
        },
        kept: people.kept.clone(),
        sign_ins: api.sign_ins.clone(),
        provider: Provider(people.provider.clone()),
        team: api.team.clone(),
        api_keys: api.api_keys.clone(),
        audit: api.audit.clone(),
        companies: api.companies.clone(),
        customers: api.customers.clone(),
        personas: api.personas.clone(),
        workflows: api.workflows.clone(),
        sessions: api.sessions.clone(),
        measures: api.measures.clone(),
        viewer: api.viewer.clone(),
        reasons: api.reasons.clone(),
        offers: api.offers.clone(),
        picture: Picture(kale_viewer::picture),
        saved_views: api.saved_views.clone(),
        uploads: api.uploads.clone(),
        work: api.work.clone(),
        live: api.live.clone(),
        drain: api.drain.clone(),
    }
}

fn serve(site: Site, listener: std::net::TcpListener) -> Result<ServerHandle> {
    let server = HttpServer::new(move || {
        let Site {
            edge,
            web,
            api,
            dashboard,
            viewer,
            readiness,
        } = site.clone();
        let (app, document) = App::new()
            .into_utoipa_app()
            .configure(kale_http_api::configure(api))
            .split_for_parts();
        app.app_data(Data::new(Methods::of(&document)))
            .configure(kale_web::configure(web))
            .configure(kale_dashboard::configure(dashboard))
            .configure(kale_viewer::configure(viewer))
            .configure(|config| kale_web::configure_health(config, &readiness))
            .wrap(Compress::default())
            .wrap(from_fn(answer_origins))
            .wrap(from_fn(know_caller))
            .wrap(edge)
    })
    .workers(std::thread::available_parallelism().map_or(2, std::num::NonZero::get))
    .max_connections(CONNECTIONS)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(GRACE.as_secs())
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(error = %error, "the server ended");
        }
    });
    Ok(handle)
}
