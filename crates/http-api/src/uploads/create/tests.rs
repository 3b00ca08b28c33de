use actix_web::{http::header::HeaderMap, test::TestRequest};
use bytes::Bytes;
use futures::StreamExt as _;

use super::*;

fn form(parts: &[(&str, &str)], end: &str) -> Multipart {
    let part = |(name, value): &(&str, &str)| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.csv\"\r\n\r\n{value}\r\n"
        )
    };
    let body = parts.iter().map(part).collect::<String>() + end;
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        "multipart/form-data; boundary=b".parse().unwrap(),
    );
    // In small pieces, as a slow line brings them.
    let pieces: Vec<_> = body
        .as_bytes()
        .chunks(7)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Multipart::new(&headers, futures::stream::iter(pieces))
}

/// The name and the text of the file, or the code of the problem and the place it names.
async fn read(form: Multipart) -> Result<(String, String), (&'static str, Option<String>)> {
    let told = |problem: &Problem| {
        (
            problem.code(),
            problem.fields().first().map(|error| error.pointer.clone()),
        )
    };
    let (name, mut bytes, refused) = file::open(form).await.map_err(|problem| told(&problem))?;
    let mut text = Vec::new();
    while let Some(piece) = bytes.next().await {
        match piece {
            Ok(piece) => text.extend_from_slice(&piece),
            Err(problem) => {
                assert_eq!(refused.take().map(|kept| kept.code()), Some(problem.code()));
                return Err(told(&problem));
            }
        }
    }
    Ok((name, String::from_utf8(text).unwrap()))
}

#[actix_web::test]
async fn the_bytes_of_the_one_file_come_as_they_were_sent() {
    let csv = "id,name\r\n1,Ada\r\n--c is no boundary\r\n";

    assert_eq!(
        read(form(&[("file", csv)], "--b--\r\n")).await,
        Ok(("file.csv".to_owned(), csv.to_owned()))
    );
}

#[actix_web::test]
async fn a_form_holds_one_file_and_nothing_else() {
    let at = |pointer: &str| Err(("validation", Some(pointer.to_owned())));

    assert_eq!(read(form(&[], "--b--\r\n")).await, at("#/file"));
    assert_eq!(read(form(&[("data", "a")], "--b--\r\n")).await, at("#/data"));
    assert_eq!(
        read(form(&[("file", "a"), ("file", "b")], "--b--\r\n")).await,
        at("#/file")
    );
    assert_eq!(
        read(form(&[("file", "a"), ("note", "b")], "--b--\r\n")).await,
        at("#/note")
    );
}

#[actix_web::test]
async fn a_form_that_breaks_off_is_refused() {
    assert_eq!(
        read(form(&[("file", "a,b\n1,2")], "")).await,
        Err(("malformed", None))
    );
}

#[test]
fn what_could_not_be_taken_is_refused_at_its_header() {
    let code = |name: &str, value: &str| {
        let request = TestRequest::post().insert_header(("Content-Type", "multipart/form-data; boundary=b"));
        let request = request.insert_header((name, value)).to_http_request();
        check(&request).err().map(|problem| problem.code())
    };

    assert_eq!(code("Content-Length", "2147483648"), None);
    assert_eq!(code("Content-Length", "2147550000"), Some("too-large"));
    assert_eq!(code("Content-Type", "text/csv"), Some("unsupported-media-type"));
    assert_eq!(code("Content-Encoding", "gzip"), Some("unsupported-media-type"));
}
