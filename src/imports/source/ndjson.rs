//! NDJSON: a JSON object on each line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::super::model::ImportKind;
use super::super::record::{Record, RowError, RowPlace};
use super::{MOST_ROWS, Unreadable, too_many_rows};
use crate::http::error::Code;
use crate::http::json;
use crate::values::input::shortened;

/// Bytes of a line at most.
const LONGEST_LINE: u64 = 1 << 20;

struct Lines {
    reader: BufReader<File>,
    row: u64,
    rows: u64,
    line: Vec<u8>,
    is_over: bool,
}

/// The rows of a file.
pub fn rows(reader: BufReader<File>, _kind: ImportKind) -> Box<dyn Iterator<Item = Result<Record, Unreadable>> + Send> {
    Box::new(Lines { reader, row: 0, rows: 0, line: Vec::new(), is_over: false })
}

impl Iterator for Lines {
    type Item = Result<Record, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.is_over {
                return None;
            }
            self.line.clear();
            let read = self.reader.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut self.line);
            match read {
                Err(cause) => {
                    self.is_over = true;
                    return Some(Err(cause.into()));
                }
                Ok(0) => return None,
                Ok(_) => self.row += 1,
            }
            let line = if self.row == 1 { self.line.strip_prefix(b"\xEF\xBB\xBF") } else { None };
            let line = line.unwrap_or(&self.line).trim_ascii();
            if line.is_empty() {
                continue;
            }
            self.rows += 1;
            if self.rows > MOST_ROWS {
                self.is_over = true;
                return Some(Err(too_many_rows()));
            }
            if u64::try_from(self.line.len()).is_ok_and(|length| length > LONGEST_LINE) {
                self.is_over = true;
                return Some(Err(Unreadable::content(
                    Code::FileTooLarge,
                    format!("第{}行超过{LONGEST_LINE}字节", self.row),
                    format!("line {} has more than {LONGEST_LINE} bytes", self.row),
                )));
            }
            return Some(Ok(record(self.row, line)));
        }
    }
}

fn record(row: u64, line: &[u8]) -> Record {
    let wrong = |zh: String, en: String| RowError {
        row,
        cell: None,
        column: None,
        code: Code::BadJson.as_str().to_owned(),
        value: Some(shortened(&String::from_utf8_lossy(line))),
        zh,
        en,
    };
    let value = match json::parse(line) {
        Ok((value @ Value::Object(_), named_twice)) if named_twice.is_empty() => Ok(value),
        Ok((Value::Object(_), named_twice)) => {
            let names = named_twice.join(", ");
            Err(wrong(format!("{names}给出了两次；只能给出一次"), format!("{names} is given twice; give it once")))
        }
        Ok(_) => Err(wrong("每行须为一个JSON对象".to_owned(), "each line must be a JSON object".to_owned())),
        Err(cause) => {
            Err(wrong(format!("不是有效的JSON：{cause}"), format!("is not valid JSON: {cause}; mend the line")))
        }
    };
    Record { place: RowPlace { row, sheet: None, file: None }, value, columns: None, originals: HashMap::new() }
}
