//! What a violated constraint means.

use diesel::result::DatabaseErrorKind;

use crate::http::error::{Code, Error, FieldError, Message, Result};

/// Says what a violated constraint means, at the query that violates it: not both databases name the constraint.
pub trait Taken<T> {
    /// A unique violation becomes 409 with the field whose value is taken.
    ///
    /// # Errors
    /// Whatever the query gave.
    fn taken(self, pointer: &str, zh: &str, en: &str) -> Result<T>;

    /// A foreign key violation becomes 409 with what still refers to the row.
    ///
    /// # Errors
    /// Whatever the query gave.
    fn in_use(self, zh: &str, en: &str) -> Result<T>;
}

impl<T> Taken<T> for diesel::QueryResult<T> {
    fn taken(self, pointer: &str, zh: &str, en: &str) -> Result<T> {
        self.map_err(|cause| match cause {
            diesel::result::Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                let detail = Message::new(zh, en);
                let taken = FieldError::new(pointer, Code::Taken, detail.clone());
                Error::new(Code::Taken, detail.zh, detail.en).with_places(vec![taken])
            }
            other => other.into(),
        })
    }

    fn in_use(self, zh: &str, en: &str) -> Result<T> {
        self.map_err(|cause| match cause {
            diesel::result::Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Error::new(Code::InUse, zh, en)
            }
            other => other.into(),
        })
    }
}
