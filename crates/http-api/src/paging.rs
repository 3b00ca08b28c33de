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

#[cfg(test)]
mod tests {
    use kale_config::SecretKeys;
    use kale_web::{ListSpec, Signer};

    use super::*;

    const LIST: ListSpec = ListSpec {
        route: "GET /numbers",
        sorts: &[],
        default_sort: "-id",
        filters: &[],
        fields: &[],
        includes: &[],
        search: false,
        others: &[],
    };

    /// The numbers on each page, where `after_page` may change the list in between.
    fn walk(mut all: Vec<u32>, after_page: impl Fn(&mut Vec<u32>)) -> Vec<Vec<u32>> {
        let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let cursors = Cursors::new(Signer::new(&SecretKeys::parse(key).unwrap()));
        let mut pages = Vec::new();
        let mut query = "limit=2".to_owned();
        loop {
            let params = LIST.parse(&query).unwrap();
            let page: Page<u32> = page_of_all(&params, &cursors, all.clone(), |number| *number).unwrap();
            assert_eq!(page.page.has_more, page.page.next_cursor.is_some());
            pages.push(page.data);
            after_page(&mut all);
            let Some(cursor) = page.page.next_cursor else {
                return pages;
            };
            query = format!("limit=2&cursor={cursor}");
        }
    }

    #[test]
    fn every_thing_stands_on_one_page_newest_first() {
        assert_eq!(
            walk(vec![3, 1, 5, 2, 4], |_| {}),
            [vec![5, 4], vec![3, 2], vec![1]]
        );
        assert_eq!(walk(vec![1, 2], |_| {}), [[2, 1]]);
        assert_eq!(walk(Vec::new(), |_| {}), [Vec::<u32>::new()]);
    }

    #[test]
    fn what_comes_or_goes_in_between_moves_nothing_to_another_page() {
        assert_eq!(walk(vec![1, 2, 3, 4], |all| all.push(9)), [[4, 3], [2, 1]]);
        assert_eq!(
            walk(vec![1, 2, 3, 4], |all| all.retain(|number| *number != 3)),
            [[4, 3], [2, 1]]
        );
    }
}
