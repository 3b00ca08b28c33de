//! P18: the dashboard's pages as a signed-in person gets them.

use std::rc::Rc;

use anyhow::Result;

use crate::{
    bench::{Bench, Target},
    http::{Connection, get},
    measure::{Goal, Series, figure, not_run, note, short},
    slice::Asks,
};

/// What every page is asked with: as a browser with this cookie.
struct Browser {
    port: u16,
    pid: u32,
    cookie: String,
}

/// P18.
pub async fn first_paint(bench: &mut Bench) -> Result<()> {
    bench.ours().await?;
    let places = bench.places.clone();
    let ours = bench.ours().await?;
    let cookie = format!("kale={}", ours.person(&places).await?);
    let browser = Browser {
        port: ours.process.port,
        pid: ours.process.pid,
        cookie,
    };
    let (ids, _) = ours.api.page("limit=1").await?;
    let customer = format!("/customers/{}", ids.into_iter().next().unwrap_or_default());
    let mut html = String::new();
    for (name, path) in [
        ("/", "/"),
        ("/customers", "/customers"),
        ("/customers/{id}", &customer),
        ("/data", "/data"),
        ("/personas", "/personas"),
        ("/personas/new", "/personas/new"),
        ("/personas/table", "/personas/table"),
        ("/personas/versions", "/personas/versions"),
        ("/jobs", "/jobs"),
        ("/audit", "/audit"),
        ("/settings", "/settings"),
        ("/settings/api-keys", "/settings/api-keys"),
    ] {
        html.push_str(&page(bench, &browser, name, path).await?);
    }
    for (what, suffix, limit) in [("JavaScript", ".js", 60.0), ("CSS", ".css", 15.0)] {
        let sizes = sizes(browser.port, &html, suffix).await?;
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

/// Measures one page; answers what it holds.
async fn page(bench: &mut Bench, browser: &Browser, name: &str, path: &str) -> Result<String> {
    let Browser { port, pid, cookie } = browser;
    let headers = [
        ("cookie", cookie.as_str()),
        ("accept", "text/html"),
        ("accept-encoding", "gzip"),
    ];
    let (head, body) = Connection::open(*port)
        .await?
        .exchange(&get(path, &headers[..2]))
        .await?;
    if head.status != 200 {
        bench.lines.push(not_run(
            "P18",
            name,
            &format!("the page answered {}", head.status),
        ));
        return Ok(String::new());
    }
    let requests = Rc::new(Asks::in_turn(vec![get(path, &headers)]));
    let target = Target {
        name: "a page",
        port: *port,
        pid: *pid,
        requests,
    };
    let outcomes = bench.compare(&[target], 2).await?;
    let what = format!("server time of {name}, p99, two at a time");
    let text = format!(
        "p50 {} ms, CPU {} s, database {} s per 1,000; {} kB of HTML",
        short(outcomes[0].of(|o| o.p50).median()),
        short(outcomes[0].of(|o| o.cpu).median()),
        short(outcomes[0].of(|o| o.mongod).median()),
        body.len() / 1000
    );
    bench.lines.push(figure(
        "P18",
        &what,
        Goal::AtMost(60.0),
        &outcomes[0].of(|o| o.p99),
        " ms",
    ));
    bench.lines.push(note("P18", &format!("{name}: seen"), text));
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// What the files that pages name weigh on the wire.
async fn sizes(port: u16, html: &str, suffix: &str) -> Result<Vec<usize>> {
    let names = |text: &&str| {
        text.starts_with('/') && text.split('?').next().is_some_and(|path| path.ends_with(suffix))
    };
    let mut paths: Vec<&str> = html.split('"').filter(names).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sizes = Vec::new();
    for path in paths {
        let request = get(path, &[("accept-encoding", "gzip")]);
        let (head, body) = Connection::open(port).await?.exchange(&request).await?;
        if head.status == 200 {
            sizes.push(body.len());
        }
    }
    Ok(sizes)
}
