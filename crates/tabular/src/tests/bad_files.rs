//! Files nobody should send, and that people send.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};

use super::*;
use crate::suggest;

/// Bytes that never end, counted.
struct Endless {
    start: &'static [u8],
    then: &'static [u8],
    given: Arc<AtomicUsize>,
}

impl AsyncRead for Endless {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let given = self.given.load(Ordering::Relaxed);
        let mut at = given;
        while buf.remaining() > 0 {
            let byte = match self.start.get(at) {
                Some(byte) => *byte,
                None => self.then[(at - self.start.len()) % self.then.len()],
            };
            buf.put_slice(&[byte]);
            at += 1;
        }
        self.given.store(at, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

/// Why an endless file is refused, and after how many bytes.
async fn endless(start: &'static [u8], then: &'static [u8], limits: &Limits) -> (String, Option<u64>, usize) {
    let given = Arc::new(AtomicUsize::new(0));
    let reader = Endless {
        start,
        then,
        given: Arc::clone(&given),
    };
    let (code, line) = code(profile(reader, limits).await.unwrap_err());
    (code, line, given.load(Ordering::Relaxed))
}

#[tokio::test]
async fn an_endless_quoted_field_is_refused_within_two_mebibytes() {
    let (code, line, read) = endless(b"a,b\n1,2\n3,\"x", b"yy\n", &Limits::default()).await;

    assert_eq!((code.as_str(), line), ("field-too-long", Some(3)));
    assert!(read <= 2 * 1024 * 1024, "{read} bytes read");
}

#[tokio::test]
async fn an_endless_line_of_columns_is_refused() {
    for start in [b"".as_slice(), b"a,b\n"] {
        let (code, _, read) = endless(start, b"x,", &Limits::default()).await;

        assert_eq!(code, "too-many-columns");
        assert!(read <= 128 * 1024, "{read} bytes read");
    }
}

#[tokio::test]
async fn an_endless_record_of_allowed_fields_is_refused() {
    static CELLS: [u8; 60_000] = {
        let mut cells = [b'x'; 60_000];
        cells[59_999] = b',';
        cells
    };
    let (code, line, read) = endless(b"a,b\n", &CELLS, &Limits::default()).await;

    assert_eq!((code.as_str(), line), ("record-too-long", Some(2)));
    assert!(read <= 2 * 1024 * 1024, "{read} bytes read");
}

#[tokio::test]
async fn an_endless_file_is_refused_at_its_limit() {
    let limits = Limits {
        bytes: 1024 * 1024,
        profile_rows: u64::MAX,
        profile_cells: u64::MAX,
        ..Limits::default()
    };
    let (code, _, read) = endless(b"a,b\n", b"1,2\n", &limits).await;

    assert_eq!(code, "file-too-large");
    assert!(read <= 1024 * 1024 + 128 * 1024, "{read} bytes read");
}

#[tokio::test]
async fn what_is_no_csv_is_called_by_its_name() {
    for (file, name) in [
        (b"\x1f\x8b\x08\x00\x00".as_slice(), "gzip"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml xl/workbook.xml", ".xlsx"),
        (b"PK\x03\x04\x14\x00customers.csv", "zip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"  {\"a\": 1}", "JSON"),
        (b"\x01\x02\x03\x80\x81\x82", "binary"),
    ] {
        let TabularError::Unreadable(why) = profile_of(file).await.unwrap_err() else {
            panic!("{name}")
        };
        assert_eq!(why.code, "not-csv", "{name}");
        assert!(why.message.contains(name), "{name}: {}", why.message);
    }
}

#[tokio::test]
async fn a_header_that_names_nothing_or_one_thing_twice_is_refused() {
    let long = format!("a,{}\n1,2\n", "h".repeat(201));
    let wide = format!("{}\n1\n", "h,".repeat(1_000_000));
    for (file, code, line) in [
        (b"".as_slice(), "no-header", None),
        (b"\r\n\r\n", "no-header", None),
        (b"1,2.5,-3\n4,5,6\n", "no-header", Some(1)),
        (b"a,,c\n1,2,3\n", "empty-header", Some(1)),
        (b"\n\na,b, a \n1,2,3\n", "duplicate-header", Some(3)),
        (b"a,b\n", "no-rows", Some(2)),
        (b"a,b\n,\n \n", "no-rows", Some(4)),
        (long.as_bytes(), "header-too-long", Some(1)),
        (wide.as_bytes(), "too-many-columns", Some(1)),
    ] {
        assert_eq!(
            refusal(file).await,
            (code.to_owned(), line),
            "{}",
            String::from_utf8_lossy(&file[..file.len().min(40)])
        );
    }
}

#[tokio::test]
async fn an_empty_header_is_named_by_its_position() {
    let TabularError::Unreadable(why) = profile_of(b"a,b,\n1,2,3\n").await.unwrap_err() else {
        panic!()
    };

    assert!(why.message.contains("column 3"), "{}", why.message);
}

#[tokio::test]
async fn a_quote_that_is_never_closed_is_refused_where_it_opened() {
    assert_eq!(
        refusal(b"a,b\n1,2\n3,\"four\n5,6\n").await,
        ("unterminated-quote".to_owned(), Some(3))
    );
    // The same file with the quote closed is none of our business.
    assert_eq!(profile_of(b"a,b\n1,2\n3,\"four\n5,6\"").await.unwrap().rows, 2);
}

#[tokio::test]
async fn a_nul_byte_is_refused_with_its_line() {
    assert_eq!(
        refusal(b"a,b\n1,2\n3,\x004\n").await,
        ("nul-byte".to_owned(), Some(3))
    );

    let mut late = b"a,b\n".to_vec();
    late.extend(b"1,2\n".repeat(50_000));
    late.extend(b"3,\x00\n");
    assert_eq!(code_when_read(&late).await, ("nul-byte".to_owned(), Some(50_002)));
}

#[tokio::test]
async fn a_wrong_byte_in_utf8_is_refused_with_its_line() {
    // Early, where the rest is plainly UTF-8.
    assert_eq!(
        refusal(
            "a,b\nMünster,Köln\nx,"
                .bytes()
                .chain(*b"\xfc\n")
                .collect::<Vec<_>>()
                .as_slice()
        )
        .await,
        ("broken-encoding".to_owned(), Some(3))
    );
    // Late, after a first part that was UTF-8.
    let mut late = b"a,b\n".to_vec();
    late.extend(b"1,2\n".repeat(50_000));
    late.extend(b"3,\xfc\n");
    assert_eq!(
        code_when_read(&late).await,
        ("broken-encoding".to_owned(), Some(50_002))
    );
}

/// Why a file is refused when it is read to its end.
async fn code_when_read(file: &[u8]) -> (String, Option<u64>) {
    let limits = Limits {
        profile_rows: u64::MAX,
        profile_cells: u64::MAX,
        ..Limits::default()
    };
    code(profile(file, &limits).await.unwrap_err())
}

#[tokio::test]
async fn every_encoding_we_read_gives_the_same_rows() {
    let text = "name;city\nJosé;Münster\nZoë;Köln\n";
    let utf16 = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let western: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    for (encoding, file) in [
        ("utf-8", text.as_bytes().to_vec()),
        ("utf-8", marked(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
        ("utf-16le", marked(b"\xff\xfe", utf16(u16::to_le_bytes))),
        ("utf-16be", marked(b"\xfe\xff", utf16(u16::to_be_bytes))),
        ("utf-16le", utf16(u16::to_le_bytes)),
        ("utf-16be", utf16(u16::to_be_bytes)),
        ("windows-1252", western),
    ] {
        let profile = profile_of(&file).await.unwrap();

        assert_eq!((profile.encoding.as_str(), profile.delimiter), (encoding, ';'));
        assert_eq!(profile.columns[0].header, "name", "{encoding}");
        assert_eq!(profile.columns[1].samples, ["Münster", "Köln"], "{encoding}");
    }
}

#[tokio::test]
async fn a_character_on_the_edge_of_a_read_is_whole() {
    for shift in 0..4 {
        let mut file = b"a\n".to_vec();
        file.extend(b"x".repeat(shift));
        file.extend("€\n".repeat(60_000).bytes());
        let limits = Limits {
            profile_rows: u64::MAX,
            ..Limits::default()
        };
        let profile = profile(file.as_slice(), &limits).await.unwrap();

        assert_eq!(profile.rows, 60_000);
        assert!(profile.columns[0].distinct <= 2);
    }
}

#[tokio::test]
async fn lines_are_counted_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let file = ["a,b", "", "1,\"x\ny\"", "2,3,4", "", "5"].join(end);
        let plan = plan_of(file.as_bytes(), &mapping([("a", column("name", None))])).await;
        let batch = batch(&plan, file.as_bytes()).await;

        assert_eq!(
            batch.rows.iter().map(|row| row.line).collect::<Vec<_>>(),
            [3],
            "{end:?}"
        );
        assert_eq!(
            batch.rejected.iter().map(|row| row.line).collect::<Vec<_>>(),
            [5, 7],
            "{end:?}"
        );
    }
}

/// Everything the crate does with a file, in one go.
async fn take(file: &[u8]) {
    let limits = Limits {
        field_bytes: 64,
        record_bytes: 256,
        columns: 8,
        ..Limits::default()
    };
    let Ok(profile) = profile(file, &limits).await else {
        return;
    };
    let mapping = suggest(&profile, &[], Currency::USD);
    let plan = check_mapping(&mapping, &profile, &[]).unwrap();
    let mut rows = plan.rows(file, &limits).await.unwrap();
    while let Ok(Some(batch)) = rows.next_batch(3).await {
        assert!(batch.rejected.iter().all(|row| !row.errors.is_empty()));
        assert!(batch.rows.iter().all(|row| !row.external_id.is_empty()));
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(file in prop::collection::vec(any::<u8>(), 0..400)) {
        run(take(&file));
    }

    #[test]
    fn no_csv_like_text_makes_the_reader_panic(file in "([a-c0-9.,;\t\"'\r\n=+é/-]{0,12}[,;\n]){0,40}") {
        run(take(file.as_bytes()));
    }
}
