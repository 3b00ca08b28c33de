//! Mails: what they say, and how they are handed to a mail server.
//!
//! A [`Mail`] says what somebody is to be told; a [`Letter`] is its words, as HTML and as plain text; a [`Transport`]
//! takes letters. A letter's Message-ID is a function of its key, so that one that is sent twice after a crash is
//! recognised as the same.

mod letter;
mod mail;
mod message_id;
mod sender;
mod smtp;
mod transport;

pub use self::{
    letter::{Letter, LetterError},
    mail::{Code, Invitation, Link, Mail, SignIn},
    message_id::MessageId,
    sender::{ParseSenderError, Sender},
    smtp::{Encryption, Smtp, SmtpServer},
    transport::{SendError, Transport},
};
