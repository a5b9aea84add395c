//! Tables of documents and pages, which may stand within each other, and how they become one sheet: one below the other,
//! with the paragraphs between them as rows of one cell.

use std::collections::HashMap;

use super::archive::Limits;
use super::grid::{Grid, Span};
use super::runs::{Look, Runs};
use super::{Cell, LeftAlone, WorkbookError};

/// Tables within tables at most; what is nested deeper is text of the cell it stands in.
const DEPTH: usize = 12;

/// What stands in a document, or in a cell of it.
pub enum Block {
    /// A text.
    Paragraph(String),
    /// A table.
    Table(Vec<Row>),
}

/// A row of a table.
#[derive(Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<TableCell>,
    /// Columns that are left free before the first.
    pub before: u32,
    /// Whether it is hidden; it is read all the same.
    pub is_hidden: bool,
    /// Whether it was deleted in a tracked change.
    pub is_deleted: bool,
    /// Whether it begins a group of rows, beyond which no cell of the one before reaches.
    begins_group: bool,
}

/// A cell of a row.
pub struct TableCell {
    blocks: Vec<Block>,
    /// How far it reaches.
    pub span: Span,
    /// Whether it is a part of the cell above.
    pub continues: bool,
    /// Whether cells below may be a part of it.
    pub restarts: bool,
    /// Whether it is not there for a person.
    pub is_left_out: bool,
    /// Whether it is shown, and its text is not.
    pub is_blank: bool,
    /// Whether it is a part of the cell before it.
    pub joins: bool,
}

/// A table that is being read.
#[derive(Default)]
struct Open {
    rows: Vec<Row>,
    row: Option<Row>,
    cell: Option<TableCell>,
    begins_group: bool,
}

/// A document that is being read.
pub struct Document<'a> {
    limits: &'a Limits,
    blocks: Vec<Block>,
    open: Vec<Open>,
    /// Tables that are nested too deep.
    deeper: u32,
    runs: Runs,
    /// Cells, rows and paragraphs that may still be kept.
    left: usize,
    tables: u32,
    has_hidden: bool,
}

impl<'a> Document<'a> {
    /// An empty one.
    pub fn new(limits: &'a Limits) -> Document<'a> {
        Document {
            limits,
            blocks: Vec::new(),
            open: Vec::new(),
            deeper: 0,
            runs: Runs::default(),
            // Cells may be empty.
            left: limits.cells.saturating_mul(2),
            tables: 0,
            has_hidden: false,
        }
    }

    /// A run of text.
    pub fn text(&mut self, text: &str, look: Look) {
        self.runs.push(text, look);
    }

    /// A line of the paragraph ends.
    pub fn line(&mut self) {
        self.runs.line();
    }

    /// Something is hidden, and left alone.
    pub fn hide(&mut self) {
        self.has_hidden = true;
    }

    fn spend(&mut self) -> Result<(), WorkbookError> {
        let exceeded = || WorkbookError::TooLarge(format!("more than {} cells", self.limits.cells));
        self.left = self.left.checked_sub(1).ok_or_else(exceeded)?;
        Ok(())
    }

    /// A paragraph ends.
    ///
    /// # Errors
    /// When there are too many.
    pub fn paragraph(&mut self) -> Result<(), WorkbookError> {
        if self.runs.is_empty() {
            self.runs.clear();
            return Ok(());
        }
        self.spend()?;
        let lines = self.runs.take();
        let lines: Vec<&str> = lines.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
        let block = Block::Paragraph(lines.join("\n"));
        // What stands in a table but in no cell of it is shown before the table.
        let cell = self.open.iter_mut().rev().find_map(|open| open.cell.as_mut());
        cell.map_or(&mut self.blocks, |cell| &mut cell.blocks).push(block);
        Ok(())
    }

    /// Whether a cell is open.
    pub fn is_in_cell(&self) -> bool {
        self.open.last().is_some_and(|open| open.cell.is_some())
    }

    /// A table begins.
    ///
    /// # Errors
    /// When there is too much before it.
    pub fn begin_table(&mut self) -> Result<(), WorkbookError> {
        self.paragraph()?;
        self.spend()?;
        self.tables = self.tables.saturating_add(1);
        if self.open.len() < DEPTH && self.deeper == 0 {
            self.open.push(Open::default());
        } else {
            self.deeper += 1;
        }
        Ok(())
    }

    /// A row begins; one that is open ends.
    ///
    /// # Errors
    /// When there are too many.
    pub fn begin_row(&mut self) -> Result<(), WorkbookError> {
        self.end_row()?;
        self.spend()?;
        if let Some(open) = self.open.last_mut().filter(|_| self.deeper == 0) {
            let begins_group = std::mem::take(&mut open.begins_group);
            open.row = Some(Row { begins_group, ..Row::default() });
        }
        Ok(())
    }

    /// A group of rows begins or ends: no cell before reaches beyond.
    ///
    /// # Errors
    /// When there is too much before it.
    pub fn group(&mut self) -> Result<(), WorkbookError> {
        self.end_row()?;
        if let Some(open) = self.open.last_mut().filter(|_| self.deeper == 0) {
            open.begins_group = true;
        }
        Ok(())
    }

    /// The row that is open.
    pub fn row(&mut self) -> Option<&mut Row> {
        self.open.last_mut()?.row.as_mut().filter(|_| self.deeper == 0)
    }

    /// A cell begins; one that is open ends.
    ///
    /// # Errors
    /// When there are too many.
    pub fn begin_cell(&mut self, span: Span) -> Result<(), WorkbookError> {
        self.end_cell()?;
        self.spend()?;
        let Some(open) = self.open.last_mut().filter(|_| self.deeper == 0) else { return Ok(()) };
        open.row.get_or_insert_default();
        open.cell = Some(TableCell {
            blocks: Vec::new(),
            span,
            continues: false,
            restarts: false,
            is_left_out: false,
            is_blank: false,
            joins: false,
        });
        Ok(())
    }

    /// Columns are left free before the first cell of the row.
    pub fn before(&mut self, columns: u32) {
        if let Some(row) = self.row() {
            row.before = columns;
        }
    }

    /// The cell that is open.
    pub fn cell(&mut self) -> Option<&mut TableCell> {
        self.open.last_mut()?.cell.as_mut().filter(|_| self.deeper == 0)
    }

    /// A cell ends.
    ///
    /// # Errors
    /// When there is too much in it.
    pub fn end_cell(&mut self) -> Result<(), WorkbookError> {
        self.paragraph()?;
        if let Some(open) = self.open.last_mut().filter(|_| self.deeper == 0)
            && let Some(cell) = open.cell.take()
            && let Some(row) = &mut open.row
            && !cell.is_left_out
        {
            match row.cells.last_mut().filter(|_| cell.joins) {
                Some(before) => before.span.columns = before.span.columns.saturating_add(cell.span.columns),
                None => row.cells.push(cell),
            }
        }
        Ok(())
    }

    /// A row ends.
    ///
    /// # Errors
    /// When there is too much in it.
    pub fn end_row(&mut self) -> Result<(), WorkbookError> {
        self.end_cell()?;
        if let Some(open) = self.open.last_mut().filter(|_| self.deeper == 0)
            && let Some(row) = open.row.take()
            && !row.is_deleted
        {
            open.rows.push(row);
        }
        Ok(())
    }

    /// A table ends.
    ///
    /// # Errors
    /// When there is too much in it.
    pub fn end_table(&mut self) -> Result<(), WorkbookError> {
        self.end_row()?;
        if self.deeper > 0 {
            self.deeper -= 1;
            return Ok(());
        }
        if let Some(table) = self.open.pop() {
            let cell = self.open.iter_mut().rev().find_map(|open| open.cell.as_mut());
            cell.map_or(&mut self.blocks, |cell| &mut cell.blocks).push(Block::Table(table.rows));
        }
        Ok(())
    }

    /// Lays out what was read as a sheet, if there was a table.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub fn lay(mut self, name: &str) -> Result<super::Workbook, WorkbookError> {
        while !self.open.is_empty() {
            self.end_table()?;
        }
        self.paragraph()?;
        let mut grid = Grid::new(self.limits);
        if self.has_hidden {
            grid.note(LeftAlone::HiddenParts);
        }
        if self.tables > 0 {
            grid.begin(name)?;
            lay(&mut grid, self.blocks)?;
            grid.end()?;
        }
        Ok(grid.finish())
    }
}

fn lay(grid: &mut Grid<'_>, blocks: Vec<Block>) -> Result<(), WorkbookError> {
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                grid.row();
                grid.put(Cell::of_text(&text), Span::ONE)?;
            }
            Block::Table(mut rows) => {
                lengthen(&mut rows);
                for row in rows {
                    lay_row(grid, row)?;
                }
                grid.end_table();
            }
        }
    }
    Ok(())
}

fn lay_row(grid: &mut Grid<'_>, row: Row) -> Result<(), WorkbookError> {
    // A page is often laid out by a table: what it holds stands for itself. Among more cells it is evidence in one of them.
    if row.cells.len() <= 2 && row.cells.iter().flat_map(|cell| &cell.blocks).any(is_for_itself) {
        grid.end_table();
        return row.cells.into_iter().try_for_each(|cell| lay(grid, cell.blocks));
    }
    grid.row();
    if row.is_hidden {
        grid.hide();
    }
    grid.skip(row.before);
    for cell in row.cells {
        if !cell.continues {
            let mut text = String::new();
            if !cell.is_blank {
                said(&cell.blocks, &mut text);
            }
            grid.put(Cell::of_text(&text), cell.span)?;
        }
    }
    Ok(())
}

/// Whether a table within a cell is one of its own, and no way to write a few words.
fn is_for_itself(block: &Block) -> bool {
    let Block::Table(rows) = block else { return false };
    rows.len() > 2 && rows.iter().any(|row| row.cells.len() > 2)
        || rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.blocks).any(is_for_itself)
}

/// Lengthens cells by those below that are a part of them, and ends those that would reach beyond their group of rows.
fn lengthen(rows: &mut [Row]) {
    let mut end = rows.len();
    for (at, row) in rows.iter_mut().enumerate().rev() {
        let left = u32::try_from(end - at).unwrap_or(u32::MAX);
        row.cells.iter_mut().for_each(|cell| cell.span.rows = cell.span.rows.min(left));
        if row.begins_group {
            end = at;
        }
    }
    let mut open: HashMap<u32, (usize, usize, u32)> = HashMap::new();
    for at in 0..rows.len() {
        let mut column = rows.get(at).map_or(0, |row| row.before);
        for number in 0..rows.get(at).map_or(0, |row| row.cells.len()) {
            let Some(cell) = rows.get_mut(at).and_then(|row| row.cells.get_mut(number)) else { continue };
            let (own, columns) = (column, cell.span.columns);
            column = column.saturating_add(columns);
            let above = open.get(&own).copied().filter(|(_, _, width)| cell.continues && *width == columns);
            match above {
                Some((row, number, _)) => {
                    if let Some(first) = rows.get_mut(row).and_then(|row| row.cells.get_mut(number)) {
                        first.span.rows = u32::try_from(at - row).unwrap_or(u32::MAX).saturating_add(1);
                    }
                }
                None => {
                    cell.continues = false;
                    open.remove(&own);
                    if cell.restarts {
                        open.insert(own, (at, number, columns));
                    }
                }
            }
        }
    }
}

/// The text of a cell: a paragraph a line, a row of a small table likewise.
fn said(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(paragraph);
            }
            Block::Table(rows) => rows.iter().flat_map(|row| &row.cells).for_each(|cell| said(&cell.blocks, text)),
        }
    }
}
