//! What a file is like, before anything is read from it.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use kale_domain::{
    sensitive::sensitive,
    upload::{ColumnProfile, Profile},
};
use tokio::io::AsyncRead;

use crate::{error::TabularError, escape::cell, header::Table, infer::Guess, limits::Limits, value::shorten};

/// Up to which number different values are told; beyond it, it is "or more".
const DISTINCT: usize = 1_000;
/// How many samples are kept.
const SAMPLES: usize = 5;

/// Looks at the first rows of a file ([`Limits::profile_rows`]) and tells what its columns hold.
///
/// `true` and `1` are booleans, `Yes` is text: see [`kale_domain::attribute::AttributeType`] for the types a column
/// can have. Rows without any value are passed over; rows with a wrong number of fields count as rows, but say
/// nothing about the columns.
pub async fn profile<R: AsyncRead + Unpin + Send>(
    reader: R,
    limits: &Limits,
) -> Result<Profile, TabularError> {
    let mut table = Table::open(reader, limits.clone()).await?;
    let mut columns: Vec<Observed> = table.headers.iter().map(|_| Observed::new()).collect();
    let most = limits.rows_to_profile(columns.len());
    let (mut rows, mut complete) = (0, false);
    while rows < most {
        let Some(record) = table.records.next().await? else {
            complete = true;
            break;
        };
        if record.is_blank() {
            continue;
        }
        rows += 1;
        if record.len() == columns.len() {
            for (column, field) in columns.iter_mut().zip(record.fields()) {
                column.see(cell(field));
            }
        }
    }
    if rows == 0 {
        return Err(table.no_rows());
    }
    complete = complete || table.records.next().await?.is_none();
    let delimiter = table.records.delimiter();
    let columns = table
        .headers
        .iter()
        .zip(columns)
        .map(|(header, seen)| seen.finish(header, delimiter))
        .collect();
    Ok(Profile {
        encoding: table.records.encoding(),
        delimiter,
        rows,
        complete,
        columns,
    })
}

/// What was seen of one column.
struct Observed {
    empty: u64,
    guess: Guess,
    /// Hashes of the values: 64 bits, so that long values take no more room than short ones.
    seen: HashSet<u64>,
    repeated: u64,
    samples: Vec<String>,
}

impl Observed {
    fn new() -> Self {
        Self {
            empty: 0,
            guess: Guess::new(),
            seen: HashSet::new(),
            repeated: 0,
            samples: Vec::new(),
        }
    }

    fn see(&mut self, value: &str) {
        if value.is_empty() {
            self.empty += 1;
            return;
        }
        self.guess.see(value);
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        if self.seen.insert(hasher.finish()) {
            if self.samples.len() < SAMPLES {
                self.samples.push(shorten(value));
            }
        } else {
            self.repeated += 1;
        }
    }

    fn finish(self, header: &str, delimiter: char) -> ColumnProfile {
        let (kind, format) = self.guess.decide(header, delimiter);
        ColumnProfile {
            header: header.to_owned(),
            kind,
            format: format.map(str::to_owned),
            empty: self.empty,
            distinct: u64::try_from(self.seen.len().min(DISTINCT)).unwrap_or(u64::MAX),
            unique: self.repeated == 0,
            repeated: self.repeated,
            samples: self.samples,
            sensitive: sensitive(header).map(|kind| kind.name().to_owned()),
        }
    }
}
