//! P18: the dashboard's pages as a signed-in person gets them.

use std::rc::Rc;

use anyhow::Result;

use crate::{
    bench::{Bench, Target},
    http::{Connection, get},
    measure::{Goal, Series, figure, not_run, note, short},
};

/// P18.
pub async fn first_paint(bench: &mut Bench) -> Result<()> {
    bench.ours().await?;
    let places = bench.places.clone();
    let (port, pid, cookie, customer) = {
        let ours = bench.ours().await?;
        let cookie = format!("kale={}", ours.person(&places).await?);
        let (ids, _) = ours.api.page("limit=1").await?;
        (
            ours.process.port,
            ours.process.pid,
            cookie,
            ids.into_iter().next().unwrap_or_default(),
        )
    };
    let headers = [
        ("cookie", cookie.as_str()),
        ("accept", "text/html"),
        ("accept-encoding", "gzip"),
    ];
    let pages = [
        "/customers".to_owned(),
        format!("/customers/{customer}"),
        "/data".to_owned(),
        "/personas".to_owned(),
    ];
    let mut html = String::new();
    for page in &pages {
        let name = if page.ends_with(&customer) {
            "/customers/{id}"
        } else {
            page
        };
        let (head, body) = Connection::open(port)
            .await?
            .exchange(&get(page, &headers[..2]))
            .await?;
        if head.status != 200 {
            bench.lines.push(not_run(
                "P18",
                name,
                &format!("the page answered {}", head.status),
            ));
            continue;
        }
        html.push_str(&String::from_utf8_lossy(&body));
        let requests = Rc::new(vec![get(page, &headers)]);
        let outcomes = bench
            .compare(
                &[Target {
                    name: "a page",
                    port,
                    pid,
                    requests,
                }],
                2,
            )
            .await?;
        let what = format!("server time of {name}, p99, two at a time");
        bench.lines.push(figure(
            "P18",
            &what,
            Goal::AtMost(60.0),
            &outcomes[0].of(|o| o.p99),
            " ms",
        ));
        let seen = outcomes[0].of(|o| o.p50).median();
        let text = format!(
            "p50 {} ms, CPU {} s per 1,000",
            short(seen),
            short(outcomes[0].of(|o| o.cpu).median())
        );
        bench.lines.push(note("P18", &format!("{name}: seen"), text));
    }
    for (what, suffix, limit) in [("JavaScript", ".js", 60.0), ("CSS", ".css", 15.0)] {
        let sizes = sizes(port, &html, suffix).await?;
        if sizes.is_empty() {
            bench.lines.push(not_run("P18", what, "no page names any"));
            continue;
        }
        let kilobytes = sizes.iter().sum::<usize>() as f64 / 1e3;
        let what = format!("{what} of these pages together ({} files), gzip", sizes.len());
        bench.lines.push(figure(
            "P18",
            &what,
            Goal::AtMost(limit),
            &Series(vec![kilobytes]),
            " kB",
        ));
    }
    Ok(())
}

/// What the files that pages name weigh on the wire.
async fn sizes(port: u16, html: &str, suffix: &str) -> Result<Vec<usize>> {
    let mut paths: Vec<&str> = html
        .split('"')
        .filter(|text| {
            text.starts_with('/') && text.split('?').next().is_some_and(|path| path.ends_with(suffix))
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sizes = Vec::new();
    for path in paths {
        let (head, body) = Connection::open(port)
            .await?
            .exchange(&get(path, &[("accept-encoding", "gzip")]))
            .await?;
        if head.status == 200 {
            sizes.push(body.len());
        }
    }
    Ok(sizes)
}
