//! What must hold for every page and fragment, whatever it shows.

#![expect(
    clippy::indexing_slicing,
    reason = "a test may stop where something is not as it should be"
)]

#[path = "../examples/sample/mod.rs"]
mod sample;

use sample::Page;

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&{{7*7}}";

/// The opening tags of a document, without what stands in comments.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|part| {
        let mut quote = None;
        let end = part.char_indices().find(|(_, c)| match (quote, *c) {
            (None, '>') => true,
            (None, '"' | '\'') => {
                quote = Some(*c);
                false
            }
            (Some(open), c) if open == c => {
                quote = None;
                false
            }
            _ => false,
        })?;
        part.get(..end.0).filter(|tag| !tag.starts_with(['/', '!']))
    })
}

fn value<'a>(tag: &'a str, attribute: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {attribute}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(value, _)| value)
}

fn with_name(page: &Page, what: &str) -> String {
    format!("{}: {what}", page.name)
}

#[test]
fn nothing_that_was_typed_becomes_markup() {
    let calm: Vec<usize> = sample::pages("x")
        .iter()
        .map(|page| tags(&page.html).count())
        .collect();
    for (page, expected) in sample::pages(HOSTILE).iter().zip(calm) {
        assert!(!page.html.contains("<script>alert"), "{}", page.name);
        assert!(!page.html.contains("<img"), "{}", page.name);
        assert_eq!(
            tags(&page.html).count(),
            expected,
            "{} has other tags than with calm texts",
            page.name
        );
    }
}

#[test]
fn no_page_needs_a_weaker_content_security_policy() {
    for page in sample::pages("") {
        for tag in tags(&page.html) {
            let name = tag.split_whitespace().next().unwrap();
            assert_ne!(name, "style", "{}", page.name);
            assert!(
                name != "script" || value(tag, "src").is_some(),
                "{}",
                with_name(&page, tag)
            );
            assert!(
                !tag.contains(" on") || !tag.contains("=\"javascript:"),
                "{}",
                with_name(&page, tag)
            );
            for attribute in tag.split('"').step_by(2).flat_map(str::split_whitespace) {
                assert!(
                    !attribute.starts_with("on") && !attribute.starts_with("hx-on"),
                    "{}",
                    with_name(&page, tag)
                );
            }
            for address in ["src", "href"].into_iter().filter_map(|name| value(tag, name)) {
                assert!(
                    !address.contains("//") && !address.starts_with("javascript:"),
                    "{}",
                    with_name(&page, tag)
                );
            }
        }
    }
}

#[test]
fn every_file_and_icon_a_page_names_exists() {
    let icons = String::from_utf8(
        kale_dashboard::assets::find("x/icons.svg")
            .unwrap()
            .asset
            .bytes
            .to_vec(),
    )
    .unwrap();
    for page in sample::pages("") {
        for tag in tags(&page.html)
            .filter(|tag| ["link", "script", "use"].contains(&tag.split_whitespace().next().unwrap()))
        {
            let address = value(tag, "src")
                .or_else(|| value(tag, "href"))
                .unwrap_or_default();
            let (path, icon) = address.split_once('#').unwrap_or((address, ""));
            let found = path
                .strip_prefix("/assets/")
                .and_then(kale_dashboard::assets::find);
            assert!(
                found.is_some_and(|found| found.immutable),
                "{}",
                with_name(&page, tag)
            );
            assert!(
                icon.is_empty() || icons.contains(&format!("<symbol id=\"{icon}\"")),
                "{}",
                with_name(&page, tag)
            );
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    let mut forms = 0;
    for page in sample::pages("") {
        for form in page
            .html
            .split("<form")
            .skip(1)
            .map(|part| part.split("</form>").next().unwrap())
        {
            if form.starts_with(" method=\"post\"") {
                forms += 1;
                assert!(
                    form.contains("<input type=\"hidden\" name=\"csrf\" value=\"sample-token\">"),
                    "{}",
                    with_name(&page, form)
                );
            }
        }
    }
    assert!(forms > 40);
}

#[test]
fn a_page_has_one_heading_of_the_first_level_and_one_main_part() {
    for page in sample::pages("").iter().filter(|page| !page.fragment) {
        assert_eq!(page.html.matches("<h1").count(), 1, "{}", page.name);
        assert_eq!(page.html.matches("id=\"main\"").count(), 1, "{}", page.name);
        assert!(
            page.html.contains("class=\"skip\" href=\"#main\""),
            "{}",
            page.name
        );
        assert!(page.html.contains("<html lang=\"en\""), "{}", page.name);
    }
}

#[test]
fn no_id_stands_twice_in_a_page() {
    for page in sample::pages("") {
        let mut ids: Vec<&str> = tags(&page.html).filter_map(|tag| value(tag, "id")).collect();
        ids.sort_unstable();
        let twice: Vec<_> = ids
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0])
            .collect();
        assert!(twice.is_empty(), "{}: {twice:?}", page.name);
    }
}

#[test]
fn what_htmx_swaps_stands_in_the_page_it_is_asked_from() {
    for page in sample::pages("").iter().filter(|page| !page.fragment) {
        for target in tags(&page.html).filter_map(|tag| value(tag, "hx-target")) {
            let id = target.strip_prefix('#').unwrap();
            assert!(
                tags(&page.html).any(|tag| value(tag, "id") == Some(id)),
                "{}",
                with_name(page, target)
            );
        }
    }
}

#[test]
fn a_fragment_is_a_part_of_its_page() {
    let all = sample::pages("");
    let html = |name: &str| {
        all.iter()
            .find(|page| page.name == name)
            .unwrap()
            .html
            .trim()
            .to_owned()
    };
    for (fragment, page) in [
        ("fragment-results", "customers"),
        ("fragment-uploads", "data"),
        ("fragment-upload", "upload-map"),
        ("fragment-today", "today"),
        ("fragment-cross", "persona-table"),
    ] {
        assert!(html(page).contains(&html(fragment)), "{fragment}");
    }
}

#[test]
fn a_page_is_no_larger_than_sixty_kilobytes() {
    for page in sample::pages("").iter().filter(|page| page.name != "licenses") {
        assert!(
            page.html.len() <= 60_000,
            "{} has {} bytes",
            page.name,
            page.html.len()
        );
    }
}
