//! Tables of a report, and charts as tables: a bar is made of shaded cells, so that no picture and no script is needed.

use std::fmt::Write;

use super::body::Body;
use super::markup::{plain, run, run_on_one_line};
use super::pages::{HEIGHT, WIDTH, lines};
use crate::document::{Align, Bar, Cell, Chart, Column, Row, RowKind, Table};

/// From how many columns on letters are smaller.
const MANY_COLUMNS: usize = 7;
/// The margins of a cell at both sides, and above and below, in twips.
const MARGINS: (u32, u32) = (114, 90);
/// The width of a chart's labels and of its bars.
const CHART: (u32, u32) = (2544, 4200);
/// In how many pieces a bar is divided; a table of Word has at most 63 columns.
const PIECES: u32 = 50;
/// The colours of the two parts of a bar, apart in grey as well.
const BARS: (&str, &str) = ("1F4E79", "CFDCEA");

/// The style of letters in a table: its name, their size in half points, the distance of lines.
struct Letters {
    style: &'static str,
    size: u32,
    line: u32,
}

const NORMAL: Letters = Letters { style: "TableText", size: 21, line: 300 };
const SMALL: Letters = Letters { style: "TableTextSmall", size: 18, line: 260 };

/// How a row is set.
struct RowLook<'a> {
    letters: &'a Letters,
    /// Whether it stays on a page with the next one.
    keep_next: bool,
    /// Whether it may go on on the next page: one that is nearly as high as a page must, or its end would not be seen.
    divided: bool,
}

/// Adds a table with its caption above.
pub fn table(body: &mut Body, table: &Table) {
    let letters = if table.columns.len() >= MANY_COLUMNS { SMALL } else { NORMAL };
    let widths = widths(&table.columns);
    caption(body, &table.caption, true, 4 * letters.line);
    if widths.is_empty() {
        return;
    }
    begin(&mut body.out, "ReportTable", &table.caption, &widths);

    let headings: Vec<Cell> =
        table.columns.iter().map(|column| Cell { text: column.title.clone(), marks: Vec::new() }).collect();
    let heading_height = height(&headings, &widths, &letters);
    body.out.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for (column, width) in table.columns.iter().zip(&widths) {
        open_cell(
            &mut body.out,
            *width,
            1,
            r#"<w:shd w:val="clear" w:color="auto" w:fill="DCE6F1"/><w:vAlign w:val="center"/>"#,
        );
        open_text(&mut body.out, &letters, true, Align::Center);
        run(&mut body.out, "<w:b/><w:bCs/>", &column.title);
        body.out.push_str("</w:p></w:tc>");
    }
    body.out.push_str("</w:tr>");
    body.pages.block(heading_height, 0);

    for (index, row) in table.rows.iter().enumerate() {
        let height = height(&row.cells, &widths, &letters);
        let page = body.pages.page;
        body.pages.block(height, 0);
        if body.pages.page > page {
            body.pages.used = body.pages.used.saturating_add(heading_height);
        }
        // The sum of all does not stand alone on a page.
        let before_total = table.rows.get(index + 1).is_some_and(|next| next.kind == RowKind::Total);
        let look = RowLook { letters: &letters, keep_next: before_total, divided: height > HEIGHT / 2 };
        self::row(&mut body.out, row, &table.columns, &widths, &look);
    }
    body.out.push_str("</w:tbl>");
    body.gap();
}

fn row(out: &mut String, row: &Row, columns: &[Column], widths: &[u32], look: &RowLook<'_>) {
    out.push_str(if look.divided { "<w:tr>" } else { "<w:tr><w:trPr><w:cantSplit/></w:trPr>" });
    let (shade, properties) = match row.kind {
        RowKind::Plain => (r#"<w:vAlign w:val="center"/>"#, ""),
        RowKind::Group => {
            (r#"<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/><w:vAlign w:val="center"/>"#, "<w:b/><w:bCs/>")
        }
        RowKind::Total => {
            (r#"<w:shd w:val="clear" w:color="auto" w:fill="E4E4E4"/><w:vAlign w:val="center"/>"#, "<w:b/><w:bCs/>")
        }
    };
    for (index, (column, width)) in columns.iter().zip(widths).enumerate() {
        open_cell(out, *width, 1, shade);
        open_text(out, look.letters, look.keep_next, column.align);
        if let Some(cell) = row.cells.get(index) {
            run(out, properties, &cell.text);
            run_on_one_line(out, r#"<w:rStyle w:val="Mark"/>"#, &cell.marks.concat());
        }
        out.push_str("</w:p></w:tc>");
    }
    out.push_str("</w:tr>");
}

/// The widths of columns by their shares, in twips; together they are the width of the text.
fn widths(columns: &[Column]) -> Vec<u32> {
    // Columns without a share get the least one, so that their texts are seen.
    let shares: Vec<u64> = columns.iter().map(|column| u64::from(column.width.max(1))).collect();
    let total = shares.iter().sum::<u64>().max(1);
    let (mut share, mut from) = (0, 0);
    shares
        .iter()
        .map(|next| {
            share += next;
            let to = u64::from(WIDTH) * share / total;
            let width = to - from;
            from = to;
            u32::try_from(width).unwrap_or(WIDTH)
        })
        .collect()
}

/// How high a row is: as its highest cell.
fn height(cells: &[Cell], widths: &[u32], letters: &Letters) -> u32 {
    let lines = cells.iter().zip(widths).map(|(cell, width)| {
        let marks = cell.marks.len().try_into().unwrap_or(u32::MAX).saturating_mul(letters.size * 11);
        lines(&cell.text, width.saturating_sub(MARGINS.0).saturating_sub(marks), letters.size)
    });
    lines.max().unwrap_or(1).saturating_mul(letters.line).saturating_add(MARGINS.1)
}

/// Begins a table of fixed columns. `title` is what a screen reader says.
pub fn begin(out: &mut String, style: &str, title: &str, widths: &[u32]) {
    let _ = write!(
        out,
        r#"<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>"#,
        widths.iter().sum::<u32>()
    );
    if !title.is_empty() {
        let _ = write!(out, r#"<w:tblCaption w:val="{}"/>"#, plain(title));
    }
    out.push_str("</w:tblPr><w:tblGrid>");
    for width in widths {
        let _ = write!(out, r#"<w:gridCol w:w="{width}"/>"#);
    }
    out.push_str("</w:tblGrid>");
}

/// Opens a cell over `span` columns; `more` says how it looks, in the order of the schema.
pub fn open_cell(out: &mut String, width: u32, span: u32, more: &str) {
    let _ = write!(out, r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>"#);
    if span > 1 {
        let _ = write!(out, r#"<w:gridSpan w:val="{span}"/>"#);
    }
    out.push_str(more);
    out.push_str("</w:tcPr>");
}

fn open_text(out: &mut String, letters: &Letters, keep_next: bool, align: Align) {
    let keep = if keep_next { "<w:keepNext/>" } else { "" };
    let align = match align {
        Align::Left => "",
        Align::Center => r#"<w:jc w:val="center"/>"#,
        Align::Right => r#"<w:jc w:val="right"/>"#,
    };
    let _ = write!(out, r#"<w:p><w:pPr><w:pStyle w:val="{}"/>{keep}{align}</w:pPr>"#, letters.style);
}

fn caption(body: &mut Body, text: &str, keep_next: bool, kept: u32) {
    body.open("Caption", keep_next, "");
    run_on_one_line(&mut body.out, "", text);
    body.close();
    body.pages.block(lines(text, WIDTH, 24).saturating_mul(400).saturating_add(180), kept);
}

/// Adds a chart: what its colours mean, a row for each bar, and its caption below.
pub fn chart(body: &mut Body, chart: &Chart) {
    body.open("TableText", true, r#"<w:spacing w:before="120" w:after="60"/><w:jc w:val="center"/>"#);
    for (colour, gap, text) in [(BARS.0, "", &chart.legend.0), (BARS.1, "\u{3000}", &chart.legend.1)] {
        run(&mut body.out, &format!(r#"<w:color w:val="{colour}"/>"#), &format!("{gap}■"));
        run_on_one_line(&mut body.out, "", &format!(" {text}"));
    }
    body.close();
    let rows = u32::try_from(chart.bars.len()).unwrap_or(u32::MAX);
    body.pages.block(480, rows.saturating_mul(400).min(HEIGHT / 2));

    if !chart.bars.is_empty() {
        let piece = CHART.1 / PIECES;
        let mut widths = vec![CHART.0];
        widths.extend((0..PIECES).map(|_| piece));
        widths.push(WIDTH - CHART.0 - CHART.1);
        begin(&mut body.out, "TableNormal", &chart.caption, &widths);
        for bar in &chart.bars {
            let count = lines(&bar.label, CHART.0 - 120, NORMAL.size);
            body.pages.block(count.saturating_mul(NORMAL.line).max(400), 0);
            self::bar(&mut body.out, bar, piece);
        }
        body.out.push_str("</w:tbl>");
    }
    caption(body, &chart.caption, false, 0);
}

/// How many pieces the part that was reached has, and the rest up to the whole. A part that is not nothing is seen, and
/// one that is not all is seen not to be.
pub fn pieces(bar: &Bar) -> (u32, u32) {
    let whole = bar.whole.max(bar.reached).min(1000);
    let reached = bar.reached.min(1000);
    let all = (whole * PIECES).div_ceil(1000);
    let dark = (reached * PIECES + 500) / 1000;
    let dark = if reached < whole { dark.min(all.saturating_sub(1)) } else { all };
    let dark = if reached > 0 { dark.max(1) } else { 0 };
    (dark, all.saturating_sub(dark))
}

fn bar(out: &mut String, bar: &Bar, piece: u32) {
    let (dark, light) = pieces(bar);
    out.push_str(r#"<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="400" w:hRule="atLeast"/></w:trPr>"#);
    open_cell(out, CHART.0, 1, r#"<w:tcMar><w:right w:w="120" w:type="dxa"/></w:tcMar><w:vAlign w:val="center"/>"#);
    open_text(out, &NORMAL, true, Align::Right);
    run_on_one_line(out, "", &bar.label);
    out.push_str("</w:p></w:tc>");
    for (span, colour) in [(dark, BARS.0), (light, BARS.1), (PIECES - dark - light, "auto")] {
        if span == 0 {
            continue;
        }
        // White borders leave room between the bars.
        let look = format!(
            r#"<w:tcBorders><w:top w:val="single" w:sz="48" w:space="0" w:color="FFFFFF"/><w:bottom w:val="single" w:sz="48" w:space="0" w:color="FFFFFF"/></w:tcBorders><w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>"#
        );
        open_cell(out, piece * span, span, &look);
        open_text(out, &SMALL, true, Align::Left);
        out.push_str("</w:p></w:tc>");
    }
    open_cell(
        out,
        WIDTH - CHART.0 - CHART.1,
        1,
        r#"<w:tcMar><w:left w:w="120" w:type="dxa"/></w:tcMar><w:vAlign w:val="center"/>"#,
    );
    open_text(out, &NORMAL, true, Align::Left);
    run_on_one_line(out, "", &bar.text);
    out.push_str("</w:p></w:tc></w:tr>");
}
