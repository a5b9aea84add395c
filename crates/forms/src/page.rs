//! The part of a sheet that one form takes, row by row.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::label::{self, Label};
use super::model::Cited;
use super::problem::{FormProblem, ProblemKind};
use crate::workbooks::{Area, Areas, Cell, Place, Sheet};

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its column, from 1.
    pub column: u32,
    /// What it holds.
    pub text: String,
    /// What it announces, where it is a label.
    pub label: Option<label::Read>,
}

impl Text {
    /// Whether it has a word, however its characters are spread: 调 整 后.
    pub fn says(&self, word: &str) -> bool {
        self.text.chars().filter(|char| !char.is_whitespace()).collect::<String>().contains(word)
    }

    /// Whether it is a label that announces one of these.
    pub fn announces(&self, wanted: &[Label]) -> bool {
        self.label.as_ref().is_some_and(|read| wanted.contains(&read.label))
    }
}

/// The rows of one form.
pub struct Page<'a> {
    sheet: &'a Sheet,
    areas: Rc<Areas>,
    /// What each row holds, from the left.
    pub rows: BTreeMap<u32, Vec<Text>>,
    problems: Vec<FormProblem>,
    seen: HashSet<(ProblemKind, Place)>,
}

impl<'a> Page<'a> {
    /// All that a sheet holds.
    pub fn of(sheet: &'a Sheet) -> Page<'a> {
        let mut rows: BTreeMap<u32, Vec<Text>> = BTreeMap::new();
        // The error of a formula is no text; who asks for its cell is told.
        for (place, cell) in sheet.cells.iter().filter(|(_, cell)| !cell.is_error) {
            let row = rows.entry(place.row).or_default();
            let parts = label::several(&cell.text);
            let parts = if parts.is_empty() { vec![cell.text.as_str()] } else { parts };
            row.extend(parts.into_iter().map(|text| Text {
                column: place.column,
                text: text.to_owned(),
                label: label::read(text),
            }));
        }
        Page { sheet, areas: Rc::new(Areas::of(sheet)), rows, problems: Vec::new(), seen: HashSet::new() }
    }

    /// Its rows from one on, up to the next form; they are taken out.
    pub fn split_off(&mut self, row: u32) -> Page<'a> {
        let (areas, rows) = (self.areas.clone(), self.rows.split_off(&row));
        Page { sheet: self.sheet, areas, rows, problems: Vec::new(), seen: HashSet::new() }
    }

    /// The name of the sheet.
    pub fn sheet(&self) -> &'a str {
        &self.sheet.name
    }

    /// What a cell holds, or the merged area that it belongs to. An error of a formula is a problem.
    pub fn text(&mut self, place: Place, column: &str) -> Option<Cited<String>> {
        let own = self.sheet.cells.get_key_value(&place);
        let (&place, cell) = own.or_else(|| self.sheet.cells.get_key_value(&self.areas.of_cell(place)?.first))?;
        if cell.is_error {
            self.problem(ProblemKind::CellError, place, column, Some(cell.text.clone()));
            return None;
        }
        Some(Cited { value: cell.text.trim().to_owned(), place })
    }

    /// Whether a row is hidden.
    pub fn is_hidden_row(&self, row: u32) -> bool {
        self.sheet.hidden_rows.contains(&row)
    }

    /// The hidden columns in which something stands, by their letters.
    pub fn hidden_columns(&self) -> Vec<String> {
        let mut used: Vec<u32> = self.rows.values().flatten().map(|text| text.column).collect();
        used.sort_unstable();
        used.dedup();
        let is_hidden =
            |column: &u32| self.sheet.hidden_columns.iter().any(|(first, last)| (first..=last).contains(&column));
        let letters = |column| Place { row: 1, column }.to_string().trim_end_matches('1').to_owned();
        used.into_iter().filter(is_hidden).map(letters).collect()
    }

    /// Whether what stands in a cell has lost digits before the file came here.
    pub fn is_cut(&self, place: Place) -> bool {
        self.sheet.cells.get(&place).is_some_and(Cell::is_cut)
    }

    /// The last column of the merged area that begins in a cell, or its own.
    pub fn last_column(&self, place: Place) -> u32 {
        self.area(place).last.column
    }

    /// The last row of the merged area that begins in a cell, or its own.
    pub fn last_row(&self, place: Place) -> u32 {
        self.area(place).last.row
    }

    /// The merged area that begins in a cell, or the cell alone.
    fn area(&self, place: Place) -> Area {
        let merged = self.areas.of_cell(place).filter(|area| area.first == place);
        merged.unwrap_or(Area { first: place, last: place })
    }

    /// What stands beside a label, to its right: the first text that is no label, or its own behind a colon.
    pub fn beside(&self, row: u32, label: &Text) -> Option<Cited<String>> {
        if let Some(value) = label.label.as_ref().and_then(|read| read.value.clone()) {
            return Some(Cited { value, place: Place { row, column: label.column } });
        }
        let next = self.rows.get(&row)?.iter().find(|text| text.column > label.column)?;
        let value = next.text.trim().to_owned();
        // A name may hold a word that labels hold: 因病致贫原因调查.
        let is_value = next.label.is_none() || !label::is_wording(&next.text);
        let is_value = is_value && next.label.as_ref().is_none_or(|read| read.value.is_none());
        is_value.then_some(Cited { value, place: Place { row, column: next.column } })
    }

    /// The texts of a column in these rows, a line each, up to the row that is past them.
    pub fn lines(&self, rows: Range<u32>, column: u32, is_past: impl Fn(&[Text]) -> bool) -> Option<Cited<String>> {
        let mut found: Option<Cited<String>> = None;
        for (&row, texts) in self.rows.range(rows).take_while(|(_, texts)| !is_past(texts)) {
            let Some(text) = texts.iter().find(|text| text.column == column) else { continue };
            match &mut found {
                None => found = Some(Cited { value: text.text.trim().to_owned(), place: Place { row, column } }),
                Some(lines) => {
                    lines.value.push('\n');
                    lines.value.push_str(text.text.trim());
                }
            }
        }
        found
    }

    /// Where a label stands for the first time.
    pub fn find(&self, wanted: Label) -> Option<(u32, &Text)> {
        self.labels().find(|(_, text)| text.announces(&[wanted]))
    }

    /// Every label with its row.
    pub fn labels(&self) -> impl Iterator<Item = (u32, &Text)> {
        self.rows
            .iter()
            .flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)))
            .filter(|(_, text)| text.label.is_some())
    }

    /// The row of headings above a cell, and what its column is headed by there.
    pub fn heading(&self, place: Place) -> Option<(u32, Option<Label>)> {
        const HEADINGS: usize = 3;
        // A row of names and who gave them is none.
        const OF_FIGURES: &[Label] = &[
            Label::Score,
            Label::Weight,
            Label::Initial,
            Label::Adjusted,
            Label::Executed,
            Label::Received,
            Label::Rate,
        ];
        let is_heading = |text: &&Text| text.label.as_ref().is_some_and(|read| read.value.is_none());
        let of_row = |texts: &Vec<Text>| {
            let mut headings = texts.iter().filter(is_heading);
            headings.clone().count() >= HEADINGS && headings.any(|text| text.announces(OF_FIGURES))
        };
        let (row, texts) = self.rows.range(..place.row).rev().find(|(_, texts)| of_row(texts))?;
        let heading = texts.iter().find(|text| text.column == place.column);
        Some((*row, heading.and_then(|text| text.label.as_ref()).map(|read| read.label)))
    }

    /// The columns of a heading in a row.
    pub fn columns(&self, row: u32, wanted: Label) -> impl Iterator<Item = u32> {
        let texts = self.rows.get(&row).into_iter().flatten();
        let headings = texts
            .filter(move |text| text.label.as_ref().is_some_and(|read| read.value.is_none() && read.label == wanted));
        headings.map(|text| text.column)
    }

    /// The column of a heading in a row.
    pub fn column(&self, row: u32, wanted: Label) -> Option<u32> {
        self.columns(row, wanted).next()
    }

    /// The column of a heading that has a word.
    pub fn column_with(&self, row: u32, wanted: Label, word: &str) -> Option<u32> {
        let found = self.rows.get(&row)?.iter().filter(|text| text.announces(&[wanted]));
        found.into_iter().find(|text| text.says(word)).map(|text| text.column)
    }

    /// Notes a problem of a cell, once.
    pub fn problem(&mut self, kind: ProblemKind, place: Place, column: &str, value: Option<String>) {
        if self.seen.insert((kind, place)) {
            self.problems.push(FormProblem { kind, place, column: column.to_owned(), value });
        }
    }

    /// The problems met, in the order of the rows.
    pub fn into_problems(mut self) -> Vec<FormProblem> {
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }
}
