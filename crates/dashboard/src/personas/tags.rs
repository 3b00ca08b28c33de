//! Personas as lists, bands and matrices show them.

use std::collections::BTreeMap;

use kale_application::personas::Persona;
use kale_domain::{id::PersonaId, persona::Colour};

use crate::{
    frame::Query,
    view::{
        format,
        parts::{Band, PersonaTag, Segment, Swatch},
    },
};

/// The key of those without a persona, in filters.
pub(super) const UNASSIGNED: &str = "unassigned";

/// Every persona of a configuration, the highest priority first.
#[derive(Debug, Clone)]
pub(super) struct Tags {
    known: Vec<Known>,
    by_id: BTreeMap<PersonaId, usize>,
}

#[derive(Debug, Clone)]
struct Known {
    id: PersonaId,
    key: String,
    tag: PersonaTag,
}

impl Tags {
    /// Of these personas, in any order.
    pub(super) fn of<'a>(personas: impl IntoIterator<Item = &'a Persona>) -> Self {
        let mut personas: Vec<&Persona> = personas.into_iter().collect();
        personas.sort_by_key(|persona| std::cmp::Reverse(persona.priority));
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut known = Vec::with_capacity(personas.len());
        for persona in personas {
            let nth = seen.entry(Colour::name(persona.colour)).or_default();
            known.push(Known {
                id: persona.id,
                key: persona.key.to_string(),
                tag: PersonaTag {
                    name: persona.name.clone(),
                    swatch: Swatch::of(persona.colour, *nth),
                    locked: false,
                },
            });
            *nth += 1;
        }
        let by_id = known
            .iter()
            .enumerate()
            .map(|(place, known)| (known.id, place))
            .collect();
        Self { known, by_id }
    }

    /// How a persona looks; one that is gone looks like none.
    pub(super) fn tag(&self, id: Option<PersonaId>) -> PersonaTag {
        let known = id.and_then(|id| self.known.get(*self.by_id.get(&id)?));
        known.map_or_else(
            || PersonaTag {
                name: "Unassigned".to_owned(),
                swatch: Swatch::NONE,
                locked: false,
            },
            |known| known.tag.clone(),
        )
    }

    /// Whether it is one of them.
    pub(super) fn has(&self, id: PersonaId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// The personas in their order, at the end those without one.
    pub(super) fn order(&self) -> Vec<Option<PersonaId>> {
        self.known
            .iter()
            .map(|known| Some(known.id))
            .chain([None])
            .collect()
    }

    /// The list of its customers.
    pub(super) fn customers(&self, id: Option<PersonaId>) -> Query {
        let known = id.and_then(|id| self.known.get(*self.by_id.get(&id)?));
        Query::default().with(
            "filter[persona]",
            known.map_or(UNASSIGNED, |known| known.key.as_str()),
        )
    }

    /// Customers by persona as one length. Whoever has a persona that is gone counts as unassigned.
    pub(super) fn band(
        &self,
        counts: &BTreeMap<Option<PersonaId>, u64>,
        caption: &str,
        current: Option<PersonaId>,
    ) -> Band {
        let total: u64 = counts.values().sum();
        let gone = |id: &Option<PersonaId>| id.is_none_or(|id| !self.has(id));
        let segment = |id: Option<PersonaId>| {
            let tag = self.tag(id);
            let count = match id {
                Some(_) => counts.get(&id).copied().unwrap_or_default(),
                None => counts
                    .iter()
                    .filter(|(id, _)| gone(id))
                    .map(|(_, count)| count)
                    .sum(),
            };
            Segment {
                label: tag.name,
                swatch: tag.swatch,
                weight: count,
                value: format::number(count),
                note: format::percent(count, total),
                href: self.customers(id).at("/customers"),
                current: id.is_some() && id == current,
            }
        };
        Band {
            figure: format::number(total),
            caption: caption.to_owned(),
            segments: self.order().into_iter().map(segment).collect(),
        }
    }
}
