use super::*;

fn job(_: Timestamp) -> Result<NewJob, StoreError> {
    NewJob::new("nothing", &())
}

fn entry(expression: &'static str, time_zone: &'static str) -> Entry {
    let timetable = Timetable::default()
        .every("key", expression, time_zone, job)
        .unwrap();
    timetable.entries[0].clone()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_schedule_that_can_never_run_is_refused() {
    for expression in ["0 0 30 2 *", "* * * *", "every day", "61 * * * *"] {
        let error = Timetable::default()
            .every("key", expression, "UTC", job)
            .unwrap_err();
        assert!(
            matches!(error, TimetableError::Expression { .. }),
            "{expression}: {error}"
        );
    }
    let error = Timetable::default()
        .every("key", "* * * * *", "Mars/Olympus", job)
        .unwrap_err();
    assert!(matches!(error, TimetableError::TimeZone { .. }));
}

#[test]
fn two_schedules_of_one_name_are_refused() {
    let timetable = Timetable::default()
        .every("key", "* * * * *", "UTC", job)
        .unwrap();

    assert!(matches!(
        timetable.every("key", "5 * * * *", "UTC", job),
        Err(TimetableError::Twice { key: "key" })
    ));
}

#[test]
fn a_slot_in_the_hour_that_is_skipped_runs_after_it() {
    // In Berlin the clock goes from 02:00 to 03:00 on 2026-03-29.
    let entry = entry("30 2 * * *", "Europe/Berlin");

    let on_the_day = entry.next(at("2026-03-28T12:00:00Z")).unwrap();
    let day_after = entry.next(on_the_day).unwrap();

    assert_eq!(on_the_day, at("2026-03-29T01:00:00Z"));
    assert_eq!(day_after, at("2026-03-30T00:30:00Z"));
}

#[test]
fn a_slot_in_the_hour_that_comes_twice_runs_once() {
    // In Berlin the clock goes from 03:00 back to 02:00 on 2026-10-25.
    let entry = entry("30 2 * * *", "Europe/Berlin");

    let on_the_day = entry.next(at("2026-10-24T12:00:00Z")).unwrap();
    let day_after = entry.next(on_the_day).unwrap();

    assert_eq!(on_the_day, at("2026-10-25T00:30:00Z"));
    assert_eq!(day_after, at("2026-10-26T01:30:00Z"));
}

#[test]
fn a_leap_day_is_a_day() {
    let entry = entry("0 0 29 2 *", "UTC");

    assert_eq!(
        entry.next(at("2026-01-01T00:00:00Z")).unwrap(),
        at("2028-02-29T00:00:00Z")
    );
}

#[test]
fn of_many_missed_slots_the_last_one_counts() {
    let entry = entry("0 * * * *", "UTC");

    let last = entry.last(at("2026-01-01T00:00:00Z"), at("2026-01-03T10:30:00Z"));

    assert_eq!(last, at("2026-01-03T10:00:00Z"));
}
