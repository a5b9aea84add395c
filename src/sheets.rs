//! Workbooks as they are written: what templates, exports and reports share.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::http::error::{Error, Result};

/// The number of the paper size A4.
pub const A4: u8 = 9;
/// The media type of .xlsx.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// The error of a workbook that cannot be written.
pub fn unwritten(cause: XlsxError) -> Error {
    Error::internal(&cause)
}

/// A workbook whose bytes depend on what is written into it alone, so that it has one tag.
///
/// # Errors
/// When it cannot be made.
pub fn new_workbook() -> Result<Workbook> {
    let mut workbook = Workbook::new();
    let date = ExcelDateTime::from_ymd(2026, 1, 1).map_err(unwritten)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date));
    Ok(workbook)
}

/// How a heading looks.
pub fn heading_format() -> Format {
    Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00D9_E2F3))
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// What a cell holds of a decimal: the double that prints as this decimal and no other; none where a spreadsheet would cut
/// its digits.
#[expect(clippy::disallowed_types, reason = "cells of a workbook are doubles; fifteen digits come back as they were")]
pub fn cell_number(decimal: Decimal) -> Option<f64> {
    let text = decimal.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse().ok().filter(|_| digits <= DIGITS)
}

/// By what a spreadsheet program takes a text for a formula, also in full width.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Escapes a text that a spreadsheet program would take for a formula by its first character.
pub fn harmless(text: String) -> String {
    match text.trim_start_matches('\'').starts_with(FORMULAS) {
        true => format!("'{text}"),
        false => text,
    }
}

/// The text that [`harmless`] has escaped, as it was.
pub fn unescaped(text: &str) -> &str {
    let escaped = text.strip_prefix('\'').filter(|rest| rest.trim_start_matches('\'').starts_with(FORMULAS));
    escaped.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back_as_it_was() {
        for (text, escaped) in
            [("=1+1", "'=1+1"), ("＝1", "'＝1"), ("'=1", "''=1"), ("'甲", "'甲"), ("甲", "甲"), ("-", "'-")]
        {
            assert_eq!(harmless(text.to_owned()), escaped);
            assert_eq!(unescaped(escaped), text);
        }
    }
}
