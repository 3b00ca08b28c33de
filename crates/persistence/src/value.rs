//! Between the domain's values and BSON's.

use bson::{Binary, Bson, DateTime, Decimal128, spec::BinarySubtype};
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// A hash as the store keeps it.
pub(crate) fn binary(bytes: [u8; 32]) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: bytes.to_vec(),
    }
}

/// An id as the store keeps it: sixteen bytes, subtype 4.
pub(crate) fn uuid(id: Uuid) -> bson::Uuid {
    bson::Uuid::from_bytes(id.into_bytes())
}

/// The other way round.
pub(crate) fn from_uuid(id: bson::Uuid) -> Uuid {
    Uuid::from_bytes(id.bytes())
}

/// An instant as the store keeps it: milliseconds.
pub(crate) fn date(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millisecond())
}

/// The other way round.
pub(crate) fn timestamp(at: DateTime) -> Timestamp {
    Timestamp::from_millisecond(at.timestamp_millis()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The day that days are counted from.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A calendar day as the store keeps it: its first millisecond in UTC, whatever zone the day is meant in.
pub(crate) fn day(date: Date) -> DateTime {
    // Reckoned in days: the last days of the year 9999, which files use for *never*, are no instants of `jiff`.
    DateTime::from_millis(date.duration_since(EPOCH).as_secs() * 1_000)
}

/// The other way round.
pub(crate) fn from_day(at: DateTime) -> Date {
    let days = at.timestamp_millis().div_euclid(86_400_000);
    EPOCH.saturating_add(SignedDuration::from_hours(days.saturating_mul(24)))
}

/// The exponent bias of IEEE 754 decimal128.
const BIAS: i32 = 6176;

/// A decimal as the store keeps it, exactly.
///
/// Written by hand because the way through text costs more than the rest of reading a customer: both sides are a
/// sign, an integer of at most 96 bits and a power of ten.
pub(crate) fn decimal(value: Decimal) -> Decimal128 {
    let value = value.normalize();
    let scale = i32::try_from(value.scale()).unwrap_or(0);
    let exponent = u128::try_from(BIAS - scale).unwrap_or(0);
    let sign = u128::from(value.is_sign_negative() && !value.is_zero());
    let bits = (sign << 127) | (exponent << 113) | value.mantissa().unsigned_abs();
    Decimal128::from_bytes(bits.to_le_bytes())
}

/// The other way round; `None` for what our decimals can't hold (infinities, NaN, more than 28 places).
pub(crate) fn from_decimal(value: Decimal128) -> Option<Decimal> {
    let bits = u128::from_le_bytes(value.bytes());
    // Two set bits after the sign: a special value or a form that no writer of ours makes.
    if (bits >> 125) & 0b11 == 0b11 {
        return value.to_string().parse().ok();
    }
    let exponent = i32::try_from((bits >> 113) & 0x3fff).ok()? - BIAS;
    let mantissa = i128::try_from(bits & ((1 << 113) - 1)).ok()?;
    let signed = if bits >> 127 == 1 { -mantissa } else { mantissa };
    match exponent {
        0 => Decimal::try_from_i128_with_scale(signed, 0).ok(),
        negative if negative < 0 => Decimal::try_from_i128_with_scale(signed, negative.unsigned_abs()).ok(),
        _ => value.to_string().parse().ok(),
    }
}

/// A natural key: bytes that begin with the company.
pub(crate) fn key(company: Uuid, tail: &[u8]) -> Bson {
    let mut bytes = Vec::with_capacity(16 + tail.len());
    bytes.extend_from_slice(company.as_bytes());
    bytes.extend_from_slice(tail);
    Bson::Binary(Binary {
        subtype: BinarySubtype::Generic,
        bytes,
    })
}

/// All natural keys of a company whose tail has `tail` bytes.
///
/// Binaries are compared by their length first: a bound of another length is no bound.
pub(crate) fn keys(company: Uuid, tail: usize) -> (Bson, Bson) {
    (key(company, &vec![0; tail]), key(company, &vec![0xff; tail]))
}

/// What must be a number that fits.
pub(crate) fn unsigned(number: i64, what: &'static str) -> Result<u64> {
    u64::try_from(number).map_err(|error| StoreError::corrupt(what, error))
}

/// A count for the store; more than `i64::MAX` of anything does not exist.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_decimal_survives_the_store(mantissa in -79_228_162_514_264_337_593_543_950_335_i128..79_228_162_514_264_337_593_543_950_335_i128, scale in 0_u32..=28) {
            let value = Decimal::from_i128_with_scale(mantissa, scale);
            let stored = decimal(value);
            prop_assert_eq!(from_decimal(stored), Some(value));
            // The library reads the same number out of our bits.
            prop_assert_eq!(stored.to_string().parse::<Decimal>().or_else(|_| Decimal::from_scientific(&stored.to_string())), Ok(value));
        }

        #[test]
        fn a_day_survives_the_store(days in -4_371_587_i32..=2_932_896) {
            let date = EPOCH.checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(from_day(day(date)), date);
        }
    }

    #[test]
    fn the_first_and_the_last_day_survive_the_store() {
        for date in [Date::MIN, Date::MAX] {
            assert_eq!(from_day(day(date)), date);
        }
        assert_eq!(day(EPOCH).timestamp_millis(), 0);
    }
}
