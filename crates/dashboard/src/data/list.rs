//! `GET /data`

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_domain::{
    access::Permission,
    id::UploadId,
    upload::{MAX_BYTES, Upload},
};
use kale_web::{Problem, Query as Asked, permission::ReadUploads};
use serde::Deserialize;

use super::{reader::Reader, words};
use crate::{
    frame::{Here, Query},
    jobs::Place,
    people::People,
    view::{
        format,
        parts::{Empty, Link, Pager},
        shell::Section,
        uploads::{UploadRow, UploadsPage},
    },
};

/// How many stand on a page.
const PAGE: u32 = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    cursor: Option<UploadId>,
}

#[tracing::instrument(name = "dashboard.data.list", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadUploads>,
    reader: Reader,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let page = reader.page(&here, &params, String::new()).await?;
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

impl Reader {
    /// The page; `problem` says why the last file was refused.
    pub(super) async fn page<P>(
        &self,
        here: &Here<P>,
        params: &Params,
        problem: String,
    ) -> Result<UploadsPage, Problem> {
        let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut found = self.uploads.list(here.tenant(), PAGE + 1, params.cursor).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let people = People::of(&self.companies, here.tenant(), here.caller()).await?;
        let mut rows = Vec::with_capacity(found.len());
        for upload in &found {
            rows.push(self.row(here, &people, params, upload).await?);
        }
        Ok(UploadsPage {
            shell: here.shell(Section::Data, "Data"),
            may_upload: here.may(Permission::ManageUploads),
            max_size: "2 GiB".to_owned(),
            max_bytes: MAX_BYTES,
            problem,
            uploads: rows,
            empty: Empty {
                icon: "file-spreadsheet",
                text: "No files yet. Nothing is imported before you have seen what would happen.".to_owned(),
                action: None,
                other: Some(Link::new("A file to start from", "/data/templates/customer-data")),
            },
            pager: pager(params, &found, more),
        })
    }

    async fn row<P>(
        &self,
        here: &Here<P>,
        people: &People,
        params: &Params,
        upload: &Upload,
    ) -> Result<UploadRow, Problem> {
        let job = self.job_of(here, upload).await?;
        let running = job.filter(|job| !job.state.is_final());
        let progress = running.map(|job| {
            let place = Place {
                title: words::doing(upload, Some(&job)),
                refresh: address(params),
                target: "#uploads",
                may_cancel: false,
            };
            place.progress(&job, here.caller())
        });
        Ok(UploadRow {
            progress,
            ..row(here, people, upload)
        })
    }
}

/// A file as lists show it, without the work on it.
pub(crate) fn row<P>(here: &Here<P>, people: &People, upload: &Upload) -> UploadRow {
    UploadRow {
        id: upload.id.to_string(),
        file: upload.file.name.clone(),
        size: format::bytes(upload.file.bytes),
        state: words::chip(&upload.state),
        rows: words::rows(&upload.state),
        by: people.name(upload.by),
        at: here.ago(upload.created_at),
        progress: None,
    }
}

fn address(params: &Params) -> String {
    let cursor = params.cursor.map(|id| id.to_string()).unwrap_or_default();
    Query::default().with("cursor", cursor).at("/data")
}

fn pager(params: &Params, shown: &[Upload], more: bool) -> Pager {
    if params.cursor.is_none() && !more {
        return Pager::default();
    }
    let next = shown.last().filter(|_| more);
    let files = format::count(u64::try_from(shown.len()).unwrap_or(0), "file", "files");
    Pager {
        summary: format!("{files} on this page, newest first"),
        previous: params.cursor.map(|_| "/data".to_owned()),
        restarts: false,
        next: next.map(|last| Query::default().with("cursor", last.id.to_string()).at("/data")),
    }
}
