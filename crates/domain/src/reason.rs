//! Why a subscriber leaves, by the key of the company's catalogue.

crate::key::key! {
    /// The immutable key of a reason: `price_too_high`.
    ReasonKey, 48
}
