//! Keyset pagination of lists: the thousandth page costs as much as the first.
//!
//! A cursor holds the sort key and id of the last item, and a fingerprint of the filters and the
//! sort it belongs to, so that it cannot be used with others.

use std::str::FromStr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::db::beyond::Way;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{self, ETag};
use crate::http::filter;
use crate::values::{FromText, Instant, Misread, named_enum, shortened, text_json};

/// Items of a page when the caller does not say.
pub const DEFAULT_LIMIT: i32 = 50;
/// Items of a page at most.
pub const MAXIMUM_LIMIT: i32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the sort.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are on all pages; only with `count=exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub total: Option<i64>,
}

named_enum! {
    /// Whether the total is counted.
    Count: "Count all items of the list." {
        /// Count them.
        Exact = "exact",
    }
}

/// Items of a page, as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i32);

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromText for Limit {
    const PATTERN: &'static str = r"^\d{1,3}$";
    const EXAMPLE: &'static str = "50";

    fn from_text(text: &str) -> std::result::Result<Self, Misread> {
        let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|text| text.parse().ok())
            .filter(|limit| (1..=MAXIMUM_LIMIT).contains(limit))
            .map(Limit)
            .ok_or_else(|| {
                let text = shortened(text);
                Misread::new(
                    Code::OutOfRange,
                    format!("须为1到{MAXIMUM_LIMIT}之间的整数；收到\"{text}\""),
                    format!("must be a whole number between 1 and {MAXIMUM_LIMIT}; got \"{text}\""),
                )
            })
    }
}

text_json!(Limit);

/// What a list is sorted by, of one row: in the order in which both databases sort the column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// A text, by its bytes.
    Text(String),
    /// A number.
    Number(i64),
    /// A moment.
    Moment(Instant),
}

impl std::fmt::Display for SortKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SortKey::Text(text) => text.fmt(f),
            SortKey::Number(number) => number.fmt(f),
            SortKey::Moment(moment) => moment.fmt(f),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "f")]
    fingerprint: String,
    #[serde(rename = "k")]
    key: String,
    id: String,
}

/// Which page of which list is wanted.
#[derive(Debug, Clone)]
pub struct Paging {
    limit: i32,
    after: Option<(String, String)>,
    fingerprint: String,
}

impl Paging {
    /// From the parameters of a list; `query` is all of them.
    ///
    /// # Errors
    /// 400 when the cursor belongs to other filters.
    pub fn new(query: &impl Serialize, limit: Option<Limit>, cursor: Option<&str>) -> Result<Paging> {
        let limit = limit.map_or(DEFAULT_LIMIT, |limit| limit.0);
        let fingerprint = fingerprint(query)?;
        let after = cursor.map(|cursor| read_cursor(cursor, &fingerprint)).transpose()?;
        Ok(Paging { limit, after, fingerprint })
    }

    /// The number of rows to fetch: one more than the page holds, to know whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The sort key and id after which the page starts.
    ///
    /// # Errors
    /// 400 when the key is not of the sort's type.
    pub fn after<K: FromStr>(&self) -> Result<Option<(K, String)>> {
        let Some((key, id)) = &self.after else { return Ok(None) };
        let key = key.parse().map_err(|_| Error::of(Code::BadCursor))?;
        Ok(Some((key, id.clone())))
    }

    /// The page made of the rows fetched; `position` gives a row's sort key and id.
    pub fn page<T>(&self, mut rows: Vec<T>, total: Option<i64>, position: impl Fn(&T) -> (String, String)) -> Page<T> {
        let size = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let (key, id) = position(last);
            let cursor = Cursor { fingerprint: self.fingerprint.clone(), key, id };
            // A cursor is three strings, which always serialize.
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
        });
        Page { items: rows, next_cursor, total }
    }
}

/// What a list finds in each of the divisions that its caller sees, one after the other.
#[derive(Debug)]
pub struct Found<T> {
    rows: Vec<T>,
    divisions: usize,
    total: Option<i64>,
    known: Option<i64>,
}

impl<T> Found<T> {
    /// Nothing yet; with a total if it is asked for.
    pub fn of(count: Option<Count>) -> Found<T> {
        Found { rows: Vec::new(), divisions: 0, total: count.map(|_| 0), known: None }
    }

    /// The same with a total that is known without counting.
    pub fn known(self, known: Option<i64>) -> Found<T> {
        Found { total: self.total.filter(|_| known.is_none()), known, ..self }
    }

    /// Adds the first rows of a division, in the order of the sort.
    pub fn rows(&mut self, rows: Vec<T>) {
        self.divisions += 1;
        self.rows.extend(rows);
    }

    /// Adds the rows that there are in a division, if a total is asked for.
    ///
    /// # Errors
    /// Those of `count`.
    pub fn count<E>(&mut self, count: impl FnOnce() -> std::result::Result<i64, E>) -> std::result::Result<(), E> {
        if let Some(total) = self.total {
            self.total = Some(total + count()?);
        }
        Ok(())
    }

    /// The page: the first rows of all divisions together. `position` gives a row's sort key and id.
    pub fn page(mut self, paging: &Paging, way: Way, position: impl Fn(&T) -> (SortKey, String)) -> Page<T> {
        if self.divisions > 1 {
            self.rows.sort_by_cached_key(&position);
            if way == Way::Down {
                self.rows.reverse();
            }
        }
        paging.page(self.rows, self.total.or(self.known), |row| {
            let (key, id) = position(row);
            (key.to_string(), id)
        })
    }
}

/// A fingerprint of a query's filters and sort, without its page.
fn fingerprint(query: &impl Serialize) -> Result<String> {
    let mut query = serde_json::to_value(query).map_err(|cause| Error::internal(&cause))?;
    if let Value::Object(parameters) = &mut query {
        for paging in ["limit", "cursor", "count"] {
            parameters.remove(paging);
        }
    }
    let digest = Sha256::digest(query.to_string());
    Ok(URL_SAFE_NO_PAD.encode(&digest[..9]))
}

fn read_cursor(text: &str, fingerprint: &str) -> Result<(String, String)> {
    let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
    // The databases reject NUL in a text, and no key or id contains one.
    let is_sound = |cursor: &Cursor| !cursor.key.contains('\0') && !cursor.id.contains('\0');
    match cursor.filter(is_sound) {
        Some(cursor) if cursor.fingerprint == fingerprint => Ok((cursor.key, cursor.id)),
        _ => Err(Error::of(Code::BadCursor)),
    }
}

impl<T> Page<T> {
    /// The same page of other items.
    pub fn with<U>(&self, items: Vec<U>) -> Page<U> {
        Page { items, next_cursor: self.next_cursor.clone(), total: self.total }
    }

    /// The page with each item turned into another form.
    pub fn map<U>(self, form: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(form).collect(), next_cursor: self.next_cursor, total: self.total }
    }
}

/// A page as it is sent.
#[derive(Debug)]
pub struct WrittenPage {
    json: Vec<u8>,
    next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of items that are JSON already: their two parts are copied, and not looked at.
    pub fn written<'a>(&'a self, parts: impl Fn(&'a T) -> [&'a str; 2]) -> WrittenPage {
        let items: Vec<[&str; 2]> = self.items.iter().map(parts).collect();
        let mut json = Vec::with_capacity(128 + items.iter().flatten().map(|part| part.len() + 1).sum::<usize>());
        json.extend_from_slice(b"{\"items\":[");
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                json.push(b',');
            }
            item.iter().for_each(|part| json.extend_from_slice(part.as_bytes()));
        }
        json.push(b']');
        // A cursor is of the letters of base64, which need no escape.
        if let Some(cursor) = &self.next_cursor {
            json.extend_from_slice(format!(",\"next_cursor\":\"{cursor}\"").as_bytes());
        }
        if let Some(total) = self.total {
            json.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        json.push(b'}');
        WrittenPage { json, next_cursor: self.next_cursor.clone() }
    }
}

impl WrittenPage {
    /// The answer, or 304 when the caller has this page already.
    ///
    /// # Errors
    /// 400 when `If-None-Match` is malformed.
    pub fn read(self, request: &HttpRequest, etag: &ETag) -> Result<HttpResponse> {
        etag::unless_known(request, etag, |response| {
            link(request, response, self.next_cursor.as_deref());
            response.content_type(header::ContentType::json()).body(self.json)
        })
    }
}

/// Adds the address of the next page.
fn link(request: &HttpRequest, response: &mut HttpResponseBuilder, next_cursor: Option<&str>) {
    let Some(cursor) = next_cursor else { return };
    let mut query = String::new();
    for (name, value) in filter::pairs(request.query_string()) {
        if name != "cursor" {
            query.push_str(&format!("{}={}&", filter::query_value(&name), filter::query_value(&value)));
        }
    }
    let link = format!("<{}?{query}cursor={cursor}>; rel=\"next\"", request.path());
    response.insert_header((header::LINK, link));
}

impl<T: Serialize> Page<T> {
    /// The answer, with the address of the next page in `Link`.
    pub fn response(&self, request: &HttpRequest) -> HttpResponse {
        self.fill(request, &mut HttpResponse::Ok())
    }

    /// The same, or 304 when the caller has this page already.
    ///
    /// # Errors
    /// 400 when `If-None-Match` is malformed.
    pub fn read(&self, request: &HttpRequest, etag: &ETag) -> Result<HttpResponse> {
        etag::unless_known(request, etag, |response| self.fill(request, response))
    }

    fn fill(&self, request: &HttpRequest, response: &mut HttpResponseBuilder) -> HttpResponse {
        link(request, response, self.next_cursor.as_deref());
        response.json(self)
    }
}

/// Orders a boxed query by a column and the id, or by the id alone, in one direction, and starts it after the cursor.
macro_rules! keyset {
    ($query:expr, $paging:expr, $way:expr, $id:expr) => {{
        use $crate::db::beyond::Way;
        let mut query = $query;
        if let Some((_, last_id)) = $paging.after::<String>()? {
            query = match $way {
                Way::Up => query.filter($id.gt(last_id)),
                Way::Down => query.filter($id.lt(last_id)),
            };
        }
        match $way {
            Way::Up => query.order($id.asc()),
            Way::Down => query.order($id.desc()),
        }
    }};
    ($query:expr, $paging:expr, $way:expr, $id:expr, $key:expr, $type:ty) => {{
        use $crate::db::beyond::{Way, beyond};
        let mut query = $query;
        if let Some((last_key, last_id)) = $paging.after::<$type>()? {
            query = query.filter(beyond(($key, $id), $way, (last_key, last_id)));
        }
        match $way {
            Way::Up => query.order(($key.asc(), $id.asc())),
            Way::Down => query.order(($key.desc(), $id.desc())),
        }
    }};
}
pub(crate) use keyset;
