//! Who makes a change, as the transaction knows it.

use crate::findings::Language;

/// Who makes the changes of a transaction, and for which request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// The token's holder; empty where the service itself is at work.
    pub subject: String,
    /// The organization that is acted for. Its division is the one that the write excludes others from; a code that is not
    /// registered counts as a division of its own.
    pub organization_code: String,
    /// The request's id, as in the log.
    pub request_id: Option<String>,
    /// The language that the request is answered in.
    pub language: Language,
}

/// The service itself, at work for an organization beside the requests.
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
