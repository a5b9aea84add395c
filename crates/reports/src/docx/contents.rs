//! The table of contents: a field of Word's with its entries filled in, each a link to its heading.

use std::fmt::Write;

use super::body::{Body, Entry, bookmark};
use super::markup::{field, field_begin, field_end, run_on_one_line};
use super::pages::{HEIGHT, WIDTH, lines};
use super::styles::BODY_LINE;
use crate::document::Block;
use jixiao_scoring::findings::Language;

/// How many pages the table takes.
pub fn pages(blocks: &[Block]) -> u32 {
    let count = blocks
        .iter()
        .map(|block| match block {
            Block::Heading { text, .. } => lines(text, WIDTH - 980, 28),
            _ => 0,
        })
        .fold(0, u32::saturating_add);
    if count == 0 {
        return 0;
    }
    // Its title takes two lines.
    count.saturating_add(2).div_ceil(HEIGHT / BODY_LINE)
}

/// The table, if there is a heading.
pub fn contents(entries: &[Entry], language: Language) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut body = Body::after(1, language);
    body.out.push_str(r#"<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"#);
    body.open("TOCHeading", false, "");
    let title = match language {
        Language::Zh => "目\u{3000}录",
        Language::En => "Contents",
    };
    run_on_one_line(&mut body.out, "", title);
    body.close();
    for (index, entry) in entries.iter().enumerate() {
        body.open(&format!("TOC{}", entry.level), false, "");
        if index == 0 {
            field_begin(&mut body.out, "", r#"TOC \o "1-3" \h \z \u"#);
        }
        let place = bookmark(index);
        let _ = write!(body.out, r#"<w:hyperlink w:anchor="{place}" w:history="1">"#);
        run_on_one_line(&mut body.out, "", &entry.text);
        body.out.push_str("<w:r><w:tab/></w:r>");
        field(&mut body.out, "", &format!(r"PAGEREF {place} \h"), &entry.page.to_string());
        body.out.push_str("</w:hyperlink>");
        if index + 1 == entries.len() {
            // In the last entry: a paragraph of its own would be an empty one.
            field_end(&mut body.out, "");
        }
        body.close();
    }
    body.out.push_str("</w:sdtContent></w:sdt>");
    body.out
}
