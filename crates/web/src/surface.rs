//! The surfaces of the server: which paths speak JSON, which HTML, and what a browser may do there.

use std::{fmt, sync::Arc};

use actix_web::{
    HttpResponse,
    http::{Method, header::HeaderValue},
};

use crate::Problem;

/// The content security policy of what is no page at all.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// What a page for a problem is made from.
#[derive(Debug)]
pub struct ProblemPage<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// The request's id.
    pub request_id: &'a str,
    /// The request's method.
    pub method: &'a Method,
    /// The request's path and query, to come back to.
    pub target: &'a str,
    /// Whether htmx asks, so that a fragment is the answer.
    pub htmx: bool,
}

/// Makes the answer to a problem; its own status and the problem's headers are added after it. It may redirect.
pub type RenderProblem = dyn Fn(&ProblemPage<'_>) -> HttpResponse + Send + Sync;

/// The paths under one prefix.
#[derive(Clone)]
pub struct Surface {
    prefix: &'static str,
    policy: HeaderValue,
    pages: Option<Arc<RenderProblem>>,
}

impl Surface {
    /// Paths that speak JSON. `prefix` is whole segments: `/api` covers `/api` and `/api/v1`, not `/apis`.
    #[must_use]
    pub const fn json(prefix: &'static str) -> Self {
        Self {
            prefix,
            policy: NOTHING,
            pages: None,
        }
    }

    /// Paths that answer pages, with that content security policy. Problems become pages where the client takes HTML.
    #[must_use]
    pub fn html(
        prefix: &'static str,
        policy: HeaderValue,
        pages: impl Fn(&ProblemPage<'_>) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        Self {
            prefix,
            policy,
            pages: Some(Arc::new(pages)),
        }
    }

    /// The content security policy of its answers.
    pub(crate) fn policy(&self) -> &HeaderValue {
        &self.policy
    }

    /// How it shows problems to browsers.
    pub(crate) fn pages(&self) -> Option<&RenderProblem> {
        self.pages.as_deref()
    }

    fn covers(&self, path: &str) -> bool {
        let prefix = self.prefix.trim_end_matches('/');
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Debug for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surface")
            .field("prefix", &self.prefix)
            .field("html", &self.pages.is_some())
            .finish_non_exhaustive()
    }
}

/// All surfaces; the longest prefix that covers a path counts, and what none covers speaks JSON.
#[derive(Debug, Clone)]
pub(crate) struct Surfaces(Vec<Surface>);

impl Default for Surfaces {
    fn default() -> Self {
        Self(vec![Surface::json("/")])
    }
}

impl Surfaces {
    pub(crate) fn add(&mut self, surface: Surface) {
        self.0.retain(|earlier| earlier.prefix != surface.prefix);
        self.0.push(surface);
        self.0
            .sort_by_key(|surface| std::cmp::Reverse(surface.prefix.trim_end_matches('/').len()));
    }

    /// The surface of a path; `None` only for what is no path, such as `*`.
    pub(crate) fn of(&self, path: &str) -> Option<&Surface> {
        self.0.iter().find(|surface| surface.covers(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_of_whole_segments_counts() {
        let mut surfaces = Surfaces::default();
        surfaces.add(Surface::html("/", HeaderValue::from_static("x"), |_| {
            HttpResponse::Ok().finish()
        }));
        surfaces.add(Surface::json("/api"));

        for (path, prefix) in [
            ("/api", "/api"),
            ("/api/v1/x", "/api"),
            ("/apis", "/"),
            ("/", "/"),
            ("/docs", "/"),
        ] {
            assert_eq!(surfaces.of(path).unwrap().prefix, prefix, "{path}");
        }
    }
}
