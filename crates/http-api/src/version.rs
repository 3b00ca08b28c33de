//! `/version`

pub(crate) mod show;
