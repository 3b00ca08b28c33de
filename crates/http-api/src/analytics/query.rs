//! Which days, and of whom.

use std::str::FromStr;

use jiff::civil::Date;
use kale_application::{
    measures::{AnalyticsError, AnalyticsFilter},
    sessions::Channel,
};
use kale_domain::error::{Classify as _, FieldError};
use kale_web::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

use super::tables::Table;

/// What figures are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The first day, in the company's time zone; absent: 30 days to the last one.
    #[param(format = Date, example = "2026-10-24")]
    from: Option<String>,
    /// The last day; absent: today. At most 400 days are read at once.
    #[param(format = Date, example = "2026-11-22")]
    to: Option<String>,
    /// Of sessions that began in this persona only; `none`: in none.
    #[param(pattern = "^(none|per_[0-7][0-9a-hjkmnp-tv-z]{25})$", example = "none")]
    persona: Option<String>,
    /// Of this version only.
    #[param(value_type = Option<u32>, maximum = 4_294_967_295_u32, example = 1)]
    version: Option<String>,
    /// Of this channel only: `hosted` or `api`.
    #[param(pattern = "^(hosted|api)$", example = "hosted")]
    channel: Option<String>,
}

impl Asked {
    pub(super) fn filter(&self) -> Result<AnalyticsFilter, Problem> {
        let channel = self.channel.as_deref().map(|name| {
            let channel = [Channel::Hosted, Channel::Api]
                .into_iter()
                .find(|one| one.name() == name);
            channel.ok_or_else(|| wrong("channel", "hosted or api"))
        });
        let persona = self.persona.as_deref().map(|text| match text {
            "none" => Ok(None),
            id => id
                .parse()
                .map(Some)
                .map_err(|_no_id| wrong("persona", "the id of a persona, or none")),
        });
        Ok(AnalyticsFilter {
            from: day("from", self.from.as_deref())?,
            to: day("to", self.to.as_deref())?,
            persona: persona.transpose()?,
            version: read("version", self.version.as_deref(), "the number of a version")?,
            channel: channel.transpose()?,
        })
    }
}

/// What a file of figures is asked for: the same, and which table of them. Its own list of fields, because one that is
/// joined from two could not refuse what it does not know.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedTable {
    /// Which table; absent: `days`.
    #[param(pattern = "^(days|personas|reasons|offers|versions|cards)$", example = "days")]
    table: Option<String>,
    /// The first day, in the company's time zone; absent: 30 days to the last one.
    #[param(format = Date, example = "2026-10-24")]
    from: Option<String>,
    /// The last day; absent: today. At most 400 days are read at once.
    #[param(format = Date, example = "2026-11-22")]
    to: Option<String>,
    /// Of sessions that began in this persona only; `none`: in none.
    #[param(pattern = "^(none|per_[0-7][0-9a-hjkmnp-tv-z]{25})$", example = "none")]
    persona: Option<String>,
    /// Of this version only.
    #[param(value_type = Option<u32>, maximum = 4_294_967_295_u32, example = 1)]
    version: Option<String>,
    /// Of this channel only: `hosted` or `api`.
    #[param(pattern = "^(hosted|api)$", example = "hosted")]
    channel: Option<String>,
}

impl AskedTable {
    /// Which sessions, and which of these tables.
    pub(super) fn read(self, tables: &[Table]) -> Result<(AnalyticsFilter, Table), Problem> {
        let asked = Asked {
            from: self.from,
            to: self.to,
            persona: self.persona,
            version: self.version,
            channel: self.channel,
        };
        let table = match self.table.as_deref() {
            None => Table::Days,
            Some(name) => {
                let found = tables.iter().copied().find(|table| table.name() == name);
                let names: Vec<&str> = tables.iter().map(|table| table.name()).collect();
                found.ok_or_else(|| wrong("table", &format!("one of {}", names.join(", "))))?
            }
        };
        Ok((asked.filter()?, table))
    }
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    let read = read::<Date>(name, text, "a day such as 2026-11-22")?;
    // The calendar reads more than a day; figures are of days that people live in.
    let known = |day: &Date| (1970..=9000).contains(&day.year()) && text.is_some_and(|text| text.len() == 10);
    match read {
        Some(day) if !known(&day) => Err(wrong(name, "a day such as 2026-11-22")),
        read => Ok(read),
    }
}

fn read<T: FromStr>(name: &str, text: Option<&str>, expected: &str) -> Result<Option<T>, Problem> {
    let read = text.map(|text| text.parse().map_err(|_other| wrong(name, expected)));
    read.transpose()
}

fn wrong(name: &str, expected: &str) -> Problem {
    let message = format!("`{name}` is {expected}");
    let error = FieldError::new(format!("?{name}"), "unknown-value", message.clone());
    Problem::of("invalid-parameter").detail(message).error(error)
}

/// What is wrong with the days is wrong with a parameter.
pub(super) fn problem(error: AnalyticsError) -> Problem {
    match error {
        AnalyticsError::Days(field) => Problem::of("invalid-parameter")
            .detail(field.message.clone())
            .error(field),
        AnalyticsError::NotFound => Problem::not_found(),
        AnalyticsError::Store(error) => {
            tracing::debug!(code = error.code(), "figures could not be read");
            error.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_strictly() {
        let asked = |name: &str, text: &str| {
            let text = Some(text.to_owned());
            let mut asked = Asked::default();
            match name {
                "from" => asked.from = text,
                "to" => asked.to = text,
                "persona" => asked.persona = text,
                "version" => asked.version = text,
                _ => asked.channel = text,
            }
            asked.filter().map_err(|problem| problem.code())
        };
        assert_eq!(asked("persona", "none").unwrap().persona, Some(None));
        assert_eq!(asked("channel", "api").unwrap().channel, Some(Channel::Api));
        assert_eq!(asked("version", "3").unwrap().version, Some(3));
        let day = asked("from", "2026-11-22").unwrap().from;
        assert_eq!(day, Some(jiff::civil::date(2026, 11, 22)));
        for (name, text) in [
            ("from", "yesterday"),
            ("from", "2026-11-22T10:00"),
            ("to", "2026-13-01"),
            ("persona", "wfl_x"),
            ("version", "-1"),
            ("channel", "embed"),
        ] {
            assert_eq!(asked(name, text), Err("invalid-parameter"), "{name} {text}");
        }
    }
}
