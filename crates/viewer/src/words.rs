//! The viewer's own words, in the languages it knows; a card's words are the company's.

use kale_application::sessions::{Locale, OfferKind, Outcome};

/// Words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) lang: &'static str,
    pub(crate) test: &'static str,
    /// `Step 1 of 4`, with `{at}` and `{of}`.
    step: &'static str,
    pub(crate) next: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) decline: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) back: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) send: &'static str,
    pub(crate) check: &'static str,
    pub(crate) elsewhere: &'static str,
    pub(crate) renewed: &'static str,
    pub(crate) only_cancel: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) number: &'static str,
    pub(crate) time: &'static str,
    pub(crate) agreed: &'static str,
    /// What will be arranged, with `{what}` and `{company}`.
    arranged: &'static str,
    pub(crate) person: &'static str,
    pub(crate) return_to: &'static str,
    /// Where a call to action leads, with `{host}`.
    leaving: &'static str,
    pub(crate) leaving_text: &'static str,
    /// The link there, with `{host}`.
    open: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) nothing: &'static str,
    /// Where there is no flow, with `{company}`.
    no_flow: &'static str,
    /// Where the customer is not known, with `{company}`.
    unknown: &'static str,
    pub(crate) dead: &'static str,
    pub(crate) dead_text: &'static str,
    pub(crate) broken: &'static str,
    pub(crate) broken_text: &'static str,
    pub(crate) required: &'static str,
    pub(crate) invalid: &'static str,
    outcomes: [&'static str; 8],
    offers: [&'static str; 12],
}

const ENGLISH: Words = Words {
    lang: "en",
    test: "Test",
    step: "Step {at} of {of}",
    next: "Continue",
    skip: "Skip",
    accept: "Yes, please",
    decline: "No thanks",
    keep: "Keep my subscription",
    back: "Back",
    cancel: "Cancel subscription",
    send: "Send",
    check: "Please look at this again:",
    elsewhere: "You went on in another window. This is where you are.",
    renewed: "This page has changed since you opened it. Please look at it again.",
    only_cancel: "You have been going to and fro for long. You can still cancel here.",
    outcome: "What was decided",
    number: "Number",
    time: "When",
    agreed: "What was agreed",
    arranged: "{what}. {company} will arrange it.",
    person: "A person takes over from here.",
    return_to: "Back to your account",
    leaving: "You go to {host}",
    leaving_text: "It opens by itself. If it does not, use the link. Your answers stay in the other tab.",
    open: "Open {host}",
    ended: "This is over",
    expired: "Nobody went on here for a day, so nothing was changed. Begin again from your account.",
    nothing: "There is nothing to do here",
    no_flow: "Please ask {company} directly.",
    unknown: "We don't find your subscription. Please ask {company} directly.",
    dead: "This link works no more",
    dead_text: "Begin again from your account.",
    broken: "That did not work",
    broken_text: "Go back and try again in a moment. What was decided before stays decided.",
    required: "Please answer this.",
    invalid: "Please answer this in another way.",
    outcomes: [
        "Your subscription goes on.",
        "Your subscription goes on, with the change below.",
        "Your cancellation is recorded.",
        "We will get back to you.",
        "A person takes over.",
        "Your payment is in order again.",
        "Your subscription is active again.",
        "Your subscription is billed elsewhere.",
    ],
    offers: [
        "A pause",
        "Another plan",
        "Another number of seats",
        "A discount",
        "A longer trial",
        "A later payment",
        "Your subscription back",
        "A refund",
        "A credit",
        "A link to pay",
        "A call",
        "Our offer",
    ],
};

const GERMAN: Words = Words {
    lang: "de",
    test: "Test",
    step: "Schritt {at} von {of}",
    next: "Weiter",
    skip: "Überspringen",
    accept: "Ja, gern",
    decline: "Nein danke",
    keep: "Abo behalten",
    back: "Zurück",
    cancel: "Abo kündigen",
    send: "Senden",
    check: "Bitte sehen Sie das noch einmal an:",
    elsewhere: "Sie haben in einem anderen Fenster weitergemacht. Hier stehen Sie.",
    renewed: "Diese Seite hat sich geändert, seit Sie sie geöffnet haben. Bitte sehen Sie sie noch einmal an.",
    only_cancel: "Sie sind lange hin und her gegangen. Kündigen können Sie hier weiterhin.",
    outcome: "Was entschieden wurde",
    number: "Nummer",
    time: "Wann",
    agreed: "Was vereinbart wurde",
    arranged: "{what}. {company} veranlasst das.",
    person: "Ab hier hilft Ihnen ein Mensch.",
    return_to: "Zurück zu Ihrem Konto",
    leaving: "Es geht zu {host}",
    leaving_text: "Die Seite öffnet sich von selbst. Wenn nicht, nehmen Sie den Link. Ihre Antworten bleiben im anderen Tab.",
    open: "{host} öffnen",
    ended: "Das ist vorbei",
    expired: "Einen Tag lang ging es hier nicht weiter, darum wurde nichts geändert. Beginnen Sie in Ihrem Konto neu.",
    nothing: "Hier ist nichts zu tun",
    no_flow: "Bitte wenden Sie sich direkt an {company}.",
    unknown: "Wir finden Ihr Abo nicht. Bitte wenden Sie sich direkt an {company}.",
    dead: "Dieser Link gilt nicht mehr",
    dead_text: "Beginnen Sie in Ihrem Konto neu.",
    broken: "Das hat nicht geklappt",
    broken_text: "Gehen Sie zurück und versuchen Sie es gleich noch einmal. Was schon entschieden war, bleibt so.",
    required: "Bitte beantworten Sie das.",
    invalid: "Bitte beantworten Sie das anders.",
    outcomes: [
        "Ihr Abo läuft weiter.",
        "Ihr Abo läuft weiter, mit der Änderung unten.",
        "Ihre Kündigung ist aufgenommen.",
        "Wir melden uns bei Ihnen.",
        "Ein Mensch übernimmt.",
        "Ihre Zahlung ist wieder in Ordnung.",
        "Ihr Abo ist wieder aktiv.",
        "Ihr Abo wird anderswo abgerechnet.",
    ],
    offers: [
        "Eine Pause",
        "Ein anderer Tarif",
        "Eine andere Zahl von Plätzen",
        "Ein Rabatt",
        "Eine längere Probezeit",
        "Eine spätere Zahlung",
        "Ihr Abo zurück",
        "Eine Erstattung",
        "Eine Gutschrift",
        "Ein Link zum Bezahlen",
        "Ein Gespräch",
        "Unser Angebot",
    ],
};

/// The words for a reader; English where their language is not known here.
pub(crate) fn words(locale: Option<&Locale>) -> &'static Words {
    match locale.map(Locale::language) {
        Some(language) if language.as_str() == "de" => &GERMAN,
        _ => &ENGLISH,
    }
}

impl Words {
    pub(crate) fn step(&self, at: usize, of: usize) -> String {
        self.step
            .replace("{at}", &at.to_string())
            .replace("{of}", &of.to_string())
    }

    pub(crate) fn arranged(&self, kind: OfferKind, company: &str) -> String {
        let index = OfferKind::ALL.iter().position(|one| *one == kind);
        let what = index.and_then(|index| self.offers.get(index)).copied();
        self.arranged
            .replace("{what}", what.unwrap_or_default())
            .replace("{company}", company)
    }

    pub(crate) fn outcome_of(&self, outcome: Outcome) -> &'static str {
        let index = Outcome::ALL.iter().position(|one| *one == outcome);
        index
            .and_then(|index| self.outcomes.get(index))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn leaving(&self, host: &str) -> String {
        self.leaving.replace("{host}", host)
    }

    pub(crate) fn open(&self, host: &str) -> String {
        self.open.replace("{host}", host)
    }

    pub(crate) fn no_flow(&self, company: &str) -> String {
        self.no_flow.replace("{company}", company)
    }

    pub(crate) fn unknown(&self, company: &str) -> String {
        self.unknown.replace("{company}", company)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_nearest_language_there_is() {
        let read = |text: &str| words(Some(&text.parse().unwrap())).lang;
        assert_eq!((read("de-AT"), read("en-GB"), read("fr")), ("de", "en", "en"));
        assert_eq!(words(None).lang, "en");
        assert_eq!(GERMAN.step(1, 4), "Schritt 1 von 4");
        assert_eq!(
            ENGLISH.arranged(OfferKind::Pause, "Globex"),
            "A pause. Globex will arrange it."
        );
        assert_eq!(
            ENGLISH.outcome_of(Outcome::Redirected),
            "Your subscription is billed elsewhere."
        );
    }
}
