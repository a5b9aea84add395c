//! JSON whose objects name each member once: of two with the same name one would be lost in silence (RFC 8259, section 4).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::http::error::{Code, Error, FieldError, Message, Result};
use crate::values::input::escaped;

/// Reads a text.
///
/// # Errors
/// 400 with line and column where it is no JSON, or with the pointer of each member that is named twice.
pub fn read(text: &[u8]) -> Result<Value> {
    let (value, named_twice) = parse(text).map_err(|cause| {
        Error::new(
            Code::BadJson,
            format!("第{}行第{}列：{cause}", cause.line(), cause.column()),
            format!("line {}, column {}: {cause}", cause.line(), cause.column()),
        )
    })?;
    if named_twice.is_empty() {
        return Ok(value);
    }
    let place = |pointer| {
        let message = Message::new("这个字段给出了两次；只能给出一次", "this field is given twice; give it once");
        FieldError::new(pointer, Code::BadJson, message)
    };
    Err(Error::fields(Code::BadJson, named_twice.into_iter().map(place).collect()))
}

/// The value of a text, and the pointers of the members that are named twice in it.
///
/// # Errors
/// When it is no JSON.
pub fn parse(text: &[u8]) -> serde_json::Result<(Value, Vec<String>)> {
    let mut named_twice = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Members { pointer: &Pointer::Whole, named_twice: &mut named_twice }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, named_twice))
}

/// The place of a value, written out only where something is wrong.
enum Pointer<'a> {
    Whole,
    Member(&'a Pointer<'a>, &'a str),
    Item(&'a Pointer<'a>, usize),
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pointer::Whole => Ok(()),
            Pointer::Member(above, name) => write!(f, "{above}/{}", escaped(name)),
            Pointer::Item(above, index) => write!(f, "{above}/{index}"),
        }
    }
}

/// Reads a value and collects the members that are named twice.
struct Members<'a> {
    pointer: &'a Pointer<'a>,
    named_twice: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let pointer = Pointer::Member(self.pointer, &name);
            let value = members.next_value_seed(Members { pointer: &pointer, named_twice: self.named_twice })?;
            if read.contains_key(&name) {
                self.named_twice.push(pointer.to_string());
            }
            read.insert(name, value);
        }
        Ok(Value::Object(read))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut read = Vec::new();
        loop {
            let pointer = Pointer::Item(self.pointer, read.len());
            match items.next_element_seed(Members { pointer: &pointer, named_twice: self.named_twice })? {
                Some(value) => read.push(value),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    #[expect(clippy::disallowed_types, reason = "JSON's own numbers, which no field of money, weight or points takes")]
    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }
}
