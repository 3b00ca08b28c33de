//! The Markdown that paragraphs of a card may use: paragraphs, lists, **strong** and *stressed* words, links to https
//! addresses. Of everything else the words are shown; no text becomes any other markup.

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html::push_html};

/// HTML of a text. Backslashes make the sign behind them plain, as values of variables come.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut links = Vec::new();
    push_html(
        &mut out,
        Parser::new(text).filter_map(|event| kept(event, &mut links)),
    );
    out
}

/// What becomes of a piece. `links` holds, for each link that is open, whether it may be one.
fn kept<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            let may = is_safe(&dest_url);
            links.push(may);
            may.then(|| Event::InlineHtml(opening(&dest_url)))
        }
        Event::End(TagEnd::Link) => links
            .pop()
            .unwrap_or(false)
            .then_some(Event::InlineHtml(CowStr::Borrowed("</a>"))),
        Event::Start(Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::Strong | Tag::Emphasis)
        | Event::End(
            TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Item | TagEnd::Strong | TagEnd::Emphasis,
        )
        | Event::HardBreak => Some(event),
        Event::Start(Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock) => {
            Some(Event::Start(Tag::Paragraph))
        }
        Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
            Some(Event::End(TagEnd::Paragraph))
        }
        // A line that somebody ended is a line that is shown.
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
            Some(Event::Text(text))
        }
        _ => None,
    }
}

/// An https address of letters that mean nothing in an attribute.
fn is_safe(url: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&b);
    url.strip_prefix("https://").is_some_and(|host| !host.is_empty()) && url.bytes().all(legal)
}

fn opening(url: &str) -> CowStr<'static> {
    let url = url.replace('&', "&amp;");
    format!("<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer\">").into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// On one line.
    fn flat(text: &str) -> String {
        html(text).replace('\n', "").replace("<br />", "<br>")
    }

    #[test]
    fn the_few_marks_are_read() {
        assert_eq!(flat("One\ntwo\n\nthree"), "<p>One<br>two</p><p>three</p>");
        assert_eq!(
            flat("- a\n- **b**"),
            "<ul><li>a</li><li><strong>b</strong></li></ul>"
        );
        assert_eq!(flat("so *very* 2 * 3"), "<p>so <em>very</em> 2 * 3</p>");
        assert_eq!(flat("a **b"), "<p>a **b</p>");
        assert_eq!(
            flat("see [our *terms*](https://example.com/a?b=1&c=2)."),
            "<p>see <a href=\"https://example.com/a?b=1&amp;c=2\" target=\"_blank\" rel=\"noopener noreferrer\">our <em>terms</em></a>.</p>"
        );
    }

    #[test]
    fn of_whatever_else_is_typed_the_words_are_shown() {
        assert_eq!(flat("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
        assert_eq!(flat("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(flat("[x](https://a\"onclick=)"), "<p>x</p>");
        assert_eq!(flat("\\*a\\* \\[b\\] \\<i\\>"), "<p>*a* [b] &lt;i&gt;</p>");
        assert_eq!(flat("# x"), "<p>x</p>");
        assert_eq!(flat(" \n\n "), "");
    }

    /// Only our own tags, each closed.
    fn is_harmless(html: &str) -> bool {
        let mut rest = html;
        while let Some((_, tag)) = rest.split_once('<') {
            let Some((tag, after)) = tag.split_once('>') else {
                return false;
            };
            let ours = [
                "p", "/p", "br /", "ol", "/ol", "ul", "/ul", "li", "/li", "strong", "/strong", "em", "/em",
                "/a",
            ];
            let is_link = tag.starts_with("a href=\"https://")
                && tag.ends_with("\" target=\"_blank\" rel=\"noopener noreferrer\"")
                && tag.matches('"').count() == 6;
            let is_numbered = tag.strip_prefix("ol start=\"").and_then(|n| n.strip_suffix('"'));
            let is_numbered = is_numbered.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
            if !ours.contains(&tag) && !is_link && !is_numbered {
                return false;
            }
            rest = after;
        }
        ["p", "ol", "ul", "li", "strong", "em", "a"].iter().all(|tag| {
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
