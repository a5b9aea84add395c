//! The cover: what the report is, its figures, whose it is, and how to verify it.

use super::body::Body;
use super::markup::{run, run_on_one_line};
use super::pages::{HEIGHT, WIDTH, lines};
use super::styles::BODY_LINE;
use super::table::{begin, open_cell};
use crate::document::{Document, Figure};

/// How many figures stand beside each other.
const FIGURES: usize = 4;
/// The width of the rows at most, unless their labels are long.
const ROWS: u32 = 7600;
/// The sizes of letters of the rows, and of what identifies the report, in half points.
const SIZES: (u32, u32) = (32, 18);

const RULE_ABOVE: &str = r#"<w:tcBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="404040"/></w:tcBorders>"#;
const RULE_BELOW: &str =
    r#"<w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="404040"/></w:tcBorders>"#;
const LINE_BELOW: &str =
    r#"<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="808080"/></w:tcBorders>"#;

/// Adds the cover.
pub fn cover(body: &mut Body, document: &Document) {
    let cover = &document.cover;
    paragraph(body, "Title", &document.title);
    body.pages.block(lines(&document.title, WIDTH, 44).saturating_mul(720).saturating_add(2400), 0);
    paragraph(body, "Subtitle", &cover.subject);
    body.pages.block(lines(&cover.subject, WIDTH, 36).saturating_mul(600).saturating_add(960), 0);

    for figures in cover.figures.chunks(FIGURES) {
        figure_table(body, figures);
        room(body, 480);
    }
    let columns = columns(&cover.rows, SIZES.0, ROWS);
    rows(body, "CoverRow", &cover.rows, columns, LINE_BELOW);
    body.pages.block(height(&cover.rows, columns, SIZES.0, BODY_LINE), 0);

    let columns = self::columns(&cover.identity, SIZES.1, WIDTH);
    let height = height(&cover.identity, columns, SIZES.1, 260);
    // Down to the foot of the page, and two lines less, since where texts are wrapped is not known to the letter.
    let left = HEIGHT.saturating_sub(body.pages.used).saturating_sub(height.saturating_add(2 * BODY_LINE));
    room(body, left.max(240));
    rows(body, "Identity", &cover.identity, columns, "");
    body.pages.block(height, 0);
    // What stands behind a table must be a paragraph.
    room(body, 20);
}

fn paragraph(body: &mut Body, style: &str, text: &str) {
    body.open(style, false, "");
    run(&mut body.out, "", text);
    body.close();
}

/// Room of this height in twips.
fn room(body: &mut Body, height: u32) {
    let look = format!(r#"<w:spacing w:before="{}" w:line="20" w:lineRule="exact"/>"#, height.saturating_sub(20));
    body.open("Identity", false, &look);
    body.close();
    body.pages.block(height, 0);
}

fn figure_table(body: &mut Body, figures: &[Figure]) {
    let count = u32::try_from(figures.len()).unwrap_or(1).max(1);
    let widths: Vec<u32> = figures.iter().map(|_| WIDTH / count).collect();
    begin(&mut body.out, "TableNormal", "", &widths);
    for (style, rule, text) in [
        ("CoverFigure", RULE_ABOVE, (|figure| &figure.value) as fn(&Figure) -> &String),
        ("CoverLabel", RULE_BELOW, |figure| &figure.label),
    ] {
        body.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (figure, width) in figures.iter().zip(&widths) {
            open_cell(&mut body.out, *width, 1, rule);
            paragraph(body, style, text(figure));
            body.out.push_str("</w:tc>");
        }
        body.out.push_str("</w:tr>");
    }
    body.out.push_str("</w:tbl>");
    let highest = |of: fn(&Figure) -> &String, size| {
        figures.iter().map(|figure| lines(of(figure), WIDTH / count, size)).max().unwrap_or(1)
    };
    let values = highest(|figure| &figure.value, 30).saturating_mul(600);
    let labels = highest(|figure| &figure.label, 21).saturating_mul(320);
    body.pages.block(values.saturating_add(labels).saturating_add(160), 0);
}

/// The widths of labels and values: labels on one line where they are not too long for that.
fn columns(pairs: &[(String, String)], size: u32, width: u32) -> [u32; 2] {
    let halves = |label: &str| label.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum::<u32>();
    let longest = pairs.iter().map(|(label, _)| halves(label)).max().unwrap_or(0);
    let label = longest.saturating_add(2).saturating_mul(size * 5).min(WIDTH * 2 / 5);
    // Long labels take room beside the rows first, and then that of the values.
    let width = width.max((label + ROWS * 3 / 4).min(WIDTH));
    [label, width - label]
}

/// How high rows of labels and values are.
fn height(pairs: &[(String, String)], columns: [u32; 2], size: u32, line: u32) -> u32 {
    let count = |pair: &(String, String)| lines(&pair.0, columns[0], size).max(lines(&pair.1, columns[1], size));
    pairs.iter().map(count).fold(0, u32::saturating_add).saturating_mul(line)
}

fn rows(body: &mut Body, style: &str, pairs: &[(String, String)], columns: [u32; 2], value_look: &str) {
    if pairs.is_empty() {
        return;
    }
    begin(&mut body.out, "TableNormal", "", &columns);
    for (label, value) in pairs {
        body.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        open_cell(&mut body.out, columns[0], 1, "");
        body.open(style, false, "");
        run_on_one_line(&mut body.out, "", label);
        body.out.push_str("</w:p></w:tc>");
        open_cell(&mut body.out, columns[1], 1, value_look);
        paragraph(body, style, value);
        body.out.push_str("</w:tc></w:tr>");
    }
    body.out.push_str("</w:tbl>");
}
