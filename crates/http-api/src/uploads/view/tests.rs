use kale_domain::upload::UploadKind;

use super::*;

fn upload(state: UploadState) -> Upload {
    Upload {
        id: "upl_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
        kind: UploadKind::CustomerData,
        file: UploadedFile {
            name: "a.csv".to_owned(),
            bytes: 3,
            sha256: "00".to_owned(),
        },
        state,
        profile: None,
        suggestion: None,
        mapping: None,
        by: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

fn report() -> Report {
    let error = RowError {
        line: 3,
        column: None,
        value: "x".to_owned(),
        code: "not-a-number".to_owned(),
        reason: "expected a number".to_owned(),
    };
    Report {
        rows: 10,
        accepted: 9,
        rejected: 1,
        refused: 0,
        known: 0,
        taken_out: 0,
        errors: vec![error],
        warnings: Vec::new(),
    }
}

#[test]
fn a_new_upload_has_the_shape_that_partners_rely_on() {
    let shown = serde_json::to_value(UploadView::new(upload(UploadState::Received), false)).unwrap();

    assert_eq!(shown["id"], "upl_01h455vb4pex5vsknk084sn02q");
    assert_eq!(
        (&shown["kind"], &shown["status"]),
        (&json!("customer-data"), &json!("received"))
    );
    assert_eq!(
        shown["file"],
        json!({ "name": "a.csv", "bytes": 3, "sha256": "00" })
    );
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (mut shown, mut documented) = (names(&shown), names(&example("received")));
    shown.sort();
    documented.sort();
    assert_eq!(shown, documented);
}

#[test]
fn an_import_can_be_undone_while_it_is_the_last_one() {
    let imported = || {
        upload(UploadState::Imported {
            report: report(),
            summary: ImportSummary {
                added: 9,
                skipped: 1,
                ..ImportSummary::default()
            },
            batch: 1,
            at: Timestamp::UNIX_EPOCH,
        })
    };
    let last = serde_json::to_value(UploadView::new(imported(), true)).unwrap();
    let other = serde_json::to_value(UploadView::new(imported(), false)).unwrap();

    assert_eq!(last["undo_until"], "1970-01-31T00:00:00Z");
    assert_eq!(other["undo_until"], Value::Null);
    assert_eq!(
        last["summary"],
        json!({ "added": 9, "changed": 0, "unchanged": 0, "skipped": 1, "removed": 0 })
    );
    assert_eq!(
        (&last["report"]["accepted"], &last["report"]["errors"][0]["line"]),
        (&json!(9), &json!(3))
    );
}

#[test]
fn a_list_counts_what_is_wrong_and_does_not_list_it() {
    let line = serde_json::to_value(UploadLine::from(upload(UploadState::Validated {
        report: report(),
    })))
    .unwrap();

    assert_eq!(
        (&line["rows"], &line["rejected"], &line["status"]),
        (&json!(10), &json!(1), &json!("validated"))
    );
    assert!(!line.to_string().contains("not-a-number"));
}

#[test]
fn a_failed_upload_says_why() {
    let why = Unreadable {
        code: "no-header".to_owned(),
        line: Some(1),
        message: "there is no header".to_owned(),
    };
    let shown = serde_json::to_value(UploadView::new(upload(UploadState::Failed { why }), false)).unwrap();

    assert_eq!(
        shown["failure"],
        json!({ "code": "no-header", "line": 1, "message": "there is no header" })
    );
}
