//! Pages of lists that are walked newest first, by id.

use kale_web::{Cursors, ListParams, Page, Problem};
use serde::{Serialize, de::DeserializeOwned};

/// How many things to read for a page: one more, which tells whether there is a next page.
pub(crate) fn to_read(params: &ListParams) -> u32 {
    u32::from(params.limit).saturating_add(1)
}

/// The page of things that were read as [`to_read`] says, in order.
pub(crate) fn page<T, V, I>(
    params: &ListParams,
    cursors: &Cursors,
    mut found: Vec<T>,
    id: impl Fn(&T) -> I,
) -> Result<Page<V>, Problem>
where
    V: From<T>,
    I: Serialize,
{
    let limit = usize::from(params.limit);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last().filter(|_| more) {
        Some(last) => Some(cursors.encode(params, &id(last))?),
        None => None,
    };
    Ok(Page::new(found.into_iter().map(V::from).collect(), next))
}

/// A page of a list that is short enough to be read as a whole: newest first, as ids sort by their time of birth.
pub(crate) fn page_of_all<T, V, I>(
    params: &ListParams,
    cursors: &Cursors,
    mut all: Vec<T>,
    id: impl Fn(&T) -> I,
) -> Result<Page<V>, Problem>
where
    V: From<T>,
    I: Serialize + DeserializeOwned + Ord,
{
    if let Some(before) = cursors.decode::<I>(params)? {
        all.retain(|one| id(one) < before);
    }
    all.sort_by_key(|one| std::cmp::Reverse(id(one)));
    page(params, cursors, all, id)
}
