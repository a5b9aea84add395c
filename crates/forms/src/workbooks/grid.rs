//! A sheet made from the tables of other formats, cell by cell and within the limits.

use std::collections::{BTreeMap, HashMap};

use super::archive::Limits;
use super::{Area, Cell, Place, Sheet, Workbook, WorkbookError};

/// What formulas show that gave an error.
const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NUM!", "#REF!", "#VALUE!", "Err:5"];

/// How many rows and columns a cell takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// At least 1.
    pub rows: u32,
    /// At least 1.
    pub columns: u32,
}

impl Span {
    /// A cell by itself.
    pub const ONE: Span = Span { rows: 1, columns: 1 };

    /// As a file says it; nothing there, and 0, are 1.
    pub fn of(rows: Option<String>, columns: Option<String>) -> Span {
        Span { rows: count(rows), columns: count(columns) }
    }
}

/// How often or how far something goes, as a file says it; nothing there, and 0, are 1.
pub fn count(text: Option<String>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

/// A sheet that is being made.
pub struct Grid<'a> {
    limits: &'a Limits,
    sheet: Sheet,
    row: u32,
    column: u32,
    /// Columns that cells above take, with the last row of each.
    taken: HashMap<u32, u32>,
    /// Columns that may still be taken so.
    left: usize,
}

impl<'a> Grid<'a> {
    /// An empty sheet.
    pub fn new(name: &str, limits: &'a Limits) -> Grid<'a> {
        let sheet = Sheet { name: name.to_owned(), cells: BTreeMap::new(), ..Sheet::default() };
        Grid { limits, sheet, row: 0, column: 0, taken: HashMap::new(), left: limits.cells }
    }

    /// The next sheet of a workbook.
    ///
    /// # Errors
    /// When there are too many.
    pub fn begin(book: &Workbook, name: &str, limits: &'a Limits) -> Result<Grid<'a>, WorkbookError> {
        match book.sheets.len() < limits.sheets {
            true => Ok(Grid::new(name, limits)),
            false => Err(WorkbookError::TooLarge(format!("more than {} sheets", limits.sheets))),
        }
    }

    /// Ends the sheet: it is one of the workbook if anything stands in it.
    pub fn end(self, book: &mut Workbook) {
        if !self.sheet.cells.is_empty() {
            book.sheets.push(self.sheet);
        }
    }

    /// Begins the next row.
    pub fn row(&mut self) {
        self.skip_rows(1);
    }

    /// Passes over rows.
    pub fn skip_rows(&mut self, count: u32) {
        self.row = self.row.saturating_add(count);
        self.column = 0;
    }

    /// Goes to a column of the row, from 1.
    pub fn at(&mut self, column: u32) {
        self.column = column.saturating_sub(1);
    }

    /// Passes over columns.
    pub fn skip(&mut self, count: u32) {
        self.column = self.column.saturating_add(count);
    }

    /// Hides the current row.
    pub fn hide(&mut self) {
        self.sheet.hidden_rows.insert(self.row);
    }

    /// The next cell of the row that none from above takes; an empty text only takes its place.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub fn put(&mut self, text: &str, span: Span) -> Result<Place, WorkbookError> {
        self.column = self.column.saturating_add(1);
        while self.taken.get(&self.column).is_some_and(|last| *last >= self.row) {
            self.column = self.column.saturating_add(1);
        }
        let first = Place { row: self.row.max(1), column: self.column };
        let last = Place {
            row: first.row.saturating_add(span.rows.saturating_sub(1)),
            column: first.column.saturating_add(span.columns.saturating_sub(1)),
        };
        if !last.is_on_a_sheet() {
            return Err(WorkbookError::TooLarge(format!("{last}")));
        }
        if span.rows > 1 {
            let columns = usize::try_from(span.columns).unwrap_or(usize::MAX);
            let left = self.left.checked_sub(columns);
            let exceeded = || WorkbookError::TooLarge(format!("more than {} merged cells", self.limits.cells));
            self.left = left.ok_or_else(exceeded)?;
            self.taken.extend((first.column..=last.column).map(|column| (column, last.row)));
        }
        if span != Span::ONE {
            self.merge(first, last)?;
        }
        self.column = last.column;
        self.fill(first, text)?;
        Ok(first)
    }

    /// Merges cells.
    ///
    /// # Errors
    /// When there are too many.
    pub fn merge(&mut self, first: Place, last: Place) -> Result<(), WorkbookError> {
        if self.sheet.merged.len() >= self.limits.merged {
            return Err(WorkbookError::TooLarge(format!("more than {} merged areas", self.limits.merged)));
        }
        self.sheet.merged.push(Area { first, last });
        Ok(())
    }

    /// Lengthens the merged area that begins in a cell down to a row.
    pub fn lengthen(&mut self, first: Place, row: u32) {
        if let Some(area) = self.sheet.merged.iter_mut().rev().find(|area| area.first == first) {
            area.last.row = row;
        }
    }

    /// Where the next cell of the row stands, where none from above takes its place.
    pub fn next(&self) -> Place {
        Place { row: self.row.max(1), column: self.column.saturating_add(1) }
    }

    fn fill(&mut self, place: Place, text: &str) -> Result<(), WorkbookError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if self.sheet.cells.len() >= self.limits.cells {
            return Err(WorkbookError::TooLarge(format!("more than {} cells", self.limits.cells)));
        }
        if text.chars().count() > self.limits.text {
            return Err(WorkbookError::TooLarge(format!("{place}: more than {} characters", self.limits.text)));
        }
        let is_error = ERRORS.iter().any(|error| text.starts_with(error));
        let cell = Cell { text: text.to_owned(), is_error, is_number: false };
        self.sheet.cells.insert(place, cell);
        Ok(())
    }
}
