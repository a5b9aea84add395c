//! A table with a header: which column is which field, and its cells as the fields' values.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::columns::{self, Column, Holds};
use super::super::model::ImportKind;
use super::super::record::{Columns, Record, RowError, RowPlace};
use super::Unreadable;
use crate::http::error::Code;
use crate::values::input::shortened;
use crate::workbooks::Place;

/// Why a cell cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Its formula gave an error, or the file keeps no value of it.
    Formula,
    /// It is kept as a number and has more digits than a number holds.
    Digits,
}

impl Flaw {
    fn said(self) -> (Code, &'static str, &'static str) {
        match self {
            Flaw::Formula => (
                Code::CellError,
                "公式有错误，或文件没有保存其结果；请用表格软件打开、更正并保存",
                "its formula gave an error, or the file keeps no value of it; open it in a spreadsheet program, mend \
                 and save it",
            ),
            Flaw::Digits => (
                Code::CellError,
                "单元格为数值格式，超过15位的数字已经丢失；请把该列设为文本格式后重新填写",
                "the cell is a number, and digits beyond the fifteenth are lost; format the column as text and fill it \
                 in again",
            ),
        }
    }
}

/// A recognised header.
pub struct Header {
    columns: Vec<(u32, &'static Column, u32)>,
    headings: Arc<Columns>,
}

impl Header {
    /// How many headings of a row are known.
    pub fn known(kind: ImportKind, cells: &[(u32, String)]) -> usize {
        cells.iter().filter(|(_, text)| columns::recognise(kind, text).is_some()).count()
    }

    /// Reads the header of a table; every column must be known, so that none is silently ignored.
    pub fn read(kind: ImportKind, cells: &[(u32, String)], has_cells: bool) -> Result<Header, Unreadable> {
        let (mut found, mut headings) = (Vec::new(), Columns { has_cells, ..Columns::default() });
        let (mut unknown, mut twice) = (Vec::new(), Vec::new());
        for (place, text) in cells.iter().filter(|(_, text)| !text.trim().is_empty()) {
            match columns::recognise(kind, text) {
                None => unknown.push(shortened(text.trim())),
                Some((column, factor)) => {
                    if headings.headings.insert(column.field, (text.trim().to_owned(), *place)).is_some() {
                        twice.push(shortened(text.trim()));
                    }
                    found.push((*place, column, factor));
                }
            }
        }
        let all = columns::of(kind);
        let names = |wanted: &dyn Fn(&Column) -> bool| {
            let names = all.iter().filter(|column| wanted(column));
            names.map(|column| format!("{}({})", column.zh.first().unwrap_or(&""), column.field)).collect::<Vec<_>>()
        };
        if found.is_empty() {
            let known = names(&|_| true).join(", ");
            return Err(Unreadable::content(
                Code::HeaderNotFound,
                format!("没有找到表头；可用的列：{known}"),
                format!("no header was found; the columns are {known}"),
            ));
        }
        if !unknown.is_empty() || !twice.is_empty() {
            let known = names(&|_| true).join(", ");
            let listed = unknown.iter().chain(&twice).cloned().collect::<Vec<_>>().join(", ");
            return Err(Unreadable::content(
                Code::UnknownColumn,
                format!("表头有未知或重复的列：{listed}；可用的列：{known}"),
                format!("the header has columns that are unknown or there twice: {listed}; known are {known}"),
            ));
        }
        Ok(Header { columns: found, headings: Arc::new(headings) })
    }

    /// A row of the table; none if it is empty. `text` returns the cell of a column.
    pub fn record(&self, place: RowPlace, text: impl Fn(u32) -> Option<(String, Option<Flaw>)>) -> Option<Record> {
        let mut fields = Map::new();
        let (mut is_empty, mut error, mut originals) = (true, None, HashMap::new());
        for &(at, column, factor) in &self.columns {
            let cell = text(at);
            let written = cell.as_ref().map(|(text, _)| text.trim()).filter(|text| !text.is_empty());
            is_empty &= written.is_none();
            let flaw = cell.as_ref().and_then(|(_, flaw)| *flaw);
            if let Some(flaw) = flaw.filter(|flaw| *flaw == Flaw::Formula || column.holds == Holds::Text) {
                error = error.or(Some((at, column.field, flaw, cell.as_ref().map(|(text, _)| text.clone()))));
            }
            // An empty cell of a required field counts as absent: the registered value stays. Any other is null, which
            // clears it where the import says so.
            if written.is_none() && column.required {
                continue;
            }
            let read = written.map_or(Value::Null, |text| value(column, factor, text));
            if let Some(text) = written.filter(|text| read.as_str().is_some_and(|read| read != *text)) {
                originals.insert(column.field, text.to_owned());
            }
            fields.insert(column.field.to_owned(), read);
        }
        if is_empty {
            return None;
        }
        let value = match error {
            None => Ok(Value::Object(fields)),
            Some((at, field, flaw, cell)) => {
                let (code, zh, en) = flaw.said();
                Err(RowError {
                    row: place.row,
                    cell: u32::try_from(place.row).ok().map(|row| Place { row, column: at }.to_string()),
                    column: self.headings.headings.get(field).map(|(heading, _)| heading.clone()),
                    code: code.as_str().to_owned(),
                    value: cell,
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                })
            }
        };
        Some(Record { place, value, columns: Some(self.headings.clone()), originals })
    }
}

/// Converts a cell to the value of its field. A text that does not fit stays a text; reading the field reports the
/// error.
fn value(column: &Column, factor: u32, text: &str) -> Value {
    let half = half_width(text);
    // Names keep full-width characters; codes and figures are normalized to half width.
    let is_name = column.holds == Holds::Text && !column.field.ends_with("code");
    let text = if is_name || matches!(column.holds, Holds::Lines | Holds::Steps) { text } else { half.as_str() };
    match column.holds {
        Holds::Text => json!(text),
        Holds::Whole => {
            // A spreadsheet may write 2022 as 2022.0.
            let whole = text.trim_end_matches(['年', '度']).trim();
            whole.strip_suffix(".0").unwrap_or(whole).parse::<i64>().map_or_else(|_| json!(text), |whole| json!(whole))
        }
        Holds::YesNo => match text.trim() {
            "是" | "√" | "true" | "TRUE" | "1" => json!(true),
            "否" | "×" | "false" | "FALSE" | "0" => json!(false),
            other => json!(other),
        },
        Holds::Points => json!(plain_number(text.trim_end_matches('分'))),
        Holds::Amount => {
            let plain = plain_number(text.trim_end_matches('元'));
            let yuan = Decimal::from_str_exact(&plain).ok().and_then(|amount| amount.checked_mul(factor.into()));
            match yuan.filter(|_| factor > 1) {
                Some(yuan) => json!(yuan.normalize().to_string()),
                None => json!(plain),
            }
        }
        Holds::Lines => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        Holds::Steps => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| match line.split_once(['：', ':']) {
                Some((months, work)) => json!({"months": months.trim(), "work": work.trim()}),
                None => json!({"months": line}),
            })
            .collect(),
        Holds::Names(names) => {
            json!(names.iter().find(|(written, _)| *written == text).map_or(text, |(_, name)| name))
        }
    }
}

/// The text with full-width characters, as input methods write them, turned into half-width ones.
fn half_width(text: &str) -> String {
    text.chars().map(crate::scoring::half_width).collect::<String>().trim().to_owned()
}

/// A number without the commas between its thousands.
fn plain_number(text: &str) -> String {
    text.trim().chars().filter(|char| !matches!(char, ',' | '，' | '¥' | '￥')).collect()
}
