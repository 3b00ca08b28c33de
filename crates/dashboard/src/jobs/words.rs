//! Jobs in words.

use kale_domain::job::{JobState, JobStatus};

use crate::{
    view::{
        format,
        parts::{Chip, Tone},
    },
    words::{counted, sentence},
};

/// What a kind of job does: `Check a file`.
pub(crate) fn title(kind: &str) -> String {
    match kind {
        "profile_upload" => "Look at a file".to_owned(),
        "validate_upload" => "Check a file".to_owned(),
        "import_upload" => "Import a file".to_owned(),
        "refresh_customers" => "Bring customers up to date".to_owned(),
        "assign_personas" => "Apply persona rules".to_owned(),
        "persona_sweep" => "Apply persona rules everywhere".to_owned(),
        "mail" => "Send a mail".to_owned(),
        "purge_company" => "Purge a deleted company".to_owned(),
        "rotate_keys" => "Seal secrets with a new key".to_owned(),
        "rollup" => "Count sessions and events".to_owned(),
        "rollup_sweep" => "Count what was left".to_owned(),
        "rollup_rebuild" => "Count every session anew".to_owned(),
        "rollup_check" => "Check figures against sessions".to_owned(),
        other => spaced(other),
    }
}

/// What a job is doing, to that thing: `Checking telco_customers.csv`.
pub(crate) fn doing(kind: &str, subject: &str) -> String {
    match kind {
        "profile_upload" => format!("Looking at {subject}"),
        "validate_upload" => format!("Checking {subject}"),
        "import_upload" => format!("Importing {subject}"),
        "refresh_customers" => "Bringing customers up to date".to_owned(),
        "assign_personas" => "Applying persona rules".to_owned(),
        other => spaced(other),
    }
}

fn spaced(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Where a job stands.
pub(crate) fn chip(state: JobState) -> Chip {
    let (label, tone) = match state {
        JobState::Scheduled => ("Tries again later", Tone::Sun),
        JobState::Queued => ("Waits", Tone::Plain),
        JobState::Leased => ("Running", Tone::Sky),
        JobState::Succeeded => ("Done", Tone::Leaf),
        JobState::Dead => ("Gave up", Tone::Stem),
        JobState::Cancelled => ("Stopped", Tone::Plain),
    };
    Chip {
        label: label.to_owned(),
        tone,
    }
}

/// Whole percent; `None` while the size is unknown. A job that still runs is never shown as done.
pub(crate) fn percent(job: &JobStatus) -> Option<u8> {
    if job.state == JobState::Succeeded {
        return Some(100);
    }
    let total = job.progress.total.filter(|total| *total > 0)?;
    let done = job.progress.done.min(total);
    u8::try_from(u128::from(done) * 100 / u128::from(total))
        .ok()
        .map(|percent| percent.min(99))
}

/// What it does just now, with numbers.
pub(crate) fn note(job: &JobStatus) -> String {
    let progress = &job.progress;
    match job.state {
        JobState::Scheduled => "Waits for another try".to_owned(),
        JobState::Queued => "Waits for its turn".to_owned(),
        JobState::Dead => job
            .last_error
            .as_deref()
            .map_or_else(|| counted(&progress.note), sentence),
        JobState::Succeeded | JobState::Cancelled => counted(&progress.note),
        JobState::Leased if progress.note.is_empty() && progress.done == 0 => "Begins".to_owned(),
        // Bytes of a file are no number anybody wants to read.
        JobState::Leased if job.kind == "profile_upload" || progress.done == 0 => counted(&progress.note),
        JobState::Leased => {
            let done = match progress.total {
                Some(total) => format!("{} of {}", format::number(progress.done), format::number(total)),
                None => format!("{} so far", format::number(progress.done)),
            };
            if progress.note.is_empty() {
                done
            } else {
                format!("{}, {done}", counted(&progress.note))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;
    use kale_domain::job::Progress;

    use super::*;

    pub(crate) fn job(state: JobState, done: u64, total: Option<u64>) -> JobStatus {
        JobStatus {
            id: "job_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            company: None,
            kind: "validate_upload".to_owned(),
            subject: Some("upl_01h455vb4pex5vsknk084sn02q".to_owned()),
            started_by: None,
            state,
            progress: Progress {
                done,
                total,
                note: "Checking rows".to_owned(),
            },
            attempts: 1,
            max_attempts: 5,
            last_error: None,
            created_at: Timestamp::UNIX_EPOCH,
            run_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
        }
    }

    #[test]
    fn a_job_that_runs_is_never_shown_as_done() {
        assert_eq!(percent(&job(JobState::Leased, 7043, Some(7043))), Some(99));
        assert_eq!(percent(&job(JobState::Leased, 3200, Some(7043))), Some(45));
        assert_eq!(percent(&job(JobState::Leased, 3200, None)), None);
        assert_eq!(percent(&job(JobState::Leased, 0, Some(0))), None);
        assert_eq!(percent(&job(JobState::Succeeded, 1, None)), Some(100));
    }

    #[test]
    fn a_note_has_numbers_while_there_are_some() {
        assert_eq!(
            note(&job(JobState::Leased, 3200, Some(7043))),
            "Checking rows, 3,200 of 7,043"
        );
        assert_eq!(
            note(&job(JobState::Leased, 3200, None)),
            "Checking rows, 3,200 so far"
        );
        assert_eq!(note(&job(JobState::Leased, 0, None)), "Checking rows");
        assert_eq!(note(&job(JobState::Queued, 0, None)), "Waits for its turn");
    }

    #[test]
    fn a_kind_without_words_of_its_own_is_read_out() {
        assert_eq!(title("chain_seal"), "Chain seal");
    }
}
