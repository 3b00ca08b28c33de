//! The HTTP edge: what every surface shares, and no route of any of them.
//!
//! A handler takes what it needs as parameters: [`Allowed`] (who calls, with which permission), [`Path`], [`Json`] or
//! [`Valid`], [`IfMatch`], [`Idempotent`]. It answers a [`Page`], a body, or a [`Problem`].
//!
//! Invariants: every error leaves as a problem document with the request's id; no detail of a failure of ours leaves at
//! all; with a cookie nothing is changed from another site's page; of forwarding headers only what trusted proxies wrote
//! about a client's address is read.

mod access;
mod body;
pub mod catalogue;
mod configure;
mod cursor;
mod edge;
pub mod etag;
mod health;
mod idempotency;
mod limits;
mod page;
mod path;
pub mod permission;
mod problem;
mod query;
mod request_id;
mod signing;
pub mod sse;
mod surface;

pub use crate::{
    access::{
        Allowed, Authenticate, Authenticated, Csrf, Gate, InstallationAdmin, Leaving, Person, Subscriber,
        Visitor, answer_origins, know_caller,
    },
    body::{Beacon, IDLE, JSON_LIMIT, Json, Raw, Valid, broken, paced},
    configure::{Deps, Methods, configure, configure_errors},
    cursor::Cursors,
    edge::{Deadline, Drain, Edge, EdgeService, Notes},
    etag::{IfMatch, IfMatchIfSent},
    health::{MetricsPage, Readiness, configure_health, configure_metrics},
    idempotency::{Attempt, Begun, IdempotencySlot, IdempotencyStore, Idempotent, KeptAnswer},
    limits::Limits,
    page::{Count, Page, PageInfo},
    path::Path,
    permission::Required,
    problem::{Problem, ProblemDocument},
    query::{Fields, Filter, ListParams, ListSpec, NoQuery, Op, Query, Sort},
    request_id::RequestId,
    signing::Signer,
    surface::{ProblemPage, RenderProblem, Surface},
};
