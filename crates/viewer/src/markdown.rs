//! The Markdown that paragraphs of a card may use: paragraphs, lists, **strong** and *stressed* words, links to https
//! addresses. Everything else is shown as it was typed; no text becomes any other markup.

/// HTML of a text. Backslashes make the sign behind them plain, as values of variables come.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for block in text.replace("\r\n", "\n").split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            continue;
        }
        let items: Vec<&str> = lines.iter().filter_map(|line| item(line)).collect();
        if items.len() == lines.len() {
            out.push_str("<ul>");
            for one in items {
                out.push_str("<li>");
                inline(one, &mut out);
                out.push_str("</li>");
            }
            out.push_str("</ul>");
        } else {
            out.push_str("<p>");
            for (index, line) in lines.iter().enumerate() {
                if index > 0 {
                    out.push_str("<br>");
                }
                inline(line.trim(), &mut out);
            }
            out.push_str("</p>");
        }
    }
    out
}

fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// One line. Every mark that is opened is closed by its end.
fn inline(text: &str, out: &mut String) {
    let mut rest = text;
    let (mut strong, mut stressed) = (false, false);
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == '\\'
            && let Some(plain) = behind.chars().next().filter(char::is_ascii_punctuation)
        {
            escape(plain, out);
            rest = behind.get(1..).unwrap_or_default();
        } else if let Some(after) = rest
            .strip_prefix("**")
            .filter(|after| strong || after.contains("**"))
        {
            strong = toggle(strong, "strong", out);
            rest = after;
        } else if let Some(after) = behind_stress(first, behind, stressed) {
            stressed = toggle(stressed, "em", out);
            rest = after;
        } else if first == '['
            && let Some((words, url, after)) = link(behind)
        {
            out.push_str("<a href=\"");
            url.chars().for_each(|c| escape(c, out));
            out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer\">");
            plain(words, out);
            out.push_str("</a>");
            rest = after;
        } else {
            escape(first, out);
            rest = behind;
        }
    }
    // Strong stands outside of stressed only where it was opened first; browsers mend either order.
    if stressed {
        out.push_str("</em>");
    }
    if strong {
        out.push_str("</strong>");
    }
}

fn toggle(open: bool, tag: &str, out: &mut String) -> bool {
    out.push_str(if open { "</" } else { "<" });
    out.push_str(tag);
    out.push('>');
    !open
}

/// What stands behind a `*` that stresses, or ends it.
fn behind_stress(first: char, behind: &str, open: bool) -> Option<&str> {
    let closes = open || behind.contains('*');
    let touches = open
        || behind
            .chars()
            .next()
            .is_some_and(|next| !next.is_whitespace() && next != '*');
    (first == '*' && closes && touches).then_some(behind)
}

/// `words](https://…)` and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.split_once("](")?;
    let (url, after) = rest.split_once(')')?;
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&b);
    let secure = url.strip_prefix("https://").is_some_and(|host| !host.is_empty());
    let one_line = !words.is_empty() && !words.contains(['[', ']']);
    (secure && one_line && url.bytes().all(legal)).then_some((words, url, after))
}

/// Words without marks, backslashes taken away.
fn plain(words: &str, out: &mut String) {
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {}
            _ => escape(c, out),
        }
    }
}

fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_few_marks_are_read() {
        assert_eq!(html("One\ntwo\n\nthree"), "<p>One<br>two</p><p>three</p>");
        assert_eq!(
            html("- a\n- **b**"),
            "<ul><li>a</li><li><strong>b</strong></li></ul>"
        );
        assert_eq!(html("so *very* 2 * 3"), "<p>so <em>very</em> 2 * 3</p>");
        assert_eq!(html("a **b"), "<p>a **b</p>");
        assert_eq!(
            html("see [our *terms*](https://example.com/a?b=1&c=2)."),
            "<p>see <a href=\"https://example.com/a?b=1&amp;c=2\" target=\"_blank\" rel=\"noopener noreferrer\">our *terms*</a>.</p>"
        );
    }

    #[test]
    fn whatever_else_is_typed_stays_what_it_is() {
        assert_eq!(html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
        assert_eq!(
            html("[x](javascript:alert(1))"),
            "<p>[x](javascript:alert(1))</p>"
        );
        assert_eq!(
            html("[x](https://a\"onclick=)"),
            "<p>[x](https://a&quot;onclick=)</p>"
        );
        assert_eq!(html("\\*a\\* \\[b\\] \\<i\\>"), "<p>*a* [b] &lt;i&gt;</p>");
        assert_eq!(html("# x"), "<p># x</p>");
        assert_eq!(html(" \n\n "), "");
    }

    /// Only our own tags, each closed.
    fn is_harmless(html: &str) -> bool {
        let mut rest = html;
        while let Some((_, tag)) = rest.split_once('<') {
            let Some((tag, after)) = tag.split_once('>') else {
                return false;
            };
            let ours = [
                "p", "/p", "br", "ul", "/ul", "li", "/li", "strong", "/strong", "em", "/em", "/a",
            ];
            let is_link = tag.starts_with("a href=\"https://")
                && tag.ends_with("\" target=\"_blank\" rel=\"noopener noreferrer\"")
                && tag.matches('"').count() == 6;
            if !ours.contains(&tag) && !is_link {
                return false;
            }
            rest = after;
        }
        ["p", "ul", "li", "strong", "em", "a"].iter().all(|tag| {
            let opened =
                html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            opened == html.matches(&format!("</{tag}>")).count()
        })
    }

    proptest! {
        #[test]
        fn no_text_becomes_other_markup(text in "[a*\\\\\\[\\]()<>\"'&:/.\n -]{0,60}|\\PC{0,60}|(\\*|\\*\\*|\\[a\\]\\(https://x\\)|b|\\\\){0,20}") {
            let html = html(&text);
            prop_assert!(is_harmless(&html), "{html}");
        }
    }
}
