//! The text of a page or an XML file, in whichever encoding a system wrote it.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a file it says its encoding.
const HEAD: usize = 4_096;

/// The beginning of a text, in which it says what it is.
pub fn head(text: &str) -> &str {
    const LENGTH: usize = 1 << 16;
    text.get(..text.floor_char_boundary(LENGTH)).unwrap_or(text)
}

/// The text of a file: by its first bytes, as UTF-8 if it is that but for a few bytes, by what it says of itself, and else
/// as the Chinese encoding.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0;
    }
    match bytes.get(..4) {
        Some([b'<', 0, _, 0]) => return UTF_16LE.decode_without_bom_handling(bytes).0,
        Some([0, b'<', 0, _]) => return UTF_16BE.decode_without_bom_handling(bytes).0,
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let (text, _) = UTF_8.decode_without_bom_handling(bytes);
    let (mut foreign, mut unreadable) = (0_usize, 0_usize);
    for char in text.chars().filter(|char| !char.is_ascii()) {
        foreign += 1;
        unreadable += usize::from(char == char::REPLACEMENT_CHARACTER);
    }
    if unreadable.saturating_mul(10) < foreign {
        return text;
    }
    let declared = declared(bytes).filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible());
    declared.unwrap_or(GB18030).decode_without_bom_handling(bytes).0
}

/// The encoding that a file says it has: `encoding="gb2312"`, `charset=big5`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)).to_ascii_lowercase();
    let behind = ["charset", "encoding"].iter().find_map(|word| head.split_once(word))?.1;
    let label = behind.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = label.find(|char: char| !char.is_ascii_alphanumeric() && char != '-' && char != '_');
    Encoding::for_label(label.get(..end.unwrap_or(label.len()))?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_the_encoding_that_it_was_written_in() {
        let page = "<html><head><meta charset=\"big5\"></head><table><tr><td>預算績效</td></tr></table>";
        assert_eq!(decoded(&encoding_rs::BIG5.encode(page).0), page);
        let page = "<table><tr><td>预算绩效，得分98.5分</td></tr></table>";
        assert_eq!(decoded(&GB18030.encode(page).0), page);
        let utf16 = |mark: &[u8], of: fn(u16) -> [u8; 2]| {
            [mark, &page.encode_utf16().flat_map(of).collect::<Vec<_>>()].concat()
        };
        assert_eq!(decoded(&utf16(b"\xFF\xFE", u16::to_le_bytes)), page);
        assert_eq!(decoded(&utf16(b"", u16::to_le_bytes)), page);
        assert_eq!(decoded(&utf16(b"", u16::to_be_bytes)), page);
        let mut broken = page.repeat(2).into_bytes();
        broken.push(0xFF);
        assert_eq!(decoded(&broken), format!("{page}{page}\u{FFFD}"));
    }
}
