//! A body that is sent piece by piece while the answer is already listened for: what a client of an endless file sees.

use std::{cell::Cell, time::Duration};

use actix_web::http::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{Answer, Client};

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a streamed request ended.
pub struct Streamed {
    /// What the server said.
    pub answer: Answer,
    /// How many bytes of the file the system had taken when the answer came; more than the server read, by what lies
    /// in buffers on the way.
    pub sent: u64,
}

impl Client {
    /// Uploads a file of `begin` and then `piece` again and again, until it has `length` bytes or an answer comes.
    pub async fn stream_file(&self, begin: &[u8], piece: &[u8], length: u64) -> Streamed {
        let address = self.base().trim_start_matches("http://").to_owned();
        let socket = TcpStream::connect(&address).await.unwrap();
        let (mut from, mut to) = socket.into_split();
        let open =
            "--kale-stream\r\ncontent-disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\n\r\n";
        let close = "\r\n--kale-stream--\r\n";
        let frame = u64::try_from(open.len() + close.len()).unwrap();
        let head = format!(
            "POST /api/v1/uploads/customer-data HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             content-type: multipart/form-data; boundary=kale-stream\r\ncontent-length: {}\r\n\r\n{open}",
            self.token(),
            length + frame,
        );
        let sent = Cell::new(0);
        let sending = async {
            to.write_all(head.as_bytes()).await?;
            let mut next = begin;
            while sent.get() < length {
                let room = usize::try_from(length - sent.get()).unwrap_or(usize::MAX);
                let part = &next[..next.len().min(room)];
                to.write_all(part).await?;
                sent.set(sent.get() + u64::try_from(part.len()).unwrap());
                next = piece;
                // Or a system that takes much at once keeps the answer from being seen.
                tokio::task::yield_now().await;
            }
            to.write_all(close.as_bytes()).await
        };
        let listening = async {
            let mut received = Vec::new();
            let mut buffer = vec![0; 16 * 1024];
            while !is_whole(&received) {
                match timeout(PATIENCE, from.read(&mut buffer)).await {
                    Ok(Ok(0)) => break,
                    Ok(Ok(read)) => received.extend_from_slice(&buffer[..read]),
                    Ok(Err(error)) => panic!("the connection broke before the answer came: {error}"),
                    Err(elapsed) => panic!("no answer within {PATIENCE:?}: {elapsed}"),
                }
            }
            received
        };
        tokio::pin!(sending, listening);
        let received = tokio::select! {
            biased;
            received = &mut listening => received,
            // All is sent, or the server takes no more; what it said is on its way.
            _ended = &mut sending => listening.await,
        };
        Streamed {
            answer: parse(&received),
            sent: sent.get(),
        }
    }
}

fn split(received: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((&received[..end], &received[end + 4..]))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then(|| value.trim()))
}

fn is_whole(received: &[u8]) -> bool {
    split(received).is_some_and(|(head, body)| {
        let head = String::from_utf8_lossy(head);
        header(&head, "content-length")
            .and_then(|length| length.parse::<usize>().ok())
            .is_some_and(|length| body.len() >= length)
    })
}

fn parse(received: &[u8]) -> Answer {
    let (head, body) =
        split(received).unwrap_or_else(|| panic!("no answer came: {:?}", String::from_utf8_lossy(received)));
    let head = String::from_utf8_lossy(head);
    let status = head.split(' ').nth(1).unwrap().parse::<u16>().unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(':')) {
        headers.append(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value.trim()).unwrap(),
        );
    }
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: Bytes::copy_from_slice(body),
    }
}
