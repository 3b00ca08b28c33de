//! Background work: which handler runs which kind, and when recurring work is due.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Result;
use kale_application::{
    audit::{SealAudit, VerifyAudit, is_waiting, seal_audit, verify_audit},
    companies::{PurgeCompany, purge_company},
    identity::{
        CarryInvitation, FollowIdentity, HeedIdentity, ProviderSignIns, TakeInvitationBack, carry_invitation,
        follow_identity, heed_identity, take_invitation_back,
    },
    keys::{RotateKeys, rotate_keys},
    mail::{PostOffice, SendMail, send_mail},
    measures::{
        CheckRollups, RebuildRollups, RollUp, SweepRollups, check_rollups, rebuild_rollups, roll_up,
        sweep_rollups,
    },
    personas::{AssignPersonas, SweepPersonas, assign_personas, sweep_personas},
    sessions::{SweepSessions, sweep_sessions},
    uploads::{
        ImportUpload, ProfileUpload, RefreshCustomers, ValidateUpload, run_import, run_profile, run_refresh,
        run_validation,
    },
};
use kale_blobs::Blobs;
use kale_domain::clock::Clock;
use kale_jobs::{Config, Handle, Job as _, Lease, Registry, Timetable, Worker};
use kale_persistence::Store;

/// What handlers need beside the store.
#[derive(Debug, Clone)]
pub struct Handlers {
    /// Files of companies.
    pub blobs: Blobs,
    /// What mails are sent with.
    pub post: PostOffice,
    /// Who says who people are, where it is not this installation.
    pub identity: Option<ProviderSignIns>,
}

/// Every kind of work of this build.
#[must_use]
pub fn registry(store: &Store, handlers: &Handlers) -> Registry {
    let Handlers {
        blobs,
        post,
        identity,
    } = handlers.clone();
    let uploads = || (store.clone(), blobs.clone());
    let (profiles, checks, imports) = (uploads(), uploads(), uploads());
    let (refreshed, assigned, swept) = (store.clone(), store.clone(), store.clone());
    let (sealed, verified) = (store.clone(), store.clone());
    let purged = uploads();
    let (rotated, ring) = (store.clone(), Arc::clone(&post.ring));
    let (idle, again) = (store.clone(), identity.clone());
    let (invites, takes_back) = (identity.clone(), identity.clone());
    let (counted, rebuilt, compared, left) = (store.clone(), store.clone(), store.clone(), store.clone());
    Registry::new()
        .on::<ProfileUpload>(async move |job, lease: Lease| {
            run_profile(&profiles.0, &profiles.1, job, &lease).await
        })
        .on::<ValidateUpload>(async move |job, lease: Lease| {
            run_validation(&checks.0, &checks.1, job, &lease).await
        })
        .on::<ImportUpload>(async move |job, lease: Lease| {
            run_import(&imports.0, &imports.1, job, &lease).await
        })
        .on::<RefreshCustomers>(async move |job, lease: Lease| run_refresh(&refreshed, job, &lease).await)
        .on::<AssignPersonas>(async move |job, lease: Lease| assign_personas(&assigned, job, &lease).await)
        .on::<SweepPersonas>(async move |job, lease: Lease| sweep_personas(&swept, job, &lease).await)
        .on::<SweepSessions>(async move |job, lease: Lease| sweep_sessions(&idle, job, &lease).await)
        .on::<RollUp>(async move |job, lease: Lease| roll_up(&counted, job, &lease).await)
        .on::<RebuildRollups>(async move |job, lease: Lease| rebuild_rollups(&rebuilt, job, &lease).await)
        .on::<CheckRollups>(async move |job, lease: Lease| check_rollups(&compared, job, &lease).await)
        .on::<SealAudit>(async move |job, lease: Lease| seal_audit(&sealed, job, &lease).await)
        .on::<VerifyAudit>(async move |job, lease: Lease| verify_audit(&verified, job, &lease).await)
        .on::<PurgeCompany>(async move |job, lease: Lease| {
            purge_company(&purged.0, &purged.1, job, &lease).await
        })
        .on::<RotateKeys>(async move |job, lease: Lease| rotate_keys(&rotated, &ring, job, &lease).await)
        .on::<SendMail>(async move |job, lease: Lease| send_mail(&post, job, &lease).await)
        .on::<HeedIdentity>(async move |job, lease: Lease| heed_identity(again.as_ref(), job, &lease).await)
        .on::<CarryInvitation>(async move |job, lease: Lease| {
            carry_invitation(invites.as_ref(), job, &lease).await
        })
        .on::<TakeInvitationBack>(async move |job, lease: Lease| {
            take_invitation_back(takes_back.as_ref(), job, &lease).await
        })
        .on::<FollowIdentity>(async move |job, lease: Lease| {
            follow_identity(identity.as_ref(), job, &lease).await
        })
        .on::<SweepRollups>(async move |job, lease: Lease| sweep_rollups(&left, job, &lease).await)
}

/// Recurring work, each in UTC; `follows` says that an identity provider's events are read.
pub fn timetable(store: &Store, follows: bool) -> Result<Timetable> {
    let nightly = |_slot| SweepPersonas::default().of_installation();
    let minutely = |_slot| SweepSessions::default().of_installation();
    let uncounted = |_slot| SweepRollups::default().of_installation();
    let unsealed = |_slot| SealAudit::default().of_installation();
    let chains = |_slot| VerifyAudit::default().of_installation();
    let asked = store.clone();
    let waiting = move || {
        let store = asked.clone();
        async move { is_waiting(&store).await }
    };
    let followed = |_slot| FollowIdentity::default().of_installation();
    Ok(Timetable::default()
        .every_if(
            "identity_follow",
            "*/5 * * * * *",
            "UTC",
            move || async move { Ok(follows) },
            followed,
        )?
        .every_if("audit_seal", "*/5 * * * * *", "UTC", waiting, unsealed)?
        .every("audit_verify", "50 2 * * *", "UTC", chains)?
        .every("persona_sweep", "20 3 * * *", "UTC", nightly)?
        .every("session_expiry", "* * * * *", "UTC", minutely)?
        .every("rollup", "* * * * *", "UTC", uncounted)?)
}

/// How a worker is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// What it calls itself in leases.
    pub name: String,
    /// The clock of recurring work; `None` goes by the store's.
    pub clock: Option<Arc<dyn Clock>>,
    /// How long a lease lasts.
    pub lease: Duration,
}

impl Options {
    /// Those of a process that listens there: a worker is known by its process and port.
    #[must_use]
    pub fn of(listen: &SocketAddr) -> Self {
        Self {
            name: format!("{}-{}", std::process::id(), listen.port()),
            clock: None,
            lease: Duration::from_secs(15),
        }
    }
}

/// Starts a worker on a thread of its own.
pub fn start(store: &Store, handlers: &Handlers, options: Options) -> Result<Handle> {
    let config = Config {
        timetable: timetable(store, handlers.identity.is_some())?,
        clock: options.clock,
        lease: options.lease,
        ..Config::new(options.name, tokio::runtime::Handle::current())
    };
    Ok(Worker::spawn(store.clone(), registry(store, handlers), config)?)
}
