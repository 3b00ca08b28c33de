//! Customers (`customers`): the joined record, read by people, derived from source records.
//!
//! What rules, filters and sorts read stands typed and folded under `facts` (≤ 1 kB): `m` metrics, `a` attributes, `f`
//! fields, `t` tags. What is shown differently stands under `shown`. Indexes, each with the company first: `_id` (judging
//! and exporting all of them); `name_key`, `created_at`, `facts.m.mrr`, `persona.id` (with `facts.m.mrr` at its end, for tallies), `sort.0`–`sort.2`
//! (attributes the company marked sortable), each with `_id`; `search` (folded words, for prefixes); `external_ids`.
//!
//! `persona` holds the state and, under `entry`, the newest entry of its history; `persona_history` keeps the older ones
//! (see `persona.rs` and `moves.rs`).

mod count;
mod derive;
mod experts;
mod export;
mod judged;
mod list;
mod moves;
mod persona;
mod record;
mod removed;
#[cfg(test)]
mod tests;
mod view;

pub use self::{
    count::{
        AttributeCell, CAP, PersonaShare, Tally, WHOLE, by_attribute, by_persona, count, numeric_quantile,
    },
    derive::{Change, Derived, Link, Standing, standing, write},
    experts::{assign, loads, release, set_experts},
    export::{Export, Exported, ExportedFields, ExportedValue, export},
    judged::{Judged, for_each_judged, judge_batch, judge_range},
    list::{ExpertFilter, ListQuery, PersonaFilter, Position, Sort, SortKey, Stop, list},
    moves::{move_all, move_judged},
    persona::{PersonaMove, history, set_persona},
    removed::{bring_back, remove},
    view::{assigned, by_external_id, count_known, get, known, labels, sources, update_tags},
};
