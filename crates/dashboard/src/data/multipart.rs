//! The form with a file in it: the file as a stream, which comes last.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{error::PayloadError, rt::time};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use kale_domain::{error::FieldError, upload::UploadKind};
use kale_web::{IDLE, Problem};

/// The longest of the fields before the file, in bytes.
const SHORT: usize = 1_000;

/// The bytes of the file. They end with an error where the form holds more after it, so that nothing is kept.
pub(super) type FileBytes = Pin<Box<dyn Stream<Item = Result<Bytes, Problem>>>>;

/// What the bytes ended with, for whoever sees only that they did.
#[derive(Debug, Clone, Default)]
pub(super) struct Broke(Rc<RefCell<Option<Problem>>>);

impl Broke {
    /// The problem; `None` where there was none.
    pub(super) fn take(&self) -> Option<Problem> {
        self.0.borrow_mut().take()
    }
}

/// A form that has come as far as its file.
pub(super) struct Sent {
    /// What the file is about.
    pub(super) kind: UploadKind,
    /// What the sender calls it.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: FileBytes,
    /// Why they broke off.
    pub(super) broke: Broke,
}

/// Reads the fields before the file and goes to it.
pub(super) async fn open(mut form: Multipart) -> Result<Sent, Problem> {
    let mut kind = None;
    loop {
        let mut field = next(&mut form)
            .await?
            .ok_or_else(|| wrong("file", "missing", "Choose a file."))?;
        match field.name().unwrap_or_default() {
            "file" => {
                let kind = kind.ok_or_else(|| {
                    wrong("kind", "missing", "the form does not say what the file is about")
                })?;
                return Ok(sent(form, field, kind));
            }
            "kind" => kind = Some(read_kind(&short(&mut field).await?)?),
            // The gate has looked at it.
            "csrf" => drop(short(&mut field).await?),
            other => {
                let other: String = other.chars().take(60).collect();
                return Err(wrong(
                    &other,
                    "unknown-field",
                    "the form has the fields csrf, kind and file",
                ));
            }
        }
    }
}

fn sent(form: Multipart, field: Field, kind: UploadKind) -> Sent {
    let name = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename());
    let name = name.unwrap_or_default().to_owned();
    let broke = Broke::default();
    let kept = broke.clone();
    let bytes = futures::stream::unfold(Some((form, Some(field))), step).inspect(move |piece| {
        if let Err(problem) = piece {
            *kept.0.borrow_mut() = Some(problem.clone());
        }
    });
    Sent {
        kind,
        name,
        bytes: Box::pin(bytes),
        broke,
    }
}

type State = Option<(Multipart, Option<Field>)>;

/// The next bytes of the file; after them, that the form ends too.
async fn step(state: State) -> Option<(Result<Bytes, Problem>, State)> {
    let (mut form, field) = state?;
    if let Some(mut field) = field {
        match piece(&mut field).await {
            Ok(Some(bytes)) => return Some((Ok(bytes), Some((form, Some(field))))),
            Err(problem) => return Some((Err(problem), None)),
            Ok(None) => {}
        }
    }
    match next(&mut form).await {
        Ok(None) => None,
        Ok(Some(_)) => Some((
            Err(wrong(
                "file",
                "duplicate",
                "Send one file at a time, as the last field.",
            )),
            None,
        )),
        Err(problem) => Some((Err(problem), None)),
    }
}

async fn next(form: &mut Multipart) -> Result<Option<Field>, Problem> {
    match time::timeout(IDLE, form.next()).await {
        Err(_elapsed) => Err(stalled()),
        Ok(field) => field.transpose().map_err(|error| broken(&error)),
    }
}

async fn piece(field: &mut Field) -> Result<Option<Bytes>, Problem> {
    match time::timeout(IDLE, field.next()).await {
        Err(_elapsed) => Err(stalled()),
        Ok(piece) => piece.transpose().map_err(|error| broken(&error)),
    }
}

async fn short(field: &mut Field) -> Result<String, Problem> {
    let mut all = Vec::new();
    while let Some(bytes) = piece(field).await? {
        if all.len() + bytes.len() > SHORT {
            return Err(Problem::too_large(SHORT));
        }
        all.extend_from_slice(&bytes);
    }
    Ok(String::from_utf8_lossy(&all).into_owned())
}

fn read_kind(text: &str) -> Result<UploadKind, Problem> {
    match text {
        "customer_data" => Ok(UploadKind::CustomerData),
        _ => Err(wrong("kind", "unknown-value", "a file is about customer_data")),
    }
}

fn wrong(field: &str, code: &'static str, message: &str) -> Problem {
    Problem::validation(vec![FieldError::new(format!("#/{field}"), code, message)]).detail(message.to_owned())
}

fn stalled() -> Problem {
    Problem::of("request-timeout").detail(format!(
        "no byte of the file came for {} s; send it again",
        IDLE.as_secs()
    ))
}

fn broken(error: &MultipartError) -> Problem {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => Problem::of("too-large"),
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => {
            Problem::of("unsupported-media-type").detail("the body has to be `multipart/form-data`")
        }
        error => Problem::of("malformed").detail(format!("the form can't be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    fn form(parts: &[(&str, &str)]) -> Multipart {
        let mut body = String::new();
        for (name, value) in parts {
            let file = if *name == "file" {
                "; filename=\"a b.csv\""
            } else {
                ""
            };
            let head = [
                "--x\r\nContent-Disposition: form-data; name=\"",
                name,
                "\"",
                file,
                "\r\n\r\n",
                value,
                "\r\n",
            ];
            body.push_str(&head.concat());
        }
        body.push_str("--x--\r\n");
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("multipart/form-data; boundary=x"),
        );
        let body = futures::stream::iter([Ok::<_, PayloadError>(Bytes::from(body))]);
        Multipart::new(&headers, body)
    }

    async fn read(parts: &[(&str, &str)]) -> Result<(String, String), String> {
        let message = |problem: &Problem| problem.fields()[0].message.clone();
        let mut sent = open(form(parts)).await.map_err(|problem| message(&problem))?;
        let mut text = String::new();
        while let Some(piece) = sent.bytes.next().await {
            let piece = piece.map_err(|problem| message(&problem))?;
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        Ok((sent.name, text))
    }

    #[actix_web::test]
    async fn the_file_comes_after_what_is_said_about_it() {
        let read = read(&[("csrf", "t"), ("kind", "customer_data"), ("file", "a,b\n1,2\n")]).await;
        assert_eq!(read, Ok(("a b.csv".to_owned(), "a,b\n1,2\n".to_owned())));
    }

    #[actix_web::test]
    async fn a_form_that_holds_something_else_keeps_nothing() {
        assert_eq!(
            read(&[("kind", "customer_data")]).await.unwrap_err(),
            "Choose a file."
        );
        assert!(
            read(&[("file", "x")])
                .await
                .unwrap_err()
                .contains("what the file is about")
        );
        assert!(
            read(&[("kind", "tickets"), ("file", "x")])
                .await
                .unwrap_err()
                .contains("customer_data")
        );
        assert!(
            read(&[("colour", "red")])
                .await
                .unwrap_err()
                .contains("csrf, kind and file")
        );
        let two = [("kind", "customer_data"), ("file", "x"), ("file", "y")];
        assert_eq!(
            read(&two).await.unwrap_err(),
            "Send one file at a time, as the last field."
        );
    }
}
