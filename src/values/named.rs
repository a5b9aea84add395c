//! Ids and enums: one form in JSON, one in the database, valid once made.

use super::input::{Misread, shortened};
use crate::http::error::Code;

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

/// An enum whose members have names: what generic code needs of one.
pub trait Named: Copy + Eq + 'static {
    /// Its own name.
    const NAME: &'static str;
    /// What it says, for the OpenAPI document.
    const DESCRIPTION: &'static str;
    /// All of them, in their order.
    const ALL: &'static [Self];

    /// The name in JSON and in the database.
    fn as_str(self) -> &'static str;
}

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

        impl $crate::values::Named for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = $description;
            const ALL: &'static [$name] = $name::ALL;

            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

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

        impl $crate::values::input::FromText for $name {
            const PATTERN: &'static str = "";
            const EXAMPLE: &'static str = Self::ALL[0].as_str();

            fn from_text(text: &str) -> ::std::result::Result<Self, $crate::values::input::Misread> {
                Self::from_name(text).ok_or_else(|| {
                    let accepted: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
                    $crate::values::input::Misread::unknown_value(text, &accepted)
                })
            }
        }

        impl<E: deserr::DeserializeError + deserr::MergeWithError<$crate::values::input::Errors>> deserr::Deserr<E> for $name {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef<'_>,
            ) -> ::std::result::Result<Self, E> {
                $crate::values::input::from_json_text(value, location)
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

        $crate::values::text_sql!($name);
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

        impl $crate::values::input::FromText for $name {
            const PATTERN: &'static str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
            const EXAMPLE: &'static str = "0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b";

            fn from_text(text: &str) -> ::std::result::Result<Self, $crate::values::input::Misread> {
                $crate::values::uuid_text(text).map($name)
            }
        }

        $crate::values::input::text_json!(str $name);
        $crate::values::text_sql!($name);
    )+};
}
pub(crate) use id_type;

/// The canonical text of a UUID.
///
/// # Errors
/// When it is none.
pub fn uuid_text(text: &str) -> Result<String, Misread> {
    let hyphenated = Some(text).filter(|text| text.len() == 36);
    hyphenated.and_then(|text| uuid::Uuid::try_parse(text).ok()).map(|id| id.to_string()).ok_or_else(|| {
        let text = shortened(text);
        Misread::new(
            Code::InvalidId,
            format!("须为UUID，例如0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b；收到\"{text}\""),
            format!("must be a UUID such as 0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b; got \"{text}\""),
        )
    })
}
