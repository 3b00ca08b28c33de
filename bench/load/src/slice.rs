//! One slice of load: so many connections for so long, and what came of it.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    fmt,
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

type Make = Box<dyn Fn(usize) -> Vec<u8>>;

enum How {
    InTurn(Vec<Vec<u8>>),
    Made(Make),
}

/// What a server is asked, one after the other, over all slices.
pub struct Asks {
    next: Cell<usize>,
    how: How,
}

impl Asks {
    /// These requests, in turn.
    pub const fn in_turn(requests: Vec<Vec<u8>>) -> Self {
        Self {
            next: Cell::new(0),
            how: How::InTurn(requests),
        }
    }

    /// Requests of which none is like another: the first is made from 0.
    pub fn made(make: impl Fn(usize) -> Vec<u8> + 'static) -> Self {
        Self {
            next: Cell::new(0),
            how: How::Made(Box::new(make)),
        }
    }

    fn next(&self) -> Cow<'_, [u8]> {
        let at = self.next.get();
        self.next.set(at + 1);
        match &self.how {
            How::InTurn(requests) => Cow::Borrowed(&requests[at % requests.len()]),
            How::Made(make) => Cow::Owned(make(at)),
        }
    }
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asks")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

struct Tally {
    micros: RefCell<Vec<u32>>,
    wrong: RefCell<Option<String>>,
}

/// Loads a server. Any answer but 200, or the 202 of the limit and the peer, is an error: a fast refusal is no speed.
pub async fn run(port: u16, requests: &Rc<Asks>, shape: Shape, watched: Watched) -> Result<Outcome> {
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

async fn drive(port: u16, requests: &Rc<Asks>, connections: usize, lasts: Duration) -> Result<Vec<u32>> {
    let tally = Rc::new(Tally {
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

async fn one(port: u16, requests: &Asks, tally: &Tally, until: Instant) -> Result<()> {
    let mut connection = Connection::open(port).await?;
    while Instant::now() < until {
        let request = requests.next();
        let begun = Instant::now();
        connection.send(&request).await?;
        let mut begin = Vec::new();
        let head = connection
            .receive(|bytes| {
                if begin.len() < 300 {
                    begin.extend_from_slice(bytes)
                }
            })
            .await?;
        let micros = begun.elapsed().as_micros();
        if !matches!(head.status, 200 | 202) {
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
