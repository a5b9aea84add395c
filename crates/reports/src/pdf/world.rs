//! What the typesetter sees: one source, one file of data, and the fonts of the binary.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::error::{Result, Unwritten};

/// How a report looks.
const SOURCE: &str = include_str!("report.typ");
/// The body: 宋体 with what 通用规范汉字表 and GB/T 2312 have. See `fonts/README.md`.
const SONG: &[u8] = include_bytes!("../../fonts/NotoSerifCJKsc-Regular-subset.otf");
/// Headings: 黑体, and what is rarer.
const HEI: &[u8] = include_bytes!("../../fonts/wqy-microhei.ttf");

/// What is the same for all reports; it is read when the first one is made.
static PRESS: LazyLock<Option<Press>> = LazyLock::new(Press::new);

struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    source: Source,
    data: FileId,
}

impl Press {
    fn new() -> Option<Press> {
        let fonts: Vec<Font> = [SONG, HEI].into_iter().filter_map(|font| Font::new(Bytes::new(font), 0)).collect();
        let file = |name: &str| Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern());
        Some(Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            source: Source::new(file("report.typ")?, SOURCE.to_owned()),
            data: file("document.json")?,
        })
    }
}

/// Where one report is set.
pub struct Desk {
    press: &'static Press,
    data: Bytes,
}

impl Desk {
    /// One with the data of a report, as JSON.
    pub fn with(data: String) -> Result<Desk> {
        let press = PRESS
            .as_ref()
            .ok_or_else(|| Unwritten::Failed("the names of the typesetter's files are no names".to_owned()))?;
        Ok(Desk { press, data: Bytes::from_string(data) })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == self.main() {
            true => Ok(self.press.source.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id == self.press.data {
            true => Ok(self.data.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    /// No day: a report has no date of its making.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
