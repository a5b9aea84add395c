//! The order of a list: a key and a direction, `code` or `-code`.

use std::borrow::Cow;

use deserr::{DeserializeError, Deserr, IntoValue, MergeWithError, Value, ValuePointerRef};
use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::db::beyond::Way;
use crate::values::input::{Errors, from_json_text};
use crate::values::{FromText, Misread, Named};

/// An order that a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort<K> {
    /// What it goes by.
    pub key: K,
    /// Ascending, or descending where the key has a `-` before it.
    pub way: Way,
}

impl<K: Named> Sort<K> {
    /// Ascending.
    pub fn up(key: K) -> Sort<K> {
        Sort { key, way: Way::Up }
    }

    fn all() -> impl Iterator<Item = Sort<K>> {
        K::ALL.iter().flat_map(|key| [Way::Up, Way::Down].map(|way| Sort { key: *key, way }))
    }

    fn name(self) -> Cow<'static, str> {
        match self.way {
            Way::Up => self.key.as_str().into(),
            Way::Down => format!("-{}", self.key.as_str()).into(),
        }
    }
}

impl<K: Named> Serialize for Sort<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<K: Named> FromText for Sort<K> {
    const PATTERN: &'static str = "";
    const EXAMPLE: &'static str = "id";

    fn from_text(text: &str) -> Result<Self, Misread> {
        Sort::all().find(|sort| sort.name() == text).ok_or_else(|| {
            let accepted: Vec<_> = Sort::<K>::all().map(Sort::name).collect();
            let accepted: Vec<&str> = accepted.iter().map(AsRef::as_ref).collect();
            Misread::unknown_value(text, &accepted)
        })
    }
}

impl<K: Named, E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Sort<K> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        from_json_text(value, location)
    }
}

impl<K: Named> PartialSchema for Sort<K> {
    fn schema() -> RefOr<Schema> {
        let names = Sort::<K>::all().map(Sort::name);
        ObjectBuilder::new().schema_type(Type::String).description(Some(K::DESCRIPTION)).enum_values(Some(names)).into()
    }
}

/// `ProjectSort` for the order by a `ProjectSortKey`.
impl<K: Named> ToSchema for Sort<K> {
    fn name() -> Cow<'static, str> {
        K::NAME.trim_end_matches("Key").into()
    }
}
