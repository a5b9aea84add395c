//! The XML of a workbook's parts, event by event, without entities or documents of its own.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{WorkbookError, decoded};

/// Elements within elements at most; a workbook needs a dozen.
const DEPTH: usize = 64;

/// What stands in a part, in its order.
pub enum Node<'a> {
    /// An element begins.
    Start(&'a BytesStart<'a>),
    /// An element ends; its name without a prefix.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// Gives every element and text of a part to `take`.
pub fn walk(
    part: &str,
    bytes: &[u8],
    mut take: impl FnMut(Node<'_>) -> Result<(), WorkbookError>,
) -> Result<(), WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(format!("{part}: {cause}"));
    let is_wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let wide = is_wide.then(|| decoded::decoded(bytes));
    let text = match &wide {
        Some(text) => text,
        None => std::str::from_utf8(bytes).map_err(|cause| damaged(&cause))?,
    };
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|cause| damaged(&cause))? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(damaged(&"its elements are nested too deep"));
                }
                take(Node::Start(&start))?;
            }
            Event::Empty(start) => {
                take(Node::Start(&start))?;
                take(Node::End(start.local_name().into_inner()))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Node::End(end.local_name().into_inner()))?;
            }
            Event::Text(text) => take(Node::Text(&text.xml10_content()))?,
            Event::CData(text) => take(Node::Text(&text.xml10_content()))?,
            Event::GeneralRef(entity) => {
                let char = match entity.as_ref() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => entity.resolve_char_ref().map_err(|cause| damaged(&cause))?,
                };
                let char = char.ok_or_else(|| damaged(&"it uses an entity of its own"))?;
                take(Node::Text(char.encode_utf8(&mut [0; 4])))?;
            }
            Event::DocType(_) => return Err(damaged(&"it declares a document type")),
            Event::Eof if depth > 0 => return Err(damaged(&"it ends in the middle of an element")),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// An element that is passed over, with all that stands in it: its name, and how often one of that name is open.
#[derive(Debug, Default)]
pub struct Passing(Option<(String, u32)>);

impl Passing {
    /// Whether an element that begins is passed over: it lies in one that is, or is one by itself.
    pub fn begins(&mut self, name: &str, is_one: impl FnOnce() -> bool) -> bool {
        match &mut self.0 {
            Some((passed, depth)) => *depth += u32::from(passed == name),
            None if is_one() => self.0 = Some((name.to_owned(), 1)),
            None => return false,
        }
        true
    }

    /// Whether an element that ends was passed over.
    pub fn ends(&mut self, name: &str) -> bool {
        let Some((passed, depth)) = &mut self.0 else { return false };
        *depth -= u32::from(passed == name);
        if *depth == 0 {
            self.0 = None;
        }
        true
    }

    /// Whether what comes lies in such an element.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// An attribute by its name without a prefix.
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|one| one.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(String::from)
}

/// An attribute that says yes or no.
pub fn is_set(start: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(start, name).as_deref(), Some("1" | "true"))
}

/// A property that is on where nothing is said of it.
pub fn is_on(start: &BytesStart<'_>) -> bool {
    attribute(start, "val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

/// Whether a property of a run of text raises it.
pub fn is_raised(start: &BytesStart<'_>) -> bool {
    attribute(start, "val").is_some_and(|value| value == "superscript")
}

/// A text with its escapes undone: `_x000D_` is a carriage return, `_x005F_` the underline itself.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let code = tail.get(2..6).filter(|_| tail.get(6..7) == Some("_"));
        let char = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match char.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(char) => {
                out.push(char);
                rest = tail.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = tail.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}
