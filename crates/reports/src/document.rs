//! A report as a document: headings, paragraphs, tables, charts and remarks, in their order. What it looks like in a format
//! is the business of the format's writer; what it says is decided once, in `outline.rs`.

use jixiao_scoring::findings::{Language, Severity};

/// A whole report.
#[derive(Debug, Clone)]
pub struct Document {
    /// In which language it is.
    pub language: Language,
    /// What kind of document it is, for example 项目支出绩效自评报告.
    pub title: String,
    /// What stands on the cover.
    pub cover: Cover,
    /// What marks every page of a report that is not final, for example 草稿.
    pub draft_mark: Option<String>,
    /// Stands at the foot of every page: what identifies the report.
    pub footer: String,
    /// Its parts, in their order.
    pub blocks: Vec<Block>,
}

/// The cover.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The project.
    pub subject: String,
    /// Labels and values: year, code, unit, department.
    pub rows: Vec<(String, String)>,
    /// The figures that matter most: label, value, and what kind it is.
    pub figures: Vec<Figure>,
    /// Labels and values that identify the report, and how to verify it.
    pub identity: Vec<(String, String)>,
}

/// A figure that is shown large.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// The figure with its unit.
    pub value: String,
}

/// A part of a report.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading; level 1 is a chapter.
    Heading {
        /// 1 to 3.
        level: u8,
        /// Its text, with its number.
        text: String,
        /// Its id in a page, of letters, digits and dashes.
        anchor: String,
    },
    /// A paragraph.
    Paragraph(String),
    /// Says that a section was not provided.
    Absent(String),
    /// Paragraphs with a bullet each.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// What contradicts what in the table or the text above.
    Remarks(Vec<Remark>),
    /// What follows begins on a new page.
    PageBreak,
}

/// A finding where it matters.
#[derive(Debug, Clone)]
pub struct Remark {
    /// The mark that the table has, for example 〔3〕.
    pub mark: String,
    /// How bad it is.
    pub severity: Severity,
    /// How bad it is, in a word.
    pub label: String,
    /// The sentence with its figures.
    pub text: String,
}

/// On which side a column's texts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Short words.
    Center,
    /// Figures.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its share of the width; those of a table add up to 100.
    pub width: u32,
    /// On which side its texts stand.
    pub align: Align,
}

/// What a row of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// One of many.
    Plain,
    /// The sum of some: a level.
    Group,
    /// The sum of all.
    Total,
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Its text; empty where there is nothing.
    pub text: String,
    /// The marks of the remarks below that are about it.
    pub marks: Vec<String>,
}

/// A row of a table: as many cells as there are columns.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A table with its number and caption; its headings are repeated on each page.
#[derive(Debug, Clone)]
pub struct Table {
    /// The caption with its number, for example 表1 项目资金（单位：万元）.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A bar of a chart: how much of a whole was reached.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// How long it is in thousandths of the longest whole.
    pub reached: u32,
    /// How long its whole is, in thousandths of the longest.
    pub whole: u32,
    /// The figures in words, for example 6.50 / 10.00.
    pub text: String,
}

/// A chart of bars.
#[derive(Debug, Clone)]
pub struct Chart {
    /// The caption with its number, for example 图1 预算与执行.
    pub caption: String,
    /// What the dark part of a bar is, and what the whole is.
    pub legend: (String, String),
    /// The bars.
    pub bars: Vec<Bar>,
}

/// A character as every format shows it: controls have no shape, and marks that turn the direction of what follows would do
/// so beyond their text; both become a replacement. The ends of lines are the format's own.
pub fn shown(character: char) -> char {
    match character {
        '\t' => ' ',
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
