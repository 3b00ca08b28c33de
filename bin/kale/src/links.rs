//! How a sign-in link reaches its person while no mail is sent: on the terminal of whoever runs the server.

use kale_application::access::LinkDelivery;
use kale_domain::{secret::Token, user::User};

/// Prints links on the standard output, which is no log: they are secrets for fifteen minutes.
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

impl LinkDelivery for Terminal {
    #[expect(clippy::print_stdout, reason = "the terminal is where this link goes")]
    fn deliver(&self, user: &User, token: &Token) {
        let url = self.url.get().map_or("", String::as_str);
        println!(
            "Sign-in link for {} ({}): {url}/sign-in/link/{}",
            user.name,
            user.email,
            token.reveal()
        );
    }
}
