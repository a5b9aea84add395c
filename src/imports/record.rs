//! One row of an upload, and what is wrong with it.

use std::collections::HashMap;
use std::sync::Arc;

use deserr::{DeserializeError, Deserr, IntoValue, Value, ValueKind, ValuePointerRef};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::http::error::{Code, FieldError, Message};
use crate::values::input::{Errors, shortened};
use crate::workbooks::Place;

/// Where a row stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlace {
    /// As a person counts it, from 1.
    #[serde(rename = "r")]
    pub row: u64,
    /// The sheet of a workbook.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Arc<str>>,
    /// The file in an archive.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
}

/// One place of a row that is wrong, as the report keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Where, if not in the row itself.
    pub row: u64,
    /// For example `G13`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The heading or field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// What stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong and what would be right.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// The columns of a table: each field with its heading and where it stands.
#[derive(Debug, Default)]
pub struct Columns {
    /// By field.
    pub headings: HashMap<&'static str, (String, u32)>,
    /// Whether its cells have names.
    pub has_cells: bool,
}

/// One row: a JSON object by field names, whatever file it came from.
#[derive(Debug)]
pub struct Record {
    /// Where it stands.
    pub place: RowPlace,
    /// What it says, or why it cannot be read.
    pub value: Result<Json, RowError>,
    /// The columns of the table that it comes from.
    pub columns: Option<Arc<Columns>>,
    /// The original texts of cells whose value was normalized: 1,080.5 is read as 1080.5.
    pub originals: HashMap<&'static str, String>,
}

impl Record {
    /// Without the empty cells of a table: what is registered stays. A null of NDJSON is said on purpose, and stays one.
    pub fn without_empty_cells(mut self) -> Record {
        if let (Some(_), Ok(Json::Object(fields))) = (&self.columns, &mut self.value) {
            fields.retain(|_, value| !value.is_null());
        }
        self
    }

    /// Reads the row into a type.
    pub fn read<T: Deserr<Errors>>(&self) -> Result<T, Vec<RowError>> {
        let value = self.value.as_ref().map_err(|error| vec![error.clone()])?;
        deserr::deserialize::<T, _, Errors>(value.clone()).map_err(|errors| {
            let mut errors = errors.0;
            // In the order of the table, as people read it.
            errors.sort_by_key(|error| self.heading(&error.pointer).map(|(_, column)| *column));
            errors.into_iter().map(|error| self.error(error)).collect()
        })
    }

    /// The heading and column of a field.
    fn heading(&self, pointer: &str) -> Option<&(String, u32)> {
        let field = pointer.trim_start_matches('/').split('/').next()?;
        self.columns.as_ref()?.headings.get(field)
    }

    /// An error at a field of the row.
    pub fn error(&self, error: FieldError) -> RowError {
        let field = error.pointer.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        let known = self.heading(&error.pointer);
        let cell =
            known.filter(|_| self.columns.as_ref().is_some_and(|columns| columns.has_cells)).and_then(|(_, column)| {
                let row = u32::try_from(self.place.row).ok()?;
                Some(Place { row, column: *column }.to_string())
            });
        let read = self.value.as_ref().ok().and_then(|value| value.pointer(&error.pointer));
        let value = self.originals.get(field.as_str()).map(|text| shortened(text)).or_else(|| match read? {
            Json::Null => None,
            Json::String(text) => Some(shortened(text)),
            other => Some(shortened(&other.to_string())),
        });
        RowError {
            row: self.place.row,
            cell,
            column: known.map(|(heading, _)| heading.clone()).or(Some(field).filter(|field| !field.is_empty())),
            code: error.code.as_str().to_owned(),
            value,
            zh: error.detail.zh,
            en: error.detail.en,
        }
    }

    /// An error at a field of the row, of a code and its sentences.
    pub fn wrong(&self, field: &str, code: Code, zh: impl Into<String>, en: impl Into<String>) -> RowError {
        self.error(FieldError::new(format!("/{field}"), code, Message::new(zh, en)))
    }
}

/// A field of a row: an upsert changes what is given, and leaves what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// The file has no such field: what is registered stays.
    #[default]
    Absent,
    /// Null, or an empty cell: what is registered is cleared.
    Cleared,
    /// A value.
    Value(T),
}

impl<T> Given<T> {
    /// What an optional field becomes.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Given::Absent => before,
            Given::Cleared => None,
            Given::Value(value) => Some(value),
        }
    }

    /// What a required field becomes; an error where nothing is given or registered.
    pub fn required(self, before: Option<T>, field: &str, record: &Record, errors: &mut Vec<RowError>) -> Option<T> {
        let value = match self {
            Given::Absent => before,
            Given::Cleared => None,
            Given::Value(value) => Some(value),
        };
        if value.is_none() {
            errors.push(record.wrong(
                field,
                Code::MissingField,
                format!("缺少必填项{field}"),
                format!("{field} is required"),
            ));
        }
        value
    }
}

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Given<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        if value.kind() == ValueKind::Null {
            return Ok(Given::Cleared);
        }
        T::deserialize_from_value(value, location).map(Given::Value)
    }
}

/// The keys that occurred in a file, as short hashes, to find duplicates.
#[derive(Debug, Default)]
pub struct Seen(HashMap<u128, u64>);

impl Seen {
    /// The row that named the key before, if one did.
    pub fn before(&mut self, key: &str, row: u64) -> Option<u64> {
        let digest = Sha256::digest(key);
        let short = digest.iter().take(16).fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
        match self.0.entry(short) {
            std::collections::hash_map::Entry::Occupied(known) => Some(*known.get()),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(row);
                None
            }
        }
    }
}

/// The error of a duplicate key.
pub fn twice(record: &Record, field: &str, earlier: u64) -> RowError {
    record.wrong(
        field,
        Code::Duplicate,
        format!("与第{earlier}行重复；每条记录只给出一次"),
        format!("repeats row {earlier}; give each record once"),
    )
}
