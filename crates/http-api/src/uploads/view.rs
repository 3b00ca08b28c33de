//! An upload as the API shows it.

#[cfg(test)]
mod tests;

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    id::{JobId, UploadId, UserId},
    upload::{
        ImportSummary, Profile, Report, RowError, UNDO_DAYS, Unreadable, Upload, UploadState, UploadedFile,
    },
};
use kale_web::etag::etag;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::map::MappingDocument;

/// An upload in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadSummary)]
pub(super) struct UploadLine {
    /// Its identity.
    #[schema(value_type = String, example = "upl_01h455vb4pex5vsknk084sn02q")]
    id: UploadId,
    /// What it is about.
    #[schema(example = "customer-data")]
    kind: &'static str,
    /// `received`, `profiling`, `awaiting_mapping`, `validating`, `validated`, `importing`, `imported`, `undone`,
    /// `failed` or `cancelled`.
    #[schema(example = "imported")]
    status: &'static str,
    /// The bytes.
    file: FileView,
    /// The job that works on it just now.
    #[schema(value_type = Option<String>)]
    job: Option<JobId>,
    /// Data rows; null before they are checked.
    rows: Option<u64>,
    /// Rows that can't be imported; null before they are checked.
    rejected: Option<u64>,
    /// What the import did; null before.
    summary: Option<SummaryView>,
    /// Why it failed; null where it did not.
    failure: Option<FailureView>,
    /// Who gave it; null for a program.
    #[schema(value_type = Option<String>)]
    created_by: Option<UserId>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Grows by one with every change.
    version: u64,
}

/// An upload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upload)]
pub(super) struct UploadView {
    /// Its identity.
    #[schema(value_type = String, example = "upl_01h455vb4pex5vsknk084sn02q")]
    id: UploadId,
    /// What it is about.
    #[schema(example = "customer-data")]
    kind: &'static str,
    /// `received`, `profiling`, `awaiting_mapping`, `validating`, `validated`, `importing`, `imported`, `undone`,
    /// `failed` or `cancelled`.
    #[schema(example = "awaiting_mapping")]
    status: &'static str,
    /// The bytes.
    file: FileView,
    /// The job that works on it, or that this request started.
    #[schema(value_type = Option<String>)]
    job: Option<JobId>,
    /// What the file is like, in short; the whole of it at `GET /uploads/{id}/profile`. Null before it was looked at.
    profile: Option<ProfileSummary>,
    /// How we would read it; null before it was looked at.
    suggestion: Option<MappingDocument>,
    /// How a person said to read it; null before.
    mapping: Option<MappingDocument>,
    /// What checking found; null before.
    report: Option<ReportView>,
    /// What the import did; null before.
    summary: Option<SummaryView>,
    /// Until when the import can be taken back; null where it can't.
    #[schema(value_type = Option<String>, format = DateTime)]
    undo_until: Option<Timestamp>,
    /// Why it failed; null where it did not.
    failure: Option<FailureView>,
    /// Who gave it; null for a program.
    #[schema(value_type = Option<String>)]
    created_by: Option<UserId>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Grows by one with every change; its `ETag` is `"v"` and this.
    version: u64,
}

/// The bytes as they came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadedFile)]
pub(super) struct FileView {
    /// As the sender called it, without a path.
    #[schema(example = "customers.csv")]
    name: String,
    #[schema(example = 977_501)]
    bytes: u64,
    /// Their SHA-256, in hex.
    sha256: String,
}

/// What a file is like, in short.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ProfileSummary {
    /// `utf-8`, `utf-16le`, `windows-1252` …
    #[schema(example = "utf-8")]
    encoding: String,
    /// The character between two fields.
    #[schema(value_type = String, example = ",")]
    delimiter: char,
    /// Data rows seen.
    rows: u64,
    /// Whether that was the whole file.
    complete: bool,
    /// How many columns it has.
    columns: usize,
}

/// What checking a file found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadReport)]
pub(super) struct ReportView {
    /// Data rows.
    rows: u64,
    /// Rows that can be imported.
    accepted: u64,
    /// Rows that can't.
    rejected: u64,
    /// Of the accepted ones, those whose customer exists already; the others are new customers.
    known: u64,
    /// Rows of earlier files that `replace` would take out; 0 in the other modes.
    taken_out: u64,
    /// The first 1,000 of what is wrong; every rejected row stands in `GET /uploads/{id}/errors.csv`.
    errors: Vec<RowErrorView>,
    /// What is not wrong but worth knowing.
    warnings: Vec<String>,
}

/// A value that can't be taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RowError)]
pub(super) struct RowErrorView {
    /// The line of the file, from 1 (the header).
    #[schema(example = 17)]
    line: u64,
    /// The header of its column; null where the whole row is wrong.
    #[schema(example = "tenure")]
    column: Option<String>,
    /// What stood there, shortened.
    value: String,
    /// A slug that never changes.
    #[schema(example = "not-a-number")]
    code: String,
    /// Why it can't be taken, and what could.
    reason: String,
}

/// What an import did, in rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportSummary)]
pub(super) struct SummaryView {
    /// Not there before.
    added: u64,
    /// Changed.
    changed: u64,
    /// The same as before, and not written.
    unchanged: u64,
    /// Left out because they were wrong.
    skipped: u64,
    /// Taken out because the file no longer has them (`replace`).
    removed: u64,
}

/// Why an upload failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadFailure)]
pub(super) struct FailureView {
    /// A slug that never changes.
    #[schema(example = "duplicate-header")]
    code: String,
    /// The line, where there is one.
    line: Option<u64>,
    /// What is wrong and what to do.
    message: String,
}

/// Until when an import can be taken back, as far as its age tells.
pub(super) fn undo_until(state: &UploadState) -> Option<Timestamp> {
    let UploadState::Imported { at, .. } = state else {
        return None;
    };
    at.checked_add(SignedDuration::from_hours(24 * UNDO_DAYS)).ok()
}

impl UploadView {
    /// The upload; `undoable` says whether its import is the one that can be taken back.
    pub(super) fn new(upload: Upload, undoable: bool) -> Self {
        let UploadParts {
            report,
            summary,
            failure,
        } = UploadParts::of(&upload.state);
        Self {
            id: upload.id,
            kind: upload.kind.slug(),
            status: upload.state.name(),
            file: upload.file.into(),
            job: upload.state.job(),
            profile: upload.profile.as_ref().map(ProfileSummary::from),
            suggestion: upload.suggestion.map(MappingDocument::from),
            mapping: upload.mapping.map(MappingDocument::from),
            report: report.map(ReportView::from),
            summary,
            undo_until: undo_until(&upload.state).filter(|_| undoable),
            failure,
            created_by: upload.by,
            created_at: upload.created_at,
            updated_at: upload.updated_at,
            version: upload.version,
        }
    }

    /// As an answer, with its `ETag`.
    pub(super) fn answer(&self, mut response: HttpResponseBuilder) -> HttpResponse {
        response
            .insert_header((header::ETAG, etag(self.version)))
            .json(self)
    }

    /// As the answer to a request that started a job.
    pub(super) fn started(mut self, job: JobId) -> HttpResponse {
        self.job = Some(job);
        self.answer(crate::jobs::started(job))
    }

    /// As the answer to the file itself.
    pub(super) fn received(&self) -> HttpResponse {
        let mut response = HttpResponse::Accepted();
        response.insert_header((header::LOCATION, format!("/api/v1/uploads/{}", self.id)));
        self.answer(response)
    }
}

/// What only some states have.
struct UploadParts<'a> {
    report: Option<&'a Report>,
    summary: Option<SummaryView>,
    failure: Option<FailureView>,
}

impl<'a> UploadParts<'a> {
    fn of(state: &'a UploadState) -> Self {
        let summary = match state {
            UploadState::Imported { summary, .. } | UploadState::Undone { summary, .. } => {
                Some((*summary).into())
            }
            _ => None,
        };
        let failure = match state {
            UploadState::Failed { why } => Some(why.clone().into()),
            _ => None,
        };
        Self {
            report: state.report(),
            summary,
            failure,
        }
    }
}

impl From<Upload> for UploadLine {
    fn from(upload: Upload) -> Self {
        let UploadParts {
            report,
            summary,
            failure,
        } = UploadParts::of(&upload.state);
        Self {
            id: upload.id,
            kind: upload.kind.slug(),
            status: upload.state.name(),
            job: upload.state.job(),
            rows: report.map(|report| report.rows),
            rejected: report.map(|report| report.rejected),
            summary,
            failure,
            file: upload.file.into(),
            created_by: upload.by,
            created_at: upload.created_at,
            updated_at: upload.updated_at,
            version: upload.version,
        }
    }
}

impl From<UploadedFile> for FileView {
    fn from(file: UploadedFile) -> Self {
        Self {
            name: file.name,
            bytes: file.bytes,
            sha256: file.sha256,
        }
    }
}

impl From<&Profile> for ProfileSummary {
    fn from(profile: &Profile) -> Self {
        Self {
            encoding: profile.encoding.clone(),
            delimiter: profile.delimiter,
            rows: profile.rows,
            complete: profile.complete,
            columns: profile.columns.len(),
        }
    }
}

impl From<&Report> for ReportView {
    fn from(report: &Report) -> Self {
        Self {
            rows: report.rows,
            accepted: report.accepted,
            rejected: report.rejected,
            known: report.known,
            taken_out: report.taken_out,
            errors: report.errors.iter().cloned().map(RowErrorView::from).collect(),
            warnings: report.warnings.clone(),
        }
    }
}

impl From<RowError> for RowErrorView {
    fn from(error: RowError) -> Self {
        Self {
            line: error.line,
            column: error.column,
            value: error.value,
            code: error.code,
            reason: error.reason,
        }
    }
}

impl From<ImportSummary> for SummaryView {
    fn from(summary: ImportSummary) -> Self {
        Self {
            added: summary.added,
            changed: summary.changed,
            unchanged: summary.unchanged,
            skipped: summary.skipped,
            removed: summary.removed,
        }
    }
}

impl From<Unreadable> for FailureView {
    fn from(why: Unreadable) -> Self {
        Self {
            code: why.code,
            line: why.line,
            message: why.message,
        }
    }
}

/// An upload, for the document.
pub(super) fn example(status: &str) -> Value {
    let looked_at = status != "received";
    let column = json!({ "to": "external_id", "type": "text", "format": null, "currency": null });
    let mapping = json!({ "mode": "upsert", "columns": { "customerID": column } });
    let profile =
        json!({ "encoding": "utf-8", "delimiter": ",", "rows": 7043, "complete": true, "columns": 21 });
    json!({
        "id": "upl_01h455vb4pex5vsknk084sn02q", "kind": "customer-data", "status": status,
        "file": {
            "name": "customers.csv", "bytes": 977_501,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        },
        "job": matches!(status, "validating" | "importing").then_some("job_01h455vb4pex5vsknk084sn02q"),
        "profile": looked_at.then_some(profile),
        "suggestion": looked_at.then(|| mapping.clone()), "mapping": looked_at.then_some(mapping),
        "report": null, "summary": null, "undo_until": null, "failure": null, "created_by": null,
        "created_at": "2026-03-15T09:30:00Z", "updated_at": "2026-03-15T09:30:00Z", "version": 1
    })
}
