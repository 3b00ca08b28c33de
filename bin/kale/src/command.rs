//! What each command does.

use std::{io::ErrorKind, path::Path, time::Duration};

use anyhow::{Result, bail};
use kale_application::installation::Setup;
use kale_config::{LogFormat, MailSettings, Settings};
use kale_persistence::{access, migrations::Migrations, seal::old_seals};

use crate::{
    admin,
    cli::{Cli, Command, Common, Demo, Migrate},
    database, demo, keys, mail,
    server::{self, Parts, Running},
    sources,
};

/// How long a deployment has to see that this process goes away before it takes no more connections.
const NOTICE: Duration = Duration::from_secs(1);

/// Runs a command to its end.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Serve(common) => {
            serve(
                &common,
                Parts {
                    serve: true,
                    work: false,
                },
            )
            .await
        }
        Command::Worker(common) => {
            serve(
                &common,
                Parts {
                    serve: false,
                    work: true,
                },
            )
            .await
        }
        Command::All(common) => {
            serve(
                &common,
                Parts {
                    serve: true,
                    work: true,
                },
            )
            .await
        }
        Command::Demo(demo) => run_demo(&demo).await,
        Command::Migrate(migrate) => run_migrate(&migrate).await,
        Command::Admin(options) => admin::run(&options).await,
        Command::Doctor(common) => doctor(&common).await,
        Command::Openapi => openapi(),
    }
}

pub(crate) fn settings(common: &Common, default_log: Option<LogFormat>) -> Result<Settings> {
    let mut settings = Settings::from_process(&common.flags(), common.config.as_deref())?;
    if let Some(format) = default_log {
        settings.log_format = format;
    }
    let format = match settings.log_format {
        LogFormat::Json => kale_telemetry::Format::Json,
        LogFormat::Pretty => kale_telemetry::Format::Pretty,
    };
    kale_telemetry::init(&settings.log, format)?;
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}

async fn serve(common: &Common, parts: Parts) -> Result<()> {
    let mut settings = settings(common, None)?;
    // Two processes that know one database must not each start one of their own.
    if settings.mongodb_uri.is_none()
        && parts
            != (Parts {
                serve: true,
                work: true,
            })
    {
        bail!("this command needs KALE_MONGODB_URI; `kale all` runs on a local database of its own");
    }
    let running = server::start(&mut settings, parts, sources::system()).await?;
    tracing::info!(url = %running.url, "ready");
    if parts.serve {
        offer_set_up(&running).await?;
    }
    wait(running).await
}

/// Prints the link that makes the first Kale admin, where there is none. It stands in no log: who sees the console owns
/// the installation.
#[expect(
    clippy::print_stdout,
    reason = "the link is for whoever sees the console, and for no log"
)]
async fn offer_set_up(running: &Running) -> Result<()> {
    let setup = Setup::new(running.store.clone());
    if let Some(token) = setup.set_up_link(access::operator()).await? {
        println!(
            "Nobody runs this installation yet. Open this link within 15 minutes to become its first Kale admin; it \
             works once:\n  {}/sign-in/set-up/{}",
            running.url,
            token.reveal()
        );
    }
    Ok(())
}

async fn run_demo(options: &Demo) -> Result<()> {
    let mut common = options.common.clone();
    // The demo brings the provider with it: nothing has to be set up for it.
    let through_workos = common.identity.take_if(|identity| identity == "workos").is_some();
    let folder = common.data_dir.take();
    let folder = folder.unwrap_or_else(|| Path::new(".kale").join("demo"));
    // The emulator forgets who people were, so that what was made with it is of no use to the next start.
    let thrown_away = through_workos.then(|| folder.join(format!("workos-{}", std::process::id())));
    common.data_dir = Some(thrown_away.clone().unwrap_or(folder));
    common.log.get_or_insert_with(|| "warn".to_owned());
    let mut settings = settings(&common, Some(LogFormat::Pretty))?;
    let here = settings.listen.ip().is_loopback() && settings.base_url.is_loopback();
    if here && matches!(settings.mail, MailSettings::Off) {
        settings.mail = MailSettings::Keep;
    }
    if through_workos && settings.mongodb_uri.is_some() {
        bail!(
            "the emulator forgets who people were, so that this demo keeps no data: leave out the address of a database"
        );
    }
    let ended = demo_until_ended(&mut settings, options.json, through_workos).await;
    if let Some(folder) = thrown_away
        && let Err(error) = tokio::fs::remove_dir_all(&folder).await
        && error.kind() != ErrorKind::NotFound
    {
        // No reason to hide how the demo ended.
        tracing::warn!(%error, folder = %folder.display(), "the demo's data could not be thrown away");
    }
    ended
}

async fn demo_until_ended(settings: &mut Settings, json: bool, through_workos: bool) -> Result<()> {
    let emulator = if through_workos {
        Some(demo::Emulator::start(&settings.cache_dir).await?)
    } else {
        None
    };
    if let Some(emulator) = &emulator {
        settings.identity = emulator.settings()?;
    }
    let parts = Parts {
        serve: true,
        work: true,
    };
    let clock = demo::DemoClock::new();
    let running = server::start(settings, parts, clock.sources()).await?;
    let filled = demo::fill(&running, &clock, emulator.as_ref()).await?;
    demo::announce(&running, &filled, json, settings)?;
    wait(running).await
}

/// Until somebody asks the process to end.
async fn wait(running: Running) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {
            running.begin_leaving();
            tokio::time::sleep(NOTICE).await;
        }
        // A person at a terminal waits for it.
        _ = interrupt.recv() => {}
    }
    running.stop().await
}

#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
async fn run_migrate(options: &Migrate) -> Result<()> {
    let settings = settings(&options.common, None)?;
    let database = database::open(&settings, sources::system()).await?;
    let migrations = Migrations::embedded()?;
    let plan = migrations.plan(&database.store).await?;
    for step in &plan.applied {
        println!("applied  {:04} {}", step.number, step.description);
    }
    for step in &plan.pending {
        println!(
            "pending  {:04} {} ({} of {} commands done)",
            step.number, step.description, step.commands_done, step.commands
        );
    }
    plan.check()?;
    if !options.plan {
        let applied = migrations.apply(&database.store).await?;
        println!("{} migrations were applied", applied.names.len());
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
async fn doctor(common: &Common) -> Result<()> {
    let settings = settings(common, None)?;
    println!("settings   ok");
    let database = database::open(&settings, sources::system()).await?;
    println!("database   ok");
    Migrations::embedded()?.plan(&database.store).await?.check()?;
    println!("migrations ok");
    let ring = keys::open(&settings, &database.store).await?.ring;
    println!("key ring   ok, sealing with {}", ring.current().id());
    for (key, values) in old_seals(&database.store, access::operator(), &ring).await? {
        println!("           {values} secrets still need {key}; run `kale admin rotate-keys`");
    }
    match &settings.mail {
        MailSettings::Off => println!("mail       none is sent; set KALE_SMTP_URL and KALE_MAIL_FROM"),
        MailSettings::Keep => println!("mail       kept, at /dev/mail"),
        MailSettings::Smtp(smtp) => {
            mail::smtp(smtp)?.0.check().await?;
            println!("mail       ok");
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
fn openapi() -> Result<()> {
    println!("{}", kale_http_api::openapi().to_pretty_json()?);
    Ok(())
}
