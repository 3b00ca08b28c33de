use kale_dashboard::view::{
    parts::{Link, Pager, Tone},
    shell::Section,
    uploads::{UploadRow, UploadsPage},
};

use super::{Page, chip, empty, fragment, job, page, shell};

/// Files as the first page lists them.
pub(crate) fn rows(typed: &str) -> Vec<UploadRow> {
    uploads(typed).uploads
}

fn uploads(typed: &str) -> UploadsPage {
    let row = |file: &str, state, rows: &str, progress| UploadRow {
        id: "upl_01h455vb4pex5vsknk084sn02q".to_owned(),
        file: format!("{file}{typed}"),
        size: "954 kB".to_owned(),
        state,
        rows: rows.to_owned(),
        by: format!("Ada Okafor{typed}"),
        at: "6 min ago".to_owned(),
        progress,
    };
    UploadsPage {
        shell: shell(Section::Data, "Data", vec![], typed),
        may_upload: true,
        max_size: "2 GB".to_owned(),
        max_bytes: 2_147_483_648,
        problem: String::new(),
        uploads: vec![
            row(
                "telco_november.csv",
                chip("Checking", Tone::Sky),
                "",
                Some(job(
                    "Checking telco_november.csv",
                    "3,200 of 7,043 rows",
                    Some(45),
                    "#uploads",
                )),
            ),
            row(
                "telco_october.csv",
                chip("Waits for mapping", Tone::Sun),
                "",
                None,
            ),
            row(
                "telco_customers.csv",
                chip("Imported", Tone::Leaf),
                "7,043 rows imported",
                None,
            ),
            row("export (3).xlsx", chip("Can’t be read", Tone::Stem), "", None),
        ],
        empty: empty(
            "file-spreadsheet",
            "No files yet. Drop one above; nothing is imported before you have checked it.",
            None,
            Some(Link::new("What a file should look like", "/docs")),
        ),
        pager: Pager {
            summary: "4 files".to_owned(),
            previous: None,
            restarts: false,
            next: None,
        },
    }
}

pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let none = UploadsPage {
        uploads: vec![],
        problem: format!("Only CSV files can be read.{typed}"),
        ..uploads(typed)
    };
    let mut all = vec![
        page("data", &uploads(typed)),
        page("data-empty", &none),
        page(
            "data-read-only",
            &UploadsPage {
                may_upload: false,
                ..uploads(typed)
            },
        ),
        fragment("fragment-uploads", &uploads(typed).as_list()),
    ];
    all.extend(super::upload::stages(typed));
    all
}
