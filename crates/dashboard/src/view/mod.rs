//! The pages and their parts.
//!
//! Fields hold texts ready to be shown (see [`format`](mod@format)); templates escape them. Where a page names blocks, the struct also
//! has `as_<block>()`, the fragment that htmx asks for. `PAGES.md` of this crate lists addresses, forms and fragments.

pub mod account;
pub mod analytics;
pub mod audit;
pub mod builder;
pub mod chart;
pub mod customer;
pub mod customers;
pub mod dev_mail;
pub mod docs;
pub mod filters;
pub mod form;
pub mod format;
pub mod installation;
pub mod jobs;
pub mod offers;
pub mod parts;
pub mod persona_editor;
pub mod personas;
pub mod problem;
pub mod reasons;
pub mod rule;
pub mod sessions;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod today;
pub mod trace;
pub mod upload;
pub mod uploads;
pub mod workflows;
