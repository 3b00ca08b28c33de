//! Receiving a body within limits of size and time.

use std::time::Duration;

use actix_web::{
    dev::Payload,
    error::PayloadError,
    http::header::{self, HeaderMap},
    rt::time,
};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};

use crate::Problem;

/// How long a body may pause before its connection is given up.
pub const IDLE: Duration = Duration::from_secs(10);

/// The chunks of a body; ends with 408 where it pauses for longer than `idle`, so that a slow client holds a connection
/// no longer than that.
pub fn paced<S>(body: S, idle: Duration) -> impl Stream<Item = Result<Bytes, Problem>>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    futures::stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match time::timeout(idle, body.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(body))),
            Ok(Some(Err(error))) => Some((Err(broken(&error)), None)),
            Err(_elapsed) => {
                let problem = Problem::of("request-timeout");
                let problem = problem.detail(format!("no byte of the body came for {} s", idle.as_secs()));
                Some((Err(problem), None))
            }
        }
    })
}

/// A whole body of at most `limit` bytes. A longer one is refused at its `Content-Length`, before it is sent.
pub(crate) async fn receive(headers: &HeaderMap, payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Problem::too_large(limit));
    }
    if let Some(coding) = headers.get(header::CONTENT_ENCODING)
        && coding != "identity"
    {
        // A small compressed body can be a very large one.
        return Err(Problem::of("unsupported-media-type").detail("a compressed body is not read here"));
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
    let mut chunks = std::pin::pin!(paced(payload, IDLE));
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(Problem::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

fn broken(error: &PayloadError) -> Problem {
    match error {
        PayloadError::Overflow => Problem::of("too-large"),
        _ => Problem::of("malformed").detail("the body broke off or is framed wrongly"),
    }
}
