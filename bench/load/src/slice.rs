//! One slice of load: so many connections for so long, and what came of it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use tokio::task::LocalSet;

use crate::{http::Connection, process};

/// What is measured beside the requests.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// The server.
    pub server: u32,
    /// Its database.
    pub mongod: u32,
}

/// How hard and how long.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Connections, each with one request under way.
    pub connections: usize,
    /// For how long, after a warm-up of a fifth of it.
    pub lasts: Duration,
}

/// What a slice came to.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Requests a second.
    pub rps: f64,
    /// The median, in ms.
    pub p50: f64,
    /// 99 of 100 were faster, in ms.
    pub p99: f64,
    /// Processor seconds of the server a thousand requests.
    pub cpu: f64,
    /// Processor seconds of the database a thousand requests.
    pub mongod: f64,
}

struct Tally {
    next: Cell<usize>,
    micros: RefCell<Vec<u32>>,
    wrong: RefCell<Option<String>>,
}

/// Loads a server with these requests in turn. Any answer but 200 is an error: a fast refusal is no speed.
pub async fn run(port: u16, requests: &Rc<Vec<Vec<u8>>>, shape: Shape, watched: Watched) -> Result<Outcome> {
    drive(port, requests, shape.connections, shape.lasts / 5).await?;
    let (server, mongod) = (process::cpu(watched.server)?, process::cpu(watched.mongod)?);
    let begun = Instant::now();
    let mut micros = drive(port, requests, shape.connections, shape.lasts).await?;
    let elapsed = begun.elapsed().as_secs_f64();
    let (server, mongod) = (
        process::cpu(watched.server)? - server,
        process::cpu(watched.mongod)? - mongod,
    );
    micros.sort_unstable();
    let count = micros.len() as f64;
    let at = |share: f64| {
        micros
            .get(((count - 1.0) * share) as usize)
            .map_or(f64::NAN, |micros| f64::from(*micros) / 1e3)
    };
    Ok(Outcome {
        rps: count / elapsed,
        p50: at(0.5),
        p99: at(0.99),
        cpu: server / count * 1e3,
        mongod: mongod / count * 1e3,
    })
}

async fn drive(
    port: u16,
    requests: &Rc<Vec<Vec<u8>>>,
    connections: usize,
    lasts: Duration,
) -> Result<Vec<u32>> {
    let tally = Rc::new(Tally {
        next: Cell::new(0),
        micros: RefCell::default(),
        wrong: RefCell::default(),
    });
    let until = Instant::now() + lasts;
    let local = LocalSet::new();
    for _ in 0..connections {
        let (tally, requests) = (Rc::clone(&tally), Rc::clone(requests));
        local.spawn_local(async move {
            if let Err(error) = one(port, &requests, &tally, until).await {
                tally
                    .wrong
                    .borrow_mut()
                    .get_or_insert_with(|| format!("{error:#}"));
            }
        });
    }
    local.await;
    if let Some(wrong) = tally.wrong.take() {
        bail!("{wrong}");
    }
    Ok(tally.micros.take())
}

async fn one(port: u16, requests: &[Vec<u8>], tally: &Tally, until: Instant) -> Result<()> {
    let mut connection = Connection::open(port).await?;
    while Instant::now() < until {
        let at = tally.next.get();
        tally.next.set(at + 1);
        let begun = Instant::now();
        connection.send(&requests[at % requests.len()]).await?;
        let mut begin = Vec::new();
        let head = connection
            .receive(|bytes| {
                if begin.len() < 300 {
                    begin.extend_from_slice(bytes)
                }
            })
            .await?;
        let micros = begun.elapsed().as_micros();
        if head.status != 200 {
            bail!(
                "an answer of the load was {}: {}",
                head.status,
                String::from_utf8_lossy(&begin)
            );
        }
        tally
            .micros
            .borrow_mut()
            .push(u32::try_from(micros).unwrap_or(u32::MAX));
    }
    Ok(())
}
