//! Judges a rule about one customer, in three-valued (Kleene) logic.

use jiff::{ToSpan as _, civil::Date};
use rust_decimal::Decimal;

use crate::{
    expression::{Compare, DateTest, Expression, FoldedText, Leaf, NumberTest, Subject, Test, TextTest},
    facts::{Fact, Facts},
    truth::Truth,
};

/// What the rule says about the customer of these facts. Allocates nothing.
///
/// `today` is the company's day the dates are read against. The rule matches where the answer is [`Truth::True`].
#[must_use]
pub fn evaluate<F: Facts + ?Sized>(expression: &Expression, facts: &F, today: Date) -> Truth {
    match expression {
        Expression::All(of) => all(of, facts, today),
        Expression::Any(of) => any(of, facts, today),
        Expression::Not(inner) => evaluate(inner, facts, today).negated(),
        Expression::AtLeast { n, of } => at_least(*n, of, facts, today),
        Expression::AnySubscription(_) => Truth::Unknown,
        Expression::Leaf(leaf) => leaf.judge(facts, today),
        Expression::Tag(tag) => facts.has_tag(tag.folded()).into(),
    }
}

fn all<F: Facts + ?Sized>(of: &[Expression], facts: &F, today: Date) -> Truth {
    let mut truth = Truth::True;
    for child in of {
        match evaluate(child, facts, today) {
            Truth::False => return Truth::False,
            Truth::Unknown => truth = Truth::Unknown,
            Truth::True => {}
        }
    }
    truth
}

fn any<F: Facts + ?Sized>(of: &[Expression], facts: &F, today: Date) -> Truth {
    let mut truth = Truth::False;
    for child in of {
        match evaluate(child, facts, today) {
            Truth::True => return Truth::True,
            Truth::Unknown => truth = Truth::Unknown,
            Truth::False => {}
        }
    }
    truth
}

fn at_least<F: Facts + ?Sized>(n: usize, of: &[Expression], facts: &F, today: Date) -> Truth {
    let mut holding = 0;
    let mut possible = of.len();
    for child in of {
        // Decided as soon as enough hold, or too few still can.
        if holding >= n || possible < n {
            break;
        }
        match evaluate(child, facts, today) {
            Truth::True => holding += 1,
            Truth::False => possible -= 1,
            Truth::Unknown => {}
        }
    }
    if holding >= n {
        Truth::True
    } else if possible < n {
        Truth::False
    } else {
        Truth::Unknown
    }
}

impl Leaf {
    /// What this test says about the customer of these facts.
    #[must_use]
    pub fn judge<F: Facts + ?Sized>(&self, facts: &F, today: Date) -> Truth {
        self.test.judge(self.fact(facts), today)
    }

    /// The value it tests; `None` is unknown.
    #[must_use]
    pub fn fact<'a, F: Facts + ?Sized>(&self, facts: &'a F) -> Option<Fact<'a>> {
        let fact = match &self.subject {
            Subject::Metric(metric) => facts.metric(*metric),
            Subject::Attribute { key, .. } => facts.attribute(key),
            Subject::Field(field) => facts.field(*field),
        };
        fact.filter(|fact| !matches!(fact, Fact::Texts([])))
    }
}

impl Test {
    fn judge(&self, fact: Option<Fact<'_>>, today: Date) -> Truth {
        let holds = match (self, fact) {
            (Self::IsSet, fact) => Some(fact.is_some()),
            (Self::IsNotSet, fact) => Some(fact.is_none()),
            (Self::Number(test), Some(Fact::Number(number))) => Some(test.accepts(number)),
            (Self::Number(test), Some(Fact::Integer(number))) => Some(test.accepts(Decimal::from(number))),
            (Self::Money { currency, test }, Some(Fact::Money(money))) => {
                (*currency == money.currency).then(|| test.accepts(Decimal::from(money.amount_minor)))
            }
            (Self::Bool(expected), Some(Fact::Bool(actual))) => Some(*expected == actual),
            (Self::Date(test), Some(Fact::Date(date))) => Some(test.accepts(date, today)),
            (Self::Text(test), Some(Fact::Text(actual))) => Some(test.accepts(actual)),
            (Self::Text(test), Some(Fact::Texts(actual))) => Some(test.accepts_list(actual)),
            _ => None,
        };
        holds.map_or(Truth::Unknown, Truth::from)
    }
}

impl NumberTest {
    /// Whether a known number passes.
    #[must_use]
    pub fn accepts(&self, number: Decimal) -> bool {
        match self {
            Self::Compare(compare, literal) => compare.accepts(number.cmp(literal)),
            Self::Between(low, high) => *low <= number && number <= *high,
            Self::In(literals) => literals.contains(&number),
            Self::NotIn(literals) => !literals.contains(&number),
        }
    }
}

impl DateTest {
    /// Whether a known day passes.
    #[must_use]
    pub fn accepts(self, date: Date, today: Date) -> bool {
        match self {
            Self::Compare(compare, literal) => compare.accepts(date.cmp(&literal)),
            Self::Between(from, to) => from <= date && date <= to,
            Self::WithinLastDays(days) => {
                date <= today && Compare::Gt.accepts(date.cmp(&today.saturating_sub(i64::from(days).days())))
            }
        }
    }
}

impl TextTest {
    /// Whether a known text, folded, passes.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        let one_of = |literals: &[FoldedText]| literals.iter().any(|literal| literal.folded() == text);
        match self {
            Self::Eq(literal) => text == literal.folded(),
            Self::Ne(literal) => text != literal.folded(),
            Self::In(literals) => one_of(literals),
            Self::NotIn(literals) => !one_of(literals),
            Self::Contains(literal) => text.contains(literal.folded()),
            Self::StartsWith(literal) => text.starts_with(literal.folded()),
        }
    }

    /// Whether a list passes: one element does; `ne` and `not_in` ask it of every element.
    fn accepts_list(&self, texts: &[String]) -> bool {
        match self {
            Self::Ne(_) | Self::NotIn(_) => texts.iter().all(|text| self.accepts(text)),
            Self::Eq(_) | Self::In(_) | Self::Contains(_) | Self::StartsWith(_) => {
                texts.iter().any(|text| self.accepts(text))
            }
        }
    }
}

#[cfg(test)]
mod tests;
