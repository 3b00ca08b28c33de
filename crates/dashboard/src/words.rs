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

/// Names that a message sets in backticks, as people quote them.
pub(crate) fn quoted(text: &str) -> String {
    let mut open = false;
    text.chars()
        .map(|c| match c {
            '`' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            other => other,
        })
        .collect()
}

/// With commas in the number at its beginning: `7,043 customers moved`.
pub(crate) fn counted(text: &str) -> String {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match first.parse::<u64>() {
        Ok(number) if !rest.is_empty() => format!("{} {rest}", crate::view::format::number(number)),
        _ => text.to_owned(),
    }
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

    #[test]
    fn names_in_backticks_stand_in_quotes() {
        assert_eq!(quoted("there is no `x` in `y`"), "there is no “x” in “y”");
        assert_eq!(quoted("nothing"), "nothing");
    }

    #[test]
    fn a_count_at_the_beginning_has_commas() {
        assert_eq!(counted("7043 customers moved"), "7,043 customers moved");
        assert_eq!(counted("12 rows"), "12 rows");
        for same in ["Updating customers", "7043", "", "2026-03-01 is a day"] {
            assert_eq!(counted(same), same);
        }
    }
}
