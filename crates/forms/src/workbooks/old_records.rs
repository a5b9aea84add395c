//! The records of an old workbook (MS-XLS): how its numbers are shown, what is hidden, and how much its values would take.
//!
//! The library that reads the values believes what a file says of its own extent, and gives every cell a text of its own;
//! so both are counted here before.

use std::collections::{HashMap, HashSet};

use super::WorkbookError;
use super::archive::Limits;
use super::format_codes;
use super::styles::{self, Style};

/// Records that are read of a workbook (MS-XLS 2.3).
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const END: u16 = 0x000A;
    pub const DATES_FROM_1904: u16 = 0x0022;
    pub const PASSWORD: u16 = 0x002F;
    pub const COLUMNS: u16 = 0x007D;
    pub const SHEET: u16 = 0x0085;
    pub const SEVERAL_NUMBERS: u16 = 0x00BD;
    pub const SEVERAL_BLANKS: u16 = 0x00BE;
    pub const STYLE: u16 = 0x00E0;
    pub const TEXTS: u16 = 0x00FC;
    pub const TEXT_OF_CELL: u16 = 0x00FD;
    pub const GOES_ON: u16 = 0x003C;
    pub const EXTENT: u16 = 0x0200;
    pub const BLANK: u16 = 0x0201;
    pub const NUMBER: u16 = 0x0203;
    pub const ROW: u16 = 0x0208;
    pub const SHORT_NUMBER: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
    pub const BEGIN: u16 = 0x0809;
}

/// The bytes of the longest text, which one counts for that could not be followed.
const LONGEST: usize = 3 * 32_767;

/// What the records say of a sheet.
#[derive(Default)]
pub struct Scanned {
    /// The style of each number, by row and column from 0.
    styles: HashMap<(u16, u16), u16>,
    pub hidden_rows: Vec<u16>,
    pub hidden_columns: Vec<(u16, u16)>,
    /// The first and the last row and column that hold something.
    extent: Option<[u32; 4]>,
    /// Whether it says that its first row stands below its last.
    is_backward: bool,
    /// How many cells it has, each as often as it is written.
    cells: usize,
    /// The texts of the workbook that cells show, by their number.
    texts: Vec<u32>,
}

/// What the records say of the workbook.
#[derive(Default)]
pub struct Records {
    /// Where each sheet begins, in their order.
    pub offsets: Vec<usize>,
    pub sheets: HashMap<usize, Scanned>,
    formats: HashMap<u16, Style>,
    /// The format of each style.
    styles: Vec<u16>,
    /// The bytes of each text that cells share.
    texts: Vec<usize>,
    pub from_1904: bool,
    pub has_formulas: bool,
}

impl Scanned {
    /// The cells between the first and the last that hold something.
    fn area(&self) -> usize {
        let Some([top, left, bottom, right]) = self.extent else { return 0 };
        let length =
            |first: u32, last: u32| usize::try_from(last.saturating_sub(first)).unwrap_or(usize::MAX).saturating_add(1);
        length(top, bottom).saturating_mul(length(left, right))
    }

    fn hold(&mut self, row: u16, first: u16, last: u16) {
        self.cells = self.cells.saturating_add(usize::from(last.saturating_sub(first))).saturating_add(1);
        self.reach(u32::from(row), u32::from(first), u32::from(row), u32::from(last));
    }

    fn reach(&mut self, first_row: u32, first: u32, last_row: u32, last: u32) {
        let [top, left, bottom, right] = self.extent.unwrap_or([first_row, first, last_row, last]);
        self.extent = Some([top.min(first_row), left.min(first), bottom.max(last_row), right.max(last)]);
    }
}

impl Records {
    /// Whether its sheets can be read within the limits; one that is named often counts as often.
    ///
    /// # Errors
    /// When there are too many sheets, cells, or texts in them.
    pub fn check(&self, limits: &Limits) -> Result<(), WorkbookError> {
        if self.offsets.len() > limits.sheets {
            return Err(WorkbookError::TooLarge(format!("{} > {} sheets", self.offsets.len(), limits.sheets)));
        }
        // Each sheet becomes a table of all cells between its first and its last.
        const EMPTY: usize = 4;
        let (mut cells, mut texts) = (0_usize, 0_usize);
        for sheet in self.offsets.iter().filter_map(|offset| self.sheets.get(offset)) {
            cells = cells.saturating_add(sheet.area().max(sheet.cells));
            for text in &sheet.texts {
                let length = usize::try_from(*text).ok().and_then(|text| self.texts.get(text));
                texts = texts.saturating_add(length.copied().unwrap_or(LONGEST));
            }
        }
        if self.offsets.iter().filter_map(|offset| self.sheets.get(offset)).any(|sheet| sheet.is_backward) {
            return Err(WorkbookError::Damaged("a sheet of it ends before it begins".to_owned()));
        }
        if cells > limits.cells.saturating_mul(EMPTY) {
            return Err(WorkbookError::TooLarge(format!("{cells} cells, empty ones among them")));
        }
        match u64::try_from(texts).unwrap_or(u64::MAX) > limits.inflated {
            true => Err(WorkbookError::TooLarge(format!("cells of more than {} bytes", limits.inflated))),
            false => Ok(()),
        }
    }

    /// The style of a cell, by its row and column from 0.
    pub fn style(&self, sheet: Option<&Scanned>, row: u32, column: u32) -> Style {
        let at = u16::try_from(row).ok().zip(u16::try_from(column).ok());
        let style = sheet.zip(at).and_then(|(sheet, at)| sheet.styles.get(&at));
        let format = style.and_then(|style| self.styles.get(usize::from(*style))).copied().unwrap_or_default();
        let own = self.formats.get(&format).cloned();
        own.unwrap_or_else(|| styles::built_in(u32::from(format)).into())
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Looks through the records of a workbook.
///
/// # Errors
/// When it is protected, or its sheets do not begin where it says.
pub fn scan(book: &[u8]) -> Result<Records, WorkbookError> {
    let mut records = Records::default();
    let (mut at, mut depth, mut sheet) = (0_usize, 0_u32, 0_usize);
    let mut seen: HashSet<usize> = HashSet::new();
    // The texts, which go on in the records behind.
    let (mut texts, mut goes_on): (Vec<&[u8]>, bool) = (Vec::new(), false);
    while let (Some(kind), Some(length)) = (word(book, at), word(book, at.saturating_add(2))) {
        let from = at.saturating_add(4);
        let next = from.saturating_add(usize::from(length));
        let Some(body) = book.get(from..next) else { break };
        let start = std::mem::replace(&mut at, next);
        goes_on = kind == record::TEXTS || goes_on && kind == record::GOES_ON;
        if goes_on {
            texts.push(body);
            continue;
        }
        match kind {
            record::BEGIN => {
                depth += 1;
                if depth == 1 {
                    sheet = start;
                    seen.insert(start);
                }
            }
            record::END => depth = depth.saturating_sub(1),
            record::PASSWORD => return Err(WorkbookError::PasswordProtected),
            record::SHEET => {
                let offset = word(body, 0).zip(word(body, 2));
                records.offsets.extend(offset.map(|(low, high)| usize::from(low) | usize::from(high) << 16));
            }
            record::DATES_FROM_1904 => records.from_1904 = word(body, 0) == Some(1),
            record::STYLE => records.styles.extend(word(body, 2)),
            record::FORMAT => {
                if let (Some(id), Some(code)) = (word(body, 0), body.get(2..).and_then(code)) {
                    records.formats.insert(id, format_codes::style(&code));
                }
            }
            // A chart within a sheet has records of its own.
            _ if depth == 1 => {
                records.has_formulas |= kind == record::FORMULA;
                of_sheet(kind, body, records.sheets.entry(sheet).or_default());
            }
            _ => {}
        }
    }
    records.texts = lengths(&texts);
    // A sheet that begins nowhere would be read from the middle of another.
    match records.offsets.iter().all(|offset| seen.contains(offset)) {
        true => Ok(records),
        false => Err(WorkbookError::Damaged("a sheet of it does not begin where it should".to_owned())),
    }
}

/// The code of a format: its length, whether it is two bytes a character, and the characters.
fn code(bytes: &[u8]) -> Option<String> {
    let length = usize::from(word(bytes, 0)?);
    let rest = bytes.get(3..)?;
    if bytes.get(2)? & 1 == 0 {
        return Some(rest.get(..length)?.iter().map(|byte| char::from(*byte)).collect());
    }
    let units: Option<Vec<u16>> = (0..length).map(|at| word(rest, at.checked_mul(2)?)).collect();
    String::from_utf16(&units?).ok()
}

/// Hidden, or of no height.
fn is_hidden_row(body: &[u8]) -> bool {
    body.get(12).is_some_and(|flags| flags & 0x20 != 0) || word(body, 6).is_some_and(|height| height & 0x7FFF == 0)
}

/// Hidden, or of no width.
fn is_hidden_column(body: &[u8]) -> bool {
    body.get(8).is_some_and(|flags| flags & 1 != 0) || word(body, 4) == Some(0)
}

fn of_sheet(kind: u16, body: &[u8], sheet: &mut Scanned) {
    let (Some(row), Some(column)) = (word(body, 0), word(body, 2)) else { return };
    match kind {
        record::ROW if is_hidden_row(body) => sheet.hidden_rows.push(row),
        record::COLUMNS if is_hidden_column(body) => sheet.hidden_columns.push((row, column)),
        record::NUMBER | record::SHORT_NUMBER | record::FORMULA => {
            sheet.styles.extend(word(body, 4).map(|style| ((row, column), style)));
            sheet.hold(row, column, column);
        }
        record::SEVERAL_NUMBERS => {
            let numbers = body.get(4..).unwrap_or_default().chunks_exact(6);
            let last = column.saturating_add(u16::try_from(numbers.len()).unwrap_or(u16::MAX).saturating_sub(1));
            for (at, number) in (column..=last).zip(numbers) {
                sheet.styles.extend(word(number, 0).map(|style| ((row, at), style)));
            }
            sheet.hold(row, column, last);
        }
        record::TEXT_OF_CELL => {
            sheet.styles.extend(word(body, 4).map(|style| ((row, column), style)));
            sheet
                .texts
                .extend(word(body, 6).zip(word(body, 8)).map(|(low, high)| u32::from(low) | u32::from(high) << 16));
            sheet.hold(row, column, column);
        }
        // RSTRING, LABEL, BOOLERR: a text or a truth in a cell.
        0x00D6 | 0x0204 | 0x0205 | record::BLANK => sheet.hold(row, column, column),
        // What the sheet says of its extent, for which the library makes room: rows of four bytes, or of two.
        record::EXTENT => {
            let long = |at: usize| Some(u32::from(word(body, at)?) | u32::from(word(body, at.checked_add(2)?)?) << 16);
            let short = |at| word(body, at).map(u32::from);
            let rows = if body.len() < 14 { [short(0), short(2)] } else { [long(0), long(4)] };
            let columns = if body.len() < 14 { [short(4), short(6)] } else { [short(8), short(10)] };
            if let ([Some(top), Some(below)], [Some(left), Some(beyond)]) = (rows, columns)
                && below > 0
                && beyond > 0
            {
                // A first behind the last is taken for the beginning, which is the most that it can be.
                let (bottom, right) = (below.saturating_sub(1), beyond.saturating_sub(1));
                sheet.reach(if top > bottom { 0 } else { top }, if left > right { 0 } else { left }, bottom, right);
                sheet.is_backward |= top > bottom;
            }
        }
        record::SEVERAL_BLANKS => {
            let count = u16::try_from(body.len().saturating_sub(6) / 2).unwrap_or(u16::MAX);
            sheet.hold(row, column, column.saturating_add(count.saturating_sub(1)));
        }
        _ => {}
    }
}

/// The bytes that each shared text takes (MS-XLS 2.5.293): a text is parted only between its characters, and says anew
/// there whether they are of two bytes. What cannot be followed ends the list, as it ends the reading.
fn lengths(records: &[&[u8]]) -> Vec<usize> {
    let mut texts = Texts { records, at: 8 };
    let mut lengths = Vec::new();
    while let Some(length) = texts.next() {
        lengths.push(length);
    }
    lengths
}

/// A place in the records of texts.
struct Texts<'a> {
    records: &'a [&'a [u8]],
    at: usize,
}

impl Texts<'_> {
    /// Bytes that are left of the record; the next one where none is.
    fn left(&mut self) -> Option<usize> {
        loop {
            let left = self.records.first()?.len().saturating_sub(self.at);
            if left > 0 {
                return Some(left);
            }
            self.records = self.records.get(1..)?;
            self.at = 0;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        self.left()?;
        let byte = self.records.first()?.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let step = self.left()?.min(count);
            self.at += step;
            count -= step;
        }
        Some(())
    }

    fn word(&mut self) -> Option<usize> {
        Some(usize::from(u16::from_le_bytes([self.byte()?, self.byte()?])))
    }

    /// The bytes of the next text in UTF-8, at most.
    fn next(&mut self) -> Option<usize> {
        let (count, mut flags) = (self.word()?, self.byte()?);
        let runs = if flags & 8 != 0 { self.word()? } else { 0 };
        let extra = if flags & 4 != 0 { self.word()? | self.word()? << 16 } else { 0 };
        let mut left = count;
        while left > 0 {
            if self.at >= self.records.first()?.len() {
                self.left()?;
                flags = self.byte()?;
            }
            let width = if flags & 1 != 0 { 2 } else { 1 };
            let whole = (self.left()? / width).min(left);
            if whole == 0 {
                return None;
            }
            self.skip(whole.checked_mul(width)?)?;
            left -= whole;
        }
        self.skip(runs.checked_mul(4)?.checked_add(extra)?)?;
        count.checked_mul(3)
    }
}
