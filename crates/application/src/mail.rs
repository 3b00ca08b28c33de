//! Mail: what is to be sent waits, sealed, in the transaction that made it necessary; a job sends it, again and again
//! until a mail server took it or its link has ended.

mod kept;
mod outbox;
mod send;

pub use self::{
    kept::{KeptLetter, KeptMails},
    outbox::{Delivery, Outbox},
    send::{PostOffice, SendMail, send_mail},
};
pub use kale_mailer::{Invitation, Link, Mail, Sender};
