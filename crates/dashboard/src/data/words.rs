//! Uploads in words.

use kale_application::uploads::UploadError;
use kale_domain::{
    job::JobStatus,
    upload::{TransitionError, Upload, UploadState},
};
use kale_web::Problem;

use crate::view::{
    format,
    parts::{Chip, Tone},
};
pub(super) use crate::words::sentence;

/// Where an upload stands.
pub(super) fn chip(state: &UploadState) -> Chip {
    let (label, tone) = match state {
        UploadState::Received | UploadState::Profiling { .. } => ("Reading", Tone::Sky),
        UploadState::AwaitingMapping => ("Waits for mapping", Tone::Sun),
        UploadState::Validating { .. } => ("Checking", Tone::Sky),
        UploadState::Validated { .. } => ("Checked", Tone::Sun),
        UploadState::Importing { .. } => ("Importing", Tone::Sky),
        UploadState::Imported { .. } => ("Imported", Tone::Leaf),
        UploadState::Undone { .. } => ("Undone", Tone::Plain),
        UploadState::Failed { .. } => ("Can’t be read", Tone::Stem),
        UploadState::Cancelled { .. } => ("Cancelled", Tone::Plain),
    };
    Chip {
        label: label.to_owned(),
        tone,
    }
}

/// What the job of an upload is doing.
pub(super) fn doing(upload: &Upload, job: Option<&JobStatus>) -> String {
    let kind = match (&upload.state, job) {
        (UploadState::Imported { .. } | UploadState::Undone { .. }, _) => "refresh_customers",
        (_, Some(job)) => job.kind.as_str(),
        (UploadState::Validating { .. }, None) => "validate_upload",
        (UploadState::Importing { .. }, None) => "import_upload",
        (_, None) => "profile_upload",
    };
    crate::jobs::words::doing(kind, &upload.file.name)
}

/// `7,043 rows, 12 can’t be imported`; empty while unknown.
pub(super) fn rows(state: &UploadState) -> String {
    match state {
        UploadState::Imported { summary, .. } => {
            let live = summary.added + summary.changed + summary.unchanged;
            format!("{} imported", format::count(live, "row", "rows"))
        }
        UploadState::Undone { .. } => "taken back".to_owned(),
        state => state.report().map_or_else(String::new, |report| {
            let rows = format::count(report.rows, "row", "rows");
            if report.rejected == 0 {
                rows
            } else {
                format!("{rows}, {} can’t be imported", format::number(report.rejected))
            }
        }),
    }
}

/// Why something was refused, as a sentence for a person; `None` where that is not the person's to mend.
pub(super) fn refusal(error: &UploadError) -> Option<String> {
    match error {
        UploadError::Unreadable(why) => Some(match why.line {
            Some(line) => sentence(&format!("line {line}: {}", why.message)),
            None => sentence(&why.message),
        }),
        UploadError::NotNow(TransitionError::HasRejected(rows)) => Some(format!(
            "{} can’t be imported. Choose to leave them out, or correct the file and upload it again.",
            format::count(*rows, "row", "rows")
        )),
        UploadError::NotMapped => Some("Say first what each column means.".to_owned()),
        UploadError::NotNow(TransitionError::NotNow { .. }) => {
            Some("That can’t be done where the upload stands now; this page shows where.".to_owned())
        }
        UploadError::TooLarge
        | UploadError::Interrupted(_)
        | UploadError::NotNow(TransitionError::NothingToImport | TransitionError::TooLate)
        | UploadError::Superseded => Some(sentence(&error.to_string())),
        UploadError::Invalid(_) | UploadError::NotFound | UploadError::Store(_) | UploadError::Blobs(_) => {
            None
        }
    }
}

/// What a problem says, as a sentence.
pub(super) fn problem(problem: &Problem) -> String {
    let fields: Vec<&str> = problem
        .fields()
        .iter()
        .map(|field| field.message.as_str())
        .collect();
    match problem.explanation() {
        Some(said) => sentence(said),
        None if fields.is_empty() => sentence(problem.title()),
        None => sentence(&fields.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::upload::Unreadable;

    use super::*;

    #[test]
    fn a_refusal_says_where_and_what_to_do() {
        let why = Unreadable {
            code: "no-header".to_owned(),
            line: Some(3),
            message: "the quote is never closed".to_owned(),
        };
        assert_eq!(
            refusal(&UploadError::Unreadable(why)).unwrap(),
            "Line 3: the quote is never closed."
        );
        let wrong = UploadError::NotNow(TransitionError::HasRejected(1));
        assert!(
            refusal(&wrong)
                .unwrap()
                .starts_with("1 row can’t be imported. Choose")
        );
        assert!(refusal(&UploadError::NotFound).is_none());
    }
}
