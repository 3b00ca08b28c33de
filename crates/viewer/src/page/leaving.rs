//! The page that leads away: a post never does, and who followed a call to action sees where it goes.

use askama::Template;
use kale_application::sessions::SecureUrl;

use super::Around;
use crate::words::Words;

/// Where a call to action leads. It opens by itself; who has that turned off takes the link.
#[derive(Debug, Template)]
#[template(path = "flow/leaving.html")]
pub(super) struct LeavingPage<'a> {
    words: &'static Words,
    sheet: &'a str,
    company: &'a str,
    title: String,
    url: &'a str,
    go: String,
}

impl<'a> LeavingPage<'a> {
    pub(super) fn new(around: &'a Around<'_>, sheet: &'a str, url: &'a SecureUrl) -> Self {
        Self {
            words: around.words,
            sheet,
            company: around.company,
            title: around.words.leaving(url.host()),
            url: url.as_str(),
            go: around.words.open(url.host()),
        }
    }
}
