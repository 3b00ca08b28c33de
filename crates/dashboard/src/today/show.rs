//! The first page.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    companies::Companies,
    customers::{Customers, ListRequest},
    live::JobFilter,
    personas::Personas,
    uploads::Uploads,
    work::Work,
};
use kale_domain::{access::Permission, job::JobStatus, upload::Upload};
use kale_web::{Problem, permission::ReadCustomers};

use super::checklist::{Facts, checklist};
use crate::{
    customers::personas::{PersonaTags, Share},
    data,
    frame::{Here, Query},
    jobs::{self, Place, words},
    people::People,
    view::{
        format,
        jobs::JobRow,
        parts::{Band, Empty, JobProgress},
        shell::Section,
        today::TodayPage,
    },
};

/// How many of the latest jobs are looked at for those that still run.
const JOBS: u32 = 30;
/// How many of the latest files are read.
const UPLOADS: u32 = 20;
/// How many files, and how much work that ended, are shown.
const SHOWN: usize = 5;

/// What is left to set up and where the customers are.
#[tracing::instrument(name = "dashboard.today", skip_all)]
pub(super) async fn show(
    here: Here<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    uploads: Data<Uploads>,
    jobs_of: Data<Work>,
    companies: Data<Companies>,
) -> Result<HttpResponse, Problem> {
    let company = here.company()?;
    let (shares, attributes) = shares(&here, &customers).await?;
    let configuration = personas.configuration(here.tenant()).await?;
    let tags = PersonaTags::of(&configuration);
    let total: u64 = shares.iter().map(|share| share.customers).sum();
    // Whoever sets nothing up looks after the customers that are assigned to them.
    let own = !here.may(Permission::ManageUploads);
    let given = uploaded(&here, &uploads).await?;
    let facts = Facts {
        uploads: given.len(),
        attributes,
        personas_version: configuration.version,
        customers: total,
        assigned: shares
            .iter()
            .filter(|share| share.persona.is_some())
            .map(|share| share.customers)
            .sum(),
    };
    let (tasks, note) = if own {
        (Vec::new(), String::new())
    } else {
        checklist(facts)
    };
    let href = |key: &str| Query::default().with("filter[persona]", key).at("/customers");
    let band = (total > 0).then(|| tags.band(&shares, company.currency, href, |_| false));
    let people = People::of(&companies, here.tenant(), here.caller()).await?;
    let (running, ended) = work(&here, &people, &jobs_of, &uploads).await?;
    let page = TodayPage {
        shell: here.shell(Section::Today, "Today"),
        lede: lede(&facts, band.as_ref(), own),
        nothing: (own && total == 0).then(nothing),
        band,
        checklist: tasks,
        checklist_note: note,
        running,
        files: given
            .iter()
            .take(SHOWN)
            .map(|upload| data::row(&here, &people, upload))
            .collect(),
        work: ended,
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

/// How many customers have each persona, and how many attributes are known.
async fn shares(here: &Here<ReadCustomers>, customers: &Customers) -> Result<(Vec<Share>, usize), Problem> {
    let everybody = customers
        .prepare(here.reach(), here.company()?, &ListRequest::default())
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
    Ok((shares.collect(), everybody.definitions.len()))
}

/// The latest files, for those who may see them.
async fn uploaded(here: &Here<ReadCustomers>, uploads: &Uploads) -> Result<Vec<Upload>, Problem> {
    if !here.may(Permission::ReadUploads) {
        return Ok(Vec::new());
    }
    Ok(uploads.list(here.tenant(), UPLOADS, None).await?)
}

/// One sentence with the most important number.
fn lede(facts: &Facts, band: Option<&Band>, own: bool) -> String {
    let Some(band) = band else {
        return if own {
            "No customers are assigned to you yet.".to_owned()
        } else {
            "No customers yet.".to_owned()
        };
    };
    let customers = format::count(facts.customers, "customer", "customers");
    let largest = band.segments.iter().max_by_key(|segment| segment.weight);
    match largest.filter(|_| facts.assigned > 0) {
        Some(largest) => format!("{customers}, {} of them in “{}”.", largest.value, largest.label),
        None => format!("{customers}, none in a persona yet."),
    }
}

/// What runs now, and what ended last.
async fn work(
    here: &Here<ReadCustomers>,
    people: &People,
    work: &Work,
    uploads: &Uploads,
) -> Result<(Vec<JobProgress>, Vec<JobRow>), Problem> {
    if !here.may(Permission::ReadJobs) {
        return Ok((Vec::new(), Vec::new()));
    }
    let latest = work
        .list(here.tenant(), &JobFilter::default(), JOBS, None)
        .await?;
    let (mut ended, running): (Vec<JobStatus>, Vec<JobStatus>) =
        latest.into_iter().partition(|job| job.state.is_final());
    ended.truncate(SHOWN);
    let shown: Vec<JobStatus> = running.iter().chain(&ended).cloned().collect();
    let files = jobs::files(here, uploads, &shown).await?;
    let running = running.iter().map(|job| {
        let place = Place {
            title: words::doing(&job.kind, jobs::about(&files, job)),
            refresh: "/".to_owned(),
            target: "#today",
            may_cancel: true,
        };
        place.progress(job, here.caller())
    });
    let ended = ended.iter().map(|job| jobs::ended(here, people, &files, job));
    Ok((running.collect(), ended.collect()))
}

/// What an expert reads before they have customers.
fn nothing() -> Empty {
    Empty {
        icon: "users",
        text: "Customers appear here once they are assigned to you.".to_owned(),
        action: None,
        other: None,
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
            lede(&facts, Some(&band), false),
            "1,808 customers, 1,791 of them in “Slipping away”."
        );
        assert_eq!(lede(&Facts::default(), None, false), "No customers yet.");
        assert_eq!(
            lede(&Facts::default(), None, true),
            "No customers are assigned to you yet."
        );
        let none = Facts {
            customers: 1,
            ..Facts::default()
        };
        assert_eq!(
            lede(&none, Some(&band), true),
            "1 customer, none in a persona yet."
        );
    }
}
