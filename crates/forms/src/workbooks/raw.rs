//! Parts copied letter by letter, with something put in.

use std::fmt::Write as _;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::WorkbookError;

/// A part with more at the end of its outermost element; none where that is empty or not there.
pub(super) fn before_end(text: &str, element: &str, more: &str) -> Option<String> {
    let at = text.rfind("</")?;
    let (head, tail) = text.split_at(at);
    tail.contains(element).then(|| format!("{head}{more}{tail}"))
}

/// An event with the letters that it stands for.
pub(super) fn each(text: &str, mut take: impl FnMut(&Event<'_>, &str) -> bool) -> Result<bool, WorkbookError> {
    let mut reader = Reader::from_str(text);
    let mut from = 0;
    loop {
        let event = reader.read_event().map_err(|cause| WorkbookError::Damaged(cause.to_string()))?;
        let to = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let raw = text.get(from..to).unwrap_or_default();
        from = to;
        if !take(&event, raw) {
            return Ok(false);
        }
        if matches!(event, Event::Eof) {
            return Ok(true);
        }
    }
}

/// The tag of an element with some attributes set anew.
pub(super) fn tag(start: &BytesStart<'_>, set: &[(&str, &str)], is_empty: bool) -> String {
    let name = start.name();
    let mut text = format!("<{}", name.into_inner());
    for one in start.attributes().flatten() {
        let key = one.key.into_inner();
        if !set.iter().any(|(other, _)| *other == key) {
            let _ = write!(text, " {key}=\"{}\"", one.value.replace('"', "&quot;"));
        }
    }
    for (key, value) in set.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(text, " {key}=\"{value}\"");
    }
    text + if is_empty { "/>" } else { ">" }
}

/// What stands before the name of an element: `x:` of `x:row`.
pub(super) fn prefix(name: &str) -> String {
    name.rsplit_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default()
}
