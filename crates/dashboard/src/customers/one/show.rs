//! `GET /customers/{id}`

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode, web::Data};
use askama::Template as _;
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::{
    audit::{AuditFilter, AuditLog, ChainOf},
    companies::Companies,
    customers::{CustomerDetail, Customers},
    personas::{Explanation, Personas},
    sessions::{Session, SessionFilter, Sessions},
};
use kale_domain::{
    access::Permission,
    audit::{Actor, AuditAction, AuditEntry},
    company::Company,
    customer::Customer,
    id::{CustomerId, PersonaId, UserId},
    persona::PersonaChange,
};
use kale_web::{Path, Problem, Required, etag::etag, permission::ReadCustomers};

use super::{facts, why::why};
use crate::{
    customers::{
        personas::{PersonaTags, UNASSIGNED},
        table::detail,
    },
    frame::{Here, Query},
    people::People,
    sessions::words::{channel_label, chips},
    view::{
        customer::{AssignForm, AuditLine, CustomerPage, ExpertsForm, WalkedLine},
        form::{Choice, Field, Problems, Select, Stale},
        format,
        shell::{Crumb, Section},
    },
    words::sentence,
};

/// How many entries of the audit log are looked through for those of a customer.
const LOOKED_THROUGH: u32 = 500;
/// How many of its sessions are shown: the newest.
const SESSIONS: u32 = 5;
/// How many of them are shown.
const SHOWN: usize = 10;

/// Where a page of a customer is read from.
#[derive(Debug, Clone)]
pub(super) struct Stores {
    /// The customer itself.
    pub(super) customers: Data<Customers>,
    /// Its persona.
    pub(super) personas: Data<Personas>,
    /// Who changed it.
    companies: Data<Companies>,
    log: Data<AuditLog>,
    /// What it walked.
    sessions: Data<Sessions>,
}

impl FromRequest for Stores {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            Ok(Self {
                customers: Data::extract(&request).await?,
                personas: Data::extract(&request).await?,
                companies: Data::extract(&request).await?,
                log: Data::extract(&request).await?,
                sessions: Data::extract(&request).await?,
            })
        }
        .boxed_local()
    }
}

/// What a form that was refused leaves on the page.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// What was wrong with it.
    pub(super) problems: Problems,
    /// The persona that was chosen.
    pub(super) persona: Option<String>,
    /// The reason that was typed.
    pub(super) reason: String,
    /// Who was ticked.
    pub(super) experts: Option<Vec<UserId>>,
    /// The tags that were typed.
    pub(super) tags: Option<String>,
    /// Whether somebody else was faster.
    pub(super) stale: bool,
}

/// One customer.
#[tracing::instrument(name = "dashboard.customers.show", skip_all)]
pub(super) async fn show(
    here: Here<ReadCustomers>,
    stores: Stores,
    Path(id): Path<CustomerId>,
) -> Result<HttpResponse, Problem> {
    answer(&here, &stores, id, StatusCode::OK, Refused::default()).await
}

/// Answers the page of a customer.
pub(super) async fn answer<P: Required>(
    here: &Here<P>,
    stores: &Stores,
    id: CustomerId,
    status: StatusCode,
    refused: Refused,
) -> Result<HttpResponse, Problem> {
    let company = here.company()?;
    let read = Read {
        detail: stores.customers.detail(here.reach(), id).await?,
        history: stores.customers.persona_history(here.reach(), id).await?,
        explanation: stores.personas.explain(here.reach(), company, id).await?,
        sentences: stores.personas.sentences(here.tenant(), company).await?,
        tags: PersonaTags::of(&*stores.personas.names(here.tenant()).await?),
        people: People::of(&stores.companies, here.tenant(), here.caller()).await?,
        audit: audit(here, &stores.log, id).await?,
        sessions: sessions(here, &stores.sessions, id).await?,
    };
    let page = page(here, company, &read, &refused);
    here.frame.answer(status, |part| {
        if part {
            page.as_body().render()
        } else {
            page.render()
        }
    })
}

/// Everything a page is made from.
#[derive(Debug)]
struct Read {
    detail: CustomerDetail,
    history: Vec<PersonaChange>,
    explanation: Explanation,
    sentences: BTreeMap<PersonaId, String>,
    tags: PersonaTags,
    people: People,
    audit: Option<Vec<AuditEntry>>,
    sessions: Option<Vec<Session>>,
}

async fn sessions<P>(
    here: &Here<P>,
    sessions: &Sessions,
    id: CustomerId,
) -> Result<Option<Vec<Session>>, Problem> {
    if !here.may(Permission::ReadSessions) {
        return Ok(None);
    }
    let filter = SessionFilter {
        customer: Some(id),
        ..SessionFilter::default()
    };
    Ok(Some(sessions.list(here.reach(), filter, SESSIONS, None).await?))
}

async fn audit<P>(
    here: &Here<P>,
    log: &AuditLog,
    id: CustomerId,
) -> Result<Option<Vec<AuditEntry>>, Problem> {
    if !here.may(Permission::ReadAudit) {
        return Ok(None);
    }
    let id = id.to_string();
    let latest = log
        .list(
            ChainOf::Company(here.tenant()),
            &AuditFilter::default(),
            LOOKED_THROUGH,
            None,
        )
        .await?;
    Ok(Some(
        latest
            .into_iter()
            .filter(|entry| entry.target == id)
            .take(SHOWN)
            .collect(),
    ))
}

fn page<P: Required>(here: &Here<P>, company: &Company, read: &Read, refused: &Refused) -> CustomerPage {
    let (customer, zone) = (&read.detail.customer, here.zone());
    let id = customer.id.to_string();
    let name = customer.label().to_owned();
    let mut shell = here.shell(Section::Customers, &name);
    shell.crumbs = vec![Crumb {
        label: "Customers".to_owned(),
        href: "/customers".to_owned(),
    }];
    let now = here.instant(here.frame.now());
    CustomerPage {
        initials: format::initials(&name),
        detail: detail(customer),
        persona: read
            .tags
            .tag(customer.persona.persona, customer.persona.is_locked()),
        persona_since: facts::since(&customer.persona, &read.people, &zone),
        banner: None,
        facts: facts::headline(customer, &read.detail.definitions, company, &zone),
        attributes: facts::attributes(customer, &read.detail.definitions),
        metrics: facts::metrics(customer),
        sources: facts::sources(&read.detail.sources, &zone),
        why: customer
            .persona
            .by
            .is_some()
            .then(|| why(&read.explanation, &read.tags, &read.sentences, &now)),
        history: facts::history(&read.history, &read.tags, &read.people, &zone),
        audit: read
            .audit
            .as_ref()
            .map(|all| all.iter().map(|entry| line(here, &read.people, entry)).collect()),
        sessions: read
            .sessions
            .as_ref()
            .map(|all| all.iter().map(|session| walked(here, session)).collect()),
        sessions_href: Query::default().with("customer", id.as_str()).at("/sessions"),
        audit_href: Query::default().with("target", id.as_str()).at("/audit"),
        assign: here
            .may(Permission::AssignPersonas)
            .then(|| assign(read, refused)),
        tags_field: here
            .may(Permission::WriteCustomers)
            .then(|| tags(&customer.tags, refused)),
        tags: customer.tags.clone(),
        experts: customer
            .experts
            .iter()
            .map(|id| read.people.person(*id))
            .collect(),
        experts_form: here
            .may(Permission::AssignExperts)
            .then(|| experts(read, refused)),
        etag: etag(customer.version),
        stale: refused.stale.then(|| stale(here, customer)),
        shell,
        name,
        id,
    }
}

fn walked<P>(here: &Here<P>, session: &Session) -> WalkedLine {
    WalkedLine {
        id: session.id.to_string(),
        started: here.instant(session.started_at),
        channel: channel_label(session.channel),
        chips: chips(session),
    }
}

fn assign(read: &Read, refused: &Refused) -> AssignForm {
    let state = &read.detail.customer.persona;
    let chosen = refused
        .persona
        .clone()
        .unwrap_or_else(|| read.tags.key(state.persona).to_owned());
    let mut choices = read.tags.choices();
    if !choices.iter().any(|choice| choice.value == chosen) && chosen != UNASSIGNED {
        // The present one may be switched off: it stays a choice, or the form would choose another by itself.
        choices.push(Choice::new(&chosen, read.tags.name_of_key(&chosen)));
    }
    let field = Field::new("persona", "Persona")
        .value(chosen)
        .error(refused.problems.at("persona"));
    AssignForm {
        persona: Select::new(field, choices),
        reason: Field::new("reason", "Why")
            .value(refused.reason.clone())
            .hint("Stands in the history")
            .error(refused.problems.at("reason")),
        locked: state.is_locked(),
    }
}

fn experts(read: &Read, refused: &Refused) -> ExpertsForm {
    let there = &read.detail.customer.experts;
    let on = refused.experts.as_ref().unwrap_or(there);
    let people = read.people.choices().into_iter().map(|choice| Choice {
        selected: on.iter().any(|id| id.to_string() == choice.value),
        ..choice
    });
    let wrong = refused.problems.list.iter();
    let wrong = wrong
        .filter(|one| one.field == "experts" || one.field.starts_with("experts."))
        .map(|one| sentence(&one.message));
    ExpertsForm {
        people: people.collect(),
        error: wrong.collect::<Vec<_>>().join(" "),
    }
}

fn stale<P: Required>(here: &Here<P>, customer: &Customer) -> Stale {
    let ago = here.ago(customer.updated_at);
    Stale {
        text: format!("Somebody changed this customer {ago}."),
        theirs: format!("/customers/{}", customer.id),
    }
}

fn tags(there: &[String], refused: &Refused) -> Field {
    Field::new("tags", "Tags")
        .value(refused.tags.clone().unwrap_or_else(|| there.join(", ")))
        .hint("Separated by commas")
        .error(tags_problem(&refused.problems))
}

/// Tags are one field of the form and a list to the use case, which names the tag that is wrong.
fn tags_problem(problems: &Problems) -> String {
    let of_tags = problems
        .list
        .iter()
        .find(|wrong| wrong.field == "tags" || wrong.field.starts_with("tags."));
    of_tags.map(|wrong| sentence(&wrong.message)).unwrap_or_default()
}

fn line<P: Required>(here: &Here<P>, people: &People, entry: &AuditEntry) -> AuditLine {
    AuditLine {
        text: match entry.action {
            AuditAction::CustomerCreated => "Customer created".to_owned(),
            AuditAction::CustomerChanged => "Customer changed".to_owned(),
            AuditAction::PersonaAssigned => "Persona assigned".to_owned(),
            other => action_word(other),
        },
        actor: match &entry.actor {
            Actor::User { id } => people.person(*id),
            Actor::ApiKey { .. } => "A program".to_owned(),
            Actor::System => "Kale".to_owned(),
            Actor::Erased => "Somebody".to_owned(),
        },
        at: here.ago(entry.at),
    }
}

/// The name of an action on the wire, as words.
fn action_word(action: AuditAction) -> String {
    let name = serde_json::to_value(action).ok();
    let name = name
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .replace('_', " ");
    let mut letters = name.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
