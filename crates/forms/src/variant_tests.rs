//! The same form in other dresses: moved, with rows between, hidden, renamed, in other formats. It gives the same
//! assessment in each.

use std::collections::{BTreeMap, BTreeSet};

use super::label;
use super::read;
use super::wordings::WORDINGS;
use crate::workbooks::{self, Area, Limits, Place, Sheet};

const BASES: [&[u8]; 11] = [
    include_bytes!("../fixtures/chizhou-tangxi-commission-2022.xlsx"),
    include_bytes!("../fixtures/huanggang-soil-water-monitoring-2020.xlsx"),
    include_bytes!("../fixtures/linxiang-wildlife-shelter-2023.xlsx"),
    include_bytes!("../fixtures/shidian-agri-operators-2022.xlsx"),
    include_bytes!("../fixtures/tianchang-flood-2022.xlsx"),
    include_bytes!("../fixtures/sound.xlsx"),
    include_bytes!("../fixtures/department-2022.xlsx"),
    include_bytes!("../fixtures/transfer-payment-2021.xlsx"),
    include_bytes!("../fixtures/without-levels-2023.xlsx"),
    include_bytes!("../fixtures/farmland-2022.ods"),
    include_bytes!("../fixtures/farmland-1997.xls"),
];

/// What a sheet's only form says, without where.
fn said(sheet: &Sheet) -> String {
    let forms = read(sheet);
    let one = |form: &super::Form| {
        let names = [&form.project_name, &form.project_code, &form.reached_goal]
            .map(|cited| cited.as_ref().map(|cited| &cited.value));
        let kinds: Vec<_> = form.problems.iter().map(|problem| (problem.kind, &problem.value)).collect();
        format!(
            "{:?} {names:?} {:?} {:?} {kinds:?} {:?}",
            form.kind,
            form.organization().map(|unit| &unit.value),
            form.fiscal_year.as_ref().map(|year| year.value),
            form.assessment()
        )
    };
    forms.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The sheet with each place moved.
fn moved(sheet: &Sheet, to: impl Fn(Place) -> Place) -> Sheet {
    let area = |area: &Area| Area { first: to(area.first), last: to(area.last) };
    let row = |row: u32| to(Place { row, column: 1 }).row;
    let column = |column: u32| to(Place { row: 1, column }).column;
    Sheet {
        name: sheet.name.clone(),
        cells: sheet.cells.iter().map(|(place, cell)| (to(*place), cell.clone())).collect(),
        hidden_rows: sheet.hidden_rows.iter().map(|at| row(*at)).collect(),
        hidden_columns: sheet.hidden_columns.iter().map(|(first, last)| (column(*first), column(*last))).collect(),
        merged: sheet.merged.iter().map(area).collect(),
    }
}

fn shifted(sheet: &Sheet, rows: u32, columns: u32) -> Sheet {
    moved(sheet, |place| Place { row: place.row + rows, column: place.column + columns })
}

/// An empty row above a row.
fn parted(sheet: &Sheet, above: u32) -> Sheet {
    moved(sheet, |place| Place { row: place.row + u32::from(place.row >= above), ..place })
}

/// An empty column before a column.
fn widened(sheet: &Sheet, before: u32) -> Sheet {
    moved(sheet, |place| Place { column: place.column + u32::from(place.column >= before), ..place })
}

/// The sheet with each text rewritten.
fn rewritten(sheet: &Sheet, text: impl Fn(&str) -> String) -> Sheet {
    let mut sheet = sheet.clone();
    for cell in sheet.cells.values_mut() {
        cell.text = text(&cell.text);
    }
    sheet
}

/// The rows as a table of another format: a tag around each row, and each cell with its spans.
fn table(sheet: &Sheet, row: (&str, &str), cell: impl Fn(&str, u32, u32) -> String) -> String {
    let last = sheet.cells.keys().map(|place| place.row).max().unwrap_or(0);
    let width = sheet.cells.keys().map(|place| place.column).max().unwrap_or(0);
    let mut covered: BTreeSet<Place> = BTreeSet::new();
    let mut spans: BTreeMap<Place, (u32, u32)> = BTreeMap::new();
    for area in &sheet.merged {
        spans.insert(area.first, (area.last.row - area.first.row + 1, area.last.column - area.first.column + 1));
        for row in area.first.row..=area.last.row {
            covered.extend((area.first.column..=area.last.column).map(|column| Place { row, column }));
        }
        covered.remove(&area.first);
    }
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = String::new();
    for at in 1..=last {
        out.push_str(row.0);
        for column in 1..=width {
            let place = Place { row: at, column };
            if covered.contains(&place) {
                continue;
            }
            let (rows, columns) = spans.get(&place).copied().unwrap_or((1, 1));
            let text = sheet.cells.get(&place).map(|cell| escaped(&cell.text)).unwrap_or_default();
            out.push_str(&cell(&text, rows, columns));
        }
        out.push_str(row.1);
    }
    out
}

fn as_page(sheet: &Sheet) -> Sheet {
    let rows = table(sheet, ("<tr>", "</tr>"), |text, rows, columns| {
        let text = text.replace('\n', "<br>");
        format!("<td rowspan={rows} colspan={columns}>{text}</td>")
    });
    let page = format!("<html><body><table>{rows}</table></body></html>");
    let mut book = workbooks::read(page.as_bytes(), &Limits::default()).expect("a page");
    book.sheets[0].name.clone_from(&sheet.name);
    book.sheets.remove(0)
}

#[test]
fn a_form_gives_the_same_assessment_in_every_dress() {
    let mut count = 0;
    let mut check = |base: usize, what: String, expected: &str, variant: &Sheet| {
        assert_eq!(said(variant), expected, "form {base}: {what}");
        count += 1;
    };
    for (base, bytes) in BASES.iter().enumerate() {
        let sheet = workbooks::read(bytes, &Limits::default()).unwrap().sheets.remove(0);
        let expected = said(&sheet);
        assert!(expected.contains("Assessment"), "form {base} is one");
        for (rows, columns) in [(1, 0), (0, 1), (3, 2), (0, 20), (40, 0)] {
            check(base, format!("moved by {rows} and {columns}"), &expected, &shifted(&sheet, rows, columns));
        }
        let rows: BTreeSet<u32> = sheet.cells.keys().map(|place| place.row).collect();
        let columns: BTreeSet<u32> = sheet.cells.keys().map(|place| place.column).collect();
        for row in &rows {
            check(base, format!("an empty row above {row}"), &expected, &parted(&sheet, *row));
            let mut hidden = sheet.clone();
            hidden.hidden_rows.insert(*row);
            check(base, format!("row {row} hidden"), &expected, &hidden);
        }
        for column in &columns {
            check(base, format!("an empty column before {column}"), &expected, &widened(&sheet, *column));
        }
        check(base, "as a web page".to_owned(), &expected, &as_page(&sheet));
        let is_heading = |text: &str| label::is_wording(text) && !text.contains(['：', ':']);
        let spaced = rewritten(&sheet, |text| match is_heading(text) {
            true => text.chars().flat_map(|char| [char, ' ']).collect(),
            false => text.to_owned(),
        });
        check(base, "headings with blanks".to_owned(), &expected, &spaced);
        let broken = rewritten(&sheet, |text| match is_heading(text) {
            true => format!("{}\n", text.trim()),
            false => text.to_owned(),
        });
        check(base, "headings with line breaks".to_owned(), &expected, &broken);
    }
    assert!(count >= 500, "only {count} variants");
}

/// Labels whose wordings say the same wherever they stand.
const RENAMED: &[label::Label] =
    &[label::Label::Executed, label::Label::Score, label::Label::Actual, label::Label::Level3, label::Label::Target];

#[test]
fn a_heading_may_be_worded_in_every_known_way() {
    let mut count = 0;
    for (base, bytes) in BASES.iter().enumerate() {
        let sheet = workbooks::read(bytes, &Limits::default()).unwrap().sheets.remove(0);
        let expected = said(&sheet);
        for (of, wordings) in WORDINGS.iter().filter(|(of, _)| RENAMED.contains(of)) {
            // 调整指标值 is another column than the one that it stands for here.
            for wording in wordings.iter().filter(|wording| !wording.contains("调整")) {
                let renamed = rewritten(&sheet, |text| {
                    let read = label::read(text).filter(|read| read.label == *of && read.value.is_none());
                    let is_plain = read.is_some_and(|read| read.bracketed.is_none()) && label::is_wording(text);
                    let is_adjusted = text.contains("调整");
                    if is_plain && !is_adjusted { (*wording).to_owned() } else { text.to_owned() }
                });
                assert_eq!(said(&renamed), expected, "form {base}: {of:?} as {wording}");
                count += 1;
            }
        }
    }
    assert!(count >= 500, "only {count} variants");
}
