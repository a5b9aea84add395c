//! What is frozen, as the database keeps it: packed by zstd with a dictionary of the sentences that occur in it.
//!
//! Packing gives back the same bytes, so what was frozen reads the same and has the same hash whatever later versions of
//! the program say. A dictionary never changes, because what it packed needs it: another one is another form.

pub mod packing;
pub mod store;

use std::cell::RefCell;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::get_frame_content_size;

use crate::assessments::content::{Content, Summary};
use crate::assessments::result::ResultView;
use crate::http::error::{Error, Result};

/// What is not packed: the text as its bytes.
pub const PLAIN: i32 = 0;
/// How content is packed now.
pub const FORM: i32 = 1;
/// The dictionaries of the forms from 1 on; `docs/decisions/0061` says what they were made from.
const DICTIONARIES: [&[u8]; 1] = [include_bytes!("dictionaries/1.zdict")];
/// How hard is tried: more than this costs a submission milliseconds, and saves a tenth.
const LEVEL: i32 = 9;
/// The most that a content has, bytes: what says more of itself is damaged.
const MOST: u64 = 1 << 28;

static PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARIES[0], LEVEL));
static UNPACKING: LazyLock<[DecoderDictionary<'static>; 1]> =
    LazyLock::new(|| DICTIONARIES.map(DecoderDictionary::copy));

/// Packs a text in the form of now.
///
/// # Errors
/// When there is no memory for it.
pub fn pack(text: &[u8]) -> Result<Vec<u8>> {
    Compressor::with_prepared_dictionary(&PACKING)
        .and_then(|mut packer| packer.compress(text))
        .map_err(|cause| Error::internal(&cause))
}

/// Unpacks what was packed in a form.
///
/// # Errors
/// When it is damaged, or of a form that this program does not know.
pub fn unpack(form: i32, packed: Vec<u8>) -> Result<Vec<u8>> {
    if form == PLAIN {
        return Ok(packed);
    }
    let unknown = || Error::internal(&format!("frozen content of the unknown form {form}"));
    let place = usize::try_from(form).ok().and_then(|form| form.checked_sub(1)).ok_or_else(unknown)?;
    let dictionary = UNPACKING.get(place).ok_or_else(unknown)?;
    let size = get_frame_content_size(&packed).ok().flatten().filter(|size| *size <= MOST);
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.ok_or_else(|| Error::internal(&"frozen content does not say its size"))?;
    UNPACKER.with_borrow_mut(|unpacker| {
        let known = unpacker.take_if(|(of, _)| *of == form).map(|(_, unpacker)| Ok(unpacker));
        let mut ready = known
            .unwrap_or_else(|| Decompressor::with_prepared_dictionary(dictionary))
            .map_err(|cause| Error::internal(&cause))?;
        let unpacked = ready.decompress(&packed, size).map_err(|cause| Error::internal(&cause));
        *unpacker = Some((form, ready));
        unpacked
    })
}

thread_local! {
    /// What unpacked last in this thread, with the form: to make one anew takes as long as to unpack.
    static UNPACKER: RefCell<Option<(i32, Decompressor<'static>)>> = const { RefCell::new(None) };
}

/// Unpacks a text.
///
/// # Errors
/// When it is damaged.
pub fn unpack_text(form: i32, packed: Vec<u8>) -> Result<String> {
    String::from_utf8(unpack(form, packed)?).map_err(|cause| Error::internal(&cause))
}

/// The part of what is frozen that an assessment is shown with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The totals.
    pub summary: Summary,
    /// The indicators with their results, in the order of the form.
    pub results: Vec<ResultView>,
}

impl From<Content> for Shown {
    fn from(content: Content) -> Shown {
        Shown { summary: content.summary, results: content.results }
    }
}

impl Shown {
    /// As the database keeps it beside the content.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn pack(&self) -> Result<Vec<u8>> {
        pack(&serde_json::to_vec(self).map_err(|cause| Error::internal(&cause))?)
    }

    /// From what the database keeps: this part, or a content that is not packed.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn unpack(form: i32, kept: Vec<u8>) -> Result<Shown> {
        // A content has both members, and more.
        serde_json::from_slice(&unpack(form, kept)?).map_err(|cause| Error::internal(&cause))
    }
}
