//! Customers (`customers`): the joined record, read by people, derived from source records.
//!
//! What rules, filters and sorts read stands typed and folded under `facts` (≤ 1 kB): `m` metrics, `a` attributes, `f`
//! fields, `t` tags. What is shown differently stands under `shown`. Indexes, each with the company first: `_id` (judging
//! and exporting all of them); `name_key`, `created_at`, `facts.m.mrr`, `persona.id`, `sort.0`–`sort.2` (attributes the
//! company marked sortable), each with `_id`; `search` (folded words, for prefixes); `external_ids`.

mod count;
mod derive;
mod judged;
mod list;
mod persona;
mod record;
#[cfg(test)]
mod tests;
mod view;

pub use self::{
    count::{AttributeCell, PersonaShare, Tally, by_attribute, by_persona, count, numeric_quantile},
    derive::{Change, Derived, Link, Standing, remove, standing, write},
    judged::{Judged, for_each_judged, judge_batch},
    list::{Export, ListQuery, PersonaFilter, Position, Sort, SortKey, Stop, export, list},
    persona::{PersonaMove, history, move_all, set_persona},
    view::{by_external_id, get, sources, update_tags},
};
