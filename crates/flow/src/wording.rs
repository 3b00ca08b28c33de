//! Recognises wording that a profile refuses, however it is spelled.

use kale_domain::fold::fold;
use pulldown_cmark::{Event, Parser, TagEnd};
use unicode_security::confusable_detection::skeleton;

use crate::variable::{Piece, pieces};

/// How many words a `*` may stand for.
const GAP: usize = 4;

/// The end of a sentence. A `*` does not reach over it; written words do, so that a full stop hides nothing.
const END: &str = ".";

/// The words of a text as they are compared: folded, without punctuation and invisible characters, and
/// each as its skeleton, so that look-alike letters of other alphabets hide nothing. They are for comparing, not for showing.
/// A variable is one word that only `*` stands for.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    match pieces(text) {
        Ok(pieces) => {
            for piece in pieces {
                match piece {
                    Piece::Words(words) => plain.push_str(words),
                    Piece::Variable { default, .. } => {
                        plain.push_str(" \u{fffc} ");
                        // What may be read there counts as said.
                        plain.push_str(default.as_deref().unwrap_or(""));
                        plain.push(' ');
                    }
                }
            }
        }
        Err(_unreadable) => plain.push_str(text),
    }
    let shown: String = rendered(&plain)
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| {
            if matches!(c, '\u{2019}' | '\u{02bc}' | '\u{ff07}') {
                '\''
            } else {
                c
            }
        })
        .map(plain_letter)
        .collect();
    let mut words = Vec::new();
    for part in fold(&shown).split_whitespace() {
        let pieces = part.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '\u{fffc}' || c == '%'));
        let pieces = pieces
            .map(|word| word.trim_matches('\''))
            .filter(|word| !word.is_empty());
        words.extend(pieces.map(shape));
        if part.ends_with(['.', '!', '?']) {
            words.push(END.to_owned());
        }
    }
    words
}

/// The small Latin letter or the digit that a character looks like, small or capital; else the character.
fn plain_letter(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let small = c.to_lowercase().next().unwrap_or(c);
    let capital = c.to_uppercase().next().unwrap_or(c);
    let seen = [c, small, capital].map(|c| {
        let mut letters = skeleton(c.encode_utf8(&mut [0; 4]))
            .collect::<Vec<_>>()
            .into_iter();
        let first = letters.next().filter(char::is_ascii_alphanumeric)?;
        letters.next().is_none().then(|| first.to_ascii_lowercase())
    });
    seen.into_iter().flatten().next().unwrap_or(c)
}

/// A folded word as it is seen: its skeleton (UTS 39), with what looks like a small `l` and like a capital `i` as one.
fn shape(word: &str) -> String {
    let seen: String = skeleton(word).collect();
    fold(&seen).replace('i', "l")
}

/// What is read of a text once its Markdown has become markup: signs of stress hide no word, nor do entities.
fn rendered(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for event in Parser::new(text) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                shown.push_str(&words);
            }
            Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => shown.push(' '),
            _ => {}
        }
    }
    shown
}

/// Whether nothing of a text can be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Whether the words contain the pattern: its words in this order, `*` standing for up to four others.
pub(crate) fn contains(words: &[String], pattern: &str) -> bool {
    let pattern: Vec<String> = pattern
        .split_whitespace()
        .flat_map(|part| {
            if part == "*" {
                vec!["*".to_owned()]
            } else {
                self::words(part)
            }
        })
        .collect();
    !pattern.is_empty()
        && (0..words.len()).any(|from| words.get(from..).is_some_and(|rest| begins(rest, &pattern)))
}

fn begins(words: &[String], pattern: &[String]) -> bool {
    match pattern.split_first() {
        None => true,
        Some((first, rest)) if first == "*" => {
            let reach = words.iter().take(GAP).take_while(|word| *word != END).count();
            (0..=reach).any(|skip| words.get(skip..).is_some_and(|words| begins(words, rest)))
        }
        Some((first, rest)) => match words.split_first() {
            Some((word, words)) if word == END => begins(words, pattern),
            Some((word, words)) => word == first && begins(words, rest),
            None => false,
        },
    }
}

/// Whether two labels say the same.
pub(crate) fn same(label: &str, allowed: &str) -> bool {
    let plain = |text| {
        words(text)
            .into_iter()
            .filter(|word| word != END)
            .collect::<Vec<_>>()
    };
    plain(label) == plain(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_found_however_it_is_spelled() {
        let found = |text: &str, pattern: &str| contains(&words(text), pattern);

        assert!(found("You'll let the whole team down!", "let * down"));
        assert!(found("LAST\u{a0}CHANCE", "last chance"));
        assert!(found("la\u{200b}st chance", "last chance"));
        assert!(found("No, I don\u{2019}t like saving money", "i don't like"));
        assert!(found("Only {{offer.days|\"today\"}}!", "only * today"));
        assert!(!found(
            "Let us know. Scroll down when you are done with all of it.",
            "let * down"
        ));
        assert!(found("Last. Chance.", "last chance"));
        assert!(found("**L**ast c*h*ance", "last chance"));
        assert!(found("&#72;urry", "hurry"));
        assert!(!found("lasting chances", "last chance"));
        assert!(found("Iast chance", "last chance"));
        assert!(found("\u{41d}\u{432}ld", "hbld"));
        assert!(found("schon gek\u{fc}ndigt", "gek\u{fc}ndigt"));
        assert!(!found("sch\u{f6}n", "schon"));
        assert!(!found("anything", ""));
    }

    #[test]
    fn labels_are_compared_by_their_words() {
        assert!(same("No thanks!", "no thanks"));
        assert!(!same("No", "No thanks"));
    }
}
