//! Just enough of HTTP/1.1 to load a server on this machine: kept-alive connections, hand-written requests.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longer heads than any server here sends.
const LONGEST_HEAD: usize = 64 * 1024;

/// One connection to a server on this machine.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Where in the buffer the unread bytes begin.
    at: usize,
}

/// The head of an answer.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its status.
    pub status: u16,
    text: String,
}

impl Head {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding")
            .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }
}

impl Connection {
    /// Connects to 127.0.0.1.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
            at: 0,
        })
    }

    /// Sends bytes of a request.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Sends a request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<(Head, Vec<u8>)> {
        self.send(request).await?;
        let mut body = Vec::new();
        let head = self.receive(|bytes| body.extend_from_slice(bytes)).await?;
        Ok((head, body))
    }

    /// Reads one answer; its body goes to `sink` piece by piece.
    pub async fn receive(&mut self, mut sink: impl FnMut(&[u8])) -> Result<Head> {
        let head = self.head().await?;
        if head.is_chunked() {
            self.chunks(&mut sink).await?;
        } else if !matches!(head.status, 204 | 304) {
            let length = head
                .header("content-length")
                .context("an answer without a length")?;
            self.pass(length.parse()?, &mut sink).await?;
        }
        Ok(head)
    }

    async fn head(&mut self) -> Result<Head> {
        loop {
            let unread = &self.buffer[self.at..];
            if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&unread[..end]).into_owned();
                self.at += end + 4;
                let status = text.split(' ').nth(1).context("no status")?.parse()?;
                return Ok(Head { status, text });
            }
            ensure!(unread.len() < LONGEST_HEAD, "the head does not end");
            self.fill().await?;
        }
    }

    async fn chunks(&mut self, sink: &mut impl FnMut(&[u8])) -> Result<()> {
        loop {
            let size = loop {
                let unread = &self.buffer[self.at..];
                if let Some(end) = unread.windows(2).position(|two| two == b"\r\n") {
                    let line = String::from_utf8_lossy(&unread[..end]).into_owned();
                    self.at += end + 2;
                    break usize::from_str_radix(line.split(';').next().unwrap_or("").trim(), 16)?;
                }
                self.fill().await?;
            };
            self.pass(size, sink).await?;
            self.pass(2, &mut |_| ()).await?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    async fn pass(&mut self, mut length: usize, sink: &mut impl FnMut(&[u8])) -> Result<()> {
        while length > 0 {
            if self.at == self.buffer.len() {
                self.fill().await?;
            }
            let end = self.buffer.len().min(self.at + length);
            sink(&self.buffer[self.at..end]);
            length -= end - self.at;
            self.at = end;
        }
        Ok(())
    }

    async fn fill(&mut self) -> Result<()> {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// A request without a body.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", path, headers, b"")
}

/// A request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = head(method, path, headers, body.len());
    bytes.extend_from_slice(body);
    bytes
}

/// The head of a request whose body is sent afterwards.
pub fn head(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if length > 0 || method != "GET" {
        text.push_str(&format!("content-length: {length}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}
