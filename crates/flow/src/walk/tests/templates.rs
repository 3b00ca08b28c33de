//! The templates, walked.

use super::*;
use crate::{defaults::templates, text::Locale};

#[test]
fn the_direct_template_asks_its_one_question_after_the_end_and_only_once() {
    let template = templates().unwrap().remove(2);
    let mut walker = Walker::with(&template.tree, values(&[("subscription.plan", "Pro <b>")]));
    walker.goes("cancel");
    let View::Ended { page: Some(page), .. } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(page.actions, [Action::Next]);
    let choice = page
        .elements
        .iter()
        .find(|element| element.kind == "single_choice")
        .unwrap();
    assert_eq!(choice.options.len(), 8);
    assert_eq!(choice.options[7].text, "Something else");

    let post = json!({"step": walker.walk.step, "card": page.id, "action": "next", "answers": {choice.id.to_string(): choice.options[0].id}});
    let step = Step::parse(&post, "#").unwrap();
    walker.take(&step).unwrap();
    assert!(walker.take(&step).unwrap().repeated);
    let View::Ended {
        outcome,
        page,
        receipt,
    } = walker.view()
    else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(outcome, Outcome::Cancelled);
    assert!(page.unwrap().actions.is_empty());
    assert_eq!(receipt.reasons.len(), 1);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one walk, told in order")]
fn the_software_template_makes_the_offer_that_fits_and_falls_back() {
    let template = templates().unwrap().remove(0);
    let mut walker = Walker::with(&template.tree, values(&[("metric.features_used_30d", "4")]));
    let cards: Vec<&Card> = template.tree.all();
    let by_title = |start: &str| {
        let english = Locale::english();
        cards
            .iter()
            .find(|card| {
                card.title
                    .exactly(&english)
                    .is_some_and(|title| title.starts_with(start))
            })
            .unwrap()
            .id
    };
    let [plan, discount] = [by_title("A smaller plan"), by_title("{{offer.percent}}")];
    let preview = [
        ("preview.next_amount", "$9"),
        ("preview.next_date", "1 December"),
        ("preview.price_after", "$29"),
        ("preview.discount_ends_on", "1 March"),
    ];
    let own = |more: &[(&str, &str)]| values(&[&preview[..], more].concat());
    walker
        .card_values
        .insert(discount, own(&[("offer.percent", "30"), ("offer.months", "3")]));

    let View::Card { card: why } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(why.options().last().unwrap().text, "I'd rather not say");
    let price = why
        .options()
        .iter()
        .find(|option| option.text.starts_with("It costs more"))
        .unwrap()
        .id;
    // No smaller plan is known: its card is passed over.
    walker
        .post("next", json!({ why.elements[1].id.to_string(): price }))
        .unwrap();
    assert_eq!(walker.walk.current(), Some(discount));
    walker.goes("back");
    walker
        .card_values
        .insert(plan, own(&[("offer.plan", "Small *plan*")]));
    walker
        .post("next", json!({ why.elements[1].id.to_string(): price }))
        .unwrap();
    let View::Card { card } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(card.id, plan);
    assert_eq!(card.labels["accept"], "Change to Small *plan*");
    let said = card.elements[0].text.clone().unwrap();
    assert!(
        said.contains("Small \\*plan\\*") && said.contains("\\$9"),
        "{said}"
    );

    walker.goes("accept");
    let View::Ended {
        outcome,
        page,
        receipt,
    } = walker.view()
    else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(
        (outcome, receipt.reasons[0].as_str()),
        (Outcome::Saved, "price_too_high")
    );
    // The last page speaks of the accepted offer.
    assert!(
        page.unwrap().elements[0]
            .text
            .clone()
            .unwrap()
            .starts_with("From 1 December")
    );
}

impl crate::show::Shown {
    fn options(&self) -> &[crate::show::ShownOption] {
        &self
            .elements
            .iter()
            .find(|element| !element.options.is_empty())
            .unwrap()
            .options
    }
}
