//! Strategies for property tests, here and in other crates: random rules over a small fixed schema, and random customers
//! whose values come from the same few, so that they meet often.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use kale_domain::{
    attribute::{AttributeKey, AttributeType, AttributeValue},
    customer::{Customer, Lifecycle},
    email::Email,
    id::CustomerId,
    metric::{Metric, MetricValue},
    money::{Currency, Money},
    persona::PersonaState,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use crate::{
    check::{Schema, check},
    expression::Expression,
    facts::FactMap,
    kind::Kind,
    rule::{Comparison, Field, Literal, Op, Rule, SubjectName},
};

/// The day that random days lie around.
pub const TODAY: Date = Date::constant(2026, 3, 15);

/// The attributes of [`schema`].
const ATTRIBUTES: [(&str, AttributeType); 7] = [
    ("contract", AttributeType::Text),
    ("tenure", AttributeType::Integer),
    ("score", AttributeType::Number),
    ("paperless", AttributeType::Boolean),
    ("since", AttributeType::Date),
    ("fee", AttributeType::Money),
    ("market", AttributeType::Country),
];
/// One that rules name and [`schema`] does not: it waits. Some customers have it all the same.
const WAITING: &str = "later";
const METRICS: [Metric; 8] = [
    Metric::Mrr,
    Metric::Plan,
    Metric::TenureDays,
    Metric::OpenTickets,
    Metric::Csat90d,
    Metric::DiscountPercent,
    Metric::AutoRenew,
    Metric::LastActiveAt,
];
const TEXTS: [&str; 5] = ["Month-to-month", "ONE YEAR", "two year", "Straße", "50% (a.b)*"];
const PIECES: [&str; 6] = ["month", "ONE", "Year", "aß", "50% (", "."];
const COUNTRIES: [&str; 3] = ["DE", "FR", "US"];
const DAYS: [&str; 7] = [
    "2025-12-31",
    "2026-03-01",
    "2026-03-08",
    "2026-03-09",
    "2026-03-14",
    "2026-03-15",
    "2026-03-16",
];
const IDS: [&str; 4] = ["A-1", "a-2", "B-1", "acct_9"];
const TAGS: [&str; 3] = ["VIP", "beta", "Straße"];

/// What the random rules are checked against. The company counts in US dollars; the 75th percentile of `mrr` is known, no
/// other is.
#[must_use]
pub fn schema() -> Schema {
    let attributes = ATTRIBUTES
        .iter()
        .filter_map(|(name, kind)| Some((name.parse().ok()?, *kind)))
        .collect();
    let percentile = (SubjectName::Metric(Metric::Mrr), Decimal::from(75));
    Schema {
        attributes,
        currency: Currency::USD,
        percentiles: BTreeMap::from([(percentile, Decimal::from(1_000))]),
        allow_sensitive: false,
    }
}

/// A random rule that the check against [`schema`] accepts, up to four groups deep.
pub fn rule() -> impl Strategy<Value = Rule> {
    let leaf = prop_oneof![
        9 => comparison().prop_map(Rule::Comparison),
        1 => select(&TAGS[..]).prop_map(|tag| Rule::Tag(tag.to_owned())),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let of = vec(inner.clone(), 1..4);
        prop_oneof![
            3 => of.clone().prop_map(Rule::All),
            3 => of.clone().prop_map(Rule::Any),
            2 => inner.clone().prop_map(|rule| Rule::Not(Box::new(rule))),
            2 => (of, any::<prop::sample::Index>()).prop_map(|(of, n)| Rule::AtLeast { n: n.index(of.len()) + 1, of }),
            1 => inner.prop_map(|rule| Rule::AnySubscription(Box::new(rule))),
        ]
    })
}

/// A random checked rule.
pub fn expression() -> impl Strategy<Value = Expression> {
    let schema = schema();
    rule().prop_filter_map("the check accepts it", move |rule| {
        check(&rule, &schema, "#").ok()
    })
}

/// What is known of a random customer.
pub fn facts() -> impl Strategy<Value = FactMap> {
    customer(CustomerId::from_uuid(uuid::Uuid::nil())).prop_map(|customer| FactMap::of(&customer))
}

/// A random customer of that id. Each value may be missing, an attribute may be of another type than the schema says, and
/// an amount in another currency.
pub fn customer(id: CustomerId) -> impl Strategy<Value = Customer> {
    let texts = (
        option::of(text()),
        option::of(select(&["a@example.com", "B@example.org"][..])),
        option::of(select(&["example.com", "example.org"][..])),
        option::of(select(&Lifecycle::ALL[..])),
        option::of(text()),
        option::of(select(&["de", "en-GB"][..])),
    );
    let lists = (vec(select(&IDS[..]), 0..3), vec(select(&TAGS[..]), 0..3));
    (texts, metrics(), attributes(), lists).prop_map(
        move |((name, email, domain, lifecycle, tier, locale), metrics, attributes, (ids, tags))| Customer {
            id,
            external_ids: ids.into_iter().map(str::to_owned).collect(),
            name,
            email: email.and_then(|email| email.parse::<Email>().ok()),
            domain: domain.map(str::to_owned),
            lifecycle,
            tier,
            locale: locale.map(str::to_owned),
            persona: PersonaState::unassigned(Timestamp::UNIX_EPOCH),
            metrics,
            attributes,
            tags: tags.into_iter().map(str::to_owned).collect(),
            experts: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            version: 1,
        },
    )
}

fn metrics() -> impl Strategy<Value = BTreeMap<Metric, MetricValue>> {
    let one = select(&METRICS[..]).prop_flat_map(|metric| (Just(metric), metric_value(Kind::from(metric))));
    vec(one, 0..10).prop_map(BTreeMap::from_iter)
}

fn metric_value(kind: Kind) -> BoxedStrategy<MetricValue> {
    match kind {
        Kind::Money => (minor(), currency())
            .prop_map(|(m, c)| MetricValue::Money(amount(m, c)))
            .boxed(),
        Kind::Number | Kind::Ratio => decimal().prop_map(MetricValue::Number).boxed(),
        Kind::Count | Kind::Whole => (0_i64..5).prop_map(MetricValue::Count).boxed(),
        Kind::Bool => any::<bool>().prop_map(MetricValue::Bool).boxed(),
        Kind::Date => day().prop_map(MetricValue::Date).boxed(),
        Kind::Text | Kind::Country | Kind::Lifecycle => text().prop_map(MetricValue::Text).boxed(),
    }
}

fn attributes() -> impl Strategy<Value = BTreeMap<AttributeKey, AttributeValue>> {
    let named: Vec<(AttributeKey, AttributeType)> = ATTRIBUTES
        .iter()
        .chain(&[(WAITING, AttributeType::Text)])
        .filter_map(|(name, kind)| Some((name.parse().ok()?, *kind)))
        .collect();
    let one = (
        select(named),
        prop::bool::weighted(0.05),
        select(&AttributeType::ALL[..]),
    )
        .prop_flat_map(|((key, kind), odd, other)| {
            (Just(key), attribute_value(if odd { other } else { kind }))
        });
    vec(one, 0..10).prop_map(BTreeMap::from_iter)
}

fn attribute_value(kind: AttributeType) -> BoxedStrategy<AttributeValue> {
    match kind {
        AttributeType::Text => text().prop_map(AttributeValue::Text).boxed(),
        AttributeType::Number => decimal().prop_map(AttributeValue::Number).boxed(),
        AttributeType::Integer => (-1_i64..5).prop_map(AttributeValue::Integer).boxed(),
        AttributeType::Boolean => any::<bool>().prop_map(AttributeValue::Boolean).boxed(),
        AttributeType::Date => day().prop_map(AttributeValue::Date).boxed(),
        AttributeType::Money => (minor(), currency())
            .prop_map(|(m, c)| AttributeValue::Money(amount(m, c)))
            .boxed(),
        AttributeType::Country => select(&COUNTRIES[..])
            .prop_map(|code| AttributeValue::Country(code.to_owned()))
            .boxed(),
    }
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let metrics = METRICS
        .iter()
        .map(|metric| (SubjectName::Metric(*metric), Kind::from(*metric)));
    let attributes = ATTRIBUTES
        .iter()
        .chain(&[(WAITING, AttributeType::Text)])
        .filter_map(|(name, kind)| Some((SubjectName::Attribute(name.parse().ok()?), Kind::from(*kind))));
    let fields = Field::ALL.map(|field| (SubjectName::Field(field), Kind::from(field)));
    let subjects: Vec<(SubjectName, Kind)> = metrics.chain(attributes).chain(fields).collect();
    select(subjects)
        .prop_flat_map(|(subject, kind)| (Just(subject), Just(kind), select(kind.ops())))
        .prop_flat_map(|(subject, kind, op)| {
            let value = value(&subject, kind, op);
            (Just(subject), Just(op), value).prop_map(|(subject, op, value)| Comparison {
                subject,
                op,
                value,
            })
        })
}

/// A literal that fits the operator.
fn value(subject: &SubjectName, kind: Kind, op: Op) -> BoxedStrategy<Option<Literal>> {
    let one = literal(subject, kind);
    match op {
        Op::IsSet | Op::IsNotSet => Just(None).boxed(),
        Op::In | Op::NotIn => vec(one, 1..4)
            .prop_map(|values| Some(Literal::List(values)))
            .boxed(),
        Op::Between if kind == Kind::Date => (day(), day())
            .prop_map(|(a, b)| [a.min(b), a.max(b)].map(|day| Literal::Text(day.to_string())))
            .prop_map(|values| Some(Literal::List(values.to_vec())))
            .boxed(),
        Op::Between => (one.clone(), one)
            .prop_map(|(a, b)| match (a, b) {
                (Literal::Number(a), Literal::Number(b)) => {
                    [a.min(b), a.max(b)].map(Literal::Number).to_vec()
                }
                (a, b) => vec![a, b],
            })
            .prop_map(|values| Some(Literal::List(values)))
            .boxed(),
        Op::WithinLastDays => (1_i64..20)
            .prop_map(|days| Some(Literal::Number(Decimal::from(days))))
            .boxed(),
        Op::Contains | Op::StartsWith => select(&PIECES[..])
            .prop_map(|piece| Some(Literal::Text(piece.to_owned())))
            .boxed(),
        _ if kind == Kind::Money => {
            let percentile = select(&[50, 75][..]).prop_map(|p| Literal::Percentile(Decimal::from(p)));
            prop_oneof![4 => one, 1 => percentile].prop_map(Some).boxed()
        }
        _ => one.prop_map(Some).boxed(),
    }
}

fn literal(subject: &SubjectName, kind: Kind) -> BoxedStrategy<Literal> {
    match kind {
        Kind::Number | Kind::Ratio => decimal().prop_map(Literal::Number).boxed(),
        Kind::Count | Kind::Whole => (0_i64..5).prop_map(|n| Literal::Number(Decimal::from(n))).boxed(),
        Kind::Money => minor()
            .prop_map(|minor| Literal::Number(Decimal::from(minor)))
            .boxed(),
        Kind::Bool => any::<bool>().prop_map(Literal::Bool).boxed(),
        Kind::Date => day().prop_map(|day| Literal::Text(day.to_string())).boxed(),
        Kind::Country => select(&COUNTRIES[..])
            .prop_map(|code| Literal::Text(code.to_owned()))
            .boxed(),
        Kind::Lifecycle => select(&Lifecycle::ALL[..])
            .prop_map(|lifecycle| Literal::Text(lifecycle.name().to_owned()))
            .boxed(),
        Kind::Text if *subject == SubjectName::Field(Field::ExternalId) => select(&IDS[..])
            .prop_map(|id| Literal::Text(id.to_owned()))
            .boxed(),
        Kind::Text => text().prop_map(Literal::Text).boxed(),
    }
}

fn text() -> impl Strategy<Value = String> {
    (select(&TEXTS[..]), any::<bool>()).prop_map(|(text, upper)| {
        if upper {
            text.to_uppercase()
        } else {
            text.to_owned()
        }
    })
}

fn day() -> impl Strategy<Value = Date> {
    select(&DAYS[..]).prop_filter_map("a day", |day| day.parse().ok())
}

/// 0, 0.5 … 2, and some that no binary fraction hits.
fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (0_i64..5).prop_map(|halves| Decimal::new(halves * 5, 1)),
        (-3_i64..4).prop_map(|n| Decimal::new(n, 1))
    ]
}

fn minor() -> impl Strategy<Value = i64> {
    select(&[0, 500, 999, 1_000, 2_050][..])
}

fn currency() -> impl Strategy<Value = Currency> {
    let euro = "EUR".parse().unwrap_or(Currency::USD);
    prop_oneof![9 => Just(Currency::USD), 1 => Just(euro)]
}

const fn amount(amount_minor: i64, currency: Currency) -> Money {
    Money {
        amount_minor,
        currency,
    }
}
