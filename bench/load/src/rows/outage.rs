//! R1: how soon ours answers while its database is away, and how soon it works again when that is back.

use std::{fs, time::Instant};

use anyhow::{Result, ensure};
use kale_devdb::{Lookup, Mongod, StartOptions};

use crate::{
    bench::Bench,
    http::Connection,
    measure::{Goal, Series, figure},
    programs::Ours,
};

/// R1, on a database of its own, which is killed.
pub async fn outage(bench: &mut Bench) -> Result<()> {
    let folder = bench.places.scratch.join("outage");
    let data = bench.places.scratch.join("kale_outage");
    let (mut refused, mut back) = (Series::default(), Series::default());
    for _ in 0..bench.options.rounds {
        for left in [&folder, &data] {
            if left.exists() {
                fs::remove_dir_all(left)?;
            }
        }
        let mut options = StartOptions::new(&folder);
        options.cache_gb = 0.25;
        let mongod = Mongod::start(&kale_devdb::find(&Lookup::for_workspace(None))?, options)?;
        let ours = Ours::fresh(&bench.places, &mongod, "kale_outage").await?;
        ensure!(
            status(&ours).await? == 200,
            "ours does not answer before anything happens"
        );

        mongod.kill9()?;
        let asked = Instant::now();
        let said = status(&ours).await?;
        ensure!(said == 503, "without its database ours answered {said}");
        refused.0.push(asked.elapsed().as_secs_f64());

        // Comes back as soon as there is a primary.
        mongod.restart()?;
        let primary = Instant::now();
        while status(&ours).await? != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        back.0.push(primary.elapsed().as_secs_f64());
    }
    bench.lines.extend([
        figure(
            "R1",
            "database killed: to the first 503",
            Goal::AtMost(5.0),
            &refused,
            " s",
        ),
        figure(
            "R1",
            "database back: from its primary to the first 200",
            Goal::AtMost(2.0),
            &back,
            " s",
        ),
    ]);
    Ok(())
}

/// Asks for a customer page on a connection of its own.
async fn status(ours: &Ours) -> Result<u16> {
    let mut connection = Connection::open(ours.process.port).await?;
    let (head, _) = connection.exchange(&ours.api.get("/customers?limit=1")).await?;
    Ok(head.status)
}
