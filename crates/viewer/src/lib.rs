//! The hosted flow: `/f/{handle}` shows the present card of a subscriber's session, `/f/{handle}/steps` takes what they
//! post. Plain pages and forms; there is no script.
//!
//! Invariants: a page has its own style and content security policy and loads nothing; declining, going back and
//! cancelling are as easy to see and to press as going on; a form posted twice shows the same page; the way to another
//! site is a link.

mod form;
mod markdown;
mod page;
mod problem;
mod routes;
mod style;
mod words;

use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use kale_application::{
    sessions::{Seen, Sessions},
    viewer::{Viewer, ViewerSettings},
};
use kale_web::Problem;

pub use self::problem::surface;

/// What the viewer stands on, beside [`kale_web::Deps`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Who comes, and how pages look.
    pub viewer: Viewer,
    /// Their walks.
    pub sessions: Sessions,
}

/// The page of a card that nobody walks, for a frame of the dashboard: the one that subscribers see, but it sends nothing
/// and only our own pages may hold it.
pub fn picture(company: &str, settings: &ViewerSettings, seen: &Seen) -> Result<HttpResponse, Problem> {
    page::in_frame(company, settings, seen)
}

/// Mounts `/f`.
pub fn configure(deps: Deps) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(Data::new(deps.viewer))
            .app_data(Data::new(deps.sessions))
            .configure(routes::routes);
    }
}
