//! The reports of many assessments in one archive, written while it is sent: memory does not grow with it.

use std::io::{self, Write};

use actix_web::web::Bytes;
use tokio::sync::mpsc::Sender;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::actions::{self, Report};
use super::facts::Facts;
use super::model::ReportFormat;
use crate::assessments;
use crate::auth::Caller;
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::organizations::slice::{Slice, Wanted};

/// Assessments that are read at once.
const AT_ONCE: i64 = 50;
/// Bytes that are sent at once.
const PIECE: usize = 1 << 16;

/// What a client is sent, or why it is not.
pub type Piece = Result<Bytes>;

/// Where the archive goes: to a client that may hang up.
pub struct Outlet {
    pieces: Sender<Piece>,
    waiting: Vec<u8>,
}

impl Outlet {
    /// One that sends to a channel.
    pub fn new(pieces: Sender<Piece>) -> Outlet {
        Outlet { pieces, waiting: Vec::with_capacity(PIECE) }
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::Error::other("the client has hung up"))
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.waiting.is_empty() {
            true => Ok(()),
            false => self.send(),
        }
    }
}

fn failed(cause: &dyn std::fmt::Display) -> Error {
    Error::internal(&cause)
}

/// One that is too long for a PDF comes as a Word document, so that none is missing.
fn whole(facts: &Facts, format: ReportFormat, language: Language) -> Result<Report> {
    match actions::write(facts, format, language) {
        Err(cause) if cause.code() == Code::ReportTooLong => actions::write(facts, ReportFormat::Docx, language),
        written => written,
    }
}

/// Writes the reports of all assessments that are wanted and that the caller sees, each in a file of its own, in one snapshot.
///
/// # Errors
/// When the database fails, or the client has hung up.
pub fn write(
    c: &mut Connection,
    caller: &Caller,
    wanted: Wanted,
    (format, language): (ReportFormat, Language),
    outlet: Outlet,
) -> Result<()> {
    let method = match format {
        // What is packed already does not become smaller.
        ReportFormat::Docx | ReportFormat::Pdf | ReportFormat::Xlsx => CompressionMethod::Stored,
        ReportFormat::Html | ReportFormat::Markdown => CompressionMethod::Deflated,
    };
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new_stream(outlet);
    c.snapshot_in_pieces(|c| {
        let mut next = Slice::first(c, &caller.organization_code, wanted, AT_ONCE)?;
        while let Some(slice) = next {
            let found = assessments::store::slice(c, &slice)?;
            let (count, last) = (found.len(), found.last().map(|(row, _, _)| row.id.to_string()));
            let found = found.into_iter().map(|(row, project, organization)| ((row, project), organization));
            let (found, organizations): (Vec<_>, Vec<_>) = found.unzip();
            for (loaded, organization) in assessments::loaded::load_all(c, found)?.into_iter().zip(organizations) {
                let kind = loaded.row.kind.as_str();
                let report = whole(&Facts::of_loaded(c, caller, &loaded)?, format, language)?;
                // A project may have a self-assessment and a department evaluation.
                let name = format!("{organization}/{kind}/{}", report.name);
                archive.start_file(name, options).map_err(|cause| failed(&cause))?;
                archive.write_all(&report.bytes).map_err(|cause| failed(&cause))?;
            }
            next = slice.next(count, last);
        }
        Ok(())
    })?;
    let mut outlet = archive.finish().map_err(|cause| failed(&cause))?.into_inner();
    outlet.flush().map_err(|cause| failed(&cause))
}
