//! The name of a blob.

use std::{fmt, str::FromStr};

use kale_domain::id::CompanyId;
use object_store::path::Path;

const LONGEST_PURPOSE: usize = 32;
const LONGEST_ID: usize = 128;

/// A part of a key has other characters than it may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The text is not `company/purpose/id`.
    #[error("`{0}` is not a blob key of the form `cmp_…/purpose/id`")]
    Form(String),
    /// The purpose is empty, too long or not in lower case.
    #[error("the purpose `{0}` of a blob must be 1 to 32 of a-z and -")]
    Purpose(String),
    /// The id is empty, too long or could be read as more than one step of a path.
    #[error("the id `{0}` of a blob must be 1 to 128 of A-Z, a-z, 0-9, _ and -")]
    Id(String),
}

/// Company, purpose and id; written `cmp_…/purpose/id`. No key leads out of its company's folder, because no part can
/// hold a dot or a slash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey {
    company: CompanyId,
    purpose: String,
    id: String,
}

impl BlobKey {
    /// Checks the parts. `purpose` is a word such as `upload`; `id` is the text of the id of what the file belongs to.
    pub fn new(company: CompanyId, purpose: &str, id: &str) -> Result<Self, InvalidKey> {
        let word = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        if !(1..=LONGEST_PURPOSE).contains(&purpose.len()) || !purpose.bytes().all(word) {
            return Err(InvalidKey::Purpose(purpose.to_owned()));
        }
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(safe) {
            return Err(InvalidKey::Id(id.to_owned()));
        }
        Ok(Self {
            company,
            purpose: purpose.to_owned(),
            id: id.to_owned(),
        })
    }

    /// Whose file it is.
    #[must_use]
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The id of what it belongs to.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn path(&self) -> Path {
        Path::from_iter([self.company.to_string().as_str(), &self.purpose, &self.id])
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.company, self.purpose, self.id)
    }
}

impl FromStr for BlobKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || InvalidKey::Form(text.to_owned());
        let (company, rest) = text.split_once('/').ok_or_else(form)?;
        let (purpose, id) = rest.split_once('/').ok_or_else(form)?;
        let company = company
            .parse()
            .map_err(|_says_less: kale_domain::id::ParseIdError| form())?;
        Self::new(company, purpose, id)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_key_is_read_back_from_its_text() {
        let key = BlobKey::new(CompanyId::from_uuid(Uuid::from_u128(7)), "upload", "upl_01h4").unwrap();
        assert_eq!(key.to_string().parse::<BlobKey>().unwrap(), key);
        assert_eq!(key.path().as_ref(), key.to_string());
    }

    #[test]
    fn no_part_leads_out_of_the_folder() {
        let company = CompanyId::from_uuid(Uuid::from_u128(7));
        for part in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a b",
            "a.b",
            "a%2fb",
            "a\0",
            "ä",
            "/etc/passwd",
        ] {
            assert_eq!(
                BlobKey::new(company, "upload", part),
                Err(InvalidKey::Id(part.to_owned()))
            );
            assert_eq!(
                BlobKey::new(company, part, "x"),
                Err(InvalidKey::Purpose(part.to_owned()))
            );
            assert!(format!("{company}/upload/{part}").parse::<BlobKey>().is_err());
            assert!(format!("{part}/upload/x").parse::<BlobKey>().is_err());
        }
        assert!(BlobKey::new(company, "upload", &"x".repeat(129)).is_err());
        assert!(BlobKey::new(company, &"x".repeat(33), "x").is_err());
    }
}
