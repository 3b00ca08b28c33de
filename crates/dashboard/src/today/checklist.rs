//! What is left to set up, read off the facts.

use crate::view::{
    format,
    parts::Link,
    today::{SetupTask, TaskState},
};

/// What is known of how far a company is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Files that were uploaded.
    pub(super) uploads: usize,
    /// Attributes of customers that are known.
    pub(super) attributes: usize,
    /// The version of the personas; 0 while there are none.
    pub(super) personas_version: u64,
    /// Customers there are.
    pub(super) customers: u64,
    /// Customers that have a persona.
    pub(super) assigned: u64,
}

/// The checklist and how much of it is done; nothing once all is.
pub(super) fn checklist(facts: Facts) -> (Vec<SetupTask>, String) {
    let done = [
        facts.uploads > 0 || facts.customers > 0,
        facts.customers > 0,
        facts.personas_version > 0,
        facts.assigned > 0,
    ];
    let count = done.iter().filter(|done| **done).count();
    if count == done.len() {
        return (Vec::new(), String::new());
    }
    let tasks = [upload(facts), import(facts), personas(facts), assign(facts)];
    let mut next = true;
    let tasks = tasks.into_iter().zip(done).map(|(task, done)| {
        let state = match (done, task.state) {
            (true, _) => TaskState::Done,
            (false, TaskState::Blocked) => TaskState::Blocked,
            (false, _) if std::mem::take(&mut next) => TaskState::Next,
            (false, _) => TaskState::Open,
        };
        let action = task
            .action
            .filter(|_| state != TaskState::Blocked && state != TaskState::Done);
        SetupTask {
            state,
            action,
            ..task
        }
    });
    (tasks.collect(), format!("{count} of {} done", done.len()))
}

fn upload(facts: Facts) -> SetupTask {
    let text = match facts.uploads {
        0 => "A CSV file with one row per customer, up to 2 GB.".to_owned(),
        n => format!("{} uploaded.", format::count(wide(n), "file", "files")),
    };
    task(
        TaskState::Open,
        "Upload customer data",
        text,
        Link::new("Upload", "/data"),
    )
}

fn import(facts: Facts) -> SetupTask {
    let state = if facts.uploads == 0 {
        TaskState::Blocked
    } else {
        TaskState::Open
    };
    let text = if facts.customers > 0 {
        let customers = format::count(facts.customers, "customer", "customers");
        let attributes = format::count(wide(facts.attributes), "attribute", "attributes");
        format!("{customers} with {attributes}.")
    } else if facts.uploads == 0 {
        "Waits for a file.".to_owned()
    } else {
        "Say what the columns mean, look at the check, then import.".to_owned()
    };
    task(
        state,
        "Map the columns and import",
        text,
        Link::new("Go on", "/data"),
    )
}

fn personas(facts: Facts) -> SetupTask {
    let text = match facts.personas_version {
        0 => "Rules that sort customers by why they might leave.".to_owned(),
        n => format!("Version {n} is saved."),
    };
    task(
        TaskState::Open,
        "Write your personas",
        text,
        Link::new("Personas", "/personas"),
    )
}

fn assign(facts: Facts) -> SetupTask {
    let ready = facts.customers > 0 && facts.personas_version > 0;
    let state = if ready {
        TaskState::Open
    } else {
        TaskState::Blocked
    };
    let text = if facts.assigned > 0 {
        format!(
            "{} of {}.",
            format::number(facts.assigned),
            format::number(facts.customers)
        )
    } else if ready {
        "No rule matches anybody yet.".to_owned()
    } else {
        "Waits for customers and personas.".to_owned()
    };
    task(
        state,
        "See customers in their personas",
        text,
        Link::new("Personas", "/personas"),
    )
}

fn task(state: TaskState, title: &str, text: String, action: Link) -> SetupTask {
    SetupTask {
        state,
        title: title.to_owned(),
        text,
        action: Some(action),
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(facts: Facts) -> Vec<TaskState> {
        checklist(facts).0.iter().map(|task| task.state).collect()
    }

    #[test]
    fn a_new_company_begins_with_a_file() {
        let (tasks, note) = checklist(Facts::default());
        assert_eq!(note, "0 of 4 done");
        assert_eq!(tasks[0].action.as_ref().unwrap().href, "/data");
        assert_eq!(
            states(Facts::default()),
            [
                TaskState::Next,
                TaskState::Blocked,
                TaskState::Open,
                TaskState::Blocked
            ]
        );
    }

    #[test]
    fn what_the_facts_say_is_ticked() {
        let facts = Facts {
            uploads: 1,
            personas_version: 1,
            ..Facts::default()
        };
        assert_eq!(
            states(facts),
            [
                TaskState::Done,
                TaskState::Next,
                TaskState::Done,
                TaskState::Blocked
            ]
        );

        let imported = Facts {
            customers: 7_043,
            attributes: 19,
            ..facts
        };
        let (tasks, note) = checklist(imported);
        assert_eq!(note, "3 of 4 done");
        assert_eq!(tasks[1].text, "7,043 customers with 19 attributes.");
    }

    #[test]
    fn a_list_of_which_all_is_done_goes_away() {
        let facts = Facts {
            uploads: 1,
            attributes: 1,
            personas_version: 1,
            customers: 2,
            assigned: 1,
        };
        assert!(states(facts).is_empty());
    }
}
