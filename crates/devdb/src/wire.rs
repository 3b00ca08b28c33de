//! The wire protocol, as far as one command at a time on one connection needs it: `OP_MSG` with one body section.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use crate::bson::{Document, Value};

const OP_MSG: i32 = 2013;
/// Four numbers of four bytes: length, request, response to, operation.
const HEADER: usize = 16;
/// Flags (4) and the kind of the section (1) stand before the body.
const PREAMBLE: usize = 5;
/// No answer to the commands used here comes near this; a longer one is not a `mongod`.
const LONGEST_REPLY: usize = 1 << 20;
/// A command on the same machine that takes longer is a failure worth seeing.
const PATIENCE: Duration = Duration::from_secs(10);

/// One connection to a `mongod` on this machine.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    request: i32,
}

impl Connection {
    pub(crate) fn open(port: u16) -> io::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, request: 0 })
    }

    /// Runs a command on `admin` and returns the reply, also one that says `ok: 0`.
    pub(crate) fn run(&mut self, command: Document) -> io::Result<Document> {
        self.request += 1;
        let body = command.with("$db", Value::Text("admin".to_owned())).to_bytes();
        let total = i32::try_from(HEADER + PREAMBLE + body.len()).map_err(io::Error::other)?;
        let mut message = Vec::with_capacity(HEADER + PREAMBLE + body.len());
        for number in [total, self.request, 0, OP_MSG, 0] {
            message.extend_from_slice(&number.to_le_bytes());
        }
        message.push(0);
        message.extend(body);
        self.stream.write_all(&message)?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Document> {
        let mut length = [0_u8; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_le_bytes(length)).map_err(io::Error::other)?;
        if !(HEADER + PREAMBLE..=LONGEST_REPLY).contains(&length) {
            return Err(io::Error::other(format!("a reply of {length} bytes")));
        }
        let mut rest = vec![0_u8; length - 4];
        self.stream.read_exact(&mut rest)?;
        let body = rest.get(HEADER - 4 + PREAMBLE..).unwrap_or_default();
        Document::from_bytes(body).map_err(|malformed| io::Error::other(malformed.to_string()))
    }
}
