//! Templates: what a workflow can begin as.

use kale_domain::error::{Classify, ErrorKind};
pub use kale_flow::defaults::{BuiltIn, LeftOut};
use kale_flow::defaults::{DefaultsError, templates};

/// Looking at the templates that come with the product.
#[derive(Debug, Clone, Copy, Default)]
pub struct Templates;

/// Why a template was not found.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// There is no template of that name.
    #[error("there is no such template")]
    NotFound,
    /// The built-in content can't be read: ours to mend.
    #[error(transparent)]
    Defaults(#[from] DefaultsError),
}

impl Templates {
    /// All of them.
    pub fn list(self) -> Result<Vec<BuiltIn>, TemplateError> {
        Ok(templates()?)
    }

    /// One of them.
    pub fn get(self, key: &str) -> Result<BuiltIn, TemplateError> {
        let found = templates()?.into_iter().find(|template| template.key == key);
        found.ok_or(TemplateError::NotFound)
    }
}

impl Classify for TemplateError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::Defaults(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Defaults(_) => "internal",
        }
    }
}
