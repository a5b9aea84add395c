//! The file of an export while it is written: rows as NDJSON, CSV or a workbook, in memory that does not grow with them.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Serialize;
use tokio::sync::watch;

use super::follow::Progress;
use super::model::ExportFormat;
use super::sink::{Sink, digest};
use crate::http::error::{Error, Result};
use crate::imports::files::failed;
use crate::sheets::{self, cell_number, unwritten};

/// A cell of a table.
pub enum Cell {
    /// A text; whatever it begins with, it never becomes a formula.
    Text(String),
    /// A number with all its digits.
    Number(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text, if there is one.
    pub fn text(value: &Option<impl ToString>) -> Cell {
        value.as_ref().map_or(Cell::Empty, |value| Cell::Text(value.to_string()))
    }

    /// A number, if there is one.
    pub fn number(value: &Option<impl ToString>) -> Cell {
        value.as_ref().map_or(Cell::Empty, |value| Cell::Number(value.to_string()))
    }
}

/// Rows of a sheet, its header included (ECMA-376).
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of a cell (the limit of spreadsheet programs).
const CELL_CHARACTERS: usize = 32_767;

enum Form {
    Ndjson(Sink),
    Csv(Box<csv::Writer<Sink>>),
    Xlsx { book: Box<Workbook>, row: u32 },
}

/// A file that is being written.
pub struct Output {
    path: PathBuf,
    header: Vec<&'static str>,
    form: Form,
    rows: i64,
}

/// What was written.
pub struct Written {
    /// Rows.
    pub rows: i64,
    /// Bytes.
    pub bytes: i64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Output {
    /// A new file with the columns of its table. `progress` tells clients that read along how many bytes they can read;
    /// a workbook can be read only when it is complete.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(
        path: &Path,
        format: ExportFormat,
        header: Vec<&'static str>,
        progress: &watch::Sender<Progress>,
    ) -> Result<Output> {
        let file = || Sink::create(path, progress.clone()).map_err(|cause| failed(path, &cause));
        let form = match format {
            ExportFormat::Ndjson => Form::Ndjson(file()?),
            ExportFormat::Csv => {
                let mut file = file()?;
                // Without the byte order mark, spreadsheet programs assume another encoding.
                file.write_all("\u{feff}".as_bytes()).map_err(|cause| failed(path, &cause))?;
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
                writer.write_record(&header).map_err(|cause| Error::internal(&cause))?;
                Form::Csv(Box::new(writer))
            }
            ExportFormat::Xlsx => Form::Xlsx { book: Box::new(Workbook::new()), row: SHEET_ROWS },
        };
        Ok(Output { path: path.to_owned(), header, form, rows: 0 })
    }

    /// Whether rows are JSON as the API shows it, and not cells.
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Ndjson(_))
    }

    /// Writes rows that are JSON already, one a line.
    ///
    /// # Errors
    /// When it cannot be written, or the file is a table.
    pub fn json(&mut self, lines: Vec<u8>, count: usize) -> Result<()> {
        let Form::Ndjson(file) = &mut self.form else { return Err(Error::internal(&"a table has cells, no JSON")) };
        self.rows += i64::try_from(count).unwrap_or(i64::MAX);
        file.give(lines).and_then(|()| file.write_all(b"\n")).map_err(|cause| failed(&self.path, &cause))
    }

    /// Writes one row: the resource in NDJSON, its cells in a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, resource: &impl Serialize, cells: impl FnOnce() -> Vec<Cell>) -> Result<()> {
        self.rows += 1;
        match &mut self.form {
            Form::Ndjson(file) => {
                serde_json::to_writer(&mut *file, resource).map_err(|cause| Error::internal(&cause))?;
                file.write_all(b"\n").map_err(|cause| failed(&self.path, &cause))
            }
            Form::Csv(writer) => {
                let texts = cells().into_iter().map(|cell| match cell {
                    Cell::Text(text) => sheets::harmless(text),
                    Cell::Number(number) => number,
                    Cell::Empty => String::new(),
                });
                writer.write_record(texts).map_err(|cause| Error::internal(&cause))
            }
            Form::Xlsx { book, row } => {
                if *row == SHEET_ROWS {
                    begin_sheet(book, &self.header).map_err(unwritten)?;
                    *row = 1;
                }
                let sheets = book.worksheets_mut();
                let Some(sheet) = sheets.last_mut() else { return Err(Error::internal(&"no sheet")) };
                for (column, cell) in (0_u16..).zip(cells()) {
                    let written = match cell {
                        Cell::Empty => continue,
                        Cell::Text(text) => sheet.write_string(*row, column, fitting(&text)?),
                        Cell::Number(number) => write_number(sheet, *row, column, &number),
                    };
                    written.map_err(unwritten)?;
                }
                *row += 1;
                Ok(())
            }
        }
    }

    /// Ends the file: when this returns it is on disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<Written> {
        let path = &self.path;
        let sink = match self.form {
            Form::Ndjson(file) => file,
            Form::Csv(writer) => writer.into_inner().map_err(|cause| failed(path, cause.error()))?,
            Form::Xlsx { mut book, row } => {
                if row == SHEET_ROWS && book.worksheets().is_empty() {
                    begin_sheet(&mut book, &self.header).map_err(unwritten)?;
                }
                book.save(path).map_err(unwritten)?;
                let sync = || File::open(path)?.sync_all();
                sync().map_err(|cause| failed(path, &cause))?;
                let (bytes, sha256) = digest(path).map_err(|cause| failed(path, &cause))?;
                return Ok(Written { rows: self.rows, bytes: i64::try_from(bytes).unwrap_or(i64::MAX), sha256 });
            }
        };
        let (bytes, sha256) = sink.finish().map_err(|cause| failed(path, &cause))?;
        Ok(Written { rows: self.rows, bytes: i64::try_from(bytes).unwrap_or(i64::MAX), sha256 })
    }
}

/// How many rows a file has; none for a workbook, whose rows are not counted here.
///
/// # Errors
/// When it cannot be read.
pub fn rows_of(path: &Path, format: ExportFormat) -> std::result::Result<Option<u64>, Box<dyn std::error::Error>> {
    let file = BufReader::new(File::open(path)?);
    let count = match format {
        ExportFormat::Ndjson => file.split(b'\n').try_fold(0, |count, line| line.map(|_| count + 1))?,
        ExportFormat::Csv => {
            let mut reader = csv::ReaderBuilder::new().from_reader(file);
            reader.byte_records().try_fold(0, |count, row| row.map(|_| count + 1))?
        }
        ExportFormat::Xlsx => return Ok(None),
    };
    Ok(Some(count))
}

fn begin_sheet(book: &mut Workbook, header: &[&str]) -> std::result::Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, name) in (0_u16..).zip(header) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    Ok(())
}

/// Writes a number; as a text if a spreadsheet would cut off digits.
fn write_number<'a>(
    sheet: &'a mut rust_xlsxwriter::Worksheet,
    row: u32,
    column: u16,
    number: &str,
) -> std::result::Result<&'a mut rust_xlsxwriter::Worksheet, XlsxError> {
    let decimal = number.parse::<rust_decimal::Decimal>().ok();
    match decimal.and_then(|decimal| Some((decimal.scale(), cell_number(decimal)?))) {
        Some((scale, cell)) => {
            let places = usize::try_from(scale).unwrap_or_default();
            let shown = if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) };
            sheet.write_number_with_format(row, column, cell, &Format::new().set_num_format(shown))
        }
        _ => sheet.write_string(row, column, number),
    }
}

fn fitting(text: &str) -> Result<&str> {
    match text.chars().count() <= CELL_CHARACTERS {
        true => Ok(text),
        false => Err(Error::internal(&format!(
            "a text of more than {CELL_CHARACTERS} characters fits no cell; export as ndjson"
        ))),
    }
}
