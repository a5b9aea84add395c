//! A whole workbook: which sheets it has, and what they share.

use super::archive::{Archive, Limits};
use super::budget::Budget;
use super::runs::{Look, Runs};
use super::sheet::{self, Shared};
use super::styles;
use super::xml::{Node, attribute, is_on, is_raised, is_set, unescaped, walk};
use super::{FileKind, LeftAlone, Workbook, WorkbookError, old_excel, opendocument, web_page, word, xml_spreadsheet};

pub(super) const BOOK: &str = "xl/workbook.xml";

/// Reads the visible sheets of a workbook, or the tables of a file of another kind.
///
/// # Errors
/// When it is no .xlsx, is damaged or protected, or exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    if FileKind::of_start(bytes) == Some(FileKind::WebPage) {
        if xml_spreadsheet::is_one(bytes) {
            return some(xml_spreadsheet::read(bytes, limits)?, FileKind::WebPage);
        }
        return some(web_page::read(bytes, limits)?, FileKind::WebPage);
    }
    let mut archive = match Archive::open(bytes, limits) {
        Err(WorkbookError::OldFormat) => return old_excel::read(bytes, limits),
        opened => opened?,
    };
    let Some(book) = archive.part(BOOK)? else {
        return match archive.other_kind() {
            WorkbookError::OtherKind(FileKind::Word) => some(word::read(&mut archive, limits)?, FileKind::Word),
            WorkbookError::OtherKind(FileKind::OpenDocument) => {
                some(opendocument::read(&mut archive, limits)?, FileKind::OpenDocument)
            }
            other => Err(other),
        };
    };
    let (listed, from_1904) = listed(&book)?;
    if listed.len() > limits.sheets {
        return Err(WorkbookError::TooLarge(format!("{} > {} sheets", listed.len(), limits.sheets)));
    }
    let targets = match archive.part("xl/_rels/workbook.xml.rels")? {
        Some(bytes) => targets(&bytes, "xl")?,
        None => Vec::new(),
    };
    let of_kind = |kind: &str| targets.iter().find(|one| one.kind.ends_with(kind)).map(|one| one.part.clone());
    let strings = match archive.part(&of_kind("/sharedStrings").unwrap_or("xl/sharedStrings.xml".to_owned()))? {
        Some(bytes) => strings(&bytes, limits)?,
        None => Vec::new(),
    };
    let styles = match archive.part(&of_kind("/styles").unwrap_or("xl/styles.xml".to_owned()))? {
        Some(bytes) => styles::read("xl/styles.xml", &bytes)?,
        None => Vec::new(),
    };
    let mut shared = Shared { strings, styles, from_1904, budget: Budget::new(limits), has_formulas: false };
    let mut workbook = Workbook::default();
    for (name, id, is_hidden) in listed {
        if is_hidden {
            workbook.left_alone.push(LeftAlone::HiddenSheets);
            continue;
        }
        let target = targets.iter().find(|one| one.id == id && one.kind.ends_with("/worksheet"));
        // A sheet that only holds a chart has another kind, and no cells.
        let Some(target) = target else { continue };
        let bytes = archive.part(&target.part)?;
        let bytes = bytes.ok_or_else(|| WorkbookError::Damaged(format!("{} is missing", target.part)))?;
        workbook.sheets.push(sheet::read(name, &target.part, &bytes, &mut shared)?);
    }
    if archive.has("xl/vbaProject") {
        workbook.left_alone.push(LeftAlone::Macros);
    }
    if archive.has("xl/externalLinks/") {
        workbook.left_alone.push(LeftAlone::ExternalLinks);
    }
    if shared.has_formulas {
        workbook.left_alone.push(LeftAlone::Formulas);
    }
    workbook.left_alone.sort_unstable();
    workbook.left_alone.dedup();
    Ok(workbook)
}

/// A file of another kind that has a table.
fn some(workbook: Workbook, kind: FileKind) -> Result<Workbook, WorkbookError> {
    if workbook.sheets.is_empty() { Err(WorkbookError::OtherKind(kind)) } else { Ok(workbook) }
}

/// Name, relation and whether it is hidden of each sheet; and whether days are counted from 1904.
pub(super) type Listed = (Vec<(String, String, bool)>, bool);

/// The sheets of a workbook.
pub(super) fn listed(bytes: &[u8]) -> Result<Listed, WorkbookError> {
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    walk(BOOK, bytes, |node| {
        if let Node::Start(start) = node {
            match start.local_name().into_inner() {
                "sheet" => {
                    let is_hidden = attribute(start, "state").is_some_and(|state| state != "visible");
                    let named = |name| attribute(start, name).unwrap_or_default();
                    sheets.push((named("name"), named("id"), is_hidden));
                }
                "workbookPr" => from_1904 = is_set(start, "date1904"),
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok((sheets, from_1904))
}

/// A part that another refers to.
pub(super) struct Target {
    /// How that one names it.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// Where it is in the archive.
    pub part: String,
}

/// The parts that a part in a folder refers to.
pub(super) fn targets(bytes: &[u8], folder: &str) -> Result<Vec<Target>, WorkbookError> {
    let mut targets = Vec::new();
    walk("its relations", bytes, |node| {
        if let Node::Start(start) = node
            && start.local_name().into_inner() == "Relationship"
        {
            let named = |name| attribute(start, name).unwrap_or_default();
            let target = named("Target");
            let part = resolved(folder, &target);
            targets.push(Target { id: named("Id"), kind: named("Type"), part });
        }
        Ok(())
    })?;
    Ok(targets)
}

/// A part from the root of the archive, or from a folder.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(part) = target.strip_prefix('/') {
        return part.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn strings(bytes: &[u8], limits: &Limits) -> Result<Vec<String>, WorkbookError> {
    let (mut strings, mut text, mut look) = (Vec::new(), Runs::default(), Look::default());
    let (mut in_text, mut in_phonetic) = (false, false);
    walk("xl/sharedStrings.xml", bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "si" => text.clear(),
                "t" => in_text = !in_phonetic,
                "rPh" => in_phonetic = true,
                "r" => look = Look::default(),
                "strike" => look.is_struck = is_on(start),
                "vertAlign" => look.is_raised = is_raised(start),
                _ => {}
            },
            Node::Text(more) if in_text => text.push(more, look),
            Node::End("r") => look = Look::default(),
            Node::End("t") => in_text = false,
            Node::End("rPh") => in_phonetic = false,
            Node::End("si") if strings.len() >= limits.cells => {
                return Err(WorkbookError::TooLarge(format!("more than {} texts", limits.cells)));
            }
            Node::End("si") => strings.push(unescaped(&text.take())),
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(strings)
}
