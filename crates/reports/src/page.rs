//! A report as one HTML page with nothing from elsewhere: readable on a phone, printable on A4, in light and dark, with a
//! table of contents and its charts as SVG. It has no script, and texts cannot become one.

use std::fmt::Write;

use super::document::{Align, Block, Cell, Chart, Document, Remark, Row, RowKind, Table, shown};
use crate::say;
use jixiao_scoring::findings::Severity;

const STYLE: &str = include_str!("page.css");
/// Units of a chart's width; a bar's thousandths are as many of them.
const BAR: u32 = 600;
/// Where bars begin, and where their figures do.
const LABEL: u32 = 190;
const FIGURES: u32 = LABEL + BAR + 12;
const WIDTH: u32 = FIGURES + 230;
/// The height of a bar with the space around it.
const STEP: u32 = 30;
/// Characters of a label in a chart; the table beside it has the whole name.
const SHORT: usize = 12;

/// The page.
pub fn write(document: &Document) -> String {
    let mut page = String::with_capacity(64 * 1024);
    let (language, title) = (document.language, format!("{} {}", document.cover.subject, document.title));
    page.push_str("<!DOCTYPE html>\n");
    page.push_str(&format!("<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n", language.as_str()));
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    escape(&mut page, &title);
    page.push_str(&format!("</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"));
    if let Some(mark) = &document.draft_mark {
        element(&mut page, "p class=\"draft\" role=\"note\"", "p", mark);
    }
    page.push_str("<main>\n");
    cover(&mut page, document);
    contents(&mut page, document);
    document.blocks.iter().for_each(|one| block(&mut page, one));
    page.push_str("</main>\n");
    element(&mut page, "footer", "footer", &document.footer);
    let printed = say!(language, "本页不含脚本，可直接打印。", "This page has no script and can be printed as it is.");
    element(&mut page, "p class=\"print-note\"", "p", printed);
    page.push_str("</body>\n</html>\n");
    page
}

/// An element with a text, escaped; line breaks are kept.
fn element(page: &mut String, open: &str, close: &str, text: &str) {
    page.push('<');
    page.push_str(open);
    page.push('>');
    lines(page, text);
    page.push_str(&format!("</{close}>\n"));
}

fn lines(page: &mut String, text: &str) {
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            page.push_str("<br>");
        }
        escape(page, line);
    }
}

/// A text in which nothing is markup.
fn escape(page: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(shown(other)),
        }
    }
}

fn cover(page: &mut String, document: &Document) {
    let cover = &document.cover;
    page.push_str("<header class=\"cover\">\n");
    element(page, "p class=\"subject\"", "p", &cover.subject);
    element(page, "h1", "h1", &document.title);
    pairs(page, "facts", &cover.rows);
    page.push_str("<ul class=\"figures\">\n");
    for figure in &cover.figures {
        page.push_str("<li><span>");
        lines(page, &figure.label);
        page.push_str("</span><strong>");
        lines(page, &figure.value);
        page.push_str("</strong></li>\n");
    }
    page.push_str("</ul>\n");
    pairs(page, "identity", &cover.identity);
    page.push_str("</header>\n");
}

fn pairs(page: &mut String, class: &str, rows: &[(String, String)]) {
    page.push_str(&format!("<dl class=\"{class}\">\n"));
    for (label, value) in rows {
        page.push_str("<div>");
        element(page, "dt", "dt", label);
        element(page, "dd", "dd", value);
        page.push_str("</div>\n");
    }
    page.push_str("</dl>\n");
}

fn contents(page: &mut String, document: &Document) {
    let label = say!(document.language, "目录", "Contents");
    page.push_str(&format!("<nav aria-label=\"{label}\">\n<details open><summary>{label}</summary>\n<ol>\n"));
    for one in &document.blocks {
        if let Block::Heading { level: level @ (1 | 2), text, anchor } = one {
            page.push_str(&format!("<li class=\"level-{level}\"><a href=\"#{anchor}\">"));
            lines(page, text);
            page.push_str("</a></li>\n");
        }
    }
    page.push_str("</ol>\n</details>\n</nav>\n");
}

fn block(page: &mut String, block: &Block) {
    match block {
        Block::Heading { level, text, anchor } => {
            let name = format!("h{}", level + 1);
            element(page, &format!("{name} id=\"{anchor}\""), &name, text);
        }
        Block::Paragraph(text) => element(page, "p", "p", text),
        Block::Absent(text) => element(page, "p class=\"absent\"", "p", text),
        Block::List(items) => {
            page.push_str("<ul>\n");
            items.iter().for_each(|item| element(page, "li", "li", item));
            page.push_str("</ul>\n");
        }
        Block::Table(one) => table(page, one),
        Block::Chart(one) => chart(page, one),
        Block::Remarks(remarks) => {
            page.push_str("<ul class=\"remarks\">\n");
            remarks.iter().for_each(|one| remark(page, one));
            page.push_str("</ul>\n");
        }
        Block::PageBreak => page.push_str("<div class=\"page-break\"></div>\n"),
    }
}

fn remark(page: &mut String, remark: &Remark) {
    let class = match remark.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    page.push_str(&format!("<li class=\"{class}\"><b>"));
    lines(page, &remark.mark);
    page.push(' ');
    lines(page, &remark.label);
    page.push_str("</b> ");
    lines(page, &remark.text);
    page.push_str("</li>\n");
}

fn table(page: &mut String, table: &Table) {
    page.push_str("<div class=\"table\" tabindex=\"0\"><table>\n");
    element(page, "caption", "caption", &table.caption);
    page.push_str("<colgroup>");
    table.columns.iter().for_each(|column| page.push_str(&format!("<col style=\"width:{}%\">", column.width)));
    page.push_str("</colgroup>\n<thead><tr>");
    for column in &table.columns {
        element(page, &format!("th scope=\"col\"{}", align(column.align)), "th", &column.title);
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    table.rows.iter().for_each(|one| row(page, table, one));
    page.push_str("</tbody></table></div>\n");
}

fn row(page: &mut String, table: &Table, row: &Row) {
    page.push_str(match row.kind {
        RowKind::Plain => "<tr>",
        RowKind::Group => "<tr class=\"group\">",
        RowKind::Total => "<tr class=\"total\">",
    });
    for (column, Cell { text, marks }) in table.columns.iter().zip(&row.cells) {
        page.push_str(&format!("<td{}>", align(column.align)));
        lines(page, text);
        for mark in marks {
            element(page, "sup", "sup", mark);
        }
        page.push_str("</td>");
    }
    page.push_str("</tr>\n");
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Center => " class=\"center\"",
        Align::Right => " class=\"right\"",
    }
}

/// Bars with their figures; a reader that cannot see them has the same in a list.
fn chart(page: &mut String, chart: &Chart) {
    let count = u32::try_from(chart.bars.len()).unwrap_or(u32::MAX / STEP);
    let height = count.saturating_mul(STEP).saturating_add(STEP);
    page.push_str("<figure>\n");
    page.push_str(&format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\""));
    escape(page, &chart.caption);
    page.push_str("\">\n");
    // Writing into a text cannot fail.
    let _ = write!(page, "<rect class=\"reached\" x=\"{LABEL}\" y=\"6\" width=\"14\" height=\"14\"/>");
    svg_text(page, LABEL + 20, 18, "", &chart.legend.0);
    let _ = write!(page, "<rect class=\"whole\" x=\"{}\" y=\"6\" width=\"14\" height=\"14\"/>", LABEL + 120);
    svg_text(page, LABEL + 140, 18, "", &chart.legend.1);
    for (bar, top) in chart.bars.iter().zip((STEP..).step_by(usize::try_from(STEP).unwrap_or(1))) {
        let short: String = match bar.label.chars().count() > SHORT {
            true => bar.label.chars().take(SHORT - 1).chain(['…']).collect(),
            false => bar.label.clone(),
        };
        page.push_str("<g><title>");
        escape(page, &format!("{}: {}", bar.label, bar.text));
        page.push_str("</title>");
        svg_text(page, LABEL - 10, top + 19, " text-anchor=\"end\"", &short);
        let (whole, reached) = (bar.whole * BAR / 1000, bar.reached * BAR / 1000);
        let _ = write!(page, "<rect class=\"whole\" x=\"{LABEL}\" y=\"{}\" width=\"{whole}\" height=\"20\"/>", top + 4);
        let _ =
            write!(page, "<rect class=\"reached\" x=\"{LABEL}\" y=\"{}\" width=\"{reached}\" height=\"12\"/>", top + 8);
        svg_text(page, FIGURES, top + 19, "", &bar.text);
        page.push_str("</g>\n");
    }
    page.push_str("</svg>\n");
    element(page, "figcaption", "figcaption", &chart.caption);
    page.push_str("</figure>\n");
}

fn svg_text(page: &mut String, x: u32, y: u32, more: &str, text: &str) {
    let _ = write!(page, "<text x=\"{x}\" y=\"{y}\"{more}>");
    escape(page, text);
    page.push_str("</text>");
}
