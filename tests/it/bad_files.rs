//! Files nobody should send, and that people send: each is refused with its reason and leaves nothing behind.

mod forms;
mod packed;
mod streams;

use kale_testkit::{TestApp, TestCompany};

use crate::uploads::customer;

/// How a file is refused: its code, its line.
type Refusal = (&'static str, Option<u64>);

/// Nothing of what was sent is anywhere: no upload, no customer, no bytes.
async fn nothing_is_left(app: &TestApp, company: &TestCompany) {
    let uploads = company.owner.get("/uploads").await.expect(200).json();
    assert_eq!(uploads["data"].as_array().unwrap().len(), 0, "{uploads}");
    assert!(company.owner.exported().await.is_empty());
    // What an aborted request leaves is removed by its own task, a moment after its answer.
    let mut left = files_of(app);
    for _ in 0..3_000 {
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        left = files_of(app);
    }
    panic!("these files are left: {left:?}");
}

/// The files of companies below the folder of blobs: all but the mark of the folder itself.
fn files_of(app: &TestApp) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![app.data_dir().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains("upload") {
                found.push(path);
            }
        }
    }
    found
}

#[expect(clippy::too_many_lines, reason = "a table, one row a kind of file")]
fn bad_files() -> Vec<(&'static str, Vec<u8>, Refusal)> {
    let wide = format!("{}x\r\n1\r\n", "h,".repeat(600));
    let long = format!("id,name\r\n1,{}\r\n", "x".repeat(65 * 1024));
    vec![
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\n".to_vec(), ("not-csv", None)),
        (
            "a workbook",
            b"PK\x03\x04\x14\x00[Content_Types].xml xl/workbook.xml".to_vec(),
            ("not-csv", None),
        ),
        (
            "an image",
            b"\x89PNG\r\n\x1a\n\x00\x00".to_vec(),
            ("not-csv", None),
        ),
        (
            "a web page",
            b"<!doctype html><html></html>".to_vec(),
            ("not-csv", None),
        ),
        ("JSON", b"{\"id\": 1}".to_vec(), ("not-csv", None)),
        (
            "binary data",
            b"\x01\x02\x03\x80\x81\x82".to_vec(),
            ("not-csv", None),
        ),
        ("nothing", Vec::new(), ("no-header", None)),
        ("blank lines", b"\r\n\r\n".to_vec(), ("no-header", None)),
        (
            "numbers above numbers",
            b"1,2\r\n3,4\r\n".to_vec(),
            ("no-header", Some(1)),
        ),
        (
            "an unnamed column",
            b"id,,x\r\n1,2,3\r\n".to_vec(),
            ("empty-header", Some(1)),
        ),
        (
            "a name twice",
            b"id,name,id\r\n1,2,3\r\n".to_vec(),
            ("duplicate-header", Some(1)),
        ),
        ("a header alone", b"id,name\r\n".to_vec(), ("no-rows", Some(2))),
        (
            "an open quote",
            b"id,name\r\n1,a\r\n2,\"b\r\n3,c\r\n".to_vec(),
            ("unterminated-quote", Some(3)),
        ),
        (
            "a NUL",
            b"id,name\r\n1,a\x00b\r\n".to_vec(),
            ("nul-byte", Some(2)),
        ),
        (
            "a wrong byte",
            "id,name,city\r\n1,Zoë,Köln\r\n2,José,Münster\r\n3,"
                .bytes()
                .chain(*b"\xfc,x\r\n")
                .collect(),
            ("broken-encoding", Some(4)),
        ),
        ("600 columns", wide.into_bytes(), ("too-many-columns", Some(1))),
        ("a long field", long.into_bytes(), ("field-too-long", Some(2))),
    ]
}

#[actix_web::test]
async fn each_bad_file_is_refused_with_its_reason_and_leaves_nothing() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;

    for (name, file, (code, line)) in bad_files() {
        let answer = company.owner.send_file("customers.csv", &file).await;

        assert_eq!(answer.code(), 422, "{name}: {}", answer.text());
        assert_eq!(answer.problem(), "unreadable-file", "{name}");
        let error = answer.json()["errors"][0].clone();
        assert_eq!(error["code"], code, "{name}: {error}");
        let pointer = line.map_or_else(|| "#/file".to_owned(), |line: u64| format!("#/file/line/{line}"));
        assert_eq!(error["pointer"], pointer.as_str(), "{name}");
        let message = error["message"].as_str().unwrap();
        assert!(message.len() > 20, "{name}: {message}");
        nothing_is_left(&app, &company).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_is_wrong_only_late_in_a_file_fails_its_upload_with_the_line() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let many = "id-123456789,a customer of some length\r\n".repeat(80_000);
    let rows = many.lines().count();
    let late = |end: &[u8]| [b"id,name\r\n", many.as_bytes(), end].concat();
    let mapping =
        serde_json::json!({ "columns": { "id": { "to": "external_id" }, "name": { "to": "name" } } });

    for (code, end) in [
        ("nul-byte", b"x,\x00\r\n".to_vec()),
        ("unterminated-quote", b"x,\"never closed\r\ny,z\r\n".to_vec()),
        ("broken-encoding", b"x,\xfc\r\n".to_vec()),
        (
            "field-too-long",
            format!("x,{}\r\n", "y".repeat(70_000)).into_bytes(),
        ),
    ] {
        // The first mebibytes are right, so it is taken, looked at, and fails when every row is read.
        let id = owner
            .file_mapped(&late(&end), "upsert", Some(mapping.clone()))
            .await;
        let job = owner.upload_step(&id, "validate", &serde_json::Value::Null).await;
        let ended = owner.job_ended(&job).await;
        assert_eq!(ended["state"], "dead", "{ended}");
        assert_eq!(ended["attempts"], 1, "another try would fail in the same way");
        let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
        assert_eq!(upload["status"], "failed", "{upload}");
        assert_eq!(upload["failure"]["code"], code, "{upload}");
        assert_eq!(upload["failure"]["line"], rows + 2, "{code}");
        assert!(upload["failure"]["message"].as_str().unwrap().len() > 20);
    }
    assert!(owner.exported().await.is_empty());
}

#[actix_web::test]
async fn utf16_and_western_files_are_read_as_what_they_are() {
    let app = TestApp::shared();
    let text = "id;name;stadt\r\n1;José;Köln\r\n2;Zoë;Münster\r\n";
    let utf16 = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let western = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let files = [
        (
            "utf-16le",
            [b"\xff\xfe".as_slice(), &utf16(u16::to_le_bytes)].concat(),
        ),
        (
            "utf-16be",
            [b"\xfe\xff".as_slice(), &utf16(u16::to_be_bytes)].concat(),
        ),
        ("utf-16le", utf16(u16::to_le_bytes)),
        ("utf-8", [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()),
        ("windows-1252", western),
    ];
    for (number, (encoding, file)) in files.into_iter().enumerate() {
        let company = app.company(&format!("Acme {number}")).await;

        let upload = company.owner.file_imported(&file, "upsert", None).await;

        assert_eq!(upload["profile"]["encoding"], encoding);
        assert_eq!(upload["summary"]["added"], 2);
        let jose = customer(&company.owner, "1").await;
        assert_eq!(
            (&jose["name"], &jose["attributes"]["stadt"]),
            (&"José".into(), &"Köln".into()),
            "{encoding}"
        );
    }
}
