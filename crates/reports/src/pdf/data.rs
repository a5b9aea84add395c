//! What `report.typ` is given: the report as JSON, each text prepared for the place where it stands.

use serde_json::{Value, json};

use super::text::{clean, lines, longest_word, within};
use crate::document::{Align, Block, Chart, Column, Cover, Document, Remark, RowKind, Table};
use crate::say;
use jixiao_scoring::findings::Language;

/// Letters of half width on a line of the text, of a heading or the cover, of small print, and of a whole table's width.
const LINE: usize = 52;
const HEADING: usize = 36;
const SMALL: usize = 60;
const TABLE: usize = 76;
/// From how many columns on letters of a table are smaller, and how many of those there are on its width.
const MANY_COLUMNS: usize = 7;
const MANY: usize = 88;
/// Letters that the margins of a cell take.
const MARGINS: usize = 2;
/// The letters of a word that is not divided, with the margins.
const FIGURE: usize = 14;
/// A row of so many lines stays on one page.
const WHOLE: usize = 14;
/// Letters of a label and of the figures of a chart.
const LABEL: usize = 16;

/// The data of a report.
pub fn of(document: &Document) -> String {
    let data = json!({
        "language": say!(document.language, "zh", "en"),
        "title": within(&document.title, HEADING),
        // What a reader shows in the bar of its window.
        "name": clean(&format!("{} {}", document.cover.subject, document.title)).replace('\n', " "),
        "contents": say!(document.language, "目录", "Contents"),
        "colon": say!(document.language, "：", ": "),
        "mark": document.draft_mark.as_deref().map(clean),
        "footer": within(&document.footer, SMALL),
        "cover": cover(&document.cover),
        "blocks": document.blocks.iter().map(|one| block(one, document.language)).collect::<Vec<Value>>(),
    });
    data.to_string()
}

fn cover(cover: &Cover) -> Value {
    let pairs = |rows: &[(String, String)], letters| -> Vec<[String; 2]> {
        rows.iter().map(|(label, value)| [within(label, letters), within(value, letters)]).collect()
    };
    let figures =
        cover.figures.iter().map(|one| json!({"label": within(&one.label, 16), "value": within(&one.value, 14)}));
    json!({
        "subject": within(&cover.subject, HEADING),
        "rows": pairs(&cover.rows, 24),
        "figures": figures.collect::<Vec<Value>>(),
        "identity": pairs(&cover.identity, SMALL),
    })
}

fn block(block: &Block, language: Language) -> Value {
    match block {
        Block::Heading { level, text, .. } => {
            json!({"is": "heading", "level": level, "text": within(&clean(text).replace('\n', " "), HEADING)})
        }
        // Spaces of full width are the indent that people type; the page has its own.
        Block::Paragraph(text) => json!({"is": "paragraph", "text": within(text.trim_start_matches('\u{3000}'), LINE)}),
        Block::Absent(text) => json!({"is": "absent", "text": within(text, LINE)}),
        Block::List(items) => {
            json!({"is": "list", "items": items.iter().map(|one| within(one, LINE)).collect::<Vec<String>>()})
        }
        Block::Table(one) => table(one),
        Block::Chart(one) => chart(one, language),
        Block::Remarks(remarks) => {
            let remark = |one: &Remark| {
                json!({"mark": clean(&one.mark), "severity": one.severity.as_str(), "label": clean(&one.label),
                       "text": within(&one.text, SMALL)})
            };
            json!({"is": "remarks", "remarks": remarks.iter().map(remark).collect::<Vec<Value>>()})
        }
        Block::PageBreak => json!({"is": "page-break"}),
    }
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

/// How many letters each column has room for, of so many: by its share, but that the words of its heading and its figures
/// are whole as long as the widest column can give way.
fn letters(table: &Table, whole: usize) -> Vec<usize> {
    let share = |column: &Column| usize::try_from(column.width).unwrap_or(0).max(1);
    let shares = table.columns.iter().map(share).sum::<usize>().max(1);
    let mut letters: Vec<usize> = table.columns.iter().map(|column| share(column) * whole / shares).collect();
    for (at, column) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| longest_word(&cell.text));
        let figures = if column.align == Align::Right { cells.max().unwrap_or(0) } else { 0 };
        let needed = (longest_word(&column.title).max(figures) + MARGINS).min(FIGURE);
        let widest = (0..letters.len()).max_by_key(|other| letters[*other]).unwrap_or(at);
        let missing = needed.saturating_sub(letters[at]);
        if widest != at && letters[widest] > missing + 2 * FIGURE / 3 {
            letters[at] += missing;
            letters[widest] -= missing;
        }
    }
    letters
}

fn table(table: &Table) -> Value {
    let many = table.columns.len() >= MANY_COLUMNS;
    let letters = letters(table, if many { MANY } else { TABLE });
    let columns = table.columns.iter().zip(&letters).map(|(column, letters)| {
        json!({"title": within(&column.title, letters.saturating_sub(MARGINS)), "width": (*letters).max(1),
               "align": align(column.align)})
    });
    let rows = table.rows.iter().map(|row| {
        let mut high = 0;
        let cells = letters.iter().zip(&row.cells).map(|(letters, cell)| {
            let letters = letters.saturating_sub(MARGINS);
            high = high.max(lines(&cell.text, letters) + cell.marks.len());
            let marks: Vec<String> = cell.marks.iter().map(|one| clean(one)).collect();
            json!({"text": within(&cell.text, letters), "marks": marks})
        });
        let cells: Vec<Value> = cells.collect();
        let kind = match row.kind {
            RowKind::Plain => "plain",
            RowKind::Group => "group",
            RowKind::Total => "total",
        };
        json!({"kind": kind, "whole": high <= WHOLE, "cells": cells})
    });
    json!({"is": "table", "caption": within(&table.caption, LINE), "small": many,
           "columns": columns.collect::<Vec<Value>>(), "rows": rows.collect::<Vec<Value>>()})
}

fn chart(chart: &Chart, language: Language) -> Value {
    let colon = say!(language, "：", ": ");
    let bars = chart.bars.iter().map(|bar| {
        json!({"label": within(&bar.label, LABEL), "reached": bar.reached.min(1000), "whole": bar.whole.min(1000),
               "text": within(&bar.text, LABEL)})
    });
    // What is read to those who cannot see the bars.
    let told = chart.bars.iter().map(|bar| format!("{}{colon}{}", clean(&bar.label), clean(&bar.text)));
    json!({"is": "chart", "caption": within(&chart.caption, LINE), "legend": [clean(&chart.legend.0), clean(&chart.legend.1)],
           "bars": bars.collect::<Vec<Value>>(), "told": told.collect::<Vec<String>>().join("\n")})
}
