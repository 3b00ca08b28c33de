//! One style sheet for all pages: its parts joined, without comments and without spaces that mean nothing.

/// The parts, in the order in which they are read: later ones win.
pub(super) const PARTS: [&str; 6] = [
    "css/base.css",
    "css/shell.css",
    "css/parts.css",
    "css/pages.css",
    "css/builder.css",
    "css/analytics.css",
];
/// Where the whole lies. It is beside its parts, so that their relative addresses hold.
pub(super) const WHOLE: &str = "css/kale.css";

/// The same rules in fewer bytes. Texts in quotes stay as they are.
pub(super) fn compact(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    let mut space = false;
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'*') => skip_comment(&mut chars),
            _ if c.is_whitespace() => space = true,
            '{' | '}' | ';' | ',' | '>' => {
                if c == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(c);
                space = false;
            }
            _ => {
                if space && needs_space(&out) {
                    out.push(' ');
                }
                space = false;
                out.push(c);
                if c == '"' || c == '\'' {
                    copy_text(c, &mut chars, &mut out);
                }
            }
        }
    }
    out
}

/// Whether a space after this means something. A colon is followed by one only between a property and its value.
fn needs_space(before: &str) -> bool {
    !before.is_empty() && !before.ends_with(['{', '}', ';', ',', '>', ':'])
}

fn skip_comment(chars: &mut impl Iterator<Item = char>) {
    let mut star = false;
    for c in chars {
        if star && c == '/' {
            return;
        }
        star = c == '*';
    }
}

fn copy_text(quote: char, chars: &mut impl Iterator<Item = char>, out: &mut String) {
    let mut escaped = false;
    for c in chars {
        out.push(c);
        if c == quote && !escaped {
            return;
        }
        escaped = c == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stay_what_they_are() {
        let css = "/* A row. */\n.a > .b :focus-visible,\n.c {\n  margin: 0 calc(-1 * var(--edge));\n  color: red;\n}\n";
        assert_eq!(
            compact(css),
            ".a>.b :focus-visible,.c{margin:0 calc(-1 * var(--edge));color:red}"
        );
        assert_eq!(
            compact("@media (max-width: 760px) { .a { top: 0 } }"),
            "@media (max-width:760px){.a{top:0}}"
        );
    }

    #[test]
    fn texts_are_not_touched() {
        let css = ".a::before { content: \", { /* \\\"  ; \"; }";
        assert_eq!(compact(css), ".a::before{content:\", { /* \\\"  ; \"}");
        assert_eq!(compact(".a { content: '' }"), ".a{content:''}");
    }

    #[test]
    fn what_is_not_closed_ends_with_the_file() {
        assert_eq!(compact(".a{} /* open"), ".a{}");
        assert_eq!(compact(".a{content:\"open"), ".a{content:\"open");
    }
}
