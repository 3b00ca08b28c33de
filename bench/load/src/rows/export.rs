//! P8: every customer as a file.

use anyhow::{Result, ensure};

use crate::{
    api::lines,
    bench::{Bench, CUSTOMERS},
    measure::{Goal, Series, note, ratio, short},
    process,
    programs::Other,
};

#[derive(Default)]
struct Seen {
    rate: Series,
    peak: Series,
    cpu: Series,
}

impl Seen {
    async fn add(&mut self, pid: u32, run: impl Future<Output = Result<(u64, f64)>>) -> Result<()> {
        process::forget_peak(pid)?;
        let cpu = process::cpu(pid)?;
        let (rows, seconds) = run.await?;
        ensure!(rows == CUSTOMERS, "an export has {rows} rows");
        self.rate.0.push(rows as f64 / seconds);
        self.cpu.0.push(process::cpu(pid)? - cpu);
        self.peak.0.push(process::memory(pid)?.peak);
        Ok(())
    }

    async fn other(&mut self, other: &Other) -> Result<()> {
        let request = other.get("/customers/export");
        self.add(other.process.pid, lines(other.process.port, &request))
            .await
    }
}

/// P8.
pub async fn all(bench: &mut Bench) -> Result<()> {
    bench.fill_others().await?;
    bench.ours().await?;
    let (mut ours, mut limit, mut peer) = (Seen::default(), Seen::default(), Seen::default());
    for _ in 0..bench.options.rounds {
        let (api, pid) = {
            let filled = bench.ours().await?;
            (filled.api.clone(), filled.process.pid)
        };
        ours.add(pid, api.export()).await?;
        limit.other(&bench.limit).await?;
        if let Some(other) = &bench.peer {
            peer.other(other).await?;
        }
    }
    let text = format!(
        "server CPU per 100k rows: ours {} s, limit {} s; peak: ours {} MB, limit {} MB",
        short(ours.cpu.median()),
        short(limit.cpu.median()),
        short(ours.peak.median()),
        short(limit.peak.median())
    );
    bench.lines.extend([
        ratio(
            "P8",
            "export of 100k customers: rows a second against the limit",
            Goal::AtLeast(0.6),
            &ours.rate,
            &limit.rate,
            " rows/s",
        ),
        note("P8", "export of 100k customers: seen", text),
    ]);
    if bench.peer.is_some() {
        bench.lines.extend([
            ratio(
                "P8",
                "export of 100k customers: rows a second against the peer",
                Goal::AtLeast(5.0),
                &ours.rate,
                &peer.rate,
                " rows/s",
            ),
            ratio(
                "P8",
                "export of 100k customers: peak memory against the peer",
                Goal::AtMost(1.0 / 3.0),
                &ours.peak,
                &peer.peak,
                " MB",
            ),
        ]);
    }
    Ok(())
}
