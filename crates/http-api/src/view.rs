//! What answers are made of where several handlers share it, by what it shows.

pub(crate) mod company;
pub(crate) mod job;
pub(crate) mod permission;
pub(crate) mod user;
