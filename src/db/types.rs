//! Instants, ids, texts and enums: one form in JSON, one in the database, valid once made.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;

use crate::error::Code;
pub(crate) use crate::input::text_json;
pub use crate::input::{FromText, Misread, shortened};

/// Stores a string-like type as TEXT; it needs `as_str` and `from_database`.
macro_rules! text_sql {
    ($($name:ty),+) => {$(
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::expression::AsExpression;
            use diesel::internal::derives::as_expression::Bound;
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::{Nullable, SingleValue, Text};

            impl<DB: Backend> FromSql<Text, DB> for $name
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    <$name>::from_database(String::from_sql(value)?)
                }
            }
            impl<DB: Backend, ST: SingleValue> diesel::Queryable<ST, DB> for $name
            where
                Self: FromSql<ST, DB>,
            {
                type Row = Self;
                fn build(row: Self) -> deserialize::Result<Self> {
                    Ok(row)
                }
            }
            impl<DB: Backend> ToSql<Text, DB> for $name
            where
                str: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
                }
            }
            impl<DB: Backend> ToSql<Nullable<Text>, DB> for $name
            where
                Self: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <Self as ToSql<Text, DB>>::to_sql(self, out)
                }
            }
            impl AsExpression<Text> for $name {
                type Expression = Bound<Text, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'e> AsExpression<Text> for &'e $name {
                type Expression = Bound<Text, &'e $name>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl AsExpression<Nullable<Text>> for $name {
                type Expression = Bound<Nullable<Text>, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'e> AsExpression<Nullable<Text>> for &'e $name {
                type Expression = Bound<Nullable<Text>, &'e $name>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
        };
    )+};
}
pub(crate) use text_sql;

/// Gives an enum with `ALL`, `as_str` and `from_name` its JSON form, its column and its schema.
macro_rules! text_enum {
    ($($name:ident: $description:literal),+ $(,)?) => {$(
        impl $name {
            fn from_database(text: String) -> diesel::deserialize::Result<Self> {
                Self::from_name(&text)
                    .ok_or_else(|| format!("{text:?} is no {}", stringify!($name)).into())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_name(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is unknown")))
            }
        }

        impl $crate::input::FromText for $name {
            const PATTERN: &'static str = "";
            const EXAMPLE: &'static str = Self::ALL[0].as_str();

            fn from_text(text: &str) -> ::std::result::Result<Self, $crate::input::Misread> {
                Self::from_name(text).ok_or_else(|| {
                    let accepted: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
                    $crate::input::Misread::unknown_value(text, &accepted)
                })
            }
        }

        impl<E: deserr::DeserializeError + deserr::MergeWithError<$crate::input::Errors>> deserr::Deserr<E> for $name {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef<'_>,
            ) -> ::std::result::Result<Self, E> {
                $crate::input::from_json_text(value, location)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some($description))
                    .enum_values(Some(Self::ALL.iter().map(|one| one.as_str())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        $crate::db::types::text_sql!($name);
    )+};
}
pub(crate) use text_enum;

/// Declares an enum of the domain with its names in JSON and the database.
macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident: $description:literal { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name in JSON and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The one of that name.
            pub fn from_name(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        $crate::db::types::text_enum!($name: $description);
    };
}
pub(crate) use named_enum;

/// Declares the id of a resource: a UUID, made in order of time (version 7).
macro_rules! id_type {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// A new one, later than all before it.
            #[expect(clippy::new_without_default, reason = "an id is made on purpose, never by default")]
            pub fn new() -> Self {
                $name(uuid::Uuid::now_v7().to_string())
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn from_database(text: String) -> diesel::deserialize::Result<Self> {
                Ok($name(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $crate::input::FromText for $name {
            const PATTERN: &'static str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
            const EXAMPLE: &'static str = "0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b";

            fn from_text(text: &str) -> ::std::result::Result<Self, $crate::input::Misread> {
                $crate::db::types::uuid_text(text).map($name)
            }
        }

        $crate::input::text_json!($name);
        $crate::db::types::text_sql!($name);
    )+};
}
pub(crate) use id_type;

/// The canonical text of a UUID.
///
/// # Errors
/// When it is none.
pub fn uuid_text(text: &str) -> Result<String, Misread> {
    uuid::Uuid::try_parse(text).map(|id| id.to_string()).map_err(|_| {
        let text = shortened(text);
        Misread::new(
            Code::InvalidId,
            format!("须为UUID，例如0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b；收到\"{text}\""),
            format!("must be a UUID such as 0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b; got \"{text}\""),
        )
    })
}

/// Declares a text with a largest length in characters; it is trimmed and never empty.
macro_rules! limited_text {
    ($($(#[$doc:meta])* $name:ident, $maximum:ident, $lines:literal, $pattern:literal, $example:literal);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn from_database(text: String) -> diesel::deserialize::Result<Self> {
                Ok($name(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromText for $name {
            const PATTERN: &'static str = $pattern;
            const EXAMPLE: &'static str = $example;

            fn from_text(text: &str) -> Result<Self, Misread> {
                limited(text, $maximum, $lines).map($name)
            }
        }

        text_json!($name);
        text_sql!($name);
    )+};
}

/// Characters of a [`ShortText`] at most.
pub const SHORT_TEXT: u32 = 300;
/// Characters of a [`LongText`] at most.
pub const LONG_TEXT: u32 = 20_000;

limited_text! {
    /// A name or a label: one line, at most 300 characters.
    ShortText, SHORT_TEXT, false, r"\S", "企业服务活动专项经费";
    /// A paragraph or several: at most 20 000 characters.
    LongText, LONG_TEXT, true, r"\S", "完成年度目标";
}

fn limited(text: &str, maximum: u32, lines: bool) -> Result<String, Misread> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Misread::new(Code::Blank, "不能为空；不填请省略该字段", "must not be blank; leave it out instead"));
    }
    let length = text.chars().count();
    if length > maximum as usize {
        return Err(Misread::new(
            Code::TooLong,
            format!("最多{maximum}个字符；收到{length}个"),
            format!("takes at most {maximum} characters; got {length}"),
        ));
    }
    let refused = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'));
    match text.chars().find(|&c| refused(c)) {
        None => Ok(text.to_owned()),
        Some(c) => Err(Misread::new(
            Code::ControlCharacter,
            format!("不能含控制字符U+{:04X}", u32::from(c)),
            format!("must not contain the control character U+{:04X}", u32::from(c)),
        )),
    }
}

/// A code that outside systems know a thing by (单位代码, 项目代码).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NaturalCode(String);

impl NaturalCode {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[expect(clippy::unnecessary_wraps, reason = "the column's reader is fallible for enums")]
    fn from_database(text: String) -> deserialize::Result<Self> {
        Ok(NaturalCode(text))
    }
}

impl fmt::Display for NaturalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromText for NaturalCode {
    const PATTERN: &'static str = "^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$";
    const EXAMPLE: &'static str = "410100-06";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if starts && text.len() <= 64 && text.bytes().all(allowed) {
            return Ok(NaturalCode(text.to_owned()));
        }
        let text = shortened(text);
        Err(Misread::new(
            Code::InvalidCode,
            format!("代码须为1至64个字母、数字或._-，以字母或数字开头；收到\"{text}\""),
            format!("a code has 1 to 64 letters, digits or ._- and starts with a letter or digit; got \"{text}\""),
        ))
    }
}

text_json!(NaturalCode);
text_sql!(NaturalCode);

/// A moment in UTC, to the millisecond; JSON shows RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Instant(NaiveDateTime);

impl Instant {
    /// The present.
    pub fn now() -> Instant {
        Instant::of(Utc::now())
    }

    /// So many hours before it.
    pub fn hours_before(self, hours: i64) -> Instant {
        Instant(self.0 - chrono::TimeDelta::hours(hours))
    }

    /// Cut to the millisecond: both databases and JSON keep that much.
    fn of(moment: DateTime<Utc>) -> Instant {
        let whole = DateTime::from_timestamp_millis(moment.timestamp_millis()).unwrap_or(moment);
        Instant(whole.naive_utc())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl FromText for Instant {
    const PATTERN: &'static str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$";
    const EXAMPLE: &'static str = "2026-11-23T08:00:00.000Z";

    fn from_text(text: &str) -> Result<Self, Misread> {
        DateTime::parse_from_rfc3339(text).map(|moment| Instant::of(moment.to_utc())).map_err(|_| {
            let text = shortened(text);
            Misread::new(
                Code::NotAnInstant,
                format!("须为RFC 3339时间，例如2026-11-23T08:00:00Z；收到\"{text}\""),
                format!("must be an RFC 3339 instant such as 2026-11-23T08:00:00Z; got \"{text}\""),
            )
        })
    }
}

text_json!(Instant);

impl<DB: Backend> FromSql<Timestamp, DB> for Instant
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(value).map(Instant)
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for Instant
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl std::str::FromStr for Instant {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        Instant::from_text(text)
    }
}

/// A value that the database keeps as JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, AsExpression, FromSqlRow)]
#[serde(transparent)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Stored<T>(pub T);

impl<T: serde::de::DeserializeOwned, DB: Backend> FromSql<diesel::sql_types::Text, DB> for Stored<T>
where
    String: FromSql<diesel::sql_types::Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Stored(serde_json::from_str(&String::from_sql(value)?)?))
    }
}

impl<T: serde::Serialize + std::fmt::Debug> ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Stored<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(serialize::IsNull::No)
    }
}

impl<T: serde::Serialize + std::fmt::Debug> ToSql<diesel::sql_types::Text, diesel::pg::Pg> for Stored<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        std::io::Write::write_all(out, serde_json::to_string(&self.0)?.as_bytes())?;
        Ok(serialize::IsNull::No)
    }
}
