//! Addresses of ours: read from forms, written into links.

use url::form_urlencoded::Serializer;

/// The parameters of an address, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// With these parameters.
    pub(crate) const fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The parameters of a query string.
    pub(crate) fn read(text: &str) -> Self {
        Self(
            url::form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of a parameter; empty where it is missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The parameters.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Without that parameter.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// With that parameter at the place it had, else at the end; without it where the value is empty.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.is_empty() {
            return self.without(name);
        }
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, there)) => *there = value,
            None => self.0.push((name.to_owned(), value)),
        }
        self
    }

    /// Those parameters for which `keep` says so.
    #[must_use]
    pub(crate) fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| keep(name));
        self
    }

    /// The query string, without a question mark.
    pub(crate) fn text(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The address of `path` with these parameters.
    pub(crate) fn at(&self, path: &str) -> String {
        if self.0.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.text())
        }
    }
}

/// A path of ours to go to, from what a form or an address said; `/` for anything else. Other sites' addresses begin
/// with a scheme or two slashes, and browsers read a backslash as a slash.
pub(crate) fn local_path(text: &str) -> &str {
    let begins_well = text.starts_with('/') && !text.starts_with("//");
    let plain = !text.bytes().any(|b| b == b'\\' || b.is_ascii_control()) && text.is_ascii();
    if begins_well && plain && text.len() <= 2_000 {
        text
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_keeps_its_place_when_it_changes() {
        let query = Query::read("?q=a%20b&sort=-mrr&filter%5Bmrr%5D%5Bgte%5D=10".trim_start_matches('?'));

        assert_eq!(query.get("filter[mrr][gte]"), "10");
        let changed = query
            .clone()
            .with("sort", "name")
            .with("q", "")
            .with("cursor", "x/y");
        assert_eq!(
            changed.at("/customers"),
            "/customers?sort=name&filter%5Bmrr%5D%5Bgte%5D=10&cursor=x%2Fy"
        );
        assert_eq!(query.only(|_| false).at("/customers"), "/customers");
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local_path("/customers?q=a%20b#x"), "/customers?q=a%20b#x");
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nx: y",
            "a",
            "\t//evil.example",
            "/\t/evil.example",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
