//! A report as Markdown (CommonMark with tables, as GitHub reads it). Texts cannot become markup or HTML.

use super::document::{Align, Block, Cell, Chart, Document, Row, RowKind, Table, shown};

/// Signs of which a bar of a chart is made.
const BAR: u32 = 20;

/// The text.
pub fn write(document: &Document) -> String {
    let mut text = String::with_capacity(32 * 1024);
    let mut paragraph = |one: &str| {
        text.push_str(one);
        text.push_str("\n\n");
    };
    if let Some(mark) = &document.draft_mark {
        paragraph(&format!("> **{}**", escaped(mark)));
    }
    paragraph(&format!("# {} {}", escaped(&document.cover.subject), escaped(&document.title)));
    let cover = &document.cover;
    let figures = cover.figures.iter().map(|figure| (figure.label.clone(), figure.value.clone()));
    let pairs: Vec<(String, String)> =
        cover.rows.iter().cloned().chain(figures).chain(cover.identity.iter().cloned()).collect();
    let pairs: Vec<String> =
        pairs.iter().map(|(label, value)| format!("- {}: {}", escaped(label), escaped(value))).collect();
    paragraph(&pairs.join("\n"));
    document.blocks.iter().for_each(|one| paragraph(&block(one)));
    paragraph("---");
    paragraph(&escaped(&document.footer));
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, text, .. } => {
            format!("{} {}", "#".repeat(usize::from(*level) + 1), escaped(text))
        }
        Block::Paragraph(text) => escaped(text),
        Block::Absent(text) => format!("*{}*", escaped(text)),
        Block::List(items) => items.iter().map(|item| format!("- {}", escaped(item))).collect::<Vec<_>>().join("\n"),
        Block::Table(one) => table(one),
        Block::Chart(one) => chart(one),
        Block::Remarks(remarks) => {
            let line = |one: &super::document::Remark| {
                format!("> **{} {}** {}", escaped(&one.mark), escaped(&one.label), escaped(&one.text))
            };
            remarks.iter().map(line).collect::<Vec<_>>().join("\n>\n")
        }
        Block::PageBreak => "---".to_owned(),
    }
}

fn table(table: &Table) -> String {
    let mut lines = vec![format!("**{}**", escaped(&table.caption)), String::new()];
    let titles: Vec<String> = table.columns.iter().map(|column| escaped(&column.title)).collect();
    lines.push(format!("| {} |", titles.join(" | ")));
    let rule = |align: Align| match align {
        Align::Left => "---",
        Align::Center => ":---:",
        Align::Right => "---:",
    };
    let rules: Vec<&str> = table.columns.iter().map(|column| rule(column.align)).collect();
    lines.push(format!("| {} |", rules.join(" | ")));
    lines.extend(table.rows.iter().map(row));
    lines.join("\n")
}

fn row(row: &Row) -> String {
    let cell = |Cell { text, marks }: &Cell| {
        let text = escaped(text);
        let text = if row.kind == RowKind::Plain || text.is_empty() { text } else { format!("**{text}**") };
        format!("{text}{}", escaped(&marks.concat()))
    };
    format!("| {} |", row.cells.iter().map(cell).collect::<Vec<_>>().join(" | "))
}

fn chart(chart: &Chart) -> String {
    let mut lines = vec![format!("**{}**", escaped(&chart.caption)), String::new()];
    lines.push(format!("|  | {} ▓ {} ░ |  |", escaped(&chart.legend.0), escaped(&chart.legend.1)));
    lines.push("| --- | --- | ---: |".to_owned());
    for bar in &chart.bars {
        let (reached, whole) = (bar.reached * BAR / 1000, bar.whole.max(bar.reached) * BAR / 1000);
        let sign = |count: u32, sign: &str| sign.repeat(usize::try_from(count).unwrap_or_default());
        let drawn = format!("{}{}", sign(reached, "▓"), sign(whole - reached, "░"));
        lines.push(format!("| {} | {drawn} | {} |", escaped(&bar.label), escaped(&bar.text)));
    }
    lines.join("\n")
}

/// A text on one line in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            escaped.push_str("<br>");
        }
        for (place, character) in line.char_indices() {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' | '@' => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                // At the beginning of a line these make lists, headings and rules; after digits they number.
                '-' | '+' | '=' if place == 0 => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                '.' | ')' if numbers(line, place) => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                // An address would become a link of its own.
                ':' if line[place..].starts_with("://") => escaped.push_str("&#58;"),
                other => escaped.push(shown(other)),
            }
        }
    }
    let trimmed = escaped.trim();
    trimmed.to_owned()
}

/// Whether a sign ends a number that would begin a list.
fn numbers(line: &str, place: usize) -> bool {
    let (before, after) = line.split_at(place);
    let is_number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    is_number && after.chars().nth(1).is_none_or(char::is_whitespace)
}
