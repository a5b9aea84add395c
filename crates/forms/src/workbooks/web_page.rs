//! Web pages that systems save as .xls: their tables and texts as a browser shows them.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::archive::Limits;
use super::decoded::decoded;
use super::grid::Span;
use super::runs::Look;
use super::tables::Document;
use super::{Workbook, WorkbookError};

/// The columns and rows that a cell may take at most (HTML, 4.9.11).
const COLUMNS: u32 = 1_000;
const ROWS: u32 = 65_534;
/// Elements of a cell that are kept open, for what they do to the look of its text.
const OPEN: usize = 64;

/// A page that is being read.
struct Page<'a> {
    document: Document<'a>,
    /// The element that is passed over, and how often it is open.
    passed: Option<(Vec<u8>, u32)>,
    /// Elements of the text that are open, with the look of what stands in them.
    open: Vec<(Vec<u8>, Look)>,
    /// The choices of a list, and whether each is chosen.
    choices: Option<Vec<(String, bool)>>,
}

/// Reads the tables of a page; a page without any has no sheet.
///
/// # Errors
/// When it exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let text = decoded(bytes);
    let mut emitter = DefaultEmitter::default();
    // What stands in scripts and styles is no markup.
    emitter.naively_switch_states(true);
    let mut page = Page { document: Document::new(limits), passed: None, open: Vec::new(), choices: None };
    for token in Tokenizer::new_with_emitter(text.as_ref(), emitter).flatten() {
        match token {
            Token::StartTag(tag) => page.begin(&tag)?,
            Token::EndTag(tag) => page.end(tag.name.as_slice()),
            Token::String(more) => page.text(&String::from_utf8_lossy(&more)),
            _ => {}
        }
    }
    page.document.lay("网页")
}

impl Page<'_> {
    fn begin(&mut self, tag: &StartTag<()>) -> Result<(), WorkbookError> {
        let name = tag.name.as_slice();
        let value =
            |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).trim().to_owned());
        // A script and its like end with their own end tag alone; another element at the latest where a cell does.
        if matches!(name, b"td" | b"th" | b"tr" | b"table") && !self.is_in_script() {
            self.passed = None;
        }
        if let Some((passed, depth)) = &mut self.passed {
            *depth += u32::from(passed.as_slice() == name);
            return Ok(());
        }
        let style: String = value(b"style").unwrap_or_default().to_ascii_lowercase().split_whitespace().collect();
        let is_hidden = style.contains("display:none")
            || style.contains("visibility:hidden")
            || tag.attributes.contains_key(b"hidden".as_slice());
        match name {
            b"table" if !is_hidden => {
                self.open.clear();
                self.document.begin_table();
            }
            b"tr" => {
                self.open.clear();
                self.document.begin_row();
                if let Some(row) = self.document.row() {
                    row.is_hidden = is_hidden;
                }
            }
            b"td" | b"th" => {
                self.open.clear();
                self.document.begin_cell(span(value(b"rowspan"), value(b"colspan")))?;
                if let Some(cell) = self.document.cell() {
                    cell.is_left_out = is_hidden;
                }
            }
            b"br" => self.document.line(),
            b"input" => {
                let kind = value(b"type").unwrap_or_default().to_ascii_lowercase();
                if !is_hidden
                    && !matches!(
                        kind.as_str(),
                        "hidden" | "checkbox" | "radio" | "button" | "submit" | "reset" | "image" | "file" | "password"
                    )
                {
                    self.text(&value(b"value").unwrap_or_default());
                }
            }
            _ if is_void(name) => {}
            b"style" | b"script" | b"title" | b"template" | b"noscript" | b"datalist" | b"rt" | b"rp" => {
                self.pass(name)
            }
            _ if is_hidden => self.pass(name),
            b"select" => self.choices = Some(Vec::new()),
            b"option" => {
                if let Some(choices) = &mut self.choices {
                    choices.push((String::new(), tag.attributes.contains_key(b"selected".as_slice())));
                }
            }
            _ if is_block(name) => self.document.line(),
            _ if self.open.len() < OPEN => {
                let look = Look {
                    is_struck: matches!(name, b"s" | b"strike" | b"del") || style.contains("line-through"),
                    is_raised: name == b"sup" || style.contains("vertical-align:super"),
                };
                let before = self.look();
                self.open.push((name.to_vec(), before.and(look)));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) {
        if matches!(name, b"td" | b"th" | b"tr" | b"table") && !self.is_in_script() {
            self.passed = None;
            self.open.clear();
        }
        if let Some((passed, depth)) = &mut self.passed {
            *depth -= u32::from(passed.as_slice() == name);
            if *depth == 0 {
                self.passed = None;
            }
            return;
        }
        match name {
            b"td" | b"th" => self.document.end_cell(),
            b"tr" => self.document.end_row(),
            b"table" => self.document.end_table(),
            b"select" => {
                let choices = self.choices.take().unwrap_or_default();
                let chosen = choices.iter().find(|(_, is_chosen)| *is_chosen).or(choices.first());
                if let Some((text, _)) = chosen {
                    self.document.text(text, self.look());
                }
            }
            _ if is_block(name) => match self.document.is_in_cell() {
                true => self.document.line(),
                false => self.document.paragraph(),
            },
            _ => {
                if let Some(at) = self.open.iter().rposition(|(open, _)| open.as_slice() == name) {
                    self.open.truncate(at);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.passed.is_some() {
            return;
        }
        // In a page a line break of the source is a blank.
        let text = text.replace(['\r', '\n', '\t'], " ");
        match &mut self.choices {
            Some(choices) => {
                if let Some((choice, _)) = choices.last_mut() {
                    choice.push_str(&text);
                }
            }
            None => self.document.text(&text, self.look()),
        }
    }

    fn look(&self) -> Look {
        self.open.last().map(|(_, look)| *look).unwrap_or_default()
    }

    fn pass(&mut self, name: &[u8]) {
        self.passed = Some((name.to_vec(), 1));
    }

    fn is_in_script(&self) -> bool {
        self.passed.as_ref().is_some_and(|(name, _)| matches!(name.as_slice(), b"style" | b"script" | b"template"))
    }
}

/// As a browser takes it: no more than the most, and the rest of the rows where it is 0.
fn span(rows: Option<String>, columns: Option<String>) -> Span {
    let rows = if rows.as_deref() == Some("0") { ROWS } else { Span::of(rows, None).rows.min(ROWS) };
    Span { rows, columns: Span::of(None, columns).columns.min(COLUMNS) }
}

/// Whether an element has no end.
fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Whether a text before and one in it stand on lines of their own.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"li"
            | b"ul"
            | b"ol"
            | b"center"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"pre"
            | b"form"
            | b"section"
            | b"body"
    )
}
