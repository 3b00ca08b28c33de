//! The personas of a company as lists and bands show them.

use std::{cmp::Reverse, collections::BTreeMap};

use kale_application::personas::Configuration;
use kale_domain::{
    id::PersonaId,
    money::{Currency, Money},
    persona::Colour,
};

use crate::view::{
    form::Choice,
    format,
    parts::{Band, PersonaTag, Segment, Swatch},
};

/// The word for customers without a persona, in addresses.
pub(crate) const UNASSIGNED: &str = "unassigned";

/// The personas of a company, the highest priority first.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonaTags {
    known: BTreeMap<PersonaId, Known>,
    order: Vec<PersonaId>,
}

#[derive(Debug, Clone)]
struct Known {
    key: String,
    name: String,
    swatch: Swatch,
    enabled: bool,
}

/// How many customers have a persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// Which; `None` for none.
    pub(crate) persona: Option<PersonaId>,
    /// How many.
    pub(crate) customers: u64,
    /// Their monthly revenue together, in minor units, where it is known.
    pub(crate) mrr_minor: Option<i64>,
}

impl PersonaTags {
    /// Those of a configuration. Personas of one colour get shades in the order of their priority.
    pub(crate) fn of(configuration: &Configuration) -> Self {
        let mut personas: Vec<_> = configuration.personas.iter().collect();
        personas.sort_by_key(|persona| Reverse(persona.priority));
        let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
        let (mut known, mut order) = (BTreeMap::new(), Vec::new());
        for persona in personas {
            let nth = seen.entry(Colour::name(persona.colour)).or_default();
            let swatch = Swatch::of(persona.colour, *nth);
            *nth += 1;
            order.push(persona.id);
            let one = Known {
                key: persona.key.to_string(),
                name: persona.name.clone(),
                swatch,
                enabled: persona.enabled,
            };
            known.insert(persona.id, one);
        }
        Self { known, order }
    }

    /// A persona as a tag. One that was deleted shows as none: its customers wait for the next assignment.
    pub(crate) fn tag(&self, persona: Option<PersonaId>, locked: bool) -> PersonaTag {
        match persona.and_then(|id| self.known.get(&id)) {
            Some(known) => PersonaTag {
                name: known.name.clone(),
                swatch: known.swatch,
                locked,
            },
            None => PersonaTag {
                name: "Unassigned".to_owned(),
                swatch: Swatch::NONE,
                locked,
            },
        }
    }

    /// What addresses call it.
    pub(crate) fn key(&self, persona: Option<PersonaId>) -> &str {
        persona
            .and_then(|id| self.known.get(&id))
            .map_or(UNASSIGNED, |known| known.key.as_str())
    }

    /// The name behind what an address called it.
    pub(crate) fn name_of_key(&self, key: &str) -> String {
        let found = self.known.values().find(|known| known.key == key);
        match found {
            Some(known) => known.name.clone(),
            None if key == UNASSIGNED => "Unassigned".to_owned(),
            None => key.to_owned(),
        }
    }

    /// Every persona that rules give, by key, and *unassigned*.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let enabled = self
            .order
            .iter()
            .filter_map(|id| self.known.get(id))
            .filter(|known| known.enabled);
        let named = enabled.map(|known| Choice::new(&known.key, &known.name));
        named.chain([Choice::new(UNASSIGNED, "Unassigned")]).collect()
    }

    /// The customers by persona as one length. `href` says where a part leads, `current` which parts are filtered by.
    pub(crate) fn band(
        &self,
        shares: &[Share],
        currency: Currency,
        href: impl Fn(&str) -> String,
        current: impl Fn(&str) -> bool,
    ) -> Band {
        let all: u64 = shares.iter().map(|share| share.customers).sum();
        let count = |ids: &dyn Fn(Option<PersonaId>) -> bool| -> u64 {
            shares
                .iter()
                .filter(|share| ids(share.persona))
                .map(|share| share.customers)
                .sum()
        };
        let segment = |tag: PersonaTag, key: &str, customers: u64| Segment {
            label: tag.name,
            swatch: tag.swatch,
            weight: customers,
            value: format::number(customers),
            note: format::percent(customers, all),
            href: href(key),
            current: current(key),
        };
        let mut segments: Vec<Segment> = self
            .order
            .iter()
            .map(|id| {
                let customers = count(&|persona| persona == Some(*id));
                segment(self.tag(Some(*id), false), self.key(Some(*id)), customers)
            })
            .filter(|segment| segment.weight > 0 || segment.current)
            .collect();
        let nowhere = count(&|persona| persona.is_none_or(|id| !self.known.contains_key(&id)));
        if nowhere > 0 || current(UNASSIGNED) {
            segments.push(segment(self.tag(None, false), UNASSIGNED, nowhere));
        }
        Band {
            figure: format::number(all),
            caption: caption(shares, all, currency),
            segments,
        }
    }
}

fn caption(shares: &[Share], all: u64, currency: Currency) -> String {
    let word = if all == 1 { "customer" } else { "customers" };
    if shares.iter().all(|share| share.mrr_minor.is_none()) {
        return format!("{word} by persona");
    }
    let sum = shares
        .iter()
        .filter_map(|share| share.mrr_minor)
        .fold(0_i64, i64::saturating_add);
    let sum = format::money(Money {
        amount_minor: sum,
        currency,
    });
    format!("{word}, {sum} monthly recurring revenue, by persona")
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn configuration() -> Configuration {
        let persona = |id: &str, key: &str, name: &str, colour: &str, priority: u32| {
            json!({
                "id": format!("per_0000000000000000000000000{id}"), "category": "all", "key": key, "name": name,
                "description": "", "colour": colour, "priority": priority, "enabled": true,
                "rule": { "metric": "mrr", "op": "is_set" }
            })
        };
        let document = json!({
            "version": 4,
            "categories": [],
            "personas": [
                persona("1", "settled", "Settled", "leaf", 10),
                persona("2", "yearly", "Yearly contract", "leaf", 20),
                persona("3", "slipping", "Slipping away", "stem", 30),
            ]
        });
        serde_json::from_value(document).unwrap()
    }

    pub(crate) fn id(nth: u8) -> PersonaId {
        format!("per_0000000000000000000000000{nth}").parse().unwrap()
    }

    #[test]
    fn the_band_follows_priority_and_names_who_has_none() {
        let share = |persona, customers, mrr_minor| Share {
            persona,
            customers,
            mrr_minor,
        };
        let shares = [
            share(Some(id(1)), 3, Some(1_000)),
            share(Some(id(3)), 6, Some(2_500)),
            share(None, 1, None),
        ];
        let tags = PersonaTags::of(&configuration());

        let band = tags.band(
            &shares,
            Currency::USD,
            |key| format!("/?p={key}"),
            |key| key == "yearly",
        );

        let words: Vec<_> = band
            .segments
            .iter()
            .map(|s| (s.label.as_str(), s.note.as_str()))
            .collect();
        assert_eq!(
            words,
            [
                ("Slipping away", "60%"),
                ("Yearly contract", "0%"),
                ("Settled", "30%"),
                ("Unassigned", "10%")
            ]
        );
        assert_eq!(
            band.caption,
            "customers, $35 monthly recurring revenue, by persona"
        );
        assert_eq!(
            (band.figure.as_str(), band.segments[0].href.as_str()),
            ("10", "/?p=slipping")
        );
    }
}
