//! Lines with a share: offers, workflows, versions, personas.

use kale_application::measures::{OfferFigures, Overview, Rate, Tally};

use super::{
    figures::{panel, share},
    span::Asked,
};
use crate::view::{
    analytics::{ShareRow, Shares},
    chart::Table,
    format,
    parts::Link,
};

/// What became of each offer.
pub(super) fn offers(offers: &[OfferFigures], csv: String) -> Shares {
    let row = |one: &OfferFigures| ShareRow {
        of: Link::new(
            one.name
                .clone()
                .unwrap_or_else(|| "An offer that is gone".to_owned()),
            "",
        ),
        figures: [one.tally.shown, one.tally.accepted, one.tally.declined]
            .map(format::number)
            .into(),
        share: share(Rate::of(one.tally.accepted, one.tally.shown)),
    };
    Shares {
        panel: panel(
            "offers",
            "Offers",
            "What was promised in the flow. What billing made of it is not counted here.".to_owned(),
            Table::new(["Offer", "Shown", "Accepted", "Declined"]),
            csv,
        ),
        share: "Accepted, with 95% interval",
        rows: offers.iter().map(row).collect(),
        none: "No offer was shown.",
    }
}

/// Lines of deflection: workflows, versions, personas.
pub(super) fn deflections(
    id: &'static str,
    title: &'static str,
    of: &'static str,
    rows: impl IntoIterator<Item = (Link, Tally)>,
    csv: String,
) -> Shares {
    let rows = rows.into_iter().map(|(of, tally)| {
        let rate = tally.immediate_deflection();
        ShareRow {
            of,
            figures: [tally.sessions(), rate.n, rate.hits].map(format::number).into(),
            share: share(rate),
        }
    });
    Shares {
        panel: panel(
            id,
            title,
            String::new(),
            Table::new([of, "Sessions", "Finished", "Without a cancellation"]),
            csv,
        ),
        share: "Immediate deflection, with 95% interval",
        rows: rows.collect(),
        none: "There is none yet.",
    }
}

/// The personas, by what they were called at the time they are read.
pub(super) fn personas(overview: &Overview, asked: &Asked, path: &str) -> Shares {
    let rows = overview.personas.iter().map(|row| {
        let gone = if row.id.is_some() {
            "A persona that is gone"
        } else {
            "Unassigned"
        };
        let name = row.name.clone().unwrap_or_else(|| gone.to_owned());
        (Link::new(name, ""), row.tally.clone())
    });
    deflections(
        "personas",
        "Personas at the start",
        "Persona",
        rows,
        asked.csv(path, "personas"),
    )
}
