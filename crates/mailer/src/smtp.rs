//! Handing letters to a mail server.

use std::{fmt, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{Letter, SendError, Sender, Transport};

/// How long one command of a conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Codes that speak of us and not of the letter: who we are, or how we come. Somebody can mend that.
const ABOUT_US: [&str; 4] = ["530", "534", "535", "538"];

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte.
    Tls,
    /// TLS after the greeting, or nothing is sent.
    StartTls,
    /// None: for a server on this machine.
    Plain,
}

/// Where a mail server is and who we are to it.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is protected.
    pub encryption: Encryption,
    /// The user and the password, where it wants them.
    pub credentials: Option<(String, SecretString)>,
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// That server, which is told the sender's domain as our name. Nothing is connected yet.
    pub fn new(server: &SmtpServer, sender: &Sender) -> Result<Self, SendError> {
        let parameters = || {
            TlsParameters::new(server.host.clone())
                .map_err(|_says_less: Error| not_now("TLS to the mail server can't be set up"))
        };
        let tls = match server.encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
            .port(server.port)
            .tls(tls)
            .hello_name(ClientId::Domain(sender.domain().to_owned()))
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &server.credentials {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
        })
    }

    /// Connects, greets and signs in, and sends nothing.
    pub async fn check(&self) -> Result<(), SendError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::NotNow {
                reason: "the mail server closed the conversation".to_owned(),
            }),
            Err(error) => Err(classified(&error)),
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

impl Transport for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter, at: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let message = letter.message(at)?;
            match self.transport.send(message).await {
                Ok(_its_words) => Ok(()),
                Err(error) => Err(classified(&error)),
            }
        })
    }
}

/// What an error means for the letter, in words of ours: the server's own repeat the address.
fn classified(error: &Error) -> SendError {
    let code = error.status().map(|code| code.to_string());
    match code {
        Some(code) if error.is_permanent() && !ABOUT_US.contains(&code.as_str()) => {
            SendError::Refused { code }
        }
        Some(code) if ABOUT_US.contains(&code.as_str()) => SendError::NotNow {
            reason: format!("the mail server does not let us in ({code}); check KALE_SMTP_URL"),
        },
        Some(code) => SendError::NotNow {
            reason: format!("the mail server takes no mail just now ({code})"),
        },
        None if error.is_tls() => not_now("the mail server can't be spoken to by TLS"),
        None if error.is_timeout() => not_now("the mail server does not answer in time"),
        None => not_now("the mail server can't be reached"),
    }
}

fn not_now(reason: &str) -> SendError {
    SendError::NotNow {
        reason: reason.to_owned(),
    }
}
