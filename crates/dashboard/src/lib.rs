//! The dashboard: what its pages look like and the files they need.
//!
//! A page is a plain struct in [`view`] with formatted texts, derived into HTML by askama. It knows no use case and no
//! store: handlers fill it. One struct gives the page (`render`) and, where it names blocks, its fragments (`as_…`).

pub mod assets;
pub mod view;
