//! A report as a Word document (.docx): Office Open XML with the typography of official documents (公文).
//!
//! The parts are written here, over `zip`, because the crates for whole documents (`docx-rs` 0.4) know no rows of headings
//! that are repeated on each page, number paragraphs by a counter of the process, so that the same report would not give the
//! same bytes, and let through the characters that XML forbids. Every text comes into a part by `markup.rs`.

mod body;
mod contents;
mod cover;
mod markup;
mod package;
mod pages;
mod styles;
mod table;

#[cfg(test)]
mod tests;

use self::body::Body;
use self::package::NAMESPACES;
use super::document::Document;
use crate::error::Result;

/// The report as the bytes of a file; the same report gives the same bytes.
pub fn write(document: &Document) -> Result<Vec<u8>> {
    let mut first = Body::after(0, document.language);
    cover::cover(&mut first, document);

    let before = first.pages.page.saturating_add(contents::pages(&document.blocks));
    let mut body = Body::after(before, document.language);
    for block in &document.blocks {
        body.block(block);
    }
    let contents = contents::contents(&body.entries, document.language);

    let section = package::section(document.draft_mark.is_some());
    package::pack(
        document,
        &format!("<w:document {NAMESPACES}><w:body>{}{contents}{}{section}</w:body></w:document>", first.out, body.out),
    )
}
