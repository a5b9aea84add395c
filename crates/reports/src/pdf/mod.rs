//! A report as a PDF: pages to print, to sign and to archive, from the typesetter `typst` with fonts in the binary.
//!
//! How it looks is written in `report.typ`. What people wrote comes to it as texts of its data (`data.rs`), never as source, so
//! that nothing they write can be understood as a command. The typesetter sees that source, that data and the fonts
//! (`world.rs`): no file, no network, no clock.

mod data;
mod text;
mod world;

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf};

use self::world::Desk;
use super::document::Document;
use crate::error::{Result, Unwritten};

/// One report is set at a time: the typesetter works on all cores by itself, and keeps what it computed in a memory that the
/// whole process shares, so that more at once would need more memory and not less time. A service lets
/// its requests wait elsewhere.
static TURN: Mutex<()> = Mutex::new(());

/// Bytes of a report's data at most. Each takes some 200 bytes while it is set and some microseconds, so that this is what
/// one report may take of a server: 400 MB and five seconds. A report of 100 indicators has a twentieth of it.
const LONGEST: usize = 2 << 20;

/// The report as the bytes of a file; the same report gives the same bytes.
///
/// # Errors
/// When it is too long; when it cannot be set, which no text can bring about.
pub fn write(document: &Document) -> Result<Vec<u8>> {
    let data = data::of(document);
    if data.len() > LONGEST {
        return Err(Unwritten::TooLong { bytes: data.len(), most: LONGEST });
    }
    let desk = Desk::with(data)?;
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let written = set(&desk, document);
    // The typesetter keeps what it computed for another pass over the same pages. Reports have nothing in common, so that
    // it would only grow: what one needs is the memory of one.
    comemo::evict(0);
    drop(turn);
    written
}

fn set(desk: &Desk, document: &Document) -> Result<Vec<u8>> {
    let pages: PagedDocument = typst::compile(desk).output.map_err(|causes| failed(&causes))?;
    let options = PdfOptions {
        // Identified by what identifies the report; no date, so that the same data gives the same bytes.
        ident: Smart::Custom(document.footer.clone()),
        creator: Smart::Custom(Some("Jixiao".to_owned())),
        timestamp: None,
        ..PdfOptions::default()
    };
    pdf(&pages, &options).map_err(|causes| failed(&causes))
}

fn failed(causes: &[SourceDiagnostic]) -> Unwritten {
    let causes: Vec<&str> = causes.iter().map(|one| one.message.as_str()).collect();
    Unwritten::Failed(causes.join("; "))
}
