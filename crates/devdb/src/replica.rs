//! Turning a fresh `mongod` into the primary of a one-node replica set.
//!
//! Transactions and change streams exist on replica sets only; one node is enough.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use crate::{
    bson::{Document, Value},
    child::Child,
    wire::Connection,
};

/// The name of the set; part of every connection string.
pub(crate) const SET: &str = "rs0";
const POLL: Duration = Duration::from_millis(20);
/// The server's code for "no configuration yet".
const NOT_YET_INITIALIZED: i32 = 94;

/// Why the server is not a primary.
#[derive(Debug)]
pub(crate) enum NotPrimary {
    /// It ended.
    Ended,
    /// It took too long; the last answer.
    TooSlow(String),
}

/// Waits until the server accepts writes, initiating or correcting the set on the way.
pub(crate) fn await_primary(child: &Child, port: u16, patience: Duration) -> Result<(), NotPrimary> {
    let start = Instant::now();
    loop {
        let last = match step(port) {
            Ok(Step::Primary) => return Ok(()),
            Ok(Step::Waiting(what)) => what,
            Err(error) => error.to_string(),
        };
        if child.status().is_some() {
            return Err(NotPrimary::Ended);
        }
        if start.elapsed() >= patience {
            return Err(NotPrimary::TooSlow(last));
        }
        thread::sleep(POLL);
    }
}

enum Step {
    Primary,
    Waiting(String),
}

/// One look at the server, and one push where it needs one. Every push may be repeated.
fn step(port: u16) -> io::Result<Step> {
    let mut connection = Connection::open(port)?;
    let hello = connection.run(command("hello"))?;
    let host = format!("127.0.0.1:{port}");
    if hello.is_true("isWritablePrimary") && hello.text("me") == Some(&host) {
        return Ok(Step::Primary);
    }
    let reply = connection.run(command("replSetGetConfig"))?;
    if reply.get("code") == Some(&Value::Int32(NOT_YET_INITIALIZED)) {
        let initiated = connection.run(initiate(&host))?;
        return Ok(Step::Waiting(told("replSetInitiate", &initiated)));
    }
    let Some(Value::Document(config)) = reply.get("config") else {
        return Ok(Step::Waiting(told("replSetGetConfig", &reply)));
    };
    // The set keeps the address of its member. After a start on another port the node does not find itself in it.
    if let Some(moved) = moved(config.clone(), &host) {
        let reconfigured = connection.run(
            Document::default()
                .with("replSetReconfig", Value::Document(moved))
                .with("force", Value::Bool(true)),
        )?;
        return Ok(Step::Waiting(told("replSetReconfig", &reconfigured)));
    }
    Ok(Step::Waiting("the election is not over".to_owned()))
}

fn command(name: &str) -> Document {
    Document::default().with(name, Value::Int32(1))
}

fn initiate(host: &str) -> Document {
    let member = Document::default()
        .with("_id", Value::Int32(0))
        .with("host", Value::Text(host.to_owned()));
    let config = Document::default()
        .with("_id", Value::Text(SET.to_owned()))
        .with("members", Value::Array(vec![Value::Document(member)]));
    Document::default().with("replSetInitiate", Value::Document(config))
}

/// The configuration with its one member at `host`; `None` where it is there already.
fn moved(mut config: Document, host: &str) -> Option<Document> {
    let Some(Value::Array(members)) = config.get_mut("members") else {
        return None;
    };
    let [Value::Document(member)] = members.as_mut_slice() else {
        // More than one member: someone made a larger set of this folder, which is not ours to change.
        return None;
    };
    let Some(Value::Text(current)) = member.get_mut("host") else {
        return None;
    };
    if current == host {
        return None;
    }
    host.clone_into(current);
    Some(config)
}

fn told(name: &str, reply: &Document) -> String {
    if reply.is_true("ok") {
        return format!("{name} was accepted");
    }
    format!(
        "{name}: {}",
        reply.text("errmsg").unwrap_or("refused without a reason")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(host: &str) -> Document {
        let Some(Value::Document(config)) = initiate(host).get("replSetInitiate").cloned() else {
            panic!("no configuration");
        };
        config
    }

    #[test]
    fn only_a_configuration_with_another_address_is_changed() {
        assert_eq!(moved(config("127.0.0.1:1"), "127.0.0.1:1"), None);
        assert_eq!(
            moved(config("127.0.0.1:1"), "127.0.0.1:2"),
            Some(config("127.0.0.1:2"))
        );
    }
}
