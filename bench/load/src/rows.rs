//! The rows of the table, one file for what belongs together.

pub mod events;
pub mod export;
pub mod figures;
pub mod footprint;
pub mod import;
pub mod kept;
pub mod lists;
pub mod outage;
pub mod pages;
pub mod personas;
pub mod sign_in;
pub mod steps;
