//! Just enough of Rust's grammar to measure it: code without comments and literals, functions, test modules.

/// The text with every comment, string and character literal replaced by spaces.
///
/// Line breaks stay, so that line numbers hold; a rule that searches code finds code only.
pub(crate) fn code_only(text: &str) -> String {
    Blanking {
        chars: text.chars().collect(),
        at: 0,
        out: String::with_capacity(text.len()),
    }
    .run()
}

struct Blanking {
    chars: Vec<char>,
    at: usize,
    out: String,
}

impl Blanking {
    fn run(mut self) -> String {
        while let Some(current) = self.peek(0) {
            match (current, self.peek(1)) {
                ('/', Some('/')) => self.blank_while(|blanking| blanking.peek(0) != Some('\n')),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('\'', _) if self.is_char_literal() => self.char_literal(),
                ('r', Some('"' | '#')) if self.starts_a_raw_string() => self.raw_string(),
                _ => {
                    self.out.push(current);
                    self.at += 1;
                }
            }
        }
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn blank(&mut self) {
        if let Some(current) = self.peek(0) {
            self.out.push(if current == '\n' { '\n' } else { ' ' });
            self.at += 1;
        }
    }

    fn blank_while(&mut self, goes_on: impl Fn(&Self) -> bool) {
        while self.peek(0).is_some() && goes_on(self) {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.blank();
        while let Some(current) = self.peek(0) {
            self.blank();
            match current {
                '\\' => self.blank(),
                '"' => return,
                _ => {}
            }
        }
    }

    /// A quote starts a literal, unless it starts a lifetime or a label.
    fn is_char_literal(&self) -> bool {
        self.peek(1) == Some('\\') || self.peek(2) == Some('\'')
    }

    fn char_literal(&mut self) {
        self.blank();
        while let Some(current) = self.peek(0) {
            self.blank();
            match current {
                '\\' => self.blank(),
                '\'' => return,
                _ => {}
            }
        }
    }

    fn starts_a_raw_string(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at).copied());
        // `br"…"` and `cr"…"` are raw strings too; `for"` or `r#type` are not.
        let fresh = before.is_none_or(|c| !is_word(c) || c == 'b' || c == 'c');
        let hashes = self
            .chars
            .iter()
            .skip(self.at + 1)
            .take_while(|c| **c == '#')
            .count();
        fresh && self.peek(1 + hashes) == Some('"')
    }

    fn raw_string(&mut self) {
        self.blank();
        let mut hashes = 0;
        while self.peek(0) == Some('#') {
            hashes += 1;
            self.blank();
        }
        self.blank();
        while let Some(current) = self.peek(0) {
            self.blank();
            let closed = (0..hashes).all(|ahead| self.peek(ahead) == Some('#'));
            if current == '"' && closed {
                (0..hashes).for_each(|_| self.blank());
                return;
            }
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// One function: where it starts and how long it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line of `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
}

/// The functions with a body in [`code_only`] text.
pub(crate) fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let (before, rest) = code.split_at(at);
        if before.chars().next_back().is_some_and(is_word) {
            continue;
        }
        let name: String = rest
            .chars()
            .skip(3)
            .skip_while(|c| *c == ' ')
            .take_while(|c| is_word(*c))
            .collect();
        if let (false, Some(lines)) = (name.is_empty(), block_lines(rest)) {
            found.push(Function {
                name,
                line: before.matches('\n').count() + 1,
                lines,
            });
        }
    }
    found
}

/// Lines up to the end of the first `{…}`, or nothing where a `;` ends the item before.
fn block_lines(code: &str) -> Option<usize> {
    let mut lines = 1;
    let mut braces = 0_usize;
    let mut brackets = 0_usize;
    for character in code.chars() {
        match character {
            '\n' => lines += 1,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if braces == 0 && brackets == 0 => return None,
            '{' => braces += 1,
            '}' if braces == 1 => return Some(lines),
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// [`code_only`] text with everything under `#[cfg(test)]` replaced by empty lines.
pub(crate) fn without_tests(code: &str) -> String {
    parts(code)
        .map(|part| {
            if part.test {
                "\n".repeat(breaks(part.code))
            } else {
                part.code.to_owned()
            }
        })
        .collect()
}

/// How long a file is without its test module.
pub(crate) fn lines_outside_tests(text: &str) -> usize {
    let code = code_only(text);
    let tests: usize = parts(&code)
        .filter(|part| part.test)
        .map(|part| breaks(part.code) + 1)
        .sum();
    text.lines().count().saturating_sub(tests)
}

/// The modules that [`code_only`] text declares for tests only, in files of their own.
pub(crate) fn test_modules(code: &str) -> Vec<String> {
    let declared = parts(code).filter(|part| part.test && part.code.ends_with(';'));
    declared
        .filter_map(|part| {
            let words: Vec<&str> = part.code.trim_end_matches(';').split_whitespace().collect();
            let (name, before) = words.split_last()?;
            (before.last() == Some(&"mod")).then(|| (*name).to_owned())
        })
        .collect()
}

fn breaks(code: &str) -> usize {
    code.matches('\n').count()
}

/// A stretch of code that is, or is not, under `#[cfg(test)]`.
struct Part<'a> {
    code: &'a str,
    test: bool,
}

fn parts(code: &str) -> impl Iterator<Item = Part<'_>> {
    const MARK: &str = "#[cfg(test)]";
    let mut rest = code;
    std::iter::from_fn(move || {
        let start = match rest.find(MARK) {
            _ if rest.is_empty() => return None,
            Some(0) => {
                let (marked, after) = rest.split_at(item_end(rest, MARK.len()));
                rest = after;
                return Some(Part {
                    code: marked,
                    test: true,
                });
            }
            found => found.unwrap_or(rest.len()),
        };
        let (before, marked) = rest.split_at(start);
        rest = marked;
        Some(Part {
            code: before,
            test: false,
        })
    })
}

/// Where the item after `from` ends: behind its `;` or its closing brace.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices().skip_while(|(at, _)| *at < from) {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_become_spaces_and_lines_stay() {
        let text = "let a = \"todo!(\\\" x\"; // dbg!(\n/* a /* b */ c */ let b = 'x'; let c: &'a str = r#\"y\"z\"#;\n";
        let code = code_only(text);
        assert_eq!(code.lines().count(), text.lines().count());
        for hidden in ["todo", "dbg", "b */", "x", "y\"z"] {
            assert!(!code.contains(hidden), "{hidden} is still in {code:?}");
        }
        assert!(code.contains("let b = ") && code.contains("&'a str"), "{code:?}");
    }

    #[test]
    fn a_function_is_measured_from_its_name_to_its_brace() {
        let code = "trait T { fn none(&self); }\nfn one(x: [u8; 2]) {\n  let f: fn(u8) = g;\n  {\n  }\n}\n";
        assert_eq!(
            functions(code),
            vec![Function {
                name: "one".to_owned(),
                line: 2,
                lines: 5
            }]
        );
    }

    #[test]
    fn tests_are_not_counted() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n";
        let code = without_tests(&code_only(text));
        assert!(!code.contains("fn b") && code.contains("fn c"), "{code:?}");
        assert_eq!(code.lines().count(), text.lines().count());
        assert_eq!(lines_outside_tests(text), 2);
        let apart = "#[cfg(test)]\nmod tests;\nfn d() {}\n#[cfg(test)]\npub(crate) mod made;\n#[cfg(test)]\nuse a::b;\n";
        assert!(without_tests(apart).contains("fn d"));
        assert_eq!(test_modules(apart), ["tests", "made"]);
    }
}
