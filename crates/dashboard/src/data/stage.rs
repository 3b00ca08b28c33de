//! One upload in its stage.

use jiff::SignedDuration;
use kale_domain::{
    access::Permission,
    error::FieldError,
    job::{JobState, JobStatus},
    upload::{ImportMode, ImportSummary, UNDO_DAYS, Unreadable, Upload, UploadState},
};
use kale_web::{Problem, etag::etag};

use super::{columns::Filling, mapping::Chosen, reader::Reader, report, words};
use crate::{
    frame::Here,
    jobs::Place,
    people::People,
    view::{
        customer::Fact,
        format,
        parts::{Banner, JobProgress, Step, StepState},
        shell::{Crumb, Section},
        upload::{ImportResult, MapForm, Stage, UploadPage},
    },
};

/// What of an upload is shown.
#[derive(Debug, Default)]
pub(super) enum Shown {
    /// Where it stands.
    #[default]
    AsItIs,
    /// The mapping once more, though it was checked already.
    Mapping,
    /// The mapping as it was just sent, with what is wrong with it.
    Sent {
        /// What was chosen.
        chosen: Chosen,
        /// What is wrong.
        wrong: Vec<FieldError>,
        /// Whether somebody else was faster.
        stale: bool,
    },
    /// Where it stands, and why the import did not start.
    Refused(String),
}

impl Reader {
    /// The page of an upload.
    pub(super) async fn upload_page<P>(
        &self,
        here: &Here<P>,
        upload: &Upload,
        shown: Shown,
    ) -> Result<UploadPage, Problem> {
        let people = People::of(&self.companies, here.tenant(), here.caller()).await?;
        let stage = self.stage(here, upload, shown).await?;
        let mut shell = here.shell(Section::Data, upload.file.name.clone());
        shell.crumbs = vec![Crumb {
            label: "Data".to_owned(),
            href: "/data".to_owned(),
        }];
        let may_manage = here.may(Permission::ManageUploads);
        Ok(UploadPage {
            shell,
            id: upload.id.to_string(),
            file: upload.file.name.clone(),
            detail: format!(
                "{}, uploaded by {}, {}",
                format::bytes(upload.file.bytes),
                people.name(upload.by),
                here.ago(upload.created_at)
            ),
            state: words::chip(&upload.state),
            steps: steps(upload, &stage),
            stage,
            may_manage,
            may_cancel: may_manage && upload.state.clone().cancelled(here.frame.now()).is_ok(),
        })
    }

    async fn stage<P>(&self, here: &Here<P>, upload: &Upload, shown: Shown) -> Result<Stage, Problem> {
        let maps = matches!(upload.state, UploadState::AwaitingMapping)
            || matches!(
                (&upload.state, &shown),
                (UploadState::Validated { .. }, Shown::Mapping | Shown::Sent { .. })
            );
        if maps && upload.profile.is_some() {
            return Ok(Stage::Map(Box::new(self.map_form(here, upload, shown).await?)));
        }
        let job = self.job_of(here, upload).await?;
        let progress = |job: Option<&JobStatus>| progress(here, upload, job);
        let running = job.as_ref().filter(|job| !job.state.is_final());
        let follow_up = running.map(|job| progress(Some(job)));
        Ok(match &upload.state {
            UploadState::Received | UploadState::Profiling { .. } | UploadState::AwaitingMapping => {
                Stage::Reading(progress(job.as_ref()))
            }
            UploadState::Validating { .. } => Stage::Checking(progress(job.as_ref())),
            UploadState::Importing { .. } => Stage::Importing(progress(job.as_ref())),
            UploadState::Validated { report } => {
                let mode = upload
                    .mapping
                    .as_ref()
                    .map_or(ImportMode::Upsert, |mapping| mapping.mode);
                let problem = if let Shown::Refused(problem) = shown {
                    problem
                } else {
                    String::new()
                };
                Stage::Checked(Box::new(report::view(report, mode, problem)))
            }
            UploadState::Imported { summary, at, .. } => {
                let (undo_until, no_undo) = self.undo(here, upload, *at).await?;
                Stage::Imported(Box::new(ImportResult {
                    figures: figures(*summary),
                    at: here.instant(*at),
                    undo_until,
                    no_undo,
                    follow_up,
                }))
            }
            UploadState::Undone { at, .. } => Stage::Undone {
                at: here.instant(*at),
                follow_up,
            },
            UploadState::Cancelled { at } => Stage::Cancelled {
                at: here.instant(*at),
            },
            UploadState::Failed { why } => failed(why),
        })
    }

    async fn map_form<P>(&self, here: &Here<P>, upload: &Upload, shown: Shown) -> Result<MapForm, Problem> {
        let (upload, profile) = match &upload.profile {
            Some(profile) => (upload, profile),
            None => return Err(Problem::of("wrong-state")),
        };
        let existing = self.customers.attributes(here.reach()).await?;
        let (chosen, wrong, stale) = match shown {
            Shown::Sent { chosen, wrong, stale } => (chosen, wrong, stale),
            _ => {
                let mapping = upload.mapping.as_ref().or(upload.suggestion.as_ref());
                (Chosen::of(mapping, profile), Vec::new(), false)
            }
        };
        let banner = stale.then(|| Banner {
            text: "Somebody changed this mapping in between. What you chose is still here; checking it now replaces \
                   theirs."
                .to_owned(),
            tone: crate::view::parts::Tone::Sun,
            action: Some(crate::view::parts::Link::new(
                "See theirs",
                format!("/data/uploads/{}?step=map", upload.id),
            )),
        });
        let filling = Filling {
            profile,
            chosen: &chosen,
            existing: &existing,
            currency: here.company()?.currency,
            suggested: upload.mapping.is_none() && wrong.is_empty() && !stale,
            wrong: &wrong,
            banner,
            etag: etag(upload.version),
        };
        Ok(filling.form())
    }

    /// Until when it can be taken back, else why it can't.
    async fn undo<P>(
        &self,
        here: &Here<P>,
        upload: &Upload,
        at: jiff::Timestamp,
    ) -> Result<(Option<String>, String), Problem> {
        if !here.may(Permission::ManageUploads) {
            return Ok((None, String::new()));
        }
        if self.uploads.can_be_undone(here.tenant(), upload).await? {
            let end = at
                .checked_add(SignedDuration::from_hours(24 * UNDO_DAYS))
                .unwrap_or(at);
            let day = end.to_zoned(here.zone()).date();
            return Ok((Some(format::date(day)), String::new()));
        }
        let over = upload.state.clone().undone(here.frame.now()).is_err();
        Ok((
            None,
            if over {
                format!("It can’t be undone any more: that is possible for {UNDO_DAYS} days.")
            } else {
                "It can’t be undone: another file was imported since.".to_owned()
            },
        ))
    }
}

fn progress<P>(here: &Here<P>, upload: &Upload, job: Option<&JobStatus>) -> JobProgress {
    let title = words::doing(upload, job);
    let refresh = format!("/data/uploads/{}", upload.id);
    let Some(job) = job else {
        // Its job is not written yet, or long gone.
        return JobProgress {
            job: String::new(),
            title,
            note: "Waits for its turn. Load the page again to see how far it is.".to_owned(),
            percent: None,
            href: String::new(),
            may_cancel: false,
            refresh,
            target: "#upload",
        };
    };
    let place = Place {
        title,
        refresh,
        target: "#upload",
        may_cancel: false,
    };
    let mut progress = place.progress(job, here.caller());
    if job.state == JobState::Cancelled {
        "The work was stopped. Try it again on its own page, or cancel the upload."
            .clone_into(&mut progress.note);
    }
    progress
}

fn steps(upload: &Upload, stage: &Stage) -> Vec<Step> {
    let at = match stage {
        Stage::Reading(_) | Stage::Failed { .. } => 0,
        Stage::Map(_) => 1,
        Stage::Checking(_) | Stage::Checked(_) => 2,
        Stage::Importing(_) => 3,
        Stage::Imported(_) | Stage::Undone { .. } => 5,
        Stage::Cancelled { .. } => usize::from(upload.profile.is_some()),
    };
    let labels = ["File", "Map columns", "Check", "Import", "Done"];
    let steps = labels.into_iter().enumerate();
    steps
        .map(|(nth, label)| Step {
            label,
            state: match nth.cmp(&at) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Current,
                std::cmp::Ordering::Greater => StepState::Ahead,
            },
            href: (nth == 1 && matches!(stage, Stage::Checked(_)))
                .then(|| format!("/data/uploads/{}?step=map", upload.id)),
        })
        .collect()
}

fn figures(summary: ImportSummary) -> Vec<Fact> {
    [
        ("Added", summary.added),
        ("Changed", summary.changed),
        ("Unchanged", summary.unchanged),
        ("Skipped", summary.skipped),
        ("Taken out", summary.removed),
    ]
    .map(|(label, rows)| Fact::new(label, format::number(rows)))
    .into()
}

fn failed(why: &Unreadable) -> Stage {
    Stage::Failed {
        what: words::sentence(&why.message),
        place: why
            .line
            .map_or_else(String::new, |line| format!("Line {}", format::number(line))),
        advice: if why.code == "internal" {
            "Upload the file again. If it fails again, the log of the server says why.".to_owned()
        } else {
            "Correct the file and upload it again.".to_owned()
        },
    }
}
