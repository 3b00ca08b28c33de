//! What would happen if an offer were taken, as far as its own terms and the customer's record say it. While no billing
//! is asked, what can't be known is not said, and a card that would have to say it is passed over.

use jiff::{ToSpan as _, civil::Date};
use kale_domain::{
    customer::Customer,
    metric::{Metric, MetricValue},
    money::Money,
};
use kale_flow::{offer::OfferTerms, variable::Values};

use super::words::{day, money, named};

/// The values of `preview.*` on the card of an offer. `from` is the day the session began, so that what is shown first
/// is what stands in the receipt.
pub(super) fn preview(terms: &OfferTerms, customer: Option<&Customer>, from: Date) -> Values {
    let price = customer.and_then(monthly_price);
    let in_months = |months: u8| from.checked_add(i32::from(months).months()).ok().map(day);
    let in_days = |days: i64| from.checked_add(days.days()).ok().map(day);
    let known = |metric| customer.and_then(|customer| count(customer, metric));
    let renews = || known(Metric::DaysToRenewal).and_then(in_days);
    let said = match terms {
        OfferTerms::Pause(pause) => vec![
            ("preview.pause_on", Some(day(from))),
            ("preview.resume_on", in_months(pause.months)),
        ],
        OfferTerms::ApplyDiscount(discount) => vec![
            (
                "preview.next_amount",
                price.and_then(|price| less(price, discount.percent)),
            ),
            ("preview.discount_ends_on", in_months(discount.months)),
            ("preview.price_after", price.map(money)),
        ],
        OfferTerms::ChangePlan(change) => vec![
            ("preview.next_amount", change.price.map(money)),
            ("preview.price_after", change.price.map(money)),
            ("preview.next_date", renews()),
        ],
        OfferTerms::Credit(credit) => vec![
            (
                "preview.next_amount",
                price.and_then(|price| minus(price, credit.amount)),
            ),
            ("preview.price_after", price.map(money)),
        ],
        OfferTerms::ExtendTrial(extended) => {
            let left = known(Metric::TrialDaysLeft);
            let ends = left.and_then(|left| in_days(left.saturating_add(i64::from(extended.days))));
            vec![("preview.next_date", ends)]
        }
        OfferTerms::PostponeBilling(postponed) => {
            let left = known(Metric::DaysToRenewal);
            let next = left.and_then(|left| in_days(left.saturating_add(i64::from(postponed.days))));
            vec![
                ("preview.next_date", next),
                ("preview.next_amount", price.map(money)),
            ]
        }
        _ => Vec::new(),
    };
    said.into_iter()
        .filter_map(|(name, value)| named(name, value))
        .collect()
}

/// What a customer pays a month, where nothing says that they pay for more than a month at once.
fn monthly_price(customer: &Customer) -> Option<Money> {
    let monthly = count(customer, Metric::BillingIntervalMonths).is_none_or(|months| months == 1);
    match customer.metrics.get(&Metric::Mrr) {
        Some(MetricValue::Money(price)) if monthly && price.amount_minor > 0 => Some(*price),
        _ => None,
    }
}

fn count(customer: &Customer, metric: Metric) -> Option<i64> {
    match customer.metrics.get(&metric) {
        Some(MetricValue::Count(number)) => Some(*number),
        _ => None,
    }
}

/// A price after a discount; half a cent goes to the subscriber.
fn less(price: Money, percent: u8) -> Option<String> {
    let kept = price.amount_minor.checked_mul(100 - i64::from(percent))? / 100;
    Some(money(Money {
        amount_minor: kept,
        ..price
    }))
}

/// A price after a credit, at least nothing.
fn minus(price: Money, credit: Money) -> Option<String> {
    (price.currency == credit.currency).then(|| {
        money(Money {
            amount_minor: price.amount_minor.saturating_sub(credit.amount_minor).max(0),
            ..price
        })
    })
}
