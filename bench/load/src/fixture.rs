//! The customers every program is filled with: the same seed gives the same bytes.

use std::{
    fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Result;

/// The columns of the file.
pub const HEADER: &str = "externalId,email,name,domain,plan,status,mrr,seats,country";
const PLANS: [&str; 4] = ["free", "basic", "pro", "enterprise"];
const STATES: [&str; 4] = ["active", "trialing", "past_due", "canceled"];
const COUNTRIES: [&str; 6] = ["US", "DE", "GB", "FR", "NL", "BR"];

/// A small xorshift: its numbers only have to be spread and the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// Writes a file of so many customers, about 120 bytes each, and answers where it is.
pub fn write(folder: &Path, rows: u64) -> Result<PathBuf> {
    let path = folder.join(format!("customers-{rows}.csv"));
    let mut file = BufWriter::new(fs::File::create(&path)?);
    writeln!(file, "{HEADER}")?;
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for row in 0..rows {
        let company = row / 5;
        let (plan, state) = (numbers.of(&PLANS), numbers.of(&STATES));
        let (cents, seats) = (numbers.below(200_000), numbers.below(500));
        writeln!(
            file,
            "cus_{row:08},user{row}@company{company}.example,Customer Number {row},company{company}.example,{plan},{state},\
             {}.{:02},{seats},{}",
            cents / 100,
            cents % 100,
            numbers.of(&COUNTRIES)
        )?;
    }
    file.flush()?;
    Ok(path)
}
