//! `GET /personas/table?by=churn`: how an attribute divides each persona.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::customers::ListRequest;
use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    id::PersonaId,
};
use kale_web::{Problem, Query as Asked, permission::ReadCustomers};
use serde::Deserialize;

use super::{preview::heat, reader::Reader, tags::Tags};
use crate::{
    frame::{Here, Query},
    view::{
        form::{Choice, Field, Select},
        format,
        parts::{Empty, Link, PersonaTag},
        personas::{CrossCell, CrossRow, CrossTablePage},
        shell::{Crumb, Section},
    },
};

/// The most values that have a column of their own.
const COLUMNS: usize = 12;
/// Customers below which a share says nothing.
const ENOUGH: u64 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    by: Option<AttributeKey>,
}

/// The customers of each persona by value; `None` is *not known*.
type Counts = BTreeMap<Option<PersonaId>, BTreeMap<Option<String>, u64>>;

#[tracing::instrument(name = "dashboard.personas.table", skip_all)]
pub(crate) async fn handle(
    here: Here<ReadCustomers>,
    reader: Reader,
    Asked(params): Asked<Params>,
) -> Result<HttpResponse, Problem> {
    let definitions: Vec<AttributeDefinition> = reader
        .customers
        .attributes(here.reach())
        .await?
        .into_iter()
        .filter(divides)
        .collect();
    let chosen = chosen(&definitions, params.by.as_ref());
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let tags = Tags::of(&configuration.personas);
    let counts = match chosen {
        Some(definition) => counted(&here, &reader, definition, &tags).await?,
        None => Counts::new(),
    };
    let table = Table::of(counts, chosen, &tags);
    let mut shell = here.shell(Section::Personas, "Compare");
    shell.crumbs = vec![Crumb {
        label: "Personas".to_owned(),
        href: "/personas".to_owned(),
    }];
    let page = CrossTablePage {
        shell,
        by: Select::new(
            Field::new("by", chosen.map_or("", |definition| definition.label.as_str()))
                .value(chosen.map_or("", |definition| definition.key.as_str())),
            definitions
                .iter()
                .map(|definition| Choice::new(definition.key.to_string(), definition.label.clone())),
        ),
        finding: table.finding(),
        values: table
            .values
            .iter()
            .map(|value| table.word(value.as_ref()))
            .collect(),
        rows: table.rows(),
        total: table.total(),
        empty: Empty {
            icon: "table-2",
            text: "No attribute to compare by. They come with an upload.".to_owned(),
            action: Some(Link::new("Upload a file", "/data")),
            other: None,
        },
    };
    here.frame.answer(StatusCode::OK, |part| {
        if part {
            page.as_table().render()
        } else {
            page.render()
        }
    })
}

async fn counted(
    here: &Here<ReadCustomers>,
    reader: &Reader,
    definition: &AttributeDefinition,
    tags: &Tags,
) -> Result<Counts, Problem> {
    let mut counts = Counts::new();
    let everybody = ListRequest::default();
    let list = reader
        .customers
        .prepare(here.reach(), here.company()?, &everybody)
        .await?;
    for cell in reader
        .customers
        .by_attribute(here.reach(), &list, &definition.key)
        .await?
    {
        // Whoever has a persona that is gone counts as unassigned.
        let persona = cell.persona.filter(|id| tags.has(*id));
        *counts.entry(persona).or_default().entry(cell.value).or_default() += cell.customers;
    }
    Ok(counts)
}

/// Whether an attribute has few enough values to divide by.
const fn divides(definition: &AttributeDefinition) -> bool {
    matches!(
        definition.kind,
        AttributeType::Text | AttributeType::Boolean | AttributeType::Country
    )
}

/// The one that was asked for, else churn, else the first that is yes or no, else the first.
fn chosen<'d>(
    definitions: &'d [AttributeDefinition],
    by: Option<&AttributeKey>,
) -> Option<&'d AttributeDefinition> {
    let named = |key: &str| {
        definitions
            .iter()
            .find(|definition| definition.key.as_str() == key)
    };
    let flag = || {
        definitions
            .iter()
            .find(|definition| definition.kind == AttributeType::Boolean)
    };
    match by {
        Some(key) => named(key.as_str()),
        None => named("churn").or_else(flag).or_else(|| definitions.first()),
    }
}

struct Table<'a> {
    by: Option<&'a AttributeDefinition>,
    tags: &'a Tags,
    counts: Counts,
    /// Of everybody.
    all: BTreeMap<Option<String>, u64>,
    /// Those with a column, most frequent first.
    values: Vec<Option<String>>,
}

impl<'a> Table<'a> {
    fn of(counts: Counts, by: Option<&'a AttributeDefinition>, tags: &'a Tags) -> Self {
        let mut all: BTreeMap<Option<String>, u64> = BTreeMap::new();
        for (value, customers) in counts.values().flatten() {
            *all.entry(value.clone()).or_default() += customers;
        }
        let mut values: Vec<Option<String>> = all.keys().cloned().collect();
        values.sort_by_key(|value| std::cmp::Reverse(all.get(value).copied().unwrap_or_default()));
        values.truncate(COLUMNS);
        Self {
            by,
            tags,
            counts,
            all,
            values,
        }
    }

    fn word(&self, value: Option<&String>) -> String {
        let flag = self.by.is_some_and(|by| by.kind == AttributeType::Boolean);
        match value.map(String::as_str) {
            None => "not known".to_owned(),
            Some("true") if flag => "Yes".to_owned(),
            Some("false") if flag => "No".to_owned(),
            Some(other) => other.to_owned(),
        }
    }

    fn rows(&self) -> Vec<CrossRow> {
        let order = self.tags.order().into_iter();
        order
            .filter_map(|id| {
                let counts = self.counts.get(&id)?;
                Some(self.row(self.tags.tag(id), counts, &self.tags.customers(id)))
            })
            .collect()
    }

    fn total(&self) -> Option<CrossRow> {
        let mut tag = self.tags.tag(None);
        "Everybody".clone_into(&mut tag.name);
        (!self.all.is_empty()).then(|| self.row(tag, &self.all, &Query::default()))
    }

    fn row(
        &self,
        persona: PersonaTag,
        counts: &BTreeMap<Option<String>, u64>,
        customers: &Query,
    ) -> CrossRow {
        let total: u64 = counts.values().sum();
        let cell = |value: &Option<String>| {
            let count = counts.get(value).copied().unwrap_or_default();
            CrossCell {
                share: format::percent(count, total),
                count: format::number(count),
                heat: heat(count, total),
                href: self.href(customers.clone(), value.as_ref()),
            }
        };
        CrossRow {
            persona,
            total: format::number(total),
            cells: self.values.iter().map(cell).collect(),
        }
    }

    /// The customers of a cell.
    fn href(&self, query: Query, value: Option<&String>) -> String {
        let key = self.by.map_or("", |by| by.key.as_str());
        match value {
            Some(value) => query.with(&format!("filter[attributes.{key}]"), value.as_str()),
            None => query.with(&format!("filter[attributes.{key}][is_not_set]"), "true"),
        }
        .at("/customers")
    }

    /// Which persona differs most from everybody, in the less frequent of two values.
    fn finding(&self) -> String {
        let known: Vec<&String> = self.all.keys().flatten().collect();
        let (Some(by), [_, _]) = (self.by, known.as_slice()) else {
            return String::new();
        };
        let rarer = known
            .iter()
            .min_by_key(|value| self.all.get(&Some((**value).clone())).copied());
        let Some(value) = rarer.map(|value| Some((*value).clone())) else {
            return String::new();
        };
        let share = |counts: &BTreeMap<Option<String>, u64>| {
            let total: u64 = counts.values().sum();
            let count = counts.get(&value).copied().unwrap_or_default();
            (count, total)
        };
        let (all, everybody) = share(&self.all);
        let highest = self
            .counts
            .iter()
            .map(|(id, counts)| (*id, share(counts)))
            .filter(|(id, (_, total))| id.is_some() && *total >= ENOUGH)
            // a/b is more than c/d where a·d is more than c·b.
            .max_by(|(_, (a, b)), (_, (c, d))| {
                (u128::from(*a) * u128::from(*d)).cmp(&(u128::from(*c) * u128::from(*b)))
            });
        let Some((id, (count, total))) = highest else {
            return String::new();
        };
        format!(
            "{}: {} is {} for {}, against {} of everybody.",
            by.label,
            self.word(value.as_ref()),
            format::percent(count, total),
            self.tags.tag(id).name,
            format::percent(all, everybody)
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition(key: &str, kind: AttributeType) -> AttributeDefinition {
        AttributeDefinition {
            key: key.parse().unwrap(),
            label: key.to_owned(),
            kind,
        }
    }

    fn tags() -> Tags {
        let persona = json!({
            "id": "per_01h455vb4pex5vsknk084sn02q", "category": "new", "key": "early", "name": "Early",
            "description": "", "colour": "leaf", "priority": 1, "rule": { "tag": "x" }, "enabled": true
        });
        let persona: kale_application::personas::Persona = serde_json::from_value(persona).unwrap();
        Tags::of([&persona])
    }

    #[test]
    fn the_table_begins_with_what_people_left_for() {
        let all = [
            definition("plan_name", AttributeType::Text),
            definition("churn", AttributeType::Boolean),
        ];
        assert_eq!(chosen(&all, None).unwrap().key.as_str(), "churn");
        assert_eq!(chosen(&all[..1], None).unwrap().key.as_str(), "plan_name");
        assert!(chosen(&all, Some(&"gone".parse().unwrap())).is_none());
    }

    #[test]
    fn shares_are_of_the_row_and_lead_to_its_customers() {
        let churn = definition("churn", AttributeType::Boolean);
        let early = "per_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let counts = Counts::from([
            (
                Some(early),
                BTreeMap::from([(Some("true".to_owned()), 30), (Some("false".to_owned()), 10)]),
            ),
            (None, BTreeMap::from([(Some("false".to_owned()), 60)])),
        ]);
        let tags = tags();
        let table = Table::of(counts, Some(&churn), &tags);

        let rows = table.rows();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].cells[1].share, "75%");
        let href = "/customers?filter%5Bpersona%5D=early&filter%5Battributes.churn%5D=true";
        assert_eq!(rows[0].cells[1].href, href);
        assert_eq!(table.total().unwrap().total, "100");
        assert_eq!(
            table.finding(),
            "churn: Yes is 75% for Early, against 30% of everybody."
        );
    }
}
