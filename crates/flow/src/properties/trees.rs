//! Random trees.

use super::*;

/// The id of the last card of every random tree: the outcome `saved`.
pub(super) const SAVED: u128 = 9_001;

/// A card of a random tree, before it has an id.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    Message { hidden: bool },
    Survey { lanes: Vec<Vec<Self>> },
    Words { required: bool },
    Offer { ends: bool, stands_in: bool },
    HandOff,
    Lanes { lanes: Vec<Vec<Self>> },
    End { jumps: bool },
}

pub(super) fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|hidden| Plan::Message { hidden }),
        any::<bool>().prop_map(|required| Plan::Words { required }),
        any::<(bool, bool)>().prop_map(|(ends, stands_in)| Plan::Offer { ends, stands_in }),
        Just(Plan::HandOff),
    ];
    let card = leaf.prop_recursive(3, 20, 4, |inner| {
        let lane = (vec(inner, 0..3), prop::option::of(any::<bool>())).prop_map(|(mut cards, end)| {
            cards.extend(end.map(|jumps| Plan::End { jumps }));
            cards
        });
        let lanes = vec(lane, 2..4);
        prop_oneof![
            lanes.clone().prop_map(|lanes| Plan::Survey { lanes }),
            lanes.prop_map(|lanes| Plan::Lanes { lanes }),
        ]
    });
    vec(card, 0..5)
}

/// Gives plans their ids.
#[derive(Default)]
pub(super) struct Maker(u128);

impl Maker {
    fn cards(&mut self, plans: Vec<Plan>) -> Vec<Card> {
        plans.into_iter().map(|plan| self.card(plan)).collect()
    }

    fn card(&mut self, plan: Plan) -> Card {
        self.0 += 1;
        let n = self.0;
        match plan {
            Plan::Message { hidden } => {
                let mut card = message(n);
                card.visible_when = hidden.then(|| tagged("vip"));
                card
            }
            Plan::Survey { lanes } => {
                let lanes = lanes.into_iter().map(|lane| self.cards(lane)).collect();
                question(n, lanes)
            }
            Plan::Words { required } => {
                let mut card = question(n, vec![]);
                card.elements = vec![free_text(n, required)];
                if let CardKind::Question(question) = &mut card.kind
                    && required
                {
                    question.skip = Text::default();
                }
                card
            }
            Plan::Offer { ends, stands_in } => {
                let mut card = offer(n, vec![self.end(ends)]);
                if let CardKind::Offer(offer) = &mut card.kind {
                    offer.fallback = stands_in;
                }
                card
            }
            Plan::HandOff => hand_off(n, vec![self.end(true)]),
            Plan::Lanes { lanes } => {
                let lanes = lanes.into_iter().map(|plans| lane(self.cards(plans)));
                let mut lanes: Vec<Branch> = lanes.collect();
                for (index, lane) in lanes.iter_mut().enumerate() {
                    lane.when = tagged(["vip", "beta", "old"][index % 3]);
                }
                card(n, lanes)
            }
            Plan::End { jumps } => self.end(!jumps),
        }
    }

    fn end(&mut self, own: bool) -> Card {
        self.0 += 1;
        if own {
            outcome(self.0, Outcome::Deferred)
        } else {
            jump(self.0, SAVED)
        }
    }
}

pub(super) fn tagged(tag: &str) -> Condition {
    Condition::parse(&json!({ "tag": tag }), "#").unwrap()
}

/// A random tree that passes the checks, but perhaps not the fair exit.
pub(super) fn tree() -> impl Strategy<Value = CardTree> {
    plans().prop_map(|plans| {
        let mut cards = Maker::default().cards(plans);
        cards.extend([confirm(900, 901), outcome(SAVED, Outcome::Saved)]);
        CardTree::new(0, cards).unwrap()
    })
}

pub(super) fn is_fit(tree: &CardTree) -> bool {
    let english = Locale::english();
    let against = Against {
        schema: &Schema::empty(Currency::USD),
        default_locale: &english,
        locales: &[],
        reasons: &BTreeSet::new(),
        offers: None,
    };
    !check(tree, &against)
        .iter()
        .any(crate::problem::Problem::is_error)
}
