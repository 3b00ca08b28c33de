//! What the page's form narrows the log to.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kale_application::audit::AuditFilter;
use kale_domain::{
    audit::{Actor, AuditAction},
    id::AuditEntryId,
};
use kale_web::Problem;
use serde::Deserialize;

use crate::frame::Query;

/// Forms send what is not chosen as an empty text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    #[serde(default)]
    pub(super) action: String,
    #[serde(default)]
    pub(super) actor: String,
    #[serde(default)]
    pub(super) target: String,
    /// The first day.
    #[serde(default)]
    pub(super) from: String,
    /// The last day.
    #[serde(default)]
    pub(super) to: String,
    pub(super) cursor: Option<AuditEntryId>,
}

impl Params {
    /// As the log understands it. Days are those of the zone.
    pub(super) fn filter(&self, zone: &TimeZone) -> Result<AuditFilter, Problem> {
        let action = match self.action.as_str() {
            "" => None,
            name => Some(AuditAction::named(name).ok_or_else(|| refused("action"))?),
        };
        let actor = match self.actor.as_str() {
            "" => None,
            text => Some(Actor::named(text).ok_or_else(|| refused("actor"))?),
        };
        let after = |day: Date| day.tomorrow().ok();
        Ok(AuditFilter {
            action,
            actor,
            target: Some(self.target.clone()).filter(|target| !target.is_empty()),
            from: begins("from", &self.from, zone, Some)?,
            until: begins("to", &self.to, zone, after)?,
        })
    }

    pub(super) fn query(&self) -> Query {
        Query::default()
            .with("action", self.action.as_str())
            .with("actor", self.actor.as_str())
            .with("target", self.target.as_str())
            .with("from", self.from.as_str())
            .with("to", self.to.as_str())
    }
}

/// When the day that is asked for as `name` begins, or the one that `which` makes of it; `None` for no text.
fn begins(
    name: &'static str,
    text: &str,
    zone: &TimeZone,
    which: impl Fn(Date) -> Option<Date>,
) -> Result<Option<Timestamp>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse().ok().and_then(which);
    let begins = day.and_then(|day| day.to_zoned(zone.clone()).ok());
    begins
        .map(|zoned| Some(zoned.timestamp()))
        .ok_or_else(|| refused(name))
}

fn refused(parameter: &'static str) -> Problem {
    Problem::of("invalid-parameter").detail(format!("`{parameter}` is none of those the page offers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, text: &str) -> Result<AuditFilter, &'static str> {
        let mut params = Params::default();
        let place = match name {
            "action" => &mut params.action,
            "actor" => &mut params.actor,
            "from" => &mut params.from,
            _ => &mut params.to,
        };
        text.clone_into(place);
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        params.filter(&zone).map_err(|problem| problem.code())
    }

    #[test]
    fn the_list_is_narrowed_by_what_the_form_offers() {
        assert_eq!(asked("action", ""), Ok(AuditFilter::default()));
        assert_eq!(
            asked("action", "upload_undone").unwrap().action,
            Some(AuditAction::UploadUndone)
        );
        assert_eq!(asked("actor", "system").unwrap().actor, Some(Actor::System));
        let user = asked("actor", "usr_01h455vb4pex5vsknk084sn02q").unwrap().actor;
        assert!(matches!(user, Some(Actor::User { .. })));
        for (name, text) in [
            ("action", "fly"),
            ("actor", "cus_01h455vb4pex5vsknk084sn02q"),
            ("from", "yesterday"),
            ("to", "2026-13-01"),
        ] {
            assert_eq!(asked(name, text), Err("invalid-parameter"), "{name} {text}");
        }
    }

    #[test]
    fn days_are_whole_and_the_companys_own() {
        let at = |text: &str| Some(text.parse().unwrap());
        assert_eq!(
            asked("from", "2026-11-23").unwrap().from,
            at("2026-11-22T23:00:00Z")
        );
        // The day in which the clock goes back has 25 hours.
        assert_eq!(
            asked("to", "2026-10-25").unwrap().until,
            at("2026-10-25T23:00:00Z")
        );
    }
}
