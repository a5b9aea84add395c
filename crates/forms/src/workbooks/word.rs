//! Word files (.docx): their tables and paragraphs as a person sees them, without what a tracked change took out, what is
//! hidden, and the text that waits to be filled in.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::archive::{Archive, Limits};
use super::grid::{Span, count, number};
use super::runs::Look;
use super::tables::Document;
use super::xml::{Node, Passing, attribute, is_on, is_raised, walk};
use super::{Workbook, WorkbookError};

/// Where the text stands, unless the file says otherwise.
const DOCUMENT: &str = "word/document.xml";

/// What else is going on where an element begins.
#[derive(Default)]
struct State {
    styles: HashMap<String, Run>,
    run: Run,
    in_text: bool,
    passed: Passing,
    /// Of each control that is open, whether it still waits for its text.
    controls: Vec<bool>,
    waits: bool,
    in_row_properties: bool,
    /// Exponents of formulas that are open.
    raised: u32,
}

/// How a run of text is shown.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    look: Look,
    is_hidden: bool,
}

impl Run {
    /// The same with a property; none where it is none of those that matter.
    fn with(self, property: &str, start: &BytesStart<'_>) -> Option<Run> {
        let mut run = self;
        match property {
            "strike" | "dstrike" => run.look.is_struck |= is_on(start),
            "vanish" => run.is_hidden |= is_on(start),
            "vertAlign" => run.look.is_raised = is_raised(start),
            "position" => {
                let by = attribute(start, "val").and_then(|by| by.parse::<i32>().ok());
                run.look.is_raised |= by.is_some_and(|by| by > 0);
            }
            _ => return None,
        }
        Some(run)
    }

    fn and(self, other: Run) -> Run {
        Run { look: self.look.and(other.look), is_hidden: self.is_hidden || other.is_hidden }
    }
}

/// Reads the tables; a file without any has no sheet.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let main = archive.main(DOCUMENT)?;
    let bytes = archive.part(&main)?.ok_or_else(|| WorkbookError::Damaged(format!("{main} is missing")))?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let styles = match archive.part(&format!("{folder}/styles.xml"))? {
        Some(bytes) => styles(&bytes)?,
        None => HashMap::new(),
    };
    of_part(&main, &bytes, styles, limits)
}

/// Reads the tables of a document that is one XML file, with all its parts.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn of_text(text: &str, limits: &Limits) -> Result<Workbook, WorkbookError> {
    of_part("the document", text.as_bytes(), styles(text.as_bytes())?, limits)
}

/// The styles of runs that strike out, raise or hide them, by their names.
fn styles(bytes: &[u8]) -> Result<HashMap<String, Run>, WorkbookError> {
    const MOST: usize = 10_000;
    let (mut styles, mut named): (HashMap<String, Run>, Option<String>) = (HashMap::new(), None);
    walk("its styles", bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "style" => named = attribute(start, "styleId").filter(|_| styles.len() < MOST),
                name => {
                    if let (Some(named), Some(run)) = (&named, Run::default().with(name, start)) {
                        let known = styles.entry(named.clone()).or_default();
                        *known = known.and(run);
                    }
                }
            },
            Node::End("style") => named = None,
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(styles)
}

fn of_part(part: &str, bytes: &[u8], styles: HashMap<String, Run>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let mut document = Document::new(limits);
    let mut state = State { styles, ..State::default() };
    walk(part, bytes, |node| match node {
        Node::Start(start) => {
            let name = start.local_name().into_inner();
            // What was before a tracked change, what was moved away, how a word is pronounced, what stands there again for an
            // older program; and of a file with all its parts the document alone: comments and numbering are others.
            let is_other = || {
                let other_part = || attribute(start, "name").is_some_and(|part| !part.ends_with("/document.xml"));
                name.ends_with("Change")
                    || matches!(name, "moveFrom" | "rt" | "Fallback" | "hdr" | "ftr" | "styles")
                    || name == "del" && !state.in_row_properties
                    || name == "part" && other_part()
            };
            if state.passed.begins(name, is_other) {
                return Ok(());
            }
            begin(name, start, &mut state, &mut document)
        }
        Node::Text(text) => {
            if state.in_text && !state.run.is_hidden && !state.controls.contains(&true) {
                let raised = Look { is_raised: state.raised > 0, ..Look::default() };
                document.text(text, state.run.look.and(raised));
            }
            Ok(())
        }
        Node::End(name) => {
            if state.passed.ends(name) {
                return Ok(());
            }
            end(name, &mut state, &mut document)
        }
    })?;
    document.lay("Word")
}

fn begin(
    name: &str,
    start: &BytesStart<'_>,
    state: &mut State,
    document: &mut Document<'_>,
) -> Result<(), WorkbookError> {
    let value = |name: &str| attribute(start, name);
    if let Some(run) = state.run.with(name, start) {
        state.run = run;
        return Ok(());
    }
    match name {
        "tbl" => document.begin_table()?,
        "tr" => document.begin_row()?,
        "tc" => document.begin_cell(Span::ONE)?,
        "trPr" => state.in_row_properties = true,
        "del" if state.in_row_properties => {
            if let Some(row) = document.row() {
                row.is_deleted = true;
            }
        }
        "hidden" if state.in_row_properties && is_on(start) => {
            if let Some(row) = document.row() {
                row.is_hidden = true;
            }
        }
        "gridBefore" => document.before(number(value("val")).unwrap_or(1)),
        "gridSpan" | "vMerge" | "hMerge" | "cellDel" => {
            if let Some(cell) = document.cell() {
                match name {
                    "gridSpan" => cell.span.columns = count(value("val")),
                    "cellDel" => cell.is_left_out = true,
                    "hMerge" => cell.joins = value("val").is_none_or(|value| value != "restart"),
                    _ => {
                        cell.restarts = value("val").is_some_and(|value| value == "restart");
                        cell.continues = !cell.restarts;
                    }
                }
            }
        }
        "r" => state.run = Run::default(),
        "rStyle" => {
            let style = value("val").and_then(|style| state.styles.get(&style)).copied();
            state.run = state.run.and(style.unwrap_or_default());
        }
        "sup" => state.raised += 1,
        "sdt" => state.waits = false,
        "showingPlcHdr" => state.waits = is_on(start),
        "sdtContent" => state.controls.push(std::mem::take(&mut state.waits)),
        "t" => state.in_text = true,
        "br" | "cr" => document.line(),
        "tab" | "ptab" if !state.run.is_hidden => document.text(" ", state.run.look),
        "noBreakHyphen" if !state.run.is_hidden => document.text("-", state.run.look),
        // A mixed number: 3 1/2; and a root.
        "f" => document.text(" ", Look::default()),
        "rad" => document.text("√", Look::default()),
        // A tick is a sign of the fonts that show signs for letters.
        "sym" if matches!(value("char").as_deref(), Some("F0FC" | "F052" | "F050")) => {
            document.text("√", state.run.look)
        }
        "txbxContent" => document.paragraph()?,
        _ => {}
    }
    Ok(())
}

fn end(name: &str, state: &mut State, document: &mut Document<'_>) -> Result<(), WorkbookError> {
    match name {
        "t" => state.in_text = false,
        "p" | "txbxContent" => document.paragraph()?,
        "tc" => document.end_cell()?,
        "trPr" => state.in_row_properties = false,
        "tr" => document.end_row()?,
        "tbl" => document.end_table()?,
        "sdtContent" => drop(state.controls.pop()),
        "sup" => state.raised = state.raised.saturating_sub(1),
        // A fraction of a formula: what is above, and what is below.
        "num" => document.text("/", state.run.look),
        _ => {}
    }
    Ok(())
}
