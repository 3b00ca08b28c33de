//! The one file of a form, as a stream.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{error::PayloadError, rt::time};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use kale_domain::error::FieldError;
use kale_web::{IDLE, Problem};

/// The name of the field.
const FIELD: &str = "file";

/// The bytes of the file. They end with an error where the form holds more than the file, so that nothing of it is kept.
pub(super) type FileBytes = Pin<Box<dyn Stream<Item = Result<Bytes, Problem>>>>;

/// What the bytes ended with, for whoever sees only that they did.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused(Rc<RefCell<Option<Problem>>>);

impl Refused {
    /// The problem; `None` where there was none.
    pub(super) fn take(&self) -> Option<Problem> {
        self.0.borrow_mut().take()
    }
}

/// Goes to the file of a form: its name and its bytes.
pub(super) async fn open(mut form: Multipart) -> Result<(String, FileBytes, Refused), Problem> {
    let field = next(&mut form).await?.ok_or_else(missing)?;
    check(&field)?;
    let name = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .unwrap_or_default();
    let name = name.to_owned();
    let refused = Refused::default();
    let kept = refused.clone();
    let bytes = futures::stream::unfold(Some((form, Some(field))), step).inspect(move |piece| {
        if let Err(problem) = piece {
            *kept.0.borrow_mut() = Some(problem.clone());
        }
    });
    Ok((name, Box::pin(bytes), refused))
}

type State = Option<(Multipart, Option<Field>)>;

/// The next bytes of the file; after them, that the form ends too.
async fn step(state: State) -> Option<(Result<Bytes, Problem>, State)> {
    let (mut form, field) = state?;
    if let Some(mut field) = field {
        match time::timeout(IDLE, field.next()).await {
            Err(_elapsed) => return Some((Err(stalled()), None)),
            Ok(Some(Err(error))) => return Some((Err(broken(&error)), None)),
            Ok(Some(Ok(bytes))) => return Some((Ok(bytes), Some((form, Some(field))))),
            Ok(None) => {}
        }
    }
    match next(&mut form).await {
        Ok(None) => None,
        Ok(Some(field)) => Some((Err(check(&field).err().unwrap_or_else(second)), None)),
        Err(problem) => Some((Err(problem), None)),
    }
}

async fn next(form: &mut Multipart) -> Result<Option<Field>, Problem> {
    match time::timeout(IDLE, form.next()).await {
        Err(_elapsed) => Err(stalled()),
        Ok(field) => field.transpose().map_err(|error| broken(&error)),
    }
}

fn check(field: &Field) -> Result<(), Problem> {
    let name = field.name().unwrap_or_default();
    if name == FIELD {
        return Ok(());
    }
    let name: String = name.chars().take(60).collect();
    let pointer = format!("#/{}", name.replace('~', "~0").replace('/', "~1"));
    let message = "the form has one field, `file`";
    Err(Problem::validation(vec![FieldError::new(
        pointer,
        "unknown-field",
        message,
    )]))
}

fn missing() -> Problem {
    Problem::validation(vec![FieldError::new(
        "#/file",
        "missing",
        "the form has no field `file`",
    )])
}

fn second() -> Problem {
    Problem::validation(vec![FieldError::new(
        "#/file",
        "duplicate",
        "the form holds two files; send one at a time",
    )])
}

fn stalled() -> Problem {
    Problem::of("request-timeout").detail(format!("no byte of the body came for {} s", IDLE.as_secs()))
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
