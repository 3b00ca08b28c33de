//! Who edited a draft, and what each of them would undo or redo next.
//!
//! Everybody undoes their own edits, the newest first, however many others came in between. An edit of one's own after an
//! undo leaves nothing to redo.

use jiff::Timestamp;
use kale_domain::audit::Actor;
use serde::{Deserialize, Serialize};

/// How far somebody can go back.
pub const DEPTH: usize = 50;

/// One edit, without what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditMark {
    /// The revision it made.
    pub revision: u64,
    /// Who made it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// How it came about.
    pub how: How,
    /// Whether it was taken back since.
    pub taken_back: bool,
}

/// How an edit came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Somebody made it.
    Made,
    /// It took back an earlier one.
    Undone,
    /// It took back what took back an earlier one.
    Redone,
}

/// The edit that undoing takes back next.
#[must_use]
pub fn next_undo<'a>(newest_first: &'a [EditMark], actor: &Actor) -> Option<&'a EditMark> {
    own(newest_first, actor).find(|edit| edit.how != How::Undone && !edit.taken_back)
}

/// The undo that redoing takes back next.
#[must_use]
pub fn next_redo<'a>(newest_first: &'a [EditMark], actor: &Actor) -> Option<&'a EditMark> {
    own(newest_first, actor)
        .take_while(|edit| edit.how != How::Made)
        .find(|edit| edit.how == How::Undone && !edit.taken_back)
}

fn own<'a>(newest_first: &'a [EditMark], actor: &Actor) -> impl Iterator<Item = &'a EditMark> {
    // An undone edit and its undo are two of one's own.
    newest_first
        .iter()
        .filter(move |edit| edit.by == *actor)
        .take(3 * DEPTH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use kale_domain::id::UserId;

    fn person(n: u128) -> Actor {
        Actor::User {
            id: UserId::from_uuid(Uuid::from_u128(n)),
        }
    }

    /// The list as the store keeps it, the newest first.
    #[derive(Default)]
    struct Log(Vec<EditMark>);

    impl Log {
        fn push(&mut self, by: &Actor, how: How) -> u64 {
            let revision = u64::try_from(self.0.len()).unwrap() + 1;
            self.0.insert(
                0,
                EditMark {
                    revision,
                    by: by.clone(),
                    at: Timestamp::UNIX_EPOCH,
                    how,
                    taken_back: false,
                },
            );
            revision
        }

        fn take_back(&mut self, by: &Actor, how: How) -> Option<u64> {
            let found = match how {
                How::Redone => next_redo(&self.0, by),
                _ => next_undo(&self.0, by),
            };
            let revision = found?.revision;
            let edit = self.0.iter_mut().find(|edit| edit.revision == revision);
            edit.unwrap().taken_back = true;
            self.push(by, how);
            Some(revision)
        }
    }

    #[test]
    fn undo_and_redo_go_back_and_forth_over_ones_own_edits() {
        let (ada, ben) = (person(1), person(2));
        let mut log = Log::default();
        let (first, second) = (log.push(&ada, How::Made), log.push(&ada, How::Made));
        log.push(&ben, How::Made);

        assert_eq!(log.take_back(&ada, How::Undone), Some(second));
        assert_eq!(log.take_back(&ada, How::Undone), Some(first));
        assert_eq!(log.take_back(&ada, How::Undone), None);
        // Of the undos, the newest first: that of the first edit (revision 5), then that of the second (4).
        assert_eq!(log.take_back(&ada, How::Redone), Some(5));
        assert_eq!(log.take_back(&ada, How::Redone), Some(4));
        assert_eq!(log.take_back(&ada, How::Redone), None);
        assert_eq!(
            log.take_back(&ada, How::Undone),
            Some(7),
            "the redo of the second"
        );
        log.push(&ada, How::Made);
        assert_eq!(log.take_back(&ada, How::Redone), None, "a new edit ends it");
        assert_eq!(log.take_back(&ben, How::Undone), Some(3));
    }

    proptest! {
        #[test]
        fn as_many_redos_as_undos_leave_the_same_to_undo(edits in 1_usize..20, undos in 0_usize..20) {
            let ada = person(1);
            let mut log = Log::default();
            for _ in 0..edits {
                log.push(&ada, How::Made);
            }
            let undone = (0..undos).filter(|_| log.take_back(&ada, How::Undone).is_some()).count();
            prop_assert_eq!(undone, undos.min(edits));
            let redone = (0..=undos).filter(|_| log.take_back(&ada, How::Redone).is_some()).count();
            prop_assert_eq!(redone, undone);
            let again = (0..=edits).filter(|_| log.take_back(&ada, How::Undone).is_some()).count();
            prop_assert_eq!(again, edits);
        }
    }
}
