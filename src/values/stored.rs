//! Values that the database keeps as JSON text.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::http::error::{Error, Result};

/// A value that the database keeps as JSON text. An answer takes the text as it is: it was checked
/// when it was written.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Stored<T> {
    text: String,
    value: PhantomData<T>,
}

impl<T: Serialize> Stored<T> {
    /// The value as it is kept.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(value: &T) -> Result<Stored<T>> {
        let text = serde_json::to_string(value).map_err(|cause| Error::internal(&cause))?;
        Ok(Stored { text, value: PhantomData })
    }
}

impl<T: Default + Serialize> Default for Stored<T> {
    fn default() -> Stored<T> {
        let text = serde_json::to_string(&T::default()).unwrap_or_else(|_| "null".to_owned());
        Stored { text, value: PhantomData }
    }
}

impl<T: DeserializeOwned> Stored<T> {
    /// The value.
    ///
    /// # Errors
    /// When the text in the database is damaged.
    pub fn read(&self) -> Result<T> {
        serde_json::from_str(&self.text).map_err(|cause| Error::internal(&cause))
    }
}

impl<T> Stored<T> {
    /// The JSON as it is kept.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.text).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Stored<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Stored { text: text.get().to_owned(), value: PhantomData })
    }
}

impl<T, DB: Backend> FromSql<Text, DB> for Stored<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Stored { text: String::from_sql(value)?, value: PhantomData })
    }
}

impl<T: std::fmt::Debug, DB: Backend> ToSql<Text, DB> for Stored<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(&self.text, out)
    }
}
