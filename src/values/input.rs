//! From texts and JSON to types: each is made once, valid, and all errors of an input come at once.

use std::ops::ControlFlow;

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, MergeWithError, Value, ValueKind, ValuePointerRef};
use rust_decimal::Decimal;

use crate::http::error::{Code, FieldError, Message};

/// Why a text does not make a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The stable code.
    pub code: Code,
    /// What is wrong and what would be right.
    pub detail: Message,
}

impl Misread {
    /// A misreading of `code`.
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Misread {
        Misread { code, detail: Message::new(zh, en) }
    }

    /// Not a decimal at all; `what` names the quantity in both languages.
    pub fn not_a_decimal(text: &str, (zh, en): (&str, &str)) -> Misread {
        let text = shortened(text);
        Misread::new(
            Code::NotADecimal,
            format!("须为十进制数({zh})，例如\"10.00\"；收到\"{text}\""),
            format!("must be a decimal ({en}) such as \"10.00\"; got \"{text}\""),
        )
    }

    /// More than two decimals: refused, never rounded.
    pub fn too_many_decimals(text: &str, (zh, en): (&str, &str)) -> Misread {
        let text = shortened(text);
        Misread::new(
            Code::TooManyDecimals,
            format!("最多两位小数({zh})，不做舍入；收到\"{text}\""),
            format!("takes at most two decimals ({en}) and is never rounded; got \"{text}\""),
        )
    }

    /// Outside the range.
    pub fn out_of_range(text: &str, (zh, en): (&str, &str), low: &Decimal, high: &Decimal) -> Misread {
        let text = shortened(text);
        Misread::new(
            Code::OutOfRange,
            format!("须在{low}到{high}之间({zh})；收到\"{text}\""),
            format!("must lie between {low} and {high} ({en}); got \"{text}\""),
        )
    }

    /// Not one of a fixed set.
    pub fn unknown_value(text: &str, accepted: &[&str]) -> Misread {
        let (text, accepted) = (shortened(text), accepted.join(", "));
        Misread::new(
            Code::UnknownValue,
            format!("须为以下之一：{accepted}；收到\"{text}\""),
            format!("must be one of {accepted}; got \"{text}\""),
        )
    }

    /// The same, at a place of the request.
    pub fn at(self, pointer: impl Into<String>) -> FieldError {
        FieldError::new(pointer, self.code, self.detail)
    }
}

/// What a caller sent, short enough to be repeated in an error.
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(60).chain("…".chars()).collect() }
}

/// The digits before and after the point of a plain decimal such as `-12.50`; none for anything else.
pub fn decimal_digits(text: &str) -> Option<(&str, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(whole) && is_number(fraction)).then_some((whole, fraction))
}

/// A type that JSON and queries write as a string.
pub trait FromText: Sized {
    /// The regular expression of its texts, for the OpenAPI document.
    const PATTERN: &'static str;
    /// An example of its texts.
    const EXAMPLE: &'static str;

    /// Reads it.
    ///
    /// # Errors
    /// With what would be right.
    fn from_text(text: &str) -> Result<Self, Misread>;
}

/// All that is wrong with an input, in its order.
#[derive(Debug, Default)]
pub struct Errors(pub Vec<FieldError>);

impl MergeWithError<Errors> for Errors {
    fn merge(this: Option<Self>, other: Errors, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = this.unwrap_or_default();
        all.0.extend(other.0);
        ControlFlow::Continue(all)
    }
}

impl MergeWithError<Misread> for Errors {
    fn merge(this: Option<Self>, other: Misread, location: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        Errors::merge(this, Errors(vec![other.at(pointer_of(location))]), location)
    }
}

impl DeserializeError for Errors {
    fn error<V: IntoValue>(
        this: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut pointer = pointer_of(location);
        let misread = match error {
            ErrorKind::MissingField { field } => {
                pointer = format!("{pointer}/{field}");
                Misread::new(Code::MissingField, format!("缺少必填项{field}"), format!("{field} is required"))
            }
            ErrorKind::UnknownKey { key, accepted } => {
                pointer = format!("{pointer}/{}", escaped(key));
                let (key, accepted) = (shortened(key), accepted.join(", "));
                Misread::new(
                    Code::UnknownField,
                    format!("没有名为{key}的字段；可用：{accepted}"),
                    format!("there is no field {key}; known are {accepted}"),
                )
            }
            ErrorKind::UnknownValue { value, accepted } => Misread::unknown_value(value, accepted),
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                let mut accepted: Vec<&str> = accepted.iter().map(|kind| json_name(*kind)).collect();
                accepted.dedup();
                let (actual, accepted_zh) = (json_name(actual.kind()), accepted.iter().map(|one| zh_name(one)));
                let (accepted_zh, accepted) = (accepted_zh.collect::<Vec<&str>>().join("或"), accepted.join("/"));
                Misread::new(
                    Code::WrongType,
                    format!("类型须为{accepted_zh}；收到{}", zh_name(actual)),
                    format!("must be of type {accepted}; got {actual}"),
                )
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                Misread::new(Code::WrongType, format!("须有{expected}个元素"), format!("must have {expected} elements"))
            }
            ErrorKind::Unexpected { msg } => Misread::new(Code::WrongType, msg.clone(), msg),
        };
        Errors::merge(this, Errors(vec![misread.at(pointer)]), location)
    }
}

/// A kind of value as JSON calls it.
fn json_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "boolean",
        ValueKind::Integer | ValueKind::NegativeInteger => "integer",
        ValueKind::Float => "number",
        ValueKind::String => "string",
        ValueKind::Sequence => "array",
        ValueKind::Map => "object",
    }
}

/// The same in Chinese, for people who know no JSON.
fn zh_name(name: &str) -> &'static str {
    match name {
        "integer" => "整数",
        "number" => "数值",
        "string" => "文本",
        "boolean" => "是或否(true/false)",
        "array" => "列表",
        "object" => "对象",
        _ => "空(null)",
    }
}

/// The JSON pointer (RFC 6901) of a place.
pub fn pointer_of(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer_of(*prev), escaped(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer_of(*prev)),
    }
}

/// The name of a member, as a JSON pointer has it.
pub fn escaped(key: &str) -> String {
    shortened(key).replace('~', "~0").replace('/', "~1")
}

/// Reads a type from a JSON string: what `text_json!` makes of `Deserr`.
///
/// # Errors
/// With the place, and what would be right.
pub fn from_json_text<T: FromText, V: IntoValue, E: DeserializeError + MergeWithError<Errors>>(
    value: Value<V>,
    location: ValuePointerRef<'_>,
) -> Result<T, E> {
    let misread = match value {
        Value::String(text) => match T::from_text(&text) {
            Ok(value) => return Ok(value),
            Err(misread) => misread,
        },
        other => {
            let received = match other {
                Value::Integer(number) => number.to_string(),
                Value::NegativeInteger(number) => number.to_string(),
                other => json_name(other.kind()).to_owned(),
            };
            let code = if T::EXAMPLE.parse::<Decimal>().is_ok() { Code::NotADecimal } else { Code::WrongType };
            Misread::new(
                code,
                format!("须为字符串，例如\"{}\"；收到{received}", T::EXAMPLE),
                format!("must be a string such as \"{}\"; got {received}", T::EXAMPLE),
            )
        }
    };
    let errors = Errors(vec![misread.at(pointer_of(location))]);
    Err(deserr::take_cf_content(E::merge(None, errors, location)))
}

/// A value that a query writes as a text and a body as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Parameter<T>(pub T);

impl<E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Parameter<i32> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        from_json_text(value, location)
    }
}

impl FromText for Parameter<i32> {
    const PATTERN: &'static str = r"^\d{1,9}$";
    const EXAMPLE: &'static str = "2021";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|text| text.parse().ok()).map(Parameter).ok_or_else(|| {
            let text = shortened(text);
            Misread::new(
                Code::WrongType,
                format!("须为整数；收到\"{text}\""),
                format!("must be a whole number; got \"{text}\""),
            )
        })
    }
}

/// A query parameter that may be repeated: any of its values. An empty one is refused: whether it means no filter or
/// nothing at all, only the caller knows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many(Vec::new())
    }
}

impl<T: Deserr<E>, E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Many<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        match value {
            Value::Sequence(_) => Vec::deserialize_from_value(value, location).map(Many),
            Value::String(text) if text.is_empty() => {
                let empty = Misread::new(
                    Code::Blank,
                    "不能为空；不筛选请省略该参数",
                    "must not be empty; leave the parameter out for no filter",
                );
                let errors = Errors(vec![empty.at(pointer_of(location))]);
                Err(deserr::take_cf_content(E::merge(None, errors, location)))
            }
            single => T::deserialize_from_value(single, location).map(|value| Many(vec![value])),
        }
    }
}

/// Values of a query parameter that are separated by commas; it may be repeated, and an empty one has none.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Listed<T>(pub Vec<T>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed(Vec::new())
    }
}

impl<T: FromText, E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Listed<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        let parts = match value {
            Value::Sequence(_) => Vec::<Separated<T>>::deserialize_from_value(value, location)?,
            single => vec![Separated::deserialize_from_value(single, location)?],
        };
        Ok(Listed(parts.into_iter().flat_map(|Separated(values)| values).collect()))
    }
}

/// The values of one text.
struct Separated<T>(Vec<T>);

impl<T: FromText> FromText for Separated<T> {
    const PATTERN: &'static str = T::PATTERN;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn from_text(text: &str) -> Result<Self, Misread> {
        text.split_terminator(',').map(T::from_text).collect::<Result<_, _>>().map(Separated)
    }
}

impl<T: FromText, E: DeserializeError + MergeWithError<Errors>> Deserr<E> for Separated<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef<'_>) -> Result<Self, E> {
        from_json_text(value, location)
    }
}

/// Writes and reads types as JSON strings, by their `Display` and [`FromText`].
macro_rules! text_json {
    // A type that is a text already is written as it is; any other as it is shown.
    (str $name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::values::input::text_json!(@read $name);
    };
    ($($name:ty),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        $crate::values::input::text_json!(@read $name);
    )+};
    (@read $name:ty) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                <$name as $crate::values::input::FromText>::from_text(&text)
                    .map_err(|misread| serde::de::Error::custom(misread.detail.en))
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
                    .pattern(Some(<$name as $crate::values::input::FromText>::PATTERN))
                    .min_length(Some(1))
                    .examples([<$name as $crate::values::input::FromText>::EXAMPLE])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}
pub(crate) use text_json;
