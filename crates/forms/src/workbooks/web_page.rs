//! Web pages that systems save as .xls: their tables and texts as a browser shows them.

use std::collections::HashMap;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::archive::Limits;
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
    /// The element that is passed over.
    passed: Option<Passed>,
    /// What the styles of the page say of its classes.
    classes: HashMap<String, Shown>,
    /// The text of a style that is being read.
    style: Option<String>,
    /// Whether the rows of the group that is open are hidden.
    hides_rows: bool,
    /// Elements of the text that are open, with the look of what stands in them.
    open: Vec<(Vec<u8>, Look)>,
    /// The choices of a list, and whether each is chosen.
    choices: Option<Vec<(String, bool)>>,
}

/// An element that is passed over.
struct Passed {
    name: Vec<u8>,
    /// How often an element of its name is open.
    depth: u32,
    /// Tables that are open in it.
    tables: u32,
    /// Whether it ends at the latest where its cell does.
    is_in_cell: bool,
}

/// How an element is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shown {
    /// It takes no place.
    is_hidden: bool,
    /// It takes its place, and nothing is seen of it.
    is_blank: bool,
    look: Look,
}

impl Shown {
    /// As declarations of a style say.
    fn of(style: &str) -> Shown {
        let style: String = style.to_ascii_lowercase().split_whitespace().collect();
        Shown {
            is_hidden: style.contains("display:none") || style.contains("visibility:collapse"),
            is_blank: style.contains("visibility:hidden"),
            look: Look { is_struck: style.contains("line-through"), is_raised: style.contains("vertical-align:super") },
        }
    }

    fn and(self, other: Shown) -> Shown {
        Shown {
            is_hidden: self.is_hidden || other.is_hidden,
            is_blank: self.is_blank || other.is_blank,
            look: self.look.and(other.look),
        }
    }
}

/// Reads the tables of a page; a page without any has no sheet.
///
/// # Errors
/// When it exceeds a limit.
pub fn read(text: &str, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let mut emitter = DefaultEmitter::default();
    // What stands in scripts and styles is no markup.
    emitter.naively_switch_states(true);
    let mut page = Page {
        document: Document::new(limits),
        passed: None,
        classes: HashMap::new(),
        style: None,
        hides_rows: false,
        open: Vec::new(),
        choices: None,
    };
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => page.begin(&tag)?,
            Token::EndTag(tag) => page.end(tag.name.as_slice())?,
            Token::String(more) => page.text(&String::from_utf8_lossy(&more)),
            _ => {}
        }
    }
    page.document.lay("网页")
}

impl Page<'_> {
    /// How an element is shown, by its own style and by those of its classes.
    fn shown(&self, tag: &StartTag<()>) -> Shown {
        let value = |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let own = value(b"style").unwrap_or_default();
        let mut shown = Shown::of(&own);
        let mut is_shown = own.contains("display") && !shown.is_hidden;
        for class in value(b"class").unwrap_or_default().split_whitespace() {
            let of_class = self.classes.get(class).copied();
            is_shown |= of_class.is_some_and(|of_class| of_class == Shown::default());
            shown = shown.and(of_class.unwrap_or_default());
        }
        // One that says how it is shown outweighs one that hides.
        shown.is_hidden &= !is_shown;
        shown.is_hidden |= tag.attributes.contains_key(b"hidden".as_slice());
        // What is folded in shows its heading alone.
        shown.is_hidden |= tag.name.as_slice() == b"details" && !tag.attributes.contains_key(b"open".as_slice());
        shown
    }

    fn begin(&mut self, tag: &StartTag<()>) -> Result<(), WorkbookError> {
        let name = tag.name.as_slice();
        if let Some(passed) = &mut self.passed {
            let is_edge = matches!(name, b"td" | b"th" | b"tr" | b"table");
            // An end that is missing is where its cell ends, or the next paragraph begins.
            let ends = passed.tables == 0 && passed.is_in_cell && is_edge && name != b"table"
                || passed.name == b"p" && (is_block(name) || name == b"table");
            if !ends {
                passed.depth += u32::from(passed.name == name);
                passed.tables += u32::from(name == b"table");
                if name == b"table" && !is_script(&passed.name) {
                    self.document.hide();
                }
                return Ok(());
            }
            self.passed = None;
        }
        let value =
            |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).trim().to_owned());
        let shown = self.shown(tag);
        match name {
            b"table" if shown.is_hidden => {
                self.document.hide();
                self.pass(name);
            }
            b"table" => {
                self.open.clear();
                self.document.begin_table()?;
            }
            b"thead" | b"tbody" | b"tfoot" => {
                self.document.group()?;
                self.hides_rows = shown.is_hidden;
            }
            b"tr" => {
                self.open.clear();
                self.document.begin_row()?;
                let is_hidden = shown.is_hidden || self.hides_rows;
                if let Some(row) = self.document.row() {
                    row.is_hidden = is_hidden;
                }
            }
            b"td" | b"th" => {
                self.open.clear();
                self.document.begin_cell(span(value(b"rowspan"), value(b"colspan")))?;
                if shown.is_hidden {
                    self.document.hide();
                }
                if let Some(cell) = self.document.cell() {
                    (cell.is_left_out, cell.is_blank) = (shown.is_hidden, shown.is_blank);
                }
                self.open.push((name.to_vec(), shown.look));
            }
            b"br" => self.document.line(),
            b"input" => {
                let kind = value(b"type").unwrap_or_default().to_ascii_lowercase();
                if !shown.is_hidden
                    && matches!(kind.as_str(), "" | "text" | "number" | "date" | "month" | "tel" | "search")
                {
                    self.text(&value(b"value").unwrap_or_default());
                }
            }
            _ if is_void(name) => {}
            b"style" => self.style = Some(String::new()),
            b"script" | b"title" | b"template" | b"noscript" | b"datalist" | b"rt" | b"rp" => self.pass(name),
            _ if shown.is_hidden || shown.is_blank => self.pass(name),
            b"select" => self.choices = Some(Vec::new()),
            b"option" => {
                if let Some(choices) = &mut self.choices {
                    choices.push((String::new(), tag.attributes.contains_key(b"selected".as_slice())));
                }
            }
            _ => {
                if is_block(name) {
                    self.document.line();
                }
                if self.open.len() < OPEN {
                    let look = Look { is_struck: matches!(name, b"s" | b"strike" | b"del"), is_raised: name == b"sup" };
                    self.open.push((name.to_vec(), self.look().and(shown.look).and(look)));
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<(), WorkbookError> {
        if let Some(passed) = &mut self.passed {
            let is_edge = matches!(name, b"td" | b"th" | b"tr" | b"table");
            if passed.tables == 0 && passed.is_in_cell && is_edge {
                self.passed = None;
            } else {
                passed.depth -= u32::from(passed.name == name);
                passed.tables = passed.tables.saturating_sub(u32::from(name == b"table"));
                if passed.depth == 0 {
                    self.passed = None;
                }
                return Ok(());
            }
        }
        match name {
            b"td" | b"th" => self.document.end_cell()?,
            b"tr" => self.document.end_row()?,
            b"table" => self.document.end_table()?,
            b"thead" | b"tbody" | b"tfoot" => {
                self.document.group()?;
                self.hides_rows = false;
            }
            b"style" => {
                let style = self.style.take().unwrap_or_default();
                self.classes.extend(classes(&style));
            }
            b"select" => {
                let choices = self.choices.take().unwrap_or_default();
                let chosen = choices.iter().find(|(_, is_chosen)| *is_chosen).or(choices.first());
                if let Some((text, _)) = chosen {
                    self.document.text(text, self.look());
                }
            }
            _ => {
                if let Some(at) = self.open.iter().rposition(|(open, _)| open.as_slice() == name) {
                    self.open.truncate(at);
                }
                match is_block(name) {
                    true if self.document.is_in_cell() => self.document.line(),
                    true => self.document.paragraph()?,
                    false => {}
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(style) = &mut self.style {
            style.push_str(text);
            return;
        }
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
        let is_in_cell = self.document.is_in_cell() && !is_script(name);
        let tables = u32::from(name == b"table");
        self.passed = Some(Passed { name: name.to_vec(), depth: 1, tables, is_in_cell });
    }
}

/// Whether an element ends with its own end tag alone.
fn is_script(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"template" | b"table")
}

/// What the rules of a style say of classes: `.note{display:none}`, `td.old{text-decoration:line-through}`. A class that
/// another rule shows (`.tab.active{display:block}`) hides nothing.
fn classes(style: &str) -> HashMap<String, Shown> {
    let mut found: HashMap<String, Shown> = HashMap::new();
    let mut shown_elsewhere: Vec<&str> = Vec::new();
    for (selectors, declarations) in rules(style) {
        let shown = Shown::of(declarations);
        let shows = declarations.contains("display") && !shown.is_hidden;
        for selector in selectors.split(',').map(str::trim) {
            let is_plain = |class: &&str| {
                !class.is_empty() && class.chars().all(|char| char.is_alphanumeric() || "-_".contains(char))
            };
            let (element, class) = selector.split_once('.').unwrap_or((selector, ""));
            match Some(class).filter(|_| element.chars().all(char::is_alphanumeric)).filter(is_plain) {
                Some(class) if shown != Shown::default() || shows => drop(found.insert(class.to_owned(), shown)),
                Some(_) => {}
                None if shows => shown_elsewhere.push(selector),
                None => {}
            }
        }
    }
    found.retain(|class, shown| {
        !(shown.is_hidden && shown_elsewhere.iter().any(|selector| selector.contains(&format!(".{class}"))))
    });
    found
}

/// The rules of a style that hold on a screen: selectors and declarations. What stands in rules of other media is left out.
fn rules(style: &str) -> Vec<(&str, &str)> {
    let (mut found, mut rest) = (Vec::new(), style);
    while let Some((selectors, behind)) = rest.split_once('{') {
        let selectors =
            selectors.rsplit(['}', ';']).next().unwrap_or_default().trim().trim_start_matches("<!--").trim();
        if !selectors.starts_with('@') {
            let (declarations, behind) = behind.split_once('}').unwrap_or((behind, ""));
            found.push((selectors, declarations));
            rest = behind;
            continue;
        }
        // To the end of the whole rule.
        let mut depth = 1_u32;
        let end = behind.char_indices().find(|(_, char)| {
            depth = match char {
                '{' => depth + 1,
                '}' => depth.saturating_sub(1),
                _ => depth,
            };
            depth == 0
        });
        rest = end.and_then(|(at, _)| behind.get(at + 1..)).unwrap_or_default();
    }
    found
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
