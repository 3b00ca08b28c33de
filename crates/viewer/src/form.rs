//! What a card's form posts. The name of a field says what type its answer has, so that a form posted twice is read the
//! same whatever card is present by then.

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_application::sessions::{Action, Step};
use kale_domain::id::{ElementId, SessionId};
use kale_web::Problem;
use serde_json::{Value, json};

/// An option of a choice.
pub(crate) const OPTION: &str = "o:";
/// Options of a choice of several.
pub(crate) const OPTIONS: &str = "m:";
/// A number of a scale.
pub(crate) const NUMBER: &str = "n:";
/// Words.
pub(crate) const TEXT: &str = "t:";
/// A box that is ticked.
pub(crate) const TICKED: &str = "c:";
/// That there was a box to tick.
pub(crate) const BOX: &str = "b:";
/// A call to action that is asked for with the card.
pub(crate) const CALL: &str = "k:";
/// A call to action that opens a page: a button of its own, whose value is the element.
pub(crate) const FOLLOW: &str = "follow";

/// Names and values, as often as they were sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

/// A post, read.
#[derive(Debug)]
pub(crate) struct Posted {
    /// The session it means.
    pub(crate) session: SessionId,
    /// The version whose card the page showed.
    pub(crate) version: Option<u32>,
    /// What only the session's own pages know.
    pub(crate) secret: String,
    /// What is done.
    pub(crate) step: Step,
}

impl Form {
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(fields.iter().map(owned).collect())
    }

    /// The first value of a field; empty where it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Whether a field was sent with that value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, sent)| known == name && sent == value)
    }

    /// The step it means; a form that no page of ours has is malformed.
    pub(crate) fn posted(&self) -> Result<Posted, Problem> {
        let malformed = || Problem::of("malformed").detail("this form is not one of ours");
        let followed = self.followed();
        let (action, answers) = match (self.get("action"), followed) {
            ("", Some(call)) => (Action::Follow, BTreeMap::from([(call, json!(true))])),
            ("next", None) => (Action::Next, self.answers()),
            ("skip", None) => (Action::Next, BTreeMap::new()),
            ("back", None) => (Action::Back, self.answers()),
            ("cancel", None) => (Action::Cancel, self.answers()),
            ("accept", None) => (Action::Accept, self.answers()),
            ("decline", None) => (Action::Decline, self.answers()),
            _ => return Err(malformed()),
        };
        Ok(Posted {
            session: self.get("session").parse().map_err(|_no_id| malformed())?,
            version: self.get("version").parse().ok(),
            secret: self.get("secret").to_owned(),
            step: Step {
                step: self.get("step").parse().map_err(|_no_number| malformed())?,
                card: self.get("card").parse().map_err(|_no_id| malformed())?,
                action,
                answers,
            },
        })
    }

    /// The call to action whose page is to be opened, if that is what was pressed.
    pub(crate) fn followed(&self) -> Option<ElementId> {
        self.get(FOLLOW).parse().ok()
    }

    /// The answers, as the API would get them. What was left blank is not among them.
    fn answers(&self) -> BTreeMap<ElementId, Value> {
        let mut answers = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some((kind, id)) = name.split_at_checked(2) else {
                continue;
            };
            let Ok(id) = id.parse::<ElementId>() else { continue };
            match kind {
                OPTION => drop(answers.insert(id, json!(value))),
                OPTIONS => {
                    let all = answers.entry(id).or_insert_with(|| json!([]));
                    if let Some(all) = all.as_array_mut() {
                        all.push(json!(value));
                    }
                }
                // What is no number stays a text, and is refused as one.
                NUMBER => drop(answers.insert(
                    id,
                    value.parse::<i64>().map_or_else(|_| json!(value), |n| json!(n)),
                )),
                TEXT if !value.trim().is_empty() => drop(answers.insert(id, json!(value))),
                TICKED | CALL => drop(answers.insert(id, json!(true))),
                BOX => drop(answers.entry(id).or_insert(json!(false))),
                _ => {}
            }
        }
        answers
    }
}

impl FromRequest for Form {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fields = web::Form::<Vec<(String, String)>>::from_request(request, payload);
        async move { Ok(Self(fields.await?.into_inner())) }.boxed_local()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELEMENT: &str = "elm_01h455vb4pex5vsknk084sn02q";
    const SESSION: &str = "ses_01h455vb4pex5vsknk084sn02q";
    const CARD: &str = "crd_01h455vb4pex5vsknk084sn02q";

    fn answer(fields: &[(&str, &str)]) -> Option<Value> {
        let named: Vec<(String, &str)> = fields
            .iter()
            .map(|(kind, value)| (format!("{kind}{ELEMENT}"), *value))
            .collect();
        let fields: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        Form::of(&fields).answers().remove(&ELEMENT.parse().unwrap())
    }

    #[test]
    fn a_field_has_the_type_that_its_name_says() {
        assert_eq!(answer(&[(OPTION, "opt_1")]), Some(json!("opt_1")));
        assert_eq!(answer(&[(OPTIONS, "a"), (OPTIONS, "b")]), Some(json!(["a", "b"])));
        assert_eq!(answer(&[(NUMBER, "9")]), Some(json!(9)));
        assert_eq!(answer(&[(NUMBER, "nine")]), Some(json!("nine")));
        assert_eq!(answer(&[(TEXT, "  ")]), None);
        assert_eq!(answer(&[(TEXT, " so ")]), Some(json!(" so ")));
        assert_eq!(answer(&[(BOX, "1")]), Some(json!(false)));
        assert_eq!(answer(&[(BOX, "1"), (TICKED, "on")]), Some(json!(true)));
        assert_eq!(answer(&[(CALL, "1")]), Some(json!(true)));
        assert_eq!(answer(&[("x:", "1")]), None);
    }

    #[test]
    fn a_form_of_ours_is_a_step_and_any_other_is_malformed() {
        let text = format!("{TEXT}{ELEMENT}");
        let good = |action: &'static str| {
            Form::of(&[
                ("session", SESSION),
                ("secret", "s"),
                ("step", "3"),
                ("card", CARD),
                ("action", action),
                (&text, "words"),
            ])
            .posted()
        };
        let posted = good("next").unwrap();
        assert_eq!(
            (posted.step.step, posted.step.action, posted.step.answers.len()),
            (3, Action::Next, 1)
        );
        assert_eq!(good("skip").unwrap().step.answers.len(), 0);
        let called = |more: &[(&str, &str)]| {
            let form = [
                ("session", SESSION),
                ("step", "3"),
                ("card", CARD),
                (FOLLOW, ELEMENT),
            ];
            Form::of(&[&form, more].concat()).posted()
        };
        let follow = called(&[]).unwrap().step;
        assert_eq!(follow.action, Action::Follow);
        assert_eq!(
            follow.answers,
            BTreeMap::from([(ELEMENT.parse().unwrap(), json!(true))])
        );
        assert_eq!(called(&[("action", "next")]).unwrap_err().code(), "malformed");
        assert_eq!(good("fly").unwrap_err().code(), "malformed");
        assert_eq!(Form::default().posted().unwrap_err().code(), "malformed");
    }
}
