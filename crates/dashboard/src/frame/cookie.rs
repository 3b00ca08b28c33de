//! Cookies of ours beside the sign-in's.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Browsers and proxies take this much at least.
const LONGEST: usize = 3_000;

/// A cookie of ours, by its name. It holds a text that is not secret and that nobody signed: read it as input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    /// Its name, without the prefix of secure ones.
    pub(crate) name: &'static str,
    /// How long it is kept, in minutes.
    pub(crate) minutes: i64,
}

impl Keep {
    /// `__Host-` makes browsers refuse one that another host or path has set.
    fn full_name(self, secure: bool) -> String {
        if secure {
            format!("__Host-{}", self.name)
        } else {
            self.name.to_owned()
        }
    }

    /// What the request brings; `None` where it brings none, or none that we wrote.
    pub(crate) fn read(self, request: &HttpRequest, secure: bool) -> Option<String> {
        let cookie = request.cookie(&self.full_name(secure))?;
        let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
    }

    /// Lets the browser keep that text. One that is too long is not kept: no page needs one.
    pub(crate) fn write(self, response: &mut HttpResponse, text: &str, secure: bool) {
        let value = URL_SAFE_NO_PAD.encode(text);
        if value.len() <= LONGEST {
            self.set(response, value, Duration::minutes(self.minutes), secure);
        }
    }

    /// Lets the browser forget it.
    pub(crate) fn remove(self, response: &mut HttpResponse, secure: bool) {
        self.set(response, String::new(), Duration::ZERO, secure);
    }

    fn set(self, response: &mut HttpResponse, value: String, max_age: Duration, secure: bool) {
        let cookie = Cookie::build(self.full_name(secure), value)
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .finish();
        add(response, &cookie);
    }
}

/// Adds a cookie to an answer.
pub(crate) fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        // A value that is no header: none of ours is.
        tracing::error!(error = %error, cookie = cookie.name(), "a cookie could not be set");
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const KEEP: Keep = Keep {
        name: "kale_test",
        minutes: 15,
    };

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let mut response = HttpResponse::Ok().finish();
        KEEP.write(&mut response, "Größe\n/customers?q=a; b", true);
        let cookie = response.cookies().next().unwrap().into_owned();
        assert_eq!(cookie.name(), "__Host-kale_test");
        assert!(cookie.http_only().unwrap() && cookie.secure().unwrap());

        let request = TestRequest::get().cookie(cookie).to_http_request();
        assert_eq!(KEEP.read(&request, true).unwrap(), "Größe\n/customers?q=a; b");
        assert_eq!(KEEP.read(&request, false), None);
    }

    #[test]
    fn what_we_did_not_write_is_not_read() {
        for value in ["", "?", "//79"] {
            let request = TestRequest::get()
                .cookie(Cookie::new("kale_test", value))
                .to_http_request();
            assert_eq!(KEEP.read(&request, false), None, "{value}");
        }
    }
}
