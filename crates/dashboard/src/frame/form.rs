//! A posted form.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_web::{Problem, etag::version_of};

use super::address::Query;

/// What a form is read from: names and values, as often as they were sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// From fields.
    pub(crate) const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first value of a field; empty where it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The same, without the spaces around it; `None` where nothing is left.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|text| !text.is_empty())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// The version the form was made from; `428` where it is missing, `412` where it is none of ours.
    pub(crate) fn version(&self) -> Result<u64, Problem> {
        match self.get("_etag") {
            "" => {
                Err(Problem::of("precondition-required")
                    .detail("the form lacks the version it was made from"))
            }
            etag => version_of(etag).ok_or_else(|| Problem::of("stale-version")),
        }
    }

    /// The other fields as parameters of an address, without those that belong to the form itself.
    pub(crate) fn kept(&self, own: &[&str]) -> Query {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()) && name != "csrf" && name != "_etag");
        Query::of(kept.cloned().collect())
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

    #[test]
    fn a_form_names_the_one_version_it_was_made_from() {
        let form = |etag: &str| Form::of(vec![("_etag".to_owned(), etag.to_owned())]);

        assert_eq!(form("\"v7\"").version().ok(), Some(7));
        assert_eq!(
            form("").version().map_err(|problem| problem.status().as_u16()),
            Err(428)
        );
        assert_eq!(
            form("v7").version().map_err(|problem| problem.status().as_u16()),
            Err(412)
        );
    }

    #[test]
    fn what_belongs_to_the_form_is_not_kept() {
        let fields = [("csrf", "x"), ("_etag", "y"), ("name", "z"), ("sort", "-mrr")];
        let form = Form::of(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        );

        assert_eq!(form.kept(&["name"]).text(), "sort=-mrr");
    }
}
