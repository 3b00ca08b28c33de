//! The table of routes: each part of the dashboard puts its own in, and the router is built from nothing else.

use actix_web::{
    App, FromRequest, Handler, Responder,
    http::Method,
    web::{self, ServiceConfig},
};
use kale_domain::access::Permission;

/// What a route wants of whoever calls. The parameters of its handler see to it; tests ask every route as everybody
/// and compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: strangers are answered.
    Nothing,
    /// That they are signed in, as whoever.
    SignedIn,
    /// That they are a person who is signed in: programs are refused.
    Person,
    /// That they are signed in and act in a company.
    Company,
    /// This permission, and a company to act in unless it is the one for what belongs to no company.
    May(Permission),
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// What it wants of whoever calls.
    pub needs: Needs,
}

/// Mounts routes and writes them down. Parts of the dashboard are handed this and no `ServiceConfig`, so that no route
/// is missing in [`routes`].
pub(crate) struct Routes<'a> {
    config: &'a mut ServiceConfig,
    table: Vec<Route>,
}

impl<'a> Routes<'a> {
    pub(crate) const fn on(config: &'a mut ServiceConfig) -> Self {
        Self {
            config,
            table: Vec::new(),
        }
    }

    pub(crate) fn into_table(self) -> Vec<Route> {
        self.table
    }

    /// Mounts `GET`.
    pub(crate) fn get<F, Args>(&mut self, path: &'static str, needs: Needs, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.mount(Method::GET, path, needs, handler)
    }

    /// Mounts `POST`.
    pub(crate) fn post<F, Args>(&mut self, path: &'static str, needs: Needs, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.mount(Method::POST, path, needs, handler)
    }

    /// Mounts `HEAD`.
    pub(crate) fn head<F, Args>(&mut self, path: &'static str, needs: Needs, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.mount(Method::HEAD, path, needs, handler)
    }

    /// Mounts the routes of a part.
    pub(crate) fn part(&mut self, routes: fn(&mut Routes<'_>)) -> &mut Self {
        routes(self);
        self
    }

    fn mount<F, Args>(&mut self, method: Method, path: &'static str, needs: Needs, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::method(method.clone()).to(handler);
        let _config = self.config.route(path, route);
        self.table.push(Route { method, path, needs });
        self
    }
}

/// Every route of the dashboard, in the order the router asks them: what [`configure`](crate::configure) mounts. Those of
/// kept mails come on top, on a developer's machine only.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut table = Vec::new();
    drop(App::new().configure(|config| {
        let mut routes = Routes::on(config);
        crate::mount(&mut routes);
        table = routes.into_table();
    }));
    table
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use actix_web::{http::StatusCode, test as web_test};

    use super::*;

    #[test]
    fn no_route_is_mounted_twice() {
        let all = routes();
        let distinct: BTreeSet<String> = all
            .iter()
            .map(|one| format!("{} {}", one.method, one.path))
            .collect();
        assert_eq!(distinct.len(), all.len());
    }

    /// What mounts a route; only this file may.
    const MOUNTS: [&str; 6] = [
        ".route(",
        ".service(",
        ".configure(",
        "#[get(",
        "#[post(",
        "#[route(",
    ];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }

    /// Whether a source mounts a route beside the table. Its tests may.
    fn mounts_beside(source: &str) -> bool {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        MOUNTS.iter().any(|word| code.contains(word))
    }

    #[test]
    fn nothing_is_mounted_beside_the_table() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut all = Vec::new();
        sources(&folder, &mut all);
        let beside: Vec<&PathBuf> = all
            .iter()
            .filter(|path| {
                !path.ends_with("src/routes.rs") && mounts_beside(&fs::read_to_string(path).unwrap())
            })
            .collect();

        assert_eq!(beside, Vec::<&PathBuf>::new());
        assert!(all.len() > 60, "{} sources", all.len());
        assert!(mounts_beside("config.route(\"/widgets\", get().to(show));"));
        assert!(mounts_beside("#[get(\"/widgets\")]\nasync fn show() {}"));
    }

    #[actix_web::test]
    async fn what_is_mounted_is_answered_and_stands_in_the_table() {
        let mut table = Vec::new();
        let app = App::new().configure(|config| {
            let mut routes = Routes::on(config);
            let _more = routes.get("/widgets/{id}", Needs::SignedIn, async || "here");
            table = routes.into_table();
        });
        let app = web_test::init_service(app).await;

        let get = web_test::TestRequest::get().uri("/widgets/1").to_request();
        assert_eq!(web_test::call_service(&app, get).await.status(), StatusCode::OK);
        let route = Route {
            method: Method::GET,
            path: "/widgets/{id}",
            needs: Needs::SignedIn,
        };
        assert_eq!(table, [route]);
    }
}
