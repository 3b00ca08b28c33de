//! Folding: the form in which texts are compared and searched.

use unicode_normalization::UnicodeNormalization as _;

/// Composed (NFC), lower case, without white space at the ends.
#[must_use]
pub fn fold(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.is_ascii() {
        return trimmed.to_ascii_lowercase();
    }
    trimmed.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_looking_texts_fold_to_one() {
        assert_eq!(fold("  Münster "), fold("MU\u{308}NSTER"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
