//! A whole workbook: which sheets it has, and what they share.

use super::archive::{Archive, Limits};
use super::budget::Budget;
use super::runs::{Look, Runs};
use super::sheet::{self, Shared};
use super::styles;
use super::xml::{Node, attribute, is_on, is_raised, is_set, unescaped, walk};
use super::{
    FileKind, LeftAlone, Workbook, WorkbookError, decoded, old_excel, opendocument, web_page, word, xml_spreadsheet,
};

/// Where the workbook is described, unless the file says otherwise.
const BOOK: &str = "xl/workbook.xml";

/// Reads the visible sheets of a workbook, or the tables of a file of another kind.
///
/// # Errors
/// When it is no .xlsx, is damaged or protected, or exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    if FileKind::of_start(bytes) == Some(FileKind::WebPage) {
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.inflated {
            return Err(WorkbookError::TooLarge(format!("> {} bytes", limits.inflated)));
        }
        let text = decoded::decoded(bytes);
        return match text_kind(&text) {
            TextKind::Spreadsheet => some(xml_spreadsheet::read(&text, limits)?, FileKind::WebPage),
            TextKind::Word => some(word::of_text(&text, limits)?, FileKind::Word),
            TextKind::OpenDocument => some(opendocument::of_text(&text, limits)?, FileKind::OpenDocument),
            TextKind::Page => some(web_page::read(&text, limits)?, FileKind::WebPage),
        };
    }
    let mut archive = match Archive::open(bytes, limits) {
        Err(WorkbookError::OldFormat) => return old_excel::read(bytes, limits),
        opened => opened?,
    };
    let main = archive.main(BOOK)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let book = if archive.is_workbook(&main) { archive.part(&main)? } else { None };
    let Some(book) = book else {
        return match archive.other_kind() {
            WorkbookError::OtherKind(FileKind::Word) => some(word::read(&mut archive, limits)?, FileKind::Word),
            WorkbookError::OtherKind(FileKind::OpenDocument) => {
                some(opendocument::read(&mut archive, limits)?, FileKind::OpenDocument)
            }
            other => Err(other),
        };
    };
    let Listed { sheets: listed, from_1904, computes_later } = listed(&book)?;
    if listed.len() > limits.sheets {
        return Err(WorkbookError::TooLarge(format!("{} > {} sheets", listed.len(), limits.sheets)));
    }
    let targets = match archive.part(&relations_of(&main))? {
        Some(bytes) => targets(&bytes, &folder)?,
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
    let mut shared = Shared {
        strings,
        styles,
        from_1904,
        budget: Budget::new(limits),
        computes_later,
        has_formulas: false,
        has_covered: false,
    };
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
    if shared.has_covered {
        workbook.left_alone.push(LeftAlone::CoveredCells);
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

/// What a file of text is.
enum TextKind {
    /// An XML spreadsheet of 2003.
    Spreadsheet,
    /// A Word document as one XML file.
    Word,
    /// An OpenDocument spreadsheet as one XML file (.fods).
    OpenDocument,
    /// A web page.
    Page,
}

/// What a file of text is, by its root.
fn text_kind(text: &str) -> TextKind {
    let head = decoded::head(text);
    let has = |words: &[&str]| words.iter().all(|word| head.contains(word));
    if has(&["urn:schemas-microsoft-com:office:spreadsheet", "Workbook"]) && !has(&["<html"]) {
        TextKind::Spreadsheet
    } else if has(&["<w:wordDocument"]) || has(&["<pkg:package", "word/document.xml"]) {
        TextKind::Word
    } else if has(&["<office:document", "office:spreadsheet"]) {
        TextKind::OpenDocument
    } else {
        TextKind::Page
    }
}

/// Where the relations of a part stand.
pub(super) fn relations_of(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    format!("{folder}/_rels/{file}.rels").trim_start_matches('/').to_owned()
}

/// What a workbook says of itself.
#[derive(Default)]
pub(super) struct Listed {
    /// Name, relation and whether it is hidden of each sheet.
    pub sheets: Vec<(String, String, bool)>,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// Whether its formulas are computed when it is opened.
    pub computes_later: bool,
}

/// Sheets and relations at most, beyond any limit.
const MOST: usize = 100_000;

/// The sheets of a workbook.
pub(super) fn listed(bytes: &[u8]) -> Result<Listed, WorkbookError> {
    let mut listed = Listed::default();
    walk("the workbook", bytes, |node| {
        if let Node::Start(start) = node {
            match start.local_name().into_inner() {
                "sheet" => {
                    let is_hidden = attribute(start, "state").is_some_and(|state| state != "visible");
                    let named = |name| attribute(start, name).unwrap_or_default();
                    at_most(listed.sheets.len())?;
                    listed.sheets.push((named("name"), named("id"), is_hidden));
                }
                "workbookPr" => listed.from_1904 = is_set(start, "date1904"),
                "calcPr" => listed.computes_later = is_set(start, "fullCalcOnLoad"),
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(listed)
}

fn at_most(count: usize) -> Result<(), WorkbookError> {
    match count < MOST {
        true => Ok(()),
        false => Err(WorkbookError::TooLarge(format!("more than {MOST} sheets or relations"))),
    }
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
            at_most(targets.len())?;
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
