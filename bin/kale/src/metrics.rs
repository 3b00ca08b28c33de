//! The listener for metrics.

use std::{net::SocketAddr, time::Duration};

use actix_web::{App, HttpServer};
use anyhow::{Context as _, Result};
use kale_web::MetricsPage;

/// Serves the metrics of this process on a listener of their own, which is never public.
pub(crate) fn serve(listen: SocketAddr) -> Result<()> {
    let metrics = kale_telemetry::Metrics::install()?;
    let kept = metrics.clone();
    actix_web::rt::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            kept.upkeep();
        }
    });
    let server = HttpServer::new(move || {
        let metrics = metrics.clone();
        let page = MetricsPage::open(move || metrics.render());
        App::new().configure(|config| kale_web::configure_metrics(config, &page))
    })
    .workers(1)
    .disable_signals()
    .bind(listen)
    .with_context(|| format!("{listen} can't be listened on"))?
    .run();
    actix_web::rt::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(error = %error, "the metrics listener ended");
        }
    });
    Ok(())
}
