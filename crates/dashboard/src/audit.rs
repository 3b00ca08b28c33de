//! `GET /audit`: who changed what.

mod asked;
mod export;
mod words;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template as _;
use kale_application::{
    api_keys::ApiKeys,
    audit::{AuditFilter, AuditLog, ChainOf, SealedHead},
    companies::Companies,
    personas::Personas,
};
use kale_domain::{
    access::Permission,
    audit::{Actor, AuditAction, AuditEntry},
    id::ApiKeyId,
};
use kale_web::{Problem, Query as Asked, permission::ReadAudit};

use self::asked::Params;
use crate::{
    frame::{Here, Query},
    people::People,
    routes::{Needs, Routes},
    view::{
        audit::{AuditChange, AuditPage, AuditRow, AuditSeal},
        form::{Choice, Field, Select},
        format,
        parts::{Empty, Link, Pager},
        shell::Section,
    },
};

/// Where an upload's entry keeps the name of its file.
const FILE: &str = "file";
/// How many stand on a page.
const PAGE: u32 = 50;

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/audit", Needs::May(Permission::ReadAudit), handle)
        .get(
            "/audit/export.csv",
            Needs::May(Permission::ReadAudit),
            export::handle,
        );
}

/// What turns ids into names.
struct Names {
    people: People,
    keys: BTreeMap<ApiKeyId, String>,
    personas: BTreeMap<String, String>,
}

#[tracing::instrument(name = "dashboard.audit.list", skip_all)]
async fn handle(
    here: Here<ReadAudit>,
    log: Data<AuditLog>,
    companies: Data<Companies>,
    keys: Data<ApiKeys>,
    personas: Data<Personas>,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let filter = params.filter(&here.zone())?;
    let tenant = here.tenant();
    let mut found = log
        .list(ChainOf::Company(tenant), &filter, PAGE + 1, params.cursor)
        .await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let configuration = personas.configuration(tenant).await?;
    let names = Names {
        people: People::of(&companies, tenant, here.caller()).await?,
        keys: keys
            .list(tenant)
            .await?
            .into_iter()
            .map(|key| (key.id, key.name))
            .collect(),
        personas: configuration
            .personas
            .into_iter()
            .map(|persona| (persona.id.to_string(), persona.name))
            .collect(),
    };
    let narrowed = filter != AuditFilter::default();
    let page = AuditPage {
        shell: here.shell(Section::Audit, "Audit"),
        action: actions(&params.action),
        actor: actors(&params.actor, &names),
        target: params.target.clone(),
        from: params.from.clone(),
        to: params.to.clone(),
        export: params.query().at("/audit/export.csv"),
        sealed: sealed(&here, log.head(tenant).await?),
        empty: empty(narrowed),
        pager: pager(&params, &found, more),
        entries: found.iter().map(|entry| row(&here, &names, entry)).collect(),
        clear: if narrowed {
            "/audit".to_owned()
        } else {
            String::new()
        },
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_list().render()
        } else {
            page.render()
        }
    })
}

impl Names {
    fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::User { id } => self.people.person(*id),
            Actor::ApiKey { id } => {
                let name = self.keys.get(id).map_or("", String::as_str);
                format!("API key “{name}”")
            }
            Actor::System => "Kale".to_owned(),
            Actor::Erased => "somebody".to_owned(),
        }
    }

    /// A value as people read it.
    fn value(&self, text: &str) -> String {
        self.personas
            .get(text)
            .cloned()
            .unwrap_or_else(|| text.to_owned())
    }
}

/// Where the chain ends, for whoever notes it somewhere else.
fn sealed(here: &Here<ReadAudit>, head: Option<SealedHead>) -> Option<AuditSeal> {
    head.map(|sealed| AuditSeal {
        entries: sealed.head.seq.to_string(),
        head: sealed.head.to_string(),
        at: here.instant(sealed.at),
    })
}

fn actions(chosen: &str) -> Select {
    let all = words::ACTIONS.map(|action| Choice::new(action.name(), words::alone(action)));
    Select::new(
        Field::new("action", "What").value(chosen),
        std::iter::once(Choice::new("", "Everything")).chain(all),
    )
}

fn actors(chosen: &str, names: &Names) -> Select {
    let people = names
        .people
        .all()
        .into_iter()
        .map(|(id, name)| Choice::new(id.to_string(), name));
    let keys = names
        .keys
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), format!("API key “{name}”")));
    let all = std::iter::once(Choice::new("", "Everybody"))
        .chain(people)
        .chain(keys)
        .chain([Choice::new("system", "Kale")]);
    Select::new(Field::new("actor", "Who").value(chosen), all)
}

fn row(here: &Here<ReadAudit>, names: &Names, entry: &AuditEntry) -> AuditRow {
    let actor = capital(&names.actor(&entry.actor));
    AuditRow {
        at: here.instant(entry.at),
        initials: match entry.actor {
            Actor::User { .. } => format::initials(&actor),
            Actor::ApiKey { .. } | Actor::System | Actor::Erased => String::new(),
        },
        actor,
        action: words::of(entry.action).to_owned(),
        target: target(names, entry),
        changes: changes(names, entry),
        request_id: entry.request_id.clone().unwrap_or_default(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Where the thing lives, else everything that was done to it.
fn target(names: &Names, entry: &AuditEntry) -> Link {
    let (action, id) = (entry.action, entry.target.as_str());
    if let (AuditAction::SignedIn | AuditAction::SignedOut, Actor::User { id: own }) = (action, &entry.actor)
        && own.to_string() == id
    {
        // Who signed in stands before it.
        return Link::new("", "");
    }
    let prefix = id.split_once('_').map_or(id, |(prefix, _)| prefix);
    match prefix {
        "cus" => Link::new("a customer", format!("/customers/{id}")),
        "upl" => {
            let file = entry.after.get(FILE).map_or("a file", String::as_str);
            Link::new(file, format!("/data/uploads/{id}"))
        }
        "job" => Link::new("a job", format!("/jobs/{id}")),
        "viw" => Link::new(
            "a view of the customers",
            Query::default().with("target", id).at("/audit"),
        ),
        "key" => {
            let name = id.parse().ok().and_then(|id: ApiKeyId| names.keys.get(&id));
            Link::new(name.map_or(id, String::as_str), "/settings/api-keys")
        }
        "wfl" => Link::new("a workflow", Query::default().with("target", id).at("/audit")),
        "ofr" => Link::new("an offer", format!("/offers/{id}")),
        "vsc" => Link::new("a viewer secret", "/settings/viewer"),
        "cmp" => Link::new("the company", "/settings"),
        "personas" => Link::new("the personas", "/personas"),
        "customers" if action == AuditAction::CustomersExported => Link::new("customers", "/customers"),
        "customers" => Link::new("many customers", "/customers"),
        "usr" => {
            let name = id.parse().map(|id| names.people.person(id));
            let label = name.unwrap_or_else(|_| id.to_owned());
            Link::new(label, Query::default().with("target", id).at("/audit"))
        }
        _ => Link::new(id, Query::default().with("target", id).at("/audit")),
    }
}

/// The fields that changed, before and after.
fn changes(names: &Names, entry: &AuditEntry) -> Vec<AuditChange> {
    let mut fields: Vec<&String> = entry.before.keys().chain(entry.after.keys()).collect();
    fields.sort_unstable();
    fields.dedup();
    let value = |values: &BTreeMap<String, String>, field: &str| {
        values
            .get(field)
            .map(|text| names.value(text))
            .unwrap_or_default()
    };
    fields
        .into_iter()
        // The name of a file stands in the line itself.
        .filter(|field| field.as_str() != FILE)
        .map(|field| AuditChange {
            field: if field == "sha256" {
                "SHA-256".to_owned()
            } else {
                field.replace('_', " ")
            },
            before: value(&entry.before, field),
            after: value(&entry.after, field),
        })
        .collect()
}

fn pager(params: &Params, shown: &[AuditEntry], more: bool) -> Pager {
    if params.cursor.is_none() && !more {
        return Pager::default();
    }
    let entries = format::count(u64::try_from(shown.len()).unwrap_or(0), "entry", "entries");
    let next = shown.last().filter(|_| more);
    Pager {
        summary: format!("{entries} on this page, newest first"),
        previous: params.cursor.map(|_| params.query().at("/audit")),
        restarts: false,
        next: next.map(|last| params.query().with("cursor", last.id.to_string()).at("/audit")),
    }
}

fn empty(narrowed: bool) -> Empty {
    Empty {
        icon: "scroll-text",
        text: if narrowed {
            "Nothing of this kind was done.".to_owned()
        } else {
            "Nothing was changed yet.".to_owned()
        },
        action: None,
        other: narrowed.then(|| Link::new("Everything", "/audit")),
    }
}
