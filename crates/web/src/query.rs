//! The grammar of lists: `limit`, `cursor`, `sort`, `fields`, `include`, `q`, `filter[name][op]=value`.

mod fields;
mod params;
mod parse;
#[cfg(test)]
mod tests;
mod typed;

pub use self::{
    fields::Fields,
    params::{Filter, ListParams, ListSpec, Op, Sort},
    typed::{NoQuery, Query},
};
