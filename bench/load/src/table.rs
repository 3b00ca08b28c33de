//! The table: in the terminal, and in `docs/performance.md` between its markers.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result};

use crate::measure::Line;

const BEGIN: &str = "<!-- measured: begin; written by `cargo xtask bench`, don't edit -->";
const END: &str = "<!-- measured: end -->";

/// A line with the time and the load it was measured under.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The line.
    pub line: Line,
    /// When, and under which load.
    pub when: String,
}

/// The table for a terminal.
pub fn plain(lines: &[Measured]) -> String {
    lines
        .iter()
        .map(|Measured { line, .. }| {
            let verdict = line.verdict.to_string().replace('*', "");
            format!(
                "{:6} {:10} {}\n       {:10} goal {}; measured {}\n",
                line.row, verdict, line.what, "", line.goal, line.measured
            )
        })
        .collect()
}

fn row(measured: &Measured) -> String {
    let Line {
        row,
        what,
        goal,
        measured: figures,
        verdict,
    } = &measured.line;
    format!(
        "| {row} | {what} | {goal} | {figures} | {verdict} | {} |",
        measured.when
    )
}

/// Writes the document: the rows of this run, and those of earlier runs that this one left out.
pub fn write(path: &Path, conditions: &str, lines: &[Measured], order: &[&str]) -> Result<()> {
    let former = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let (head, rest) = former
        .split_once(BEGIN)
        .context("docs/performance.md has lost its first marker")?;
    let (block, tail) = rest
        .split_once(END)
        .context("docs/performance.md has lost its second marker")?;
    let row_of = |line: &str| {
        line.trim_start_matches("| ")
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut table = Vec::new();
    for name in order {
        if lines.iter().any(|one| one.line.row == *name) {
            table.extend(lines.iter().filter(|one| one.line.row == *name).map(row));
        } else {
            table.extend(
                block
                    .lines()
                    .filter(|line| line.starts_with("| ") && row_of(line) == *name)
                    .map(str::to_owned),
            );
        }
    }
    let text = format!(
        "{head}{BEGIN}\n\n{conditions}\n\n| row | what | goal | measured | verdict | when, load, rounds |\n|---|---|---|---|---|---|\n{}\n\n{END}{tail}",
        table.join("\n")
    );
    Ok(fs::write(path, text)?)
}

/// What was measured on.
pub fn conditions(mongod: &str, profile: &str) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default();
        line.split_once(':')
            .map_or("?", |(_, value)| value.trim())
            .to_owned()
    };
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let gigabytes = field(&memory, "MemTotal")
        .trim_end_matches(" kB")
        .parse::<f64>()
        .unwrap_or(0.0)
        / 1024.0
        / 1024.0;
    let rustc = Command::new("rustc")
        .arg("--version")
        .output()
        .map(|done| String::from_utf8_lossy(&done.stdout).trim().to_owned());
    format!(
        "Last run {}: {} × {}, {gigabytes:.0} GiB, Linux {}, MongoDB {mongod} (one node, cache 2 GB, on the same machine), \
         {}, ours built with the profile `{profile}`; medians. Load generator, servers and database share the cores.",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        cores,
        field(&cpus, "model name"),
        read("/proc/sys/kernel/osrelease").trim(),
        rustc.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::note;

    #[test]
    fn rows_that_were_not_run_keep_their_figures() {
        let folder = std::env::temp_dir().join(format!("kale-load-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("performance.md");
        fs::write(&path, format!("# T\n\n{BEGIN}\nold\n| P1 | a | b | old | met | t |\n| P2 | a | b | old | met | t |\n{END}\n\nNotes\n")).unwrap();
        let line = Measured {
            line: note("P2", "a", "new".to_owned()),
            when: "now".to_owned(),
        };
        write(&path, "On this machine.", &[line], &["P1", "P2"]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert!(
            text.contains("| P1 | a | b | old | met | t |\n| P2 | a | – | new | – | now |"),
            "{text}"
        );
        assert!(
            text.starts_with("# T\n") && text.ends_with("\n\nNotes\n") && !text.contains("\nold\n"),
            "{text}"
        );
    }
}
