//! Sheets made from the tables of other formats, cell by cell and within the limits.

use std::collections::HashMap;

use super::archive::Limits;
use super::budget::Budget;
use super::{Area, Cell, LeftAlone, Place, Sheet, Workbook, WorkbookError};

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
    number(text).unwrap_or(1).max(1)
}

/// A number that a text begins with, as browsers read `2px`.
pub fn number(text: Option<String>) -> Option<u32> {
    let text = text?;
    let text = text.trim();
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

impl Cell {
    /// A cell that holds a text, which may be what a formula shows that gave an error.
    pub fn of_text(text: &str) -> Cell {
        let text = text.trim();
        let is_error = ERRORS.iter().any(|error| text.starts_with(error));
        Cell { text: text.to_owned(), is_error, is_number: false }
    }
}

/// A workbook that is being made, and the place in its last sheet.
pub struct Grid<'a> {
    budget: Budget<'a>,
    book: Workbook,
    sheet: Sheet,
    is_open: bool,
    row: u32,
    column: u32,
    /// Columns that cells above take, with the last row of each.
    taken: HashMap<u32, u32>,
    /// Steps over columns that may still be taken so.
    steps: usize,
    /// How many merged areas stand in the tables before.
    before: usize,
}

impl<'a> Grid<'a> {
    /// A workbook without a sheet.
    pub fn new(limits: &'a Limits) -> Grid<'a> {
        Grid {
            budget: Budget::new(limits),
            book: Workbook::default(),
            sheet: Sheet::default(),
            is_open: false,
            row: 0,
            column: 0,
            taken: HashMap::new(),
            steps: limits.cells.saturating_mul(4),
            before: 0,
        }
    }

    /// Begins the next sheet.
    ///
    /// # Errors
    /// When there are too many.
    pub fn begin(&mut self, name: &str) -> Result<(), WorkbookError> {
        self.budget.sheet()?;
        self.sheet = Sheet { name: name.to_owned(), ..Sheet::default() };
        self.taken.clear();
        (self.is_open, self.row, self.column, self.before) = (true, 0, 0, 0);
        Ok(())
    }

    /// Ends the sheet: it is one of the workbook if anything stands in it.
    ///
    /// # Errors
    /// When its merged areas cover too much.
    pub fn end(&mut self) -> Result<(), WorkbookError> {
        self.is_open = false;
        let mut sheet = std::mem::take(&mut self.sheet);
        if !sheet.cells.is_empty() {
            if self.budget.whole(&mut sheet)? {
                self.note(LeftAlone::CoveredCells);
            }
            self.book.sheets.push(sheet);
        }
        Ok(())
    }

    /// Ends a sheet that is hidden: it is left alone.
    pub fn leave(&mut self) {
        self.is_open = false;
        self.sheet = Sheet::default();
        self.note(LeftAlone::HiddenSheets);
    }

    /// Something is left alone.
    pub fn note(&mut self, what: LeftAlone) {
        if !self.book.left_alone.contains(&what) {
            self.book.left_alone.push(what);
        }
    }

    /// The workbook.
    pub fn finish(mut self) -> Workbook {
        self.book.left_alone.sort_unstable();
        self.book
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
        if self.sheet.hidden_rows.len() < self.budget.limits().cells {
            self.sheet.hidden_rows.insert(self.row);
        }
    }

    /// Hides columns.
    pub fn hide_columns(&mut self, first: u32, count: u32) {
        if self.sheet.hidden_columns.len() < self.budget.limits().merged {
            self.sheet.hidden_columns.push((first, first.saturating_add(count.saturating_sub(1))));
        }
    }

    /// The next cell of the row that none from above takes; an empty text only takes its place.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub fn put(&mut self, cell: Cell, span: Span) -> Result<Place, WorkbookError> {
        self.column = self.column.saturating_add(1);
        while self.taken.get(&self.column).is_some_and(|last| *last >= self.row) {
            self.step(1)?;
            self.column = self.column.saturating_add(1);
        }
        let first = Place { row: self.row.max(1), column: self.column };
        let last = Place {
            row: first.row.saturating_add(span.rows.saturating_sub(1)),
            column: first.column.saturating_add(span.columns.saturating_sub(1)),
        };
        if !last.is_on_a_sheet() {
            return Err(WorkbookError::TooLarge(format!("a cell reaches to {last}, beyond the largest sheet")));
        }
        if span.rows > 1 {
            self.step(span.columns)?;
            self.taken.extend((first.column..=last.column).map(|column| (column, last.row)));
        }
        if span != Span::ONE {
            self.merge(first, last)?;
        }
        self.column = last.column;
        if self.is_open {
            self.budget.keep(&mut self.sheet, first, cell)?;
        }
        Ok(first)
    }

    fn step(&mut self, columns: u32) -> Result<(), WorkbookError> {
        let left = self.steps.checked_sub(usize::try_from(columns).unwrap_or(usize::MAX));
        self.steps = left.ok_or_else(|| WorkbookError::TooLarge("merged cells over too many rows".to_owned()))?;
        Ok(())
    }

    /// Merges cells.
    ///
    /// # Errors
    /// When there are too many.
    pub fn merge(&mut self, first: Place, last: Place) -> Result<(), WorkbookError> {
        self.budget.merge(&mut self.sheet, Area { first, last })
    }

    /// Ends a table: no cell of it reaches into the rows of the next.
    pub fn end_table(&mut self) {
        self.taken.clear();
        let last = self.row.max(1);
        for area in self.sheet.merged.iter_mut().skip(self.before) {
            area.last.row = area.last.row.min(last);
        }
        self.before = self.sheet.merged.len();
    }
}
