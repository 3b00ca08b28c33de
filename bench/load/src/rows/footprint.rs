//! P15: how long a start takes and how much memory is held.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::{
    bench::Bench,
    measure::{Goal, Series, figure, ratio},
    process,
    programs::{self, Other},
};

/// P15. Ends the filled server, whose peak is that of everything measured before, and starts it again on its data.
pub async fn footprint(bench: &mut Bench) -> Result<()> {
    bench.ours().await?;
    let ours = bench.take_ours().context("ours is filled above")?;
    let (uri, data) = (ours.uri.clone(), ours.data.clone());
    drop(ours);
    let (mut start, mut idle) = (Series::default(), Series::default());
    let (mut peers_start, mut peers_idle) = (Series::default(), Series::default());
    for _ in 0..bench.options.rounds {
        let server = programs::serve(&bench.places, &uri, &data).await?;
        start.0.push(server.started_in.as_secs_f64());
        tokio::time::sleep(Duration::from_secs(2)).await;
        idle.0.push(process::memory(server.pid)?.now);
        drop(server);
        if bench.peer.is_some() {
            let peer = Other::peer(&bench.places, &bench.mongod).await?;
            peers_start.0.push(peer.process.started_in.as_secs_f64());
            tokio::time::sleep(Duration::from_secs(2)).await;
            peers_idle.0.push(process::memory(peer.process.pid)?.now);
        }
    }
    bench.lines.extend([
        figure(
            "P15",
            "start to the first 200 of /readyz, on existing data",
            Goal::AtMost(0.4),
            &start,
            " s",
        ),
        figure("P15", "memory when idle", Goal::AtMost(40.0), &idle, " MB"),
    ]);
    if bench.peer.is_some() {
        bench.lines.extend([
            ratio(
                "P15",
                "start against the peer",
                Goal::AtMost(0.2),
                &start,
                &peers_start,
                " s",
            ),
            ratio(
                "P15",
                "memory when idle against the peer",
                Goal::AtMost(0.5),
                &idle,
                &peers_idle,
                " MB",
            ),
        ]);
    }
    Ok(())
}
