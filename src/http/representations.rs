//! A cache of resources as JSON, by id and version. The same id and version always give the same JSON, so an entry is
//! never stale. Only reads add entries: a write must not add what it has not committed yet.

use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Weighter};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::http::error::{Error, Result};

/// About how many bytes a resource has.
const EACH: u64 = 2048;

/// A resource as JSON.
#[derive(Debug, Clone)]
pub struct Json(Arc<RawValue>);

impl Json {
    /// Serializes a resource.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(resource: &impl Serialize) -> Result<Json> {
        let text = serde_json::value::to_raw_value(resource).map_err(|cause| Error::internal(&cause))?;
        Ok(Json(Arc::from(text)))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Which form of which resource in which versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The ids that it is made of.
    pub ids: String,
    /// The versions of the ids, which determine everything that the JSON shows.
    pub versions: (i64, i64),
    /// Which parts are shown, and for which caller.
    pub form: String,
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<Key, Json> for Bytes {
    fn weight(&self, key: &Key, json: &Json) -> u64 {
        u64::try_from(key.ids.len() + key.form.len() + json.0.get().len()).unwrap_or(u64::MAX)
    }
}

/// The cache of the resources that were read last.
#[derive(Clone)]
pub struct Representations(Arc<Cache<Key, Json, Bytes>>);

impl Representations {
    /// A cache of so many bytes of JSON.
    pub fn of_bytes(bytes: u64) -> Representations {
        Representations(Arc::new(Cache::with(
            usize::try_from(bytes / EACH).unwrap_or(usize::MAX).max(1),
            bytes,
            Bytes,
            DefaultHashBuilder::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        )))
    }

    /// The resource, if it was read before.
    pub fn get(&self, key: &Key) -> Option<Json> {
        self.0.get(key)
    }

    /// Caches a resource that a read has found.
    pub fn keep(&self, key: Key, json: &Json) {
        self.0.insert(key, json.clone());
    }

    /// The cached resource, or else the result of `read`, which is then cached.
    ///
    /// # Errors
    /// What `read` gives.
    pub fn or_read<T: Serialize>(&self, key: Key, read: impl FnOnce() -> Result<T>) -> Result<Json> {
        if let Some(json) = self.get(&key) {
            return Ok(json);
        }
        let json = Json::of(&read()?)?;
        self.keep(key, &json);
        Ok(json)
    }
}
