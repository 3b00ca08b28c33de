//! The metric catalogue: what may be measured about a customer, declared whole from the start.
//!
//! A metric nobody computes yet is valid in a rule, unknown for everyone, and shown as waiting for data.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What kind of value a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// A decimal number.
    Number,
    /// An amount in the company's currency.
    Money,
    /// A whole number of things.
    Count,
    /// A whole number of days.
    Days,
    /// A share; 1 is all.
    Ratio,
    /// A calendar day in the company's zone.
    Date,
    /// Yes or no.
    Bool,
    /// A name.
    Text,
}

/// Which of a company's systems a metric comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricSource {
    /// Billing, or a customer-data file.
    Billing,
    /// The help desk.
    Support,
    /// Product usage.
    Usage,
    /// Our own sessions and offers.
    Retention,
}

/// A measured value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum MetricValue {
    /// A decimal number or a ratio.
    Number(Decimal),
    /// An amount in the company's currency.
    Money(Money),
    /// A count or a number of days.
    Count(i64),
    /// A calendar day.
    Date(Date),
    /// Yes or no.
    Bool(bool),
    /// A name.
    Text(String),
}

/// The text is no metric of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a metric of the catalogue; `GET /api/v1/metrics` lists them")]
pub struct UnknownMetric;

macro_rules! metrics {
    ($($(#[$meta:meta])* $name:ident = $wire:literal, $kind:ident, $unit:literal, $source:ident, $formula:literal;)+) => {
        /// A metric of the catalogue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum Metric {
            $($(#[$meta])* $name,)+
        }

        impl Metric {
            /// The whole catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in rules and on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }

            /// What kind of value it has.
            #[must_use]
            pub const fn kind(self) -> MetricKind {
                match self { $(Self::$name => MetricKind::$kind),+ }
            }

            /// What it is counted in; empty for yes or no.
            #[must_use]
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$name => $unit),+ }
            }

            /// Which system it comes from.
            #[must_use]
            pub const fn source(self) -> MetricSource {
                match self { $(Self::$name => MetricSource::$source),+ }
            }

            /// How it is worked out.
            #[must_use]
            pub const fn formula(self) -> &'static str {
                match self { $(Self::$name => $formula),+ }
            }
        }
    };
}

metrics! {
    /// Monthly recurring revenue: the sum over live subscriptions, normalised to a month, after running discounts, in the company's currency. From a file: the amount column.
    Mrr = "mrr", Money, "minor units", Billing, "Monthly recurring revenue: the sum over live subscriptions, normalised to a month, after running discounts, in the company's currency. From a file: the amount column.";
    /// `mrr` × 12.
    Arr = "arr", Money, "minor units", Billing, "mrr × 12.";
    /// The plan of the live subscription with the highest MRR. From a file: the plan column.
    Plan = "plan", Text, "name", Billing, "The plan of the live subscription with the highest MRR. From a file: the plan column.";
    /// Seats or units over live subscriptions.
    Quantity = "quantity", Count, "seats", Billing, "Seats or units over live subscriptions.";
    /// Relative change of `quantity` against 90 days ago.
    QuantityTrend90d = "quantity_trend_90d", Ratio, "share", Billing, "Relative change of quantity against 90 days ago.";
    /// Subscriptions that are trial, active, past due, paused or cancelling.
    SubscriptionsLive = "subscriptions_live", Count, "subscriptions", Billing, "Subscriptions that are trial, active, past due, paused or cancelling.";
    /// Months between two invoices of the plan.
    BillingIntervalMonths = "billing_interval_months", Count, "months", Billing, "Months between two invoices of the plan.";
    /// Days since the first paid invoice.
    TenureDays = "tenure_days", Days, "days", Billing, "Days since the first paid invoice.";
    /// Days until the soonest renewal.
    DaysToRenewal = "days_to_renewal", Days, "days", Billing, "Days until the soonest renewal.";
    /// Whether the soonest renewal happens by itself.
    AutoRenew = "auto_renew", Bool, "", Billing, "Whether the soonest renewal happens by itself.";
    /// Days until the minimum term ends.
    DaysToContractEnd = "days_to_contract_end", Days, "days", Billing, "Days until the minimum term ends.";
    /// Days until the last day to give notice.
    DaysToNoticeDeadline = "days_to_notice_deadline", Days, "days", Billing, "Days until the last day to give notice.";
    /// How invoices are paid: automatic or sent.
    CollectionMethod = "collection_method", Text, "name", Billing, "How invoices are paid: automatic or sent.";
    /// Days until the trial ends.
    TrialDaysLeft = "trial_days_left", Days, "days", Billing, "Days until the trial ends.";
    /// Whether nothing is paid for the plan.
    IsFreePlan = "is_free_plan", Bool, "", Billing, "Whether nothing is paid for the plan.";
    /// Whether a cancellation is scheduled.
    CancelAtPeriodEnd = "cancel_at_period_end", Bool, "", Billing, "Whether a cancellation is scheduled.";
    /// Running discounts as a share of the list price, 0 to 100.
    DiscountPercent = "discount_percent", Number, "percent", Billing, "Running discounts as a share of the list price, 0 to 100.";
    /// Days until the soonest running discount ends.
    DaysToDiscountEnd = "days_to_discount_end", Days, "days", Billing, "Days until the soonest running discount ends.";
    /// Days until a known change of price.
    PriceChangeInDays = "price_change_in_days", Days, "days", Billing, "Days until a known change of price.";
    /// Failed payment attempts in the last 90 days.
    FailedPayments90d = "failed_payments_90d", Count, "payments", Billing, "Failed payment attempts in the last 90 days.";
    /// Days since the oldest unpaid invoice was due.
    PastDueDays = "past_due_days", Days, "days", Billing, "Days since the oldest unpaid invoice was due.";
    /// When the provider tries to collect again.
    NextAttemptAt = "next_attempt_at", Date, "day", Billing, "When the provider tries to collect again.";
    /// Why the last payment failed: soft, hard or authentication.
    DeclineClass = "decline_class", Text, "name", Billing, "Why the last payment failed: soft, hard or authentication.";
    /// Days until the default card expires.
    CardExpiresInDays = "card_expires_in_days", Days, "days", Billing, "Days until the default card expires.";
    /// Whether there is a usable default payment method.
    PaymentMethodValid = "payment_method_valid", Bool, "", Billing, "Whether there is a usable default payment method.";
    /// Days paused in the current pause, else in the last one.
    PausedDays = "paused_days", Days, "days", Billing, "Days paused in the current pause, else in the last one.";
    /// Days until a pause ends.
    ResumesInDays = "resumes_in_days", Days, "days", Billing, "Days until a pause ends.";
    /// Refunds in the last 90 days.
    Refunds90d = "refunds_90d", Count, "refunds", Billing, "Refunds in the last 90 days.";
    /// Disputes in the last 365 days.
    Disputes365d = "disputes_365d", Count, "disputes", Billing, "Disputes in the last 365 days.";
    /// Changes to a lower MRR in the last 90 days.
    Downgrade90d = "downgrade_90d", Count, "changes", Billing, "Changes to a lower MRR in the last 90 days.";
    /// Changes to a higher MRR in the last 90 days.
    Upgrade90d = "upgrade_90d", Count, "changes", Billing, "Changes to a higher MRR in the last 90 days.";
    /// Invoices past their due date.
    InvoicesOverdue = "invoices_overdue", Count, "invoices", Billing, "Invoices past their due date.";
    /// Skipped deliveries in the last 90 days.
    Skips90d = "skips_90d", Count, "deliveries", Billing, "Skipped deliveries in the last 90 days.";
    /// Invoices paid less refunds, ever.
    LtvToDate = "ltv_to_date", Money, "minor units", Billing, "Invoices paid less refunds, ever.";
    /// Days since the last subscription ended.
    DaysSinceChurn = "days_since_churn", Days, "days", Billing, "Days since the last subscription ended.";
    /// Why the last subscription ended: voluntary, involuntary, end of term or merchant.
    EndReason = "end_reason", Text, "name", Billing, "Why the last subscription ended: voluntary, involuntary, end of term or merchant.";
    /// Where it is billed: web, `app_store`, `play_store` or reseller.
    BillingChannel = "billing_channel", Text, "name", Billing, "Where it is billed: web, `app_store`, `play_store` or reseller.";
    /// Tickets that are not solved.
    OpenTickets = "open_tickets", Count, "tickets", Support, "Tickets that are not solved.";
    /// Tickets opened in the last 30 days.
    Tickets30d = "tickets_30d", Count, "tickets", Support, "Tickets opened in the last 30 days.";
    /// Tickets opened in the last 90 days.
    Tickets90d = "tickets_90d", Count, "tickets", Support, "Tickets opened in the last 90 days.";
    /// Unsolved tickets of urgent priority.
    UrgentOpen = "urgent_open", Count, "tickets", Support, "Unsolved tickets of urgent priority.";
    /// Median hours to the first public reply, last 90 days.
    MedianFirstReplyH90d = "median_first_reply_h_90d", Number, "hours", Support, "Median hours to the first public reply, last 90 days.";
    /// Good ratings of all ratings in the last 90 days, 0 to 1.
    Csat90d = "csat_90d", Ratio, "share", Support, "Good ratings of all ratings in the last 90 days, 0 to 1.";
    /// Bad ratings in the last 90 days.
    BadRatings90d = "bad_ratings_90d", Count, "ratings", Support, "Bad ratings in the last 90 days.";
    /// Days since the last ticket was opened.
    DaysSinceLastTicket = "days_since_last_ticket", Days, "days", Support, "Days since the last ticket was opened.";
    /// The last day with a product event.
    LastActiveAt = "last_active_at", Date, "day", Usage, "The last day with a product event.";
    /// Days since `last_active_at`.
    DaysSinceLastActive = "days_since_last_active", Days, "days", Usage, "Days since last_active_at.";
    /// Days with a product event in the last 30 days.
    ActiveDays30d = "active_days_30d", Days, "days", Usage, "Days with a product event in the last 30 days.";
    /// Days with a product event in the 30 days before those.
    ActiveDaysPrev30d = "active_days_prev_30d", Days, "days", Usage, "Days with a product event in the 30 days before those.";
    /// Product events in the last 30 days.
    Events30d = "events_30d", Count, "events", Usage, "Product events in the last 30 days.";
    /// Relative change of `events_30d` against the 30 days before; −0.3 is 30 % less.
    EventsTrend30d = "events_trend_30d", Ratio, "share", Usage, "Relative change of events_30d against the 30 days before; −0.3 is 30 % less.";
    /// Different features used in the last 30 days.
    FeaturesUsed30d = "features_used_30d", Count, "features", Usage, "Different features used in the last 30 days.";
    /// Seats used in the last 30 days of the seats paid for.
    SeatsUsedRatio = "seats_used_ratio", Ratio, "share", Usage, "Seats used in the last 30 days of the seats paid for.";
    /// People with a product event in the last 30 days.
    ContactsActive30d = "contacts_active_30d", Count, "people", Usage, "People with a product event in the last 30 days.";
    /// The first day of the event the company calls its first useful result.
    FirstValueAt = "first_value_at", Date, "day", Usage, "The first day of the event the company calls its first useful result.";
    /// Walks of a workflow in the last 365 days.
    Sessions365d = "sessions_365d", Count, "sessions", Retention, "Walks of a workflow in the last 365 days.";
    /// Offers accepted in the last 365 days.
    OffersAccepted365d = "offers_accepted_365d", Count, "offers", Retention, "Offers accepted in the last 365 days.";
    /// The last day a walk ended with the customer kept.
    LastSavedAt = "last_saved_at", Date, "day", Retention, "The last day a walk ended with the customer kept.";
}

impl Metric {
    /// Whether this build computes it from anything: so far, from the plan and amount columns of a customer-data file.
    #[must_use]
    pub const fn is_computed(self) -> bool {
        matches!(self, Self::Mrr | Self::Arr | Self::Plan)
    }

    /// The words for people: `Days to renewal`.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Mrr => "MRR".to_owned(),
            Self::Arr => "ARR".to_owned(),
            Self::LtvToDate => "LTV to date".to_owned(),
            Self::Csat90d => "CSAT, 90 days".to_owned(),
            _ => {
                let mut words = self.name().replace('_', " ");
                for days in ["30d", "90d", "365d"] {
                    if let Some(head) = words.strip_suffix(days) {
                        words = format!("{}, {} days", head.trim_end(), days.trim_end_matches('d'));
                        break;
                    }
                }
                let mut chars = words.chars();
                chars
                    .next()
                    .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
            }
        }
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|metric| metric.name() == text)
            .ok_or(UnknownMetric)
    }
}

impl TryFrom<String> for Metric {
    type Error = UnknownMetric;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Metric> for &'static str {
    fn from(metric: Metric) -> Self {
        metric.name()
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_found_by_its_name() {
        for metric in Metric::ALL {
            assert_eq!(metric.name().parse::<Metric>(), Ok(*metric));
        }
        assert_eq!("monthly_rev".parse::<Metric>(), Err(UnknownMetric));
    }

    #[test]
    fn titles_read_like_words() {
        assert_eq!(Metric::DaysToRenewal.title(), "Days to renewal");
        assert_eq!(Metric::EventsTrend30d.title(), "Events trend, 30 days");
    }
}
