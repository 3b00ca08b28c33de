//! `kale demo`: the product on 7,043 real subscribers, on one's own machine, without an account anywhere.

mod client;
mod clock;
mod emulator;
mod experts;
mod people;
mod personas;
mod sessions;
mod telco;
mod workflow;

use std::io::Write as _;

use anyhow::{Context as _, Result};
use kale_config::{IdentitySettings, Settings};
use serde::Serialize;

pub use self::{clock::DemoClock, emulator::Emulator, people::Demo};
use crate::server::Running;

/// What `--json` prints when ready; partners and checks rely on its shape.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    url: &'a str,
    sign_in: SignIn<'a>,
    api_key: &'a str,
    company: String,
    mongodb_uri: &'a str,
    sandbox: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Serialize)]
struct SignIn<'a> {
    kale_admin: &'a str,
    retention_admin: &'a str,
    retention_expert: &'a str,
}

/// Fills a running installation through its HTTP interface, where it is not filled yet.
pub async fn fill(running: &Running, clock: &DemoClock, emulator: Option<&Emulator>) -> Result<Demo> {
    let demo = people::prepare(running)
        .await
        .context("the demo's people could not be made")?;
    let api = client::Api::new(&running.url, demo.api_key.reveal());
    telco::import(&api)
        .await
        .context("the demo's customers could not be imported")?;
    personas::save(&api)
        .await
        .context("the demo's personas could not be saved")?;
    experts::assign(&api)
        .await
        .context("the demo's customers could not be assigned")?;
    workflow::publish(&api)
        .await
        .context("the demo's workflow could not be published")?;
    sessions::play(&api, clock)
        .await
        .context("the demo's sessions could not be played")?;
    if let Some(emulator) = emulator {
        emulator
            .introduce()
            .await
            .context("the demo's people could not be introduced to WorkOS's emulator")?;
    }
    Ok(demo)
}

/// Says where the demo is and how to get in.
#[expect(clippy::print_stdout, reason = "what the command line prints is its answer")]
pub fn announce(running: &Running, demo: &Demo, json: bool, settings: &Settings) -> Result<()> {
    let link =
        |token: &kale_domain::secret::Token| format!("{}/sign-in/link/{}", running.url, token.reveal());
    let through_company =
        |somebody: people::Somebody| format!("{}/sign-in/company?email={}", running.url, somebody.email);
    let admin = link(&demo.kale_admin);
    let elsewhere = matches!(settings.identity, IdentitySettings::WorkOs(_));
    let (owner, expert) = if elsewhere {
        (through_company(people::OWNER), through_company(people::EXPERT))
    } else {
        (link(&demo.retention_admin), link(&demo.retention_expert))
    };
    if json {
        let ready = Ready {
            url: &running.url,
            sign_in: SignIn {
                kale_admin: &admin,
                retention_admin: &owner,
                retention_expert: &expert,
            },
            api_key: demo.api_key.reveal(),
            company: demo.company.to_string(),
            mongodb_uri: &running.mongodb_uri,
            sandbox: serde_json::Map::new(),
        };
        println!("{}", serde_json::to_string(&ready)?);
    } else {
        println!();
        println!("  Kale is at {}", running.url);
        println!();
        if elsewhere {
            println!(
                "  Sign in through WorkOS's emulator (the Kale admin's link works once, for 15 minutes):"
            );
        } else {
            println!("  Sign in (each link works once, for 15 minutes):");
        }
        println!("    as retention admin   {owner}");
        println!("    as retention expert  {expert}");
        println!("    as Kale admin        {admin}");
        println!();
        println!("  API key   {}", demo.api_key.reveal());
        println!("  API docs  {}/docs", running.url);
        println!("  Data      {}", settings.data_dir.display());
        println!();
        if elsewhere {
            println!(
                "  Stop with Ctrl-C. The emulator forgets who people were, so that the data are thrown away."
            );
        } else {
            println!("  Stop with Ctrl-C; the data stay for the next start.");
        }
    }
    Ok(std::io::stdout().flush()?)
}
