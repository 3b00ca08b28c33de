//! Texts of use cases as they stand in a page.

/// With a capital letter and a full stop: use cases say what is wrong inside of a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut chars = text.chars();
    let first = chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().to_string());
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("no row can be imported"), "No row can be imported.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence("émile"), "Émile.");
    }
}
