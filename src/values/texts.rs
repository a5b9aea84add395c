//! Texts and codes of limited length: trimmed, never empty, without control characters.

use std::fmt;

use diesel::deserialize;

use super::{text_json, text_sql};
use crate::http::error::Code;
use crate::values::input::{FromText, Misread, shortened};

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

        text_json!(str $name);
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
    // Zero-width and direction marks are as invisible as control characters, and as treacherous.
    let is_mark = |c: char| matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let refused = |c: char| is_mark(c) || (c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t')));
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

text_json!(str NaturalCode);
text_sql!(NaturalCode);
