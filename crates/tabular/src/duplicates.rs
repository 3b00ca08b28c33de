//! Keys that come twice in a file of any size.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use kale_domain::upload::REPORTED_ERRORS;
use tokio::io::AsyncWriteExt as _;

/// How many keys stay in memory.
const IN_MEMORY: usize = 100_000;
/// How many files the keys are dealt out to, by six bits of the key.
const BUCKETS: usize = 64;
/// A bucket with more bytes than this is dealt out once more, by the next six bits.
const BUCKET_BYTES: u64 = 16 * 1024 * 1024;
/// How often: after 24 bits, what still is one bucket is mostly one key.
const DEPTH: u32 = 4;
/// A key and its line.
const RECORD: usize = 24;
/// How much of a bucket is gathered before it is written.
const WRITE_BYTES: usize = 32 * 1024 / RECORD * RECORD;

/// Finds rows whose key stood in an earlier row, exactly (keys are 128-bit hashes) and in flat memory: from 100,001
/// keys on they are dealt out to 64 files and checked file by file.
///
/// Lines have to be added in ascending order.
#[derive(Debug)]
pub struct DuplicateKeys {
    directory: PathBuf,
    seen: HashMap<[u8; 16], u64>,
    found: Duplicates,
    buckets: Vec<Bucket>,
    in_memory: usize,
}

#[derive(Debug)]
struct Bucket {
    path: PathBuf,
    file: tokio::fs::File,
    waiting: Vec<u8>,
}

impl DuplicateKeys {
    /// Begins. `directory` has to exist and belong to this search alone; files are made there only for large files
    /// and removed by [`DuplicateKeys::finish`]. If that is never called, they go with the directory.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self::with_memory(directory, IN_MEMORY)
    }

    pub(crate) fn with_memory(directory: impl Into<PathBuf>, in_memory: usize) -> Self {
        Self {
            directory: directory.into(),
            seen: HashMap::new(),
            found: Duplicates::default(),
            buckets: Vec::new(),
            in_memory,
        }
    }

    /// Adds the key of a row ([`crate::Row::key`]) and its line.
    pub async fn add(&mut self, key: [u8; 16], line: u64) -> io::Result<()> {
        if self.buckets.is_empty() {
            match self.seen.entry(key) {
                Entry::Occupied(first) => self.found.insert(line, *first.get()),
                Entry::Vacant(place) => {
                    place.insert(line);
                }
            }
            if self.seen.len() > self.in_memory {
                self.spill().await?;
            }
            return Ok(());
        }
        self.deal(key, line).await
    }

    /// Opens the buckets and deals out what was gathered in memory.
    async fn spill(&mut self) -> io::Result<()> {
        for number in 0..BUCKETS {
            let path = self.directory.join(format!("keys-{number:02}"));
            let file = tokio::fs::File::create_new(&path).await?;
            self.buckets.push(Bucket {
                path,
                file,
                waiting: Vec::with_capacity(WRITE_BYTES),
            });
        }
        for (key, line) in std::mem::take(&mut self.seen) {
            self.deal(key, line).await?;
        }
        Ok(())
    }

    async fn deal(&mut self, key: [u8; 16], line: u64) -> io::Result<()> {
        let Some(bucket) = self.buckets.get_mut(bucket_of(key, 0)) else {
            return Ok(());
        };
        bucket.waiting.extend_from_slice(&key);
        bucket.waiting.extend_from_slice(&line.to_le_bytes());
        if bucket.waiting.len() >= WRITE_BYTES {
            bucket.file.write_all(&bucket.waiting).await?;
            bucket.waiting.clear();
        }
        Ok(())
    }

    /// All rows whose key stood in an earlier row.
    pub async fn finish(mut self) -> io::Result<Duplicates> {
        let mut paths = Vec::with_capacity(self.buckets.len());
        for mut bucket in self.buckets {
            bucket.file.write_all(&bucket.waiting).await?;
            bucket.file.flush().await?;
            paths.push(bucket.path);
        }
        let search = move || {
            for path in paths {
                check(&path, 1, &mut self.found)?;
            }
            Ok(self.found)
        };
        tokio::task::spawn_blocking(search)
            .await
            .map_err(io::Error::other)?
    }
}

/// Six bits of the key, the first six at depth 0.
fn bucket_of(key: [u8; 16], depth: u32) -> usize {
    let bits = (u128::from_be_bytes(key) >> (128 - 6 * (depth + 1))) & 0x3f;
    usize::try_from(bits).unwrap_or_default()
}

/// Checks one bucket and removes it; a large one is dealt out first.
fn check(path: &Path, depth: u32, found: &mut Duplicates) -> io::Result<()> {
    if depth < DEPTH && fs::metadata(path)?.len() > BUCKET_BYTES {
        let mut paths = Vec::with_capacity(BUCKETS);
        let mut files = Vec::with_capacity(BUCKETS);
        for number in 0..BUCKETS {
            let mut name = path.as_os_str().to_owned();
            name.push(format!("-{number:02}"));
            files.push(io::BufWriter::with_capacity(
                WRITE_BYTES,
                fs::File::create_new(&name)?,
            ));
            paths.push(PathBuf::from(name));
        }
        each(path, |key, line| {
            let Some(file) = files.get_mut(bucket_of(key, depth)) else {
                return Ok(());
            };
            file.write_all(&key)?;
            file.write_all(&line.to_le_bytes())
        })?;
        for mut file in files {
            file.flush()?;
        }
        fs::remove_file(path)?;
        return paths.iter().try_for_each(|path| check(path, depth + 1, found));
    }
    let mut seen: HashMap<[u8; 16], u64> = HashMap::new();
    each(path, |key, line| {
        match seen.entry(key) {
            Entry::Occupied(first) => found.insert(line, *first.get()),
            Entry::Vacant(place) => {
                place.insert(line);
            }
        }
        Ok(())
    })?;
    fs::remove_file(path)
}

/// Reads the keys of a bucket in the order they were added.
fn each(path: &Path, mut take: impl FnMut([u8; 16], u64) -> io::Result<()>) -> io::Result<()> {
    let file = fs::File::open(path)?;
    let records = file.metadata()?.len() / u64::try_from(RECORD).unwrap_or(u64::MAX);
    let mut reader = io::BufReader::with_capacity(WRITE_BYTES, file);
    for _ in 0..records {
        let (mut key, mut line) = ([0; 16], [0; 8]);
        reader.read_exact(&mut key)?;
        reader.read_exact(&mut line)?;
        take(key, u64::from_le_bytes(line))?;
    }
    Ok(())
}

/// How many lines share a block of bits.
const BLOCK: u64 = 65_536;

/// The lines whose key stood in an earlier line: a bit each, and the first of them in full.
#[derive(Debug, Clone, Default)]
pub struct Duplicates {
    blocks: BTreeMap<u64, Vec<u64>>,
    first: BTreeMap<u64, u64>,
    lines: u64,
}

impl Duplicates {
    fn insert(&mut self, line: u64, first: u64) {
        let words = usize::try_from(BLOCK / 64).unwrap_or_default();
        let block = self.blocks.entry(line / BLOCK).or_insert_with(|| vec![0; words]);
        let (word, bit) = place(line);
        if let Some(bits) = block.get_mut(word).filter(|bits| **bits & bit == 0) {
            *bits |= bit;
            self.lines += 1;
            self.first.insert(line, first);
            if self.first.len() > REPORTED_ERRORS {
                self.first.pop_last();
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.lines
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Whether the key of that line stood in an earlier one.
    #[must_use]
    pub fn contains(&self, line: u64) -> bool {
        let (word, bit) = place(line);
        self.blocks
            .get(&(line / BLOCK))
            .and_then(|block| block.get(word))
            .is_some_and(|bits| bits & bit != 0)
    }

    /// The line the key stood in first; kept for the first 1,000 lines, as many as a report lists.
    #[must_use]
    pub fn first_line(&self, line: u64) -> Option<u64> {
        self.first.get(&line).copied()
    }

    /// All of them, ascending.
    pub fn lines(&self) -> impl Iterator<Item = u64> + '_ {
        self.blocks.iter().flat_map(|(block, words)| {
            (block * BLOCK..).step_by(64).zip(words).flat_map(|(line, bits)| {
                (0..64_u64)
                    .filter(move |bit| bits >> bit & 1 == 1)
                    .map(move |bit| line + bit)
            })
        })
    }
}

/// The word of a line within its block, and its bit.
fn place(line: u64) -> (usize, u64) {
    (
        usize::try_from(line % BLOCK / 64).unwrap_or_default(),
        1 << (line % 64),
    )
}
