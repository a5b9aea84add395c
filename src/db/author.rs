//! Who makes a change, as the transaction knows it.

use crate::findings::Language;

/// Who makes the changes of a transaction, and for which request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// The token's holder; empty when the service itself makes the change.
    pub subject: String,
    /// The organization on whose behalf the change is made. The write locks the division of this organization; a code
    /// that is not registered counts as a division of its own.
    pub organization_code: String,
    /// The request's id, as in the log.
    pub request_id: Option<String>,
    /// The language that the request is answered in.
    pub language: Language,
}

/// The service itself, when its background work acts for an organization.
impl From<&str> for Author {
    fn from(organization_code: &str) -> Author {
        Author { organization_code: organization_code.to_owned(), ..Author::default() }
    }
}

/// The same.
impl From<&String> for Author {
    fn from(organization_code: &String) -> Author {
        Author::from(organization_code.as_str())
    }
}
