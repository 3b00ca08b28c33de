//! What checking a file found, with problems of one kind together.

use kale_domain::upload::{ImportMode, REPORTED_ERRORS, Report, RowError};

use crate::view::{
    form::{Choice, Field, Select},
    format,
    upload::{BadValue, CheckReport, ProblemGroup},
};

/// How many of a kind are shown.
const SHOWN: usize = 20;

/// The report; `problem` says why an import did not start.
pub(super) fn view(report: &Report, mode: ImportMode, problem: String) -> CheckReport {
    let cut = report.errors.len() >= REPORTED_ERRORS;
    CheckReport {
        ready: format::number(report.accepted),
        rejected: format::number(report.rejected),
        ready_rows: report.accepted,
        rejected_rows: report.rejected,
        warnings: report.warnings.clone(),
        groups: groups(&report.errors, cut),
        cut: cut || report.errors.len() > SHOWN,
        consequence: consequence(report, mode),
        on_rejected: Select::new(
            Field::new(
                "rejected",
                format!(
                    "{} can’t be imported",
                    format::count(report.rejected, "row", "rows")
                ),
            )
            .value("stop"),
            [
                Choice::new("stop", "Import nothing; I correct the file"),
                Choice::new(
                    "skip",
                    format!("Import the {} others", format::number(report.accepted)),
                ),
            ],
        ),
        problem,
    }
}

fn consequence(report: &Report, mode: ImportMode) -> String {
    let rows = |n: u64| format::count(n, "row", "rows");
    let known = report.known.min(report.accepted);
    let new = report.accepted - known;
    let mut parts = vec![format!("{} can be imported.", rows(report.accepted))];
    if new > 0 {
        let what = format::count(new, "new customer is", "new customers are");
        parts.push(format!("{what} added."));
    }
    if known > 0 {
        let what = format::count(known, "customer that exists is", "customers that exist are");
        parts.push(format!("{what} changed in the mapped columns."));
    }
    if mode == ImportMode::Replace {
        let (out, is) = (
            rows(report.taken_out),
            if report.taken_out == 1 { "is" } else { "are" },
        );
        parts.push(format!(
            "{out} of earlier files {is} taken out, because this file does not have them."
        ));
    }
    parts.push("Personas are applied afterwards.".to_owned());
    parts.join(" ")
}

/// By kind and column, most first.
fn groups(errors: &[RowError], cut: bool) -> Vec<ProblemGroup> {
    let mut kinds: Vec<(&str, Option<&str>, Vec<&RowError>)> = Vec::new();
    for error in errors {
        let (code, column) = (error.code.as_str(), error.column.as_deref());
        match kinds
            .iter_mut()
            .find(|(known, at, _)| *known == code && *at == column)
        {
            Some((_, _, of_kind)) => of_kind.push(error),
            None => kinds.push((code, column, vec![error])),
        }
    }
    kinds.sort_by_key(|(_, _, of_kind)| std::cmp::Reverse(of_kind.len()));
    let more = if cut { " or more" } else { "" };
    let group = |(code, column, of_kind): (&str, Option<&str>, Vec<&RowError>)| {
        let count = u64::try_from(of_kind.len()).unwrap_or(u64::MAX);
        let rows = if count == 1 { "row" } else { "rows" };
        ProblemGroup {
            title: format!(
                "{}{more} {rows}: {}",
                format::number(count),
                what(code, column, &of_kind)
            ),
            example: of_kind.first().map_or_else(String::new, |first| example(first)),
            values: of_kind.into_iter().take(SHOWN).map(value).collect(),
        }
    };
    kinds.into_iter().map(group).collect()
}

/// What is wrong with all of them.
fn what(code: &str, column: Option<&str>, of_kind: &[&RowError]) -> String {
    let of_column = match code {
        "not-a-number" => "is not a number",
        "not-an-integer" => "is not a whole number",
        "not-a-boolean" => "is neither yes nor no",
        "not-a-date" => "is not a date",
        "not-a-country" => "is not a country code",
        "not-an-email" => "is not an e-mail address",
        "not-a-domain" => "is not a domain",
        "too-long" => "is too long",
        "too-large" => "is too large an amount",
        "too-precise" => "has too many decimal places",
        "control-character" => "holds a control character",
        _ => "",
    };
    match (code, column) {
        ("duplicate-key", _) => "the key came before".to_owned(),
        ("missing-key", _) => "the key is missing".to_owned(),
        ("wrong-field-count", _) => "another number of fields than the first line".to_owned(),
        (_, Some(column)) if !of_column.is_empty() => format!("{column} {of_column}"),
        _ => {
            let reason = of_kind.first().map_or("", |first| first.reason.as_str());
            column.map_or_else(|| reason.to_owned(), |column| format!("{column}: {reason}"))
        }
    }
}

fn example(error: &RowError) -> String {
    let line = format::number(error.line);
    if error.value.is_empty() {
        format!("for example line {line}")
    } else {
        format!("for example line {line}, “{}”", error.value)
    }
}

fn value(error: &RowError) -> BadValue {
    BadValue {
        line: format::number(error.line),
        column: error.column.clone().unwrap_or_default(),
        value: error.value.clone(),
        reason: super::words::sentence(&error.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(line: u64, column: Option<&str>, code: &str) -> RowError {
        RowError {
            line,
            column: column.map(str::to_owned),
            value: "n/a".to_owned(),
            code: code.to_owned(),
            reason: "expected something else".to_owned(),
        }
    }

    #[test]
    fn problems_of_one_kind_stand_together_most_first() {
        let report = Report {
            rows: 9,
            accepted: 6,
            rejected: 3,
            errors: vec![
                wrong(3, None, "missing-key"),
                wrong(48, Some("mrr"), "not-a-number"),
                wrong(50, Some("mrr"), "not-a-number"),
                wrong(51, Some("x"), "brand-new-code"),
            ],
            ..Report::default()
        };
        let view = view(&report, ImportMode::Upsert, String::new());
        let titles: Vec<&str> = view.groups.iter().map(|group| group.title.as_str()).collect();

        assert_eq!(
            titles,
            [
                "2 rows: mrr is not a number",
                "1 row: the key is missing",
                "1 row: x: expected something else"
            ]
        );
        assert_eq!(view.groups[0].example, "for example line 48, “n/a”");
        assert!(!view.cut);
    }
}
