//! Why a file could not be read to its end.

use std::io;

use kale_domain::upload::Unreadable;

/// What stops the reading of a whole file; a wrong row never does.
#[derive(Debug, thiserror::Error)]
pub enum TabularError {
    /// The file is at fault; its owner has to mend it.
    #[error("{}", .0.message)]
    Unreadable(Unreadable),
    /// The bytes did not arrive; trying again may help.
    #[error("the bytes of the file could not be read")]
    Io(#[from] io::Error),
}

impl TabularError {
    /// The file is at fault.
    pub(crate) fn unreadable(code: &str, line: Option<u64>, message: impl Into<String>) -> Self {
        Self::Unreadable(Unreadable {
            code: code.to_owned(),
            line,
            message: message.into(),
        })
    }
}
