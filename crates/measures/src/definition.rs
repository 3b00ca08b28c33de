//! What every figure means: one list, for the API, the pages and the documentation.

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name in answers.
    pub key: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What it is.
    pub definition: &'static str,
    /// How it is worked out.
    pub formula: &'static str,
    /// What it is worked out from.
    pub source: &'static str,
}

const SESSIONS: &str = "session documents in live mode, by the day they began on in the company's time zone";

const ALL: &[Definition] = &[
    Definition {
        key: "sessions",
        name: "Sessions",
        definition: "Walks that subscribers began: with the first step on the hosted page, where opening a link is no \
                session, and in a program with the start that it asks for. Previews and tests never count.",
        formula: "count of sessions",
        source: SESSIONS,
    },
    Definition {
        key: "states",
        name: "Where sessions stand",
        definition: "In progress; abandoned (left, or silent for 30 minutes, and may come back within 24 hours); \
                expired (nobody came back for 24 hours, final); completed (has an outcome, final). Abandoned and expired \
                sessions are never deflections.",
        formula: "count of sessions by state",
        source: SESSIONS,
    },
    Definition {
        key: "outcomes",
        name: "How sessions ended",
        definition: "Every completed session by its outcome: saved, contracted (a smaller plan or quantity), cancelled, \
                deferred (asked to be contacted later), escalated (handed to a person and closed there), recovered (a failed \
                payment was mended), reactivated, redirected (billed elsewhere; was told where to cancel).",
        formula: "count of completed sessions by outcome",
        source: SESSIONS,
    },
    Definition {
        key: "immediate_deflection",
        name: "Immediate deflection",
        definition: "Which part of the finished sessions ended without a cancellation, at that moment: it says nothing \
                about who stays. Several finished sessions of one customer and subscription, each within 30 days after the \
                one before, count once, and the last one that ended decides. Who was redirected counts as finished and not \
                as deflected. Recovered payments and reactivations are in neither number. No rate is given under 20; the \
                interval is Wilson's, 95 %.",
        formula: "(saved + contracted + deferred + escalated) / (those + cancelled + redirected), over deciding sessions",
        source: SESSIONS,
    },
    Definition {
        key: "mrr",
        name: "Monthly revenue at stake",
        definition: "What the customers of deciding sessions paid a month when their session began, and the part of those \
                that cancelled, by currency. Sessions whose customer's monthly revenue is unknown are left out; `sessions` \
                says how many are in it.",
        formula: "sum of mrr_at_stake over deciding sessions; the same over those that ended cancelled",
        source: SESSIONS,
    },
    Definition {
        key: "reasons",
        name: "Reasons",
        definition: "In how many sessions a reason of the catalogue was given, by the answers on the way and on the last \
                page. A session may give several. `stayed` and `left` are those of them that decide in their save window \
                (see immediate deflection) and ended without a cancellation, and with one; `other` is the rest: not \
                finished, followed by another session, told where to cancel, a mended payment, a reactivation. The rate \
                is the immediate deflection of those who gave the reason; none is given under 20.",
        formula: "count of sessions by reason; of deciding sessions by reason and outcome",
        source: SESSIONS,
    },
    Definition {
        key: "offers",
        name: "Offers",
        definition: "In how many sessions an offer was shown, accepted and declined; in each at most once. An accepted offer \
                is a promise made in the flow; what billing made of it is not counted here.",
        formula: "count of sessions by offer and decision",
        source: SESSIONS,
    },
    Definition {
        key: "cards",
        name: "Drop-off by card",
        definition: "In how many sessions a card was shown, was gone on from, and was the one where the subscriber left \
                (abandoned or expired there). A session that is in progress at a card has neither gone on nor left.",
        formula: "count of sessions by card",
        source: SESSIONS,
    },
    Definition {
        key: "answers",
        name: "Answers",
        definition: "In how many sessions an element was answered so; the last answer counts.",
        formula: "count of sessions by element and answer",
        source: SESSIONS,
    },
];

/// All of them.
#[must_use]
pub const fn definitions() -> &'static [Definition] {
    ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_figure_calls_saved_what_is_not_known_to_stay() {
        for figure in definitions() {
            assert!(!figure.key.contains("save") && !figure.name.to_lowercase().contains("save"));
        }
    }
}
