//! `GET /assets/…`: the files a browser needs.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    web::Bytes,
};
use kale_web::{Path, Problem};

use crate::{
    assets::{self, Asset},
    routes::{Needs, Routes},
};

/// The routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all =
        routes
            .get("/assets/{tail:.*}", Needs::Nothing, show)
            .head("/assets/{tail:.*}", Needs::Nothing, show);
}

async fn show(request: HttpRequest, Path(tail): Path<String>) -> Result<HttpResponse, Problem> {
    let found = assets::find(&tail).ok_or_else(Problem::not_found)?;
    let mut response = if is_known(&request, &found.asset.etag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    // Weak, because it stands for the file whatever encoding the application sends it in.
    response
        .insert_header((header::ETAG, format!("W/{}", found.asset.etag)))
        .insert_header((header::CACHE_CONTROL, found.cache_control()));
    if is_known(&request, &found.asset.etag) {
        return Ok(response.finish());
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, found.asset.mime.as_str()))
        .body(bytes(found.asset)))
}

fn bytes(asset: &'static Asset) -> Bytes {
    match &asset.bytes {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::copy_from_slice(bytes),
    }
}

fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let header: HeaderName = header::IF_NONE_MATCH;
    let tags = request
        .headers()
        .get_all(header)
        .filter_map(|value: &HeaderValue| value.to_str().ok());
    let same = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag) == etag;
    tags.flat_map(|list| list.split(',')).any(|tag| same(tag.trim()))
}

#[cfg(test)]
mod tests {
    use actix_web::{App, http::StatusCode, test};

    use super::*;

    #[actix_web::test]
    async fn a_file_is_sent_once_and_kept() {
        let app = test::init_service(App::new().configure(|config| routes(&mut Routes::on(config)))).await;
        let get = |etag: &str| {
            let request = test::TestRequest::get().uri(assets::url("css/kale.css"));
            request.insert_header((header::IF_NONE_MATCH, etag)).to_request()
        };

        let first = test::call_service(&app, get("\"other\"")).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(
            first.headers().get(header::CACHE_CONTROL).unwrap(),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            first.headers().get(header::CONTENT_TYPE).unwrap(),
            "text/css; charset=utf-8"
        );
        let etag = first
            .headers()
            .get(header::ETAG)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let again = test::call_service(&app, get(&etag)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[actix_web::test]
    async fn a_path_out_of_the_folder_finds_nothing() {
        let app = test::init_service(App::new().configure(|config| routes(&mut Routes::on(config)))).await;
        for path in ["/assets/x/..%2f..%2fCargo.toml", "/assets/", "/assets/x"] {
            let answer = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
