//! Which days and whose sessions: what the page's form asks.

use jiff::{Span as Length, civil::Date};
use kale_application::{
    measures::{AnalyticsError, AnalyticsFilter, Counting},
    sessions::Channel,
};
use kale_domain::{error::Classify as _, id::PersonaId};
use kale_web::{Problem, permission::ReadAnalytics};
use serde::Deserialize;

use crate::{
    frame::{Here, Query},
    view::{
        analytics::Span,
        form::{Choice, Field, Select},
        format,
    },
};

/// What the form offers, and how it is called.
const DAYS: [(&str, i64, &str); 4] = [
    ("7", 7, "Last 7 days"),
    ("30", 30, "Last 30 days"),
    ("90", 90, "Last 90 days"),
    ("365", 365, "Last 365 days"),
];
const CHANNELS: [(&str, &str); 3] = [
    ("", "Every channel"),
    ("hosted", "Hosted page"),
    ("api", "Through the API"),
];
const USUAL: &str = "30";
const NOBODY: &str = "none";

/// Forms send what is not chosen as an empty text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    #[serde(default)]
    days: String,
    #[serde(default)]
    persona: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    version: String,
}

/// What is asked, understood.
pub(super) struct Asked {
    pub(super) filter: AnalyticsFilter,
    from: Date,
    to: Date,
    params: Params,
}

impl Params {
    /// Understood by somebody whose company has days of its own.
    pub(super) fn of(self, here: &Here<ReadAnalytics>) -> Result<Asked, Problem> {
        let to = here.frame.now().to_zoned(here.zone()).date();
        let days = if self.days.is_empty() { USUAL } else { &self.days };
        let length = DAYS.iter().find(|(name, ..)| *name == days);
        let (_, length, _) = length.ok_or_else(|| refused("days"))?;
        let from = to.saturating_sub(Length::new().days(length - 1));
        let persona = match self.persona.as_str() {
            "" => None,
            NOBODY => Some(None),
            id => Some(Some(
                id.parse::<PersonaId>().map_err(|_no_id| refused("persona"))?,
            )),
        };
        let channel = match self.channel.as_str() {
            "" => None,
            name => Some(channel(name).ok_or_else(|| refused("channel"))?),
        };
        let version = match self.version.as_str() {
            "" => None,
            number => Some(number.parse().map_err(|_no_number| refused("version"))?),
        };
        let filter = AnalyticsFilter {
            from: Some(from),
            to: Some(to),
            persona,
            version,
            channel,
        };
        Ok(Asked {
            filter,
            from,
            to,
            params: self,
        })
    }

    /// Every version, where there is none to choose.
    pub(super) fn refuse_version(&self) -> Result<(), Problem> {
        if self.version.is_empty() {
            Ok(())
        } else {
            Err(refused("version"))
        }
    }
}

fn select<'a>(
    name: &str,
    label: &str,
    chosen: &str,
    all: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Select {
    let choices = all.into_iter().map(|(value, label)| Choice::new(value, label));
    Select::new(Field::new(name, label).value(chosen), choices)
}

fn days(chosen: &str) -> Select {
    let chosen = if chosen.is_empty() { USUAL } else { chosen };
    select(
        "days",
        "Days",
        chosen,
        DAYS.map(|(value, _, label)| (value, label)),
    )
}

fn people(personas: &[(PersonaId, String)], chosen: &str) -> Select {
    let all = personas
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name));
    let choices = [Choice::new("", "Every persona")].into_iter().chain(all);
    let choices = choices.chain([Choice::new(NOBODY, "Unassigned")]);
    Select::new(Field::new("persona", "Persona").value(chosen), choices)
}

fn numbers(versions: &[u32], chosen: &str) -> Select {
    let all = versions
        .iter()
        .map(|number| Choice::new(number.to_string(), format!("Version {number}")));
    let choices = [Choice::new("", "Every version")].into_iter().chain(all);
    Select::new(Field::new("version", "Version").value(chosen), choices)
}

fn channel(name: &str) -> Option<Channel> {
    [Channel::Hosted, Channel::Api]
        .into_iter()
        .find(|one| one.name() == name)
}

fn refused(parameter: &'static str) -> Problem {
    Problem::of("invalid-parameter").detail(format!("`{parameter}` is none of those the page offers"))
}

/// How fresh the figures are, where they are not.
fn waiting(here: &Here<ReadAnalytics>, counting: &Counting) -> String {
    if counting.rebuilding {
        return "All figures are being counted anew; these are those of before.".to_owned();
    }
    if !counting.pending {
        return String::new();
    }
    let at = counting
        .counted_at
        .map_or_else(|| "never".to_owned(), |at| here.ago(at));
    format!("Sessions of the last moments are still being counted. Last counted: {at}.")
}

/// Whatever the form can't ask is no such thing.
pub(super) fn problem(error: AnalyticsError) -> Problem {
    match error {
        AnalyticsError::NotFound => Problem::not_found(),
        AnalyticsError::Days(field) => Problem::of("invalid-parameter").detail(field.message),
        AnalyticsError::Store(error) => {
            tracing::debug!(code = error.code(), "figures could not be read");
            error.into()
        }
    }
}

impl Asked {
    /// The form, with what was chosen. `versions`: those there are, newest first; none where several workflows count.
    pub(super) fn form(
        &self,
        here: &Here<ReadAnalytics>,
        action: &str,
        personas: &[(PersonaId, String)],
        versions: &[u32],
        counting: &Counting,
    ) -> Span {
        let chosen = &self.params;
        Span {
            action: action.to_owned(),
            days: days(&chosen.days),
            persona: (!personas.is_empty()).then(|| people(personas, &chosen.persona)),
            channel: select("channel", "Channel", &chosen.channel, CHANNELS),
            version: (!versions.is_empty()).then(|| numbers(versions, &chosen.version)),
            said: format!(
                "{} to {}, days in {}",
                format::date(self.from),
                format::date(self.to),
                here.zone().iana_name().unwrap_or("UTC")
            ),
            waiting: waiting(here, counting),
        }
    }

    /// The same as a file: `path` under `/api/v1/analytics`.
    pub(super) fn csv(&self, path: &str, table: &str) -> String {
        Query::default()
            .with("table", table)
            .with("from", self.from.to_string())
            .with("to", self.to.to_string())
            .with("persona", self.params.persona.as_str())
            .with("channel", self.params.channel.as_str())
            .with("version", self.params.version.as_str())
            .at(&format!("/api/v1/analytics/{path}"))
    }

    /// The page of a workflow, of the same sessions.
    pub(super) fn of_workflow(&self, id: impl std::fmt::Display) -> String {
        Query::default()
            .with("days", self.params.days.as_str())
            .with("persona", self.params.persona.as_str())
            .with("channel", self.params.channel.as_str())
            .at(&format!("/analytics/workflows/{id}"))
    }
}
