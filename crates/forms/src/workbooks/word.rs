//! Word files (.docx): their tables and paragraphs as a person sees them, without what a tracked change took out, what is
//! hidden, and the text that waits to be filled in.

use super::archive::{Archive, Limits};
use super::book::targets;
use super::grid::{Span, count};
use super::runs::Look;
use super::tables::Document;
use super::xml::{Node, attribute, walk};
use super::{Workbook, WorkbookError};

/// Where the text stands, unless the file says otherwise.
const DOCUMENT: &str = "word/document.xml";

/// What else is going on where an element begins.
#[derive(Default)]
struct State {
    look: Look,
    is_hidden: bool,
    in_text: bool,
    /// The element that is passed over, and how often it is open.
    passed: Option<(String, u32)>,
    /// Of each control that is open, whether it still waits for its text.
    controls: Vec<bool>,
    waits: bool,
    in_row_properties: bool,
    /// Exponents of formulas that are open.
    raised: u32,
}

/// Reads the tables; a file without any has no sheet.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let main = match archive.part("_rels/.rels")? {
        Some(relations) => targets(&relations, "")?.into_iter().find(|one| one.kind.ends_with("/officeDocument")),
        None => None,
    };
    let main = main.map_or_else(|| DOCUMENT.to_owned(), |main| main.part);
    let bytes = archive.part(&main)?.ok_or_else(|| WorkbookError::Damaged(format!("{main} is missing")))?;
    let mut document = Document::new(limits);
    let mut state = State::default();
    walk(&main, &bytes, |node| match node {
        Node::Start(start) => {
            let name = start.local_name().into_inner();
            match &mut state.passed {
                Some((passed, depth)) => {
                    *depth += u32::from(passed == name);
                    return Ok(());
                }
                // What was before a tracked change, what was moved away, how a word is pronounced, and what stands there
                // again for an older program.
                None if name.ends_with("Change") || matches!(name, "moveFrom" | "rt" | "Fallback") => {
                    state.passed = Some((name.to_owned(), 1));
                    return Ok(());
                }
                None => {}
            }
            begin(name, |attributed| attribute(start, attributed), &mut state, &mut document)
        }
        Node::Text(text) => {
            if state.in_text && !state.is_hidden && !state.controls.contains(&true) {
                let raised = Look { is_raised: state.raised > 0, ..Look::default() };
                document.text(text, state.look.and(raised));
            }
            Ok(())
        }
        Node::End(name) => {
            if let Some((passed, depth)) = &mut state.passed {
                *depth -= u32::from(passed == name);
                if *depth == 0 {
                    state.passed = None;
                }
                return Ok(());
            }
            end(name, &mut state, &mut document);
            Ok(())
        }
    })?;
    document.lay("Word")
}

fn begin(
    name: &str,
    value: impl Fn(&str) -> Option<String>,
    state: &mut State,
    document: &mut Document<'_>,
) -> Result<(), WorkbookError> {
    let is_on = || value("val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"));
    match name {
        "tbl" => document.begin_table(),
        "tr" => document.begin_row(),
        "tc" => document.begin_cell(Span::ONE)?,
        "trPr" => state.in_row_properties = true,
        "del" if state.in_row_properties => {
            if let Some(row) = document.row() {
                row.is_deleted = true;
            }
        }
        "hidden" if state.in_row_properties && is_on() => {
            if let Some(row) = document.row() {
                row.is_hidden = true;
            }
        }
        "gridBefore" => document.before(count(value("val"))),
        "gridSpan" | "vMerge" | "cellDel" => {
            if let Some(cell) = document.cell() {
                match name {
                    "gridSpan" => cell.span.columns = count(value("val")),
                    "cellDel" => cell.is_left_out = true,
                    _ => {
                        cell.restarts = value("val").is_some_and(|value| value == "restart");
                        cell.continues = !cell.restarts;
                    }
                }
            }
        }
        "r" => (state.look, state.is_hidden) = (Look::default(), false),
        "strike" | "dstrike" => state.look.is_struck |= is_on(),
        "vanish" => state.is_hidden |= is_on(),
        "vertAlign" => state.look.is_raised = value("val").is_some_and(|value| value == "superscript"),
        "sup" => state.raised += 1,
        "sdt" => state.waits = false,
        "showingPlcHdr" => state.waits = is_on(),
        "sdtContent" => state.controls.push(std::mem::take(&mut state.waits)),
        "t" => state.in_text = true,
        "br" | "cr" => document.line(),
        "tab" | "ptab" if !state.is_hidden => document.text(" ", state.look),
        "noBreakHyphen" if !state.is_hidden => document.text("-", state.look),
        // A tick is a sign of the fonts that show signs for letters.
        "sym" if matches!(value("char").as_deref(), Some("F0FC" | "F052" | "F050")) => document.text("√", state.look),
        "txbxContent" => document.paragraph(),
        _ => {}
    }
    Ok(())
}

fn end(name: &str, state: &mut State, document: &mut Document<'_>) {
    match name {
        "t" => state.in_text = false,
        "p" | "txbxContent" => document.paragraph(),
        "tc" => document.end_cell(),
        "trPr" => state.in_row_properties = false,
        "tr" => document.end_row(),
        "tbl" => document.end_table(),
        "sdtContent" => drop(state.controls.pop()),
        "sup" => state.raised = state.raised.saturating_sub(1),
        // A fraction of a formula: what is above, and what is below.
        "num" => document.text("/", state.look),
        _ => {}
    }
}
