//! What is done from the list: apply, take the defaults, move, delete.

use actix_web::HttpResponse;
use kale_application::personas::PersonaError;
use kale_domain::{
    error::{Classify as _, ErrorKind},
    id::PersonaId,
};
use kale_web::{
    NoQuery, Path, Problem,
    permission::{AssignPersonas, ManagePersonas},
};

use super::{
    document::{Direction, Document},
    reader::Reader,
};
use crate::{
    frame::{Form, Here},
    view::parts::Tone,
    words::sentence,
};

/// Has every customer judged anew, in the background.
#[tracing::instrument(name = "dashboard.personas.recompute", skip_all)]
pub(crate) async fn recompute(
    here: Here<AssignPersonas>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    reader.personas.recompute(here.reach(), here.caller()).await?;
    Ok(here
        .frame
        .see_other_saying("/personas", "The rules are being applied.", Tone::Leaf))
}

/// Takes over the personas of the company's industry, where it has none.
#[tracing::instrument(name = "dashboard.personas.defaults", skip_all)]
pub(crate) async fn defaults(
    here: Here<ManagePersonas>,
    reader: Reader,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let configuration = reader.personas.configuration(here.tenant()).await?;
    if !configuration.personas.is_empty() {
        let said = "Nothing was changed: there are personas already.";
        return Ok(here.frame.see_other_saying("/personas", said, Tone::Sun));
    }
    let industry = here.company()?.industry;
    let draft = reader.personas.industry_defaults(industry)?;
    let document = Document::of_draft(&draft)?;
    let note = format!("The set for {}", industry.title());
    save(
        &here,
        &reader,
        configuration.version,
        document,
        note,
        "Taken over. The rules are being applied.",
    )
    .await
}

#[tracing::instrument(name = "dashboard.personas.move", skip_all)]
pub(crate) async fn reorder(
    here: Here<ManagePersonas>,
    reader: Reader,
    Path(id): Path<PersonaId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let direction = match form.get("direction") {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return Err(Problem::of("malformed").detail("`direction` is up or down")),
    };
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let persona = configuration.personas.iter().find(|persona| persona.id == id);
    let name = persona.ok_or_else(Problem::not_found)?.name.clone();
    let mut document = Document::of(&configuration)?;
    if !document.shift(id, direction) {
        return Ok(here.frame.see_other("/personas"));
    }
    let (word, said) = match direction {
        Direction::Up => ("earlier", format!("“{name}” is asked earlier.")),
        Direction::Down => ("later", format!("“{name}” is asked later.")),
    };
    save(
        &here,
        &reader,
        form.version()?,
        document,
        format!("{name}: asked {word}"),
        &said,
    )
    .await
}

#[tracing::instrument(name = "dashboard.personas.delete", skip_all)]
pub(crate) async fn delete(
    here: Here<ManagePersonas>,
    reader: Reader,
    Path(id): Path<PersonaId>,
    _: NoQuery,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let configuration = reader.personas.configuration(here.tenant()).await?;
    let persona = configuration.personas.iter().find(|persona| persona.id == id);
    let name = persona.ok_or_else(Problem::not_found)?.name.clone();
    let mut document = Document::of(&configuration)?;
    document.remove(id);
    let said = format!("“{name}” is deleted. Its customers are judged by the other rules.");
    save(
        &here,
        &reader,
        form.version()?,
        document,
        format!("{name}: deleted"),
        &said,
    )
    .await
}

/// Saves a configuration that was changed as a whole, and goes back to the list. Where that can't be done, the list
/// says why.
pub(super) async fn save(
    here: &Here<ManagePersonas>,
    reader: &Reader,
    version: u64,
    document: Document,
    note: String,
    said: &str,
) -> Result<HttpResponse, Problem> {
    let json = document.into_json()?;
    let saved = reader
        .personas
        .save(
            here.reach(),
            here.company()?,
            here.caller(),
            version,
            &json,
            Some(note),
        )
        .await;
    match saved {
        Ok(_) => Ok(here.frame.see_other_saying("/personas", said, Tone::Leaf)),
        Err(error) if error.kind() == ErrorKind::Stale => {
            let said = "Nothing was changed: somebody changed the personas in between. Look at them, then do it again.";
            Ok(here.frame.see_other_saying("/personas", said, Tone::Sun))
        }
        Err(PersonaError::Invalid(wrong)) => {
            let first = wrong
                .first()
                .map(|error| sentence(&error.message))
                .unwrap_or_default();
            let said = format!("Nothing was changed. {first}");
            Ok(here.frame.see_other_saying("/personas", said, Tone::Stem))
        }
        Err(error) => Err(error.into()),
    }
}
