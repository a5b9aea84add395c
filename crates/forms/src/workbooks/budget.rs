//! How much of a workbook may still be kept: one purse for all its sheets, whatever format they come in.

use super::archive::Limits;
use super::{Area, Cell, Place, Sheet, WorkbookError};

/// What is left of the limits of a workbook.
pub struct Budget<'a> {
    limits: &'a Limits,
    sheets: usize,
    cells: usize,
    /// Bytes of the texts of cells: a file says one text once and shows it in many cells.
    texts: u64,
}

impl<'a> Budget<'a> {
    /// All of it.
    pub fn new(limits: &'a Limits) -> Budget<'a> {
        Budget { limits, sheets: limits.sheets, cells: limits.cells, texts: limits.inflated }
    }

    /// The limits that it began with.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// One sheet more, hidden ones among them.
    ///
    /// # Errors
    /// When there are too many.
    pub fn sheet(&mut self) -> Result<(), WorkbookError> {
        let left = self.sheets.checked_sub(1);
        self.sheets =
            left.ok_or_else(|| WorkbookError::TooLarge(format!("more than {} sheets", self.limits.sheets)))?;
        Ok(())
    }

    /// Keeps a cell that holds something; one that holds blanks is none.
    ///
    /// # Errors
    /// When it is too long, or there are too many, or too much text in them together.
    pub fn keep(&mut self, sheet: &mut Sheet, place: Place, cell: Cell) -> Result<(), WorkbookError> {
        if cell.text.trim().is_empty() {
            return Ok(());
        }
        let limits = self.limits;
        if cell.text.len() > limits.text && cell.text.chars().count() > limits.text {
            return Err(WorkbookError::TooLarge(format!("cell {place} has more than {} characters", limits.text)));
        }
        let left = self.cells.checked_sub(1);
        self.cells = left.ok_or_else(|| WorkbookError::TooLarge(format!("more than {} cells", limits.cells)))?;
        let left = self.texts.checked_sub(u64::try_from(cell.text.len()).unwrap_or(u64::MAX));
        self.texts =
            left.ok_or_else(|| WorkbookError::TooLarge(format!("cells of more than {} bytes", limits.inflated)))?;
        sheet.cells.insert(place, cell);
        Ok(())
    }

    /// Merges cells of a sheet.
    ///
    /// # Errors
    /// When it has too many merged areas.
    pub fn merge(&self, sheet: &mut Sheet, area: Area) -> Result<(), WorkbookError> {
        if sheet.merged.len() >= self.limits.merged {
            return Err(WorkbookError::TooLarge(format!("more than {} merged areas", self.limits.merged)));
        }
        sheet.merged.push(area);
        Ok(())
    }

    /// Looks at a whole sheet, and takes out what lies under merged cells, which nobody sees; says whether that was anything
    /// else than what is seen. Areas that overlap, which no spreadsheet program makes, could cost more than all cells
    /// together.
    ///
    /// # Errors
    /// When its merged areas cover too many rows together.
    pub fn whole(&self, sheet: &mut Sheet) -> Result<bool, WorkbookError> {
        if sheet.merged_rows() > self.limits.cells {
            let most = self.limits.cells;
            return Err(WorkbookError::TooLarge(format!("merged areas of more than {most} rows together")));
        }
        let (used, mut is_other) = (sheet.used_rows(), false);
        // Each is taken out at once, so that areas that overlap find nothing again.
        for area in sheet.merged.clone() {
            for place in sheet.covered(&used, &area) {
                let gone = sheet.cells.remove(&place);
                let seen = sheet.cells.get(&area.first);
                is_other |= gone.is_some_and(|gone| seen.is_none_or(|seen| seen.text != gone.text));
            }
        }
        Ok(is_other)
    }
}
