//! `POST /personas/preview`: what saving would change.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use kale_application::personas::{MovedCustomers, Preview};
use kale_domain::{id::PersonaId, persona::PersonaKey};
use kale_web::{NoQuery, Problem, permission::ManagePersonas};

use super::{
    draft::{Drafted, Typed, Wrongs, categories},
    reader::Reader,
    tags::Tags,
};
use crate::{
    frame::{Form, Here},
    view::{
        format,
        persona_editor::{MatrixCell, MatrixRow, PersonaPreview},
    },
};

#[tracing::instrument(name = "dashboard.personas.preview", skip_all)]
pub(crate) async fn handle(
    here: Here<ManagePersonas>,
    reader: Reader,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed::read(&form);
    if typed.name.is_empty() {
        // Nobody has to name it before they see what it would do.
        "New persona".clone_into(&mut typed.name);
    }
    let id = form.get("persona").parse().ok();
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let industry = here.company()?.industry;
    let categories = categories(&configuration, || reader.personas.industry_defaults(industry))?;
    // Half a rule is what everybody types on the way to a whole one: what is missing is an answer, not an error.
    let preview = match typed.draft(&configuration, categories, id)? {
        Ok(drafted) => match reader.preview(&here, &typed, drafted).await? {
            Ok(preview) => preview,
            Err(wrongs) => wrong(&wrongs),
        },
        Err(wrongs) => wrong(&wrongs),
    };
    here.frame.fragment(StatusCode::OK, preview.render())
}

impl Reader {
    /// What saving a draft would change, or what is wrong with it.
    pub(super) async fn preview<P>(
        &self,
        here: &Here<P>,
        typed: &Typed,
        drafted: Drafted,
    ) -> Result<Result<PersonaPreview, Wrongs>, Problem> {
        let Drafted { key, document } = drafted;
        let json = document.clone().into_json()?;
        let company = here.company()?;
        let preview = match self.personas.preview_of(here.reach(), company, &json, &key).await {
            Ok(preview) => preview,
            Err(error) => return Ok(Err(Wrongs::of(error, &document)?)),
        };
        let sentence = self.sentence(here, typed).await?;
        Ok(Ok(view(&preview, &key, sentence)))
    }

    /// The rule in a sentence; empty while it is none.
    pub(super) async fn sentence<P>(&self, here: &Here<P>, typed: &Typed) -> Result<String, Problem> {
        let Some(rule) = typed.rule() else {
            return Ok(String::new());
        };
        match self
            .personas
            .check_rule(here.reach(), here.company()?, &rule)
            .await
        {
            Ok((sentence, _)) => Ok(format!("{sentence}.")),
            Err(kale_application::personas::PersonaError::Invalid(_)) => Ok(String::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What stands in place of numbers while something is wrong.
pub(super) fn wrong(wrongs: &Wrongs) -> PersonaPreview {
    PersonaPreview {
        problems: wrongs.listed(),
        sentence: String::new(),
        after: String::new(),
        before: String::new(),
        change: String::new(),
        matches: String::new(),
        unknown: String::new(),
        band: None,
        moved: String::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        locked: String::new(),
    }
}

fn view(preview: &Preview, key: &PersonaKey, sentence: String) -> PersonaPreview {
    let tags = Tags::of(&preview.configuration.personas);
    let own = preview
        .configuration
        .personas
        .iter()
        .find(|persona| persona.key == *key);
    let own = own.map(|persona| persona.id);
    let count = |counts: &BTreeMap<Option<PersonaId>, u64>| {
        own.map_or(0, |id| counts.get(&Some(id)).copied().unwrap_or(0))
    };
    let (before, after) = (count(&preview.before), count(&preview.after));
    let outcomes = preview.asked.unwrap_or_default();
    let moved: u64 = preview.moved.iter().map(|cell| cell.customers).sum();
    let (columns, rows) = matrix(&preview.moved, &tags);
    PersonaPreview {
        problems: Vec::new(),
        sentence,
        after: format::number(after),
        before: format::number(before),
        change: change(before, after),
        matches: matches(outcomes.matches, after),
        unknown: if outcomes.unknown == 0 {
            String::new()
        } else {
            let customers = format::count(outcomes.unknown, "customer", "customers");
            format!("{customers} can’t be judged: a value is not known.")
        },
        band: (preview.customers > 0).then(|| tags.band(&preview.after, "customers by persona", own)),
        moved: match moved {
            0 => "Nobody would move".to_owned(),
            some => format!("{} would move", format::count(some, "customer", "customers")),
        },
        columns: columns.into_iter().map(|id| tags.tag(id)).collect(),
        rows,
        locked: match preview.locked {
            0 => String::new(),
            some => format!("{} stay: put there by hand.", format::number(some)),
        },
    }
}

fn change(before: u64, after: u64) -> String {
    match after.cmp(&before) {
        std::cmp::Ordering::Equal => "no change".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", format::number(after - before)),
        std::cmp::Ordering::Less => format!("−{}", format::number(before - after)),
    }
}

fn matches(matches: u64, after: u64) -> String {
    let all = format::count(matches, "customer", "customers");
    match matches.saturating_sub(after) {
        0 => all,
        others => format!(
            "{all}, of whom {} have or keep another persona",
            format::number(others)
        ),
    }
}

/// Who comes from where, with only those personas that somebody leaves or reaches.
fn matrix(moved: &[MovedCustomers], tags: &Tags) -> (Vec<Option<PersonaId>>, Vec<MatrixRow>) {
    // Whoever has a persona that is gone counts as unassigned.
    let known = |id: Option<PersonaId>| id.filter(|id| tags.has(*id));
    let mut cells: BTreeMap<(Option<PersonaId>, Option<PersonaId>), u64> = BTreeMap::new();
    for cell in moved {
        *cells.entry((known(cell.from), known(cell.to))).or_default() += cell.customers;
    }
    let most = cells.values().copied().max().unwrap_or(1).max(1);
    let touched: BTreeSet<Option<PersonaId>> = cells.keys().flat_map(|(from, to)| [*from, *to]).collect();
    let columns: Vec<Option<PersonaId>> = tags
        .order()
        .into_iter()
        .filter(|id| touched.contains(id))
        .collect();
    let cell = |from: Option<PersonaId>, to: Option<PersonaId>| {
        let count = cells.get(&(from, to)).copied().unwrap_or(0);
        MatrixCell {
            count: if count == 0 {
                String::new()
            } else {
                format::number(count)
            },
            heat: heat(count, most),
            diagonal: from == to,
        }
    };
    let rows = columns.iter().map(|from| MatrixRow {
        from: tags.tag(*from),
        cells: columns.iter().map(|to| cell(*from, *to)).collect(),
    });
    let rows = rows.collect();
    (columns, rows)
}

/// How dark, 0 to 5: anything that is there is at least 1.
pub(super) fn heat(count: u64, most: u64) -> u8 {
    if count == 0 || most == 0 {
        return 0;
    }
    u8::try_from(u128::from(count) * 5 / u128::from(most))
        .unwrap_or(5)
        .clamp(1, 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_said_with_its_sign() {
        assert_eq!(change(1412, 1800), "+388");
        assert_eq!(change(1800, 1412), "−388");
        assert_eq!(change(7, 7), "no change");
        assert_eq!(
            matches(1940, 1800),
            "1,940 customers, of whom 140 have or keep another persona"
        );
        assert_eq!(matches(1, 1), "1 customer");
    }

    #[test]
    fn what_is_there_is_never_as_light_as_nothing() {
        assert_eq!((heat(0, 10), heat(1, 1000), heat(1000, 1000)), (0, 1, 5));
    }
}
