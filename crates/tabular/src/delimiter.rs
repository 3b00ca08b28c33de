//! Which character stands between two fields.

/// In the order in which they win a tie: a comma also stands inside numbers and texts, so it comes last.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];
/// How many lines are looked at.
const LINES: usize = 20;

/// Spreadsheet programs understand a first line `sep=;`: its delimiter, and how many bytes the line's text has.
pub(crate) fn declared(start: &[u8]) -> Option<(u8, usize)> {
    let (word, rest) = start.split_at_checked(4)?;
    match rest {
        [delimiter, b'\r' | b'\n', ..]
            if word.eq_ignore_ascii_case(b"sep=") && CANDIDATES.contains(delimiter) =>
        {
            Some((*delimiter, 5))
        }
        _ => None,
    }
}

/// The delimiter that divides the first lines most evenly, counted outside quotes; a comma where none does.
pub(crate) fn sniff(start: &[u8]) -> u8 {
    let lines = count(start);
    let mut best = (0, 0, b',');
    for (candidate, byte) in CANDIDATES.into_iter().enumerate() {
        let of = |line: &[usize; 4]| line.get(candidate).copied().unwrap_or_default();
        let header = lines.first().map(of).unwrap_or_default();
        let even = lines.iter().filter(|line| of(line) == header).count();
        if header > 0 && (even, header) > (best.0, best.1) {
            best = (even, header, byte);
        }
    }
    best.2
}

/// How often each candidate stands in each of the first lines. The last line counts only if it is complete or
/// the only one.
fn count(start: &[u8]) -> Vec<[usize; 4]> {
    let mut lines = Vec::new();
    let mut line = [0; 4];
    let (mut quoted, mut text) = (false, false);
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => {
                if text {
                    lines.push(std::mem::take(&mut line));
                    text = false;
                }
                if lines.len() == LINES {
                    return lines;
                }
                continue;
            }
            _ if !quoted => {
                let candidate = CANDIDATES.iter().position(|c| c == byte);
                if let Some(seen) = candidate.and_then(|c| line.get_mut(c)) {
                    *seen += 1;
                }
            }
            _ => {}
        }
        text = true;
    }
    if text && lines.is_empty() {
        lines.push(line);
    }
    lines
}
