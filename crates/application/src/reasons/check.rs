//! What a reason may be.

use kale_domain::error::FieldError;
use kale_flow::{reason::Reason, text::Text};

use super::ReasonError;

/// The longest title, in characters.
const TITLE: usize = 80;
/// The longest text of a subscriber, in characters.
const TEXT: usize = 200;
/// In how many languages a text may be.
const LANGUAGES: usize = 50;
/// How many codes of one billing system, and how long one may be.
const CODES: usize = 20;
const CODE: usize = 60;

pub(super) fn check(reason: &Reason) -> Result<(), ReasonError> {
    let mut wrong = Vec::new();
    if !(1..=TITLE).contains(&reason.title.chars().count()) {
        let message = format!("a title has 1 to {TITLE} characters");
        wrong.push(FieldError::new("#/title", "length", message));
    }
    if reason.text.is_blank() {
        let message = "say in at least one language what a subscriber reads";
        wrong.push(FieldError::new("#/text", "missing", message));
    }
    text("#/text", &reason.text, &mut wrong);
    text("#/follow_up", &reason.follow_up, &mut wrong);
    for (provider, codes) in &reason.provider_codes {
        let legal =
            |code: &String| (1..=CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic());
        if codes.len() > CODES || !codes.iter().all(legal) {
            let message = format!("at most {CODES} codes of 1 to {CODE} letters, digits and signs");
            let at = format!("#/provider_codes/{}", provider.name());
            wrong.push(FieldError::new(at, "invalid-codes", message));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ReasonError::Invalid(wrong))
    }
}

fn text(at: &str, text: &Text, wrong: &mut Vec<FieldError>) {
    if text.longest() > TEXT {
        wrong.push(FieldError::new(
            at,
            "too-long",
            format!("at most {TEXT} characters"),
        ));
    }
    if text.languages() > LANGUAGES {
        wrong.push(FieldError::new(
            at,
            "too-many",
            format!("at most {LANGUAGES} languages"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::error::Classify as _;
    use kale_flow::reason::BillingProvider;

    use super::*;

    #[test]
    fn the_built_in_reasons_keep_the_rules_and_what_breaks_one_is_named() {
        let mut all = kale_flow::defaults::reasons().unwrap();
        for reason in &all {
            check(reason).unwrap();
        }
        let mut reason = all.remove(0);
        reason.title = String::new();
        reason.text = Text::english(" ");
        reason.follow_up = Text::english("x".repeat(201));
        reason
            .provider_codes
            .insert(BillingProvider::Recurly, vec!["two words".to_owned()]);

        let wrong = check(&reason).unwrap_err().fields();

        let pointers: Vec<&str> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["#/title", "#/text", "#/follow_up", "#/provider_codes/recurly"]
        );
    }
}
