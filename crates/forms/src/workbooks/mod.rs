//! Workbooks (.xlsx, .xls, .ods) as grids of texts: what a form needs of one, read within limits; tables of Word files, of web
//! pages and of XML named .xls likewise.
//!
//! Nothing is evaluated: a formula gives the value that the program which wrote the file kept beside it.
//! Macros and links to other files are left alone, and said so.

mod archive;
mod book;
mod budget;
#[cfg(test)]
pub mod built;
mod comments;
mod decoded;
mod error;
#[cfg(test)]
mod foreign_tests;
mod format_codes;
mod grid;
mod marked;
mod number;
mod old_excel;
mod old_records;
mod opendocument;
#[cfg(test)]
mod other_formats_tests;
mod place;
mod raw;
mod runs;
#[cfg(test)]
mod seen_tests;
mod sheet;
mod styles;
mod tables;
#[cfg(test)]
mod tests;
mod web_page;
mod word;
mod xml;
mod xml_spreadsheet;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use archive::Limits;
pub use book::read;
pub use error::{FileKind, WorkbookError};
pub use marked::{Marks, marked};
pub use place::{Area, Place};

/// A workbook: its visible sheets, and what of it was not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workbook {
    /// The visible sheets, in their order.
    pub sheets: Vec<Sheet>,
    /// What was left alone.
    pub left_alone: Vec<LeftAlone>,
}

/// What a reader of a workbook leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftAlone {
    /// Macros.
    Macros,
    /// Links to other workbooks.
    ExternalLinks,
    /// Sheets that are hidden.
    HiddenSheets,
    /// Formulas, of which the kept value was taken.
    Formulas,
    /// Parts of a page or a document that are hidden.
    HiddenParts,
    /// What lies under merged cells.
    CoveredCells,
}

impl LeftAlone {
    /// What it means, in Chinese and in English.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            LeftAlone::Macros => ("文件含宏，未执行", "the file has macros; they were not run"),
            LeftAlone::ExternalLinks => {
                ("文件链接到其他工作簿，未打开", "the file links to other workbooks; they were not opened")
            }
            LeftAlone::HiddenSheets => ("隐藏的工作表未读取", "hidden sheets were not read"),
            LeftAlone::HiddenParts => ("隐藏的内容未读取", "hidden parts were not read"),
            LeftAlone::CoveredCells => ("合并单元格下的内容未读取", "what lies under merged cells was not read"),
            LeftAlone::Formulas => (
                "单元格公式未重算，取文件中保存的结果",
                "formulas were not computed anew; the values kept in the file were taken",
            ),
        }
    }
}

/// One sheet: its cells that hold something, and which of them are merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The cells that hold something, by row and column.
    pub cells: BTreeMap<Place, Cell>,
    /// Its hidden rows, whose cells are read all the same.
    pub hidden_rows: BTreeSet<u32>,
    /// Its hidden columns, likewise: the first and the last of each run.
    pub hidden_columns: Vec<(u32, u32)>,
    /// The merged areas.
    pub merged: Vec<Area>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its text: a number as its shortest decimal, a percentage with its sign, a date as `2023-10-31`.
    pub text: String,
    /// Whether its formula gave an error such as `#DIV/0!`, or the file keeps no value of it (`=`).
    pub is_error: bool,
    /// Whether the file keeps it as a number.
    pub is_number: bool,
}

impl Cell {
    /// Whether its text may not be what was typed: a double keeps fifteen digits, and what a longer code ended in is lost
    /// before the file comes here.
    pub fn is_cut(&self) -> bool {
        self.is_number && self.text.bytes().filter(u8::is_ascii_digit).count() > 15
    }
}

/// The merged areas of a sheet by the rows that hold something, so that a cell finds its own among thousands.
#[derive(Debug, Clone, Default)]
pub struct Areas(HashMap<u32, Vec<Area>>);

impl Areas {
    /// Those of a sheet.
    pub fn of(sheet: &Sheet) -> Areas {
        let used = sheet.used_rows();
        let mut areas: HashMap<u32, Vec<Area>> = HashMap::new();
        for area in &sheet.merged {
            for row in used.get(within(&used, area)).into_iter().flatten() {
                areas.entry(*row).or_default().push(*area);
            }
        }
        Areas(areas)
    }

    /// The merged area that a cell belongs to.
    pub fn of_cell(&self, place: Place) -> Option<Area> {
        self.0.get(&place.row)?.iter().copied().find(|area| area.holds(place))
    }
}

/// Which of the rows that hold something an area covers.
fn within(used: &[u32], area: &Area) -> std::ops::Range<usize> {
    used.partition_point(|row| *row < area.first.row)..used.partition_point(|row| *row <= area.last.row)
}

impl Sheet {
    /// The rows that hold something, from the top.
    fn used_rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|place| place.row).collect();
        rows.dedup();
        rows
    }

    /// How many rows that hold something the merged areas cover, each for itself.
    fn merged_rows(&self) -> usize {
        let used = self.used_rows();
        self.merged.iter().map(|area| within(&used, area).len()).fold(0, usize::saturating_add)
    }

    /// The cells that lie under the first of a merged area; `used` are the rows that hold something.
    fn covered(&self, used: &[u32], area: &Area) -> Vec<Place> {
        let (first, last) = (area.first, area.last);
        let of_row = |row: &u32| {
            let (from, to) = (Place { row: *row, column: first.column }, Place { row: *row, column: last.column });
            self.cells.range(from..=to).map(|(place, _)| *place).filter(move |place| *place != first)
        };
        used.get(within(used, area)).unwrap_or_default().iter().flat_map(of_row).collect()
    }

    /// The text of a cell; for a cell in a merged area that of the whole area.
    pub fn text(&self, areas: &Areas, place: Place) -> Option<&str> {
        let own = self.cells.get(&place);
        own.or_else(|| self.cells.get(&areas.of_cell(place)?.first)).map(|cell| cell.text.as_str())
    }
}
