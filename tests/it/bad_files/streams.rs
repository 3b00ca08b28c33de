//! Files that are too long in one way or another: refused while they are sent, not after. How soon is told by how much
//! could be sent before the answer, which no slow machine changes.

use kale_testkit::{Streamed, TestApp};

use super::nothing_is_left;

const MIB: u64 = 1024 * 1024;
/// How much of a file is looked at on arrival.
const HEAD: u64 = 2 * MIB;
/// What lies in the buffers of the sockets on the way: the kernel lets them grow to several mebibytes each.
const ON_THE_WAY: u64 = 32 * MIB;

fn is_refused_early(streamed: &Streamed) -> String {
    let Streamed { answer, sent } = streamed;
    assert!(
        *sent <= HEAD + ON_THE_WAY,
        "{sent} bytes were sent before the refusal"
    );
    assert_eq!(answer.code(), 422, "{}", answer.text());
    assert_eq!(answer.problem(), "unreadable-file");
    answer.string("/errors/0/code")
}

#[actix_web::test]
async fn a_field_of_a_gigabyte_is_refused_after_mebibytes() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let piece = vec![b'x'; 64 * 1024];

    for begin in [b"id,name\r\n1,\"".as_slice(), b"id,name\r\n1,"] {
        let streamed = company.owner.stream_file(begin, &piece, 1024 * MIB).await;
        assert_eq!(is_refused_early(&streamed), "field-too-long");
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_million_columns_are_refused_after_mebibytes() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let piece = b"column,".repeat(8 * 1024);

    for begin in [b"id,".as_slice(), b"id,name\r\n1,"] {
        let streamed = company.owner.stream_file(begin, &piece, 512 * MIB).await;
        assert_eq!(is_refused_early(&streamed), "too-many-columns");
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn packed_data_is_refused_after_mebibytes() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;

    let streamed = company
        .owner
        .stream_file(
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff",
            &vec![0; 64 * 1024],
            1024 * MIB,
        )
        .await;

    assert_eq!(is_refused_early(&streamed), "not-csv");
    nothing_is_left(&app, &company).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_file_said_to_be_larger_than_two_gibibytes_is_refused_at_its_header() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;

    let streamed = company
        .owner
        .stream_file(b"id,name\r\n", b"1,Ada\r\n".repeat(4096).as_slice(), 2049 * MIB)
        .await;

    assert!(streamed.sent <= ON_THE_WAY, "{} bytes were sent", streamed.sent);
    assert_eq!(streamed.answer.code(), 413, "{}", streamed.answer.text());
    assert_eq!(streamed.answer.problem(), "too-large");
    nothing_is_left(&app, &company).await;
    app.stop().await;
}
