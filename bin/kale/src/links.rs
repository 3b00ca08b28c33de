//! How links reach their people while no mail is sent: on the terminal of whoever runs the server.

use kale_application::access::LinkDelivery;
use kale_domain::{secret::Token, user::User};

/// Prints links on the standard output, which is no log: they are secrets for as long as they work.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// Where browsers reach this installation.
    pub url: std::sync::Arc<std::sync::OnceLock<String>>,
}

impl Terminal {
    /// Prints links of that installation, once its address is known.
    #[must_use]
    pub fn new() -> Self {
        Self {
            url: std::sync::Arc::default(),
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Terminal {
    #[expect(clippy::print_stdout, reason = "the terminal is where this link goes")]
    fn print(&self, what: &str, path: &str, user: &User, token: &Token) {
        let url = self.url.get().map_or("", String::as_str);
        println!(
            "{what} for {} ({}): {url}/{path}/{}",
            user.name,
            user.email,
            token.reveal()
        );
    }
}

impl LinkDelivery for Terminal {
    fn deliver(&self, user: &User, token: &Token) {
        self.print("Sign-in link", "sign-in/link", user, token);
    }

    fn invite(&self, user: &User, token: &Token) {
        self.print("Invitation", "sign-in/invitation", user, token);
    }
}
