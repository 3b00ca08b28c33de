//! The first page.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    customers::{Customers, ListRequest},
    live::JobFilter,
    personas::Personas,
    uploads::Uploads,
    work::Work,
};
use kale_domain::{access::Permission, id::UploadId, job::JobStatus};
use kale_web::{Problem, permission::ReadCustomers};

use super::checklist::{Facts, checklist};
use crate::{
    customers::personas::{PersonaTags, Share},
    frame::{Here, Query},
    jobs::{Place, words},
    view::{
        format,
        parts::{Band, Empty, JobProgress},
        shell::Section,
        today::TodayPage,
    },
};

/// How many of the latest jobs are looked at for those that still run.
const JOBS: u32 = 30;
/// Enough uploads to know whether there are any.
const UPLOADS: u32 = 20;

/// What is left to set up and where the customers are.
#[tracing::instrument(name = "dashboard.today", skip_all)]
pub(super) async fn show(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    uploads: Data<Uploads>,
    work: Data<Work>,
) -> Result<HttpResponse, Problem> {
    let company = here.company()?;
    let everybody = customers
        .prepare(here.reach(), company, &ListRequest::default())
        .await?;
    let shares = customers
        .shares(here.reach(), &everybody)
        .await?
        .into_iter()
        .map(|one| Share {
            persona: one.persona,
            customers: one.customers,
            mrr_minor: (one.mrr_known > 0).then_some(one.mrr_minor),
        });
    let shares: Vec<Share> = shares.collect();
    let configuration = personas.configuration(here.tenant()).await?;
    let tags = PersonaTags::of(&configuration);
    let total: u64 = shares.iter().map(|share| share.customers).sum();
    let facts = Facts {
        uploads: uploaded(&here, &uploads).await?,
        attributes: everybody.definitions.len(),
        personas_version: configuration.version,
        customers: total,
        assigned: shares
            .iter()
            .filter(|share| share.persona.is_some())
            .map(|share| share.customers)
            .sum(),
    };
    let (tasks, note) = if here.may(Permission::ManageUploads) {
        checklist(facts)
    } else {
        (Vec::new(), String::new())
    };
    let href = |key: &str| Query::default().with("filter[persona]", key).at("/customers");
    let band = (total > 0).then(|| tags.band(&shares, company.currency, href, |_| false));
    let page = TodayPage {
        shell: here.shell(Section::Today, "Today"),
        lede: lede(&facts, band.as_ref()),
        band,
        checklist: tasks,
        checklist_note: note,
        running: running(&here, &work, &uploads).await?,
        // No use case counts movements yet.
        span: String::new(),
        movements: Vec::new(),
        no_movements: Empty {
            icon: "history",
            text: "Nobody moved.".to_owned(),
            action: None,
            other: None,
        },
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_body().render()
        } else {
            page.render()
        }
    })
}

async fn uploaded(here: &Here<ReadCustomers>, uploads: &Uploads) -> Result<usize, Problem> {
    if !here.may(Permission::ReadUploads) {
        return Ok(0);
    }
    Ok(uploads.list(here.tenant(), UPLOADS, None).await?.len())
}

/// One sentence with the most important number.
fn lede(facts: &Facts, band: Option<&Band>) -> String {
    let Some(band) = band else {
        return "No customers yet.".to_owned();
    };
    let customers = format::count(facts.customers, "customer", "customers");
    let largest = band.segments.iter().max_by_key(|segment| segment.weight);
    match largest.filter(|_| facts.assigned > 0) {
        Some(largest) => format!("{customers}, {} of them in “{}”.", largest.value, largest.label),
        None => format!("{customers}, none in a persona yet."),
    }
}

async fn running(
    here: &Here<ReadCustomers>,
    work: &Work,
    uploads: &Uploads,
) -> Result<Vec<JobProgress>, Problem> {
    if !here.may(Permission::ReadJobs) {
        return Ok(Vec::new());
    }
    let latest = work
        .list(here.tenant(), &JobFilter::default(), JOBS, None)
        .await?;
    let mut running = Vec::new();
    for job in latest.into_iter().filter(|job| !job.state.is_final()) {
        let place = Place {
            title: words::doing(&job.kind, &subject(here, uploads, &job).await?),
            refresh: "/".to_owned(),
            target: "#today",
            may_cancel: true,
        };
        running.push(place.progress(&job, here.caller()));
    }
    Ok(running)
}

async fn subject(here: &Here<ReadCustomers>, uploads: &Uploads, job: &JobStatus) -> Result<String, Problem> {
    let id = job
        .subject
        .as_deref()
        .and_then(|subject| subject.parse::<UploadId>().ok());
    let Some(id) = id else {
        return Ok("a file".to_owned());
    };
    match uploads.get(here.tenant(), id).await {
        Ok(upload) => Ok(upload.file.name),
        // Jobs outlive what they were about.
        Err(kale_application::uploads::UploadError::NotFound) => Ok("a file".to_owned()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::money::Currency;

    use super::*;
    use crate::customers::personas::tests::{configuration, id};

    #[test]
    fn the_first_sentence_names_where_most_customers_are() {
        let share = |persona, customers| Share {
            persona,
            customers,
            mrr_minor: None,
        };
        let shares = [share(Some(id(3)), 1_791), share(Some(id(1)), 12), share(None, 5)];
        let tags = PersonaTags::of(&configuration());
        let band = tags.band(&shares, Currency::USD, |_| String::new(), |_| false);
        let facts = Facts {
            customers: 1_808,
            assigned: 1_803,
            ..Facts::default()
        };

        assert_eq!(
            lede(&facts, Some(&band)),
            "1,808 customers, 1,791 of them in “Slipping away”."
        );
        assert_eq!(lede(&Facts::default(), None), "No customers yet.");
        let none = Facts {
            customers: 1,
            ..Facts::default()
        };
        assert_eq!(lede(&none, Some(&band)), "1 customer, none in a persona yet.");
    }
}
