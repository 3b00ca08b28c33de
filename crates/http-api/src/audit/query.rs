//! What the audit log can be narrowed to.

use jiff::Timestamp;
use kale_application::audit::AuditFilter;
use kale_domain::audit::{Actor, AuditAction};
use kale_web::{ListParams, Op, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::filters::{one_value, wrong};

/// The filters of a list.
pub(super) const FILTERS: &[(&str, &[Op])] = &[
    ("action", &[Op::Eq]),
    ("actor", &[Op::Eq]),
    ("target", &[Op::Eq]),
    ("at", &[Op::Gte, Op::Lt]),
];

/// The same filters by themselves, for a file.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditFilterParams {
    /// Only this kind of change.
    #[serde(rename = "filter[action]")]
    #[param(rename = "filter[action]", example = "company_changed")]
    action: Option<String>,
    /// Only what this user or API key did; `system` for what Kale did by itself.
    #[serde(rename = "filter[actor]")]
    #[param(rename = "filter[actor]", example = "usr_01h455vb4pex5vsknk084sn02q")]
    actor: Option<String>,
    /// Only what was done to the thing of this id.
    #[serde(rename = "filter[target]")]
    #[param(rename = "filter[target]", example = "cmp_01h455vb4pex5vsknk084sn02q")]
    target: Option<String>,
    /// Not before.
    #[serde(rename = "filter[at][gte]")]
    #[param(rename = "filter[at][gte]", example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// Before.
    #[serde(rename = "filter[at][lt]")]
    #[param(rename = "filter[at][lt]", example = "2026-12-01T00:00:00Z")]
    until: Option<String>,
}

impl AuditFilterParams {
    /// As a list was asked.
    pub(super) fn of(params: &ListParams) -> Result<Self, Problem> {
        let mut read = Self::default();
        for filter in &params.filters {
            let text = one_value(filter)?;
            let place = match (filter.name.as_str(), filter.op) {
                ("action", _) => &mut read.action,
                ("actor", _) => &mut read.actor,
                ("target", _) => &mut read.target,
                (_, Op::Gte) => &mut read.from,
                _ => &mut read.until,
            };
            *place = Some(text.to_owned());
        }
        Ok(read)
    }

    /// As the log understands it.
    pub(super) fn filter(self) -> Result<AuditFilter, Problem> {
        let action = self.action.map(|name| {
            AuditAction::named(&name)
                .ok_or_else(|| wrong("action", "the name of an action, such as company_changed"))
        });
        let actor = self.actor.map(|id| {
            Actor::named(&id).ok_or_else(|| wrong("actor", "the id of a user or an API key, or `system`"))
        });
        let instant = |name: &str, text: Option<String>| {
            text.map(|text| {
                text.parse::<Timestamp>()
                    .map_err(|_no_instant| wrong(name, "an instant such as 2026-11-01T00:00:00Z"))
            })
            .transpose()
        };
        Ok(AuditFilter {
            action: action.transpose()?,
            actor: actor.transpose()?,
            target: self.target,
            from: instant("at][gte", self.from)?,
            until: instant("at][lt", self.until)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_strictly() {
        let read = |name: &str, text: &str| {
            let text = Some(text.to_owned());
            let mut params = AuditFilterParams::default();
            match name {
                "action" => params.action = text,
                "actor" => params.actor = text,
                "target" => params.target = text,
                "gte" => params.from = text,
                _ => params.until = text,
            }
            params.filter().map_err(|problem| problem.code())
        };
        assert_eq!(
            read("action", "signed_in").unwrap().action,
            Some(AuditAction::SignedIn)
        );
        assert_eq!(read("actor", "system").unwrap().actor, Some(Actor::System));
        for id in ["usr_01h455vb4pex5vsknk084sn02q", "key_01h455vb4pex5vsknk084sn02q"] {
            assert!(read("actor", id).unwrap().actor.is_some(), "{id}");
        }
        assert_eq!(read("target", "x").unwrap().target.as_deref(), Some("x"));
        let at = "2026-11-01T00:00:00Z";
        assert_eq!(read("gte", at).unwrap().from, Some(at.parse().unwrap()));
        assert_eq!(read("lt", at).unwrap().until, Some(at.parse().unwrap()));
        for (name, text) in [
            ("action", "fly"),
            ("actor", "cus_01h455vb4pex5vsknk084sn02q"),
            ("gte", "yesterday"),
            ("lt", "2026-11-01"),
        ] {
            assert_eq!(read(name, text), Err("invalid-parameter"), "{name} {text}");
        }
    }
}
