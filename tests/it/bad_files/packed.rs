//! Files and bodies that are small and would unpack to a gigabyte: nothing of Kale unpacks what it is sent.

use std::io::{Read as _, Write as _};

use actix_web::http::Method;
use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
use kale_testkit::{TestApp, multipart};

use super::nothing_is_left;

/// How much each part unpacks to.
const PART: usize = 4 * 1024 * 1024;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Packs `begin` and then that many parts of rows: a stream of gzip may have any number of members.
fn bomb(begin: &[u8], parts: usize) -> Vec<u8> {
    let row = b"1,Ada\r\n";
    let member = packed(&row.repeat(PART / row.len()));
    let mut bomb = packed(begin);
    for _ in 0..parts {
        bomb.extend_from_slice(&member);
    }
    bomb
}

/// That it is one: what the first members unpack to is right, and they are a small part of it.
fn is_a_bomb(bomb: &[u8], begin: &[u8]) {
    let mut unpacked = vec![0; begin.len() + PART + 100];
    MultiGzDecoder::new(bomb).read_exact(&mut unpacked).unwrap();
    assert!(unpacked.starts_with(begin));
    assert!(unpacked[begin.len()..].starts_with(b"1,Ada\r\n1,Ada\r\n"));
    assert!(
        bomb.len() < 8 * 1024 * 1024,
        "{} bytes are no small file",
        bomb.len()
    );
}

#[actix_web::test]
async fn a_packed_file_is_refused_and_not_unpacked() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let begin = b"id,name\r\n";
    let bomb = bomb(begin, 256);
    is_a_bomb(&bomb, begin);

    for name in ["customers.csv.gz", "customers.csv"] {
        let answer = company.owner.send_file(name, &bomb).await;

        assert_eq!(answer.code(), 422, "{}", answer.text());
        assert_eq!(answer.problem(), "unreadable-file");
        assert_eq!(answer.string("/errors/0/code"), "not-csv");
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_packed_body_is_refused_and_not_unpacked() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let (content, form) = multipart("customers.csv", b"id,name\r\n");
    let end = form.windows(9).position(|nine| nine == b"id,name\r\n").unwrap() + 9;
    let form = bomb(&form[..end], 256);

    for (path, content, body) in [
        ("/uploads/customer-data", content.as_str(), form),
        ("/customers/export", "application/json", bomb(b"{", 8)),
    ] {
        let headers = [("content-type", content), ("content-encoding", "gzip")];
        let answer = company.owner.send(Method::POST, path, &headers, body).await;

        assert_eq!(answer.expect(415).problem(), "unsupported-media-type", "{path}");
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}
