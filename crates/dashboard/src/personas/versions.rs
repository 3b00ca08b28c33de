//! `GET /personas/versions` and `POST /personas/versions/{n}/restore`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::personas::{Configuration, Persona};
use kale_domain::{access::Permission, persona::PersonaKey};
use kale_web::{
    NoQuery, Path, Problem,
    etag::etag,
    permission::{ManagePersonas, ReadPersonas},
};
use serde::Deserialize;

use super::{act::save, document::Document, reader::Reader};
use crate::{
    frame::{Form, Here},
    people::People,
    view::{
        personas::{PersonaVersionsPage, VersionRow},
        shell::{Crumb, Section},
    },
};

/// How many versions are listed.
const LISTED: u32 = 50;

#[tracing::instrument(name = "dashboard.personas.versions", skip_all)]
pub(crate) async fn list(
    here: Here<ReadPersonas>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    // One more, to tell what the last one changed.
    let found = reader.personas.versions(here.tenant(), LISTED + 1).await?;
    let people = People::of(&reader.companies, here.tenant(), here.caller()).await?;
    let mut configurations = Vec::with_capacity(found.len());
    for version in &found {
        configurations.push(read(&version.configuration)?);
    }
    let latest = found.first().map_or(0, |version| version.version);
    let limit = usize::try_from(LISTED).unwrap_or(usize::MAX);
    let rows = found.iter().zip(&configurations).enumerate().take(limit);
    let rows = rows.map(|(place, (version, configuration))| VersionRow {
        number: version.version.to_string(),
        by: people.name(version.by),
        at: here.instant(version.at),
        reason: version.note.clone().unwrap_or_default(),
        changes: changes(configurations.get(place + 1), configuration),
        current: version.version == latest,
    });
    let mut shell = here.shell(Section::Personas, "Versions");
    shell.crumbs = vec![Crumb {
        label: "Personas".to_owned(),
        href: "/personas".to_owned(),
    }];
    let page = PersonaVersionsPage {
        shell,
        versions: rows.collect(),
        may_manage: here.may(Permission::ManagePersonas),
        etag: etag(latest),
    };
    here.frame.page(StatusCode::OK, page.render())
}

/// Brings an earlier version back, as a new one.
#[tracing::instrument(name = "dashboard.personas.restore", skip_all)]
pub(crate) async fn restore(
    here: Here<ManagePersonas>,
    reader: Reader,
    Path(wanted): Path<u64>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let latest = reader.personas.configuration(here.tenant()).await?.version;
    let back = latest.checked_sub(wanted).ok_or_else(Problem::not_found)?;
    let limit = u32::try_from(back)
        .ok()
        .and_then(|back| back.checked_add(1))
        .ok_or_else(Problem::not_found)?;
    let found = reader.personas.versions(here.tenant(), limit).await?;
    let version = found.into_iter().find(|version| version.version == wanted);
    let configuration = read(&version.ok_or_else(Problem::not_found)?.configuration)?;
    let document = Document::of(&configuration)?;
    let said = format!("Version {wanted} is back. The rules are being applied.");
    save(
        &here,
        &reader,
        form.version()?,
        document,
        format!("Version {wanted} brought back"),
        &said,
    )
    .await
}

/// A kept version: the configuration, beside what was worked out when it was saved.
fn read(text: &str) -> Result<Configuration, Problem> {
    #[derive(Deserialize)]
    struct Kept {
        configuration: Configuration,
    }
    let kept: Kept = serde_json::from_str(text).map_err(|error| Problem::internal(&error))?;
    Ok(kept.configuration)
}

/// What a version changed, persona by persona.
fn changes(before: Option<&Configuration>, after: &Configuration) -> Vec<String> {
    let Some(before) = before else {
        return vec![format!("{} personas", after.personas.len())];
    };
    let by_key = |configuration: &Configuration| -> BTreeMap<PersonaKey, Persona> {
        let personas = configuration.personas.iter().cloned();
        personas.map(|persona| (persona.key.clone(), persona)).collect()
    };
    let (old, new) = (by_key(before), by_key(after));
    let mut told = Vec::new();
    for (key, persona) in &new {
        match old.get(key) {
            None => told.push(format!("{}: new", persona.name)),
            Some(was) => {
                let fields = fields(was, persona);
                if !fields.is_empty() {
                    told.push(format!("{}: {}", persona.name, fields.join(", ")));
                }
            }
        }
    }
    let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
    told.extend(gone.map(|(_, persona)| format!("{}: deleted", persona.name)));
    if before.categories != after.categories {
        told.push("Categories".to_owned());
    }
    if told.is_empty() {
        told.push("Saved without a change".to_owned());
    }
    told
}

fn fields(was: &Persona, is: &Persona) -> Vec<String> {
    let mut fields = Vec::new();
    let mut note = |differs: bool, word: &str| {
        if differs {
            fields.push(word.to_owned());
        }
    };
    note(was.rule != is.rule, "rule");
    note(was.enabled != is.enabled, if is.enabled { "on" } else { "off" });
    note(was.name != is.name, &format!("name, was “{}”", was.name));
    note(
        was.priority != is.priority,
        &format!("priority {} instead of {}", is.priority, was.priority),
    );
    note(was.category != is.category, "category");
    note(was.description != is.description, "description");
    note(was.colour != is.colour, "colour");
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn version(personas: &Value) -> Configuration {
        let kept = json!({
            "configuration": { "version": 1, "categories": [], "personas": personas }, "percentiles": []
        });
        read(&kept.to_string()).unwrap()
    }

    fn persona(key: &str, priority: u32, tag: &str) -> Value {
        json!({
            "id": "per_01h455vb4pex5vsknk084sn02q", "category": "new", "key": key, "name": key, "description": "",
            "colour": "leaf", "priority": priority, "rule": { "tag": tag }, "enabled": true
        })
    }

    #[test]
    fn a_version_tells_what_it_changed() {
        let before = version(&json!([persona("a", 1, "x"), persona("b", 2, "x")]));
        let after = version(&json!([persona("a", 3, "y"), persona("c", 2, "x")]));

        let told = changes(Some(&before), &after);
        assert_eq!(told, ["a: rule, priority 3 instead of 1", "c: new", "b: deleted"]);
        assert_eq!(changes(None, &before), ["2 personas"]);
        assert_eq!(changes(Some(&after), &after), ["Saved without a change"]);
    }
}
